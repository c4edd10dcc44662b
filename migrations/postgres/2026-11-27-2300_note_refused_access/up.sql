-- Since when Lever refuses access that it has just renewed, and when it did so last; none while it accepts it.
ALTER TABLE lever_accounts ADD COLUMN refused_since BIGINT;
ALTER TABLE lever_accounts ADD COLUMN refused_at BIGINT;
