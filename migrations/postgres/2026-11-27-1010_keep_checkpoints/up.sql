-- Signed statements of where a company's audit log ended, and where they go.
CREATE TABLE audit_checkpoints (
    id TEXT NOT NULL PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    seq BIGINT NOT NULL, -- rows that the log had
    hash TEXT NOT NULL, -- of the last of them
    made_at BIGINT NOT NULL,
    note TEXT NOT NULL -- as it was signed, byte for byte
);
CREATE INDEX audit_checkpoints_by_company ON audit_checkpoints (company_id, id);

CREATE TABLE checkpoint_settings (
    company_id TEXT NOT NULL PRIMARY KEY REFERENCES companies (id),
    mails_auditors INTEGER NOT NULL DEFAULT 0, -- 1: each is mailed to the auditors
    url_sealed BYTEA, -- each is posted there
    updated_at BIGINT NOT NULL
);

CREATE FUNCTION audit_checkpoints_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'checkpoints are only ever added';
END
$$;
CREATE TRIGGER audit_checkpoints_stay BEFORE UPDATE OR DELETE ON audit_checkpoints
    FOR EACH ROW EXECUTE FUNCTION audit_checkpoints_only_grow();
CREATE TRIGGER audit_checkpoints_are_not_emptied BEFORE TRUNCATE ON audit_checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION audit_checkpoints_only_grow();
