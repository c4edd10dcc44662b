-- By how many seconds this machine's clock was ahead of Lever's when Lever answered last; less than 0 where it was behind.
ALTER TABLE watches ADD COLUMN clock_ahead_s BIGINT;
