-- How many companies there are, under a code that only the holder of the secret key can make, so that one which is gone
-- together with its log is missed. The portal learns the number at its next start: SQL has no key.
CREATE TABLE audit_counts (
    id TEXT NOT NULL PRIMARY KEY, -- companies
    counted BIGINT NOT NULL,
    mac TEXT NOT NULL,
    mac_key TEXT NOT NULL
);

CREATE FUNCTION audit_counts_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_LEVEL = 'ROW' THEN
        IF NEW.id = OLD.id AND NEW.counted > OLD.counted THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the count of companies only ever grows';
END
$$;
CREATE TRIGGER audit_counts_stay BEFORE UPDATE OR DELETE ON audit_counts
    FOR EACH ROW EXECUTE FUNCTION audit_counts_only_grow();
CREATE TRIGGER audit_counts_are_not_emptied BEFORE TRUNCATE ON audit_counts
    FOR EACH STATEMENT EXECUTE FUNCTION audit_counts_only_grow();
