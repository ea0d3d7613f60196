# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

cmd-bench = Measures how fast server and devices are on this machine.
    .long =
        Measures how fast server and devices are on this machine. The server runs as a process of its own; everything lies in
        a folder that is gone afterwards. What the machine itself can do is measured in the same run, so that each figure is
        a ratio, too. Figures mean something only for a release build on a machine that does nothing else.
arg-seconds = About how many seconds each part measures.
arg-json-file = The file that gets the result as JSON.

cmd-bench-ceiling = What the machine itself can do: a fan-out that stores nothing, and SQLite alone.
arg-bench-ceiling-members = Connections of the fan-out.
cmd-bench-deliver = The shift group: how long until the last has it, how many deliveries a second, what they cost.
arg-bench-deliver-members = Devices in the group, each of another person.
arg-bench-deliver-outstanding = Messages that are on their way at once; several values by comma.
cmd-bench-accept = Durable messages a second while nobody reads.
arg-bench-accept-outstanding = Senders who wait for their answer at once.
cmd-bench-drain = Somebody comes back and fetches what was missed.
arg-bench-drain-messages = Messages that were missed.
cmd-bench-connect = Idle devices: memory for each, and how long after a restart until all are back.
arg-bench-connect-devices = Devices, each of another person.
cmd-bench-growth = CPU of a delivery as groups and logs grow.
arg-bench-growth-members = Sizes of the group; several values by comma.
arg-bench-growth-entries = Lengths of the log; several values by comma.
arg-bench-growth-readers = Members of the group whose log is long.
cmd-bench-engine = A message through the whole device: writing, receiving, catching up, searching.
arg-bench-engine-members = Devices in the group.
arg-bench-engine-voices = So many of them have written before.
arg-bench-engine-missed = Messages to catch up with.
cmd-bench-mls = MLS by itself, in both suites: messages, changes of the group, joining, and their sizes.
arg-bench-mls-devices = Sizes of the group; several values by comma.
cmd-bench-join = A unit joins a new group: how long until all read the first message.
arg-bench-join-members = People in the unit, each with one device.
arg-bench-join-suite = The group's cryptographic suite.
cmd-bench-admin = What administration costs: a table of accounts, a unit into a group, deletions, searches, a directory's questions.
arg-bench-admin-import = Accounts of the table that is imported.
arg-bench-admin-unit = Accounts of the unit that comes into a group and is deleted.
arg-bench-admin-accounts = Accounts in all while lists and searches are measured.
arg-bench-admin-users = Users of a directory while its filters are measured.
cmd-bench-all = All of these, each with its defaults: the table in docs/performance.md.

bench-machine = { $processor }, { $cores } cores, { $build } build
bench-debug = A debug build says nothing about speed.
bench-figure = figure
bench-value = value
bench-unit = unit
bench-target = target
bench-met = met
bench-yes = yes
bench-no = no
