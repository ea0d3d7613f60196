-- SPDX-FileCopyrightText: Melder contributors
-- SPDX-License-Identifier: EUPL-1.2

-- Operations from before there were warnings: of their end they are warned a day ahead.
UPDATE operation SET next_warning = ends - 86400000 WHERE ended = 0 AND next_warning IS NULL;

-- Since when rules hold stands in the audit log, which grows for ever.
CREATE INDEX audit_of_rules ON audit (organisation, action, subject, sequence, time)
WHERE action = 'policy.set' OR action = 'group.policy';
