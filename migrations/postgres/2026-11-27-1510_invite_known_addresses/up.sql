-- A company may invite an address that logs in to another company: whoever invites must not learn that it does. An
-- address still logs in to one company.
ALTER TABLE users DROP CONSTRAINT users_email_key;
CREATE UNIQUE INDEX users_once_in_company ON users (email, company_id);
CREATE UNIQUE INDEX users_log_in_once ON users (email) WHERE password_hash IS NOT NULL;
