# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# What stays: verifying deletion records, backups.

cmd-verify-deletion = Verify deletion records, without a server and without a network.
    .long =
        Verify deletion records, without a server and without a network.

        The file is downloaded in the Leitstand, under "Data protection". It is checked whether each record is whole and
        unchanged, and whether the organisation's key signed it. The app shows the organisation's fingerprint under "Profile".
        Without --key it is certain that the record fits together, but not whose it is.
arg-verify-deletion-file = The file with one or more deletion records.
arg-verify-deletion-key = The organisation's key: its fingerprint (30 digits), the key itself, or a file with it.
value-key-path = KEY|PATH

deletion-account = Deleted account
deletion-time = Deleted on
deletion-by = Deleted by
deletion-by-file = { $organisation } (the file calls it "{ $name }"; that is not signed)
deletion-reason = Reason
deletion-profile = Name and unit
deletion-devices = Devices
deletion-keys = Key packages
deletion-inbox = Inbox entries
deletion-groups = Groups left
deletion-files = Files
deletion-invitations = Invitations
deletion-fingerprint = Fingerprint
deletion-key = Signed with the key { $fingerprint }
deletion-proved =
    { $count ->
        [one] The deletion record is whole and unchanged.
       *[other] All { $count } deletion records are whole and unchanged.
    }
deletion-whose-key = This does not check whether the key is your organisation's: compare the fingerprint with the one in the app, or name it with --key.
deletion-fault = Record { $number } (account { $account }): { $code }
deletion-others =
    { $count ->
        [0] No other record in the file is right.
        [one] One other record in the file is right.
       *[other] { $count } other records in the file are right.
    }

local-no_deletion_record = There is no deletion record in "{ $path }". Download the file in the Leitstand, under "Data protection".
local-deletion_record_cut = Something is missing in "{ $path }": the deletion record is cut off or damaged. Download the file again.
local-deletion_record_forged = The deletion record in "{ $path }" is not genuine: the signature does not fit what it says.
local-deletion_record_changed = The deletion record in "{ $path }" was changed: "{ $field }" says something else than what was signed.
local-deletion_record_twice = The same deletion record is in "{ $path }" twice.
local-deletion_record_foreign = The deletion record in "{ $path }" is signed by another key: { $fingerprint }. It is not from the organisation that you named.
local-bad_key = "{ $key }" is neither a fingerprint (30 digits) nor a key (64 characters) nor a file with one of them.

cmd-backup = Back a server up, also while it runs.
    .long =
        Back a server up, also while it runs.

        The copy comes into a new folder named after the time, which is there only once it is whole and checked. The overview
        in the Leitstand shows when the last backup was. To restore one, stop the server and start it with the copy: melder
        serve --data COPY.
arg-backup-to = Into this folder. It had best be on another disk.
arg-backup-data = The folder where the server keeps everything.
backup-made = Backed up: { $folder } ({ $size })
backup-secret = The copy holds your organisation’s keys. Keep it as safe as the server itself.
local-backup_failed = The backup did not work, and nothing is left of it: { $detail }
