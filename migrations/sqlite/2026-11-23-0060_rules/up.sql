-- Which tests candidates get, and rules that differ by posting.

ALTER TABLE companies ADD COLUMN default_tests TEXT NOT NULL DEFAULT 'both'; -- both | logic | personality
ALTER TABLE companies ADD COLUMN ask_again_above INTEGER NOT NULL DEFAULT 20;

-- Invites one candidate, when somebody put it there; '' when switched off.
ALTER TABLE integrations ADD COLUMN candidate_tag TEXT NOT NULL DEFAULT 'Alva: Invite';

CREATE TABLE rules (
    id TEXT NOT NULL PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    scope TEXT NOT NULL, -- posting | tag | every
    scope_value TEXT NOT NULL, -- the posting's id, the tag, or ''
    title TEXT NOT NULL, -- the posting's title when the rule was saved; otherwise as scope_value
    trigger_stage_id TEXT NOT NULL, -- '' for postings without tests
    progression_stage_id TEXT,
    tests TEXT NOT NULL, -- default | both | logic | personality | none
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (integration_id, scope, scope_value, trigger_stage_id)
);

-- What the rule that invited says, kept for the time after the rule.
ALTER TABLE invitations ADD COLUMN tests TEXT NOT NULL DEFAULT 'both'; -- both | logic | personality
ALTER TABLE invitations ADD COLUMN rule_id TEXT; -- NULL: the account's own settings
ALTER TABLE invitations ADD COLUMN progression_stage_id TEXT;
UPDATE invitations SET progression_stage_id =
    (SELECT progression_stage_id FROM integrations WHERE integrations.id = invitations.integration_id);

-- Who entered a trigger stage since then is invited by a reconciliation. Saving rules after seeing whom
-- they invite sets it back, so that those who are there already follow.
ALTER TABLE watches ADD COLUMN entered_since BIGINT NOT NULL DEFAULT 0;
UPDATE watches SET entered_since = stage_since;
