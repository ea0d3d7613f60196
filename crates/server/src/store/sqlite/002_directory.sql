-- The directory: organisations, units, accounts, invitations, policies, operations, deletions, tokens, audit.
-- `folded` is the name in lower case, for order and comparison. Times are milliseconds since 1970.

CREATE TABLE organisation (
    id BLOB PRIMARY KEY, name TEXT NOT NULL, key BLOB NOT NULL, seed BLOB NOT NULL,
    created INTEGER NOT NULL, revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The hash of the set-up token, until it is used: one row or none.
CREATE TABLE setup (one INTEGER PRIMARY KEY CHECK (one = 1), hash BLOB NOT NULL) STRICT;

CREATE TABLE policy (
    organisation BLOB NOT NULL, version INTEGER NOT NULL, signed BLOB NOT NULL,
    PRIMARY KEY (organisation, version)
) STRICT, WITHOUT ROWID;

-- A policy on its way into the inboxes: up to which account.
CREATE TABLE policy_round (organisation BLOB PRIMARY KEY, after BLOB) STRICT, WITHOUT ROWID;

-- `parent` is empty for a root, so that names are unique among roots too.
CREATE TABLE unit (
    id BLOB PRIMARY KEY, organisation BLOB NOT NULL, parent BLOB NOT NULL, name TEXT NOT NULL, folded TEXT NOT NULL,
    revision INTEGER NOT NULL, UNIQUE (organisation, parent, folded)
) STRICT, WITHOUT ROWID;
CREATE INDEX unit_by_parent ON unit (parent);

CREATE TABLE unit_word (
    organisation BLOB NOT NULL, word TEXT NOT NULL, unit BLOB NOT NULL, PRIMARY KEY (organisation, word, unit)
) STRICT, WITHOUT ROWID;
CREATE INDEX unit_word_by_unit ON unit_word (unit);

CREATE TABLE account (
    id BLOB PRIMARY KEY, organisation BLOB NOT NULL, unit BLOB, name TEXT NOT NULL, folded TEXT NOT NULL,
    function TEXT, kind INTEGER NOT NULL, joined INTEGER NOT NULL, suspended INTEGER NOT NULL, operation BLOB,
    ends INTEGER, next_warning INTEGER, created INTEGER NOT NULL, revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX account_by_name ON account (organisation, folded, id);
CREATE INDEX account_by_kind ON account (organisation, kind, folded, id);
CREATE INDEX account_by_status ON account (organisation, suspended, joined, folded, id);
CREATE INDEX account_by_unit ON account (unit, folded, id);
CREATE INDEX account_by_id ON account (organisation, id);
CREATE INDEX account_by_operation ON account (operation) WHERE operation IS NOT NULL;
CREATE INDEX account_by_end ON account (ends) WHERE ends IS NOT NULL;
CREATE INDEX account_by_warning ON account (next_warning) WHERE next_warning IS NOT NULL;

-- What an account is found by, besides the words of its unit.
CREATE TABLE account_word (
    organisation BLOB NOT NULL, word TEXT NOT NULL, account BLOB NOT NULL, PRIMARY KEY (organisation, word, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_word_by_account ON account_word (account, organisation, word);

CREATE TABLE badge (account BLOB PRIMARY KEY, signed BLOB NOT NULL, renew INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX badge_by_renewal ON badge (renew);

CREATE TABLE managed_group (
    id BLOB PRIMARY KEY, organisation BLOB NOT NULL, kind INTEGER NOT NULL, name TEXT NOT NULL, folded TEXT NOT NULL,
    operation BLOB, suite INTEGER NOT NULL, closed INTEGER NOT NULL, created INTEGER NOT NULL, revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX managed_group_by_name ON managed_group (organisation, folded, id);
CREATE INDEX managed_group_by_operation ON managed_group (operation) WHERE operation IS NOT NULL;

CREATE TABLE unit_rule (
    managed_group BLOB NOT NULL, unit BLOB NOT NULL, sub_units INTEGER NOT NULL, role INTEGER NOT NULL,
    PRIMARY KEY (managed_group, unit)
) STRICT, WITHOUT ROWID;
CREATE INDEX unit_rule_by_unit ON unit_rule (unit);

CREATE TABLE account_rule (
    managed_group BLOB NOT NULL, account BLOB NOT NULL, role INTEGER NOT NULL, PRIMARY KEY (managed_group, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_rule_by_account ON account_rule (account);

-- `target` is the JSON of what it gives; `account` and `operation` repeat what lists are filtered by.
CREATE TABLE invitation (
    id BLOB PRIMARY KEY, organisation BLOB NOT NULL, secret_hash BLOB NOT NULL UNIQUE, target TEXT NOT NULL,
    account BLOB, operation BLOB, created INTEGER NOT NULL, expires INTEGER NOT NULL, withdrawn INTEGER NOT NULL,
    used INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX invitation_by_time ON invitation (organisation, created, id);
CREATE INDEX invitation_by_account ON invitation (account) WHERE account IS NOT NULL;
CREATE INDEX invitation_by_operation ON invitation (operation) WHERE operation IS NOT NULL;

CREATE TABLE invitation_use (
    invitation BLOB NOT NULL, account BLOB NOT NULL, genesis BLOB, PRIMARY KEY (invitation, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX invitation_use_by_account ON invitation_use (account);

CREATE TABLE operation (
    id BLOB PRIMARY KEY, organisation BLOB NOT NULL, name TEXT NOT NULL, ends INTEGER NOT NULL, ended INTEGER NOT NULL,
    summary TEXT, created INTEGER NOT NULL, revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX operation_by_end ON operation (organisation, ends, id);
CREATE INDEX operation_due ON operation (ends) WHERE ended = 0;

CREATE TABLE deletion (
    account BLOB PRIMARY KEY, organisation BLOB NOT NULL, time INTEGER NOT NULL, signed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX deletion_by_time ON deletion (organisation, time, account);

CREATE TABLE audit (
    organisation BLOB NOT NULL, sequence INTEGER NOT NULL, time INTEGER NOT NULL, actor BLOB, action TEXT NOT NULL,
    subject TEXT NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (organisation, sequence)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER audit_is_append_only_1 BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER audit_is_append_only_2 BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'append-only'); END;

CREATE TABLE token (
    id BLOB PRIMARY KEY, organisation BLOB, name TEXT NOT NULL, scopes TEXT NOT NULL, secret_hash BLOB NOT NULL,
    created INTEGER NOT NULL, expires INTEGER, last_used INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX token_by_time ON token (organisation, created, id);
