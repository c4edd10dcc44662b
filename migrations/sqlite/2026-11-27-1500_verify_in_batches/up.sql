-- A token that was saved verifies what is kept in several transactions: how far that is.
CREATE TABLE reverifications (
    integration_id TEXT NOT NULL PRIMARY KEY REFERENCES integrations (id),
    step TEXT NOT NULL, -- waiting | quarantined | check: events in this state; ring: unverified_deliveries
    network TEXT NOT NULL, -- in the ring: of the delivery that was looked at last
    after_id TEXT, -- the event or delivery that was looked at last
    until BIGINT NOT NULL, -- what arrived later was judged by the new tokens when it came
    verified BIGINT NOT NULL, -- so far
    unmatched BIGINT NOT NULL
);
