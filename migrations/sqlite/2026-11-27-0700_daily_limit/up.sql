-- An integration invites at most so many candidates in 24 hours; the invitations above that are held together.
ALTER TABLE companies ADD COLUMN daily_limit INTEGER NOT NULL DEFAULT 500; -- 0: no limit

ALTER TABLE batches ADD COLUMN cause TEXT NOT NULL DEFAULT 'mass_move'; -- mass_move | daily_limit
DROP INDEX batches_open;
CREATE UNIQUE INDEX batches_open ON batches (integration_id, cause) WHERE state = 'held';

CREATE INDEX invitations_by_day ON invitations (integration_id, created_at);
