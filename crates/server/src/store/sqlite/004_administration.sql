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

-- Who was provisioned by SCIM, under which name. `attributes` is the JSON of what is given back and kept nowhere else.
CREATE TABLE provisioned (
    account BLOB PRIMARY KEY, organisation BLOB NOT NULL, user_name TEXT NOT NULL, folded TEXT NOT NULL,
    external TEXT, attributes TEXT NOT NULL, created INTEGER NOT NULL, changed INTEGER NOT NULL,
    revision INTEGER NOT NULL, UNIQUE (organisation, folded)
) STRICT, WITHOUT ROWID;
CREATE INDEX provisioned_by_external ON provisioned (organisation, external) WHERE external IS NOT NULL;

-- The directory's groups, and the managed groups that follow them.
CREATE TABLE directory_group (
    id BLOB PRIMARY KEY, organisation BLOB NOT NULL, name TEXT NOT NULL, folded TEXT NOT NULL, external TEXT,
    created INTEGER NOT NULL, changed INTEGER NOT NULL, revision INTEGER NOT NULL, UNIQUE (organisation, folded)
) STRICT, WITHOUT ROWID;

CREATE TABLE directory_member (
    directory_group BLOB NOT NULL, account BLOB NOT NULL, PRIMARY KEY (directory_group, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX directory_member_by_account ON directory_member (account);

CREATE TABLE directory_rule (
    managed_group BLOB NOT NULL, directory_group BLOB NOT NULL, role INTEGER NOT NULL,
    PRIMARY KEY (managed_group, directory_group)
) STRICT, WITHOUT ROWID;
CREATE INDEX directory_rule_by_directory_group ON directory_rule (directory_group);
