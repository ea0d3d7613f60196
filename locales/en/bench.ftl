# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

cmd-bench = Measures how fast server and devices are on this machine.
    .long =
        Measures how fast server and devices are on this machine. The server runs as a process of its own; everything lies in
        a folder that is gone afterwards. What the machine itself can do is measured in the same run, so that each figure is
        a ratio, too. Figures mean something only for a release build on a machine that does nothing else.
arg-seconds = About how many seconds each part measures.
arg-json-file = The file that gets the result as JSON.

bench-machine = { $processor }, { $cores } cores, { $build } build
bench-debug = A debug build says nothing about speed.
bench-figure = figure
bench-value = value
bench-unit = unit
bench-target = target
bench-met = met
bench-yes = yes
bench-no = no
