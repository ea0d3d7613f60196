# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

error-prefix = Fehler:
ask-yes-no = [j/n]
yes = ja
no = nein
list-empty = Nichts vorhanden.
month-1 = Januar
month-2 = Februar
month-3 = März
month-4 = April
month-5 = Mai
month-6 = Juni
month-7 = Juli
month-8 = August
month-9 = September
month-10 = Oktober
month-11 = November
month-12 = Dezember

# Wörter für Rollen, Arten, Zustände
role-member = Mitglied
role-publisher = darf veröffentlichen
role-manage = verwaltet
kind-direct = zu zweit
kind-group = Gruppe
kind-channel = Kanal
kind-own = eigene Geräte
account-staff = beschäftigt
account-guest = Gast
account-bot = Dienst
account-private = privat
account-status-invited = eingeladen
account-status-active = aktiv
account-status-suspended = gesperrt
invitation-status-open = offen
invitation-status-used = benutzt
invitation-status-expired = abgelaufen
invitation-status-withdrawn = zurückgezogen
suite-hybrid = hybrid (quantensicher)
suite-classical = klassisch
trust-unconfirmed = unbestätigt
trust-service = vom Dienst bestätigt
trust-personal = persönlich geprüft
status-joining = (wird aufgenommen)
status-active = { "" }
status-repairing = (wird wiederhergestellt)
status-left = (verlassen)
state-sent = gesendet
state-pending = wartet im Ausgang
state-scheduled = wird gesendet: { $time }
state-failed = nicht gesendet [{ $code }]
reason-administrator = durch die Verwaltung
reason-expired = abgelaufen
reason-operation_ended = Einsatz beendet
reason-own_wish = auf eigenen Wunsch

# Zeilen im Chat
line-added = { $names } { $count ->
    [one] ist dazugekommen.
   *[other] sind dazugekommen.
}
line-removed = { $names } { $count ->
    [one] wurde entfernt.
   *[other] wurden entfernt.
}
line-left = { $name } hat den Chat verlassen.
line-identity_changed = Neue Schlüssel für { $name }: Das Konto wurde neu begonnen. Vergleichen Sie die Sicherheitsnummer erneut.
line-device_added = Neues Gerät: { $name }.
line-device_removed = Gerät entfernt: { $name }.
line-renamed = Der Chat heißt jetzt „{ $name }“.
line-gap = { $count ->
    [one] Eine Nachricht konnte
   *[other] { $count } Nachrichten konnten
} auf diesem Gerät nicht gelesen werden.
line-gap_filled = { $count ->
    [one] Eine fehlende Nachricht kam
   *[other] { $count } fehlende Nachrichten kamen
} von einem anderen Ihrer Geräte.
line-closed = Der Chat ist geschlossen.

# Was ein ehrliches Gerät ablehnt
misbehaviour-forked_chain = Abgelehnt: Eine Geräteliste passt nicht zu der bekannten. Jemand könnte ein Gerät unterschieben wollen. Melden Sie das Ihrer Verwaltung.
misbehaviour-forged_roster = Abgelehnt: Eine Änderung der Mitglieder ist nicht gültig unterschrieben. Melden Sie das Ihrer Verwaltung.
misbehaviour-forked_roster = Abgelehnt: Der Server zeigt zwei verschiedene Mitgliederlisten, beide unterschrieben. Dieser Chat geht hier nicht weiter. Melden Sie das Ihrer Verwaltung.
misbehaviour-forged_membership = Abgelehnt: Jemand sollte in einen Chat, der dort nicht hingehört, oder hinaus, der dazugehört. Melden Sie das Ihrer Verwaltung.
misbehaviour-forged_sender = Abgelehnt: Jemand wollte etwas schreiben, ändern oder löschen, ohne es zu dürfen. Melden Sie das Ihrer Verwaltung.
misbehaviour-mislabelled = Der Server hat eine Nachricht unter falschem Namen geliefert. Sie steht hier unter dem richtigen. Melden Sie das Ihrer Verwaltung.
misbehaviour-broken_log = Abgelehnt: Der Server liefert Nachrichten in falscher Reihenfolge oder mit Lücken. Melden Sie das Ihrer Verwaltung.
misbehaviour-malformed = Abgelehnt: Es kamen Daten, die keine Nachricht sind. Melden Sie das Ihrer Verwaltung.
misbehaviour-unreadable = Eine Nachricht lässt sich nicht entschlüsseln: Sie wurde unterwegs verändert oder absichtlich falsch erstellt. Bitten Sie darum, sie noch einmal zu senden.
misbehaviour-forged_badge = Abgelehnt: Ein Dienstausweis ist nicht von der Organisation unterschrieben. Melden Sie das Ihrer Verwaltung.
misbehaviour-forged_deletion = Abgelehnt: Eine Löschung ist nicht von der Organisation unterschrieben. Es wurde nichts gelöscht. Melden Sie das Ihrer Verwaltung.
misbehaviour-forged_policy = Abgelehnt: Regeln der Organisation sind nicht gültig unterschrieben. Melden Sie das Ihrer Verwaltung.
misbehaviour-forked = Der Server hat Mitgliedern dieses Chats verschiedene Verläufe gezeigt. Dieses Gerät tritt neu bei. Melden Sie das Ihrer Verwaltung.
misbehaviour-rolled_back = Der Server zeigt einen älteren Stand als zuvor. Fragen Sie Ihre Verwaltung, ob eine Sicherung eingespielt wurde.
misbehaviour-false_receipt = Der Server hat eine Nachricht bestätigt, ohne sie weiterzugeben. Sie wird noch einmal gesendet. Melden Sie das Ihrer Verwaltung.
misbehaviour-false_removal = Der Server hat dieses Gerät aus dem Chat ausgeschlossen, obwohl Sie dazugehören. Es ist wieder dabei. Melden Sie das Ihrer Verwaltung.
misbehaviour-broken_commit = Einem Wechsel der Schlüssel dieses Chats ließ sich nicht folgen. Dieses Gerät tritt neu bei.
misbehaviour-broken_welcome = Eine Aufnahme in diesen Chat ließ sich nicht öffnen. Dieses Gerät tritt auf anderem Weg bei.
misbehaviour-wrong_answer = Abgelehnt: Der Server hat auf eine Anfrage etwas Unpassendes geantwortet. Melden Sie das Ihrer Verwaltung.
misbehaviour-wrong_file = Abgelehnt: Der Inhalt einer Datei ist nicht der, den die Nachricht ankündigt. Melden Sie das Ihrer Verwaltung.

# Warum ein Konto weg ist
gone-account_deleted = Das Konto wurde gelöscht. Die Daten auf diesem Gerät sind entfernt.
gone-account_suspended = Das Konto ist gesperrt.
gone-device_removed = Dieses Gerät wurde aus dem Konto entfernt.
gone-chain_reset = Das Konto wurde neu begonnen; dieses Gerät gehört nicht mehr dazu.
gone-authentication_failed = Der Server erkennt dieses Gerät nicht mehr.
gone-unknown_account = Der Server kennt dieses Konto nicht mehr.
gone-other = Der Server hat die Verbindung beendet.

# Hinweise
note-offline = Keine Verbindung: Stand dieses Geräts.
note-waiting = { $count ->
    [one] Eine Nachricht wartet
   *[other] { $count } Nachrichten warten
} im Ausgang und { $count ->
    [one] geht
   *[other] gehen
} beim nächsten Aufruf mit Verbindung.

# Überschriften der Tabellen
table-id = Nummer
table-chat = Chat
table-kind = Art
table-members = Mitglieder
table-unread = Neu
table-last = Zuletzt
table-name = Name
table-unit = Dienststelle
table-function = Funktion
table-role = Rolle
table-trust = Vertrauen
table-devices = Geräte
table-device = Gerät
table-added = Hinzugefügt
table-last-used = Zuletzt benutzt
table-time = Zeit
table-text = Text
table-token = Token
table-created = Angelegt
table-ends = Endet
table-ended = Beendet
table-scopes = Rechte
table-expires = Gilt bis
table-account = Konto
table-reason = Grund
table-groups = Gruppen
table-files = Dateien
table-profile = Profil
table-number = Nr.
table-action = Vorgang
table-subject = Betrifft
table-status = Stand
table-for = Für
table-used = Benutzt
table-suite = Verschlüsselung
table-closed = Geschlossen
table-foreign = Von außen
table-field = Feld
table-value = Wert
table-meaning = Bedeutung

# Server
serve-listening = Melder läuft: { $url } (Daten in { $data }). Ende mit Strg-C.
serve-setup = Der Server ist noch leer. Richten Sie ihn ein:
serve-organisation = Ihre Organisation
serve-setup-once = Der Link gilt einmal. Jeder Start zeigt einen neuen, bis die erste Organisation angelegt ist.
serve-no-tls = Ohne TLS kann das Netz sehen, wer sich verbindet. Stellen Sie einen TLS-Proxy davor und geben Sie --url an.
serve-push-local = Für Tests: Der Server ruft auch Adressen im eigenen Netz an. Nicht im Betrieb verwenden.
serve-stopping = Melder wird beendet …
serve-in-use = Ein anderer Server benutzt den Datenordner.
serve-listen = Die Adresse { $address } ist nicht frei ({ $detail }).
serve-folder = Der Ordner { $folder } lässt sich nicht benutzen ({ $detail }).
serve-web = Die Web-App lässt sich nicht lesen ({ $detail }). Bauen Sie sie mit „cargo xtask web“.
serve-no-web = Ohne Web-App: Mit --web geben Sie ihren Ordner an.

# Beitreten, verknüpfen, wiederherstellen
join-offer = Einladung von { $organisation }
join-offer-name = für { $name }
join-offer-kind = Art des Kontos: { $kind }
join-offer-ends = endet am { $time }
join-ask-name = Ihr Name:
join-name-needed = Die Einladung nennt keinen Namen. Geben Sie Ihren mit --name an.
join-done = Willkommen, { $name }. { $count ->
    [0] Sie sind noch in keinem Chat.
    [one] Sie sind in einem Chat.
   *[other] Sie sind in { $count } Chats.
}
accept-done = Angenommen. { $count ->
    [0] Die Chats kommen, sobald ein Mitglied online ist.
    [one] Ein Chat ist dazugekommen.
   *[other] { $count } Chats sind dazugekommen.
}
link-no-fragment = Der Teil nach „#“ fehlt: Der Link wurde wohl beim Kopieren abgeschnitten.
link-bad-token = Der Teil nach „#“ ist beschädigt oder unvollständig.
link-bad-server = Der Link muss mit https:// beginnen (mit http:// nur bei einem Testserver).
link-ask-server = Adresse des Servers:
link-server-needed = Geben Sie mit --server die Adresse des Servers an. Soll hier ein anderes Gerät verknüpft werden, geben Sie dessen Code an.
link-code = Code: { $code }
link-how = Scannen Sie den QR-Code mit Ihrem bisherigen Gerät, oder geben Sie dort ein:
link-number = Zahl: { $number }
link-compare = Zeigt das neue Gerät dieselbe Zahl?
link-differs = Die Zahlen sind verschieden: Es wurde nichts verknüpft. Beginnen Sie neu.
link-other-server = Der Code ist für einen anderen Server: { $server }
link-done = Das Gerät ist verknüpft.
recover-ask = Wiederherstellungscode:
recover-done = Wiederhergestellt. Frühere Nachrichten kommen nur von einem Gerät, das sie noch hat.
device-name-default = Computer
recovery-created = Ihr Wiederherstellungscode. Er wird nur jetzt gezeigt:
recovery-keep = Schreiben Sie ihn auf und verwahren Sie ihn sicher. Wer ihn hat, kann Ihr Konto übernehmen.

# Geräte
device-this = (dieses Gerät)
device-recovery = (Wiederherstellungscode)
device-renamed = „{ $old }“ heißt jetzt „{ $name }“.
device-remove-ask = „{ $name }“ entfernen? Das Gerät bekommt ab sofort nichts mehr.
device-removed = „{ $name }“ ist entfernt.

# PIN
pin-ask = PIN:
pin-new = Neue PIN:
pin-again = Noch einmal:
pin-differs = Die beiden Eingaben sind verschieden.
pin-too-short = Die PIN braucht mindestens { $least } Zeichen.
pin-pause = Die PIN war falsch. Bitte { $seconds } Sekunden warten …
pin-code-set = Die PIN ist gesetzt.
pin-code-removed = Die PIN ist aufgehoben.

# Ich
whoami-name = Name
whoami-organisation = Organisation
whoami-kind = Art
whoami-account = Konto
whoami-device = Gerät
whoami-server = Server
whoami-profile = Profil
whoami-ends = Endet
whoami-waiting = Im Ausgang
whoami-online = Verbunden.
whoami-offline = Nicht verbunden.
delete-account-ask = Konto „{ $name }“ mit allen Nachrichten und Geräten löschen? Das lässt sich nicht zurücknehmen.
delete-account-done = Das Konto ist gelöscht.
delete-account-waits = Der Server hat die Löschung noch nicht bestätigt.

# Chats
chats-none = Noch keine Chats.
chat-without-name = (Konto gelöscht)
chat-pinned = (angeheftet)
chat-muted = (stumm)
contact-not-joined = (noch nicht da)
mute-on = „{ $chat }“ ist stumm. Alarme kommen trotzdem.
mute-until = „{ $chat }“ ist stumm bis { $time }. Alarme kommen trotzdem.
mute-off = „{ $chat }“ ist nicht mehr stumm.
pin-on = „{ $chat }“ ist oben angeheftet.
pin-off = „{ $chat }“ ist nicht mehr angeheftet.
verify-number = Sicherheitsnummer mit { $name }:
verify-ask = Sieht { $name } dieselbe Nummer?
verify-differs = Die Nummern sind verschieden. Vertrauliches gehört nicht in diesen Chat, bis das geklärt ist: { $name }
verify-done = { $name } ist persönlich geprüft.
verify-revoked = Die Prüfung von { $name } ist zurückgenommen.
direct-done = Der Chat mit { $name } ist da.
group-created = „{ $name }“ ist angelegt, mit { $count ->
    [one] einem Mitglied
   *[other] { $count } Mitgliedern
}.
group-added = { $count ->
    [one] Eine Person ist
   *[other] { $count } Personen sind
} jetzt in „{ $chat }“.
group-removed = { $count ->
    [one] Eine Person ist
   *[other] { $count } Personen sind
} nicht mehr in „{ $chat }“.
group-renamed = Die Gruppe heißt jetzt „{ $name }“.
leave-ask = „{ $chat }“ verlassen?
leave-done = Sie haben „{ $chat }“ verlassen.

# Nachrichten
message-reply = ↩ { $id }
message-deleted = (gelöscht)
message-attachment = Datei: { $name } ({ $size })
message-evidence = Beweisfoto: { $name } ({ $size })
message-acknowledged = Bestätigt: { $names }
message-alarm = ALARM
message-wants-acknowledgement = bittet um Bestätigung
message-pending = wartet im Ausgang
message-scheduled = wird gesendet: { $time }
message-failed = nicht gesendet [{ $code }]
message-edited = bearbeitet
message-expires = verschwindet: { $time }
read-none = In „{ $chat }“ steht noch nichts.
search-none = Nichts gefunden zu „{ $words }“.
react-done = Reagiert: { $emoji }
edit-done = Geändert.
delete-done = Bei allen gelöscht.
scheduled-none = Keine Nachricht wartet auf ihre Zeit.
scheduled-cancelled = Zurückgezogen: [{ $id }]
upload = Hochladen
download-none = Die Nachricht hat keine Dateien.
download-done = { $path } ({ $size })
export-head = Ausgegeben am { $time }, { $count ->
    [one] eine Nachricht
   *[other] { $count } Nachrichten
}
export-done = { $count ->
    [one] Eine Nachricht
   *[other] { $count } Nachrichten
} → { $path }

# Alarm
alarm-sent = Alarm in „{ $chat }“ gesendet [{ $id }]
alarm-not-sent = Der Alarm ist noch nicht beim Server. Er wartet im Ausgang und geht mit der nächsten Verbindung.
alarm-confirmed = Bestätigt: { $count }
alarm-reached = Erreicht, noch nicht bestätigt: { $count }
alarm-not-reached = Nicht erreicht: { $count }
alarm-all-confirmed = Alle haben bestätigt.
confirm-done = Bestätigt: { $name }: { $text }
all-clear-done = Entwarnung gegeben [{ $id }]

# Zuhören
listen-online = Verbunden.
listen-offline = Verbindung verloren, es wird neu verbunden …
listen-alarm = ALARM in „{ $chat }“
listen-ends = Ihr Konto endet am { $time }.

# Verwaltung
setup-overwrite = { $path } enthält schon Zugangsdaten für { $server }. Ersetzen?
setup-done = „{ $organisation }“ ist eingerichtet.
setup-saved = Adresse und Token stehen in { $path }.
admin-accounts = { $count ->
    [one] Ein Konto
   *[other] { $count } Konten
}
admin-field = Feld „{ $field }“: { $message }
admin-bad-row = Zeile { $line }, Spalte „{ $column }“: { $reason }
admin-bad-url = „{ $url }“ ist keine Adresse eines Servers.
admin-renamed = Heißt jetzt „{ $name }“.
admin-moved = „{ $name }“ ist umgezogen.
admin-changed = „{ $name }“ ist geändert.
admin-deleted = „{ $name }“ ist gelöscht.
admin-group-created = „{ $name }“ ist angelegt.
organisation-created = „{ $name }“ ist angelegt.
organisation-new-owner = Ein neues Haupt-Token für „{ $name }“ ist ausgestellt.
token-once = Das Token wird nur jetzt gezeigt:
token-created = Das Token „{ $name }“ ist ausgestellt.
token-revoked = Das Token „{ $name }“ ist zurückgezogen.
unit-created = „{ $name }“ ist angelegt.
account-created = Das Konto „{ $name }“ ist angelegt.
account-ends = „{ $name }“ endet am { $time }.
account-suspended = „{ $name }“ ist gesperrt.
account-resumed = „{ $name }“ ist wieder zugelassen.
account-reset-ask = „{ $name }“ neu beginnen? Alle Geräte dieses Kontos sind dann draußen, und alle Chats sehen es.
account-reset = „{ $name }“ ist neu begonnen. Der Link führt zurück in das Konto:
account-delete-ask = „{ $name }“ mit allen Daten löschen? Das lässt sich nicht zurücknehmen.
account-deleted = „{ $name }“ ist gelöscht (Konto { $account }): { $devices } Geräte, { $groups } Gruppen, { $files } Dateien. Der Löschnachweis steht unter: melder admin deletions
invitation-created = Einladung für „{ $name }“:
invitation-until = Gilt bis { $time }, einmal.
invitation-poster = Aushang
invitation-withdrawn = Die Einladung { $name } ist zurückgezogen.
poster-created = Aushang für bis zu { $count } Personen:
poster-svg = QR-Code zum Drucken: { $path }
import = Einlesen
import-warning = Hinweis:
import-dry = Geprüft, nichts geändert: { $accounts } Konten, { $units } neue Dienststellen.
import-done = Angelegt: { $accounts } Konten, { $units } neue Dienststellen.
group-close-ask = „{ $name }“ schließen? Niemand kann dann noch darin schreiben.
group-closed = „{ $name }“ ist geschlossen.
operation-created = Der Einsatz „{ $name }“ ist angelegt.
operation-end-ask = Den Einsatz „{ $name }“ beenden? Seine Gäste werden gelöscht und seine Gruppen geschlossen.
operation-ended = „{ $name }“ ist beendet: { $guests } Gäste gelöscht, { $accounts } Konten ausgetreten, { $groups } Gruppen geschlossen, { $invitations } Einladungen zurückgezogen.
policy-none = keine
policy-unknown-field = Die Richtlinie hat kein Feld „{ $text }“.
policy-version = wächst mit jeder Änderung
policy-server-retention-days = Tage, nach denen der Server Nachrichten und Dateien löscht
policy-device-retention-days = Tage, nach denen Geräte Nachrichten löschen
policy-max-attachment = größte Datei in Byte
policy-read-receipts = Lesebestätigungen
policy-presence = Anwesenheit
policy-typing = „schreibt …“
policy-location = Standort
policy-hybrid-bound = größere Gruppen verschlüsseln klassisch
policy-guest-warning-days = Tage vor dem Ende, an denen Gäste gewarnt werden
policy-private-groups = Mitglieder dürfen private Gruppen anlegen
policy-export = Chats dürfen ausgegeben werden
policy-lock-after-minutes = Minuten ohne Benutzung, nach denen Apps mit PIN sich sperren
policy-wipe-after = falsche PINs, nach denen Apps alles auf dem Gerät löschen
audit-intact = Unverändert: { $lines } Zeilen. Prüfsumme: { $head }
audit-broken = Verändert: Zeile { $broken } passt nicht zu den früheren.
