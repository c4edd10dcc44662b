-- A second factor: codes of an authenticator app, and recovery codes in its place.
CREATE TABLE second_factors (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id),
    secret_sealed BLOB NOT NULL,
    enrolled_at BIGINT NOT NULL,
    last_step BIGINT NOT NULL -- of the last code that was taken (RFC 6238, T): none is taken twice
);

CREATE TABLE recovery_codes (
    user_id TEXT NOT NULL REFERENCES users (id),
    code_hash TEXT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (user_id, code_hash)
);

-- Of whom the company asks for a second factor: nobody | admins | everybody, and from when on.
ALTER TABLE companies ADD COLUMN second_factor_for TEXT NOT NULL DEFAULT 'nobody';
ALTER TABLE companies ADD COLUMN second_factor_from BIGINT;
