# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

error-prefix = Error:
ask-yes-no = [y/n]
yes = yes
no = no
list-empty = There is nothing.
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

# Words for roles, kinds, states
role-member = member
role-publisher = may publish
role-manage = manages
kind-direct = direct
kind-group = group
kind-channel = channel
kind-own = own devices
account-staff = staff
account-guest = guest
account-bot = service
account-private = private
account-status-invited = invited
account-status-active = active
account-status-suspended = suspended
invitation-status-open = open
invitation-status-used = used
invitation-status-expired = expired
invitation-status-withdrawn = withdrawn
suite-hybrid = hybrid (post-quantum)
suite-classical = classical
trust-unconfirmed = unconfirmed
trust-service = confirmed by the service
trust-personal = personally verified
status-joining = (being added)
status-active = { "" }
status-repairing = (being restored)
status-left = (left)
state-sent = sent
state-pending = waits in the outbox
state-scheduled = will be sent: { $time }
state-failed = not sent [{ $code }]
reason-administrator = by an administrator
reason-expired = expired
reason-operation_ended = operation ended
reason-own_wish = by own wish

# Lines in a chat
line-added = { $names } { $count ->
    [one] has joined.
   *[other] have joined.
}
line-removed = { $names } { $count ->
    [one] was removed.
   *[other] were removed.
}
line-left = { $name } has left the chat.
line-identity_changed = New keys for { $name }: the account was started anew. Compare the safety number again.
line-device_added = New device: { $name }.
line-device_removed = Device removed: { $name }.
line-renamed = The chat is now called “{ $name }”.
line-gap = { $count ->
    [one] One message
   *[other] { $count } messages
} could not be read on this device.
line-gap_filled = { $count ->
    [one] One missing message
   *[other] { $count } missing messages
} came from another device of yours.
line-closed = The chat is closed.

# What an honest device refuses
misbehaviour-forked_chain = Refused: a list of devices does not fit the one that is known. Somebody may want to slip in a device. Tell your administration.
misbehaviour-forged_roster = Refused: a change of members is not validly signed. Tell your administration.
misbehaviour-forked_roster = Refused: the server shows two different lists of members, both signed. This chat does not go on here. Tell your administration.
misbehaviour-forged_membership = Refused: somebody was to be put into a chat where they do not belong, or out of one where they do. Tell your administration.
misbehaviour-forged_sender = Refused: somebody tried to write, change or delete something without being allowed to. Tell your administration.
misbehaviour-mislabelled = The server delivered a message under a false name. Here it stands under the true one. Tell your administration.
misbehaviour-broken_log = Refused: the server delivers messages in the wrong order or with gaps. Tell your administration.
misbehaviour-malformed = Refused: data came that are no message. Tell your administration.
misbehaviour-unreadable = A message cannot be decrypted: it was altered on its way, or made so on purpose. Ask for it to be sent again.
misbehaviour-forged_badge = Refused: a badge is not signed by the organisation. Tell your administration.
misbehaviour-forged_deletion = Refused: a deletion is not signed by the organisation. Nothing was deleted. Tell your administration.
misbehaviour-forged_policy = Refused: rules of the organisation are not validly signed. Tell your administration.
misbehaviour-forked = The server showed members of this chat different histories. This device joins anew. Tell your administration.
misbehaviour-rolled_back = The server shows an older state than before. Ask your administration whether a backup was restored.
misbehaviour-false_receipt = The server confirmed a message without passing it on. It is being sent again. Tell your administration.
misbehaviour-false_removal = The server shut this device out of the chat although you belong to it. It is back in. Tell your administration.
misbehaviour-broken_commit = A change of this chat's keys could not be followed. This device joins anew.
misbehaviour-broken_welcome = An admission to this chat could not be opened. This device joins another way.
misbehaviour-wrong_answer = Refused: the server answered a request with something that does not fit. Tell your administration.
misbehaviour-wrong_file = Refused: the content of a file is not what its message promises. Tell your administration.

# Why an account is gone
gone-account_deleted = The account was deleted. The data on this device are removed.
gone-account_suspended = The account is suspended.
gone-device_removed = This device was removed from the account.
gone-chain_reset = The account was started anew; this device is no longer part of it.
gone-authentication_failed = The server no longer knows this device.
gone-unknown_account = The server no longer knows this account.
gone-other = The server has ended the connection.

# Notes
note-offline = No connection: as of this device.
note-waiting = { $count ->
    [one] One message waits
   *[other] { $count } messages wait
} in the outbox and { $count ->
    [one] goes
   *[other] go
} with the next call that has a connection.

# Headings of tables
table-id = Number
table-chat = Chat
table-kind = Kind
table-members = Members
table-unread = New
table-last = Last
table-name = Name
table-unit = Unit
table-function = Function
table-role = Role
table-trust = Trust
table-devices = Devices
table-device = Device
table-added = Added
table-last-used = Last used
table-time = Time
table-text = Text
table-token = Token
table-created = Created
table-ends = Ends
table-ended = Ended
table-scopes = Scopes
table-expires = Holds until
table-account = Account
table-reason = Reason
table-groups = Groups
table-files = Files
table-profile = Profile
table-number = No.
table-action = Action
table-subject = Subject
table-status = Status
table-for = For
table-used = Used
table-suite = Encryption
table-closed = Closed
table-foreign = From outside
table-field = Field
table-value = Value
table-meaning = Meaning

# Server
serve-listening = Melder is running: { $url } (data in { $data }). End it with Ctrl-C.
serve-setup = The server is still empty. Set it up:
serve-organisation = Your organisation
serve-setup-once = The link works once. Each start shows a new one until there is an organisation.
serve-no-tls = Without TLS the network sees who connects. Put a TLS proxy in front and say --url.
serve-push-local = For tests: the server also calls addresses in its own network. Not for real use.
serve-stopping = Melder is stopping …
serve-in-use = Another server uses the data folder.
serve-listen = The address { $address } is not free ({ $detail }).
serve-folder = The folder { $folder } can't be used ({ $detail }).
serve-web = The web app can't be read ({ $detail }). Build it with “cargo xtask web”.
serve-no-web = Without the web app: say its folder with --web.

# Joining, linking, recovering
join-offer = Invitation from { $organisation }
join-offer-name = for { $name }
join-offer-kind = Kind of account: { $kind }
join-offer-ends = ends on { $time }
join-ask-name = Your name:
join-name-needed = The invitation has no name. Say yours with --name.
join-done = Welcome, { $name }. { $count ->
    [0] You are in no chat yet.
    [one] You are in one chat.
   *[other] You are in { $count } chats.
}
accept-done = Accepted. { $count ->
    [0] The chats come as soon as a member is online.
    [one] One chat has been added.
   *[other] { $count } chats have been added.
}
link-no-fragment = The part after “#” is missing: the link was probably cut off when it was copied.
link-bad-token = The part after “#” is damaged or incomplete.
link-bad-server = The link must begin with https:// (with http:// only for a test server).
link-ask-server = The server's address:
link-server-needed = Say the server's address with --server. To link another device from here, give its code.
link-code = Code: { $code }
link-how = Scan the QR code with your existing device, or type there:
link-number = Number: { $number }
link-compare = Does the new device show the same number?
link-differs = The numbers differ: nothing was linked. Start again.
link-other-server = The code is for another server: { $server }
link-done = The device is linked.
recover-ask = Recovery code:
recover-done = Recovered. Earlier messages come only from a device that still has them.
device-name-default = Computer
recovery-created = Your recovery code. It is shown only now:
recovery-keep = Write it down and keep it safe. Whoever has it can take over your account.

# Devices
device-this = (this device)
device-recovery = (recovery code)
device-renamed = “{ $old }” is now called “{ $name }”.
device-remove-ask = Remove “{ $name }”? The device gets nothing from now on.
device-removed = “{ $name }” is removed.

# PIN
pin-ask = PIN:
pin-new = New PIN:
pin-again = Once more:
pin-differs = The two entries differ.
pin-too-short = The PIN needs at least { $least } characters.
pin-pause = The PIN was wrong. Please wait { $seconds } seconds …
pin-code-set = The PIN is set.
pin-code-removed = The PIN is taken away.

# Me
whoami-name = Name
whoami-organisation = Organisation
whoami-kind = Kind
whoami-account = Account
whoami-device = Device
whoami-server = Server
whoami-profile = Profile
whoami-ends = Ends
whoami-waiting = In the outbox
whoami-online = Connected.
whoami-offline = Not connected.
delete-account-ask = Delete the account “{ $name }” with all messages and devices? This can't be undone.
delete-account-done = The account is deleted.
delete-account-waits = The server has not confirmed the deletion yet.

# Chats
chats-none = No chats yet.
chat-without-name = (account deleted)
chat-pinned = (pinned)
chat-muted = (muted)
contact-not-joined = (not there yet)
mute-on = “{ $chat }” is muted. Alarms come all the same.
mute-until = “{ $chat }” is muted until { $time }. Alarms come all the same.
mute-off = “{ $chat }” is no longer muted.
pin-on = “{ $chat }” is pinned to the top.
pin-off = “{ $chat }” is no longer pinned.
verify-number = Safety number with { $name }:
verify-ask = Does { $name } see the same number?
verify-differs = The numbers differ. Nothing confidential belongs in this chat until that is cleared up: { $name }
verify-done = { $name } is personally verified.
verify-revoked = The verification of { $name } is taken back.
direct-done = The chat with { $name } is there.
group-created = “{ $name }” is made, with { $count ->
    [one] one member
   *[other] { $count } members
}.
group-added = { $count ->
    [one] One person is
   *[other] { $count } people are
} now in “{ $chat }”.
group-removed = { $count ->
    [one] One person is
   *[other] { $count } people are
} no longer in “{ $chat }”.
group-renamed = The group is now called “{ $name }”.
leave-ask = Leave “{ $chat }”?
leave-done = You have left “{ $chat }”.

# Messages
message-reply = ↩ { $id }
message-deleted = (deleted)
message-attachment = File: { $name } ({ $size })
message-evidence = Evidence photo: { $name } ({ $size })
message-acknowledged = Confirmed: { $names }
message-alarm = ALARM
message-wants-acknowledgement = asks for confirmation
message-pending = waits in the outbox
message-scheduled = will be sent: { $time }
message-failed = not sent [{ $code }]
message-edited = edited
message-expires = vanishes: { $time }
read-none = There is nothing in “{ $chat }” yet.
search-none = Nothing found for “{ $words }”.
react-done = Reacted: { $emoji }
edit-done = Changed.
delete-done = Deleted for everybody.
scheduled-none = No message waits for its time.
scheduled-cancelled = Withdrawn: [{ $id }]
upload = Uploading
download-none = The message has no files.
download-done = { $path } ({ $size })
export-head = Written on { $time }, { $count ->
    [one] one message
   *[other] { $count } messages
}
export-done = { $count ->
    [one] One message
   *[other] { $count } messages
} → { $path }

# Alarm
alarm-sent = Alarm sent in “{ $chat }” [{ $id }]
alarm-not-sent = The alarm is not at the server yet. It waits in the outbox and goes with the next connection.
alarm-confirmed = Confirmed: { $count }
alarm-reached = Reached, not confirmed yet: { $count }
alarm-not-reached = Not reached: { $count }
alarm-all-confirmed = Everybody has confirmed.
confirm-done = Confirmed: { $name }: { $text }
all-clear-done = All-clear given [{ $id }]

# Listening
listen-online = Connected.
listen-offline = Connection lost, connecting again …
listen-alarm = ALARM in “{ $chat }”
listen-ends = Your account ends on { $time }.

# Administration
setup-overwrite = { $path } already holds access data for { $server }. Replace them?
setup-done = “{ $organisation }” is set up.
setup-saved = Address and token are in { $path }.
admin-accounts = { $count ->
    [one] One account
   *[other] { $count } accounts
}
admin-field = Field “{ $field }”: { $message }
admin-bad-row = Line { $line }, column “{ $column }”: { $reason }
admin-bad-url = “{ $url }” is not the address of a server.
admin-renamed = It is now called “{ $name }”.
admin-moved = “{ $name }” has moved.
admin-changed = “{ $name }” is changed.
admin-deleted = “{ $name }” is deleted.
admin-group-created = “{ $name }” is made.
organisation-created = “{ $name }” is made.
organisation-new-owner = A new main token for “{ $name }” is issued.
token-once = The token is shown only now:
token-created = The token “{ $name }” is issued.
token-revoked = The token “{ $name }” is revoked.
unit-created = “{ $name }” is made.
account-created = The account “{ $name }” is made.
account-ends = “{ $name }” ends on { $time }.
account-suspended = “{ $name }” is suspended.
account-resumed = “{ $name }” is let in again.
account-reset-ask = Start “{ $name }” anew? All devices of this account are then out, and all chats see it.
account-reset = “{ $name }” is started anew. The link leads back into the account:
account-delete-ask = Delete “{ $name }” with all data? This can't be undone.
account-deleted = “{ $name }” is deleted (account { $account }): { $devices } devices, { $groups } groups, { $files } files. The deletion record: melder admin deletions
invitation-created = Invitation for “{ $name }”:
invitation-until = Holds until { $time }, once.
invitation-poster = poster
invitation-withdrawn = The invitation { $name } is withdrawn.
poster-created = Poster for up to { $count } people:
poster-svg = QR code for printing: { $path }
import = Reading in
import-warning = Note:
import-dry = Checked, nothing changed: { $accounts } accounts, { $units } new units.
import-done = Made: { $accounts } accounts, { $units } new units.
group-close-ask = Close “{ $name }”? Nobody can write in it then.
group-closed = “{ $name }” is closed.
operation-created = The operation “{ $name }” is made.
operation-end-ask = End the operation “{ $name }”? Its guests are deleted and its groups closed.
operation-ended = “{ $name }” has ended: { $guests } guests deleted, { $accounts } accounts left, { $groups } groups closed, { $invitations } invitations withdrawn.
policy-none = none
policy-unknown-field = The policy has no field “{ $text }”.
policy-version = grows with each change
policy-server-retention-days = days after which the server deletes messages and files
policy-device-retention-days = days after which devices delete messages
policy-max-attachment = largest file in bytes
policy-read-receipts = read receipts
policy-presence = presence
policy-typing = “is typing …”
policy-location = location
policy-hybrid-bound = larger groups encrypt classically
policy-guest-warning-days = days before the end on which guests are warned
policy-private-groups = members may make private groups
policy-export = chats may be exported
policy-lock-after-minutes = minutes without use after which apps with a PIN lock
policy-wipe-after = wrong PINs after which apps delete everything on the device
audit-intact = Unchanged: { $lines } lines. Checksum: { $head }
audit-broken = Changed: line { $broken } does not fit those before.
