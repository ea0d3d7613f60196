# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# Was bleibt: Löschnachweise prüfen, Sicherungen.

cmd-verify-deletion = Löschnachweise prüfen, ohne Server und ohne Netz.
    .long =
        Löschnachweise prüfen, ohne Server und ohne Netz.

        Die Datei laden Sie im Leitstand unter „Datenschutz“ herunter. Geprüft wird, ob jeder Nachweis vollständig und
        unverändert ist und ob der Schlüssel der Organisation ihn unterschrieben hat. Den Fingerabdruck der Organisation zeigt
        die App unter „Profil“. Ohne --key steht fest, dass der Nachweis in sich stimmt, aber nicht, von wem er ist.
arg-verify-deletion-file = Die Datei mit einem oder mehreren Löschnachweisen.
arg-verify-deletion-key = Der Schlüssel der Organisation: ihr Fingerabdruck (30 Ziffern), der Schlüssel selbst oder eine Datei damit.
value-key-path = SCHLÜSSEL|PFAD

deletion-account = Gelöschtes Konto
deletion-time = Gelöscht am
deletion-by = Gelöscht von
deletion-by-file = { $organisation } (die Datei nennt sie „{ $name }“; unterschrieben ist das nicht)
deletion-reason = Anlass
deletion-profile = Name und Stelle
deletion-devices = Geräte
deletion-keys = Schlüsselpakete
deletion-inbox = Einträge im Eingang
deletion-groups = Verlassene Gruppen
deletion-files = Dateien
deletion-invitations = Einladungen
deletion-fingerprint = Fingerabdruck
deletion-key = Unterschrieben mit dem Schlüssel { $fingerprint }
deletion-proved =
    { $count ->
        [one] Der Löschnachweis ist vollständig und unverändert.
       *[other] Alle { $count } Löschnachweise sind vollständig und unverändert.
    }
deletion-whose-key = Ob der Schlüssel Ihrer Organisation gehört, ist damit nicht geprüft: Vergleichen Sie den Fingerabdruck mit dem in der App, oder nennen Sie ihn mit --key.
deletion-fault = Nachweis { $number } (Konto { $account }): { $code }
deletion-others =
    { $count ->
        [0] Kein anderer Nachweis in der Datei stimmt.
        [one] Ein anderer Nachweis in der Datei stimmt.
       *[other] { $count } andere Nachweise in der Datei stimmen.
    }

local-no_deletion_record = In „{ $path }“ steht kein Löschnachweis. Laden Sie die Datei im Leitstand unter „Datenschutz“ herunter.
local-deletion_record_cut = In „{ $path }“ fehlt etwas: Der Löschnachweis ist abgeschnitten oder beschädigt. Laden Sie die Datei noch einmal herunter.
local-deletion_record_forged = Der Löschnachweis in „{ $path }“ ist nicht echt: Die Unterschrift passt nicht zum Inhalt.
local-deletion_record_changed = Der Löschnachweis in „{ $path }“ wurde verändert: Bei „{ $field }“ steht etwas anderes, als unterschrieben ist.
local-deletion_record_twice = In „{ $path }“ steht derselbe Löschnachweis zweimal.
local-deletion_record_foreign = Der Löschnachweis in „{ $path }“ ist von einem anderen Schlüssel unterschrieben: { $fingerprint }. Er ist nicht von der Organisation, die Sie genannt haben.
local-bad_key = „{ $key }“ ist kein Fingerabdruck (30 Ziffern), kein Schlüssel (64 Zeichen) und keine Datei mit einem davon.

cmd-backup = Einen Server sichern, auch während er läuft.
    .long =
        Einen Server sichern, auch während er läuft.

        Die Kopie kommt in einen neuen Ordner, der nach der Zeit heißt, und ist erst da, wenn sie vollständig und geprüft ist. Die
        Übersicht im Leitstand zeigt, wann die letzte Sicherung war. Zum Wiederherstellen halten Sie den Server an und starten
        ihn mit der Kopie: melder serve --data KOPIE.
arg-backup-to = In diesen Ordner. Am besten liegt er auf einem anderen Datenträger.
arg-backup-data = Der Ordner, in dem der Server alles aufbewahrt.
backup-made = Gesichert: { $folder } ({ $size })
backup-secret = Die Kopie enthält die Schlüssel Ihrer Organisation. Verwahren Sie sie so sicher wie den Server selbst.
local-backup_failed = Die Sicherung ist nicht gelungen, es ist nichts davon übrig: { $detail }
