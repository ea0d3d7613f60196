# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# Rules by function and directory, devices, policy per group, look, operations.

leit-rule-function = Add a function
leit-rule-function-choose = Choose a function
leit-rule-function-count = { $name } ({ $count })
leit-rule-is-function = Function, in all units
leit-rule-directory = Add a group of the directory
leit-rule-directory-choose = Choose a group
leit-rule-is-directory = Group of the directory

# Devices
leit-devices-seen = Name and day are all that the server knows: no place, no address, no model.
leit-device-unnamed = Device without a name
leit-device-remove = Remove
leit-device-wipe = Delete data
leit-device-removed = Removed
leit-device-wiped = Order to delete sent
leit-device-wipe-waits = Gets the order to delete when it comes back
leit-device-remove-title = Remove the device “{ $name }”?
leit-device-remove-about = The device is logged out at once and gets nothing more from the server.
leit-device-remove-others = { $count ->
    [one] The person’s other device takes it out of the groups as soon as it is connected: only devices sign the list of devices.
   *[other] One of the person’s { $count } other devices takes it out of the groups as soon as it is connected: only devices sign the list of devices.
 }
leit-device-remove-last = The person has no other device. So this one stays listed in the groups until you reset the devices; it can get nothing all the same.
leit-device-remove-go = Remove device
leit-device-wipe-title = Delete Melder’s data on “{ $name }”?
leit-device-wipe-about = Melder’s messages, files and keys are deleted on the device as soon as it comes back. If it never does, they stay there, encrypted. The order can’t be taken back.
leit-device-wipe-go = Remove and delete data
leit-device-is-out = A device of { $name } is removed
leit-device-wipe-now = The device of { $name } was connected; the order to delete is sent
leit-device-wipe-later = The device of { $name } gets the order to delete when it comes back

# Conflicts
leit-read-anew = Load what holds now

# An account's groups
leit-belongings = Groups
leit-belongings-none = In no group of the organisation.
leit-belonging = { $role }, { $because }
leit-because-unit = by unit { $name }
leit-because-function = by function { $name }
leit-because-directory = by directory group { $name }
leit-because-named = named singly

# A group's policy
leit-group-policy-title = Policy of the group
leit-group-policy-about = The stricter always counts: this or the organisation’s policy. Who may write is in the kind of the group and its rules.
leit-group-policy-save = Save policy
leit-group-as-organisation = as in the organisation
leit-group-retention = Kept on the server (days)
leit-group-retention-hint = Empty: as in the organisation.
leit-group-retention-shorter = { $count ->
    [one] What is older than 1 day is deleted from the server at once, for everybody. Devices that have not fetched it yet will not get it any more.
   *[other] What is older than { $count } days is deleted from the server at once, for everybody. Devices that have not fetched it yet will not get it any more.
 }
leit-retention-shorter-title = Keep it for a shorter time?
leit-retention-shorter-go = Keep it shorter
leit-group-attachment = Largest attachment (MB)
leit-group-attachment-hint = 0: no attachments. Empty: as in the organisation.
leit-group-no-attachments = no attachments
leit-group-attachment-most = at most { $size } MB
leit-group-days = { $count ->
    [one] 1 day
   *[other] { $count } days
 }
leit-group-alarms = Alarms wake
leit-group-alarms-everyone = from everybody who may write
leit-group-alarms-publishers = only from those who publish
leit-group-alarms-nobody = from nobody

# What holds
leit-facts-policy = What holds, for whom, since when
leit-facts-policy-about = To be shown: each rule with its value, whom it meets and since which day.
leit-facts-groups = Groups with a policy of their own
leit-fact-rule = Rule
leit-fact-value = Holds
leit-fact-meets = Meets
leit-fact-since = Since
leit-fact-on = on
leit-fact-off = off
leit-fact-none = without a limit
leit-fact-any = any
leit-fact-new-groups = groups that are made from now on
leit-fact-changed = (not the standard)
leit-fact-council = Staff council: off by default
leit-fact-alarms = alarms wake { $who }
leit-fact-numbers = Only numbers are shown; who uses what how, the server does not know.
leit-policy-quiet = Quiet from alarms, too
leit-policy-quiet-about = Alarms, too, wake nobody off duty or in quiet hours.
leit-policy-app = Lowest version of the app
leit-policy-app-about = For example 1.2.0. Older apps go on reading, don’t write, and ask to be updated. Empty: any version.

# Look
leit-appearance = Look
leit-look-about = Everybody sees it, also before logging in: in the app, here and on the first page.
leit-look-logo = Logo
leit-look-logo-now = The logo as it is now
leit-look-logo-none = No logo yet. Melder’s sign stands in its place.
leit-look-logo-about = PNG or WebP, at most 64 KB, 16 to 2048 pixels on a side. Texts and camera data in it are removed. The server takes no SVG: it can hold programs.
leit-look-logo-choose = Choose a logo
leit-look-logo-remove = Remove the logo
leit-look-accent = Colour
leit-look-accent-about = All colours are legible in both themes (contrast at least 4.5 to 1). The colours of feedback and alarms stay as they are.
leit-accent-blue = Blue
leit-accent-cyan = Petrol
leit-accent-green = Green
leit-accent-violet = Violet
leit-accent-slate = Slate
leit-error-logo_too_large = The file is larger than 64 KB. Make the picture smaller.
leit-error-file_unreadable = The file can’t be read.
leit-setup-look = Look
leit-setup-look-about = If you like. You can change it at any time.

# Operations: phases, warnings, approvals
leit-phases-edit = Change phases
leit-phases-about = What is when, for example training, election Sunday, counting. A phase does nothing by itself. A template takes them along, at the same distance to the end.
leit-phase-half = Each phase needs a name and a day.
leit-phase-add = Add a phase
leit-phase-name = Name of the phase
leit-phase-begins = Begins on
leit-phase-remove = Remove phase
leit-operation-near = { $count ->
    [one] The operation ends in 1 day. After that the guests’ accounts are deleted.
   *[other] The operation ends in { $count } days. After that the guests’ accounts are deleted.
 }
leit-operation-ends-soon = Ends soon
leit-poster-approval = Only after approval: whoever scans it is in no group until you agree
leit-approvals = Waiting for approval
leit-approvals-none = Nobody waits.
leit-approval-since = since { $time }
leit-approval-give = Let in
leit-approval-given = { $name } is in
leit-approval-refuse = Refuse
leit-approval-refuse-title = Refuse { $name }?
leit-approval-refuse-newcomer = The guest’s account is deleted with all data. The place on the poster is free again.
leit-approval-refuse-existing = The account stays as it is; it does not come into the groups. The place on the poster is free again.
leit-approval-refused = { $name } is refused
