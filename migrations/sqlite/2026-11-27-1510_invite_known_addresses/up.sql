-- A company may invite an address that logs in to another company: whoever invites must not learn that it does. An
-- address still logs in to one company. SQLite drops no constraint, so the table is made again; until the end of the
-- transaction nothing has to refer to it.
PRAGMA defer_foreign_keys = ON;
CREATE TABLE users_before AS SELECT * FROM users;
DROP TABLE users;
CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    email TEXT NOT NULL, -- lower case
    name TEXT NOT NULL,
    role TEXT NOT NULL, -- admin | member | auditor
    password_hash TEXT, -- Argon2id, PHC string; none until the invitation is taken up
    created_at BIGINT NOT NULL,
    disabled_at BIGINT
);
INSERT INTO users (id, company_id, email, name, role, password_hash, created_at, disabled_at)
    SELECT id, company_id, email, name, role, password_hash, created_at, disabled_at FROM users_before;
DROP TABLE users_before;
CREATE INDEX users_by_company ON users (company_id, id);
CREATE UNIQUE INDEX users_once_in_company ON users (email, company_id);
CREATE UNIQUE INDEX users_log_in_once ON users (email) WHERE password_hash IS NOT NULL;
