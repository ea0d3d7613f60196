# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# Was wie lange bleibt: Wörter der Papiere und des Leitstands.

# Aufbewahrung: data und until aus /v1/admin/privacy
data-messages_waiting = Nachrichten auf dem Server, verschlüsselt
data-attachments = Fotos und Dateien auf dem Server, verschlüsselt
data-messages_on_devices = Nachrichten auf den Geräten
data-account = Konto: Name, Dienststelle, Funktion
data-guest_account = Konten von Gästen
data-devices_and_keys = Geräte und ihre öffentlichen Schlüssel
data-last_used_by_day = Tag der letzten Benutzung je Gerät
data-read_positions = Bis wohin ein Gerät abgeholt hat
data-group_membership = Zugehörigkeit zu Gruppen
data-invitation_links = Einladungen
data-directory_attributes = Angaben aus dem Verzeichnis der Verwaltung
data-push_addresses = Adresse für Weckrufe je Gerät
data-deletion_records = Löschnachweise (nur Kennungen)
data-audit_log = Verwaltungsprotokoll (nur Kennungen und Gründe)
data-admin_sessions = Anmeldungen der Verwaltung
data-admin_challenges = Anmeldeversuche der Verwaltung
data-admin_links = Links für neue Verwalterinnen und Verwalter
data-admin_recovery_links = Links nach einer Wiederherstellung
data-admin_passkeys = Passkeys der Verwaltung
until-fetched = sobald alle Geräte sie haben
until-deleted_by_person = sobald die Person löscht
until-account_deleted = mit dem Konto
until-guest_end = mit dem Ende des Gastkontos
until-left_group = mit dem Austritt
until-used = sobald benutzt
until-logged_out = mit der Abmeldung
until-admin_removed = mit dem Zugang
until-device_removed = mit dem Gerät oder sobald abgeschaltet
keep-both = { $until }, höchstens { $time }
keep-until = { $until }
keep-time = höchstens { $time }
keep-always = bleibt als Nachweis
keep-head-data = Daten
keep-head-where = Ort
keep-head-readable = Für den Server lesbar
keep-head-until = Löschung
keep-head-by = Festgelegt durch
place-server = Server
place-device = Geräte
set-policy = Richtlinie
set-fixed = Programm
paper-days = { $count ->
        [one] 1 Tag
       *[other] { $count } Tage
    }
paper-hours = { $count ->
        [one] 1 Stunde
       *[other] { $count } Stunden
    }
paper-minutes = { $count ->
        [one] 1 Minute
       *[other] { $count } Minuten
    }
