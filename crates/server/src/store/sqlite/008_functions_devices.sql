-- SPDX-FileCopyrightText: Melder contributors
-- SPDX-License-Identifier: EUPL-1.2

-- Managed groups that follow a function ("Streife"), wherever in the organisation somebody has it.
CREATE TABLE function_rule (
    managed_group BLOB NOT NULL, folded TEXT NOT NULL, function TEXT NOT NULL, role INTEGER NOT NULL,
    PRIMARY KEY (managed_group, folded)
) STRICT, WITHOUT ROWID;
CREATE INDEX function_rule_by_function ON function_rule (folded);

-- Devices that an administrator removed (`devices.state` 3): the organisation's signed word, and whether the device heard it.
CREATE TABLE device_removal (
    device BLOB PRIMARY KEY, account BLOB NOT NULL, signed BLOB NOT NULL, told INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX device_removal_by_account ON device_removal (account);
