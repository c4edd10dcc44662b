-- Background work that waits, in one table: what it is, when it is run, how often it failed and why. Before,
-- each kind of work had columns of its own for that.
CREATE TABLE jobs (
    id TEXT NOT NULL PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    integration_id TEXT REFERENCES integrations (id), -- it runs under this one's lease; none: it needs no Lever
    kind TEXT NOT NULL, -- JobKind
    key TEXT NOT NULL, -- what identifies it among those of its kind
    payload TEXT NOT NULL, -- JSON: the fields of the job's type
    state TEXT NOT NULL, -- waiting | running | failed
    attempts INTEGER NOT NULL, -- that failed, one after the other
    next_attempt_at BIGINT NOT NULL,
    error_code TEXT NOT NULL DEFAULT '', -- JobErrorCode of the last attempt; empty when it did not fail
    error TEXT NOT NULL DEFAULT '', -- the same in words
    created_at BIGINT NOT NULL,
    started_at BIGINT, -- of the last run
    finished_at BIGINT -- of the last run, or when it was given up
);
CREATE UNIQUE INDEX jobs_once ON jobs (kind, key);
CREATE INDEX jobs_due ON jobs (integration_id, next_attempt_at) WHERE state <> 'failed';
CREATE INDEX jobs_by_company ON jobs (company_id, id);
CREATE INDEX jobs_failed ON jobs (company_id, id) WHERE state = 'failed';

-- Who was written to about what, so that a mail that failed half-way is not sent twice to the others.
CREATE TABLE admin_notices (
    about TEXT NOT NULL, -- alert_begun | alert_over | bulk_move
    subject_id TEXT NOT NULL, -- of the alert or the bulk move
    user_id TEXT NOT NULL REFERENCES users (id),
    sent_at BIGINT NOT NULL,
    PRIMARY KEY (about, subject_id, user_id)
);
INSERT INTO admin_notices (about, subject_id, user_id, sent_at)
    SELECT 'alert_' || about, alert_id, user_id, sent_at FROM alert_letters;
INSERT INTO admin_notices (about, subject_id, user_id, sent_at)
    SELECT 'bulk_move', batch_id, user_id, sent_at FROM batch_letters;

-- What is pending moves over. The ids sort by the time of the migration, as ids made then would.
CREATE TABLE moved_jobs (
    company_id TEXT NOT NULL,
    integration_id TEXT,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    payload TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_attempt_at BIGINT NOT NULL,
    created_at BIGINT
);
INSERT INTO moved_jobs
    SELECT i.company_id, i.id, 'check_access', i.id, '{}', 0, w.next_check_at, NULL
    FROM watches w JOIN integrations i ON i.id = w.integration_id;
INSERT INTO moved_jobs
    SELECT i.company_id, i.id, 'plan_reconciliation', i.id, '{}', 0, w.next_reconcile_at, NULL
    FROM watches w JOIN integrations i ON i.id = w.integration_id;
INSERT INTO moved_jobs
    SELECT company_id, integration_id, 'reconcile', integration_id, '{"run":"' || id || '"}', attempts,
        next_attempt_at, started_at
    FROM reconciliations WHERE finished_at IS NULL;
INSERT INTO moved_jobs
    SELECT company_id, integration_id, 'notify_admins', 'alert/' || id, '{"alert":"' || id || '"}', 0, try_at, since
    FROM alerts
    WHERE (told_at IS NULL AND recovered_at IS NULL)
        OR (told_at IS NOT NULL AND recovered_at IS NOT NULL AND recovery_told_at IS NULL);
INSERT INTO moved_jobs
    SELECT company_id, integration_id, 'send_alert_webhook', id, '{"delivery":"' || id || '"}', attempts,
        next_attempt_at, created_at
    FROM alert_posts WHERE finished_at IS NULL AND integration_id IS NOT NULL;
INSERT INTO moved_jobs
    SELECT i.company_id, i.id,
        CASE c.kind WHEN 'postings' THEN 'read_postings' WHEN 'heartbeat' THEN 'test_integration'
            WHEN 'completeness' THEN 'plan_day_counts' ELSE 'find_unknown_candidates' END,
        i.id, '{}', c.attempts, c.next_at, c.began_at
    FROM chores c JOIN integrations i ON i.id = c.integration_id;
INSERT INTO moved_jobs
    SELECT i.company_id, i.id, 'count_day', i.id || '/' || d.day, '{"day":"' || d.day || '"}', d.attempts,
        d.next_attempt_at, NULL
    FROM completeness_days d JOIN integrations i ON i.id = d.integration_id WHERE d.state = 'asked';
INSERT INTO moved_jobs
    SELECT company_id, integration_id, 'release_bulk_move', id, '{"bulk_move":"' || id || '"}', 0, release_at, opened_at
    FROM batches WHERE state = 'held';
INSERT INTO moved_jobs
    SELECT company_id, integration_id, 'notify_admins', 'bulk_move/' || id, '{"bulk_move":"' || id || '"}', 0, tell_at,
        opened_at
    FROM batches WHERE told_at IS NULL AND state = 'held';
INSERT INTO moved_jobs
    SELECT company_id, NULL, 'poll_test_order', reference, '{"reference":"' || reference || '"}', attempts, next_at,
        created_at
    FROM test_orders WHERE state <> 'done';
INSERT INTO jobs (id, company_id, integration_id, kind, key, payload, state, attempts, next_attempt_at, created_at)
    SELECT substr(printf('%012x', now), 1, 8) || '-' || substr(printf('%012x', now), 9, 4)
            || '-7' || substr(lower(hex(randomblob(2))), 2) || '-8' || substr(lower(hex(randomblob(2))), 2)
            || '-' || lower(hex(randomblob(6))),
        company_id, integration_id, kind, key, payload, 'waiting', attempts, next_attempt_at, coalesce(created_at, now)
    FROM moved_jobs CROSS JOIN (SELECT CAST(strftime('%s', 'now') AS INTEGER) * 1000 AS now);
DROP TABLE moved_jobs;

-- What stood in columns and tables of its own.
DROP TABLE alert_letters;
DROP TABLE batch_letters;
DROP INDEX alerts_untold;
ALTER TABLE alerts DROP COLUMN try_at;
DROP INDEX alert_posts_open;
ALTER TABLE alert_posts DROP COLUMN next_attempt_at;
DROP INDEX batches_untold;
ALTER TABLE batches DROP COLUMN tell_at;
ALTER TABLE batches DROP COLUMN told_at;
DROP INDEX chores_due;
ALTER TABLE chores DROP COLUMN next_at;
ALTER TABLE chores DROP COLUMN attempts;
DROP INDEX completeness_asked;
ALTER TABLE completeness_days DROP COLUMN attempts;
ALTER TABLE completeness_days DROP COLUMN next_attempt_at;
ALTER TABLE reconciliations DROP COLUMN attempts;
ALTER TABLE reconciliations DROP COLUMN next_attempt_at;
DROP INDEX test_orders_due;
ALTER TABLE test_orders DROP COLUMN attempts;
ALTER TABLE test_orders DROP COLUMN next_at;
ALTER TABLE watches DROP COLUMN next_check_at;
ALTER TABLE watches DROP COLUMN next_reconcile_at;
