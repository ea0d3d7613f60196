# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# Man selbst: Name, Dienst, Geräte, Sicherheit, Mitteilungen, Hilfe.

profile-who = Ihr Konto
profile-settings = Einstellungen
profile-devices-detail = Verknüpfen, umbenennen, entfernen
profile-security-detail = PIN, Sperre, Wiederherstellungscode
profile-notifications-detail = Kommt eine Mitteilung an?
profile-help-detail = Tastenkürzel, Version
profile-ends = Ihr Konto endet am { $date }. Danach wird es mit allen Nachrichten gelöscht.
profile-lock = Jetzt sperren
kind-staff = Dienstkonto
theme = Darstellung
theme-system = System
theme-light = Hell
theme-dark = Dunkel
language = Sprache

# Abwesenheit
absence = Abwesenheit
absence-detail = Wer Ihnen schreibt, sieht, ab wann Sie wieder da sind
absence-until = Nicht da bis { $time } Uhr
absence-end = Beenden
absence-ended = Abwesenheit beendet
absence-note = Hinweis
absence-note-hint = Zum Beispiel: Urlaub, Vertretung Jonas Berger
absence-end-label = Wieder da ab
absence-past = Bitte wählen Sie eine Zeit in der Zukunft.
absence-save = Abwesenheit setzen
absence-set = Abwesenheit gesetzt

# Datenschutz
privacy = Datenschutz
privacy-detail = Was wo wie lange liegt
privacy-storage = { $size } auf diesem Gerät
privacy-device = Auf diesem Gerät
privacy-device-text = Ihre Nachrichten und Dateien, verschlüsselt mit einem Schlüssel, den nur Ihre PIN öffnet.
privacy-device-days = { $count ->
    [one] Nach 1 Tag werden sie gelöscht.
   *[other] Nach { $count } Tagen werden sie gelöscht.
 }
privacy-server = Auf dem Server
privacy-server-text = Dieselben Nachrichten und Dateien, so verschlüsselt, dass der Server sie nicht lesen kann, bis alle Geräte sie haben.
privacy-server-days = { $count ->
    [one] Längstens 1 Tag.
   *[other] Längstens { $count } Tage.
 }
privacy-sees = Was der Server sieht
privacy-sees-text = Wer in welcher Gruppe ist, welches Gerät wann verbunden war, und wie groß und wann etwas gesendet wurde.
privacy-not = Was niemand bekommt
privacy-not-text = Ihre Telefonnummer und Ihr Adressbuch. Melder fragt nicht danach.
privacy-notice = Datenschutzhinweise der Organisation
privacy-notice-failed = Die Hinweise sind gerade nicht erreichbar. Öffnen Sie sie noch einmal, wenn Sie verbunden sind.
privacy-space = Speicher
privacy-space-of = { $used } von { $of }, die der Browser erlaubt.
privacy-not-persistent = Der Browser hat nicht zugesagt, die Daten zu behalten, wenn der Platz knapp wird. Installieren Sie Melder als App, dann tut er es.
delete-account = Konto löschen
delete-consequence = Ihr Konto wird sofort und für immer gelöscht, auf dem Server und auf allen Ihren Geräten. Das lässt sich nicht rückgängig machen.
delete-others = Was Sie anderen geschrieben haben, bleibt auf deren Geräten, bis seine Frist um ist.
delete-word = löschen
delete-type = Zum Bestätigen tippen Sie: { $word }
delete-type-first = Tippen Sie zuerst „{ $word }“.

# Geräte
devices-title = Geräte
devices-count = { $count ->
    [one] 1 von { $of } Geräten verknüpft
   *[other] { $count } von { $of } Geräten verknüpft
 }
devices-free = { $count } frei
devices-equal = Alle Geräte sind gleichwertig. Jedes hat eigene Schlüssel.
device-added = verknüpft am { $date }
device-used = verknüpft am { $added } · zuletzt benutzt: { $day }
device-this = Dieses Gerät
device-menu = Aktionen für { $name }
device-rename = Umbenennen
device-renamed = Gerät umbenannt
device-remove = Gerät entfernen
device-remove-text = „{ $name }“ wird aus Ihrem Konto entfernt.
device-remove-consequence = Es bekommt ab sofort keine Nachrichten mehr und löscht beim nächsten Verbinden, was es hat. Soll es wieder dazugehören, verknüpfen Sie es neu.
device-removed = „{ $name }“ ist entfernt
device-link = Gerät verknüpfen
device-lost = Gerät verloren?
device-lost-text = Entfernen Sie es sofort: So bekommt es nichts mehr, und die Schlüssel Ihrer Gruppen werden erneuert.
device-lost-1 = Öffnen Sie in der Liste das Menü des Geräts, und wählen Sie „Gerät entfernen“.
device-lost-2 = Sagen Sie es Ihrer Verwaltung, wenn es ein dienstliches Gerät ist.
device-lost-3 = Haben Sie kein Gerät mehr, hilft auf einem neuen Ihr Wiederherstellungscode.
device-lost-list = Zur Geräteliste

# Ein Gerät hereinlassen
link-new-1 = Öffnen Sie Melder auf dem neuen Gerät.
link-new-2 = Wählen Sie dort „Konto auf diesem Gerät verbinden“.
link-new-3 = Scannen Sie den Code, den es zeigt, oder tippen Sie ihn hier ein.
link-scan-instead = Stattdessen Code scannen
link-code-label = Code des neuen Geräts
link-code-hint = Acht Buchstaben und Ziffern
link-code-wrong = Das ist kein Code eines neuen Geräts für diesen Server.
link-talking = Die Geräte verbinden sich …
link-compare = Zeigt das neue Gerät dieselbe Zahl?
link-compare-why = Nur wenn beide Zahlen gleich sind, ist niemand dazwischen.
link-equal = Gleich, Gerät verknüpfen
link-differs = Nicht gleich, abbrechen
link-differs-text = Abgebrochen: Die Zahlen waren nicht gleich. Es wurde nichts geändert. Beginnen Sie auf beiden Geräten neu; passiert es wieder, sagen Sie es Ihrer Verwaltung.
link-done = Gerät verknüpft
link-history = Ihr Verlauf geht jetzt hinüber. Lassen Sie Melder hier offen, bis er auf dem neuen Gerät da ist.
link-history-progress = Übertragung des Verlaufs
link-to-devices = Zu den Geräten
link-asked = Ein neues Gerät möchte in Ihr Konto
link-asked-text = Es könnte alle Ihre Nachrichten lesen. Machen Sie nur weiter, wenn Sie selbst gerade vor dem neuen Gerät sitzen, nie weil jemand Ihnen einen Link geschickt hat.
link-asked-go = Ich sitze davor: weiter
link-asked-no = Nicht verknüpfen

# Sicherheit
security-title = Sicherheit
pin-change = PIN ändern
pin-change-detail = Gilt nur für dieses Gerät
passkey-title = Mit Passkey entsperren
passkey-detail = Fingerabdruck, Gesicht oder Sicherheitsschlüssel
passkey-on = Eingerichtet. Die PIN gilt weiterhin.
passkey-how = Ihr Gerät fragt nach Fingerabdruck, Gesicht oder Sicherheitsschlüssel. Danach bestätigen Sie mit Ihrer PIN.
passkey-pin-stays = Die PIN bleibt gültig, auch wenn der Passkey verloren geht.
passkey-make = Passkey anlegen
passkey-confirm = Der Passkey ist angelegt. Bestätigen Sie mit Ihrer PIN, dass er Melder öffnen darf.
passkey-added = Passkey eingerichtet
passkey-remove = Passkey entfernen
passkey-remove-then = Danach öffnet in diesem Browser nur noch die PIN. Den Passkey selbst löschen Sie in den Einstellungen Ihres Geräts.
passkey-removed = Passkey entfernt
pin-old = Bisherige PIN
pin-old-wrong = Die bisherige PIN stimmt nicht.
pin-old-wrong-wait = Die bisherige PIN stimmt nicht. Nächster Versuch in { $time } Min.
pin-changing = PIN wird geändert …
pin-changed = PIN geändert
lock-after = Automatisch sperren
lock-after-detail = Wenn so lange niemand etwas tut
lock-minutes = { $count ->
    [one] nach 1 Minute
   *[other] nach { $count } Minuten
 }
lock-after-policy = { $count ->
    [one] Ihre Organisation verlangt höchstens 1 Minute
   *[other] Ihre Organisation verlangt höchstens { $count } Minuten
 }
wipe-after = { $count ->
    [one] Nach 1 falschen PIN löscht Melder alles auf diesem Gerät; so will es Ihre Organisation.
   *[other] Nach { $count } falschen PINs löscht Melder alles auf diesem Gerät; so will es Ihre Organisation.
 }
lock-never = erst beim Schließen

# Wiederherstellungscode
recovery-title = Wiederherstellungscode
recovery-why = Zwölf Wörter auf Papier bringen Sie zurück in Ihr Konto, wenn Ihre Geräte verloren sind.
recovery-lead = Sie bekommen zwölf Wörter. Wer sie hat, kommt in Ihr Konto: Schreiben Sie sie auf Papier, und verwahren Sie es wie einen Schlüssel.
recovery-replaces = Ihr bisheriger Code gilt dann nicht mehr. Vernichten Sie das alte Papier.
recovery-make = Code erzeugen
recovery-once = Schreiben Sie diese Wörter jetzt auf. Sie werden nur dieses eine Mal gezeigt.
recovery-paper = Melder-Wiederherstellungscode für { $organisation }, Server { $server }
recovery-care = Nicht fotografieren, nicht in einer E-Mail oder Notiz speichern.
recovery-done = Aufgeschrieben
recovery-written = Der Code ist aufgeschrieben. Verwahren Sie ihn gut.
recovery-copied = Kopiert. Leeren Sie die Zwischenablage, sobald der Code sicher liegt.
recovery-there = Es gibt einen Code. Finden Sie ihn nicht mehr, erzeugen Sie einen neuen.
recovery-missing = Sie haben noch keinen Wiederherstellungscode.
recovery-now = Code jetzt aufschreiben
recovery-new = Neuen Code erzeugen
recovery-forbidden = Ihre Organisation lässt keine Wiederherstellungscodes zu. Sind Ihre Geräte verloren, hilft Ihre Verwaltung mit einer neuen Einladung.

# Mitteilungen
notifications-title = Mitteilungen
push-all-good = Mitteilungen sind an
push-not-yet = Mitteilungen kommen noch nicht an
push-private = In einer Mitteilung steht kein Inhalt: Sie weckt nur Melder auf Ihrem Gerät.
check-good = In Ordnung:
check-bad = Fehlt:
check-later = Noch offen:
check-browser = Dieser Browser kann Mitteilungen
check-browser-bad = Dieser Browser kann es nicht. Nehmen Sie Chrome, Edge, Firefox oder Safari in einer neuen Version, in einem normalen Fenster.
check-browser-install = Auf iPhone und iPad geht es erst, wenn Melder auf dem Home-Bildschirm ist: „Teilen“, „Zum Home-Bildschirm“, dann Melder von dort öffnen.
check-allowed = Sie haben Mitteilungen erlaubt
check-allowed-open = Der Browser fragt Sie gleich.
check-allowed-denied = Mitteilungen sind für diese Seite abgelehnt. Öffnen Sie die Einstellungen dieser Seite (Symbol neben der Adresse), erlauben Sie „Benachrichtigungen“, und laden Sie neu.
check-worker = Melder kann im Hintergrund aufwachen
check-worker-bad = Der Hintergrundteil von Melder ist nicht eingerichtet. Laden Sie die Seite neu; in einem privaten Fenster geht es nicht.
check-server = Der Server verschickt Mitteilungen
check-server-none = Dieser Server verschickt keine Mitteilungen. Solange Melder offen ist, kommt trotzdem alles sofort an. Fragen Sie Ihre Verwaltung.
check-registered = Dieses Gerät ist angemeldet
check-registered-bad = Der Server weiß noch nicht, wohin er die Mitteilung schicken soll.
check-register = Gerät anmelden
check-push-service = Der Mitteilungsdienst des Browsers antwortet nicht. Prüfen Sie die Verbindung, und versuchen Sie es noch einmal.
test-title = Kommt eine Mitteilung an?
test-lead = Der Server schickt diesem Gerät eine Mitteilung. Sie muss innerhalb von 20 Sekunden erscheinen.
test-send = Probe senden
test-sending = Die Probe geht an den Server …
test-sent = Der Mitteilungsdienst hat die Probe. Sie muss innerhalb von 20 Sekunden erscheinen …
test-good = Angekommen. Alarme erreichen Sie auf diesem Gerät.
test-again = Noch einmal senden
test-gone = Der Mitteilungsdienst kennt dieses Gerät nicht mehr. Melden Sie es neu an.
test-unreachable = Der Server erreicht den Mitteilungsdienst Ihres Browsers nicht. Das liegt nicht an Ihrem Gerät: Sagen Sie es Ihrer Verwaltung.
test-too-soon = Eben erst war eine Probe. Warten Sie ein paar Sekunden.
test-missing = Nach 20 Sekunden ist nichts angekommen. Bis zum Mitteilungsdienst ist alles in Ordnung; dann hält das Gerät sie zurück. Prüfen Sie der Reihe nach:
test-missing-system = Einstellungen des Geräts: Darf der Browser oder die App Melder Mitteilungen zeigen?
test-missing-focus = Ist „Nicht stören“, „Fokus“ oder ein Ruhemodus an?
test-missing-battery = Android: Nehmen Sie den Browser von der Akku-Optimierung aus.
test-missing-browser = Computer: Läuft der Browser noch, auch ohne Fenster?
quiet-hours = Ruhezeiten
quiet-hours-detail = Dann kommen nur Alarme, die Ihre Organisation erlaubt
quiet-from = Von
quiet-to = Bis
quiet-days = An diesen Tagen beginnen sie
weekday-monday = Mo
weekday-tuesday = Di
weekday-wednesday = Mi
weekday-thursday = Do
weekday-friday = Fr
weekday-saturday = Sa
weekday-sunday = So

# Hilfe
help-title = Hilfe
help-what = Melder ist der Messenger Ihrer Organisation: Nachrichten, Alarme und Bestätigungen, auf eigenem Server.
help-who-reads = Lesen können nur die Menschen im Chat; der Server sieht nur Verschlüsseltes.
help-ask = Klappt etwas nicht, steht daneben, was zu tun ist; sonst hilft Ihre Verwaltung.
help-keys = Tastenkürzel
help-keys-on = Tastenkürzel verwenden
help-keys-are-on = Sie sind an. Stören sie ein anderes Programm, schalten Sie sie aus.
help-keys-are-off = Sie sind aus.
help-key-search = Suchen
help-key-new = Neuer Chat
help-key-previous = Voriger Chat
help-key-next = Nächster Chat
help-key-confirm = Nächste offene Bestätigung
help-key-info = Chat-Info zeigen
help-key-help = Diese Hilfe
help-key-pane = Nächster Bereich
help-key-back = Zurück
key-ctrl = Strg
key-alt = Alt
help-about = Über Melder
help-version = Version
help-licence = Lizenz
help-licence-text = Melder ist freie Software unter der Europäischen Lizenz für öffentliche Software.
