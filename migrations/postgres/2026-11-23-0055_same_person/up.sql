-- Finds the other opportunities of a person.
CREATE INDEX candidates_by_contact ON candidates (integration_id, contact_id);
