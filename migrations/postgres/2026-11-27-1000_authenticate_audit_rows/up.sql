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
    secret_sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE FUNCTION audit_log_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- One change is allowed: a row without a code gets one.
    IF TG_OP = 'UPDATE' AND TG_LEVEL = 'ROW' THEN
        IF OLD.mac = '' AND NEW.mac <> ''
            AND ROW(NEW.id, NEW.company_id, NEW.seq, NEW.at, NEW.actor, NEW.actor_id, NEW.action, NEW.subject,
                    NEW.detail, NEW.prev_hash, NEW.hash)
                IS NOT DISTINCT FROM
                ROW(OLD.id, OLD.company_id, OLD.seq, OLD.at, OLD.actor, OLD.actor_id, OLD.action, OLD.subject,
                    OLD.detail, OLD.prev_hash, OLD.hash) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'rows of the audit log are only ever added';
END
$$;
CREATE TRIGGER audit_log_keeps_rows BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION audit_log_only_grows();
CREATE TRIGGER audit_log_is_not_emptied BEFORE TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_only_grows();

CREATE FUNCTION audit_ends_only_move_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_LEVEL = 'ROW' THEN
        IF NEW.company_id = OLD.company_id AND NEW.seq > OLD.seq THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the end of an audit log only ever moves on';
END
$$;
CREATE TRIGGER audit_ends_keep_rows BEFORE UPDATE OR DELETE ON audit_ends
    FOR EACH ROW EXECUTE FUNCTION audit_ends_only_move_on();
CREATE TRIGGER audit_ends_are_not_emptied BEFORE TRUNCATE ON audit_ends
    FOR EACH STATEMENT EXECUTE FUNCTION audit_ends_only_move_on();
