-- A mass move in Lever: its invitations are held for a while, and can be taken back together.

ALTER TABLE companies ADD COLUMN hold_above INTEGER NOT NULL DEFAULT 10; -- candidates; 0: never held
ALTER TABLE companies ADD COLUMN hold_minutes INTEGER NOT NULL DEFAULT 5;

CREATE TABLE batches (
    id TEXT NOT NULL PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    stage_id TEXT NOT NULL, -- where the candidates were moved to
    first_at BIGINT NOT NULL, -- when Lever says that the first and the last of them were moved
    last_at BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    release_at BIGINT NOT NULL, -- the invitations go out by themselves
    state TEXT NOT NULL, -- held | sent | undone
    sent_at BIGINT,
    undone_at BIGINT,
    ended_by TEXT REFERENCES users (id), -- who pressed the button; none: the time was over
    tell_at BIGINT NOT NULL, -- admins are not written to before
    told_at BIGINT -- when all of them had been
);
CREATE UNIQUE INDEX batches_open ON batches (integration_id) WHERE state = 'held';
CREATE INDEX batches_by_integration ON batches (integration_id, id);
CREATE INDEX batches_by_company ON batches (company_id, id);
CREATE INDEX batches_untold ON batches (integration_id) WHERE told_at IS NULL;

-- The moves of a batch. Who it is stands in the event, where it can be erased.
CREATE TABLE batch_events (
    batch_id TEXT NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
    event_id TEXT NOT NULL REFERENCES events (id) ON DELETE CASCADE,
    PRIMARY KEY (batch_id, event_id)
);
CREATE INDEX batch_events_by_event ON batch_events (event_id);
CREATE INDEX invitations_by_event ON invitations (event_id) WHERE event_id IS NOT NULL;

-- Who was written to, so that a mail that failed half-way is not sent twice to the others.
CREATE TABLE batch_letters (
    batch_id TEXT NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id),
    sent_at BIGINT NOT NULL,
    PRIMARY KEY (batch_id, user_id)
);
