-- Candidates, their invitations, and the effects outside the portal.

CREATE TABLE candidates (
    id TEXT NOT NULL PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    opportunity_id TEXT NOT NULL,
    contact_id TEXT,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    posting_id TEXT,
    posting_title TEXT NOT NULL,
    stage_id TEXT,
    origin TEXT NOT NULL,
    lever_url TEXT NOT NULL,
    search TEXT NOT NULL, -- lower case: name, address, posting, ids
    fetched_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    hired_at BIGINT,
    UNIQUE (integration_id, opportunity_id)
);
CREATE INDEX candidates_by_company ON candidates (company_id, id);

CREATE TABLE invitations (
    id TEXT NOT NULL PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    candidate_id TEXT NOT NULL REFERENCES candidates (id) ON DELETE CASCADE,
    opportunity_id TEXT NOT NULL,
    posting_id TEXT NOT NULL, -- '' when the opportunity has no posting
    posting_title TEXT NOT NULL,
    state TEXT NOT NULL, -- pending | sent | opened | failed | cancelled
    reason TEXT NOT NULL, -- why: the rule that decided
    event_id TEXT,
    code_hash TEXT NOT NULL UNIQUE,
    code_sealed BYTEA, -- until the mail is out
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    sent_at BIGINT,
    opened_at BIGINT,
    UNIQUE (integration_id, opportunity_id, posting_id)
);
CREATE INDEX invitations_by_candidate ON invitations (candidate_id, id);
CREATE INDEX invitations_by_company ON invitations (company_id, id);

-- Each effect is written down before it is tried; its key makes it happen once.
CREATE TABLE actions (
    id TEXT NOT NULL PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    event_id TEXT REFERENCES events (id) ON DELETE SET NULL,
    invitation_id TEXT REFERENCES invitations (id) ON DELETE CASCADE,
    kind TEXT NOT NULL, -- mail_invitation | add_tag
    dedupe_key TEXT NOT NULL UNIQUE,
    payload TEXT NOT NULL, -- JSON, without secrets
    state TEXT NOT NULL, -- planned | done | failed
    reason TEXT NOT NULL DEFAULT '',
    attempts INTEGER NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX actions_by_event ON actions (event_id, id);
CREATE INDEX actions_by_invitation ON actions (invitation_id, id);
