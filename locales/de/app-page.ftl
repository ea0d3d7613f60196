# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# Was auf der Seite steht, bevor das Programm läuft. Jeder Text steht auf einer Zeile, ohne Platzhalter.

page-description = Der verschlüsselte Messenger Ihrer Verwaltung.
page-noscript = Melder braucht JavaScript: Die Verschlüsselung läuft auf Ihrem Gerät. Bitte schalten Sie JavaScript für diese Seite ein und laden Sie sie neu.
page-failed = Melder konnte nicht starten. Bitte laden Sie die Seite neu. Bleibt es dabei, aktualisieren Sie Ihren Browser.
