# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

replay-title = { $title }: { $people } people, { $devices } devices, { $groups } groups and channels, { $messages } messages (seed { $seed })
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
demo-admin = Administration: token { $token }
demo-join = { $role }: { $command }
demo-join-poster = { $role } (QR invitation, can be used several times): { $command }
demo-how = Open a second terminal and join, with one of these commands:
demo-then = Then: melder --profile { $profile } chats
demo-colleagues = { $count } colleagues are on duty and write.
demo-quiet = Nobody writes by themselves (--quiet).
demo-data = Data: { $path }
