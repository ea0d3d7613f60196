-- SPDX-FileCopyrightText: Melder contributors
-- SPDX-License-Identifier: EUPL-1.2

-- The directory that an organisation's people are pulled from by LDAP, and what came from it.

-- `settings` is JSON. `secret` is the password, which no answer holds. `next` is when the schedule pulls again.
CREATE TABLE ldap_source (
    organisation BLOB PRIMARY KEY, settings TEXT NOT NULL, secret BLOB, next INTEGER, revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ldap_source_by_time ON ldap_source (next) WHERE next IS NOT NULL;

-- Which accounts came from it, by the id that the directory has for them; what it said that stands nowhere else; and when
-- they left it.
CREATE TABLE ldap_account (
    account BLOB PRIMARY KEY, organisation BLOB NOT NULL, key TEXT NOT NULL, title TEXT, active INTEGER NOT NULL,
    left_at INTEGER, UNIQUE (organisation, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE ldap_group (
    directory_group BLOB PRIMARY KEY, organisation BLOB NOT NULL, key TEXT NOT NULL, UNIQUE (organisation, key)
) STRICT, WITHOUT ROWID;

-- What the last pulls came to: the JSON of numbers, never names.
CREATE TABLE ldap_run (
    organisation BLOB NOT NULL, number INTEGER NOT NULL, run TEXT NOT NULL, PRIMARY KEY (organisation, number)
) STRICT, WITHOUT ROWID;
