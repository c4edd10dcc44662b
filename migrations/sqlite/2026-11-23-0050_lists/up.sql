-- Indexes that the lists of events and candidates walk along.

CREATE INDEX events_by_account ON events (integration_id, id);
CREATE INDEX events_by_lever_id ON events (company_id, lever_id) WHERE lever_id IS NOT NULL;
CREATE INDEX invitations_by_state ON invitations (company_id, state, candidate_id);

-- SQLite plans by its statistics, and without any it takes a company for ten events. So it is told
-- the shape of a large installation from the first day: rows, then rows per distinct prefix of the
-- index. (SQLite's manual: "Manual Control Of Query Plans Using SQLITE_STAT Tables".)
ANALYZE;
DELETE FROM sqlite_stat1 WHERE tbl IN ('events', 'invitations', 'candidates');
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('events', 'sqlite_autoindex_events_1', '10000000 1'),
    ('events', 'sqlite_autoindex_events_2', '10000000 500000 1'),
    ('events', 'events_by_company', '10000000 1000000 1'),
    ('events', 'events_by_state', '10000000 1000000 100000 1'),
    ('events', 'events_by_kind', '10000000 1000000 200000 1'),
    ('events', 'events_by_integration', '10000000 500000 100000 1'),
    ('events', 'events_by_account', '10000000 500000 1'),
    ('events', 'events_by_opportunity', '10000000 500000 5 1'),
    ('events', 'events_by_lever_id', '10000000 1000000 1'),
    ('events', 'events_queue', '1000 100 2 1'),
    ('candidates', 'sqlite_autoindex_candidates_1', '1000000 1'),
    ('candidates', 'sqlite_autoindex_candidates_2', '1000000 50000 1'),
    ('candidates', 'candidates_by_company', '1000000 100000 1'),
    ('invitations', 'sqlite_autoindex_invitations_1', '1000000 1'),
    ('invitations', 'sqlite_autoindex_invitations_2', '1000000 1'),
    ('invitations', 'sqlite_autoindex_invitations_3', '1000000 50000 1 1'),
    ('invitations', 'invitations_by_candidate', '1000000 1 1'),
    ('invitations', 'invitations_by_company', '1000000 100000 1'),
    ('invitations', 'invitations_by_state', '1000000 100000 20000 1');
ANALYZE sqlite_schema;
