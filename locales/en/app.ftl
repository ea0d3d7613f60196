# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# What occurs everywhere.

starting = Melder is starting
skip-to-content = Skip to content
content = Content
navigation = Sections
tab-chats = Chats
tab-contacts = Contacts
tab-profile = Profile
open = Open
close = Close
back = Back
cancel = Cancel
save = Save
undo = Undo
you = You
search = Search
key-search = Ctrl K
nothing-chosen = Choose a chat on the left.
group-info = Group info
unread-count = { $count ->
    [one] 1 unread message
   *[other] { $count } unread messages
 }

day-today = Today
day-yesterday = Yesterday
ago-now = just now
ago-minutes = { $count } min ago

net-connecting = Connecting …
net-offline = { $count ->
    [0] No connection. You can go on reading and writing.
    [one] No connection. 1 message waits.
   *[other] No connection. { $count } messages wait.
 }

# Chat list
new-chat = New chat
filter = Filter
filter-all = All
filter-unread = Unread
filter-groups = Groups
filter-channels = Channels
channel = Channel
alarm-ago = Alarm · { $ago }
duty-on = On duty
duty-off = Off duty
duty-unset = Duty not stated
duty-unset-detail = All notifications on, also alarms to those on duty
duty-since = since { $time } · all notifications on
duty-off-detail = Only alarms that your organisation allows
chats-empty = No chats yet. Write to somebody of your organisation.
chats-all-read = All read.
chats-none-of-kind = Nothing here yet.
chat-joining = Being set up …
chat-left = You are no longer in this chat
chat-no-messages = No messages yet
message-deleted = Message deleted
muted = Muted
pinned = Pinned
draft = Draft:
mentions-you = You are mentioned
open-confirmations = { $count ->
    [one] 1 confirmation open
   *[other] { $count } confirmations open
 }
kind-photo = Photo
kind-voice = Voice message
kind-file = File
kind-alarm = Alarm
kind-location = Location
kind-poll = Poll
kind-report = Report
kind-contact = Contact
kind-operation = Operation
kind-unknown = This message needs a newer app.

state-scheduled = Scheduled for { $time }
state-pending = Waiting
state-sent = Sent
state-delivered = Delivered
state-failed = Not sent

# Why something did not work
failure-offline = This needs a connection. Try again once you are online.
failure-locked = Melder is locked. Enter your PIN.
failure-wrong_pin = That is not the PIN.
failure-bad_link = This link is incomplete or damaged. Copy all of it once more, or scan the QR code.
failure-disk_full = There is no space left on this device. Nothing is lost; free some space and try again.
failure-no_storage = This browser does not let Melder store anything. Use a normal (not a private) window.
failure-internal = That did not work. What you wrote is safe; load the page anew.

# In place of the command line's texts
refused-too_many_devices = The account has ten devices already. Remove one under “Devices” first.
refused-wrong_invitation = This invitation is meant otherwise: for a new account, or for an existing one. Ask for the other.
refused-mailbox_unknown = The code is not valid, or not any more. Let the new device show a new one.
refused-unauthorized = You have no right to do that here.
refused-no_account_yet = There is no account in this browser yet. Open your invitation.
refused-account_exists = There is an account in this browser already. Use another browser or another profile.
refused-no_link_running = No device is being linked now. Start again.
refused-link_failed = Linking was cancelled or failed; nothing was changed. Start again.
refused-not_available = This server does not have that yet.
refused-pin_too_short = The PIN is too short.
refused-wrong_server = The code belongs to another server. Open Melder there.

# A new version waits
update-there = A new version of Melder is here.
