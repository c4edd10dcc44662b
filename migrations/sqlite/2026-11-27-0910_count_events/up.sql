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

INSERT INTO event_counts (integration_id, hour, state, own, writer, counted)
SELECT integration_id, received_at / 3600000, state, CASE WHEN answered_status = 0 THEN 1 ELSE 0 END, 0, COUNT(*)
FROM events
GROUP BY 1, 2, 3, 4;

CREATE TRIGGER events_counted_added AFTER INSERT ON events
BEGIN
    INSERT INTO event_counts (integration_id, hour, state, own, writer, counted)
    VALUES (NEW.integration_id, NEW.received_at / 3600000, NEW.state, CASE WHEN NEW.answered_status = 0 THEN 1 ELSE 0 END, 0, 1)
    ON CONFLICT (integration_id, hour, state, own, writer) DO UPDATE SET counted = counted + 1;
END;

CREATE TRIGGER events_counted_changed AFTER UPDATE OF state ON events WHEN OLD.state <> NEW.state
BEGIN
    INSERT INTO event_counts (integration_id, hour, state, own, writer, counted)
    VALUES (OLD.integration_id, OLD.received_at / 3600000, OLD.state, CASE WHEN OLD.answered_status = 0 THEN 1 ELSE 0 END, 0, -1)
    ON CONFLICT (integration_id, hour, state, own, writer) DO UPDATE SET counted = counted - 1;
    INSERT INTO event_counts (integration_id, hour, state, own, writer, counted)
    VALUES (NEW.integration_id, NEW.received_at / 3600000, NEW.state, CASE WHEN NEW.answered_status = 0 THEN 1 ELSE 0 END, 0, 1)
    ON CONFLICT (integration_id, hour, state, own, writer) DO UPDATE SET counted = counted + 1;
END;

CREATE TRIGGER events_counted_removed AFTER DELETE ON events
BEGIN
    INSERT INTO event_counts (integration_id, hour, state, own, writer, counted)
    VALUES (OLD.integration_id, OLD.received_at / 3600000, OLD.state, CASE WHEN OLD.answered_status = 0 THEN 1 ELSE 0 END, 0, -1)
    ON CONFLICT (integration_id, hour, state, own, writer) DO UPDATE SET counted = counted - 1;
END;
