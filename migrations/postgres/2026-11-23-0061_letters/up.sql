-- What candidates are mailed, in the company's words, and what became of each mail.

CREATE TABLE mail_settings (
    company_id TEXT NOT NULL PRIMARY KEY REFERENCES companies (id) ON DELETE CASCADE,
    language TEXT NOT NULL, -- of candidates whose own is not known
    good_for_days INTEGER NOT NULL,
    reminders_most INTEGER NOT NULL -- 0: none
);

-- Only what differs from the texts that are built in.
CREATE TABLE mail_texts (
    company_id TEXT NOT NULL REFERENCES companies (id) ON DELETE CASCADE,
    kind TEXT NOT NULL, -- invitation | reminder
    language TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (company_id, kind, language)
);

ALTER TABLE invitations ADD COLUMN language TEXT NOT NULL DEFAULT ''; -- '' until it is mailed
ALTER TABLE invitations ADD COLUMN mailing INTEGER NOT NULL DEFAULT 0; -- how often it was sent again
ALTER TABLE invitations ADD COLUMN reminded_at BIGINT;
ALTER TABLE invitations ADD COLUMN mail_failure TEXT NOT NULL DEFAULT ''; -- the mail server's words
ALTER TABLE invitations ADD COLUMN ended_reason TEXT NOT NULL DEFAULT ''; -- why it was cancelled
CREATE INDEX invitations_ending ON invitations (integration_id, expires_at)
    WHERE state IN ('pending', 'sent', 'opened');

-- Links in place of which a newer one was mailed.
CREATE TABLE replaced_links (
    code_hash TEXT NOT NULL PRIMARY KEY,
    invitation_id TEXT NOT NULL REFERENCES invitations (id) ON DELETE CASCADE,
    replaced_at BIGINT NOT NULL
);
CREATE INDEX replaced_links_by_invitation ON replaced_links (invitation_id);
