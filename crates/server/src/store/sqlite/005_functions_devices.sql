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

-- What holds in one group beyond the organisation's policy. `alarms`: 0 of everybody, 1 of publishers, 2 of nobody.
ALTER TABLE managed_group ADD COLUMN retention_days INTEGER;
ALTER TABLE managed_group ADD COLUMN max_attachment INTEGER;
ALTER TABLE managed_group ADD COLUMN alarms INTEGER NOT NULL DEFAULT 0;

-- How an organisation looks: the number of a hue, and a logo.
CREATE TABLE brand (
    organisation BLOB PRIMARY KEY, accent INTEGER NOT NULL, logo BLOB, webp INTEGER NOT NULL, width INTEGER NOT NULL,
    height INTEGER NOT NULL, revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who has taken a poster that asks for approval, and waits.
CREATE TABLE approval (
    invitation BLOB NOT NULL, account BLOB NOT NULL, time INTEGER NOT NULL, newcomer INTEGER NOT NULL,
    PRIMARY KEY (invitation, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX approval_by_account ON approval (account);

-- An operation's phases (the JSON of a list of names and beginnings), and when its next warning is due.
ALTER TABLE operation ADD COLUMN phases TEXT NOT NULL DEFAULT '[]';
ALTER TABLE operation ADD COLUMN next_warning INTEGER;
CREATE INDEX operation_by_warning ON operation (next_warning) WHERE next_warning IS NOT NULL;
