-- INSERT OR REPLACE takes a row away without the trigger that keeps rows (SQLite calls it for REPLACE only with
-- recursive_triggers, which each connection sets for itself).
CREATE TRIGGER audit_log_replaces_nothing BEFORE INSERT ON audit_log
WHEN EXISTS (SELECT 1 FROM audit_log WHERE id = NEW.id)
    OR EXISTS (SELECT 1 FROM audit_log WHERE company_id = NEW.company_id AND seq = NEW.seq)
BEGIN
    SELECT RAISE(ABORT, 'rows of the audit log are only ever added');
END;
