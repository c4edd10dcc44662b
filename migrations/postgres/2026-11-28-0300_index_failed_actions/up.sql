-- What could not be written to Lever, for the verdict of an integration.
CREATE INDEX actions_failed ON actions (integration_id, finished_at) WHERE state = 'failed';
