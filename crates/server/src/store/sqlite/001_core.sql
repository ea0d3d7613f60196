-- SPDX-FileCopyrightText: Melder contributors
-- SPDX-License-Identifier: EUPL-1.2

-- Logs. A log's number is short and local. An entry's id is the log's number times 2^40 plus its sequence: one
-- B-tree holds all entries, those of one log side by side, in order.
CREATE TABLE logs (
    number INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    name BLOB NOT NULL,
    head INTEGER NOT NULL,
    UNIQUE (name, kind)
) STRICT;

CREATE TABLE entries (
    id INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    account BLOB,
    device BLOB,
    kind INTEGER NOT NULL,
    counter INTEGER,
    bytes BLOB NOT NULL
) STRICT;
-- Finds a repeated append, and a device's last counter.
CREATE UNIQUE INDEX entries_by_counter ON entries (device, id >> 40, counter) WHERE counter IS NOT NULL;

-- The last counters of devices whose entries are gone.
CREATE TABLE counters (
    device BLOB NOT NULL,
    log INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    PRIMARY KEY (device, log)
) STRICT, WITHOUT ROWID;
CREATE INDEX counters_by_log ON counters (log);

CREATE TABLE cursors (
    log INTEGER NOT NULL,
    device BLOB NOT NULL,
    account BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    PRIMARY KEY (log, device)
) STRICT, WITHOUT ROWID;
CREATE INDEX cursors_by_device ON cursors (device);

-- Groups.
CREATE TABLE groups (
    id BLOB PRIMARY KEY,
    organisation BLOB NOT NULL,
    kind INTEGER NOT NULL,
    authority INTEGER NOT NULL,
    suite INTEGER NOT NULL,
    name TEXT,
    created INTEGER NOT NULL,
    closed INTEGER NOT NULL,
    epoch INTEGER,
    began INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX groups_by_organisation ON groups (organisation);

CREATE TABLE roster_changes (
    group_id BLOB NOT NULL,
    place INTEGER NOT NULL,
    change BLOB NOT NULL,
    PRIMARY KEY (group_id, place)
) STRICT;

CREATE TABLE members (
    group_id BLOB NOT NULL,
    account BLOB NOT NULL,
    role INTEGER NOT NULL,
    PRIMARY KEY (group_id, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_account ON members (account);

CREATE TABLE public_groups (
    group_id BLOB PRIMARY KEY,
    state BLOB NOT NULL,
    group_info BLOB NOT NULL
) STRICT;

CREATE TABLE proposals (
    group_id BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    -- The leaf that goes; NULL for an addition.
    leaf INTEGER,
    account BLOB NOT NULL,
    device BLOB NOT NULL,
    bytes BLOB NOT NULL,
    -- The key package of an addition.
    package_hash BLOB,
    package_last_resort INTEGER,
    package BLOB,
    PRIMARY KEY (group_id, sequence)
) STRICT;

CREATE TABLE leaves (
    group_id BLOB NOT NULL,
    leaf INTEGER NOT NULL,
    account BLOB NOT NULL,
    device BLOB NOT NULL,
    PRIMARY KEY (group_id, leaf)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX leaves_by_device ON leaves (device, group_id);

CREATE TABLE trees (
    group_id BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    time INTEGER NOT NULL,
    tree BLOB NOT NULL,
    PRIMARY KEY (group_id, epoch)
) STRICT;

CREATE TABLE welcomes (
    device BLOB NOT NULL,
    group_id BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    inbox INTEGER NOT NULL,
    PRIMARY KEY (device, group_id, epoch)
) STRICT, WITHOUT ROWID;
CREATE INDEX welcomes_by_group ON welcomes (group_id, epoch);

-- Devices.
CREATE TABLE links (
    account BLOB NOT NULL,
    place INTEGER NOT NULL,
    link BLOB NOT NULL,
    PRIMARY KEY (account, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE devices (
    device BLOB PRIMARY KEY,
    account BLOB NOT NULL,
    key BLOB NOT NULL,
    recovery INTEGER NOT NULL,
    name TEXT NOT NULL,
    added INTEGER NOT NULL,
    last_used INTEGER,
    -- 0 current, 1 shut out by a reset, 2 removed
    state INTEGER NOT NULL
) STRICT;
CREATE INDEX devices_by_account ON devices (account);

CREATE TABLE key_packages (
    number INTEGER PRIMARY KEY,
    device BLOB NOT NULL,
    suite INTEGER NOT NULL,
    last_resort INTEGER NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    bytes BLOB NOT NULL
) STRICT;
CREATE INDEX key_packages_by_device ON key_packages (device, suite, last_resort);
