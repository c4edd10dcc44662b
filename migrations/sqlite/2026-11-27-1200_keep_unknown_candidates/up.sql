-- When a colleague decided that a candidate whom Lever does not show is not deleted: the nightly search erases nobody
-- who has it. Empty again once Lever shows the candidate.
ALTER TABLE candidates ADD COLUMN kept_at BIGINT;
