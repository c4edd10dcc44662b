-- Strangers with many networks: what each part of the ring has, and what all have together, is asked by an index and
-- not added up again for each delivery.
ALTER TABLE unverified_networks ADD COLUMN family TEXT NOT NULL DEFAULT ''; -- the /16 or /32 whose networks are counted together; '': counted with none
ALTER TABLE unverified_networks ADD COLUMN first_at BIGINT NOT NULL DEFAULT 1; -- when the first of it arrived; 0: something from this network was verified once
-- A delivery counts for 350 bytes at least, which its keys take.
UPDATE unverified_networks SET
    kept_bytes = COALESCE((
        SELECT SUM(MAX(LENGTH(d.delivery), 350)) FROM unverified_deliveries d
        WHERE d.integration_id = unverified_networks.integration_id AND d.network = unverified_networks.network
    ), 0),
    first_at = COALESCE((
        SELECT MIN(d.received_at) FROM unverified_deliveries d
        WHERE d.integration_id = unverified_networks.integration_id AND d.network = unverified_networks.network
    ), last_at);
CREATE INDEX unverified_networks_by_size ON unverified_networks (integration_id, kept_bytes);
CREATE INDEX unverified_networks_by_age ON unverified_networks (integration_id, first_at);
CREATE INDEX unverified_networks_by_family ON unverified_networks (integration_id, family) WHERE family <> '';

-- What the ring of an account holds.
CREATE TABLE unverified_rings (
    integration_id TEXT NOT NULL PRIMARY KEY REFERENCES integrations (id),
    parts BIGINT NOT NULL, -- rows of unverified_networks
    kept BIGINT NOT NULL, -- deliveries
    kept_bytes BIGINT NOT NULL
);
INSERT INTO unverified_rings (integration_id, parts, kept, kept_bytes)
SELECT integration_id, COUNT(*), SUM(kept), SUM(kept_bytes) FROM unverified_networks GROUP BY integration_id;

-- Networks from which a delivery to any account was verified: they give way last.
CREATE TABLE proven_networks (
    network TEXT NOT NULL PRIMARY KEY,
    verified_at BIGINT NOT NULL -- when that was seen last
);
CREATE INDEX proven_networks_by_time ON proven_networks (verified_at);
INSERT INTO proven_networks (network, verified_at)
SELECT verified_network, MAX(verified_at) FROM signature_watches
WHERE verified_network <> '' GROUP BY verified_network;
UPDATE unverified_networks SET first_at = 0 WHERE network IN (SELECT network FROM proven_networks);
