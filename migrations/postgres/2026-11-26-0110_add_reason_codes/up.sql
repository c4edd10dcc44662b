-- Reasons, outcomes and kinds of steps become codes with parameters. The columns stay as they are
-- (events.reason, event_steps.kind and .detail, actions.reason, invitations.reason, .mail_failure and
-- .ended_reason, integrations.state_reason, completeness_gaps.detail): a text that begins with
-- {"code":" holds a code, any other is a sentence of version 0.1. The sentences are rewritten after this by
-- db/reason_codes.rs, some rows at a time. Here stands how far it came, one row a table.
CREATE TABLE data_migrations (
    name TEXT NOT NULL PRIMARY KEY,
    -- The last row that was rewritten.
    after_id TEXT NOT NULL,
    -- Unix time in ms; none while there is more.
    finished_at BIGINT
);
