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
leit-device-wiped = Told to delete
leit-device-wipe-waits = Deletes when it comes back
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
leit-device-wipe-now = The device of { $name } was connected and deletes its data
leit-device-wipe-later = The device of { $name } deletes its data when it comes back
