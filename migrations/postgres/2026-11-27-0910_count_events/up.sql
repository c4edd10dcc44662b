-- How many events there are of each hour and state, so that no page counts events. Triggers keep it, in the transaction
-- of the change, whatever makes the change; SUM(counted) over the writers is exact at every moment.
CREATE TABLE event_counts (
    integration_id TEXT NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
    hour BIGINT NOT NULL, -- of its arrival: hours since 1970
    state TEXT NOT NULL, -- as in events
    own INTEGER NOT NULL, -- 1: the portal made the event itself; 0: it was delivered
    writer BIGINT NOT NULL, -- PostgreSQL: the connection, so that none waits for another; 0: summed up
    counted BIGINT NOT NULL, -- may be below 0 for one writer
    PRIMARY KEY (integration_id, hour, state, own, writer)
);
-- Counts that are still to be summed up.
CREATE INDEX event_counts_split ON event_counts (hour) WHERE writer <> 0;

-- Each change of a state would wait for all others of the hour if they shared a row. A connection has one transaction at
-- a time, so its rows are nobody else's; old hours are summed up later (src/events/hourly.rs).
CREATE FUNCTION events_counted_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO event_counts (integration_id, hour, state, own, writer, counted)
    SELECT integration_id, received_at / 3600000, state, CASE WHEN answered_status = 0 THEN 1 ELSE 0 END,
        pg_backend_pid(), COUNT(*)
    FROM added
    GROUP BY 1, 2, 3, 4
    ON CONFLICT (integration_id, hour, state, own, writer)
    DO UPDATE SET counted = event_counts.counted + EXCLUDED.counted;
    RETURN NULL;
END $$;

CREATE FUNCTION events_counted_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO event_counts (integration_id, hour, state, own, writer, counted)
    SELECT integration_id, received_at / 3600000, state, CASE WHEN answered_status = 0 THEN 1 ELSE 0 END,
        pg_backend_pid(), -COUNT(*)
    FROM removed
    GROUP BY 1, 2, 3, 4
    ON CONFLICT (integration_id, hour, state, own, writer)
    DO UPDATE SET counted = event_counts.counted + EXCLUDED.counted;
    RETURN NULL;
END $$;

CREATE FUNCTION events_counted_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO event_counts (integration_id, hour, state, own, writer, counted)
    VALUES
        (OLD.integration_id, OLD.received_at / 3600000, OLD.state, CASE WHEN OLD.answered_status = 0 THEN 1 ELSE 0 END,
            pg_backend_pid(), -1),
        (NEW.integration_id, NEW.received_at / 3600000, NEW.state, CASE WHEN NEW.answered_status = 0 THEN 1 ELSE 0 END,
            pg_backend_pid(), 1)
    ON CONFLICT (integration_id, hour, state, own, writer)
    DO UPDATE SET counted = event_counts.counted + EXCLUDED.counted;
    RETURN NULL;
END $$;

-- Before the first count, so that what an older instance changes meanwhile is not lost.
LOCK TABLE events IN SHARE ROW EXCLUSIVE MODE;

CREATE TRIGGER events_counted_added AFTER INSERT ON events
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION events_counted_added();
CREATE TRIGGER events_counted_removed AFTER DELETE ON events
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION events_counted_removed();
CREATE TRIGGER events_counted_changed AFTER UPDATE OF state ON events
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION events_counted_changed();

INSERT INTO event_counts (integration_id, hour, state, own, writer, counted)
SELECT integration_id, received_at / 3600000, state, CASE WHEN answered_status = 0 THEN 1 ELSE 0 END, 0, COUNT(*)
FROM events
GROUP BY 1, 2, 3, 4;
