# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# Übersicht, Richtlinien, Zugänge, Datenschutz.

leit-look = Ansehen
leit-change = Ändern
leit-stat-active = Aktive Konten
leit-stat-of = { $count ->
    [one] von 1 Konto
   *[other] von { $count } Konten
 }
leit-stat-invited = Eingeladen
leit-stat-suspended = { $count } gesperrt
leit-stat-groups = { $groups ->
    [one] { $groups } Gruppe
   *[other] { $groups } Gruppen
 }, { $channels ->
    [one] { $channels } Kanal
   *[other] { $channels } Kanäle
 }
leit-stat-operations = Einsätze
leit-stat-running = laufen gerade
leit-stat-none = Gerade läuft kein Einsatz.
leit-todo = Zu erledigen
leit-todo-none = Nichts wartet auf Sie.
leit-todo-late = { $count ->
    [one] 1 Einladung abgelaufen
   *[other] { $count } Einladungen abgelaufen
 }
leit-todo-late-about = Diese Personen sind noch nicht beigetreten.
leit-todo-ends = { $name } endet bald
leit-todo-broken = Das Verwaltungsprotokoll ist beschädigt
leit-todo-broken-about = Eine Zeile passt nicht zu denen davor. Sichern Sie das Protokoll und den Server.
leit-todo-people = Noch niemand ist eingeladen
leit-todo-people-about = Laden Sie die ersten Personen ein, oder importieren Sie eine Tabelle.
leit-system = System
leit-system-about = Es werden nur Summen gezeigt. Was einzelne Personen tun, wird nicht ausgewertet.

# Richtlinien
leit-policy-watching = Mitbestimmung
leit-policy-council = Personalrat beteiligen
leit-policy-use = Nutzung
leit-policy-limits = Fristen und Grenzen
leit-policy-version = Fassung { $version }, unterschrieben und auf allen Geräten
leit-policy-meets = { $count ->
    [one] betrifft 1 Konto
   *[other] betrifft alle { $count } Konten
 }
leit-policy-meets-guests = { $count ->
    [one] betrifft 1 Gast
   *[other] betrifft { $count } Gäste
 }
leit-policy-number = Geben Sie eine Zahl ein.
leit-policy-whole = Geben Sie eine ganze Zahl ein, ohne Punkt und Komma.
leit-policy-consequence = Die Richtlinien werden als Ganzes ersetzt, unterschrieben und gelten auf jedem Gerät, sobald es verbunden ist.
leit-policy-save = Richtlinien in Kraft setzen
leit-policy-saved = Die neuen Richtlinien gelten
leit-policy-receipts = Lesebestätigungen
leit-policy-receipts-about = Andere sehen, ob eine Nachricht gelesen wurde. Aus: Nur ausdrückliches Bestätigen wird gezeigt.
leit-policy-presence = Dienststatus für andere
leit-policy-presence-about = Andere sehen, wer im Dienst ist. Aus: Es werden nur Zahlen gezeigt.
leit-policy-typing = „Schreibt gerade“
leit-policy-typing-about = Andere sehen, dass jemand schreibt.
leit-policy-location = Standort senden
leit-policy-location-about = Einen Standort schickt jede Person nur selbst; einen Verlauf gibt es nicht.
leit-policy-groups = Eigene Gruppen
leit-policy-groups-about = Personen gründen Gruppen und Kanäle selbst.
leit-policy-export = Export von Chats
leit-policy-export-about = Personen sichern Nachrichten als Datei außerhalb von Melder.
leit-policy-server = Aufbewahrung auf dem Server (Tage)
leit-policy-server-about = Danach sind Nachrichten und Dateien auf dem Server weg, auch wenn ein Gerät sie nie geholt hat.
leit-policy-device = Aufbewahrung auf Geräten (Tage)
leit-policy-device-about = Leer: ohne Grenze.
leit-policy-device-shorter = { $count ->
    [one] Was älter ist als 1 Tag, wird auf allen Geräten gelöscht, sobald sie sich melden.
   *[other] Was älter ist als { $count } Tage, wird auf allen Geräten gelöscht, sobald sie sich melden.
}
leit-policy-lock = App sperrt sich nach (Minuten)
leit-policy-lock-about = Leer: Jede Person wählt selbst.
leit-policy-wipe = Gerät löscht sich nach falschen PINs
leit-policy-wipe-about = Anzahl der Fehlversuche. Leer: nie.
leit-policy-attachment = Größte Datei (MB)
leit-policy-attachment-about = Gilt für Fotos, Sprachnachrichten und Dateien.
leit-policy-hybrid = Verschlüsselung auch gegen Quantenrechner, bis zu so vielen Mitgliedern
leit-policy-hybrid-about = Größere Gruppen verwenden das klassische Verfahren.
leit-policy-warning = Gäste warnen (Tage vor dem Ende)
leit-policy-warning-about = Mit Komma getrennt, zum Beispiel 7, 1.

# Zugänge
leit-access-token = Ihr Schlüssel kann hier nichts ändern.
leit-right-owner = Alles
leit-right-accounts = Konten
leit-right-groups = Gruppen
leit-right-operations = Einsätze
leit-right-audit = Protokoll lesen
leit-tokens = Schlüssel für Programme
leit-tokens-about = Für Schnittstellen und die Befehlszeile. Menschen melden sich mit einem Passkey an.
leit-token-make = Schlüssel erzeugen
leit-token-name = Wofür
leit-token-name-hint = Zum Beispiel „Personalsystem“.
leit-token-rights = Was er darf
leit-token-no-right = Wählen Sie mindestens ein Recht.
leit-token-once = Dieser Schlüssel wird nur jetzt gezeigt.
leit-token-used = zuletzt benutzt am { $day }
leit-token-unused = noch nie benutzt
leit-token-revoke = Widerrufen
leit-token-revoke-title = Schlüssel „{ $name }“ widerrufen?
leit-token-revoke-about = Programme, die ihn verwenden, kommen sofort nicht mehr herein. Das lässt sich nicht rückgängig machen.
leit-token-revoked = Der Schlüssel gilt nicht mehr
leit-passkey = Passkey
leit-passkeys = Ihre Passkeys
leit-passkeys-about = Legen Sie einen zweiten an, zum Beispiel auf einem Sicherheitsschlüssel.
leit-passkey-more = Weiteren Passkey anlegen
leit-passkey-made = Passkey angelegt
leit-passkey-remove = Entfernen
leit-passkey-removed = Passkey entfernt
leit-recovery-new = Neuer Wiederherstellungscode
leit-recovery-kept = Sicher aufbewahrt, weiter
leit-admins = Verwaltende
leit-admins-none = Noch meldet sich niemand mit einem Passkey an. Laden Sie die erste Person ein.
leit-admin-make = Verwaltende Person einladen
leit-admin-roles = Rollen
leit-admin-roles-about = Ändern sich die Rollen, enden alle Anmeldungen dieser Person.
leit-admin-role = Rolle
leit-admin-role-add = Rolle hinzufügen
leit-admin-role-remove = Rolle entfernen
leit-admin-where = Wo
leit-admin-everywhere = In der ganzen Organisation
leit-role-in = { $role } in { $unit }
leit-admin-last = zuletzt angemeldet am { $day }
leit-admin-never = noch nie angemeldet
leit-admin-link = Der Link gilt 7 Tage und wird nur jetzt gezeigt. Geben Sie ihn nur der Person selbst.
leit-admin-again = Neuer Link für einen Passkey
leit-admin-remove = Zugang entfernen
leit-admin-remove-title = { $name } den Zugang nehmen?
leit-admin-remove-about = Alle Anmeldungen enden sofort. Was die Person getan hat, bleibt im Protokoll.
leit-admin-removed = Der Zugang ist entfernt

# Datenschutz
leit-privacy-unreadable = Nachrichteninhalte sind für die Verwaltung nicht lesbar
leit-retention = Aufbewahrung
leit-keep-server = Server
leit-keep-server-about = Nachrichten und Medien, verschlüsselt
leit-keep-device = Geräte
leit-keep-device-about = Nachrichten und Medien
leit-keep-log = Verwaltungsprotokoll
leit-keep-log-about = nur Kennungen, keine Inhalte
leit-day-count = { $count ->
    [one] 1 Tag
   *[other] { $count } Tage
 }
leit-unlimited = ohne Grenze
leit-audit = Verwaltungsprotokoll
leit-audit-whole = Kette vollständig
leit-audit-broken = Kette gebrochen bei { $line }
leit-audit-lines = { $count ->
    [one] 1 Eintrag
   *[other] { $count } Einträge
 }
leit-audit-head = Prüfsumme, zum Notieren an anderer Stelle:
leit-audit-older = Ältere Einträge
leit-audit-export = Exportieren
leit-audit-server = Der Server
leit-audit-reason = Grund: { $reason }
leit-deletions = Löschprotokoll
leit-deletions-none = Noch nichts gelöscht.
leit-deletion-admin = Von der Verwaltung gelöscht
leit-deletion-expired = Abgelaufen
leit-deletion-operation = Mit dem Einsatz gelöscht
leit-deletion-own = Auf eigenen Wunsch gelöscht
leit-did-account-create = hat ein Konto angelegt
leit-did-account-import = hat Konten importiert
leit-did-account-change = hat ein Konto geändert
leit-did-account-suspend = hat ein Konto gesperrt
leit-did-account-resume = hat ein Konto entsperrt
leit-did-account-reset = hat die Geräte eines Kontos zurückgesetzt
leit-did-account-delete = hat ein Konto gelöscht
leit-did-account-expire = hat ein abgelaufenes Konto gelöscht
leit-did-unit-create = hat eine Dienststelle angelegt
leit-did-unit-change = hat eine Dienststelle geändert
leit-did-unit-delete = hat eine Dienststelle gelöscht
leit-did-group-create = hat eine Gruppe angelegt
leit-did-group-change = hat eine Gruppe geändert
leit-did-group-rules = hat die Regeln einer Gruppe geändert
leit-did-group-close = hat eine Gruppe geschlossen
leit-did-operation-create = hat einen Einsatz angelegt
leit-did-operation-change = hat einen Einsatz geändert
leit-did-operation-end = hat einen Einsatz beendet
leit-did-invitation-create = hat eine Einladung erzeugt
leit-did-invitation-withdraw = hat eine Einladung zurückgezogen
leit-did-policy = hat die Richtlinien geändert
leit-did-token-create = hat einen Schlüssel erzeugt
leit-did-token-revoke = hat einen Schlüssel widerrufen
leit-did-organisation-create = hat die Organisation angelegt
leit-did-organisation-rename = hat die Organisation umbenannt
leit-did-other = ({ $action })
