-- SPDX-FileCopyrightText: Melder contributors
-- SPDX-License-Identifier: EUPL-1.2

-- The operation whose end deleted the account, so that its records can be handed over together.
ALTER TABLE deletion ADD COLUMN operation BLOB;

-- What an organisation says of itself in its documents for data protection: JSON.
CREATE TABLE privacy_contact (
    organisation BLOB PRIMARY KEY, contact TEXT NOT NULL, revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
