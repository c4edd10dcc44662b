-- What an alert is about where there may be several of a kind: stages, or permissions.
ALTER TABLE alerts ADD COLUMN subject TEXT NOT NULL DEFAULT '';
DROP INDEX alerts_open;
CREATE UNIQUE INDEX alerts_open ON alerts (integration_id, kind, subject) WHERE recovered_at IS NULL;

-- Candidates whom Lever does not show any more: since when, and when Lever was last asked for one by id.
ALTER TABLE candidates ADD COLUMN unknown_since BIGINT;
ALTER TABLE candidates ADD COLUMN looked_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX candidates_by_look ON candidates (integration_id, looked_at, id);
INSERT INTO chores (integration_id, kind, next_at, attempts, failure)
    SELECT integration_id, 'unseen', next_at, 0, '' FROM chores WHERE kind = 'heartbeat';
