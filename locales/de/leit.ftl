# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# Der Leitstand: Rahmen, Anmeldung, Einrichtung.

leit-leitstand = Leitstand
leit-brand = Melder Leitstand
leit-overview = Übersicht
leit-accounts = Konten
leit-units = Dienststellen
leit-groups = Gruppen & Kanäle
leit-operations = Einsätze
leit-alarms = Alarme
leit-administration = Verwaltung
leit-privacy = Datenschutz
leit-policy = Richtlinien
leit-access = Zugänge
leit-menu = Menü
leit-theme = Hell oder dunkel
leit-logout = Abmelden
leit-by-person = persönlich angemeldet
leit-by-token = mit Schlüssel angemeldet
leit-no-organisation = Dieser Schlüssel gehört zum Server und öffnet keine Organisation. Melden Sie sich mit dem Zugang Ihrer Organisation an.

# Allgemeines
leit-loading = Wird geladen
leit-again = Erneut versuchen
leit-next = Weiter
leit-done = Fertig
leit-copy = Kopieren
leit-copied = Kopiert
leit-not-copied = Der Browser hat das Kopieren nicht erlaubt. Markieren und kopieren Sie den Text von Hand.
leit-save-file = Als Datei sichern
leit-not-saved = Der Browser hat die Datei nicht gespeichert.
leit-saved = Gespeichert
leit-undone = Rückgängig gemacht
leit-edit = Bearbeiten
leit-delete = Löschen
leit-progress = Fortschritt
leit-days = { $count ->
    [one] Tag
   *[other] Tage
 }
leit-hours = Std.
leit-minutes = Min.
leit-reason = Grund (freiwillig)
leit-reason-hint = Steht im Verwaltungsprotokoll. Bitte keine Namen und nichts Vertrauliches.
leit-step = Schritt { $at } von { $of }

# Was nicht ging
leit-offline = Der Server ist nicht erreichbar. Es wurde nichts geändert; versuchen Sie es noch einmal.
leit-overtaken = Inzwischen hat jemand anderes das geändert. Es wurde nichts überschrieben: Laden Sie den neuen Stand und prüfen Sie Ihre Änderung.
leit-overtaken-by = Inzwischen geändert von { $who }. Es wurde nichts überschrieben.
leit-error-unknown = Das hat nicht geklappt. Es wurde nichts geändert.
leit-error-detail = { $words } ({ $detail })
leit-error-unauthorized = Die Anmeldung gilt nicht oder nicht mehr. Melden Sie sich an.
leit-error-forbidden = Dazu haben Sie hier kein Recht.
leit-error-not_found = Das gibt es nicht oder nicht mehr.
leit-error-bad_origin = Der Server nimmt Änderungen nur von seiner eigenen Adresse an. Öffnen Sie den Leitstand unter der Adresse, die am Server eingestellt ist.
leit-error-setup_done = Dieser Link zur Einrichtung ist verbraucht oder war nie gültig. Ein leerer Server zeigt beim Start einen neuen.
leit-error-passkey_unable = Dieser Browser kann hier keinen Passkey verwenden. Öffnen Sie den Leitstand über HTTPS in einem aktuellen Browser.
leit-error-passkey_declined = Der Passkey wurde nicht bestätigt, oder es dauerte zu lange. Es wurde nichts geändert.
leit-error-no_table = Das ist keine Tabelle: Es braucht eine Zeile mit Überschriften und darunter mindestens eine Person.
leit-error-unreadable = Die Datei lässt sich nicht lesen.
leit-error-import_first = Verbessern Sie erst die Zeilen mit Fehler. Es wird alles importiert oder nichts.
leit-error-import_nothing = Es gibt noch niemanden zu importieren: Wählen Sie die Spalte mit dem Namen.

# Anmeldung
leit-login = Anmelden
leit-login-about = Für alle, die Konten, Gruppen und Einsätze verwalten.
leit-login-passkey = Mit Passkey anmelden
leit-login-token = Mit Schlüssel anmelden
leit-login-lost = Passkey verloren?
leit-login-go = Anmelden
leit-session-ended = Ihre Anmeldung ist abgelaufen. Was schon gespeichert war, ist sicher.
leit-token = Schlüssel
leit-token-hint = Beginnt mit melder_ und bleibt nur in diesem Fenster, bis Sie es schließen.
leit-token-missing = Fügen Sie den Schlüssel ein.
leit-recovery = Wiederherstellungscode
leit-recovery-hint = Sie haben ihn bei der Einrichtung erhalten. Er gilt einmal.
leit-recovery-missing = Geben Sie den Code ein.
leit-recovery-go = Code einlösen
leit-recovery-once = Dieser Code wird nur jetzt gezeigt. Er ist der Weg zurück, wenn der Passkey verloren geht.
leit-passkey-make = Passkey anlegen
leit-invited = Einladung zum Leitstand
leit-invited-about = Legen Sie einen Passkey an: auf diesem Gerät, Ihrem Telefon oder einem Sicherheitsschlüssel. Ein Passwort gibt es nicht.
leit-invited-broken = Der Link ist unvollständig. Öffnen Sie ihn noch einmal ganz, oder bitten Sie um einen neuen.

# Einrichtung
leit-setup = Melder einrichten
leit-setup-about = In wenigen Minuten ist Ihre Organisation bereit.
leit-setup-broken = Der Link zur Einrichtung ist unvollständig. Kopieren Sie ihn ganz aus der Ausgabe des Servers.
leit-setup-organisation = Name der Organisation
leit-setup-organisation-hint = So sehen ihn alle, die Melder benutzen: zum Beispiel „Kreisverwaltungsreferat München“.
leit-setup-organisation-missing = Geben Sie den Namen der Organisation ein.
leit-setup-name = Ihr Name
leit-setup-name-hint = Steht in der Verwaltung und im Protokoll.
leit-setup-name-missing = Geben Sie Ihren Namen ein.
leit-setup-go = Organisation anlegen
leit-setup-passkey = Ihr Passkey
leit-setup-passkey-about = Damit melden Sie sich künftig an: mit Fingerabdruck, Gesicht, PIN oder Sicherheitsschlüssel. Ein Passwort gibt es nicht.
leit-setup-without = Ohne Passkey weiter, nur mit Schlüssel
leit-setup-keep = Bitte sicher aufbewahren
leit-setup-tokens = Auch die Schlüssel für Programme und weitere Organisationen werden nur jetzt gezeigt.
leit-setup-tokens-save = Schlüssel als Datei sichern
leit-setup-file =
    Melder: Zugang zur Verwaltung. Bitte sicher aufbewahren.

    Wiederherstellungscode: { $recovery }
    Schlüssel der Organisation (owner): { $owner }
    Schlüssel des Servers (server): { $server }
leit-setup-kept = Ich habe alles sicher aufbewahrt
leit-setup-keep-first = Bewahren Sie den Code erst sicher auf, und bestätigen Sie das.
leit-setup-unit = Die erste Dienststelle
leit-setup-people = Die ersten Personen
leit-setup-people-names = Namen, je Zeile einer
leit-setup-people-hint = Jede Person bekommt eine Einladung. Viele auf einmal gehen später besser aus einer Tabelle.
leit-setup-people-go = Personen einladen
leit-setup-later = Später, zum Leitstand
leit-setup-done = Zum Leitstand
leit-links-made = { $count ->
    [one] 1 Einladung ist bereit
   *[other] { $count } Einladungen sind bereit
 }

leit-find = Suchen
leit-find-key = Strg K
leit-find-what = Person, Gruppe, Einsatz
leit-found = { $count ->
    [0] Nichts gefunden
    [one] 1 Treffer
   *[other] { $count } Treffer
 }
leit-found-nothing = Nichts gefunden. Gesucht wird nach Wortanfängen.
leit-found-group = Gruppe
leit-found-channel = Kanal
leit-found-operation = Einsatz
