# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# Konten, Dienststellen, Einladungen, Import.

leit-invite-person = Person einladen
leit-import = CSV importieren
leit-import-guests = Helferinnen und Helfer importieren
leit-all-accounts = Alle Konten
leit-all-kinds = Alle Arten
leit-status = Status
leit-status-active = Aktiv
leit-status-invited = Eingeladen
leit-status-suspended = Gesperrt
leit-kind = Art
leit-kind-staff = Beschäftigt
leit-kind-guest = Gast
leit-kind-bot = Bot
leit-kind-private = Privat
leit-find-account = Name, Funktion, Dienststelle
leit-column-name = Name
leit-unit = Dienststelle
leit-function = Funktion
leit-function-hint = Zum Beispiel „Streife“. Alle in der Organisation sehen sie.
leit-ends = Ende
leit-ends-hint = Am Ende dieses Tages wird das Konto mit allen Daten gelöscht.
leit-created = Angelegt
leit-operation = Einsatz
leit-no-unit = Ohne Dienststelle
leit-show-all = Alle zeigen
leit-accounts-empty = Noch keine Konten. Laden Sie eine Person ein, oder importieren Sie eine Tabelle.
leit-accounts-none = Niemand passt zu dieser Auswahl.
leit-accounts-read = { $count ->
    [one] 1 Konto
   *[other] { $count } Konten
 }
leit-accounts-reading = { $count } Konten gelesen …
leit-accounts-shown = { $count ->
    [one] 1 Konto · Onlinezeiten einzelner Personen werden nicht gespeichert
   *[other] { $count } Konten · Onlinezeiten einzelner Personen werden nicht gespeichert
 }
leit-choose-all = Alle in dieser Auswahl markieren
leit-choose-one = { $name } markieren
leit-choose-none = Markierung aufheben
leit-chosen = { $count } ausgewählt
leit-name-missing = Geben Sie einen Namen ein.
leit-account-made = Konto angelegt: { $name }
leit-invite-at-once = Gleich einladen
leit-create = Konto anlegen
leit-create-invite = Anlegen und einladen

# Ein Konto
leit-facts = Angaben
leit-actions = Aktionen
leit-invite-again = Neu einladen
leit-suspend = Sperren
leit-resume = Entsperren
leit-suspended = { $name } ist gesperrt. Alle Geräte sind abgemeldet, nichts ist gelöscht.
leit-resumed = { $name } kann Melder wieder benutzen.
leit-reset = Geräte zurücksetzen
leit-reset-title = Alle Geräte von { $name } zurücksetzen?
leit-reset-about = Alle Geräte werden sofort abgemeldet und verlieren den Zugang. Die Person beginnt mit einer neuen Einladung.
leit-reset-trust = In ihren Gruppen sehen alle, dass die Geräte neu sind. Alte Nachrichten sind auf den neuen Geräten nicht lesbar.
leit-reset-go = Geräte zurücksetzen
leit-delete-title = { $name } löschen?
leit-delete-about = Das Konto, seine Geräte, Schlüssel und wartenden Nachrichten werden auf dem Server gelöscht; es verlässt alle Gruppen. Verbundene Geräte werden sofort getrennt.
leit-delete-final = Das lässt sich nicht rückgängig machen. Sie erhalten einen unterschriebenen Löschnachweis.
leit-delete-go = Konto endgültig löschen
leit-deleted = { $name } ist gelöscht
leit-delete-done = Gelöscht. Der Nachweis ist vom Server unterschrieben.
leit-record-save = Löschnachweis sichern
leit-record-time = Gelöscht am
leit-record-devices = Geräte
leit-record-keys = Schlüssel
leit-record-groups = Verlassene Gruppen
leit-record-inbox = Wartende Nachrichten
leit-record-files = Dateien
leit-record-invitations = Einladungen
leit-devices = Geräte
leit-devices-none = Noch kein Gerät.
leit-device-used = zuletzt benutzt am { $day }
leit-device-added = seit { $day }
leit-invitations = Einladungen
leit-invitations-none = Keine Einladung.
leit-invitation-open = Offen
leit-invitation-used = Beigetreten
leit-invitation-expired = Abgelaufen
leit-invitation-withdrawn = Zurückgezogen
leit-invitation-until = gültig bis { $day }
leit-invitation-gone = Die Einladung gilt nicht mehr
leit-withdraw = Zurückziehen
leit-mine = Ihre Änderung
leit-theirs = Neuer Stand
leit-keep-mine = Meine Änderung übernehmen
leit-keep-theirs = Neuen Stand behalten

# Eine Einladung
leit-link = Link
leit-link-made = Einladung für { $name }, gültig bis { $until }
leit-link-code = QR-Code der Einladung für { $name }
leit-link-copy = Link kopieren
leit-link-once = Der Link wird nur jetzt gezeigt und gilt einmal. Geben Sie ihn nur der Person selbst. Geht er verloren, laden Sie neu ein.
leit-mail-copy = E-Mail-Text kopieren
leit-mail-open = E-Mail schreiben
leit-mail-subject = Ihr Zugang zu Melder
leit-mail-body =
    Guten Tag { $name },

    Sie sind eingeladen, mit Melder zu schreiben, dem verschlüsselten Messenger unserer Verwaltung.

    Öffnen Sie diesen Link auf dem Gerät, mit dem Sie schreiben wollen:
    { $link }

    Der Link gilt einmal und bis { $until }. Bitte geben Sie ihn nicht weiter.
leit-links-once = { $count ->
    [one] 1 neuer Link. Er wird nur jetzt gezeigt: Drucken oder sichern Sie ihn.
   *[other] { $count } neue Links. Sie werden nur jetzt gezeigt: Drucken oder sichern Sie sie.
 }
leit-links-csv = Links als Tabelle sichern
leit-valid-until = Gültig bis
leit-valid-until-day = gültig bis { $day }
leit-print = Drucken
leit-print-title = Einladungen drucken
leit-print-letter = Schreiben drucken
leit-print-letters = { $count ->
    [one] 1 Schreiben
   *[other] { $count } Schreiben
 }
leit-print-sheets = { $count ->
    [one] 8 je Seite · 1 Seite
   *[other] 8 je Seite · { $count } Seiten
 }
leit-print-about = A4. Jeder Code gilt einmal. Als PDF: im Druckdialog „Als PDF speichern“ wählen.
leit-paper-how = Mit der Kamera Ihres Telefons scannen
leit-letter-title = Ihr Zugang zu Melder
leit-letter-hello = Guten Tag { $name },
leit-letter-text = Sie sind eingeladen, mit Melder zu schreiben, dem verschlüsselten Messenger unserer Verwaltung. So geht es:
leit-letter-scan = Scannen Sie den Code mit der Kamera Ihres Telefons, oder geben Sie den Link am Rechner ein.
leit-letter-name = Prüfen Sie Ihren Namen.
leit-letter-pin = Wählen Sie eine PIN. Schon können Sie schreiben.
leit-letter-until = Die Einladung gilt einmal und bis { $day }.
leit-letter-secret = Bitte geben Sie dieses Schreiben nicht weiter, und werfen Sie es weg, sobald Sie beigetreten sind.

# Viele auf einmal
leit-bulk = Für alle Markierten
leit-bulk-move = Dienststelle zuweisen
leit-bulk-invite = Einladung senden
leit-bulk-suspend = Sperren
leit-bulk-resume = Entsperren
leit-bulk-delete = Löschen
leit-bulk-to = Neue Dienststelle
leit-bulk-move-about = Die Gruppen, die einer Dienststelle folgen, ändern sich im selben Moment.
leit-bulk-invite-about = Jede Person bekommt einen neuen Link; ältere Einladungen gelten nicht mehr. Wer schon beigetreten ist, bleibt unberührt.
leit-bulk-suspend-about = Alle Geräte werden sofort abgemeldet. Nichts wird gelöscht, und es lässt sich zurücknehmen.
leit-bulk-resume-about = Die Geräte dieser Personen haben wieder Zugang.
leit-bulk-delete-about = Konten, Geräte, Schlüssel und wartende Nachrichten werden endgültig gelöscht. Für jedes Konto entsteht ein unterschriebener Löschnachweis.
leit-bulk-move-go = { $count ->
    [one] 1 Person zuweisen
   *[other] { $count } Personen zuweisen
 }
leit-bulk-invite-go = { $count ->
    [one] 1 Person einladen
   *[other] { $count } Personen einladen
 }
leit-bulk-suspend-go = { $count ->
    [one] 1 Konto sperren
   *[other] { $count } Konten sperren
 }
leit-bulk-resume-go = { $count ->
    [one] 1 Konto entsperren
   *[other] { $count } Konten entsperren
 }
leit-bulk-delete-go = { $count ->
    [one] 1 Konto endgültig löschen
   *[other] { $count } Konten endgültig löschen
 }
leit-bulk-who = { $count ->
    [one] Das betrifft 1 Person
   *[other] Das betrifft { $count } Personen
 }
leit-bulk-more = und { $count } weitere
leit-bulk-left = { $count ->
    [one] 1 Markierte bleibt, wie sie ist.
   *[other] { $count } Markierte bleiben, wie sie sind.
 }
leit-bulk-doing = { $done } von { $of } erledigt
leit-bulk-stop = Anhalten
leit-bulk-done = { $count ->
    [one] 1 Konto geändert
   *[other] { $count } Konten geändert
 }
leit-bulk-failed = { $count ->
    [one] Bei 1 Konto ging es nicht
   *[other] Bei { $count } Konten ging es nicht
 }

# Import
leit-import-step-file = Datei
leit-import-step-check = Spalten prüfen
leit-import-step-done = Importiert
leit-import-choose = Datei wählen oder hierher ziehen
leit-import-kinds = CSV aus Excel, LibreOffice oder dem Personalsystem; jede übliche Kodierung
leit-import-paste = Oder Tabelle einfügen
leit-import-paste-hint = Aus einer Tabellenkalkulation kopiert, mit Überschriften in der ersten Zeile.
leit-import-take = Tabelle prüfen
leit-import-pasted = Eingefügte Tabelle
leit-import-file = { $rows } Zeilen · { $encoding } · { $separator }
leit-import-semicolon = Trennzeichen Semikolon
leit-import-comma = Trennzeichen Komma
leit-import-tab = Trennzeichen Tabulator
leit-import-other = Ersetzen
leit-import-columns = Spalte in der Datei
leit-import-fields = Feld in Melder
leit-import-column = Feld für die Spalte { $name }
leit-import-skip = Nicht übernehmen
leit-import-first = Vorname
leit-import-last = Nachname
leit-import-groups = Gruppen
leit-import-no-name = Wählen Sie die Spalte mit dem Namen, oder mit Vor- und Nachname.
leit-import-kind = Art der Konten, wo die Datei keine nennt
leit-import-units = Fehlende Dienststellen anlegen
leit-import-invite = Gleich einladen: Links, Schreiben und QR-Codes erzeugen
leit-import-good = { $count } gültig
leit-import-bad = { $count } mit Fehler
leit-import-doubles = { $count } doppelt
leit-import-skip-doubles = Wer schon ein Konto in dieser Dienststelle hat, wird ausgelassen
leit-import-new-units = Neue Dienststellen: { $units }
leit-import-made-units = Angelegte Dienststellen: { $units }
leit-import-bad-rows = Zeilen mit Fehler
leit-import-line = Zeile { $line }
leit-import-correct = Wert in Zeile { $line } verbessern
leit-import-go = { $count ->
    [one] 1 Person importieren
   *[other] { $count } Personen importieren
 }
leit-import-done = { $count ->
    [one] 1 Konto ist angelegt.
   *[other] { $count } Konten sind angelegt.
 }
leit-bad-unit = Die Dienststelle „{ $name }“ gibt es nicht.
leit-bad-group = Die Gruppe „{ $name }“ gibt es nicht.
leit-bad-groups = Mehrere Gruppen heißen „{ $name }“.
leit-bad-kind = Die Art muss Beschäftigt (staff), Gast (guest), Bot oder Privat (private) sein.
leit-bad-day = Das ist kein Tag wie 10.06.2029.
leit-bad-end = Ein Gast braucht ein Ende in der Zukunft, oder einen Einsatz.
leit-bad-name = Der Name fehlt, ist zu lang oder enthält ungeeignete Zeichen.

# Dienststellen
leit-unit-make = Dienststelle anlegen
leit-unit-made = Dienststelle angelegt: { $name }
leit-unit-name = Name der Dienststelle
leit-unit-name-hint = Zum Beispiel „Verkehrsüberwachung“.
leit-unit-name-missing = Geben Sie den Namen der Dienststelle ein.
leit-unit-parent = Gehört zu
leit-unit-top = Oberste Ebene
leit-unit-turn = Dienststellen unter { $name }
leit-unit-people = { $count ->
    [one] 1 Person
   *[other] { $count } Personen
 }
leit-units-empty = Noch keine Dienststellen. Legen Sie die erste an.
leit-unit-delete-title = Dienststelle { $name } löschen?
leit-unit-delete-about = Das geht nur, wenn sie leer ist: ohne Personen, ohne Dienststellen darunter, in keiner Gruppenregel.
leit-unit-delete-go = Dienststelle löschen
leit-unit-deleted = Die Dienststelle ist gelöscht
