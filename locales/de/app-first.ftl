# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# Von der Einladung zum ersten Chat; die Sperre; was gesagt wird, wenn nichts weitergeht.

next = Weiter
try-again = Noch einmal versuchen
reload = Neu laden
copy = Kopieren
copied = Kopiert
copy-failed = Das Kopieren hat nicht geklappt. Schreiben Sie den Text ab.
print = Drucken
first-step = Schritt { $at } von { $of }
first-wait = Bitte warten

# Anfang
first-start = Willkommen bei Melder
first-start-lead = Mit einer Einladung Ihrer Organisation sind Sie in einer Minute dabei.
first-scan = QR-Code scannen
first-paste = Link oder Code eingeben
first-paste-short = Code eingeben
first-have-account = Schon ein Konto?
first-way-link = Konto auf diesem Gerät verbinden
first-way-link-detail = Sie haben Melder auf einem anderen Gerät
first-way-recover = Mit Wiederherstellungscode
first-way-recover-detail = Ihr anderes Gerät ist weg
first-scan-title = Einladung scannen
first-scan-lead = Halten Sie den QR-Code aus Ihrem Schreiben vor die Kamera.
first-paste-title = Einladung eingeben
first-paste-lead = Fügen Sie den Link aus Ihrem Schreiben oder Ihrer E-Mail ein.
first-link-label = Link oder Code
first-link-empty = Hier fehlt noch der Link oder der Code.
first-open-invitation = Einladung öffnen
first-no-code = Darin ist keine Einladung zu erkennen. Halten Sie den ganzen QR-Code gut beleuchtet ins Bild, oder geben Sie den Link ein.
first-new-device-code = Diesen Code zeigt ein neues Gerät. Scannen Sie ihn mit dem Gerät, auf dem Sie Melder schon benutzen. Soll dieses Gerät zu Ihrem Konto gehören, zeigt es Ihnen selbst einen Code.
first-elsewhere = Diese Einladung gehört zu einem anderen Server: { $server }
first-elsewhere-open = Dort öffnen
first-opening = Einladung wird geprüft …
first-opening-lead = Der Server zeigt gleich, wer Sie einlädt.
first-refused = Die Einladung lässt sich nicht öffnen
first-refused-used = Haben Sie sie selbst schon auf einem anderen Gerät benutzt? Dann verbinden Sie dieses Gerät mit Ihrem Konto.
first-other-invitation = Andere Einladung öffnen
first-failed = Das hat noch nicht geklappt
first-check-entries = Angaben prüfen
first-from-start = Von vorn beginnen
first-offline = Der Server ist gerade nicht zu erreichen. Prüfen Sie die Verbindung; Ihre Einladung bleibt gültig.
first-wrong-invitation = Diese Einladung ist für Menschen, die schon ein Konto haben. Verbinden Sie zuerst dieses Gerät mit Ihrem Konto, und öffnen Sie sie dann noch einmal.
first-wrong-organisation = Vorsicht: Der Server weist sich anders aus, als die Einladung sagt. Jemand könnte dazwischen sein. Treten Sie nicht bei, und fragen Sie die Stelle, die Sie eingeladen hat.
first-bad-words = Das ist kein Wiederherstellungscode: Ein Wort fehlt, ist vertauscht oder falsch geschrieben.
first-unknown-recovery = Zu diesen Wörtern gibt es auf diesem Server kein Konto. Vielleicht wurde inzwischen ein neuer Code erzeugt, oder das Konto ist gelöscht.
first-link-failed = Die Verbindung der Geräte ist abgebrochen; es wurde nichts geändert. Beginnen Sie auf beiden Geräten noch einmal.
first-account-exists = Auf diesem Gerät ist schon ein Konto. Laden Sie die Seite neu.
first-too-many-devices = Das Konto hat schon zehn Geräte. Entfernen Sie zuerst auf einem anderen Gerät eines davon.

# Einladung
offer-from = Einladung
offer-staff = Einladung für Beschäftigte
offer-guest = Einladung als Gast
offer-private = Einladung für ein privates Konto
offer-bot = Einladung für einen Dienst
offer-fingerprint = Fingerabdruck der Organisation
offer-fingerprint-detail = Steht er auch in Ihrem Schreiben? Gleiche Ziffern heißen: Niemand ist dazwischen.
offer-promise = Ihre Telefonnummer und Ihr Adressbuch werden nicht gebraucht.
offer-promise-ends = Ihre Telefonnummer und Ihr Adressbuch werden nicht gebraucht. Das Konto endet automatisch am { $date }.
first-right = Ist das richtig?
first-right-lead = So sehen andere Sie. Bitte prüfen Sie Ihren Namen.
first-who = Wer sind Sie?
first-who-lead = Unter diesem Namen sehen andere Sie.
first-name = Vor- und Nachname
first-name-hint = Wie Kolleginnen und Kollegen Sie kennen
first-name-given = Von Ihrer Organisation festgelegt
first-name-empty = Bitte geben Sie Ihren Namen ein.
first-device = Name dieses Geräts
first-device-hint = Nur in Ihrer Geräteliste zu sehen
first-device-empty = Bitte geben Sie dem Gerät einen Namen.
first-device-default = { $browser } auf { $system }
first-device-unknown = Browser
first-working = Konto wird eingerichtet …
first-working-lead = Auf diesem Gerät entstehen gerade Ihre Schlüssel. Das dauert nur einige Sekunden.

# PIN
pin-choose = PIN festlegen
pin-choose-lead = Die PIN schützt Ihre Nachrichten auf diesem Gerät. Sie bleibt nur hier.
pin-first = Wählen Sie sechs Ziffern.
pin-again = PIN wiederholen
pin-count = { $count } von { $of } Ziffern
pin-delete-digit = Letzte Ziffer löschen
pin-no-run = Keine einfache Folge
pin-repeats = Diese PIN wird als eine der ersten geraten: Die Ziffern wiederholen sich. Nehmen Sie eine andere.
pin-run = Diese PIN wird als eine der ersten geraten: Die Ziffern folgen aufeinander. Nehmen Sie eine andere.
pin-date = Das sieht aus wie ein Datum. Wer Sie kennt, rät Geburtstage zuerst.
pin-insist = Trotzdem nehmen
pin-other = Andere PIN wählen
pin-differs = Das war nicht zweimal dieselbe PIN. Beginnen Sie noch einmal.

# Kamera
camera-asking = Der Browser fragt nach der Kamera. Erlauben Sie sie.
camera-looking = Die Kamera sucht nach einem QR-Code.
camera-refused = Die Kamera ist nicht erlaubt. Erlauben Sie sie in den Einstellungen dieser Seite (Symbol neben der Adresse), wählen Sie ein Bild des Codes, oder geben Sie ihn ein.
camera-missing = Dieses Gerät hat keine Kamera. Wählen Sie ein Bild des Codes, oder geben Sie ihn ein.
camera-busy = Die Kamera antwortet nicht; vielleicht benutzt sie ein anderes Programm. Schließen Sie es, wählen Sie ein Bild des Codes, oder geben Sie ihn ein.
camera-unsupported = Dieser Browser gibt Melder keine Kamera. Wählen Sie ein Bild des Codes, oder geben Sie ihn ein.
camera-again = Kamera noch einmal versuchen
camera-light = Licht
picture-choose = Bild wählen

# Neues Gerät verbinden
link-title = Mit Ihrem Konto verbinden
link-lead = Halten Sie ein Gerät bereit, auf dem Sie Melder schon benutzen.
link-show-title = Code auf dem anderen Gerät scannen
link-qr = QR-Code zum Verbinden dieses Geräts
link-copy = Code kopieren
link-valid = Gültig noch { $time } Minuten
link-expired = Der Code ist abgelaufen. Gehen Sie zurück, und beginnen Sie noch einmal.
link-how-1 = Öffnen Sie Melder auf Ihrem anderen Gerät.
link-how-2 = Wählen Sie dort „Profil“, „Geräte“, „Gerät verknüpfen“.
link-how-3 = Scannen Sie diesen Code, oder tippen Sie ihn ein.
link-compare-new = Zeigt das andere Gerät dieselbe Zahl?
link-compare-wait = Bestätigen Sie dort. Danach geht es hier von selbst weiter.

# Wiederherstellen
recover-title = Wiederherstellen
recover-lead = Geben Sie die zwölf Wörter ein, die Sie aufgeschrieben haben.
recover-words = Wiederherstellungscode
recover-words-hint = Groß oder klein, mit oder ohne Nummern
recover-count = { $count } von { $of } Wörtern
recover-wrong-count = Es müssen { $of } Wörter sein; hier stehen { $count }.

# Fertig
done-title = Willkommen, { $name }!
done-title-nameless = Willkommen!
done-in = { $groups ->
    [0] { $channels ->
        [one] Sie sind in 1 Kanal.
       *[other] Sie sind in { $channels } Kanälen.
     }
    [one] { $channels ->
        [0] Sie sind in 1 Gruppe.
        [one] Sie sind in 1 Gruppe und 1 Kanal.
       *[other] Sie sind in 1 Gruppe und { $channels } Kanälen.
     }
   *[other] { $channels ->
        [0] Sie sind in { $groups } Gruppen.
        [one] Sie sind in { $groups } Gruppen und 1 Kanal.
       *[other] Sie sind in { $groups } Gruppen und { $channels } Kanälen.
     }
 }
done-none = Ihre Gruppen erscheinen, sobald die Verwaltung Sie zuweist.
done-coming = Ihre Chats kommen nach und nach auf dieses Gerät.
done-direct = Gespräch
done-group = { $count ->
    [one] Gruppe · 1 Mitglied
   *[other] Gruppe · { $count } Mitglieder
 }
done-channel-read = Kanal · nur lesen
done-history = Ihr Verlauf kommt vom anderen Gerät. Lassen Sie Melder dort noch offen.
done-go = Los geht’s
push-off-title = Mitteilungen sind noch aus.
push-off-why = Ohne Mitteilungen erreicht Sie kein Alarm, wenn Melder zu ist.
push-allow = Mitteilungen erlauben
push-denied-later = Mitteilungen sind in diesem Browser abgelehnt. Wie Sie das ändern, steht unter „Profil“, „Mitteilungen“.

# Mit einem Konto eine Einladung annehmen
accept-title = Einladung
accept-lead = Sie nehmen sie mit Ihrem Konto an: { $name }
accept-accept = Einladung annehmen
accept-done = Einladung angenommen. Die neuen Chats erscheinen gleich.
accept-nothing = Öffnen Sie den Link oder den QR-Code der Einladung noch einmal: Er wird nirgends aufbewahrt.
accept-to-chats = Zu den Chats
accept-needs-new = Diese Einladung gibt ein neues Konto. Auf diesem Gerät ist schon eines; öffnen Sie sie in einem anderen Browser oder auf einem anderen Gerät.

# Sperre
lock-title = Melder ist gesperrt
lock-label = PIN
lock-lead = Geben Sie Ihre PIN ein.
lock-opening = Wird geöffnet …
lock-wrong = Die PIN stimmt nicht.
lock-wrong-before = { $count ->
    [one] Eine falsche PIN.
   *[other] { $count } falsche PINs.
 }
lock-wait = Nächster Versuch in { $time } Min.
lock-wait-first = Noch nicht.
lock-left = { $count ->
    [one] Noch 1 Versuch, dann wird Melder auf diesem Gerät gelöscht.
   *[other] Noch { $count } Versuche, dann wird Melder auf diesem Gerät gelöscht.
 }
lock-wiped = Nach zu vielen falschen PINs wurde Melder auf diesem Gerät gelöscht.
lock-alarm = Ein Alarm wartet
lock-alarm-detail = Entsperren Sie, um ihn zu lesen und zu bestätigen.
passkey-unlock = Mit Passkey entsperren
passkey-cancelled = Der Passkey wurde nicht bestätigt. Versuchen Sie es noch einmal, oder nehmen Sie die PIN.
passkey-unable = Dieser Passkey kann Melder nicht entsperren. Nehmen Sie die PIN.
passkey-other = Das ist ein anderer Passkey. Nehmen Sie die PIN.
lock-forgot = PIN vergessen
forgot-lead = Niemand kann die PIN auslesen oder zurücksetzen, auch Ihre Verwaltung nicht. So kommen Sie wieder in Ihr Konto:
forgot-recovery = mit Ihrem Wiederherstellungscode (zwölf Wörter auf Papier),
forgot-device = mit einem anderen Gerät, auf dem Sie Melder noch öffnen können,
forgot-office = oder mit einer neuen Einladung Ihrer Verwaltung.
forgot-first-wipe = In jedem Fall müssen Sie Melder zuerst auf diesem Gerät löschen.
forgot-try-again = PIN noch einmal versuchen
wipe-device = Melder auf diesem Gerät löschen
wipe-device-detail = Nachrichten, Dateien und Schlüssel dieses Geräts
wipe-consequence = Alle Nachrichten, Dateien und Schlüssel auf diesem Gerät werden gelöscht. Was nur hier liegt, ist danach weg. Ihr Konto und Ihre anderen Geräte bleiben.
wipe-before = Ohne ein anderes Gerät oder Ihren Wiederherstellungscode kommen Sie danach nicht mehr in Ihr Konto.
wipe-now = Jetzt löschen

# Es geht nicht weiter
stopped-kept = Was ist mit den Daten?
stopped-next = Was können Sie tun?
start-over = Von vorn beginnen
gone-deleted = Das Konto gibt es nicht mehr
gone-deleted-what = Es wurde gelöscht, von Ihnen, von Ihrer Organisation oder weil seine Zeit um war.
gone-deleted-kept = Auf dem Server ist nichts mehr von ihm. Was auf diesem Gerät lag, können Sie hier entfernen.
gone-deleted-next = Brauchen Sie wieder ein Konto, bitten Sie Ihre Organisation um eine Einladung.
gone-suspended = Das Konto ist gesperrt
gone-suspended-what = Ihre Organisation hat es gesperrt. Nachrichten kommen so lange nicht an und gehen nicht hinaus.
gone-suspended-kept = Ihre Nachrichten bleiben verschlüsselt auf diesem Gerät.
gone-suspended-next = Wenden Sie sich an Ihre Verwaltung. Ist die Sperre aufgehoben, geht es hier weiter.
gone-removed = Dieses Gerät gehört nicht mehr dazu
gone-removed-what = Es wurde aus dem Konto entfernt, von Ihnen auf einem anderen Gerät oder von Ihrer Verwaltung.
gone-removed-kept = Es bekommt keine neuen Nachrichten mehr. Ihr Konto und Ihre anderen Geräte sind davon nicht betroffen.
gone-removed-next = Ist es Ihr Gerät, beginnen Sie hier von vorn, und verbinden Sie es mit Ihrem Konto. Waren Sie das nicht, sagen Sie es Ihrer Verwaltung.
gone-reset = Das Konto wurde neu begonnen
gone-reset-what = Ihre Verwaltung hat es mit einer neuen Einladung neu begonnen. Die bisherigen Geräte gehören nicht mehr dazu.
no-storage = Dieser Browser lässt nichts speichern
no-storage-what = Melder bewahrt Nachrichten verschlüsselt auf diesem Gerät auf. Hier geht das nicht.
no-storage-kept = Es wurde nichts gespeichert, und es ist nichts verloren.
no-storage-next = Öffnen Sie Melder in einem normalen Fenster, nicht in einem privaten. Hilft das nicht, aktualisieren Sie den Browser, oder nehmen Sie Chrome, Edge, Firefox oder Safari in einer neuen Version.
damaged = Die Daten auf diesem Gerät lassen sich nicht lesen
damaged-what = Die Datenbank ist beschädigt, zum Beispiel weil das Gerät beim Schreiben ausging.
damaged-kept = Ihr Konto und Ihre anderen Geräte sind nicht betroffen. Nachrichten, die nur hier lagen, sind vielleicht verloren.
damaged-next = Laden Sie neu. Hilft das nicht, beginnen Sie hier von vorn, und verbinden Sie dieses Gerät mit Ihrem Konto, oder nehmen Sie Ihren Wiederherstellungscode.
damaged-newer = Melder muss aktualisiert werden
damaged-newer-what = Die Daten auf diesem Gerät hat eine neuere Version geschrieben als die, die gerade läuft.
damaged-newer-kept = Es ist nichts verloren.
damaged-newer-next = Laden Sie neu; dann kommt die neue Version. Hilft das nicht, schließen Sie alle Fenster von Melder und öffnen Sie es wieder.
