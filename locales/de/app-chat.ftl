# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# Kopf eines Chats
chat-menu = Chatmenü
chat-managed = Verwaltet
chat-repairing = Wird wiederhergestellt …
chat-member-count = { $count ->
    [one] 1 Mitglied
   *[other] { $count } Mitglieder
 }
chat-on-duty = · { $count } im Dienst
chat-reader-count = { $count ->
    [one] Kanal · 1 Mitglied
   *[other] Kanal · { $count } Mitglieder
 }
chat-mute = Stummschalten
chat-unmute = Stummschaltung aufheben
chat-muted-toast = Chat ist stumm. Alarme hören Sie trotzdem.
chat-unmuted-toast = Chat ist nicht mehr stumm.
chat-pin = Anheften
chat-unpin = Nicht mehr anheften
trust-line-unconfirmed = Unbestätigt
trust-line-service = Vom Dienst bestätigt
trust-line-personal = Persönlich geprüft
search-chat = In diesem Chat suchen
search-none = Nichts gefunden
search-at = { $at } von { $count }
search-older = Älterer Treffer
search-newer = Neuerer Treffer

# Verlauf
chat-messages = Nachrichten
new-messages = Neue Nachrichten
chat-loading = Nachrichten werden geladen
chat-empty = Noch keine Nachrichten. Schreiben Sie die erste.
chat-try-again = Noch einmal versuchen
unread-from-here = Ab hier ungelesen
to-newest = Zur neuesten Nachricht
to-newest-unread = { $count ->
    [one] Zur neuesten Nachricht, 1 ungelesen
   *[other] Zur neuesten Nachricht, { $count } ungelesen
 }
announce-from-one = { $count } neue Nachrichten von { $name }
announce-from-many = { $count } neue Nachrichten von { $name } und anderen
announce-failed = { $count ->
    [one] 1 Nachricht wurde nicht gesendet.
   *[other] { $count } Nachrichten wurden nicht gesendet.
 }
line-names-two = { $first } und { $second }
line-names-more = { $first }, { $second } und { $count } weitere
line-added = { $count ->
    [one] { $names } wurde hinzugefügt
   *[other] { $names } wurden hinzugefügt
 }
line-removed = { $count ->
    [one] { $names } wurde entfernt
   *[other] { $names } wurden entfernt
 }
line-left = { $name } hat den Chat verlassen
line-identity-changed = Das Konto von { $name } wurde neu eingerichtet. Vergewissern Sie sich, dass Sie mit derselben Person schreiben.
line-check-person = Person prüfen
line-device-added = { $name } nutzt ein neues Gerät
line-device-removed = { $name } hat ein Gerät entfernt
line-renamed = Der Chat heißt jetzt „{ $name }“
line-gap = { $count ->
    [one] 1 Nachricht fehlt noch und wird geholt
   *[other] { $count } Nachrichten fehlen noch und werden geholt
 }
line-gap-filled = { $count ->
    [one] 1 fehlende Nachricht wurde geholt
   *[other] { $count } fehlende Nachrichten wurden geholt
 }
line-closed = Der Chat ist geschlossen
line-refused = Eine Änderung wurde abgelehnt, weil sie nicht gültig war

# Nachricht
sender-unconfirmed = Unbestätigt: Ihr Dienst hat diese Person nicht bestätigt
message-edited = bearbeitet
expires-at = Verschwindet: { $time }
state-confirmed = Von allen bestätigt
quote-missing = Diese Nachricht ist nicht auf diesem Gerät.
quote-label = Antwort auf:
unknown-content = Diese Nachricht braucht eine neuere App. Sie bleibt erhalten.
reaction-by = von { $names }
send-again = Erneut senden
message-delete = Löschen
message-menu = Mehr zu dieser Nachricht
message-menu-of = Nachricht: { $text }
message-reply = Antworten
message-copy = Kopieren
message-copied = Kopiert
message-forward = Weiterleiten
message-edit = Bearbeiten
message-reach = Wer hat sie?
do-not-send = Nicht senden
not-sent-now = Die Nachricht wird nicht gesendet.
react = Reagieren
react-with = Mit { $emoji } reagieren
react-more = Weitere Emojis
export-forbidden = Ihre Organisation erlaubt nicht, Inhalte aus Melder herauszugeben.
browser-refused = Der Browser hat das nicht zugelassen.
delete-message-title = Nachricht löschen?
delete-message-text = Sie verschwindet bei allen, sobald deren Geräte online sind. Wer sie schon gelesen hat, kennt sie.
delete-for-all = Für alle löschen
discard-title = Nicht gesendete Nachricht löschen?
discard-text = Sie war noch bei niemandem. Danach ist sie fort.
forward-title = Weiterleiten
forward-find = Chat suchen
forward-choose = Wählen Sie mindestens einen Chat.
forward-most = Höchstens { $count } Chats auf einmal.
forward-to = { $count ->
    [0] Weiterleiten
    [one] An 1 Chat weiterleiten
   *[other] An { $count } Chats weiterleiten
 }
forwarded = { $count ->
    [one] An 1 Chat weitergeleitet
   *[other] An { $count } Chats weitergeleitet
 }

# Wer eine Nachricht hat
confirm-needed = Bestätigung erforderlich
confirm-needed-by = Bestätigung erforderlich bis { $time }
confirmed-of = { $count } von { $of } bestätigt
who-confirmed = Wer hat bestätigt?
you-confirmed-at = Sie haben um { $time } Uhr bestätigt
message-confirm = Bestätigen
confirm-deadline-over = Frist vorbei
minutes-left = noch { $count } Min.
hours-left = noch { $count } Std.
days-left = { $count ->
    [one] noch 1 Tag
   *[other] noch { $count } Tage
 }

# Inhalte
urgency-notice = Hinweis
urgency-urgent = Dringend
urgency-emergency = Notfall
alarm-title = ALARM · { $urgency }
alarm-on-duty = Nur für alle im Dienst
alarm-over = Entwarnung
report-new = Neue Meldung
report-title = Was ist los?
report-plate = Kennzeichen
report-optional = – wenn es eines gibt
report-place = Ort
report-photos = Beweisfotos
report-capture = Aufnehmen
report-original = Beweisfotos bleiben im Original: mit Zeit, Prüfsumme und, wenn erlaubt, Ort.
report-note = Notiz
report-missing = Schreiben Sie, was los ist.
report-send = Meldung senden
report-details = Alle Angaben
location-once = einmalig geteilt
location-live-until = live bis { $time }
location-live-over = war live, beendet
location-stop = Nicht mehr teilen
location-stopped = Ihr Standort wird nicht mehr geteilt.
route = Route
route-hint = Öffnet eine Karte außerhalb von Melder
north = N
south = S
east = O
west = W
decimal-mark = ,
poll-one = Eine Antwort
poll-several = Mehrere Antworten
poll-voters = { $count ->
    [0] noch niemand hat abgestimmt
    [one] 1 Person hat abgestimmt
   *[other] { $count } Personen haben abgestimmt
 }
poll-votes = { $count ->
    [one] 1 Stimme
   *[other] { $count } Stimmen
 }
file-save = Auf die Festplatte speichern
file-going = { $percent } % von { $size }
file-loading = Wird geholt …
save-to-disk = Speichern
photo-open = Foto öffnen: { $text }
photo-undescribed = Foto von { $name } ohne Beschreibung
photo-of = Foto von { $name }
evidence = Beweisfoto
evidence-at = Beweisfoto · { $time }
evidence-captured = Aufgenommen
evidence-place = Ort
evidence-hash = SHA-256
evidence-with-place = mit Ort
evidence-without-place = ohne Ort
voice-label = Sprachnachricht von { $name }, { $length }
voice-play = Abspielen
voice-pause = Anhalten
voice-seek = Stelle in der Sprachnachricht
voice-speed = Tempo: { $speed }
voice-unplayable = Diese Aufnahme kann der Browser nicht abspielen.

# Schreiben
message-word = Nachricht
message-to = Nachricht an { $name }
composer-add = Hinzufügen
composer-send = Senden
composer-changed = { $name } ist mit neuen Schlüsseln da, etwa mit einem neuen Gerät. Prüfen Sie, ob es dieselbe Person ist, bevor Sie Vertrauliches schreiben.
composer-changed-check = Kontakt prüfen
composer-changed-seen = Verstanden
composer-joining = Dieser Chat wird noch eingerichtet. Danach können Sie hier schreiben.
composer-outdated = Ihre Organisation verlangt eine neuere Fassung von Melder. Bitte aktualisieren Sie die App; lesen können Sie weiter.
composer-update = Jetzt aktualisieren
composer-left = Sie sind nicht mehr in diesem Chat.
composer-channel = In diesem Kanal schreibt nur, wer veröffentlichen darf.
composer-no-right = Sie dürfen hier nicht schreiben.
nothing-to-send = Schreiben Sie etwas, oder fügen Sie etwas hinzu.
edit-empty = Die Nachricht wäre leer. Löschen Sie sie statt dessen.
still-taking = Die Dateien der letzten Nachricht werden noch vorbereitet.
taking-files = Dateien werden vorbereitet: { $percent } %
editing = Nachricht bearbeiten
replying-to = Antwort an { $name }
take-off = Entfernen: { $what }
people-to-mention = Personen zum Erwähnen
emoji = Emoji
emoji-faces = Gesichter
emoji-hands = Hände und Menschen
emoji-signs = Zeichen
emoji-work = Einsatz und Werkzeug
emoji-things = Wetter, Natur, Dinge
take-photo = Foto aufnehmen
picked-files = Dateien dieser Nachricht
photo-description = Beschreibung für alle, die es nicht sehen
file-too-large = { $name } ist zu groß: höchstens { $most }.
files-most = Höchstens { $count } Dateien in einer Nachricht.
add-photo = Foto
add-evidence = Beweisfoto
add-gallery = Galerie
add-file = Datei
add-later = Termin-Versand
ask-confirmation = Bestätigung anfordern
ask-confirmation-all = { $count ->
    [one] 1 Person soll bestätigen
   *[other] Alle { $count } anderen Mitglieder sollen bestätigen
 }
ask-confirmation-one = Ihr Gegenüber soll bestätigen
ask-confirmation-hint = Wer die Nachricht bekommt, bestätigt sie mit einem Druck. Sie sehen die Namen.
ask-confirmation-set = Bestätigung anfordern
way-confirm = Mit Bestätigung
way-confirm-by = Bestätigung bis { $time }
way-at = Geplant: { $time }
confirm-deadline = Frist
confirm-deadline-none = Ohne Frist
confirm-deadline-at = Zeitpunkt …
expires-after = Verschwindet nach
expires-fixed = Vorgabe dieses Chats
expires-hint = Die nächste Nachricht verschwindet nach dieser Zeit auf allen Geräten.
expires-hint-fixed = { $count ->
    [one] In diesem Chat verschwindet alles nach 1 Tag. Kürzer geht, länger nicht.
   *[other] In diesem Chat verschwindet alles nach { $count } Tagen. Kürzer geht, länger nicht.
 }
expires-set = Übernehmen
composer-never = Nie
span-days = { $count ->
    [one] 1 Tag
   *[other] { $count } Tage
 }
span-hours = { $count ->
    [one] 1 Stunde
   *[other] { $count } Stunden
 }
span-minutes = { $count ->
    [one] 1 Minute
   *[other] { $count } Minuten
 }
later-title = Später senden
later-when = Wann?
later-hint = Ihr Gerät sendet sie, sobald es dann online ist.
later-set = Zeit festlegen
time-past = Wählen Sie einen Zeitpunkt, der noch kommt.
scheduled-toast = Wird gesendet: { $time }
poll-new = Neue Umfrage
poll-question = Frage
poll-answer = Antwort { $number }
poll-add-answer = Antwort hinzufügen
poll-multiple = Mehrere Antworten möglich
poll-missing = Eine Umfrage braucht eine Frage und zwei verschiedene Antworten.
poll-most = Höchstens { $count } Antworten.
poll-send = Umfrage senden
contact-send-title = Kontakt senden
location-send-title = Standort senden
location-searching = Standort wird bestimmt …
location-denied = Der Browser darf Ihren Standort nicht lesen. Erlauben Sie es in den Einstellungen dieser Seite (Schloss neben der Adresse), oder schreiben Sie die Adresse als Nachricht.
location-unknown = Ihr Standort lässt sich gerade nicht bestimmen. Gehen Sie ins Freie oder ans Fenster, oder schreiben Sie die Adresse als Nachricht.
location-forbidden = Ihre Organisation erlaubt keine Standorte.
location-label = Adresse oder Name (freiwillig)
location-how-long = Wie lange?
location-once-choice = Einmal
location-live-hint = Ihr Standort wird geteilt, solange Melder offen ist, höchstens bis zu dieser Zeit.
location-send = Standort senden
record-voice = Sprachnachricht aufnehmen
voice-asking = Mikrofon wird freigegeben …
voice-recording = Aufnahme { $now } von { $most }
voice-stop = Aufnahme beenden
voice-discard = Aufnahme verwerfen
voice-ready = Aufnahme, { $length }
voice-listen = Anhören
voice-too-short = Zu kurz. Drücken Sie einmal zum Beginnen und einmal zum Beenden.
voice-refused = Melder bekommt kein Mikrofon. Erlauben Sie es in den Einstellungen dieser Seite (Schloss neben der Adresse), schließen Sie eines an, oder wählen Sie eine Tondatei.
choose-sound = Tondatei wählen

# Alarm auslösen
alarm-raise = Alarm auslösen
alarm-raise-detail = Ertönt auch bei stummem Chat
alarm-urgency = Dringlichkeit
alarm-text = Was ist zu tun?
alarm-text-missing = Schreiben Sie, was geschehen ist oder was zu tun ist.
alarm-for = Für wen?
alarm-for-all = Alle in diesem Chat
alarm-for-duty = Alle im Dienst
alarm-by = Bestätigung binnen
alarm-next = Weiter
alarm-goes-all = { $count ->
    [one] Geht an 1 Person
   *[other] Geht an { $count } Personen
 }
alarm-goes-duty = { $count ->
    [one] Geht an die Person im Dienst, wenn sie es ist
   *[other] Geht an alle von { $count } Personen, die im Dienst sind
 }
alarm-consequence = Der Alarm füllt deren Bildschirm und ertönt, bis sie bestätigen. Zurücknehmen lässt er sich nicht; eine Entwarnung beendet ihn.
