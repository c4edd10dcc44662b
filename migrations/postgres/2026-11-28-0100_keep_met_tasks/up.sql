-- Tasks that a person met in tests whose results were removed so that they can be taken again: not shown a second time.
ALTER TABLE invitations ADD COLUMN met_sealed BYTEA; -- none where nothing was met before
