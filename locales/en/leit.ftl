# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# The Leitstand: frame, log-in, set-up.

leit-leitstand = Leitstand
leit-brand = Melder Leitstand
leit-overview = Overview
leit-accounts = Accounts
leit-units = Units
leit-groups = Groups & channels
leit-operations = Operations
leit-alarms = Alarms
leit-administration = Administration
leit-privacy = Data protection
leit-policy = Policies
leit-access = Access
leit-menu = Menu
leit-theme = Light or dark
leit-logout = Log out
leit-by-person = logged in personally
leit-by-token = logged in with a token
leit-no-organisation = This token belongs to the server and opens no organisation. Log in with your organisation’s access.

# Common
leit-loading = Loading
leit-again = Try again
leit-next = Continue
leit-done = Done
leit-copy = Copy
leit-copied = Copied
leit-not-copied = The browser did not allow copying. Select the text and copy it by hand.
leit-save-file = Save as a file
leit-not-saved = The browser did not save the file.
leit-saved = Saved
leit-undone = Undone
leit-edit = Edit
leit-delete = Delete
leit-progress = Progress
leit-days = { $count ->
    [one] day
   *[other] days
 }
leit-hours = hrs
leit-minutes = min
leit-reason = Reason (optional)
leit-reason-hint = Appears in the audit log. Please no names and nothing confidential.
leit-step = Step { $at } of { $of }

# What did not work
leit-offline = The server can’t be reached. Nothing was changed; try again.
leit-overtaken = Somebody else has changed this meanwhile. Nothing was overwritten: load the new state and check your change.
leit-overtaken-by = Meanwhile changed by { $who }. Nothing was overwritten.
leit-error-unknown = That did not work. Nothing was changed.
leit-error-detail = { $words } ({ $detail })
leit-error-unauthorized = The log-in is not valid, or no longer. Log in.
leit-error-forbidden = You don’t have the right to do this here.
leit-error-not_found = This is not there, or no longer.
leit-error-bad_origin = The server takes changes only from its own address. Open the Leitstand at the address that the server is set to.
leit-error-setup_done = This set-up link is used up or was never valid. An empty server shows a new one when it starts.
leit-error-passkey_unable = This browser can’t use a passkey here. Open the Leitstand by HTTPS in a current browser.
leit-error-passkey_declined = The passkey was not confirmed, or it took too long. Nothing was changed.
leit-error-no_table = This is no table: it takes a line of headings and at least one person below it.
leit-error-unreadable = The file can’t be read.
leit-error-import_first = Put right the bad rows first. All is imported, or nothing.
leit-error-import_nothing = There is nobody to import yet: choose the column with the name.

# Log-in
leit-login = Log in
leit-login-about = For those who manage accounts, groups and operations.
leit-login-passkey = Log in with a passkey
leit-login-token = Log in with a token
leit-login-lost = Lost your passkey?
leit-login-go = Log in
leit-session-ended = Your log-in has ended. What was saved is safe.
leit-token = Token
leit-token-hint = Begins with melder_ and stays in this window alone, until you close it.
leit-token-missing = Paste the token.
leit-recovery = Recovery code
leit-recovery-hint = You were given it at set-up. It works once.
leit-recovery-missing = Enter the code.
leit-recovery-go = Use the code
leit-recovery-once = This code is shown only now. It is the way back if the passkey is lost.
leit-passkey-make = Make a passkey
leit-invited = Invitation to the Leitstand
leit-invited-about = Make a passkey: on this device, your phone or a security key. There is no password.
leit-invited-broken = The link is incomplete. Open the whole of it again, or ask for a new one.

# Set-up
leit-setup = Set up Melder
leit-setup-about = Your organisation is ready in a few minutes.
leit-setup-broken = The set-up link is incomplete. Copy the whole of it from the server’s output.
leit-setup-organisation = Name of the organisation
leit-setup-organisation-hint = As everybody sees it who uses Melder: for example “City of Musterstadt”.
leit-setup-organisation-missing = Enter the organisation’s name.
leit-setup-name = Your name
leit-setup-name-hint = Appears in the administration and in its log.
leit-setup-name-missing = Enter your name.
leit-setup-go = Make the organisation
leit-setup-passkey = Your passkey
leit-setup-passkey-about = You will log in with it: by fingerprint, face, PIN or security key. There is no password.
leit-setup-without = Go on without a passkey, by token alone
leit-setup-keep = Please keep this safe
leit-setup-tokens = The tokens for programs and further organisations are shown only now, too.
leit-setup-tokens-save = Save the tokens as a file
leit-setup-file =
    Melder: access to the administration. Please keep it safe.

    Recovery code: { $recovery }
    The organisation’s token (owner): { $owner }
    The server’s token (server): { $server }
leit-setup-kept = I have kept all of it safe
leit-setup-keep-first = Keep the code safe first, and confirm it.
leit-setup-unit = The first unit
leit-setup-people = The first people
leit-setup-people-names = Names, one a line
leit-setup-people-hint = Each gets an invitation. Many at once are better taken from a table later.
leit-setup-people-go = Invite people
leit-setup-later = Later, to the Leitstand
leit-setup-done = To the Leitstand
leit-links-made = { $count ->
    [one] 1 invitation is ready
   *[other] { $count } invitations are ready
 }

leit-find = Search
leit-find-key = Ctrl K
leit-find-what = Person, group, operation
leit-found = { $count ->
    [0] Nothing found
    [one] 1 hit
   *[other] { $count } hits
 }
leit-found-nothing = Nothing found. The search looks for the beginnings of words.
leit-found-group = Group
leit-found-channel = Channel
leit-found-operation = Operation
