-- Connected Lever accounts and what is needed to reach them.

CREATE TABLE integrations (
    id TEXT NOT NULL PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    account_name TEXT NOT NULL,
    environment TEXT NOT NULL, -- production | sandbox | eu | custom
    hosts TEXT NOT NULL, -- JSON: the addresses of this account's Lever
    state TEXT NOT NULL, -- setting_up | active | disconnected
    state_reason TEXT NOT NULL DEFAULT '', -- in plain words, for people
    webhook_key TEXT NOT NULL UNIQUE,
    granted_by TEXT REFERENCES users (id),
    granted_at BIGINT,
    scopes TEXT NOT NULL DEFAULT '', -- space-separated, as Lever granted them
    access_token_sealed BLOB,
    refresh_token_sealed BLOB,
    access_expires_at BIGINT,
    grant_version BIGINT NOT NULL DEFAULT 0, -- grows with each new pair of tokens
    refresh_claimed_until BIGINT NOT NULL DEFAULT 0, -- one refresh at a time
    trigger_stage_id TEXT,
    progression_stage_id TEXT,
    blocked_origins TEXT NOT NULL DEFAULT '', -- space-separated
    settings_version BIGINT NOT NULL DEFAULT 0,
    lease_owner TEXT,
    lease_until BIGINT NOT NULL DEFAULT 0,
    signature_failing_since BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX integrations_by_company ON integrations (company_id, id);

-- Signing tokens that deliveries may be signed with; several may be valid at once.
CREATE TABLE signing_tokens (
    id TEXT NOT NULL PRIMARY KEY,
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    token_sealed BLOB NOT NULL,
    hint TEXT NOT NULL, -- the last two characters
    added_at BIGINT NOT NULL,
    retired_at BIGINT,
    last_matched_at BIGINT
);
CREATE INDEX signing_tokens_by_integration ON signing_tokens (integration_id, id);

-- Stages of the account as Lever listed them last; compared by id, shown by name.
CREATE TABLE lever_stages (
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    stage_id TEXT NOT NULL,
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    seen_at BIGINT NOT NULL,
    removed_at BIGINT,
    PRIMARY KEY (integration_id, stage_id)
);

-- Grants that were begun: `state` of the authorization request is used once and bound to a session.
CREATE TABLE oauth_flows (
    state_hash TEXT NOT NULL PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    session_hash TEXT NOT NULL,
    integration_id TEXT REFERENCES integrations (id), -- set when an account is connected again
    environment TEXT NOT NULL,
    hosts TEXT NOT NULL,
    verifier_sealed BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    result_integration_id TEXT -- where a second click on the same answer is led
);
CREATE INDEX oauth_flows_by_expiry ON oauth_flows (expires_at);
