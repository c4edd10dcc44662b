-- The move that an application's history showed before a webhook reported it: to which stage, and when.
ALTER TABLE events ADD COLUMN moved_to TEXT;
ALTER TABLE events ADD COLUMN moved_at BIGINT;
