# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# Regeln nach Funktion und Verzeichnis, Geräte, Richtlinien je Gruppe, Erscheinungsbild, Einsätze.

leit-rule-function = Funktion hinzufügen
leit-rule-function-choose = Funktion wählen
leit-rule-function-count = { $name } ({ $count })
leit-rule-is-function = Funktion, in allen Dienststellen
leit-rule-directory = Gruppe aus dem Verzeichnis hinzufügen
leit-rule-directory-choose = Gruppe wählen
leit-rule-is-directory = Gruppe aus dem Verzeichnis

# Geräte
leit-devices-seen = Mehr als Name und Tag weiß der Server nicht: keinen Ort, keine Adresse, kein Modell.
leit-device-unnamed = Gerät ohne Namen
leit-device-remove = Entfernen
leit-device-wipe = Daten löschen
leit-device-removed = Entfernt
leit-device-wiped = Löschauftrag zugestellt
leit-device-wipe-waits = Löscht, sobald es sich meldet
leit-device-remove-title = Gerät „{ $name }“ entfernen?
leit-device-remove-about = Das Gerät wird sofort abgemeldet und bekommt vom Server nichts mehr.
leit-device-remove-others = { $count ->
    [one] Aus den Gruppen nimmt es das andere Gerät der Person, sobald es verbunden ist: Die Liste der Geräte unterschreiben nur Geräte.
   *[other] Aus den Gruppen nimmt es eines der { $count } anderen Geräte der Person, sobald es verbunden ist: Die Liste der Geräte unterschreiben nur Geräte.
 }
leit-device-remove-last = Ein anderes Gerät hat die Person nicht. In den Gruppen bleibt dieses daher verzeichnet, bis Sie die Geräte zurücksetzen; bekommen kann es trotzdem nichts mehr.
leit-device-remove-go = Gerät entfernen
leit-device-wipe-title = Melder-Daten auf „{ $name }“ löschen?
leit-device-wipe-about = Nachrichten, Dateien und Schlüssel von Melder werden auf dem Gerät gelöscht, sobald es sich meldet. Meldet es sich nie mehr, bleiben sie dort, verschlüsselt. Der Auftrag lässt sich nicht zurücknehmen.
leit-device-wipe-go = Entfernen und Daten löschen
leit-device-is-out = Ein Gerät von { $name } ist entfernt
leit-device-wipe-now = Das Gerät von { $name } war verbunden und löscht seine Daten
leit-device-wipe-later = Das Gerät von { $name } löscht seine Daten, sobald es sich meldet
