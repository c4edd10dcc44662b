-- So much a reconciliation found that no webhook of the integration reports, such as archived candidates where the
-- webhooks are the four of the published guide. Counted apart from what a webhook should have reported.
ALTER TABLE reconciliations ADD COLUMN planned INTEGER NOT NULL DEFAULT 0;
