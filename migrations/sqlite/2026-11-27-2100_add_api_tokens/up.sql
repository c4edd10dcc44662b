-- Tokens with which a company's programs use the API. A token itself is shown once and kept nowhere.
CREATE TABLE api_tokens (
    id TEXT PRIMARY KEY NOT NULL,
    company_id TEXT NOT NULL REFERENCES companies (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- What it may do, separated by spaces: 'events:read', 'candidates:read', 'integrations:read', 'audit:read'.
    scopes TEXT NOT NULL,
    -- SHA-256 of the token, hexadecimal.
    token_hash TEXT NOT NULL UNIQUE,
    -- The last four characters of the token, by which people recognise it.
    hint TEXT NOT NULL,
    -- The person who created it.
    created_by TEXT REFERENCES users (id) ON DELETE SET NULL,
    created_at BIGINT NOT NULL,
    -- When it was used last, to the minute; none before its first use.
    last_used_at BIGINT,
    expires_at BIGINT NOT NULL,
    -- When an admin ended it; none while nobody did.
    revoked_at BIGINT
);
CREATE INDEX api_tokens_by_company ON api_tokens (company_id, id);
