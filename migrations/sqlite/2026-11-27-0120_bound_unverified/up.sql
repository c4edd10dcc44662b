-- Deliveries that nobody vouches for, beyond the few that the event log shows: what verifying and working need of
-- each. A ring per account: the newest push out the oldest of the network that has most.
CREATE TABLE unverified_deliveries (
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    network TEXT NOT NULL, -- that sent it: 192.0.2.0/24, 2001:db8:1::/48; '' when it is not known
    id TEXT NOT NULL, -- of the event that it becomes once it is verified; sorts by when it arrived
    received_at BIGINT NOT NULL,
    answered_status INTEGER NOT NULL, -- that the sender was answered with
    delivery BLOB NOT NULL, -- CompactDelivery as JSON
    PRIMARY KEY (integration_id, network, id)
) WITHOUT ROWID;

-- How much of the ring each network has.
CREATE TABLE unverified_networks (
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    network TEXT NOT NULL,
    kept BIGINT NOT NULL, -- deliveries in the ring
    kept_bytes BIGINT NOT NULL,
    last_at BIGINT NOT NULL, -- when the last of it arrived
    PRIMARY KEY (integration_id, network)
);

-- How deliveries to an account were verified of late: whether its signatures begin to fail.
CREATE TABLE signature_watches (
    integration_id TEXT NOT NULL PRIMARY KEY REFERENCES integrations (id),
    verified_at BIGINT NOT NULL, -- when one was verified last; 0: never
    verified_network TEXT NOT NULL, -- that sent it
    failed BIGINT NOT NULL, -- with a signature that no token verifies, since then
    failed_since BIGINT NOT NULL, -- when the first of these came; 0: none
    dropped BIGINT NOT NULL -- deliveries that were not kept, or were pushed out by newer ones
);

-- Addresses that an account had before its present one.
CREATE TABLE former_webhook_keys (
    webhook_key TEXT NOT NULL PRIMARY KEY,
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    replaced_at BIGINT NOT NULL,
    answers_until BIGINT NOT NULL, -- until then deliveries to it are taken
    used BIGINT NOT NULL DEFAULT 0, -- deliveries since it was replaced
    used_at BIGINT, -- when the last of these came
    used_by TEXT NOT NULL DEFAULT '' -- the network that sent it
);
CREATE INDEX former_webhook_keys_by_account ON former_webhook_keys (integration_id, replaced_at);

-- Events can end now, so what names them must be found by them.
CREATE INDEX completeness_gaps_by_event ON completeness_gaps (event_id) WHERE event_id IS NOT NULL;
CREATE INDEX reconciliation_findings_by_event ON reconciliation_findings (event_id);
