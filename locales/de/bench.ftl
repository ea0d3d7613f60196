# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

cmd-bench = Misst, wie schnell Server und Geräte auf diesem Rechner sind.
    .long =
        Misst, wie schnell Server und Geräte auf diesem Rechner sind. Der Server läuft als eigener Prozess, alles liegt in
        einem Ordner, der danach verschwindet. Was der Rechner selbst kann, wird im selben Lauf gemessen, damit jede Zahl
        auch ein Verhältnis ist. Zahlen gelten nur für einen Release-Build auf einem Rechner, der sonst nichts zu tun hat.
arg-seconds = So viele Sekunden misst jeder Teil etwa.
arg-json-file = In diese Datei kommt das Ergebnis als JSON.

bench-machine = { $processor }, { $cores } Kerne, { $build }-Build
bench-debug = Ein Debug-Build sagt nichts über die Geschwindigkeit.
bench-figure = Größe
bench-value = Wert
bench-unit = Einheit
bench-target = Ziel
bench-met = erreicht
bench-yes = ja
bench-no = nein
