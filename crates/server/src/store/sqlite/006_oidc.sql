-- SPDX-FileCopyrightText: Melder contributors
-- SPDX-License-Identifier: EUPL-1.2

-- The log-in of an organisation's people. `secret` is what the provider gave this server, which it has to send as it is.
CREATE TABLE oidc (
    organisation BLOB PRIMARY KEY, issuer TEXT NOT NULL, client TEXT NOT NULL, secret TEXT, claim TEXT NOT NULL,
    matches INTEGER NOT NULL, enabled INTEGER NOT NULL, authority TEXT, revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
