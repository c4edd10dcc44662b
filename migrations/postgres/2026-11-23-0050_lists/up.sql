-- Indexes that the lists of events and candidates walk along.

CREATE INDEX events_by_account ON events (integration_id, id);
CREATE INDEX events_by_lever_id ON events (company_id, lever_id) WHERE lever_id IS NOT NULL;
CREATE INDEX invitations_by_state ON invitations (company_id, state, candidate_id);
