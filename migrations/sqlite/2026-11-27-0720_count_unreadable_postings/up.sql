-- Rows of a nightly list that could not be read: how many, and the ids of the first of them (a JSON array).
ALTER TABLE chores ADD COLUMN unreadable INTEGER NOT NULL DEFAULT 0;
ALTER TABLE chores ADD COLUMN unreadable_ids TEXT NOT NULL DEFAULT '[]';
