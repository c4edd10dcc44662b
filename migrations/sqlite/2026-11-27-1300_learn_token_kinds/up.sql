-- Of which kind the events are that a token has verified, Lever's name of it; '*' when they are of several. What was
-- verified before says nothing yet: it is learnt from the next one.
ALTER TABLE signing_tokens ADD COLUMN kind TEXT;
