-- What a candidate answers, and the result. A row is there from consent until the candidate
-- withdraws or is erased; how far it came stands in the invitation's state.
CREATE TABLE sittings (
    invitation_id TEXT NOT NULL PRIMARY KEY REFERENCES invitations (id) ON DELETE CASCADE,
    company_id TEXT NOT NULL REFERENCES companies (id),
    answers_sealed BLOB NOT NULL, -- the sitting as JSON: its seed would tell the tasks to come
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    result TEXT -- JSON, once all tests are done
);
CREATE INDEX sittings_by_company ON sittings (company_id, finished_at);

-- More time for the tasks of the logic test, in percent of the usual: set by the company.
ALTER TABLE invitations ADD COLUMN time_percent INTEGER NOT NULL DEFAULT 100;
