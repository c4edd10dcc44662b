-- Who was in a trigger stage then was shown to the person who saved settings or rules, and agreed to.
ALTER TABLE watches ADD COLUMN agreed_at BIGINT NOT NULL DEFAULT 0;
