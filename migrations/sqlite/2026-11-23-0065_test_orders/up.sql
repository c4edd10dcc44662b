-- Orders with an outside provider of tests. An order outlives its invitation until the provider has
-- erased it too, so it refers to nothing and says nothing of the person.
CREATE TABLE test_orders (
    reference TEXT NOT NULL PRIMARY KEY, -- the invitation's id
    company_id TEXT NOT NULL REFERENCES companies (id),
    state TEXT NOT NULL, -- open | done | erasing
    time_percent INTEGER NOT NULL, -- as ordered last
    attempts INTEGER NOT NULL, -- that failed, one after the other
    next_at BIGINT NOT NULL, -- the provider is asked then
    created_at BIGINT NOT NULL
);
CREATE INDEX test_orders_due ON test_orders (next_at) WHERE state <> 'done';

-- Callbacks that were taken, until they are too old to be taken again.
CREATE TABLE test_callbacks (
    id TEXT NOT NULL PRIMARY KEY, -- the sender's
    taken_at BIGINT NOT NULL
);
CREATE INDEX test_callbacks_by_time ON test_callbacks (taken_at);
