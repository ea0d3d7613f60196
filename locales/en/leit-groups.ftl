# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# Groups, channels, operations.

leit-groups-all = All groups
leit-groups-closed = Closed
leit-groups-none = There is no group here yet.
leit-group-find = Find a group
leit-group-make = Make a group
leit-group-made = Made: { $name }
leit-group-name = Name of the group
leit-group-name-missing = Give the group a name.
leit-group-lasting = None, the group stays
leit-group-closed = Closed
leit-group-closed-title = { $name } (closed)
leit-group-close = Close
leit-group-close-title = Close { $name }?
leit-group-close-about = { $count ->
    [one] The group takes no more messages. Its 1 member can read the history until it expires. This can’t be undone.
   *[other] The group takes no more messages. Its { $count } members can read the history until it expires. This can’t be undone.
 }
leit-group-close-go = Close the group
leit-group-is-closed = The group is closed
leit-kind-group = Group
leit-kind-channel = Channel
leit-encryption = Encryption
leit-suite-hybrid = End to end, also against quantum computers
leit-suite-classical = End to end
leit-rename = Rename
leit-discard = Discard
leit-rules = Who is in it
leit-rules-save = Save the rules
leit-rules-saved = The rules hold from now on
leit-rules-none = Nobody: there is no rule yet.
leit-rules-meet = { $count ->
    [one] These rules fit 1 account. The group follows in the same moment.
   *[other] These rules fit { $count } accounts. The group follows in the same moment.
 }
leit-rule-unit = Add a unit
leit-rule-unit-choose = Choose a unit
leit-rule-person = Add a person
leit-rule-below = with all below
leit-rule-role = Role of { $name }
leit-rule-remove = Take { $name } out of the rules
leit-role-member = Member
leit-role-reader = Reads
leit-role-publisher = Publishes
leit-role-give = Let publish
leit-role-take = Let read only
leit-nobody = Nobody is called that.
leit-members = Members
leit-members-count = { $count ->
    [one] 1 member
   *[other] { $count } members
 }
leit-member-find = Find a member
leit-foreign = Other organisation
leit-take-out = Take out of the group
leit-take-out-title = Take the person out of the group?
leit-take-out-about = The person belongs to another organisation. They come in again by their own consent only.

# Operations
leit-operations-all = All operations
leit-operations-none = No operations yet. Make one for helpers who come for some days.
leit-operation-make = Make an operation
leit-operation-made = Operation made: { $name }
leit-operation-name = Name of the operation
leit-operation-name-hint = For example “Election 2029”.
leit-operation-name-missing = Give the operation a name.
leit-operation-end = End
leit-operation-end-hint = At the end of this day all guest accounts of the operation are deleted and its groups closed.
leit-operation-move-hint = Guest accounts that end with the operation move along.
leit-operation-day-missing = Choose a day.
leit-operation-template = Template
leit-operation-blank = Without a template
leit-operation-copies = { $count ->
    [one] 1 group is made anew with its rules. People are not taken over.
   *[other] { $count } groups are made anew with their rules. People are not taken over.
 }
leit-operation-not-copied = The operation is made, but not all of the template’s groups: { $why }
leit-operation-runs = Runs
leit-operation-over = Over
leit-operation-ends = ends on { $day }
leit-operation-ended = ended on { $day }
leit-phases = Phases
leit-phase-made = Made
leit-phase-warning = { $count ->
    [one] Warning, 1 day before
   *[other] Warning, { $count } days before
 }
leit-phase-deletion = Deletion
leit-countdown = Until the deletion
leit-countdown-until = Accounts end on { $day }
leit-guests = Helpers
leit-guests-of = of { $count } joined
leit-guests-joined = Joined
leit-guests-open = Invited, still open
leit-guests-late = Without a valid invitation
leit-guests-renew = Renew { $count }
leit-guests-print = { $count ->
    [one] Print 1 invitation anew
   *[other] Print { $count } invitations anew
 }
leit-guests-print-title = { $count ->
    [one] Make 1 invitation anew?
   *[other] Make { $count } invitations anew?
 }
leit-guests-print-about = Links are not kept. New ones are made; what was handed out is void then.
leit-guests-print-go = Make { $count } anew
leit-operation-no-groups = No groups yet.
leit-deletion-on = Deletion on { $day }
leit-deletion-planned = Planned
leit-planned-rest = Keys, devices, messages
leit-planned-all = all
leit-planned-warning = Guests are warned before, as the policy says.
leit-operation-end-now = End now
leit-end-title = End { $name } now?
leit-end-about = { $guests } guest accounts are deleted, { $groups } groups closed, all posters and open invitations void.
leit-end-go = End the operation for good
leit-end-done = The operation is over
leit-record = Deletion record
leit-signed = Signed
leit-records-save = Save the records
leit-record-signed = Each record carries the organisation’s signature (field “signed”).
leit-summary-guests = Guest accounts deleted
leit-summary-left = Other accounts left
leit-summary-groups = Groups closed
leit-summary-invitations = Invitations void
leit-poster = Poster
leit-posters = Posters
leit-posters-none = No poster.
leit-poster-about = One QR code for many: whoever scans it gets a guest account of this operation and is in its groups.
leit-poster-limit = At most this many people
leit-poster-limit-hint = After that the code is void.
leit-poster-limit-wrong = Enter a number from 1.
leit-poster-groups = Groups
leit-poster-existing = Whoever has an account already can join with it, too
leit-poster-make = Make the poster
leit-poster-title = Join with Melder
leit-poster-code = The poster’s QR code
leit-poster-once = The code is shown only now. Print it.
leit-poster-open = Valid
leit-poster-closed = Void
leit-poster-used = { $used } of { $limit } joined
leit-poster-void = The poster is void
