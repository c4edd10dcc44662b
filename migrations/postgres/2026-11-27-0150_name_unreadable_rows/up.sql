-- Rows of Lever's lists that a reconciliation could not read and left out: how many, and the ids of the first of them as
-- a JSON array; a row whose id cannot be read either is counted only.
ALTER TABLE reconciliations ADD COLUMN unreadable INTEGER NOT NULL DEFAULT 0;
ALTER TABLE reconciliations ADD COLUMN unreadable_ids TEXT NOT NULL DEFAULT '[]';
-- Whose erasure takes the ids away.
CREATE INDEX reconciliations_with_unreadable ON reconciliations (integration_id) WHERE unreadable > 0;
