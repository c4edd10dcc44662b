-- Actions that no event waits for have a queue of their own: those after a candidate's answers.
ALTER TABLE actions ADD COLUMN next_attempt_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX actions_waiting ON actions (integration_id, next_attempt_at)
    WHERE state = 'planned' AND event_id IS NULL;
