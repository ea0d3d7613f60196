# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# Suche
search-label = Chats, Personen, Nachrichten
search-where = Die Suche läuft nur auf diesem Gerät. Niemand sonst erfährt, was Sie suchen.
search-within = Suche in „{ $name }“
search-everywhere = Überall suchen
search-messages = Nachrichten
search-more = Mehr Treffer anzeigen
search-hint = Suchen Sie nach einem Wort, einem Namen oder einem Chat.
search-nothing = Nichts gefunden zu „{ $query }“.
search-count = { $count ->
    [0] Keine Nachricht gefunden
    [one] 1 Nachricht gefunden
   *[other] { $count } Nachrichten gefunden
 }

# Personen
people-find = Person, Dienststelle, Funktion
people-directory = Im Verzeichnis
people-count = { $count ->
    [0] Niemand gefunden
    [one] 1 Person gefunden
   *[other] { $count } Personen gefunden
 }
people-more = { $count ->
    [one] 1 weitere Person anzeigen
   *[other] { $count } weitere Personen anzeigen
 }
people-more-directory = Mehr aus dem Verzeichnis
people-offline = Keine Verbindung. Sie sehen nur Personen, die dieses Gerät schon kennt.
people-asking = Das Verzeichnis wird durchsucht …
people-none = Noch keine Kontakte. Suchen Sie oben nach einer Person aus Ihrer Organisation.
people-none-found = Niemand gefunden. Prüfen Sie die Schreibweise.
filter-away = Andere Organisationen
person-not-joined = noch nicht dabei
kind-guest = Gast
kind-bot = Bot
kind-private = Privatperson

# Vertrauen
trust-unconfirmed = Unbestätigt
trust-service = Vom Dienst bestätigt
trust-personal = Persönlich geprüft
trust-service-short = Bestätigt
trust-personal-short = Geprüft
trust-unconfirmed-why = Niemand hat bestätigt, dass hinter diesem Konto wirklich diese Person steht. Senden Sie keine Personendaten, bis Sie geprüft haben.
trust-service-why = Ihre Organisation hat bestätigt, wem dieses Konto gehört. Noch sicherer ist es, wenn Sie selbst prüfen.
trust-personal-why = Sie haben die Sicherheitsnummer selbst verglichen.
trust-bar-open = offen
trust-bar-service = bestätigt
trust-bar-personal = geprüft

# Profil einer Person
profile-title = Profil
profile-write = Schreiben
profile-check = Kontakt prüfen
profile-own = Das sind Sie selbst.
profile-unknown = Dieses Gerät kennt die Person noch nicht. Sobald Sie ihr schreiben, sehen Sie hier mehr.
profile-changed = Die Schlüssel dieser Person sind seit { $time } andere als vorher. Das geschieht, wenn jemand neu beginnt, aber auch bei einem Angriff. Prüfen Sie den Kontakt, bevor Sie Vertrauliches senden.
profile-function = Funktion
profile-unit = Dienststelle
profile-organisation = Organisation
profile-kind = Art des Kontos
profile-devices = Geräte
profile-devices-count = { $count ->
    [one] 1 Gerät
   *[other] { $count } Geräte
 }
profile-common = { $count ->
    [one] 1 gemeinsame Gruppe
   *[other] { $count } gemeinsame Gruppen
 }

# Kontakt prüfen
check-title = Kontakt prüfen
check-code = QR-Code der Sicherheitsnummer
check-caption = Sicherheitsnummer · auf beiden Geräten gleich
check-none = Für diese Person gibt es noch keine Sicherheitsnummer. Schreiben Sie ihr zuerst.
check-steps = Stufen des Vertrauens
check-step-unconfirmed = Gast oder andere Organisation
check-step-service = Gültiger Dienstausweis
check-step-personal = Nummer selbst verglichen
check-here = Aktuell
check-compare = Vergleichen
check-scan = QR-Code scannen
check-take-back = Prüfung aufheben
check-compare-title = Stimmt die Nummer überein?
check-compare-how = Lesen Sie sich die Nummer gegenseitig vor, am besten vor Ort oder am Telefon. Schicken Sie sie nicht als Nachricht.
check-yes = Stimmt überein
check-no = Stimmt nicht
check-scan-how = Halten Sie die Kamera auf den Code, den die andere Person unter „Kontakt prüfen“ zeigt.
check-scan-other = Das ist ein anderer Code. Öffnen Sie auf dem anderen Gerät „Kontakt prüfen“.
check-done = Persönlich geprüft
check-taken-back = Prüfung aufgehoben
check-differs = Die Nummern sind verschieden. Jemand könnte mitlesen. Senden Sie nichts Vertrauliches, und sagen Sie es Ihrer Verwaltung.

# Neue Gruppe
new-found = Gruppe oder Kanal anlegen
new-group = Neue Gruppe
new-channel = Neuer Kanal
new-group-what = Alle schreiben mit.
new-channel-what = Wenige schreiben, alle lesen.
new-group-forbidden = Gruppen und Kanäle legt in Ihrer Organisation nur die Verwaltung an.
new-group-members = Mitglieder
new-group-create = { $count ->
    [0] Gruppe anlegen
    [one] Gruppe mit 1 Person anlegen
   *[other] Gruppe mit { $count } Personen anlegen
 }
new-channel-create = { $count ->
    [0] Kanal anlegen
    [one] Kanal mit 1 Person anlegen
   *[other] Kanal mit { $count } Personen anlegen
 }
group-name = Name
group-name-missing = Geben Sie einen Namen ein.
group-description = Beschreibung (freiwillig)
picked = Ausgewählt
picked-remove = { $name } abwählen

# Info zu einem Chat
info-direct = Kontakt
info-channel = Kanalinfo
info-members-title = Mitglieder
info-members = { $count ->
    [one] 1 Mitglied
   *[other] Mitglieder · { $count }
 }
info-all-members = Alle zeigen
info-find-member = Mitglied suchen
info-managed = Verwaltet von { $name }
info-private = Private Gruppe
info-private-by = Privat · verwaltet von { $names }
info-standing = Prüfstand
info-check = Prüfen
info-expiry = Verschwindet nach
info-expiry-server = { $days ->
    [one] vom Server nach 1 Tag
   *[other] vom Server nach { $days } Tagen
 }
info-expiry-days = { $days ->
    [one] 1 Tag
   *[other] { $days } Tagen
 }
info-expiry-never = nie von selbst
info-notifications = Mitteilungen
info-muted-always = stumm, bis Sie es ändern
info-muted-until = stumm bis { $time }
info-pin = Oben anheften
info-media = Fotos und Dateien
info-search = Im Chat suchen
info-encryption = Verschlüsselt
info-hybrid = Von Gerät zu Gerät, auch gegen künftige Quantencomputer
info-classical = Von Gerät zu Gerät. Diese Gruppe ist zu groß für den Schutz gegen künftige Quantencomputer.
info-edit = Name und Beschreibung ändern
info-add = Mitglieder hinzufügen
info-add-count = { $count ->
    [0] Hinzufügen
    [one] 1 Person hinzufügen
   *[other] { $count } Personen hinzufügen
 }
info-add-missing = Wählen Sie mindestens eine Person aus.
mute-title = Mitteilungen aus
mute-alarms = Alarme melden sich trotzdem.
mute-hour = Für 1 Stunde
mute-shift = Für 8 Stunden
mute-always = Immer
role-publisher = Schreibt
role-manage = Verwaltet
role-set-member = Mitglied
role-set-reader = Liest mit
role-set-publisher = Darf schreiben
role-set-manage = Darf verwalten
role-changed = Rechte von { $name } geändert
member-menu = { $name }: Rechte ändern oder entfernen
member-menu-title = Rechte ändern oder entfernen
member-remove = Entfernen
member-remove-title = { $name } entfernen?
member-remove-then = Die Person liest ab jetzt nichts Neues mehr. Was sie schon hat, behält sie.
member-removed = { $name } wurde entfernt
group-check-title = Gruppe prüfen
group-check-open = { $count ->
    [one] 1 Mitglied ist unbestätigt.
   *[other] { $count } Mitglieder sind unbestätigt.
 }
group-check-open-then = Senden Sie keine Personendaten, bis alle geprüft sind.
group-check-all = Alle Mitglieder sind bestätigt oder geprüft.
group-number = Gruppen-Prüfnummer
group-number-together = Vor Ort gemeinsam prüfen
group-number-how = Eine Person zeigt diesen Code, die anderen scannen ihn oder lesen die Nummer vor, alle zur selben Zeit.
group-number-code = QR-Code der Gruppen-Prüfnummer
group-number-caption = Auf allen Geräten gleich, bis jemand dazukommt oder geht
group-number-scan-how = Halten Sie die Kamera auf den Code, den die andere Person unter „Gruppe prüfen“ zeigt.
group-number-show = Meinen Code zeigen
group-number-equal = Gleich: Sie sind in derselben Gruppe, mit denselben Mitgliedern und Schlüsseln.
group-number-different = Verschieden. Warten Sie, bis beide Geräte verbunden sind, und vergleichen Sie noch einmal. Bleibt es so, senden Sie nichts Vertrauliches, und sagen Sie es Ihrer Verwaltung.
group-number-other = Das ist ein anderer Code. Öffnen Sie auf dem anderen Gerät „Gruppe prüfen“.
group-check-person = { $name } prüfen
leave = Gruppe verlassen
leave-title = Gruppe verlassen?
leave-then = Sie bekommen nichts Neues mehr und können nicht selbst zurück. Der bisherige Verlauf bleibt auf diesem Gerät.
leave-last = Nur Sie verwalten diese Gruppe. Geben Sie das Recht vorher weiter, sonst kann sie niemand mehr ändern.
leave-managed = Wer hier Mitglied ist, bestimmt Ihre Organisation.
left = Sie haben die Gruppe verlassen
forget = Chat löschen
forget-title = Chat von diesem Gerät löschen?
forget-then = Der ganze Verlauf wird von diesem Gerät gelöscht. Das lässt sich nicht rückgängig machen.
forgotten = Chat gelöscht
media-none = Noch keine Fotos oder Dateien.
media-photos = Fotos
media-files = Dateien
media-more = Ältere anzeigen
media-photo-by = Foto von { $name }, { $time }
size-bytes = { $count } Byte
size-kilobytes = { $count } KB
size-megabytes = { $whole },{ $tenth } MB

# Alarm
alarm-tag = ALARM
alarm-emergency = Notfall
alarm-urgent = Dringend
alarm-notice = Hinweis
alarm-said = Alarm von { $name }: { $text }
alarm-waiting = { $count } Alarme warten auf Ihre Bestätigung
alarm-confirm = Bestätigen
alarm-help = Ich brauche Hilfe
alarm-help-note = Ich brauche Hilfe!
alarm-count = { $done } von { $of } haben bestätigt
alarm-sound-off = Ton aus
alarm-sound-on = Ton an
alarm-no-sound = Ihr Browser lässt noch keinen Ton zu. Tippen Sie irgendwo auf den Bildschirm.
alarm-unconfirmed = Wer das gesendet hat, ist unbestätigt.
alarm-confirmed = Bestätigt um { $time } Uhr
alarm-confirmed-then = Wer den Alarm gesendet hat, sieht das.
alarm-over-said = Entwarnung von { $name }
alarm-clear = Entwarnung geben
alarm-clear-then = Der Alarm ertönt dann nirgends mehr, und niemand muss ihn noch bestätigen. Alle im Chat erhalten eine Mitteilung.
alarm-cleared = Sie haben Entwarnung gegeben.
alarm-left = { $count ->
    [one] Es wartet noch 1 Alarm.
   *[other] Es warten noch { $count } Alarme.
 }
alarm-locked-title = Alarm – zum Lesen entsperren
alarm-locked-text = Was er sagt, steht verschlüsselt auf diesem Gerät. Mit der PIN lesen und bestätigen Sie ihn.
alarm-locked-open = Entsperren
alarm-locked-said = Ein Alarm wartet. Entsperren Sie, um ihn zu lesen.
alarm-go-on = Weiter

# Zustellung
reach-title = Zustellung
reach-sum = { $done } von { $of } haben bestätigt
reach-confirmed = Bestätigt
reach-reached = Erreicht
reach-missing = Nicht erreicht
reach-find = Person suchen
reach-people = Personen
reach-none = Hier steht niemand.
reach-call = { $count ->
    [one] 1 fehlende Person erneut rufen
   *[other] { $count } Fehlende erneut rufen
 }
reach-call-then = { $count ->
    [one] 1 Person bekommt die Nachricht noch einmal, als eigene Nachricht von Ihnen.
   *[other] { $count } Personen bekommen die Nachricht noch einmal, jede als eigene Nachricht von Ihnen.
 }
reach-call-now = { $count ->
    [one] 1 Person rufen
   *[other] { $count } Personen rufen
 }
reach-calling = { $done } von { $of } gerufen
reach-called = { $count ->
    [one] 1 Person erneut gerufen
   *[other] { $count } Personen erneut gerufen
 }
reach-called-some = { $count } von { $of } gerufen. Die übrigen waren nicht möglich; versuchen Sie es noch einmal.
