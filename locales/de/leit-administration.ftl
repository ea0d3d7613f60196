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
