-- Of which events Lever lists webhooks at the account's own address that the portal did not make, Lever's names with a
-- space between; and when Lever's list was read last.
ALTER TABLE watches ADD COLUMN beside TEXT NOT NULL DEFAULT '';
ALTER TABLE watches ADD COLUMN webhooks_listed_at BIGINT;
