# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# What stays how long: words of papers and of the Leitstand.

# Retention: data and until of /v1/admin/privacy
data-messages_waiting = Messages on the server, encrypted
data-attachments = Photos and files on the server, encrypted
data-messages_on_devices = Messages on the devices
data-account = Account: name, unit, function
data-guest_account = Guests’ accounts
data-devices_and_keys = Devices and their public keys
data-last_used_by_day = Day of last use of each device
data-read_positions = How far a device has fetched
data-group_membership = Membership in groups
data-invitation_links = Invitations
data-directory_attributes = Attributes from the administration’s directory
data-push_addresses = Each device’s address for being woken
data-deletion_records = Deletion records (ids only)
data-audit_log = Audit log (ids and reasons only)
data-admin_sessions = Administrators’ sessions
data-admin_challenges = Administrators’ attempts to log in
data-admin_links = Links for new administrators
data-admin_recovery_links = Links after a recovery
data-admin_passkeys = Administrators’ passkeys
until-fetched = as soon as all devices have them
until-deleted_by_person = as soon as the person deletes
until-account_deleted = with the account
until-guest_end = with the guest’s end
until-left_group = when the group is left
until-used = as soon as used
until-logged_out = at log-out
until-admin_removed = with the access
until-device_removed = with the device, or when switched off
keep-both = { $until }, after { $time } at the latest
keep-until = { $until }
keep-time = after { $time }
keep-always = stays as evidence
keep-head-data = Data
keep-head-where = Place
keep-head-readable = Readable for the server
keep-head-until = Deletion
keep-head-by = Set by
place-server = Server
place-device = Devices
set-policy = policy
set-fixed = program
paper-days = { $count ->
        [one] 1 day
       *[other] { $count } days
    }
paper-hours = { $count ->
        [one] 1 hour
       *[other] { $count } hours
    }
paper-minutes = { $count ->
        [one] 1 minute
       *[other] { $count } minutes
    }
