-- Log-in at a company's own provider (OpenID Connect): the provider, whom of the company's people it knows, and which
-- sessions began there.
CREATE TABLE sso_providers (
    company_id TEXT PRIMARY KEY NOT NULL REFERENCES companies (id) ON DELETE CASCADE,
    -- 'off', 'optional' or 'enforced'.
    state TEXT NOT NULL,
    -- 'google', 'entra', 'okta' or 'other'.
    preset TEXT NOT NULL,
    issuer TEXT NOT NULL,
    client_id TEXT NOT NULL,
    client_secret_sealed BLOB NOT NULL,
    -- Where the ID token lists groups.
    groups_claim TEXT NOT NULL,
    -- Which role each group has, in the order in which they are looked at: JSON, [["group","role"],…].
    group_roles TEXT NOT NULL,
    -- The role of people in none of them: a role, or 'none'.
    role_without_group TEXT NOT NULL,
    -- Grows with each change.
    version BIGINT NOT NULL,
    -- Which of them was tried to its end.
    tested_version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Whose addresses a provider may vouch for. The log-in page looks a domain up.
CREATE TABLE sso_domains (
    domain TEXT NOT NULL,
    company_id TEXT NOT NULL REFERENCES sso_providers (company_id) ON DELETE CASCADE,
    PRIMARY KEY (domain, company_id)
);
CREATE INDEX sso_domains_by_company ON sso_domains (company_id);

-- Who a provider's people are here. A log-in looks one up.
CREATE TABLE sso_identities (
    company_id TEXT NOT NULL REFERENCES companies (id) ON DELETE CASCADE,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    linked_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (company_id, issuer, subject)
);
CREATE UNIQUE INDEX sso_identities_once ON sso_identities (user_id, issuer);

-- Sessions that began at a provider, so that the provider can end them.
CREATE TABLE sso_sessions (
    session_name TEXT PRIMARY KEY NOT NULL,
    company_id TEXT NOT NULL REFERENCES companies (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- The provider's own name for the session; may be empty.
    sid TEXT NOT NULL,
    -- No session lasts longer.
    expires_at BIGINT NOT NULL
);
-- A log-out names a person, or a session of the provider.
CREATE INDEX sso_sessions_by_subject ON sso_sessions (company_id, subject);
CREATE INDEX sso_sessions_by_sid ON sso_sessions (company_id, sid);
CREATE INDEX sso_sessions_by_user ON sso_sessions (user_id);
-- Those that are over are forgotten.
CREATE INDEX sso_sessions_by_expiry ON sso_sessions (expires_at);
