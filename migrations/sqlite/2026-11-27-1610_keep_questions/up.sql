-- What waits for a colleague's decision about a candidate; the row goes when it is decided, or when the candidate goes.
CREATE TABLE questions (
    candidate_id TEXT NOT NULL REFERENCES candidates (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    company_id TEXT NOT NULL REFERENCES companies (id) ON DELETE CASCADE,
    integration_id TEXT NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
    event_id TEXT NOT NULL REFERENCES events (id) ON DELETE CASCADE,
    asked_at BIGINT NOT NULL,
    PRIMARY KEY (candidate_id, kind)
);
CREATE INDEX questions_by_company ON questions (company_id, asked_at);
CREATE INDEX questions_by_integration ON questions (integration_id, asked_at);
CREATE INDEX questions_by_event ON questions (event_id);

-- What was asked before this table was there, and is still open.
INSERT INTO questions (candidate_id, kind, company_id, integration_id, event_id, asked_at)
SELECT c.id, e.outcome, c.company_id, c.integration_id, MAX(e.id), MAX(e.received_at)
FROM events e
JOIN candidates c ON c.integration_id = e.integration_id AND c.opportunity_id = e.opportunity_id
WHERE e.state = 'done' AND e.outcome IN ('same_address', 'deletion_held') AND c.hired_at IS NULL
    AND (e.outcome = 'deletion_held' OR NOT EXISTS (
        SELECT 1 FROM invitations i WHERE i.candidate_id = c.id AND i.created_at >= e.received_at))
GROUP BY c.id, e.outcome, c.company_id, c.integration_id;

-- So many of what a reconciliation found missing had been reported by a webhook, and nothing had come of it.
ALTER TABLE reconciliations ADD COLUMN reported INTEGER NOT NULL DEFAULT 0;
