-- Results, and what candidates say about them, are sealed as answers are. What stands in `result` and `review_text`
-- is sealed at the next start, found by these indexes, which are empty afterwards.
ALTER TABLE sittings ADD COLUMN result_sealed BLOB; -- none until all tests are done
ALTER TABLE sittings ADD COLUMN review_sealed BLOB; -- what the candidate says who asks for a review
ALTER TABLE verifications ADD COLUMN result_sealed BLOB; -- none until it is finished
CREATE INDEX sittings_plain ON sittings (invitation_id) WHERE result IS NOT NULL;
CREATE INDEX verifications_plain ON verifications (invitation_id) WHERE result IS NOT NULL;
