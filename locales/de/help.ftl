# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# Überschriften der Hilfe
help-usage = Aufruf:
help-usage-options = [OPTIONEN]
help-commands = Befehle
help-command-name = BEFEHL
help-arguments = Angaben
help-options = Optionen
help-options-everywhere = Optionen für alle Befehle
help-values = [möglich: { $values }]
help-default = [sonst: { $value }]
help-environment = [auch über die Umgebung: { $name }]
help-after =
    Ein Chat, eine Person oder ein Gerät lässt sich mit dem Namen, dem eindeutigen Anfang des Namens oder der Nummer
    angeben, eine Nachricht mit der Nummer in eckigen Klammern.

      Zeiten:    14:30 · 2029-06-10 14:30 · 10.6.2029 14:30 · +2h
      Dauern:    90s · 15m · 2h · 1d · 1h30m

      Ende mit:  0  erledigt
                 1  nicht gelungen
                 2  falsch aufgerufen
                 3  keine Verbindung oder Zeit abgelaufen
                 4  vom Server abgelehnt

# Allgemeines
cmd = Melder: der Ende-zu-Ende verschlüsselte Messenger Ihrer Verwaltung.
arg-profile = Welches Profil dieses Computers: ein Name oder ein Ordner.
arg-json = Ausgabe als JSON, für Programme.
arg-lang = Sprache der Ausgabe.
arg-timeout = So viele Sekunden auf den Server warten.
arg-offline = Nicht verbinden: nur mit dem arbeiten, was auf diesem Gerät ist.
arg-yes = Rückfragen mit Ja beantworten.
arg-help = Diese Hilfe zeigen.
arg-version = Die Version zeigen.

# Angaben, die mehrere Befehle haben
arg-chat = Der Chat: Name, eindeutiger Anfang des Namens oder Nummer.
arg-person = Die Person: Name, eindeutiger Anfang des Namens oder Nummer.
arg-persons = Die Personen: Name, eindeutiger Anfang des Namens oder Nummer.
arg-message = Die Nachricht: die Nummer in eckigen Klammern.
arg-link = Der Link aus der Einladung. In Anführungszeichen setzen.
arg-device-name = Wie dieses Gerät in Ihrer Geräteliste heißt; sonst wie der Computer.
arg-server = Adresse des Servers, zum Beispiel https://melder.example.
arg-device = Das Gerät: Name oder Nummer.
arg-role = Was die Personen im Chat dürfen.
arg-limit = Höchstens so viele zeigen.
arg-off = Wieder aufheben.
arg-words = Die Wörter.
arg-watch = Zusehen, bis alle bestätigt haben (Ende mit Strg-C).
arg-output = Wohin.

# Server
cmd-serve = Einen Server betreiben.
    .long =
        Einen Server betreiben.

        Beim ersten Start wird ein Link zur Einrichtung gezeigt, der einmal gilt. Ohne Umschweife:

          melder serve
          melder admin setup 'LINK' --organisation 'Kreisverwaltungsreferat'

        Der Server spricht HTTP. Stellen Sie für den Betrieb einen TLS-Proxy davor und geben Sie mit --url die Adresse
        an, unter der er erreichbar ist. Strg-C beendet den Server geordnet.
arg-serve-data = Der Ordner, in dem der Server alles aufbewahrt.
arg-serve-listen = Adresse und Port, an denen er Verbindungen annimmt.
arg-serve-url = Die Adresse, unter der man ihn erreicht, für Einladungslinks.
arg-serve-no-push = Keine Mitteilungen verschicken. Sonst ruft der Server die Mitteilungsdienste der Browser über HTTPS an.
arg-serve-push-contact = Wem ein Mitteilungsdienst bei Problemen schreibt: eine Mailadresse oder https-Adresse. Ohne Angabe: --url.
arg-serve-push-allow-local = Nur für Tests: auch Mitteilungsdienste im eigenen Netz und ohne TLS.
arg-serve-web = Der Ordner der Web-App, den „cargo xtask web“ gebaut hat. Ohne Angabe: web neben dem Programm, falls es das gibt.

# Konto und Geräte
cmd-join = Mit einer Einladung beitreten: Dieses Gerät wird das erste Ihres Kontos.
    .long =
        Mit einer Einladung beitreten: Dieses Gerät wird das erste Ihres Kontos.

          melder join 'https://melder.example/join#…'

        Die Schlüssel entstehen auf diesem Gerät und verlassen es nie. Für ein zweites Gerät nehmen Sie melder link.
arg-join-name = Ihr Name, wenn die Einladung keinen nennt (Aushang).
cmd-link = Ein weiteres Gerät mit Ihrem Konto verknüpfen.
    .long =
        Ein weiteres Gerät mit Ihrem Konto verknüpfen.

          Auf dem neuen Gerät:       melder link --server https://melder.example
          Auf dem bisherigen Gerät:  melder link CODE

        Mit dem QR-Code oder dem langen Code in Anführungszeichen ist die Verbindung geprüft. Mit dem kurzen Code
        zeigen beide Geräte eine Zahl; bestätigen Sie nur, wenn beide gleich sind.
arg-link-code = Der Code, den das neue Gerät zeigt. Ohne Code ist dies das neue Gerät.
arg-link-server = Adresse des Servers (nur auf dem neuen Gerät).
arg-link-number = Die Zahl, die das neue Gerät zeigt, statt der Rückfrage.
cmd-recover = Mit dem Wiederherstellungscode zurückkommen, wenn alle Geräte verloren sind.
arg-recover-words = Die Wörter. Ohne Angabe wird danach gefragt (oder MELDER_RECOVERY_WORDS); so stehen sie in keinem Verlauf.
cmd-recovery = Der Wiederherstellungscode.
cmd-recovery-create = Einen neuen Wiederherstellungscode erzeugen. Der alte gilt dann nicht mehr.
cmd-devices = Ihre Geräte.
cmd-devices-list = Ihre Geräte zeigen.
cmd-devices-rename = Ein Gerät umbenennen.
arg-devices-rename-name = Der neue Name.
cmd-devices-remove = Ein Gerät entfernen. Es bekommt ab sofort nichts mehr.
cmd-accept = Mit Ihrem bestehenden Konto eine Einladung annehmen.
cmd-whoami = Wer bin ich: Konto, Organisation, Gerät.
cmd-delete-account = Ihr Konto mit allen Daten löschen (nicht für Beschäftigte).
cmd-pin-code = Die PIN, die dieses Profil schützt.
    .long =
        Die PIN, die dieses Profil schützt.

        Ohne PIN schützt allein das Betriebssystem den Schlüssel der Datenbank. Mit PIN wird er mit Argon2id und AES-256-GCM
        verschlossen. Programme geben die PIN in MELDER_PIN an, eine neue in MELDER_NEW_PIN.
cmd-pin-code-set = Eine PIN setzen oder ändern.
cmd-pin-code-remove = Die PIN aufheben.

# Chats
cmd-chats = Ihre Chats, Gruppen und Kanäle.
arg-chats-unread = Nur die mit ungelesenen Nachrichten.
cmd-read = Nachrichten eines Chats lesen.
arg-read-before = Nur vor dieser Stelle (Folgenummer) im Chat.
arg-read-keep-unread = Nicht als gelesen merken.
cmd-members = Wer in einem Chat ist.
cmd-contacts = Im Verzeichnis Ihrer Organisation suchen.
arg-contacts-words = Name, Dienststelle oder Funktion; ohne Angabe alle.
cmd-direct = Einen Chat zu zweit beginnen.
cmd-group = Private Gruppen und Kanäle.
cmd-group-create = Eine private Gruppe anlegen. Sie verwalten sie.
arg-group-create-name = Wie die Gruppe heißt.
arg-group-create-channel = Ein Kanal: Nur wer veröffentlichen darf, schreibt.
arg-group-create-description = Worum es geht.
cmd-group-add = Personen aufnehmen, oder ihnen eine andere Rolle geben.
cmd-group-remove = Personen entfernen. Sie bekommen ab sofort nichts mehr.
cmd-group-rename = Eine private Gruppe umbenennen.
arg-group-rename-name = Der neue Name.
arg-group-rename-description = Worum es geht.
cmd-group-leave = Eine private Gruppe verlassen.
cmd-leave = Eine private Gruppe verlassen.
cmd-mute = Einen Chat stumm schalten. Alarme kommen trotzdem.
arg-mute-duration = Nur so lange, zum Beispiel 8h.
cmd-pin = Einen Chat oben anheften.
cmd-verify = Die Sicherheitsnummer mit einer Person vergleichen.
    .long =
        Die Sicherheitsnummer mit einer Person vergleichen.

        Sehen Sie beide dieselbe Nummer, liest niemand mit. Vergleichen Sie persönlich oder am Telefon; danach gilt die
        Person als persönlich geprüft.
arg-verify-number = Die Nummer, die die andere Person sieht, statt der Rückfrage.
arg-verify-revoke = Die Prüfung zurücknehmen.

# Nachrichten
cmd-send = Eine Nachricht senden.
    .long =
        Eine Nachricht senden.

          melder send Lage 'Sind vor Ort.'
          melder send Lage 'Absperrung steht' --file foto.jpg --evidence
          echo 'Schichtende' | melder send Lage -
          melder send Lage 'Ablösung' --at 14:30 --ack

        Ohne Verbindung wartet die Nachricht verschlüsselt im Ausgang und geht beim nächsten Aufruf mit Verbindung.
        @Name erwähnt ein Mitglied.
arg-send-text = Der Text; - liest von der Standardeingabe.
arg-send-files = Eine Datei anhängen (mehrfach möglich).
arg-send-evidence = Die Dateien sind Beweisfotos: Aufnahmezeit und Prüfsumme bleiben dabei.
arg-send-reply = Antwort auf diese Nachricht.
arg-send-expires = Nach dieser Dauer auf allen Geräten löschen.
arg-send-at = Erst zu dieser Zeit senden.
arg-send-ack = Um Bestätigung bitten, auf Wunsch bis zu einer Zeit: --ack=14:30.
arg-send-wait = So viele Sekunden warten, bis alles gesendet ist; sonst Ende mit 3.
cmd-react = Mit einem Zeichen auf eine Nachricht reagieren.
arg-react-emoji = Das Zeichen, zum Beispiel 👍.
cmd-edit = Eine eigene Nachricht ändern.
arg-edit-text = Der neue Text; - liest von der Standardeingabe.
cmd-delete = Eine eigene Nachricht bei allen löschen.
cmd-scheduled = Nachrichten, die auf ihre Zeit warten.
cmd-scheduled-list = Wartende Nachrichten zeigen.
cmd-scheduled-cancel = Eine wartende Nachricht zurückziehen.
cmd-alarm = Alarm geben: laut, bis jede Person bestätigt hat.
    .long =
        Alarm geben: laut, bis jede Person bestätigt hat.

          melder alarm 'Bezirk Mitte' 'Unwetter: sofort abbrechen' --urgency emergency --watch

        Zeigt mit Namen, wer bestätigt hat, wer erreicht ist und wer nicht.
arg-alarm-text = Der Text; - liest von der Standardeingabe.
arg-alarm-urgency = Wie dringend.
arg-alarm-by = Bis wann bestätigt sein soll.
cmd-confirm = Einen Alarm oder eine Nachricht bestätigen.
arg-confirm-message = Die Nachricht; ohne Angabe der einzige offene Alarm.
arg-confirm-note = Ein Wort dazu.
cmd-all-clear = Entwarnung geben: Ein eigener Alarm endet bei allen.
arg-all-clear-message = Der Alarm, den Sie gesendet haben.
cmd-reach = Wen eine eigene Nachricht erreicht hat und wer bestätigt hat.
cmd-listen = Zuhören: alles, was geschieht, Zeile für Zeile.
arg-listen-chat = Nur diesen Chat; ohne Angabe alle.
arg-listen-count = Nach so vielen neuen Nachrichten anderer aufhören.
arg-listen-duration = Nach dieser Dauer aufhören. Mit --count: Ende mit 3, wenn bis dahin nicht genug kam.
arg-listen-unread = Zuerst die ungelesenen Nachrichten.
cmd-download = Die Dateien einer Nachricht herunterladen.
arg-download-output = In diesen Ordner.
cmd-search = In allen Nachrichten auf diesem Gerät suchen.
cmd-export = Einen Chat ausgeben.
arg-export-format = Als Text oder als JSON.
arg-export-output = In diese Datei; sonst auf die Standardausgabe.
cmd-completions = Vervollständigung für Ihre Shell ausgeben.
arg-completions-shell = Die Shell.

# Verwaltung
cmd-admin = Verwalten: Konten, Dienststellen, Gruppen, Einladungen, Einsätze.

# Platzhalter
value-name-path = NAME|PFAD
value-seconds = SEKUNDEN
value-person = PERSON
value-message = NACHRICHT
value-name = NAME
value-digits = ZAHL
value-number = ANZAHL
value-sequence = NUMMER
value-words = WÖRTER
value-role = ROLLE
value-path = PFAD
value-duration = DAUER
value-time = ZEIT
value-emoji = ZEICHEN
value-urgency = DRINGLICHKEIT
value-folder = ORDNER
value-format = FORMAT
value-file = DATEI
value-device = GERÄT
value-address = ADRESSE
value-unit = DIENSTSTELLE
value-account = KONTO
value-kind = ART
value-status = STAND
value-operation = EINSATZ
value-encoding = ZEICHENSATZ
value-invitation = EINLADUNG
value-group = GRUPPE
value-suite = VERFAHREN
value-organisation = ORGANISATION
value-field-value = FELD=WERT
value-scope = RECHT
value-token-name = TOKEN
value-account-id = KONTONUMMER
value-name-file = NAME|DATEI
value-n-max = N|max
