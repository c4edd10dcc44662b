-- What postings ask of candidates: a company's profiles by name, one of which may be its default.
CREATE TABLE role_profiles (
    id TEXT NOT NULL PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    name TEXT NOT NULL,
    name_key TEXT NOT NULL, -- the name in lower case, once in a company
    lines TEXT NOT NULL, -- JSON: what counts, which end of the scale, how much
    default_since BIGINT, -- set in one row of a company at most
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX role_profiles_by_name ON role_profiles (company_id, name_key);
CREATE UNIQUE INDEX role_profiles_default ON role_profiles (company_id) WHERE default_since IS NOT NULL;

-- The postings that candidates came with, each with its profile; without one the default counts.
CREATE TABLE profiled_postings (
    id TEXT NOT NULL PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    posting_id TEXT NOT NULL, -- Lever's
    title TEXT NOT NULL,
    search TEXT NOT NULL, -- the title in lower case
    profile_id TEXT REFERENCES role_profiles (id) ON DELETE SET NULL
);
CREATE UNIQUE INDEX profiled_postings_by_posting ON profiled_postings (company_id, posting_id);
CREATE INDEX profiled_postings_by_company ON profiled_postings (company_id, id);
CREATE INDEX profiled_postings_by_profile ON profiled_postings (profile_id);
INSERT INTO profiled_postings (id, company_id, posting_id, title, search)
    SELECT min(id), company_id, posting_id, max(posting_title), lower(max(posting_title))
    FROM candidates WHERE posting_id IS NOT NULL AND posting_title <> ''
    GROUP BY company_id, posting_id;
