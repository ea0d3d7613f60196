# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# Accounts, units, invitations, import.

leit-invite-person = Invite a person
leit-import = Import CSV
leit-import-guests = Import helpers
leit-all-accounts = All accounts
leit-all-kinds = All kinds
leit-status = Status
leit-status-active = Active
leit-status-invited = Invited
leit-status-suspended = Suspended
leit-kind = Kind
leit-kind-staff = Staff
leit-kind-guest = Guest
leit-kind-bot = Bot
leit-kind-private = Private
leit-find-account = Name, function, unit
leit-column-name = Name
leit-unit = Unit
leit-function = Function
leit-function-hint = For example “patrol”. Everybody in the organisation sees it.
leit-ends = End
leit-ends-hint = At the end of this day the account is deleted with all its data.
leit-created = Made
leit-operation = Operation
leit-no-unit = In no unit
leit-show-all = Show all
leit-accounts-empty = No accounts yet. Invite a person, or import a table.
leit-accounts-none = Nobody fits this choice.
leit-accounts-read = { $count ->
    [one] 1 account
   *[other] { $count } accounts
 }
leit-accounts-reading = { $count } accounts read …
leit-accounts-shown = { $count ->
    [one] 1 account · nobody’s online times are stored
   *[other] { $count } accounts · nobody’s online times are stored
 }
leit-choose-all = Mark all of this choice
leit-choose-one = Mark { $name }
leit-choose-none = Unmark all
leit-chosen = { $count } chosen
leit-name-missing = Enter a name.
leit-account-made = Account made: { $name }
leit-invite-at-once = Invite at once
leit-create = Make the account
leit-create-invite = Make and invite

# One account
leit-facts = Details
leit-actions = Actions
leit-invite-again = Invite again
leit-suspend = Suspend
leit-resume = Let in again
leit-suspended = { $name } is suspended. All devices are out, nothing is deleted.
leit-resumed = { $name } can use Melder again.
leit-reset = Reset devices
leit-reset-title = Reset all devices of { $name }?
leit-reset-about = All devices are out at once and lose access. The person begins again with a new invitation.
leit-reset-trust = In their groups everybody sees that the devices are new. Old messages can’t be read on the new devices.
leit-reset-go = Reset devices
leit-delete-title = Delete { $name }?
leit-delete-about = The account, its devices, keys and waiting messages are deleted on the server; it leaves all groups. Connected devices are cut off at once.
leit-delete-final = This can’t be undone. You get a signed deletion record.
leit-delete-go = Delete the account for good
leit-deleted = { $name } is deleted
leit-delete-done = Deleted. The record is signed by the server.
leit-record-save = Save the deletion record
leit-record-time = Deleted
leit-record-devices = Devices
leit-record-keys = Keys
leit-record-groups = Groups left
leit-record-inbox = Waiting messages
leit-record-files = Files
leit-record-invitations = Invitations
leit-devices = Devices
leit-devices-none = No device yet.
leit-device-used = last used on { $day }
leit-device-added = since { $day }
leit-invitations = Invitations
leit-invitations-none = No invitation.
leit-invitation-open = Open
leit-invitation-used = Joined
leit-invitation-expired = Expired
leit-invitation-withdrawn = Withdrawn
leit-invitation-until = valid until { $day }
leit-invitation-gone = The invitation is void
leit-withdraw = Withdraw
leit-mine = Your change
leit-theirs = New state
leit-keep-mine = Take my change
leit-keep-theirs = Keep the new state

# An invitation
leit-link = Link
leit-link-made = Invitation for { $name }, valid until { $until }
leit-link-code = QR code of the invitation for { $name }
leit-link-copy = Copy the link
leit-link-once = The link is shown only now and works once. Give it to the person alone. If it is lost, invite again.
leit-mail-copy = Copy text for an e-mail
leit-mail-open = Write an e-mail
leit-mail-subject = Your access to Melder
leit-mail-body =
    Hello { $name },

    you are invited to write with Melder, our administration’s encrypted messenger.

    Open this link on the device that you want to write with:
    { $link }

    The link works once and until { $until }. Please don’t pass it on.
leit-links-once = { $count ->
    [one] 1 new link. It is shown only now: print or save it.
   *[other] { $count } new links. They are shown only now: print or save them.
 }
leit-links-csv = Save the links as a table
leit-valid-until = Valid until
leit-valid-until-day = valid until { $day }
leit-print = Print
leit-print-title = Print invitations
leit-print-letter = Print a letter
leit-print-letters = { $count ->
    [one] 1 letter
   *[other] { $count } letters
 }
leit-print-sheets = { $count ->
    [one] 8 to a page · 1 page
   *[other] 8 to a page · { $count } pages
 }
leit-print-about = A4. Each code works once. As a PDF: choose “Save as PDF” in the print dialog.
leit-paper-how = Scan with your phone’s camera
leit-letter-title = Your access to Melder
leit-letter-hello = Hello { $name },
leit-letter-text = you are invited to write with Melder, our administration’s encrypted messenger. This is how:
leit-letter-scan = Scan the code with your phone’s camera, or type the link on a computer.
leit-letter-name = Check your name.
leit-letter-pin = Choose a PIN. Then you can write.
leit-letter-until = The invitation works once and until { $day }.
leit-letter-secret = Please don’t pass this letter on, and throw it away once you have joined.

# Many at once
leit-bulk = For all that are marked
leit-bulk-move = Move to a unit
leit-bulk-invite = Invite
leit-bulk-suspend = Suspend
leit-bulk-resume = Let in again
leit-bulk-delete = Delete
leit-bulk-to = New unit
leit-bulk-move-about = Groups that follow a unit change in the same moment.
leit-bulk-invite-about = Each person gets a new link; older invitations become void. Whoever has joined is left as is.
leit-bulk-suspend-about = All devices are out at once. Nothing is deleted, and it can be taken back.
leit-bulk-resume-about = These people’s devices have access again.
leit-bulk-delete-about = Accounts, devices, keys and waiting messages are deleted for good. There is a signed deletion record for each.
leit-bulk-move-go = { $count ->
    [one] Move 1 person
   *[other] Move { $count } people
 }
leit-bulk-invite-go = { $count ->
    [one] Invite 1 person
   *[other] Invite { $count } people
 }
leit-bulk-suspend-go = { $count ->
    [one] Suspend 1 account
   *[other] Suspend { $count } accounts
 }
leit-bulk-resume-go = { $count ->
    [one] Let 1 account in again
   *[other] Let { $count } accounts in again
 }
leit-bulk-delete-go = { $count ->
    [one] Delete 1 account for good
   *[other] Delete { $count } accounts for good
 }
leit-bulk-who = { $count ->
    [one] This concerns 1 person
   *[other] This concerns { $count } people
 }
leit-bulk-more = and { $count } more
leit-bulk-left = { $count ->
    [one] 1 that is marked stays as it is.
   *[other] { $count } that are marked stay as they are.
 }
leit-bulk-doing = { $done } of { $of } done
leit-bulk-stop = Stop
leit-bulk-done = { $count ->
    [one] 1 account changed
   *[other] { $count } accounts changed
 }
leit-bulk-failed = { $count ->
    [one] It did not work for 1 account
   *[other] It did not work for { $count } accounts
 }

# Import
leit-import-step-file = File
leit-import-step-check = Check columns
leit-import-step-done = Imported
leit-import-choose = Choose a file or drop it here
leit-import-kinds = CSV from Excel, LibreOffice or the personnel system; any common encoding
leit-import-paste = Or paste a table
leit-import-paste-hint = Copied from a spreadsheet, with headings in the first line.
leit-import-take = Check the table
leit-import-pasted = Pasted table
leit-import-file = { $rows } rows · { $encoding } · { $separator }
leit-import-semicolon = separated by semicolons
leit-import-comma = separated by commas
leit-import-tab = separated by tabs
leit-import-other = Replace
leit-import-columns = Column in the file
leit-import-fields = Field in Melder
leit-import-column = Field for the column { $name }
leit-import-skip = Don’t take
leit-import-first = First name
leit-import-last = Last name
leit-import-groups = Groups
leit-import-no-name = Choose the column with the name, or with first and last name.
leit-import-kind = Kind of account where the file names none
leit-import-units = Make missing units
leit-import-invite = Invite at once: make links, letters and QR codes
leit-import-good = { $count } valid
leit-import-bad = { $count } with errors
leit-import-doubles = { $count } double
leit-import-skip-doubles = Leave out whoever has an account in this unit already
leit-import-new-units = New units: { $units }
leit-import-made-units = Units made: { $units }
leit-import-bad-rows = Rows with errors
leit-import-line = Row { $line }
leit-import-correct = Put right the value in row { $line }
leit-import-go = { $count ->
    [one] Import 1 person
   *[other] Import { $count } people
 }
leit-import-done = { $count ->
    [one] 1 account is made.
   *[other] { $count } accounts are made.
 }
leit-bad-unit = There is no unit “{ $name }”.
leit-bad-group = There is no group “{ $name }”.
leit-bad-groups = More than one group is called “{ $name }”.
leit-bad-kind = The kind must be staff, guest, bot or private.
leit-bad-day = This is no day like 2029-06-10.
leit-bad-end = A guest needs an end in the future, or an operation.
leit-bad-name = The name is missing, too long or has unsuitable letters.

# Units
leit-unit-make = Add a unit
leit-unit-made = Unit added: { $name }
leit-unit-name = Name of the unit
leit-unit-name-hint = For example “Traffic”.
leit-unit-name-missing = Enter the unit’s name.
leit-unit-parent = Belongs to
leit-unit-top = Top level
leit-unit-turn = Units below { $name }
leit-unit-people = { $count ->
    [one] 1 person
   *[other] { $count } people
 }
leit-units-empty = No units yet. Add the first.
leit-unit-delete-title = Delete the unit { $name }?
leit-unit-delete-about = This works only when it is empty: no people, no units below, in no group’s rules.
leit-unit-delete-go = Delete the unit
leit-unit-deleted = The unit is deleted
