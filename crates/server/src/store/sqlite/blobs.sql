-- SPDX-FileCopyrightText: Melder contributors
-- SPDX-License-Identifier: EUPL-1.2

-- Blobs have a file of their own: their bytes keep out of the way of the logs' pages and journal.
CREATE TABLE blobs.blobs (
    id BLOB PRIMARY KEY,
    group_id BLOB NOT NULL,
    account BLOB NOT NULL,
    chunks INTEGER NOT NULL,
    stored INTEGER NOT NULL,
    created INTEGER NOT NULL
) STRICT;
CREATE INDEX blobs.blobs_by_account ON blobs (account);
CREATE INDEX blobs.blobs_by_group ON blobs (group_id, created);

CREATE TABLE blobs.chunks (
    number INTEGER PRIMARY KEY,
    blob BLOB NOT NULL,
    place INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE (blob, place)
) STRICT;
