-- More of the life of connected accounts: what is done every night, how their pipeline changes, alerts
-- to a machine, and the proof that every day is complete.

ALTER TABLE watches ADD COLUMN answer_ms BIGINT; -- how long Lever took to answer the last check
ALTER TABLE watches ADD COLUMN setup_until BIGINT NOT NULL DEFAULT 0; -- somebody makes webhooks until then

-- What is done for an account by schedule. It goes on where it stopped.
CREATE TABLE chores (
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    kind TEXT NOT NULL, -- postings | heartbeat | completeness
    next_at BIGINT NOT NULL,
    began_at BIGINT, -- of the one that is under way
    page TEXT, -- Lever's token of the page to read next
    attempts INTEGER NOT NULL DEFAULT 0,
    done_at BIGINT,
    failure TEXT NOT NULL DEFAULT '', -- in plain words; empty when it was done
    PRIMARY KEY (integration_id, kind)
);
CREATE INDEX chores_due ON chores (next_at);
INSERT INTO chores (integration_id, kind, next_at)
    SELECT integrations.id, kinds.kind, 0 FROM integrations
    CROSS JOIN (SELECT 'postings' AS kind UNION SELECT 'heartbeat' UNION SELECT 'completeness') AS kinds;

-- Stages that were renamed, removed or moved in Lever.
CREATE TABLE stage_changes (
    id TEXT NOT NULL PRIMARY KEY,
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    stage_id TEXT NOT NULL, -- Lever's
    kind TEXT NOT NULL, -- renamed | removed | returned | moved
    before TEXT NOT NULL, -- the name, or the place among the others
    after TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX stage_changes_by_integration ON stage_changes (integration_id, id);

-- What the last test of an account found.
CREATE TABLE checkups (
    integration_id TEXT NOT NULL PRIMARY KEY REFERENCES integrations (id),
    at BIGINT NOT NULL,
    points TEXT NOT NULL -- a JSON array
);

-- Where a company's alerts are posted to, signed as Standard Webhooks.
CREATE TABLE alert_hooks (
    company_id TEXT NOT NULL PRIMARY KEY REFERENCES companies (id),
    url TEXT NOT NULL,
    secret_sealed BYTEA NOT NULL,
    previous_sealed BYTEA, -- still signs beside the new one until then
    previous_until BIGINT,
    turned_off TEXT NOT NULL DEFAULT '', -- why nothing is posted any more, in plain words
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- What was posted there, or is to be.
CREATE TABLE alert_posts (
    id TEXT NOT NULL PRIMARY KEY, -- the webhook-id: the same for each attempt
    company_id TEXT NOT NULL REFERENCES companies (id),
    integration_id TEXT REFERENCES integrations (id), -- none for a test
    alert_id TEXT REFERENCES alerts (id) ON DELETE CASCADE,
    about TEXT NOT NULL, -- begun | over | test
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at BIGINT NOT NULL DEFAULT 0,
    tried_at BIGINT,
    status INTEGER, -- of the last answer; none when there was none
    answer TEXT NOT NULL DEFAULT '', -- the last answer's beginning, or why there was none
    duration_ms BIGINT,
    finished_at BIGINT
);
CREATE UNIQUE INDEX alert_posts_once ON alert_posts (alert_id, about);
CREATE INDEX alert_posts_open ON alert_posts (integration_id, next_attempt_at) WHERE finished_at IS NULL;
CREATE INDEX alert_posts_by_company ON alert_posts (company_id, id);

-- Day by day: what Lever lists against what was received against what was acted on.
CREATE TABLE completeness_days (
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    day TEXT NOT NULL, -- 2026-11-23, in the company's time zone
    state TEXT NOT NULL, -- asked | counted | failed
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    step TEXT NOT NULL, -- changed | deleted
    page TEXT, -- Lever's token of the page to read next
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at BIGINT NOT NULL DEFAULT 0,
    counted_at BIGINT,
    failure TEXT NOT NULL DEFAULT '', -- in plain words
    PRIMARY KEY (integration_id, day)
);
CREATE INDEX completeness_asked ON completeness_days (integration_id, next_attempt_at) WHERE state = 'asked';
CREATE TABLE completeness_counts (
    integration_id TEXT NOT NULL,
    day TEXT NOT NULL,
    kind TEXT NOT NULL, -- Lever's name of the event
    origin TEXT NOT NULL, -- Lever's word for the candidate's; empty where it does not matter
    listed INTEGER NOT NULL,
    received INTEGER NOT NULL,
    acted INTEGER NOT NULL,
    PRIMARY KEY (integration_id, day, kind, origin),
    FOREIGN KEY (integration_id, day) REFERENCES completeness_days (integration_id, day) ON DELETE CASCADE
);
-- The difference by name. Who it is goes when the person is erased.
CREATE TABLE completeness_gaps (
    id TEXT NOT NULL PRIMARY KEY,
    integration_id TEXT NOT NULL,
    day TEXT NOT NULL,
    opportunity_id TEXT NOT NULL,
    name TEXT NOT NULL, -- as Lever has it
    kind TEXT NOT NULL,
    origin TEXT NOT NULL,
    at BIGINT NOT NULL, -- when Lever says that it happened
    what TEXT NOT NULL, -- not_received | not_acted
    detail TEXT NOT NULL,
    event_id TEXT REFERENCES events (id) ON DELETE SET NULL,
    FOREIGN KEY (integration_id, day) REFERENCES completeness_days (integration_id, day) ON DELETE CASCADE
);
CREATE INDEX completeness_gaps_by_day ON completeness_gaps (integration_id, day, id);
CREATE INDEX completeness_gaps_of_person ON completeness_gaps (integration_id, opportunity_id);
