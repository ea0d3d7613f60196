# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

replay-title = { $title }: { $people } people, { $devices } devices, { $groups } groups and channels, { $messages } messages (seed { $seed })
replay-sources = On the record: { $facts } ({ $source }) Everything else is assumed; the { $assumptions } assumptions are in the scenario's file under [assumptions].
replay-line = { $phase } · { $messages }/{ $of } messages · { $deliveries } delivered · { $devices } devices · { $joins } joins · { $left } left
replay-phase-server = Starting server and device processes
replay-phase-people = Accounts, invitations, devices
replay-phase-groups = Groups and channels
replay-phase-rest = Waiting until everything has arrived
replay-phase-collect = Reading the history of every device
replay-phase-end = Guest accounts expire
replay-phase-check = Comparing

replay-accounts = accounts
replay-devices = devices
replay-groups = groups and channels
replay-messages = messages written
replay-actions = reactions, edits, confirmations
replay-photos = photos sent / opened
replay-deliveries = deliveries read / expected
replay-lost = lost
replay-duplicated = duplicated
replay-out-of-order = out of order
replay-undecryptable = unreadable
replay-forged = forged and accepted
replay-stale = in an old state
replay-after-leaving = read after leaving
replay-before-joining = read from before joining
replay-mls = commits / joins / repairs
replay-alarm = alarm reached / not reached / confirmed
replay-guests = guests expired / deletion records
replay-latency = delivery time p50 / p95 / p99
replay-duration = duration: set-up + day
replay-ok = All well: nothing was lost, nothing came twice, nobody read along.
replay-not-ok = Not well. Found:

demo-ready = The demo city runs at { $server } – end it with Ctrl+C.
demo-data = Data: { $path }
demo-how = Open a second terminal and join with one of these commands:
demo-join = { $role }:
demo-join-poster = { $role }, as a guest, as with the QR code on a poster:
demo-join-name = {" "}--name 'Your name'
demo-then = Then, for example: { $program } --profile { $profile } chats
demo-admin = Administration (melder admin --help):
demo-colleagues = { $count } colleagues are on duty. What they write shows here.
demo-quiet = Nobody writes by themselves (--quiet).

cmd-replay = Replay a real day with a real server and many devices
    .long = Replay a real day: with a server process and device processes of its own over real connections, end-to-end encrypted. It ends with a balance. The exit status is 1 when something was lost, came twice, out of order or unreadable, or when somebody read along who had left. Scenarios: europawahl-2019, landtagswahl-2018, schicht.
arg-replay-scenario = Name of a scenario, or a file
arg-replay-json-file = After --json: file for the balance as JSON
arg-replay-speed = So many times faster than life: 1, 60, … or max
arg-replay-seed = Seed of the randomness
arg-replay-processes = Number of device processes
arg-replay-keep = Keep everything in this folder instead of throwing it away
cmd-replay-worker = Internal: a process full of devices
cmd-demo = Start a small city to try things out
    .long = A small city to try things out: a server with colleagues who write, answer, report and confirm, until Ctrl+C. Shows a command to join for each role. A folder that is there is used again.
arg-demo-listen = Address and port
arg-demo-data = Folder for all data
arg-demo-quiet = Nobody writes by themselves
