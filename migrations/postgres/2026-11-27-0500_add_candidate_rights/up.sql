-- What candidates are owed: where to read about their data, which text they agreed to, a person who looks at the
-- result when they ask for it, and the same tests once.

ALTER TABLE companies ADD COLUMN privacy_url TEXT NOT NULL DEFAULT ''; -- the company's privacy notice; empty: none
ALTER TABLE companies ADD COLUMN questionnaire TEXT NOT NULL DEFAULT 'own'; -- own | ipip_neo
ALTER TABLE companies ADD COLUMN counts_groups INTEGER NOT NULL DEFAULT 0; -- 1: candidates may say which groups they belong to

-- The texts that candidates agreed to, each once, by what it says.
CREATE TABLE agreed_texts (
    version TEXT NOT NULL PRIMARY KEY, -- hash of language and text
    language TEXT NOT NULL,
    text TEXT NOT NULL,
    last_used_at BIGINT NOT NULL
);

ALTER TABLE sittings ADD COLUMN agreed_version TEXT NOT NULL DEFAULT ''; -- of agreed_texts; empty: begun before texts were kept, or elsewhere
ALTER TABLE sittings ADD COLUMN review_asked_at BIGINT; -- the candidate asks for a person to look at the result
ALTER TABLE sittings ADD COLUMN review_text TEXT NOT NULL DEFAULT ''; -- what they say about it
ALTER TABLE sittings ADD COLUMN review_answered_at BIGINT; -- the company says that somebody has
ALTER TABLE sittings ADD COLUMN groups_asked INTEGER NOT NULL DEFAULT 0; -- 1: answered the question about groups, whatever the answer

-- Who withdrew after having seen a result: nothing but that, so that the company is asked before it invites again.
CREATE TABLE withdrawal_marks (
    id TEXT NOT NULL PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    address_hash TEXT NOT NULL,
    withdrawn_at BIGINT NOT NULL,
    -- The candidate of the same address who was not invited because of it, until the company decides.
    asks_about TEXT REFERENCES candidates (id) ON DELETE SET NULL
);
CREATE INDEX withdrawal_marks_by_address ON withdrawal_marks (company_id, address_hash);
CREATE INDEX withdrawal_marks_asking ON withdrawal_marks (asks_about) WHERE asks_about IS NOT NULL;

-- How many people of each group reached which score. Nothing leads from here to a person.
CREATE TABLE group_counts (
    company_id TEXT NOT NULL REFERENCES companies (id),
    question TEXT NOT NULL, -- sex | age
    answer TEXT NOT NULL,
    band TEXT NOT NULL, -- low | middle | high
    people INTEGER NOT NULL,
    PRIMARY KEY (company_id, question, answer, band)
);
CREATE INDEX sittings_review ON sittings (company_id, review_asked_at) WHERE review_asked_at IS NOT NULL AND review_answered_at IS NULL;

-- A second logic test under supervision, once for a result: do both say the same?
CREATE TABLE verifications (
    invitation_id TEXT NOT NULL PRIMARY KEY REFERENCES invitations (id) ON DELETE CASCADE,
    company_id TEXT NOT NULL REFERENCES companies (id),
    code_hash TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL, -- until when it can be begun
    started_at BIGINT,
    finished_at BIGINT,
    answers_sealed BYTEA NOT NULL, -- the run of the logic test
    result TEXT -- JSON of its score; empty until it is finished
);

-- The candidate asks for more time, or help, before the tests begin; empty again once the company has set the time.
ALTER TABLE invitations ADD COLUMN time_asked_at BIGINT;
CREATE INDEX invitations_time_asked ON invitations (company_id, time_asked_at) WHERE time_asked_at IS NOT NULL;
