-- Companies, the people who sign in, and what they did.
-- Times are milliseconds since 1970 UTC. Ids are UUIDs version 7 as text.

CREATE TABLE companies (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    support_contact TEXT NOT NULL DEFAULT '',
    time_zone TEXT NOT NULL DEFAULT 'UTC',
    retention_months INTEGER NOT NULL DEFAULT 24,
    created_at BIGINT NOT NULL
);

CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    email TEXT NOT NULL UNIQUE, -- lower case
    name TEXT NOT NULL,
    role TEXT NOT NULL, -- admin | member | auditor
    password_hash TEXT, -- Argon2id, PHC string; none until the invitation is taken up
    created_at BIGINT NOT NULL,
    disabled_at BIGINT
);
CREATE INDEX users_by_company ON users (company_id, id);

-- One-time codes: first set-up, invitations, password resets. Only hashes are kept.
CREATE TABLE codes (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL, -- setup | invite | reset
    code_hash TEXT NOT NULL UNIQUE,
    user_id TEXT REFERENCES users (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX codes_by_user ON codes (user_id, kind);

CREATE TABLE sessions (
    key_hash TEXT NOT NULL PRIMARY KEY,
    user_id TEXT REFERENCES users (id),
    state_sealed BYTEA NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Append only. Each row carries the hash of the row before it in its company.
CREATE TABLE audit_log (
    id TEXT NOT NULL PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL, -- who: an address, or a word such as "portal"
    actor_id TEXT,
    action TEXT NOT NULL,
    subject TEXT NOT NULL, -- what was changed
    detail TEXT NOT NULL, -- JSON
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    UNIQUE (company_id, seq)
);
CREATE INDEX audit_by_company ON audit_log (company_id, id);
