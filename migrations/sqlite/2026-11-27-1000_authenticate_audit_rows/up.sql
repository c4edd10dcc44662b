-- Beside its hash each row of the audit log has a code that only the holder of the secret key can make, and the end of
-- each log is kept apart, so that rows which are missing at the end are missed. Rows are only ever added.
ALTER TABLE audit_log ADD COLUMN mac TEXT NOT NULL DEFAULT ''; -- empty: an earlier version wrote the row
ALTER TABLE audit_log ADD COLUMN mac_key TEXT NOT NULL DEFAULT ''; -- which key
ALTER TABLE audit_log ADD COLUMN mac_at BIGINT; -- when, where it was not made together with the row

-- The last row of each company's log.
CREATE TABLE audit_ends (
    company_id TEXT NOT NULL PRIMARY KEY REFERENCES companies (id),
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    mac TEXT NOT NULL,
    mac_key TEXT NOT NULL
);

-- Keys of the audit log, sealed: those that authenticated rows before the secret key was replaced.
CREATE TABLE audit_keys (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL, -- mac | signing
    secret_sealed BLOB NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TRIGGER audit_log_keeps_rows BEFORE DELETE ON audit_log
BEGIN
    SELECT RAISE(ABORT, 'rows of the audit log are only ever added');
END;

-- One change is allowed: a row without a code gets one.
CREATE TRIGGER audit_log_keeps_values BEFORE UPDATE ON audit_log
WHEN NOT (
    OLD.mac = '' AND NEW.mac <> ''
    AND NEW.id IS OLD.id AND NEW.company_id IS OLD.company_id AND NEW.seq IS OLD.seq AND NEW.at IS OLD.at
    AND NEW.actor IS OLD.actor AND NEW.actor_id IS OLD.actor_id AND NEW.action IS OLD.action
    AND NEW.subject IS OLD.subject AND NEW.detail IS OLD.detail
    AND NEW.prev_hash IS OLD.prev_hash AND NEW.hash IS OLD.hash
)
BEGIN
    SELECT RAISE(ABORT, 'rows of the audit log are only ever added');
END;

CREATE TRIGGER audit_ends_keep_rows BEFORE DELETE ON audit_ends
BEGIN
    SELECT RAISE(ABORT, 'the end of an audit log only ever moves on');
END;

CREATE TRIGGER audit_ends_move_on BEFORE UPDATE ON audit_ends
WHEN NEW.company_id IS NOT OLD.company_id OR NEW.seq <= OLD.seq
BEGIN
    SELECT RAISE(ABORT, 'the end of an audit log only ever moves on');
END;
