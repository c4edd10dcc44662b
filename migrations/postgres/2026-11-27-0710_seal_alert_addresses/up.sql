-- The address of an alert webhook opens something to whoever has it. What stands in `url` is sealed at the next start.
ALTER TABLE alert_hooks ADD COLUMN url_sealed BYTEA;
