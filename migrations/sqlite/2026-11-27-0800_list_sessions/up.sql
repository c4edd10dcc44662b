-- A person sees where they are logged in, and a company says when sessions end.

-- Sessions from before say nothing of themselves: they end, and everybody logs in once more.
DELETE FROM sessions WHERE user_id IS NOT NULL;
ALTER TABLE sessions ADD COLUMN name TEXT NOT NULL DEFAULT ''; -- by which the audit log calls it; opens nothing
ALTER TABLE sessions ADD COLUMN begun_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN seen_at BIGINT NOT NULL DEFAULT 0; -- to some minutes
ALTER TABLE sessions ADD COLUMN proved_at BIGINT NOT NULL DEFAULT 0; -- when the password was entered last
ALTER TABLE sessions ADD COLUMN network TEXT NOT NULL DEFAULT ''; -- 192.0.2.0/24
ALTER TABLE sessions ADD COLUMN browser TEXT NOT NULL DEFAULT ''; -- what the browser calls itself

ALTER TABLE companies ADD COLUMN idle_minutes INTEGER NOT NULL DEFAULT 720; -- without a request for so long, a session ends
ALTER TABLE companies ADD COLUMN session_hours INTEGER NOT NULL DEFAULT 168; -- a session ends after so long in any case
