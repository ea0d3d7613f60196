# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

cmd-simulate = Lets many devices and a server live in one process, and checks that every promise holds.
    .long =
        Lets many devices and the real server live in one process, with a clock of their own and a bad network: people come
        and go, devices get lost, everything crashes. Then every promise is checked. The same number gives the same course,
        byte for byte. A failure is shortened to a few steps.
arg-seeds = The numbers of the courses, from..to.
arg-simulate-devices = People at the beginning, each with one device.
arg-steps = Steps in each course.
arg-threads = So many courses at once; otherwise as many as the machine has processors.
arg-malicious-server = A server that lies: some attacks are staged in each course, and it is checked what honest devices see.
arg-malicious-member = A member who breaks the rules, in the same way.
arg-bugs = Makes mistakes on purpose, one after the other, and shows which number catches each.
arg-bug = Only this mistake; may be given several times.
arg-trace = Writes the whole course of the first number into this file.

simulate-progress = courses
simulate-summary =
    { $held } courses held every promise, { $failed } did not.
    { $hours } hours in { $seconds } s: { $rate } simulated hours a minute. { $devices } devices, { $messages } messages, { $frames } lines of record.
simulate-held = Number { $seed } holds every promise.
simulate-failed = Number { $seed } breaks a promise: { $what }
simulate-step = Noticed after step { $step }.
simulate-shortest = These steps are enough:
simulate-caught = { $bug }: caught by number { $seed }: { $what }
simulate-caught-under-attack = { $bug }: caught by number { $seed } under attack ({ $attacker }: { $attack }): { $what }
simulate-missed = { $bug }: NOT caught
simulate-mistakes = { $caught } of { $all } mistakes on purpose were caught.
simulate-head-bug = mistake
simulate-head-seed = number
simulate-head-life = course
simulate-head-promise = promise
simulate-honest-life = honest

simulate-malicious-server = Malicious server
simulate-malicious-member = Malicious member
simulate-siege =
    { $held } courses under attack held every promise, { $failed } did not. { $attacks } attacks; { $notices } notices that were demanded stood in the chats; the attacker tried to open { $tried } ciphertexts in vain.
    { $hours } hours in { $seconds } s: { $rate } simulated hours a minute.
simulate-deed = { $attack }: { $heard }
simulate-deed-unheard = { $attack }: nothing to report
simulate-reported = reported: { $list }
simulate-said = in the chats: { $list }
simulate-refused = refused: { $list }
simulate-failed-under-attack = Number { $seed } breaks a promise, step { $step } ({ $attack }): { $what }
