-- Who else receives candidates' data, and on what legal basis, in the company's own words.
ALTER TABLE companies ADD COLUMN data_notice TEXT NOT NULL DEFAULT '';
