-- What calls of the API with an Idempotency-Key were answered: a call that comes again within a day is answered the same, and
-- nothing is done twice. The key itself is kept nowhere.
CREATE TABLE idempotency_keys (
    id TEXT PRIMARY KEY NOT NULL,
    company_id TEXT NOT NULL REFERENCES companies (id) ON DELETE CASCADE,
    token_id TEXT NOT NULL REFERENCES api_tokens (id) ON DELETE CASCADE,
    -- SHA-256 of the key, hexadecimal.
    key_hash TEXT NOT NULL,
    -- SHA-256 of method, address and body.
    request_hash TEXT NOT NULL,
    -- Whom the answer is about: it goes with the person.
    candidate_id TEXT REFERENCES candidates (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    -- What was answered; none while the call runs.
    status INTEGER,
    body TEXT,
    UNIQUE (token_id, key_hash)
);
-- What is a day old goes.
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
CREATE INDEX idempotency_keys_by_candidate ON idempotency_keys (candidate_id);
CREATE INDEX idempotency_keys_by_company ON idempotency_keys (company_id);

-- The API lists the invitations of a state, the newest first.
CREATE INDEX invitations_in_state ON invitations (company_id, state, id);
