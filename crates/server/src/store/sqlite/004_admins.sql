-- SPDX-FileCopyrightText: Melder contributors
-- SPDX-License-Identifier: EUPL-1.2

-- People who administer, how they prove themselves, and what the audit log says of them. Secrets stand as hashes only.

-- `roles` is the JSON of a list of roles. `recovery` is the hash of the recovery code.
CREATE TABLE admin (
    id BLOB PRIMARY KEY, organisation BLOB NOT NULL, name TEXT NOT NULL, roles TEXT NOT NULL, recovery BLOB UNIQUE,
    created INTEGER NOT NULL, last_login INTEGER, revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX admin_by_time ON admin (organisation, created, id);

CREATE TABLE admin_passkey (
    id BLOB PRIMARY KEY, admin BLOB NOT NULL, name TEXT NOT NULL, key BLOB NOT NULL, counter INTEGER NOT NULL,
    created INTEGER NOT NULL, last_used INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX admin_passkey_by_admin ON admin_passkey (admin, created);

CREATE TABLE admin_session (
    hash BLOB PRIMARY KEY, admin BLOB NOT NULL, began INTEGER NOT NULL, seen INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX admin_session_by_admin ON admin_session (admin);

-- One-time secrets with which a passkey is made without a session.
CREATE TABLE admin_enrolment (
    hash BLOB PRIMARY KEY, admin BLOB NOT NULL, expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX admin_enrolment_by_admin ON admin_enrolment (admin);

-- What `actor` is: 0 a token, 1 an admin. A reason that was named stands in the line, and in its hash.
ALTER TABLE audit ADD COLUMN actor_kind INTEGER NOT NULL DEFAULT 0;
ALTER TABLE audit ADD COLUMN reason TEXT;
