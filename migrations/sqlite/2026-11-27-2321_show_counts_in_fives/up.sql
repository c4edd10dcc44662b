-- Counts by group as they are shown: brought up to date when five more people have answered, so that nobody's answer can be seen by
-- looking before and after it.
ALTER TABLE group_counts ADD COLUMN shown INTEGER NOT NULL DEFAULT 0;
UPDATE group_counts SET shown = people;
