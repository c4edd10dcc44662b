-- What was agreed to before a verification test, as for the first one.
ALTER TABLE verifications ADD COLUMN agreed_version TEXT NOT NULL DEFAULT ''; -- of agreed_texts; empty: begun before it was kept
-- For the worker that removes texts which nothing names.
CREATE INDEX verifications_by_agreed ON verifications (agreed_version);
