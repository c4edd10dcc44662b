-- What happens again and again, counted for an hour: the first is a row of the audit log at once, the others become one
-- row when the hour is over.
CREATE TABLE noted_accesses (
    company_id TEXT NOT NULL REFERENCES companies (id),
    action TEXT NOT NULL,
    actor TEXT NOT NULL, -- the address of whoever did it, or whose log-in was tried
    subject TEXT NOT NULL,
    network TEXT NOT NULL, -- that it came from
    hour BIGINT NOT NULL, -- when the hour began; ms
    times BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (company_id, action, actor, subject, network, hour)
);
CREATE INDEX noted_accesses_by_hour ON noted_accesses (hour);

-- On which devices a person logged in: a log-in on another one is mailed to them.
CREATE TABLE person_devices (
    user_id TEXT NOT NULL REFERENCES users (id),
    device_hash TEXT NOT NULL, -- of the name in the device's cookie
    last_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, device_hash)
);
