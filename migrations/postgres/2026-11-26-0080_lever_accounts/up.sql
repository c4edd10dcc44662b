-- Which Lever account a connection is for, and in whose name the portal writes there: Lever demands a
-- user for every change of an opportunity.
CREATE TABLE lever_accounts (
    integration_id TEXT NOT NULL PRIMARY KEY REFERENCES integrations (id),
    account_id TEXT, -- Lever's, from the access token; unknown until a token names it
    user_id TEXT, -- Lever's id of the user to act as
    user_name TEXT NOT NULL,
    chosen_by TEXT NOT NULL, -- how that user was found
    trouble TEXT NOT NULL, -- why nobody can be acted for, in words; empty when all is well
    answer_lost_at BIGINT -- when the answer to a renewal of access was lost; ms
);

-- A second grant for the same Lever account is recognised.
CREATE INDEX lever_accounts_by_account ON lever_accounts (account_id, integration_id);

-- What the admin calls the account that is being connected.
ALTER TABLE oauth_flows ADD COLUMN account_name TEXT NOT NULL DEFAULT '';

-- Lever's data centre in the EU answers at another address than was thought.
UPDATE integrations SET hosts = replace(hosts, 'https://api-eu.lever.co/', 'https://api.eu.lever.co/')
    WHERE hosts LIKE '%https://api-eu.lever.co/%';
