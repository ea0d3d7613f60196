-- SPDX-FileCopyrightText: Melder contributors
-- SPDX-License-Identifier: EUPL-1.2

-- Managed groups that follow a function ("Streife"), wherever in the organisation somebody has it.
CREATE TABLE function_rule (
    managed_group BLOB NOT NULL, folded TEXT NOT NULL, function TEXT NOT NULL, role INTEGER NOT NULL,
    PRIMARY KEY (managed_group, folded)
) STRICT, WITHOUT ROWID;
CREATE INDEX function_rule_by_function ON function_rule (folded);
