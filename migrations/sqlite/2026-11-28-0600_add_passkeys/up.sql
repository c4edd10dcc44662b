-- Passkeys of people (Web Authentication): they log in with one in place of password and code.
CREATE TABLE passkeys (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    credential_hash TEXT NOT NULL, -- of the id that its device knows it by
    credential_sealed BLOB NOT NULL, -- the public key, the counter, and what the device said of itself
    name TEXT NOT NULL, -- as the person calls it
    created_at BIGINT NOT NULL,
    used_at BIGINT -- when it logged in or confirmed last
);

-- By the id that a device answers with: one belongs to one person.
CREATE UNIQUE INDEX passkeys_by_credential ON passkeys (credential_hash);

-- Those of one person: their page, and whether they have a second factor.
CREATE INDEX passkeys_by_user ON passkeys (user_id, id);

-- Questions to passkeys that were answered: none is answered twice. Kept for as long as a question is good.
CREATE TABLE answered_challenges (
    challenge_hash TEXT NOT NULL PRIMARY KEY,
    answered_at BIGINT NOT NULL
);

-- Those that are too old to be answered again.
CREATE INDEX answered_challenges_by_time ON answered_challenges (answered_at);
