-- SPDX-FileCopyrightText: Melder contributors
-- SPDX-License-Identifier: EUPL-1.2

-- Push: the server's own key (RFC 8292), where devices are reached, when accounts want quiet (the CBOR of `push-rules`).
CREATE TABLE push_key (one INTEGER PRIMARY KEY CHECK (one = 1), secret BLOB NOT NULL) STRICT;

CREATE TABLE push_subscriptions (
    device BLOB PRIMARY KEY, account BLOB NOT NULL, endpoint TEXT NOT NULL, ticket BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE push_rules (account BLOB PRIMARY KEY, rules BLOB NOT NULL) STRICT, WITHOUT ROWID;

-- Alarms that are still repeated.
CREATE TABLE push_alarms (
    group_id BLOB NOT NULL, sequence INTEGER NOT NULL, time INTEGER NOT NULL, on_duty INTEGER NOT NULL,
    sender BLOB NOT NULL, PRIMARY KEY (group_id, sequence)
) STRICT, WITHOUT ROWID;
