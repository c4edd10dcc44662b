-- How many companies there are, under a code that only the holder of the secret key can make, so that one which is gone
-- together with its log is missed. The portal learns the number at its next start: SQL has no key.
CREATE TABLE audit_counts (
    id TEXT NOT NULL PRIMARY KEY, -- companies
    counted BIGINT NOT NULL,
    mac TEXT NOT NULL,
    mac_key TEXT NOT NULL
);

CREATE TRIGGER audit_counts_stay BEFORE DELETE ON audit_counts
BEGIN
    SELECT RAISE(ABORT, 'the count of companies only ever grows');
END;

CREATE TRIGGER audit_counts_grow BEFORE UPDATE ON audit_counts
WHEN NEW.id IS NOT OLD.id OR NEW.counted <= OLD.counted
BEGIN
    SELECT RAISE(ABORT, 'the count of companies only ever grows');
END;

-- INSERT OR REPLACE removes a row without the trigger that keeps it.
CREATE TRIGGER audit_counts_replace_nothing BEFORE INSERT ON audit_counts
WHEN EXISTS (SELECT 1 FROM audit_counts WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'the count of companies only ever grows');
END;

-- The same for the ends of logs, which only ever move on, and for checkpoints.
CREATE TRIGGER audit_ends_replace_nothing BEFORE INSERT ON audit_ends
WHEN EXISTS (SELECT 1 FROM audit_ends WHERE company_id = NEW.company_id AND seq >= NEW.seq)
BEGIN
    SELECT RAISE(ABORT, 'the end of an audit log only ever moves on');
END;

CREATE TRIGGER audit_checkpoints_replace_nothing BEFORE INSERT ON audit_checkpoints
WHEN EXISTS (SELECT 1 FROM audit_checkpoints WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'checkpoints are only ever added');
END;
