-- Results are taken over to a person's next posting. The copy has a row of its own in `sittings`, so
-- that erasing the one does not break the other.

ALTER TABLE companies ADD COLUMN reuse_months INTEGER NOT NULL DEFAULT 24; -- 0: never

-- The invitation whose tests the person took; none for one with tests of its own.
ALTER TABLE invitations ADD COLUMN reused_from TEXT REFERENCES invitations (id) ON DELETE SET NULL;
CREATE INDEX invitations_reused ON invitations (reused_from) WHERE reused_from IS NOT NULL;

-- Who is the same person: the same contact in one account, or the same address in the company.
ALTER TABLE candidates ADD COLUMN email_key TEXT NOT NULL DEFAULT ''; -- lower case; '' without an address
UPDATE candidates SET email_key = LOWER(TRIM(email));
CREATE INDEX candidates_by_address ON candidates (company_id, email_key) WHERE email_key <> '';
