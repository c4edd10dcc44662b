-- How connected accounts are watched over: health checks, what admins are told of, reconciliation.

CREATE TABLE watches (
    integration_id TEXT NOT NULL PRIMARY KEY REFERENCES integrations (id),
    stage_id TEXT, -- the trigger stage, and since when it is that
    stage_since BIGINT NOT NULL,
    next_check_at BIGINT NOT NULL,
    checked_at BIGINT,
    check_failure TEXT NOT NULL DEFAULT '', -- in plain words; empty after a good check
    next_reconcile_at BIGINT NOT NULL
);
INSERT INTO watches (integration_id, stage_id, stage_since, next_check_at, next_reconcile_at)
    SELECT id, trigger_stage_id, updated_at, 0, 0 FROM integrations;

-- What is wrong with an account for a while. Its admins are told once, and once when it is over.
CREATE TABLE alerts (
    id TEXT NOT NULL PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    kind TEXT NOT NULL, -- access_revoked | signatures_failing | events_failing
    since BIGINT NOT NULL,
    told_at BIGINT,
    recovered_at BIGINT,
    recovery_told_at BIGINT,
    try_at BIGINT NOT NULL DEFAULT 0 -- mail is not tried before
);
CREATE UNIQUE INDEX alerts_open ON alerts (integration_id, kind) WHERE recovered_at IS NULL;
CREATE INDEX alerts_by_integration ON alerts (integration_id, id);
CREATE INDEX alerts_untold ON alerts (try_at) WHERE told_at IS NULL OR recovery_told_at IS NULL;

-- Who was written to, so that a mail that failed half-way is not sent twice to the others.
CREATE TABLE alert_letters (
    alert_id TEXT NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id),
    about TEXT NOT NULL, -- begun | over
    sent_at BIGINT NOT NULL,
    PRIMARY KEY (alert_id, user_id, about)
);

-- Comparisons of Lever's own list with what was received. A run goes on where it stopped.
CREATE TABLE reconciliations (
    id TEXT NOT NULL PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    cause TEXT NOT NULL, -- schedule | reconnect | sync
    asked_by TEXT REFERENCES users (id),
    since BIGINT NOT NULL, -- changes and deletions are looked at from then on
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    step TEXT NOT NULL, -- stage | changed | deleted
    page TEXT, -- Lever's token of the page to read next
    listed INTEGER NOT NULL DEFAULT 0,
    missing INTEGER NOT NULL DEFAULT 0,
    failure TEXT NOT NULL DEFAULT '', -- in plain words
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX reconciliations_open ON reconciliations (integration_id) WHERE finished_at IS NULL;
CREATE INDEX reconciliations_by_integration ON reconciliations (integration_id, id);

-- What a run found missing: an event of its own each. Who it is stands in the event, where it can be erased.
CREATE TABLE reconciliation_findings (
    reconciliation_id TEXT NOT NULL REFERENCES reconciliations (id) ON DELETE CASCADE,
    event_id TEXT NOT NULL REFERENCES events (id) ON DELETE CASCADE,
    PRIMARY KEY (reconciliation_id, event_id)
);
