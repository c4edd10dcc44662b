-- The event log and the queue: every delivery from Lever, and what it caused.

CREATE TABLE events (
    id TEXT NOT NULL PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    dedupe_key TEXT NOT NULL, -- the delivery's token; unique in an integration
    lever_id TEXT,
    kind TEXT NOT NULL, -- Lever's name of the event, as sent; '' for a call without one
    state TEXT NOT NULL, -- waiting | quarantined | check | malformed | queued | done | ignored | failed
    outcome TEXT NOT NULL DEFAULT '', -- one word: what it caused
    reason TEXT NOT NULL DEFAULT '', -- in plain words
    opportunity_id TEXT,
    contact_id TEXT,
    from_stage_id TEXT,
    to_stage_id TEXT,
    triggered_at BIGINT,
    received_at BIGINT NOT NULL,
    verified_at BIGINT,
    kept_at BIGINT NOT NULL,
    answered_status INTEGER NOT NULL,
    signing_token_id TEXT,
    headers TEXT NOT NULL, -- JSON, without secrets
    body BLOB NOT NULL, -- exactly as it came
    duplicates INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at BIGINT NOT NULL DEFAULT 0,
    finished_at BIGINT,
    UNIQUE (integration_id, dedupe_key)
);
CREATE INDEX events_by_company ON events (company_id, id);
CREATE INDEX events_by_state ON events (company_id, state, id);
CREATE INDEX events_by_kind ON events (company_id, kind, id);
CREATE INDEX events_by_integration ON events (integration_id, state, id);
CREATE INDEX events_by_opportunity ON events (integration_id, opportunity_id, id);
CREATE INDEX events_queue ON events (integration_id, next_attempt_at, id) WHERE state = 'queued';

-- The timeline of an event, in order of `id`.
CREATE TABLE event_steps (
    id TEXT NOT NULL PRIMARY KEY,
    event_id TEXT NOT NULL REFERENCES events (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    status TEXT NOT NULL, -- good | waiting | attention | failed
    duration_ms BIGINT,
    exchange TEXT -- JSON: a call to Lever and its answer
);
CREATE INDEX event_steps_by_event ON event_steps (event_id, id);
