-- The postings of connected accounts, as Lever told of them last: for the doctor that finds misspelt
-- tags, and for whatever else depends on a posting without asking Lever again.
CREATE TABLE postings (
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    posting_id TEXT NOT NULL, -- Lever's
    title TEXT NOT NULL, -- empty for one that Lever keeps from the portal
    tags TEXT NOT NULL, -- a JSON array, letter for letter as in Lever
    confidentiality TEXT NOT NULL, -- non-confidential | confidential | hidden
    state TEXT NOT NULL, -- Lever's word: published, internal, closed, draft, pending, rejected
    lever_url TEXT NOT NULL, -- its page in Lever; empty when Lever names none
    alva_tags INTEGER NOT NULL, -- so many of its tags are meant for Alva, well written or not
    findings INTEGER NOT NULL, -- so many things about it want looking at
    seen_at BIGINT NOT NULL, -- when Lever told of it last
    removed_at BIGINT, -- since when Lever does not list it
    PRIMARY KEY (integration_id, posting_id)
);
CREATE INDEX postings_by_title ON postings (integration_id, title, posting_id);
CREATE INDEX postings_for_alva ON postings (integration_id, title, posting_id) WHERE alva_tags > 0;
CREATE INDEX postings_with_findings ON postings (integration_id, title, posting_id) WHERE findings > 0;
