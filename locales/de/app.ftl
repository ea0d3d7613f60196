# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# Was überall vorkommt.

starting = Melder startet
skip-to-content = Zum Inhalt springen
content = Inhalt
navigation = Bereiche
tab-chats = Chats
tab-contacts = Kontakte
tab-profile = Profil
open = Öffnen
close = Schließen
back = Zurück
cancel = Abbrechen
save = Speichern
undo = Rückgängig
you = Sie
search = Suchen
key-search = Strg K
nothing-chosen = Wählen Sie links einen Chat aus.
group-info = Gruppeninfo
unread-count = { $count ->
    [one] 1 ungelesene Nachricht
   *[other] { $count } ungelesene Nachrichten
 }

day-today = Heute
day-yesterday = Gestern
ago-now = gerade eben
ago-minutes = vor { $count } Min.

net-connecting = Verbindung wird aufgebaut …
net-offline = { $count ->
    [0] Keine Verbindung. Sie können weiterlesen und schreiben.
    [one] Keine Verbindung. 1 Nachricht wartet.
   *[other] Keine Verbindung. { $count } Nachrichten warten.
 }

# Chatliste
new-chat = Neuer Chat
filter = Filter
filter-all = Alle
filter-unread = Ungelesen
filter-groups = Gruppen
filter-channels = Kanäle
channel = Kanal
alarm-ago = Alarm · { $ago }
duty-on = Im Dienst
duty-off = Außer Dienst
duty-unset = Dienst nicht angegeben
duty-unset-detail = Alle Mitteilungen an, auch Alarme an alle im Dienst
duty-since = seit { $time } Uhr · alle Mitteilungen an
duty-off-detail = Nur Alarme, die Ihre Organisation erlaubt
chats-empty = Noch keine Chats. Schreiben Sie jemandem aus Ihrer Organisation.
chats-all-read = Alles gelesen.
chats-none-of-kind = Hier ist noch nichts.
chat-joining = Wird eingerichtet …
chat-left = Sie sind nicht mehr dabei
chat-no-messages = Noch keine Nachrichten
message-deleted = Nachricht gelöscht
muted = Stumm
pinned = Angeheftet
draft = Entwurf:
mentions-you = Sie werden erwähnt
open-confirmations = { $count ->
    [one] 1 Bestätigung offen
   *[other] { $count } Bestätigungen offen
 }
kind-photo = Foto
kind-voice = Sprachnachricht
kind-file = Datei
kind-alarm = Alarm
kind-location = Standort
kind-poll = Umfrage
kind-report = Meldung
kind-contact = Kontakt
kind-operation = Einsatz
kind-unknown = Diese Nachricht braucht eine neuere App.

state-scheduled = Geplant für { $time }
state-pending = Wartet
state-sent = Gesendet
state-delivered = Zugestellt
state-failed = Nicht gesendet

# Warum etwas nicht ging
failure-offline = Dafür braucht es eine Verbindung. Versuchen Sie es noch einmal, sobald Sie wieder online sind.
failure-locked = Melder ist gesperrt. Geben Sie Ihre PIN ein.
failure-wrong_pin = Die PIN stimmt nicht.
failure-bad_link = Dieser Link ist unvollständig oder beschädigt. Kopieren Sie ihn noch einmal ganz, oder scannen Sie den QR-Code.
failure-disk_full = Auf diesem Gerät ist kein Platz mehr. Nichts ist verloren; geben Sie Speicher frei und versuchen Sie es noch einmal.
failure-no_storage = Dieser Browser lässt Melder nichts speichern. Verwenden Sie ein normales (kein privates) Fenster.
failure-internal = Das hat nicht geklappt. Was Sie geschrieben haben, ist sicher; laden Sie die Seite neu.

# Statt der Texte der Befehlszeile
refused-too_many_devices = Das Konto hat schon zehn Geräte. Entfernen Sie erst eines unter „Geräte“.
refused-wrong_invitation = Diese Einladung ist anders gemeint: für ein neues Konto oder für ein bestehendes. Bitten Sie um die andere.
refused-mailbox_unknown = Der Code gilt nicht oder nicht mehr. Lassen Sie das neue Gerät einen neuen zeigen.
refused-unauthorized = Dazu haben Sie hier kein Recht.
refused-no_account_yet = In diesem Browser ist noch kein Konto. Öffnen Sie Ihre Einladung.
refused-account_exists = In diesem Browser ist schon ein Konto. Nehmen Sie einen anderen Browser oder ein anderes Profil.
refused-no_link_running = Es wird gerade kein Gerät verknüpft. Beginnen Sie neu.
refused-link_failed = Das Verknüpfen ist abgebrochen oder fehlgeschlagen; es wurde nichts geändert. Beginnen Sie neu.
refused-not_available = Das gibt es auf diesem Server noch nicht.
refused-pin_too_short = Die PIN ist zu kurz.
refused-wrong_server = Der Code gehört zu einem anderen Server. Öffnen Sie Melder dort.

# Eine neue Fassung wartet
update-there = Eine neue Fassung von Melder ist da.
