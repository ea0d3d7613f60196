# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# Overview, policies, access, data protection.

leit-look = Look
leit-change = Change
leit-stat-active = Active accounts
leit-stat-of = { $count ->
    [one] of 1 account
   *[other] of { $count } accounts
 }
leit-stat-invited = Invited
leit-stat-suspended = { $count } suspended
leit-stat-groups = { $groups ->
    [one] { $groups } group
   *[other] { $groups } groups
 }, { $channels ->
    [one] { $channels } channel
   *[other] { $channels } channels
 }
leit-stat-operations = Operations
leit-stat-running = are running
leit-stat-none = No operation is running.
leit-todo = To do
leit-todo-none = Nothing waits for you.
leit-todo-late = { $count ->
    [one] 1 invitation expired
   *[other] { $count } invitations expired
 }
leit-todo-late-about = These people have not joined yet.
leit-todo-ends = { $name } ends soon
leit-todo-broken = The audit log is broken
leit-todo-broken-about = A line does not fit those before. Secure the log and the server.
leit-todo-people = Nobody is invited yet
leit-todo-people-about = Invite the first people, or import a table.
leit-system = System
leit-system-about = Sums only are shown. What single people do is not evaluated.

# Policies
leit-policy-watching = Co-determination
leit-policy-council = Involve the staff council
leit-policy-use = Use
leit-policy-limits = Periods and limits
leit-policy-version = Version { $version }, signed and on all devices
leit-policy-meets = { $count ->
    [one] concerns 1 account
   *[other] concerns all { $count } accounts
 }
leit-policy-meets-guests = { $count ->
    [one] concerns 1 guest
   *[other] concerns { $count } guests
 }
leit-policy-number = Enter a number.
leit-policy-whole = Enter a whole number, without a point or comma.
leit-policy-consequence = The policies are replaced as a whole, signed, and hold on each device as soon as it is connected.
leit-policy-save = Put the policies in force
leit-policy-saved = The new policies hold
leit-policy-receipts = Read receipts
leit-policy-receipts-about = Others see whether a message was read. Off: only deliberate confirmation is shown.
leit-policy-presence = Duty shown to others
leit-policy-presence-about = Others see who is on duty. Off: only counts are shown.
leit-policy-typing = “Is writing”
leit-policy-typing-about = Others see that somebody writes.
leit-policy-location = Send a location
leit-policy-location-about = Each person sends a location by themselves only; there is no history.
leit-policy-groups = Own groups
leit-policy-groups-about = People found groups and channels themselves.
leit-policy-export = Export of chats
leit-policy-export-about = People save messages as a file outside of Melder.
leit-policy-server = Kept on the server (days)
leit-policy-server-about = After that, messages and files are gone from the server, even if a device never fetched them.
leit-policy-device = Kept on devices (days)
leit-policy-device-about = Empty: without a limit.
leit-policy-device-shorter = { $count ->
    [one] What is older than 1 day is deleted on all devices, as soon as they connect.
   *[other] What is older than { $count } days is deleted on all devices, as soon as they connect.
}
leit-policy-lock = The app locks after (minutes)
leit-policy-lock-about = Empty: each person chooses.
leit-policy-wipe = A device wipes itself after wrong PINs
leit-policy-wipe-about = Number of wrong tries. Empty: never.
leit-policy-attachment = Largest file (MB)
leit-policy-attachment-about = Holds for photos, voice messages and files.
leit-policy-hybrid = Encryption also against quantum computers, up to this many members
leit-policy-hybrid-about = Larger groups use the classical method.
leit-policy-warning = Warn guests (days before the end)
leit-policy-warning-about = Separated by commas, for example 7, 1.

# Access
leit-access-token = Your token can’t change anything here.
leit-right-owner = Everything
leit-right-accounts = Accounts
leit-right-groups = Groups
leit-right-operations = Operations
leit-right-audit = Read the audit log
leit-tokens = Tokens for programs
leit-tokens-about = For interfaces and the command line. People log in with a passkey.
leit-token-make = Make a token
leit-token-name = What for
leit-token-name-hint = For example “personnel system”.
leit-token-rights = What it may do
leit-token-no-right = Choose at least one right.
leit-token-once = This token is shown only now.
leit-token-used = last used on { $day }
leit-token-unused = never used
leit-token-revoke = Revoke
leit-token-revoke-title = Revoke the token “{ $name }”?
leit-token-revoke-about = Programs that use it can’t get in any more at once. This can’t be undone.
leit-token-revoked = The token is void
leit-passkey = Passkey
leit-passkeys = Your passkeys
leit-passkeys-about = Make a second one, for example on a security key.
leit-passkey-more = Make another passkey
leit-passkey-made = Passkey made
leit-passkey-remove = Remove
leit-passkey-removed = Passkey removed
leit-recovery-new = New recovery code
leit-recovery-kept = Kept safe, continue
leit-admins = Administrators
leit-admins-none = Nobody logs in with a passkey yet. Invite the first person.
leit-admin-make = Invite an administrator
leit-admin-roles = Roles
leit-admin-roles-about = When roles change, all of this person’s log-ins end.
leit-admin-role = Role
leit-admin-role-add = Add a role
leit-admin-role-remove = Remove the role
leit-admin-where = Where
leit-admin-everywhere = In the whole organisation
leit-role-in = { $role } in { $unit }
leit-admin-last = last logged in on { $day }
leit-admin-never = never logged in
leit-admin-link = The link is valid for 7 days and shown only now. Give it to the person alone.
leit-admin-again = New link for a passkey
leit-admin-remove = Remove access
leit-admin-remove-title = Take away the access of { $name }?
leit-admin-remove-about = All log-ins end at once. What the person did stays in the log.
leit-admin-removed = The access is removed

# Data protection
leit-privacy-unreadable = The administration can’t read messages
leit-retention = Retention
leit-keep-server = Server
leit-keep-server-about = Messages and media, encrypted
leit-keep-device = Devices
leit-keep-device-about = Messages and media
leit-keep-log = Audit log
leit-keep-log-about = ids only, no content
leit-day-count = { $count ->
    [one] 1 day
   *[other] { $count } days
 }
leit-unlimited = without a limit
leit-audit = Audit log
leit-audit-whole = Chain complete
leit-audit-broken = Chain broken at { $line }
leit-audit-lines = { $count ->
    [one] 1 line
   *[other] { $count } lines
 }
leit-audit-head = Checksum, to be noted elsewhere:
leit-audit-older = Older lines
leit-audit-export = Export
leit-audit-server = The server
leit-audit-reason = Reason: { $reason }
leit-deletions = Deletion log
leit-deletions-none = Nothing deleted yet.
leit-deletion-admin = Deleted by the administration
leit-deletion-expired = Ended
leit-deletion-operation = Deleted with the operation
leit-deletion-own = Deleted by own wish
leit-did-account-create = made an account
leit-did-account-import = imported accounts
leit-did-account-change = changed an account
leit-did-account-suspend = suspended an account
leit-did-account-resume = let an account in again
leit-did-account-reset = reset an account’s devices
leit-did-account-delete = deleted an account
leit-did-account-expire = deleted an account that had ended
leit-did-unit-create = added a unit
leit-did-unit-change = changed a unit
leit-did-unit-delete = deleted a unit
leit-did-group-create = made a group
leit-did-group-change = changed a group
leit-did-group-rules = changed a group’s rules
leit-did-group-close = closed a group
leit-did-operation-create = made an operation
leit-did-operation-change = changed an operation
leit-did-operation-end = ended an operation
leit-did-invitation-create = made an invitation
leit-did-invitation-withdraw = withdrew an invitation
leit-did-policy = changed the policies
leit-did-token-create = made a token
leit-did-token-revoke = revoked a token
leit-did-organisation-create = made the organisation
leit-did-organisation-rename = renamed the organisation
leit-did-other = ({ $action })
