-- With whom the answers to the personality test are compared. Those who began before are compared as they were.
ALTER TABLE companies ADD COLUMN norm_group TEXT NOT NULL DEFAULT 'general'; -- general | applicants
