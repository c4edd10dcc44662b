-- Webhooks that the portal made through Lever's API. Only the API can change them, so the portal
-- must know them to take them away again.
CREATE TABLE lever_webhooks (
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    webhook_id TEXT NOT NULL, -- Lever's
    kind TEXT NOT NULL, -- Lever's name of the event
    signing_token_id TEXT NOT NULL REFERENCES signing_tokens (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (integration_id, webhook_id)
);

-- The checklist asks for the last event of each webhook.
CREATE INDEX events_by_webhook ON events (integration_id, kind, id);
