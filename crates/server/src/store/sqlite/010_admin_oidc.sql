-- SPDX-FileCopyrightText: Melder contributors
-- SPDX-License-Identifier: EUPL-1.2

-- Those who administer may log in with the city's own log-in, if the organisation says so.
ALTER TABLE oidc ADD COLUMN admins INTEGER NOT NULL DEFAULT 0;

-- Whose log-in at which provider is which admin's: one each, both ways. `subject` is the provider's `sub`.
CREATE TABLE admin_log_in (
    admin BLOB PRIMARY KEY, organisation BLOB NOT NULL, issuer TEXT NOT NULL, subject TEXT NOT NULL,
    since INTEGER NOT NULL, UNIQUE (organisation, issuer, subject)
) STRICT, WITHOUT ROWID;

-- Did the city's log-in begin the session? Then it ends when that way is shut.
ALTER TABLE admin_session ADD COLUMN oidc INTEGER NOT NULL DEFAULT 0;
