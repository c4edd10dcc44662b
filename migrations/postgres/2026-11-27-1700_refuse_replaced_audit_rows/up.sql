-- On PostgreSQL a row that an INSERT replaces is an UPDATE, which the trigger of before refuses.
SELECT 1;
