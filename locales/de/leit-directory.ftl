# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# Verzeichnis: LDAP und SCIM.

leit-directory = Verzeichnis
leit-directory-about = Konten und Gruppen aus dem Verzeichnis Ihres Hauses. Wer dort geht, geht auch hier. Von Hand angelegte Konten bleiben davon unberührt.
leit-right-directory = Verzeichnis (SCIM)
leit-dir-ldap = LDAP und Active Directory
leit-dir-ldap-set-up = Verzeichnis anbinden
leit-dir-owner-only = Anbinden kann es eine Person mit dem Recht „Alles“.
leit-dir-empty = Noch ist kein Verzeichnis angebunden. Zwei Wege führen hierher:
leit-dir-way-ldap = LDAP-Abgleich
leit-dir-way-ldap-about = Der Server liest OpenLDAP oder Active Directory selbst, zu festen Zeiten und auf Knopfdruck. Richtig, wenn er das Verzeichnis im Netz erreicht. Sie sehen vorher, was sich ändert.
leit-dir-way-scim = SCIM
leit-dir-way-scim-about = Ihr Identitätsdienst (Keycloak, Microsoft Entra ID) meldet Änderungen selbst und sofort. Richtig, wenn er SCIM spricht oder der Server das Verzeichnis nicht erreichen darf.
leit-dir-way-csv = Keines von beiden?
leit-dir-way-csv-about = Eine CSV-Datei unter „Konten“ genügt für den Anfang.
leit-dir-server = Server
leit-dir-secured = verschlüsselt
leit-dir-open = unverschlüsselt
leit-dir-schedule = Zeitplan
leit-dir-next = Nächster Abgleich
leit-dir-leaving = Wer ausscheidet
leit-dir-keep-none = wird sofort gelöscht
leit-dir-keep-some = { $days ->
    [one] wird sofort gesperrt und nach 1 Tag gelöscht
   *[other] wird sofort gesperrt und nach { $days } Tagen gelöscht
 }
leit-dir-brake = Bremse
leit-dir-brake-fact = hält an, wenn mehr als { $percent } % der Konten gesperrt oder gelöscht würden, oder so viele Gruppen oder Mitgliedschaften wegfielen (bis { $floor } nie)
leit-dir-forget = Anbindung entfernen
leit-dir-forget-title = Anbindung entfernen?
leit-dir-forget-about = Einstellungen und Kennwort werden gelöscht. Alle Konten bleiben, folgen dem Verzeichnis aber nicht mehr.
leit-dir-look = Vorschau ansehen
leit-dir-held = Der letzte Abgleich wurde angehalten: { $count ->
    [0] Viele Gruppen des Verzeichnisses oder Mitgliedschaften in ihnen würden wegfallen.
    [one] 1 von { $known } Konten würde gesperrt oder gelöscht ({ $percent } %).
   *[other] { $count } von { $known } Konten würden gesperrt oder gelöscht ({ $percent } %).
 } Sehen Sie sich die Vorschau an und entscheiden Sie.

# Vorschau
leit-dir-plan = Vorschau: was sich ändern würde
leit-dir-plan-empty = Alles ist auf dem Stand des Verzeichnisses. Es gibt nichts zu übernehmen.
leit-dir-plan-held = Das sind viele: { $count ->
    [0] Viele Gruppen des Verzeichnisses oder Mitgliedschaften in ihnen würden wegfallen.
    [one] 1 von { $known } Konten würde gesperrt oder gelöscht ({ $percent } %).
   *[other] { $count } von { $known } Konten würden gesperrt oder gelöscht ({ $percent } %).
 } Der Zeitplan übernimmt das nicht von selbst.
leit-dir-take-over = Übernehmen
leit-dir-take-over-held = Trotzdem übernehmen
leit-dir-applied = Das Verzeichnis ist übernommen.
leit-dir-brake-title = So viel auf einmal übernehmen?
leit-dir-gone-title = Konten sperren oder löschen?
leit-dir-brake-ask = { $count ->
    [0] Viele Gruppen des Verzeichnisses oder Mitgliedschaften in ihnen fallen weg.
    [one] 1 von { $known } Konten aus dem Verzeichnis wird gesperrt oder gelöscht, das sind { $percent } %.
   *[other] { $count } von { $known } Konten aus dem Verzeichnis werden gesperrt oder gelöscht, das sind { $percent } %.
 } Prüfen Sie, ob im Verzeichnis etwas fehlt, das nicht fehlen sollte.
leit-dir-brake-later = { $days ->
    [one] Wer nur gesperrt wird, wird nach 1 Tag gelöscht, wenn das Verzeichnis ihn bis dahin nicht wieder nennt.
   *[other] Wer nur gesperrt wird, wird nach { $days } Tagen gelöscht, wenn das Verzeichnis ihn bis dahin nicht wieder nennt.
 }
leit-dir-brake-go = { $count ->
    [0] Trotzdem übernehmen
    [one] 1 Konto sperren oder löschen
   *[other] { $count } Konten sperren oder löschen
 }
leit-dir-kind-delete = Gelöscht
leit-dir-kind-delete-about = mit allen Daten, nach Ablauf der Frist
leit-dir-kind-leave = Ausgeschieden
leit-dir-kind-leave-about = gesperrt, später gelöscht
leit-dir-kind-suspend = Gesperrt
leit-dir-kind-suspend-about = im Verzeichnis abgeschaltet
leit-dir-kind-resume = Wieder da
leit-dir-kind-move = Umgezogen
leit-dir-kind-change = Geändert
leit-dir-kind-add = Neu
leit-dir-new-units = Neue Dienststellen
leit-dir-groups = Gruppen des Verzeichnisses
leit-dir-joined = Neue Mitgliedschaften
leit-dir-parted = Beendete Mitgliedschaften
leit-dir-units-made = Diese Dienststellen werden angelegt: { $units }
leit-dir-more = { $count ->
    [one] Noch 1 zeigen
   *[other] Noch { $count } zeigen
 }
leit-dir-from-to = { $from } → { $to }
leit-dir-field-name = Name
leit-dir-field-user = Anmeldename
leit-dir-field-function = Funktion
leit-dir-field-unit = Dienststelle
leit-dir-field-status = Zustand
leit-dir-group-add = Neu
leit-dir-group-change = Geändert
leit-dir-group-delete = Entfällt
leit-dir-joins = { $count } kommen dazu
leit-dir-leaves = { $count } gehen
leit-dir-problems = { $count ->
    [one] 1 Eintrag kann nicht übernommen werden
   *[other] { $count } Einträge können nicht übernommen werden
 }
leit-dir-problems-about = Diese Konten und Gruppen bleiben, wie sie sind. Alles andere wird übernommen.
leit-dir-trouble-no_user_name = Der Anmeldename fehlt.
leit-dir-trouble-no_name = Der Name fehlt.
leit-dir-trouble-value = Eine Angabe kann so nicht übernommen werden ({ $detail }).
leit-dir-trouble-same_id = Ein anderer Eintrag hat dieselbe Kennung.
leit-dir-trouble-same_name = Ein anderer Eintrag hat denselben Namen. Wen eine Gruppe damit meint, ist nicht sicher; über diesen Namen kommt niemand in eine Gruppe.
leit-dir-trouble-user_name_taken = Ein anderes Konto hat diesen Anmeldenamen.
leit-dir-trouble-unit_unknown = Die Dienststelle „{ $detail }“ gibt es nicht. Die Person wird ohne sie übernommen.
leit-dir-trouble-unit_ambiguous = Mehrere Dienststellen heißen „{ $detail }“. Im Verzeichnis muss der ganze Pfad stehen.
leit-dir-trouble-unit_too_deep = Die Dienststelle „{ $detail }“ liegt zu tief: Es sind höchstens 12 Ebenen möglich.
leit-dir-trouble-unit_name = „{ $detail }“ kann keine Dienststelle heißen.
leit-dir-trouble-group_same_id = Eine andere Gruppe hat dieselbe Kennung.
leit-dir-trouble-group_name = So kann eine Gruppe nicht heißen.
leit-dir-trouble-group_name_taken = Eine andere Gruppe hat diesen Namen.
leit-dir-trouble-group_too_large = Die Gruppe hat mehr als 10.000 Konten.

# Letzte Abgleiche
leit-dir-runs = Letzte Abgleiche
leit-dir-runs-none = Es gab noch keinen. Sehen Sie sich zuerst die Vorschau an.
leit-dir-runs-all = Alle zeigen
leit-dir-run-applied = übernommen
leit-dir-run-unchanged = unverändert
leit-dir-run-held = angehalten
leit-dir-run-failed = nicht gelesen
leit-dir-by-schedule = nach Zeitplan
leit-dir-by-admin = von Hand
leit-dir-count-added = { $count } neu
leit-dir-count-changed = { $count } geändert
leit-dir-count-resumed = { $count } wieder da
leit-dir-count-suspended = { $count } gesperrt
leit-dir-count-deleted = { $count } gelöscht
leit-dir-count-groups = { $count ->
    [one] 1 Gruppe
   *[other] { $count } Gruppen
 }
leit-dir-count-problems = { $count ->
    [one] 1 Eintrag übergangen
   *[other] { $count } Einträge übergangen
 }

# Einrichten
leit-dir-step-server = Server
leit-dir-step-people = Personen
leit-dir-step-groups = Dienststellen und Gruppen
leit-dir-step-when = Zeitplan und Bremse
leit-dir-missing = Bitte ausfüllen.
leit-dir-save = Speichern
leit-dir-saved = Das Verzeichnis ist angebunden. Die Vorschau zeigt, was sich ändern würde.
leit-dir-kind = Art des Verzeichnisses
leit-dir-host = Name des Servers
leit-dir-host-hint = Zum Beispiel ldap.stadt.example, mit Port, wenn er nicht der übliche ist.
leit-dir-security = Verbindung
leit-dir-security-tls = LDAPS (verschlüsselt)
leit-dir-security-start = StartTLS (verschlüsselt)
leit-dir-security-plain = Unverschlüsselt
leit-dir-plain-warning = Kennwort und Namen gehen für alle lesbar durch das Netz. Nur zum Ausprobieren auf demselben Rechner.
leit-dir-bind = Anmelden als
leit-dir-bind-hint = Der ganze Name eines Kontos, das nur lesen darf: cn=melder,dc=stadt,dc=example. Leer: ohne Anmeldung.
leit-dir-password = Kennwort dieses Kontos
leit-dir-password-hint = Es bleibt auf dem Server und wird nie wieder angezeigt.
leit-dir-password-kept = Ein Kennwort ist gespeichert. Leer lassen, um es zu behalten.
leit-dir-ca = Eigene Zertifizierungsstelle
leit-dir-ca-label = Zertifikat (PEM)
leit-dir-ca-hint = Nötig, wenn das Zertifikat des Servers von Ihrer eigenen Stelle stammt.
leit-dir-base = Wo die Personen stehen
leit-dir-base-hint = Zum Beispiel ou=people,dc=stadt,dc=example
leit-dir-filter = Welche Einträge Personen sind
leit-dir-filter-hint = Ein LDAP-Filter. Leer: wie es üblich ist.
leit-dir-attributes = Attribute anpassen
leit-dir-attributes-about = Leer: wie es bei dieser Art von Verzeichnis üblich ist. E-Mail-Adressen und Telefonnummern werden nicht gelesen.
leit-dir-at-user = Anmeldename
leit-dir-at-name = Ganzer Name
leit-dir-at-given = Vorname
leit-dir-at-family = Nachname
leit-dir-at-function = Funktion
leit-dir-at-id = Unveränderliche Kennung
leit-dir-at-disabled = Abgeschaltet
leit-dir-unit = Dienststelle einer Person
leit-dir-unit-place = nach ihrem Platz im Baum (OU)
leit-dir-unit-attribute = nach einem Attribut
leit-dir-unit-nowhere = nicht aus dem Verzeichnis
leit-dir-unit-name = Attribut
leit-dir-unit-hint = Zum Beispiel department. Der Wert ist ein Name oder ein Pfad mit Schrägstrichen.
leit-dir-create-units = Fehlende Dienststellen anlegen
leit-dir-with-groups = Gruppen übernehmen
leit-dir-groups-base = Wo die Gruppen stehen
leit-dir-groups-base-hint = Leer: am selben Ort wie die Personen.
leit-dir-groups-filter = Welche Einträge Gruppen sind
leit-dir-members = Wer in einer Gruppe ist
leit-dir-members-usual = wie es üblich ist
leit-dir-members-group = steht in der Gruppe (member)
leit-dir-members-person = steht bei der Person (memberOf)
leit-dir-every-off = nur von Hand
leit-dir-every-hour = jede Stunde
leit-dir-every-day = täglich um { $hour }
leit-dir-every-day-at = einmal am Tag
leit-dir-hour = Uhrzeit
leit-dir-keep = Ausgeschiedene löschen nach Tagen
leit-dir-keep-hint = Gesperrt wird sofort. 0: auch gleich gelöscht, ohne Weg zurück.
leit-dir-percent = Bremse in Prozent
leit-dir-percent-hint = Würden mehr Konten gesperrt oder gelöscht oder fielen mehr Mitgliedschaften weg, wartet der Abgleich auf Sie.
leit-dir-floor = So viele immer ohne Bremse
leit-dir-floor-hint = Damit sie in kleinen Häusern nicht bei jedem Abgang anhält.
leit-dir-number = Bitte ganze Zahlen eintragen.
leit-dir-test = Verbindung testen
leit-dir-found-people = { $count ->
    [0] Verbunden, aber keine Person gefunden
    [one] Verbunden: 1 Person gefunden
   *[other] Verbunden: { $count } Personen gefunden
 }
leit-dir-found-groups = { $count ->
    [one] 1 Gruppe
   *[other] { $count } Gruppen
 }

# SCIM
leit-dir-scim = SCIM: das Verzeichnis meldet sich selbst
leit-dir-scim-about = Ihr Identitätsdienst legt Konten an, ändert und sperrt sie. Tragen Sie dort diese Adresse und ein Token ein.
leit-dir-scim-address = Adresse
leit-dir-scim-auth = Anmeldung
leit-dir-scim-auth-about = Token mit dem Recht „Verzeichnis (SCIM)“, als Bearer-Token
leit-dir-scim-keycloak = SCIM-Erweiterung einrichten: Adresse als „SCIM Endpoint“, Anmeldung „Bearer“.
leit-dir-scim-entra = Unternehmensanwendung, Bereitstellung: Adresse als „Mandanten-URL“, Token als „Geheimes Token“.
leit-dir-scim-copy = Adresse kopieren
leit-dir-scim-token = Token anlegen

# Im Verwaltungsprotokoll
leit-did-account-provision = hat ein Konto aus dem Verzeichnis übernommen
leit-did-ldap-change = hat die Anbindung des Verzeichnisses geändert
leit-did-ldap-remove = hat die Anbindung des Verzeichnisses entfernt
leit-did-ldap-test = hat die Anbindung des Verzeichnisses geprüft
leit-did-ldap-pull = hat das Verzeichnis übernommen
