-- Tasks that a test carries without counting them, for those who let their answers improve the tests.
ALTER TABLE companies ADD COLUMN pilot_tasks INTEGER NOT NULL DEFAULT 0; -- 0 to 3

-- Texts that no sitting names any more are removed.
CREATE INDEX sittings_by_agreed ON sittings (agreed_version);
