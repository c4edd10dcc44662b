# What the people of a company read about events, steps and reasons. Codes are in the database; here
# are their sentences. Another language is another file with the same messages.

## Events

event-applicationCreated = Application Created
event-candidateStageChange = Candidate Stage Change
event-candidateHired = Candidate Hired
event-candidateDeleted = Candidate Deleted
event-candidateArchiveChange = Candidate Archive State Change
event-interviewCreated = Interview Created
event-interviewUpdated = Interview Updated
event-interviewDeleted = Interview Deleted
event-contactCreated = Contact Created
event-contactUpdated = Contact Updated
event-portalTest = Test event from the portal
event-reconciliation = Found by reconciliation
event-invited_by_hand = Invited manually
event-test = Connection test
event-unnamed = Unnamed delivery

state-waiting = waiting for the token
state-quarantined = token not valid
state-check = connection test
state-malformed = not readable
state-queued = processing
state-done = processed
state-ignored = ignored
state-failed = failed

outcome-invited = invited
outcome-reused = reused
outcome-held = held
outcome-undone = undone
outcome-ended = ended
outcome-archived = archived
outcome-hired = hired
outcome-deleted = deleted
outcome-erased = erased
outcome-deletion_held = your decision
outcome-nothing_to_do = nothing to do
outcome-confidential = confidential
outcome-not_found = not found
outcome-failed = failed
outcome-already_invited = already invited
outcome-same_person = same person
outcome-same_address = same address
outcome-asked_the_company = your decision
outcome-anonymized = anonymised
outcome-origin_blocked = origin blocked
outcome-no_email = no email
outcome-lead = lead
outcome-posting_without_tests = posting without tests

## Steps of an event's timeline

step-fetched = fetched from Lever
step-written = written to Lever
step-posting_finding = checked the posting
step-decided = decided
step-held = held
step-taken_back = cancelled
step-hold_ended = hold ended
step-waits_for_permission = waiting for a permission
step-looks_again = will ask Lever again
step-retry = will be retried
step-waits_for_access = waiting for access
step-given_up = given up
step-erased = erased
step-not_done = not done
step-invitation_mailed = invitation emailed
step-reminder_mailed = reminder emailed
step-answer_mailed = answer emailed
step-tag_added = tag added
step-tag_removed = tag removed
step-note_written = note written
step-link_added = link added
step-summary_attached = summary attached
step-not_moved = not moved
step-moved = moved to the progression stage
step-result_removed = result removed
step-progress_tag_removed = progress tag removed
step-verified_later = verified later
step-replayed = replayed
step-requested = requested
step-found_by_reconciliation = found by reconciliation

step-received = received
step-verified = verified
step-not_verified_yet = not verified yet
step-not_verified = not verified
step-not_readable = not readable
step-kept = kept

arrival-answer = { $bytes ->
    [one] 1 byte, answered { $status } after { $ms } ms
   *[other] { $bytes } bytes, answered { $status } after { $ms } ms
}
arrival-answer_erased = since erased, together with the person's other data; answered { $status } after { $ms } ms
arrival-token = token ending …{ $hint }
arrival-no_token = no signing token was saved when it arrived
arrival-no_match = its signature matched none of the signing tokens saved when it arrived

## Invitations and actions

invitation-held = held
invitation-pending = email on its way
invitation-sent = invited
invitation-opened = opened
invitation-started = taking the tests
invitation-completed = completed
invitation-withdrawn = withdrawn
invitation-failed = email failed
invitation-cancelled = cancelled
invitation-expired = expired

action-mail_invitation = Email the invitation
action-mail_reminder = Email a reminder
action-mail_time = Email the answer about more time
action-add_tag = Set the progress tag in Lever
action-add_note = Write the result as a note in Lever
action-add_link = Link to the result in Lever
action-upload_report = Attach the summary as a PDF in Lever
action-move_stage = Move to the progression stage in Lever
action-clear_tags = Remove the progress tag in Lever
action-remove_result = Remove the result from Lever

action-state-planned = planned
action-state-done = done
action-state-failed = failed
action-state-skipped = not needed

tests-both = logic and personality
tests-logic = logic
tests-personality = personality

bulk-move-held = held
bulk-move-sent = sent
bulk-move-undone = undone


## Parts of reasons

actor-portal = the portal
actor-command_line = the command line

scope-posting = the posting “{ $title }”
scope-tag = postings tagged “{ $tag }”
scope-every = every posting

rule-trigger_stage = is in the trigger stage “{ $stage }”
rule-screening_tag = applied to a posting with the tag “{ $tag }”
rule-candidate_tag = was given the tag “{ $tag }” in Lever
rule-hand = was invited manually
rule-within = { $rule } (the rule for { $scope })

refusal-already_invited = was invited for this posting before
refusal-same_person = is the same person as in another opportunity for this posting, where the tests are already under way
refusal-anonymized = was anonymised in Lever
refusal-archived = is archived in Lever
refusal-confidential = is confidential in Lever, or the posting is; to invite, turn that off in Lever
refusal-origin_blocked = has the origin “{ $origin }”, which is blocked in the integration's settings
refusal-no_email = has no email address in Lever
refusal-lead = is a lead and has not applied
refusal-posting_without_tests = belongs to a posting without tests (the rule for { $scope })

finding-near_miss = carries “{ $tag }”, which is not “{ $right }”
finding-no_such_test = carries “{ $tag }”, which names a test that this portal does not offer
finding-confidential = is confidential in Lever, so applicants are not invited
finding-near_miss-remedy = In Lever, replace the tag on the posting with “{ $right }”: capital letters and spaces matter.
finding-no_such_test-remedy = Remove the tag in Lever, or ignore it: candidates get the logic and personality tests.
finding-confidential-remedy = Turn off the posting's confidential setting in Lever, or remove Alva's tag.

inviting-despite = { $why }; the candidate { $refusal }, but a person’s request takes priority
inviting-by = { $why } by { $who }
inviting-finding = { $why }; the posting { $finding }

results = results of { $day }
results-of_posting = results of { $day } for “{ $posting }”

trigger-gone = the trigger stage “{ $stage }” no longer exists in Lever, so moving a candidate invites nobody
trigger-no_tests = no tests for this posting (the rule for { $scope })
trigger-not_chosen = trigger stage: not chosen
trigger-stages = { $count ->
    [one] trigger stage: { $stages }
   *[other] trigger stages: { $stages }
}
trigger-by_rule = { $trigger }, by the rule for { $scope }
quoted = “{ $text }”

## Reasons

reason-kind_ignored = The portal does not use “{ $kind }” events.
reason-no_opportunity = The delivery names no opportunity.
reason-connection_tested = Lever tested the connection. Nothing else happens.
reason-connection_tested_earlier = Lever tested the connection.
reason-check_token_not_saved = Lever tested the connection of this webhook. Its signing token is not saved here yet: paste it on the integration's page.
reason-check_unsigned = Lever tested the connection of this webhook without a signature. Generate a signing token for it in Lever, and paste it on the integration's page.
reason-nobody_named = The delivery names no opportunity, so there is no candidate to look up.
reason-before_token = It arrived before a signing token was saved. It will be verified once you save one.
reason-unsigned = it has no signature
reason-signature_unknown = its signature matches none of the saved signing tokens
reason-token_of_another = it is signed with the token of another webhook, for a different kind of event
reason-unreadable = { $detail }
reason-token_saved_later = by a signing token saved after it arrived

reason-invite = invite to { $tests }: { $why }
reason-asked_the_company = not invited yet: { $why }, but somebody with this email address withdrew on { $day } after seeing a result. On the candidate’s page, choose whether to invite again
reason-same_address = not invited yet: { $why }, but another candidate with the same email address has results. On the candidate’s page, choose whether to use those results or invite the candidate
reason-reuse = complete without new tests: { $results } are reused; { $why }
reason-invite_held = invite: { $why }; { $held }
reason-invite_above_limit = invite: { $why }; { $held }
reason-invite_undone = invite: { $why }; but this mass move was undone before the invitation was sent
reason-not_invited = not invited: { $rule }, but { $refusal }
reason-nothing_to_do = nothing to do: the candidate is in “{ $stage }” ({ $trigger })
reason-nothing_to_do-missing = nothing to do: the posting has no screening tag, and the candidate is in “{ $stage }” ({ $trigger })
reason-nothing_to_do-no_application = nothing to do: Lever shows no application, and the candidate is in “{ $stage }” ({ $trigger })
reason-not_yet-opportunity = Lever does not show this candidate yet; next check in { $seconds } s
reason-not_yet-application = Lever does not show the application yet; next check in { $seconds } s
reason-not_yet-posting = Lever does not show the posting; next check in { $seconds } s
reason-not_yet-report = the candidate was moved into a trigger stage after applying, and the portal is waiting for the webhook about that move; next check in { $seconds } s
reason-not_yet-deletion = Lever still has this candidate; next check in { $seconds } s
reason-not_yet-listed_deletion = Lever does not show this candidate, and does not list the deletion yet; next check in { $seconds } s
reason-not_yet-hire = Lever does not show this candidate as hired yet; next check in { $seconds } s
reason-not_yet-latest = Lever may not show the latest about this candidate yet; next check in { $seconds } s
reason-not_yet-move = Lever does not show this move yet; next check in { $seconds } s
reason-nothing_to_do-hidden = nothing to do: the posting is confidential, so Lever does not show it, and the candidate is in “{ $stage }” ({ $trigger })
no-stage = no stage
reason-shown_otherwise = Lever shows the candidate differently now, so the event is processed again
reason-not_archived = nothing to do: the candidate is not archived in Lever
reason-not_hired = nothing to do: the candidate is not hired in Lever
reason-move_decides = nothing to do: the candidate has since been moved into a trigger stage, and the event for that move decides
reason-still_in_lever = nothing to do: Lever still has this candidate, so nothing was erased
reason-archived = { $ended ->
    [0] is archived in Lever; there was no open invitation
    [one] is archived in Lever; 1 open invitation ended
   *[other] is archived in Lever; { $ended } open invitations ended
}
reason-hired = { $ended ->
    [0] is hired; there was no open invitation
    [one] is hired; 1 open invitation ended
   *[other] is hired; { $ended } open invitations ended
}
reason-deleted_erased = deleted in Lever; the portal erased everything about this candidate
reason-deleted_unknown = deleted in Lever; the portal had no data about this candidate
reason-deletion_held = Lever reported a deletion but does not list it, and no longer shows this candidate. The candidate was either deleted or made confidential. Nothing has been erased: an admin decides on this page. Without a decision, the portal erases the candidate after Lever has not shown it for thirty days.
reason-deletion_decided_erased = erased by the decision of { $by }
reason-deletion_decided_kept = kept by the decision of { $by }: the candidate is in Lever, and not shown to the portal
reason-opportunity_hidden = Lever does not show this opportunity to the portal: it is confidential.
reason-opportunity_unknown = Lever does not know this opportunity: it has been deleted or merged, or it is confidential.
reason-held = more than { $above } candidates were moved within two minutes, so their invitations are held. They go out at { $until } unless somebody cancels them
reason-above_daily_limit = daily limit reached: { $limit ->
    [one] 1 candidate was invited
   *[other] { $limit } candidates were invited
} within 24 hours, so the invitation is held; held invitations start going out at { $until }
reason-bulk_move_undone = this mass move was undone before the invitation was sent
reason-taken_back = undone, together with the rest of this move, by { $by }
reason-bulk_move_sent = sent early by { $by }
reason-hold_over = the hold is over
reason-ended_while_held = The invitation ended while it was held.
reason-posting = the posting { $finding }
reason-requested = { $tests }
reason-requested-by = { $tests } by { $by }
reason-replayed = by { $by }; previous result: { $ended }
reason-found_tagged = Lever lists the candidate with the tag “{ $tag }”, without an invitation
reason-found_in_stage = Lever lists the candidate in the trigger stage, without an invitation
reason-found_in_stage-since = Lever lists the candidate in the trigger stage since { $since }, without an invitation
reason-found_application = Lever lists an application to a posting with the screening tag, and no webhook reported it
reason-found_reported = A webhook ({ $event }) reported it, but nothing was done; Lever’s list shows that it is due
reason-found_deleted = Lever lists the candidate as deleted, and no webhook reported it
reason-found_hired = Lever lists the candidate as hired, and no webhook reported it
reason-found_archived = Lever lists the candidate as archived, and no webhook reported it

reason-erased_deleted = The candidate was deleted in Lever; the contents of this event were erased.
reason-erased_retention = The retention period is over; the contents of this event were erased.
reason-erased_unknown = Lever has not shown the candidate for thirty days; the contents of this event were erased.
reason-erased_anonymized = The candidate was anonymised in Lever; the contents of this event were erased.

reason-lever_unavailable = Lever is unavailable ({ $detail }); the portal will retry
reason-lever_access_refused = Lever no longer accepts the portal's access ({ $detail })
reason-lever_forbids = Lever does not let the portal do this ({ $detail })
reason-lever_unknown_object = Lever does not know this object ({ $detail })
reason-lever_too_large = What the portal sent is too large for Lever ({ $detail })
reason-file_too_large = The file { $name } ({ $kilobytes } kB) is too large for Lever ({ $detail }). The full result is in this portal
reason-lever_refused = Lever refused the request ({ $detail })
reason-lever_unreadable = Lever's answer could not be read ({ $detail }); the portal will retry
reason-lever_certificate = Lever's certificate is not trusted ({ $detail }); { $remedy }
reason-nobody_to_act_for = Lever needs a user in whose name the portal writes, and the portal knows no active user of this Lever account. Choose one on the integration's page
reason-application_hidden = Lever gives only the id of the application ({ $application }) and does not show the rest, so the posting is unknown. The permission “{ $title }” may be missing
reason-lever_too_slow = Lever did not answer in time
reason-access_not_renewed = access to Lever could not be renewed: { $detail }
reason-renewed_access_refused = Lever renewed the portal's access but does not accept it yet ({ $detail }); the portal will retry
reason-access_revoked = Access was revoked in Lever
reason-access_answer_lost = Lever's answer was lost while access was being renewed, or held no new token, and Lever may have changed it. Nobody revoked access, but it must be granted again
reason-access_for_an_hour = Lever granted access for only one hour (offline_access is missing)
reason-access_not_accepted = Lever no longer accepts the portal's access
reason-not_connected = the account is not connected
reason-waits_for_permission = waiting for the permission “{ $title }”: { $scope } was not granted. Grant access again on the integration’s page, and grant everything
reason-lacks_permission = this is waiting for the permission “{ $title }”: { $scope } was not granted. Grant access again on the integration’s page, and grant everything
reason-provider_unknown_order = the test provider does not know this order
reason-provider_unavailable = the test provider does not answer at the moment: { $detail }
reason-provider_refused = the test provider refused: { $detail }
reason-provider_gone = the tests were ordered from an outside provider, but TESTS_URL no longer names one
reason-mail_address = "{ $address }" is not an email address
reason-mail_letters = “{ $address }” has characters before the @ that the mail server cannot handle (it does not support SMTPUTF8); use another address for this person
reason-mail_not_composed = the email could not be composed: { $detail }
reason-mail_refused = the mail server refused it: { $detail }
reason-mail_later = the mail server cannot accept it right now: { $detail }
reason-mail_failed = { $last }. Correct the address in Lever, then resend the invitation on the candidate's page.
reason-technical = { $detail }
reason-retry = { $why }; attempt { $attempt }, next in { $seconds } s
reason-may_be_written = { $last }. Lever may have written it already, so the portal looks for it before it writes again
reason-given_up = { $attempts ->
    [one] Given up after 1 attempt. The last one: { $last }
   *[other] Given up after { $attempts } attempts. The last one: { $last }
}
reason-job_unknown = this version of the portal does not know this job
reason-job_unreadable = the job's data cannot be read: { $detail }
reason-job_without_integration = the job names no integration
reason-internal_error = an internal error: { $detail }
reason-alert_not_taken = { $detail }
reason-check_found = { $what }: { $found }
reason-deletions_not_listed = Lever does not let the portal list deletions.
reason-deletions_not_counted = Lever does not let the portal list deletions, so they are not counted.
reason-postings_not_listed = Lever does not let the portal read postings.
reason-action_waits = { $action }: { $why }

reason-mailed = { $address } { $answer }
reason-mailed_instead = { $address } { $answer }; { $refused }
reason-moved_instead = { $stage }, because { $gone } no longer exists in Lever
reason-no_progression_stage = no progression stage is chosen any longer
reason-candidate_erased = the candidate was erased
reason-tests_done = The tests are done.
reason-candidate_withdrew = The candidate withdrew.
reason-invitation_held = The invitation is on hold and has not been sent yet.
reason-mail_on_its_way = The email is on its way.
reason-invitation_over = the invitation is over
reason-not_to_be_sent = the invitation should not be sent
reason-time_over = the link has expired
reason-no_more_reminders = the limit of reminders is reached
reason-link_gone = its link is no longer stored
reason-nothing_to_remind = There is nothing to send a reminder about.
reason-link_gone_resend = Its link is no longer stored. Resend the invitation instead.
reason-not_sent = not sent: the candidate { $refusal }
reason-not_sent_hidden = not sent: the candidate is confidential in Lever
reason-not_sent_unknown = not sent: Lever does not know the candidate (deleted or confidential)
reason-not_moved_further = not moved: the candidate is already further on in Lever
reason-not_moved_archived = not moved: the candidate is archived in Lever
reason-sent_again = the invitation was resent
reason-cancelled_by = cancelled by { $who }
reason-candidate_hired = the candidate was hired
reason-candidate_archived = the candidate was archived in Lever
reason-candidate_unknown = Lever no longer knows the candidate (deleted or confidential)
reason-candidate_is = the candidate { $refusal }
reason-no_result = there is no result to report
reason-pdf_failed = the PDF could not be written: { $detail }
reason-invitation_not_mailed = the invitation could not be emailed
reason-invitation_taken_back = the invitation was cancelled
reason-retake_allowed = the person may take the tests again
reason-retake = may take the tests again, allowed by the company
reason-retake-by = may take the tests again, allowed by { $by }

## Differences that the completeness report names

reason-gap_not_reported = no webhook reported it
reason-gap_nothing_found = no webhook reported it; later reconciliations found nothing to do
reason-gap_found = no webhook reported it; a reconciliation found it, and it was processed
reason-gap_found_unprocessed = no webhook reported it; a reconciliation found it: { $why }
reason-gap_signature = its signature matches no saved token
reason-gap_processing = it is being processed
reason-gap_state = { $state }
reason-gap_state-reason = { $state }: { $reason }

## The audit log

audit-access-refused = Was refused a page
audit-access-throttled = Was rate limited after too many attempts
audit-alerts-configured = Changed where alerts are posted
audit-alerts-secret_rotated = Replaced the secret of alerts
audit-alerts-tested = Posted a test alert
audit-alerts-turned_off = Stopped posting alerts
audit-api-called = Called the API
audit-api-refused = Was refused by the API
audit-api_token-created = Created an API token
audit-api_token-revoked = Revoked an API token
audit-audit-companies_counted = The portal began to count its companies
audit-audit-end_lost = The stored end of the audit log was missing
audit-assessment-retake_allowed = Allowed a retake
audit-assessment-withdrawn = Withdrew from the tests
audit-assessment-review_answered = Answered a request for a review
audit-assessment-time_set = Changed a candidate's time
audit-assessment-verification_offered = Asked for a second logic test under supervision
audit-background_work-run = Ran background work
audit-batch-sent = Sent held invitations
audit-batch-undone = Undid a mass move
audit-candidate-invited_by_hand = Invited a candidate
audit-candidate-erased = Erased a candidate
audit-candidate-kept = Kept a candidate that Lever does not show
audit-candidate-not_invited = Decided not to invite a candidate with another’s email address
audit-candidate-not_invited_again = Decided not to invite a candidate again
audit-candidates-erased = Erased candidates
audit-company-configured = Changed the company
audit-company-created = Created the company
audit-checkpoints-asked = Asked for a checkpoint
audit-checkpoints-configured = Changed where checkpoints go
audit-data-taken = Downloaded data
audit-event-replayed = Replayed an event
audit-integration-alert = Alert
audit-integration-acts_as = Changed who the portal writes as
audit-integration-recovered = Alert over
audit-integration-configured = Changed an integration
audit-integration-connected = Connected a Lever account
audit-integration-reconnected = Reconnected a Lever account
audit-integration-disconnected = Disconnected a Lever account
audit-integration-access_ended = Removed the portal from Lever
audit-integration-renamed = Renamed an integration
audit-integration-webhooks_made = Set up webhooks in Lever
audit-integration-reconciled = Found missed candidates
audit-integration-reconciliation_failed = Could not complete a reconciliation
audit-integration-unverified_emptied = Deleted unverified deliveries
audit-integration-webhook_url_rotated = Replaced the webhook URL
audit-integration-sync_asked = Asked for a reconciliation
audit-integration-written_again = Retried failed changes in Lever
audit-integration-test_event_sent = Sent a test event
audit-integration-day_counted = Asked to count a day again
audit-integration-postings_read = Asked to read the postings
audit-integration-stage_renamed = Stage renamed in Lever
audit-integration-stage_removed = Stage removed in Lever
audit-integration-stage_returned = Stage restored in Lever
audit-integration-stage_moved = Stage moved in Lever
audit-invitation-resent = Resent an invitation
audit-invitation-reminded = Sent a reminder
audit-invitation-cancelled = Cancelled an invitation
audit-keys-rotated = Replaced the key of stored secrets
audit-mail-configured = Changed the candidate email settings
audit-mail-text_changed = Changed the text of an email
audit-person-logged_in = Logged in
audit-person-logged_out = Logged out
audit-person-log_in_failed = Entered a wrong password
audit-person-log_in_throttled = Log-in refused after too many attempts
audit-person-reset_asked = Asked for a password reset
audit-person-reset_throttled = Password reset refused after too many requests
audit-person-password_set = Set a password
audit-person-code_failed = Entered a wrong code
audit-person-code_throttled = Codes refused after too many attempts
audit-person-second_factor_on = Turned the second factor on
audit-person-second_factor_off = Turned the second factor off
audit-person-passkey_added = Added a passkey
audit-person-passkey_renamed = Renamed a passkey
audit-person-passkey_removed = Removed a passkey
audit-person-passkey_failed = Passkey refused
audit-person-passkey_copied = Passkey refused: its counter went back, so it may be a copy
audit-person-recovery_codes_made = Made new recovery codes
audit-person-confirmed = Confirmed with password, code or passkey
audit-person-renamed = Changed their name
audit-person-sessions_ended = Logged out other browsers
audit-person-sso_linked = Logged in at the company's provider for the first time
audit-person-sso_refused = Was refused after logging in at the company's provider
audit-posting-profile_chosen = Chose a role profile for a posting
audit-results-seen = Looked at results
audit-results-taken_by_candidate = Results downloaded with the candidate’s link
audit-role_profile-added = Added a role profile
audit-role_profile-changed = Changed a role profile
audit-role_profile-deleted = Deleted a role profile
audit-role_profile-default_set = Changed the default role profile
audit-rule-added = Added a rule
audit-rule-changed = Changed a rule
audit-rule-deleted = Deleted a rule
audit-sso-configured = Changed single sign-on
audit-sso-removed = Removed the provider of single sign-on
audit-sso-tested = Tried single sign-on
audit-sso-unlinked = Unlinked a person from the company's provider
audit-team-added = Added a person
audit-team-invited = Invited a person
audit-team-invited_again = Invited a person again
audit-team-joined = Joined
audit-team-role_changed = Changed a person's role
audit-team-logged_out = Logged a person out
audit-team-second_factor_reset = Reset a person's second factor
audit-team-removed = Removed a person

audit-fault-emptied = the log was emptied: it does not begin with the creation of the company
audit-fault-missing = this row is missing
audit-fault-changed = this row or the one before it was changed or removed
audit-fault-not_authentic = the hashes match, but the portal did not write them: this row or one before it was rewritten
audit-fault-end_missing = this row and perhaps more were removed from the end
audit-fault-end_unknown = the record of where the log ends was removed or rewritten, so rows may be missing after this one
audit-fault-checkpoint = a signed checkpoint says that the log had another row here, or more rows: the log was rewritten or cut after it was signed
audit-fault-end_lost = the record of where the log ends was gone when this row was written, so rows may be missing before it

audit-subject-alert_webhook = Alert webhook
audit-subject-background_work = Background work
audit-subject-bulk_move = Mass move
audit-subject-candidate_mail = Candidate email
audit-subject-checkpoints = Checkpoints of the audit log
audit-subject-invitation = Invitation
audit-subject-logic_tasks = logic tasks
audit-subject-retention = Retention period
audit-subject-secret_key = the key of stored secrets
audit-subject-single_sign_on = Single sign-on
audit-subject-tests = Tests

mail-invitation = Invitation
mail-reminder = Reminder
mail-time = Answer about more time

## What became of deliveries

deliveries-processed = Processed
deliveries-waiting = Waiting
deliveries-failed = Failed
deliveries-refused = Refused

## The test of an account

check-all-well = Everything works: the portal can reach Lever and is processing its events.
check-nothing-wrong = Everything works so far: the portal can reach Lever. No event has arrived yet, so signatures and arrivals could not be checked.
check-access = Access to Lever
check-permissions = Permissions
check-trigger = Trigger stage
check-progression = Progression stage
check-webhooks = Webhooks
check-signatures = Signatures
check-arrivals = Arrivals

standing-good = good
standing-attention = needs attention
standing-failed = does not work
standing-unknown = not known
standing-untested = nothing to check yet

found-access_good = Lever answers and accepts the portal's access.
found-access_good-ms = Lever answers in { $ms } ms and accepts the portal's access.
found-access_without_stages = Lever answers, but does not show the stages. Reconnect and grant everything.
found-access_revoked = Access was revoked in Lever. Reconnect the integration.
found-access_ended = { $why }. Reconnect the integration.
found-access_failed = { $why }. Try again in a few minutes.
found-all_granted = Every permission that the portal asks for is granted.
found-not_granted = Not granted: { $titles }. Reconnect and grant everything.
found-trigger_not_chosen = None is chosen, so moving a candidate invites nobody. Choose one.
found-progression_not_chosen = None is chosen, so candidates are not moved.
found-stage_there = “{ $name }” exists in Lever.
found-stage_gone = “{ $name }” no longer exists in Lever. Choose another.
found-webhooks_not_listed = Lever does not let the portal list them; see the checklist instead.
found-not_answered = { $why }
found-webhooks_missing = { $count ->
    [one] { $events } is not registered for this portal's address. Click Set up webhooks for me, or add the Webhook URL in Lever.
   *[other] { $events } are not registered for this portal's address. Click Set up webhooks for me, or add the Webhook URL in Lever.
}
found-webhooks_narrow = { $events } leaves out some origins. Select every origin in Lever.
found-webhooks_beside = { part-signatures-beside }
found-webhooks_good = All four are registered with the right address.
found-webhooks_heard = { $count ->
    [one] { $events } was added manually in Lever, so Lever does not list it; its last event arrived { $ago }.
   *[other] { $events } were added manually in Lever, so Lever does not list them; each of them has delivered events, most recently { $ago } or later.
}
found-signatures_failing = Lever's deliveries match none of the saved tokens. Paste the token that Lever shows.
found-signatures_good = The last delivery matches a saved token.
found-signatures_untested = No event has arrived yet, so no signature could be checked.
found-last = The last event arrived { $ago }
found-last-none = No event has arrived yet
found-clock_behind = This server's clock is { $minutes } minutes behind Lever's, so every event looks as if it came from the future and is refused. Let the operating system set the clock.
found-arrived = { $last }.
found-nobody_moved = { $last }, and nobody has been moved in Lever since.
found-moved_unreported = { $moved ->
    [one] { $last }, but 1 candidate was moved in Lever and no webhook reported it. Check that each event's toggle is on in Lever.
   *[other] { $last }, but { $moved } candidates were moved in Lever and no webhook reported it. Check that each event's toggle is on in Lever.
}

## Rules about postings

terms-posting = The posting “{ $title }”
terms-tag = Postings tagged “{ $tag }”
terms-every = Every posting
terms-entering = entering “{ $stage }”
terms-company_default = { $tests } (company default)
terms-no_tests = no tests
terms-then = then to “{ $stage }”

## Alerts

alert-access_revoked = Access was revoked in Lever
alert-signatures_failing = Signature check failing
alert-events_failing = Events are failing
alert-trigger_gone = The trigger stage no longer exists in Lever
alert-stages_gone = Stages used here no longer exist in Lever
alert-permissions_missing = Lever grants fewer permissions than before
alert-check_failing = The nightly test failed

alert-mail-access_revoked-begun = Access was revoked in Lever: { $name }
alert-mail-access_revoked-begun-text = Somebody revoked the portal's access in Lever, so the integration is disconnected. Nobody is invited from this account, and Lever's deliveries are refused. Reconnect it on its page: your settings are kept, and the portal then finds the candidates it missed.
alert-mail-access_revoked-over = Connected to Lever again: { $name }
alert-mail-access_revoked-over-text = The integration is connected again. The portal is processing the events that waited, and compares Lever's list with what it received to find anyone who was missed.
alert-mail-signatures_failing-begun = Webhook signatures are failing: { $name }
alert-mail-signatures_failing-begun-text = The signatures of Lever's deliveries match none of the saved signing tokens. Either a token was regenerated in Lever, or somebody added a webhook with this URL there. Paste the token that Lever shows on the integration's page: the portal has kept the events, and will then verify and process them.
alert-mail-signatures_failing-over = Webhook signatures are valid again: { $name }
alert-mail-signatures_failing-over-text = Lever's deliveries can be verified again. There is nothing to do.
alert-mail-events_failing-begun = Events from Lever are failing: { $name }
alert-mail-events_failing-begun-text = Events from Lever could not be processed, and the portal has stopped retrying them. The event log shows why each one failed. You can replay them there.
alert-mail-events_failing-over = Events from Lever are processed again: { $name }
alert-mail-events_failing-over-text = No event from Lever has failed in the last hour. There is nothing to do.
alert-mail-trigger_gone-begun = The trigger stage no longer exists in Lever: { $name }
alert-mail-trigger_gone-begun-text = The stage that sends the tests was removed in Lever, so moving a candidate no longer invites anyone. Choose another trigger stage on the integration's page.
alert-mail-trigger_gone-over = The trigger stage is back in Lever: { $name }
alert-mail-trigger_gone-over-text = The stage that sends the tests exists in Lever. There is nothing to do.
alert-mail-stages_gone-begun = Stages that your rules use no longer exist in Lever: { $name }
alert-mail-stages_gone-begun-text = Stages that your rules or the progression stage use were removed in Lever. Until you choose others, moving a candidate there invites nobody, and candidates who have finished are not moved there. The integration's page shows where each one is used.
alert-mail-stages_gone-over = The stages that your rules use all exist again: { $name }
alert-mail-stages_gone-over-text = These stages exist in Lever again, or no rule uses them any longer. There is nothing to do.
alert-mail-permissions_missing-begun = Lever grants the portal fewer permissions than before: { $name }
alert-mail-permissions_missing-begun-text = The portal has lost permissions that it had in Lever. Work that needs them waits. The integration's page shows what does not work: click Grant Access again there, and grant everything.
alert-mail-permissions_missing-over = Lever grants all permissions again: { $name }
alert-mail-permissions_missing-over-text = These permissions are granted again, and the work that waited for them is under way. There is nothing to do.
alert-mail-check_failing-begun = The nightly test of the Lever integration failed: { $name }
alert-mail-check_failing-begun-text = The nightly test found something that does not work. The integration's page shows what it is and what to do.
alert-mail-check_failing-over = The Lever integration passes its test again: { $name }
alert-mail-check_failing-over-text = The problem that the nightly test found has been corrected. There is nothing to do.
alert-mail-answer_lost-begun = Access to Lever ended: { $name }
alert-mail-answer_lost-begun-text = { $why }. Nobody is invited from this account, and Lever's deliveries are refused. Reconnect it on its page: your settings are kept, and the portal then finds the candidates it missed.
alert-mail-body =
    Hello { $person },

    { $what }

    State now: { $state }

    { $page }

    The problem began on { $since }. Every admin of { $company } gets this email once.

## What can be filtered by in the audit log

audit-object-access = Refused pages
audit-object-alerts = Alerts by webhook
audit-object-api = API calls
audit-object-api_token = API tokens
audit-object-assessment = Tests
audit-object-audit = Audit log
audit-object-background_work = Background work
audit-object-batch = Mass moves
audit-object-candidate = Candidates, one
audit-object-candidates = Candidates, several
audit-object-checkpoints = Checkpoints
audit-object-company = Company
audit-object-data = Downloads
audit-object-event = Events
audit-object-integration = Integrations
audit-object-invitation = Invitations
audit-object-keys = Keys
audit-object-mail = Candidate email
audit-object-person = Log-ins and passwords
audit-object-posting = Postings
audit-object-results = Results
audit-object-role_profile = Role profiles
audit-object-rule = Rules
audit-object-sso = Single sign-on
audit-object-team = Team

## Sentences of the audit log

audit-sentence = { $who } { $what }
audit-sentence-changed = { $who } changed { $what } ({ $subject })
audit-sentence-difference = the { $name } from { $old } to { $new }
audit-sentence-list = { $rest } and { $last }
audit-doer-command_line = Somebody at the server's command line
audit-doer-visitor = Somebody who was not logged in

## Evidence that leaves the portal

evidence-readme =
    Evidence from the portal of { $company }

    About: { $about }
    Made:  { $at }

    What is in here
    - events.ndjson: what Lever sent, one JSON object a line, newest first
    - timelines.ndjson: step by step what the portal did with each event, with Lever's answers
    - actions.ndjson: what the events caused outside the portal, and whether it succeeded
    - audit.ndjson: the audit log of that time, without gaps, up to its end
    - checkpoint.txt: a signed statement of how many rows the audit log had ({ $rows }) and what the last one was
    - public-key.txt: the key to check its signature with
    - verify_audit.py: a program that checks all of this; it needs only Python 3.8

    How to check it
        python3 verify_audit.py --public-key '{ $key }' --checkpoint checkpoint.txt audit.ndjson

    Compare the public key with the one you wrote down earlier. Check audit.ndjson against older checkpoints too, from your email or from the address they are posted to: a checkpoint that you kept yourself is the strongest proof. Events, timelines and actions are not signed: they are what the portal had stored when this file was made.

    Times are RFC 3339 in UTC. This file contains names of candidates: delete it when you no longer need it.

## Checkpoints of the audit log

checkpoint-mail-subject = Audit log of { $company }: checkpoint of { $rows } rows
checkpoint-mail-body =
    Hello { $person },

    On { $at } the audit log of { $company } had { $rows } rows. The signed checkpoint below proves it. Keep this email: you can use it later to check that no row was changed or removed.

    How to check: { $page }

## Alerts that are posted

alert-test = Test from the portal: alerts will arrive here.
alert-answered = answered { $status } in { $ms } ms
alert-post-answered = answered { $status }
alert-post-no_answer = no answer
alert-post-again = { $status }, will be retried
alert-post-waiting = not posted yet

bad-address-missing = Enter the address that the alerts are posted to.
bad-address-too_long = This address is too long. Use at most 2000 characters.
bad-address-unreadable = Enter a valid address, such as https://example.com/alerts.
bad-address-not_https = Use an address that begins with https://.
bad-address-password = Leave the user name and password out of the address: the signature shows who sent the alert.
bad-address-private = This address is inside a private network. Use one that is reachable from the internet.

reason-address_removed = the address was removed
reason-receiver_gone = The receiver answered 410 Gone, so posting has stopped. Save the address again to resume.
reason-no_answer_in_time = no answer in time
reason-certificate_not_trusted = its certificate is not trusted ({ $detail }); { $remedy }
reason-no_connection = no connection: { $detail }
reason-connection_broke = the connection broke: { $detail }

## Names

tests-choice-both = Logic and personality
tests-choice-logic = Logic only
tests-choice-personality = Personality only
tests-letter-both = one in logical reasoning and one on personality. Together they take about half an hour, and you can take them whenever it suits you.
tests-letter-logic = one in logical reasoning. It takes 15 to 20 minutes, and you can take it whenever it suits you.
tests-letter-personality = one on personality. It takes about 10 minutes, and you can take it whenever it suits you.
mail-explanation-invitation = Sent when a candidate is invited, and again when you resend it.
mail-explanation-reminder = Sent until the tests are done, as often as you choose below.
mail-explanation-time = Sent when you set the time for a candidate who asked for more. It always states how much time they have.
postings-list-findings = Needs attention
postings-list-alva = With Alva's tags
postings-list-all = All
environment-production = Production
environment-sandbox = Sandbox
environment-eu = EU
environment-custom = Configured
run-cause-schedule = scheduled
run-cause-reconnect = after reconnecting
run-cause-sync = Sync now
run-cause-settings = after new rules
run-step-stage = reading the trigger stages
run-step-tagged = reading candidates with the candidate tag
run-step-changed = reading what changed
run-step-deleted = reading what was deleted
role-explanation-admin = Manages integrations, company and team, and sees the logs.
role-explanation-member = Works with candidates and can view the settings.
role-explanation-auditor = Read-only access to everything, including logs.
role-admin = Admin
role-member = Member
role-auditor = Auditor
job-release_bulk_move = Send the held invitations of a mass move
job-notify_admins = Email the admins
job-expire_invitations = End expired invitations
job-note_signatures = Record whether signatures match
job-verify_kept_deliveries = Verify deliveries that arrived before their signing token
job-send_alert_webhook = Post an alert
job-check_access = Check access to Lever
job-plan_reconciliation = Start the hourly reconciliation
job-reconcile = Reconciliation
job-count_day = Count a day for the completeness report
job-read_postings = Read the postings
job-test_integration = Test the integration
job-plan_day_counts = Choose the days to count
job-find_unknown_candidates = Look for candidates removed from Lever
job-sign_checkpoint = Sign the audit log
job-send_checkpoint = Send a checkpoint of the audit log
job-poll_test_order = Ask the test provider for progress
job-end_access = Remove the portal from a disconnected Lever account
job-look_again = Check a candidate again
job-reuse_results = Reuse a candidate’s results for other postings
job-error-database_refused = The database refused to store it.
job-error-internal = The portal failed.
job-error-unreadable_payload = The stored job cannot be read.
job-error-unknown_kind = This version of the portal does not know this job.
job-error-lever = Lever refused or did not answer.
job-error-mail_server = The mail server did not accept the email.
job-error-receiver = The address did not accept the alert.
job-error-audit_log = The audit log could not be signed.
job-error-test_provider = The test provider refused or did not answer.
job-error = It failed.

arrival-state-none = waiting
arrival-state-received = received
arrival-state-verified = verified
arrival-state-unverified = not verified
arrival-detail-none = for the first event
arrival-detail-received = waiting for the token
arrival-detail-unverified = the token does not match

run-retried = will be retried
run-nothing = nothing missed
run-unreadable = { $unreadable ->
    [one] 1 unreadable row
   *[other] { $unreadable } unreadable rows
}
run-new_rules = { $count ->
    [one] 1 meets the new rules
   *[other] { $count } meet the new rules
}
run-missed = { $count } missed
run-incomplete = not complete

day-asked = being counted
day-failed = could not be counted
day-incomplete = not complete
day-complete = complete
day-lost = { $lost } found by reconciliation
day-idle = { $idle } not acted on
day-lost_and_idle = { $lost } not received, { $idle } not acted on

## Changes of stages in Lever

stage-renamed = “{ $before }” was renamed to “{ $after }”
stage-removed = “{ $before }” was removed
stage-returned = “{ $after }” was restored
stage-moved-first = “{ $before }” was moved to the start of the pipeline
stage-moved = “{ $before }” was moved and now comes after “{ $after }”

## Values in lists

value-none = none
value-yes = yes
value-no = no
value-empty = empty
value-confidential = confidential

## Why a candidate was not invited

why-in_portal = it was disconnected in the portal
why-disconnected = The Lever account is not connected: { $why }.
why-disconnected-remedy = Reconnect the integration.
why-application_hidden = Lever does not show the candidate’s application, so the posting is unknown and nothing can be decided.
why-application_hidden-remedy = Check that the permission “{ $scope }” was granted.
why-unknown = Lever does not know this opportunity: it was deleted, or it is confidential.
why-unknown-remedy = If it is confidential, turn that off in Lever.
why-lever_failed = The portal could not ask Lever about this candidate. { $why }
why-lever_failed-remedy = Try again in a few minutes. What the portal knows is below.
why-hidden = Lever does not show this opportunity to the portal: it is confidential.
why-hidden-remedy = Turn off the confidential setting in Lever.
why-lacks_permission = The portal lacks permission to look this up: “{ $scope }” was not granted.
why-lacks_permission-remedy = Grant access again on the integration’s page, and grant everything. What happened in the meantime is processed then.
why-refused = The candidate { $rule }, but { $refusal }.
why-invited = The candidate was invited { $at }. The invitation’s status is “{ $state }”.
why-ended = The candidate was invited { $at }, and the invitation ended: { $why }.
why-ended-remedy = To send a new link, click Resend invitation on the candidate's page, or move the candidate into the trigger stage in Lever.
why-ended_unsent = The candidate was about to be invited, but the invitation ended before it was emailed: { $why }.
why-ended_unsent-remedy = To send a link, click Resend invitation on the candidate's page, or move the candidate into the trigger stage in Lever.
why-ended_by_hand = The candidate was invited { $at }, and the invitation was cancelled: { $why }.
why-ended_by_hand-remedy = To send a new link, click Resend invitation on the candidate's page.
why-near_tag = The posting has the tag “{ $tag }”, which is not exactly “{ $right }”: spelling, capitals and spaces matter.
why-near_tag-remedy = Correct the tag on the posting in Lever. It applies to candidates who apply after that.
why-tag_on_posting = The posting itself has the tag “{ $tag }”, so it does not count as the candidate’s own.
why-tag_on_posting-remedy = Remove the tag from the posting in Lever; it is meant for individual candidates.
why-no_tests = The candidate belongs to a posting without tests (the rule for { $scope }).
why-no_tests-remedy = Change the rule on the integration's page, or invite the candidate manually on the candidate's page.
why-trigger_not_chosen = No trigger stage is chosen, so moving a candidate invites nobody.
why-trigger_not_chosen-remedy = Choose the trigger stage.
why-trigger_gone = The trigger stage “{ $stage }” no longer exists in Lever, so moving a candidate invites nobody.
why-trigger_gone-remedy = Choose another trigger stage on the integration's page.
why-no_stage = no stage
why-trigger_stages = { $count ->
    [one] the trigger stage is { $stages }
   *[other] the trigger stages are { $stages }
}
why-by_rule = { $stages } (by the rule for { $scope })
why-without_tag = { $stages }, and the candidate does not have the tag “{ $tag }”
why-elsewhere = The candidate is in “{ $stage }”; { $stages }, and the posting does not have the tag “{ $tag }”.
why-elsewhere_hidden = The candidate is in “{ $stage }”; { $stages }. Lever does not show the posting, so its tags are unknown.
why-elsewhere_hidden-remedy = Move the candidate to “{ $first }” in Lever.
why-elsewhere_no_posting = The candidate is in “{ $stage }”; { $stages }. Lever shows no application, so there is no posting whose tags could count.
why-elsewhere_no_posting-remedy = Move the candidate to “{ $first }” in Lever.
why-elsewhere-remedy = Move the candidate to “{ $first }” in Lever.
why-not_set_up = The candidate { $rule }, but the integration is not set up yet.
why-not_set_up-remedy = Finish setting it up.
why-being_processed = The candidate { $rule }, and the invitation is being processed.
why-being_processed-remedy = Check again in a moment. The event's timeline shows what it is waiting for.
why-event_failed = The candidate { $rule }, but Lever's event failed: { $why }
why-event_failed-remedy = Replay the event from its page.
why-not_verified = The candidate { $rule }, but the signature of Lever's event matches no saved token.
why-not_verified-remedy = Paste the signing token from Lever on the integration's page.
why-tag_not_reported = The candidate { $rule }, and Lever does not report tags automatically.
why-tag_not_reported-remedy = The next reconciliation invites the candidate. To do it now, click Sync now on the integration's page.
why-there_before = The candidate { $rule }, but was already there when it was chosen as the trigger stage.
why-there_before-remedy = Only candidates who enter the stage afterwards are invited: in Lever, move the candidate out of it and back in.
why-not_shown_then = The candidate { $rule }, but Lever did not show it when the event was processed: { $why }.
why-not_shown_then-remedy = The next reconciliation invites the candidate. To do it now, click Replay on the event's page.
why-refused_then = The candidate { $rule }. When the event was processed, the candidate could not be invited: { $why }.
why-refused_then-remedy = The next reconciliation invites the candidate. To do it now, click Sync now on the integration's page.
why-tagged_later = The posting has the screening tag now, but did not have it when the candidate applied.
why-tagged_later-remedy = Tags do not apply to earlier applications: move the candidate to the trigger stage in Lever.
why-colleague_decides = The candidate { $rule }, but a colleague has to decide: somebody else has the same email address.
why-colleague_decides-remedy = Decide on the candidate's page.
why-ended_otherwise = The candidate { $rule }. The move was reported and processed. Result: { $why }.
why-ended_otherwise-remedy = To decide again, click Replay on the event's page.
why-not_reported = The candidate { $rule }, but no webhook reported it.
why-not_reported-remedy = Check that the event's toggle is on in Lever, with every origin selected. The next reconciliation invites the candidate. To do it now, click Sync now on the integration's page.
why-held = The candidate was moved together with many others, so the invitation is on hold until { $until }.
why-held-remedy = To send all of them now, click Send now on the page of this mass move.
why-taken_back = The candidate was moved together with many others, and the invitations were cancelled at { $at }.
why-taken_back-remedy = They won't be invited automatically for this posting again.
why-above_limit = The daily limit is reached, so the invitation is on hold. Held invitations start going out at { $until }.
why-above_limit-remedy = To send all of them now, click Send now on the page of the held invitations. The limit is a company setting.
why-above_limit_taken_back = The invitation was above the daily limit, and the held invitations were cancelled at { $at }.
why-above_limit_taken_back-remedy = They won't be invited automatically for this posting again.
why-reused = The candidate did not have to take the tests again: { $results } are reused.
why-reused_later = The candidate was invited { $at }, then took the tests for another posting: { $results } are reused.
why-reused-remedy = To remove the results and send a new invitation, click Allow retaking on the candidate's page.

why-fact-stage = Stage in Lever
why-fact-trigger_stage = Trigger stage
why-fact-trigger_stages = Trigger stages
why-fact-rule = Rule
why-fact-tags = Tags in Lever
why-fact-posting = Posting
why-fact-origin = Origin
why-fact-email = Email address
why-fact-archived = Archived
why-fact-confidential = Confidential
why-fact-events = Events received
why-stage_since = { $stage }, since { $since }
why-posting_without_tags = { $posting }, without tags
why-posting_with_tags = { $posting }, with the tags { $tags }

refusal-same_person-remedy = The result will appear on the other opportunity.
refusal-anonymized-remedy = A person whose data was removed cannot be invited.
refusal-archived-remedy = Bring the candidate back into the pipeline in Lever.
refusal-confidential-remedy = Turn off the confidential setting in Lever.
refusal-origin_blocked-remedy = Remove “{ $origin }” from Blocked origins on the integration's page.
refusal-no_email-remedy = Add an email address in Lever, then move the candidate into the stage again.
refusal-lead-remedy = Add the candidate to a job in Lever.
refusal-posting_without_tests-remedy = Change the rule on the integration's page, or invite the candidate manually on the candidate's page.

## How an integration is doing: one verdict, and its parts

verdict-active = Active
verdict-unproven = Active, not verified yet
verdict-needs_you = Needs you
verdict-not_working = Not working
verdict-setting_up = Setting up, { $heard } of 4
verdict-disconnected = Disconnected
verdict-ended = Disconnected
verdict-well = All well.
verdict-not_yet = Nobody is invited yet. { $why }
verdict-more = { $count ->
    [one] And 1 more.
   *[other] And { $count } more.
}

figures = { $last }, { $queue }.
figures-answers = { $last }, { $queue }, Lever answers in { $ms } ms.
figures-last = Last event { $ago }
figures-no_event = No event yet
figures-queue = { $count ->
    [0] nothing waiting
    [one] 1 event is being processed
   *[other] { $count } events are being processed
}

part-access = Access to Lever
part-access-good = Lever accepts the portal’s access.
part-access-disconnected = Disconnected: { $why }.
part-access-ended = A colleague disconnected this integration.
part-access-failing = The last check of access failed: { $why }.
part-access-test = The last test found: { $why }
part-access-unchecked = Access has not been checked yet.
part-clock = Clock
part-clock-good = This server’s clock agrees with Lever’s.
part-clock-refuses = This server’s clock is { $minutes } minutes behind Lever’s, so every event looks as if it came from the future and is refused. Let the operating system set the clock.
part-clock-behind = This server’s clock is { $minutes ->
    [one] 1 minute
   *[other] { $minutes } minutes
  } behind Lever’s. Let the operating system set the clock.
part-clock-ahead = This server’s clock is { $minutes ->
    [one] 1 minute
   *[other] { $minutes } minutes
  } ahead of Lever’s. Let the operating system set the clock.
part-permissions = Permissions
part-permissions-good = Lever grants everything that the portal asks for.
part-permissions-missing = Lever did not grant: { $titles }.
part-writes_as = Writes as
part-writes_as-good = The portal writes as an active user of Lever.
part-writes_as-nobody = Nothing can be written to Lever: no active user is chosen for the portal to write as.
part-same_account = Lever account
part-same_account-twin = This is the same Lever account as “{ $name }”. Each invites by its own settings, so candidates may be invited twice. Disconnect one of them.
part-trigger = Trigger stage
part-trigger-good = The trigger stage exists in Lever.
part-trigger-nothing = No trigger stage is chosen.
part-trigger-gone = The trigger stage “{ $name }” no longer exists in Lever. It invites nobody until you choose another one.
part-stages = Other stages
part-stages-progression = The progression stage “{ $name }” no longer exists in Lever. Candidates who have finished are not moved until you choose another one.
part-stages-rule = A rule uses the stage “{ $name }”, which no longer exists in Lever. Until you change it, the rule invites and moves nobody.
part-signatures = Signatures
part-signatures-good = The last delivery matches a saved token.
part-signatures-nothing = No signature has been checked yet.
part-signatures-no_token = No signing token is saved.
part-signatures-missing = { $count ->
    [one] The signing token of { $events } is missing. Lever shows a token for each webhook: paste that one too.
   *[other] The signing tokens of { $events } are missing. Lever shows a token for each webhook: paste those too.
}
part-signatures-beside = { $count ->
    [one] Somebody added a webhook for { $events } with this URL in Lever, and its token is not saved here. Paste its token, or delete that webhook in Lever: the portal has its own.
   *[other] Somebody added webhooks for { $events } with this URL in Lever, and their tokens are not saved here. Paste their tokens, or delete those webhooks in Lever: the portal has its own.
}
part-signatures-unclear = Lever's deliveries match no saved token. Either a signing token was regenerated in Lever, or somebody added a webhook with this URL there. Paste the token that Lever shows: the portal has kept the events, and will then verify and process them.
part-signatures-failing = The signing token was probably regenerated in Lever. Paste the new one: the portal has kept the events, and will then verify and process them.
part-webhooks = Webhooks
part-webhooks-good = { $count } of { $all } webhooks are verified.
part-webhooks-made = { $count } of { $all } webhooks are verified, and the portal created the others in Lever.
part-webhooks-no_event = No event has arrived yet. Move a candidate in Lever, or click Verify Connection next to the webhooks there.
part-webhooks-unsaved = { $count ->
    [one] { $events } has been heard from, but no saved token verifies it yet. Lever shows a token next to the webhook: paste it.
   *[other] { $events } have been heard from, but no saved token verifies them yet. Lever shows a token next to each webhook: paste them all.
}
part-webhooks-silent = { $verified } of { $all } webhooks have been heard from. Nothing has arrived yet from { $events }: click Verify Connection next to each in Lever.
part-failures = Failures
part-failures-good = No event failed in the last 7 days.
part-failures-failed = { $count ->
    [one] 1 event failed in the last 7 days and was not replayed.
   *[other] { $count } events failed in the last 7 days and were not replayed.
}
part-queue = Queue
part-queue-good = { $count ->
    [0] Nothing is waiting.
    [one] 1 event is being processed.
   *[other] { $count } events are being processed.
}
part-queue-waits = { $count ->
    [one] 1 event has been waiting for more than ten minutes.
   *[other] { $count } events are waiting, the oldest for more than ten minutes.
}
part-mail = Email
part-mail-good = No invitation is stuck.
part-mail-waits = Invitations are waiting for the mail server: { $why }. They will be sent as soon as it accepts them.
part-mail-failed = { $count ->
    [one] 1 invitation could not be emailed. Correct the address in Lever, then resend.
   *[other] { $count } invitations could not be emailed. Correct the addresses in Lever, then resend.
}
part-write_backs = Written to Lever
part-write_backs-good = Lever refused no change in the last 7 days.
part-write_backs-failed = { $count ->
    [one] Lever refused 1 change in the last 7 days. { $why }
   *[other] Lever refused { $count } changes in the last 7 days. The last one: { $why }
}
part-reconciliation = Reconciliation
part-reconciliation-good = The last comparison with Lever’s list found nothing missing.
part-reconciliation-none = The portal has not compared Lever’s list yet.
part-reconciliation-failed = The last comparison with Lever’s list is incomplete: { $why }
part-reconciliation-missed = { $count ->
    [one] The last comparison with Lever’s list found 1 change that no webhook reported. It is being processed.
   *[other] The last comparison with Lever’s list found { $count } changes that no webhook reported. They are being processed.
}
part-reconciliation-reported = { $count ->
    [one] The last comparison with Lever’s list found 1 change that a webhook had reported but that was not processed. It is being processed now.
   *[other] The last comparison with Lever’s list found { $count } changes that webhooks had reported but that were not processed. They are being processed now.
}
part-reconciliation-unreadable = { $count ->
    [one] 1 row of Lever’s lists could not be read in the last comparison.
   *[other] { $count } rows of Lever’s lists could not be read in the last comparison.
}
part-completeness = Completeness
part-completeness-good = Everything that Lever lists for { $day } was received and processed.
part-completeness-none = No day has been counted yet.
part-completeness-failed = { $day } could not be counted completely.
part-completeness-idle = { $count ->
    [one] 1 change in Lever on { $day } was not processed.
   *[other] { $count } changes in Lever on { $day } were not processed.
}
part-completeness-lost = { $count ->
    [one] No webhook reported 1 change in Lever on { $day }.
   *[other] No webhook reported { $count } changes in Lever on { $day }.
}
part-completeness-origin = { $count ->
    [one] No webhook reported the one change that Lever lists for candidates with the origin “{ $origin }” in the last week.
   *[other] No webhook reported any of the { $count } changes that Lever lists for candidates with the origin “{ $origin }” in the last week.
} The origin is probably not selected for the webhooks in Lever: select every origin there.
part-completeness-toggle = { $count ->
    [one] In the last week Lever lists 1 change that “{ $event }” should have reported, but no webhook reported it.
   *[other] In the last week Lever lists { $count } changes that “{ $event }” should have reported, but no webhook reported them.
} Its toggle in Lever is probably off, or the webhook is missing: turn it on in Lever.
part-background_work = Background work
part-background_work-good = No background job has failed.
part-background_work-failed = { $count ->
    [one] 1 background job failed for good.
   *[other] { $count } background jobs failed for good.
}
part-test = Test
part-test-good = The last test found no problem.
part-test-none = No test yet. One runs every night.
part-test-found = The last test found: { $found }
part-decisions = Decisions
part-decisions-good = Nobody is waiting for a decision.
part-decisions-same_address = { $count ->
    [one] 1 candidate is waiting for a decision: somebody else with the same email address has results. Choose on the candidate’s page whether to use those results or invite the candidate.
   *[other] { $count } candidates are waiting for a decision: somebody else with the same email address has results. Choose on their pages whether to use those results or invite the candidate.
}
part-decisions-invite_again = { $count ->
    [one] 1 candidate is waiting for a decision: somebody with the same email address withdrew after seeing a result. Choose on the candidate’s page whether to invite again.
   *[other] { $count } candidates are waiting for a decision: somebody with the same email address withdrew after seeing a result. Choose on their pages whether to invite again.
}
part-decisions-deletion_held = { $count ->
    [one] 1 deletion is waiting for a decision: Lever reported it but does not list it. An admin decides whether to erase the candidate.
   *[other] { $count } deletions are waiting for a decision: Lever reported them but does not list them. An admin decides whether to erase the candidates.
}
part-decisions-more_time = { $count ->
    [one] 1 candidate is asking for more time. Set the time on the candidate’s page, so that they can start.
   *[other] { $count } candidates are asking for more time. Set the time on their pages, so that they can start.
}
part-decisions-review = { $count ->
    [one] 1 candidate is asking for a person to review the result.
   *[other] { $count } candidates are asking for a person to review their results.
}
question-same_address = whose results?
question-invite_again = invite again?
question-deletion_held = erase?
question-more_time = asks for more time
question-review = asks for a review
part-postings = Postings
part-postings-odd = The posting “{ $posting }” { $finding }. { $remedy }
part-postings-more = { $count ->
    [one] 1 more posting needs attention.
   *[other] { $count } more postings need attention.
}

fix-reconnect = Reconnect
fix-grant = Grant Access again
fix-test = Test it
fix-choose = Choose who the portal writes as
fix-other = Open the other one
fix-stage = Choose a stage
fix-rules = Change the rule
fix-token = Paste the token
fix-webhooks = See the webhooks
fix-events = See the failed events
fix-waiting = See what is waiting
fix-candidates = See the candidates
fix-decide = Decide
fix-run = See what was found
fix-day = See the day
fix-days = Day by day
fix-jobs = See the jobs
fix-write_again = Write again
fix-postings = See the postings

## What a company chose

policy-reuse = { $months ->
    [0] Every candidate takes the tests: no result is reused.
    [one] Candidates with results from the last month are not asked to take the tests again; their results are reused.
   *[other] Candidates with results from the last { $months } months are not asked to take the tests again; their results are reused.
}
factor-demand-nobody = Not required
factor-demand-admins = Required for admins
factor-demand-everybody = Required for everyone
access-days = { $days ->
    [one] 1 day
   *[other] { $days } days
}
access-hours = { $hours ->
    [one] 1 hour
   *[other] { $hours } hours
}
access-time_outs = You are logged out after { $idle } of inactivity, and { $whole } after logging in.
policy-minutes = { $minutes ->
    [one] a minute
   *[other] { $minutes } minutes
}
policy-hold = { $people ->
    [0] Every invitation goes out immediately, however many candidates are moved.
    [one] When more than 1 candidate is moved within two minutes, their invitations are held for { $minutes } and can be cancelled.
   *[other] When more than { $people } candidates are moved within two minutes, their invitations are held for { $minutes } and can be cancelled.
}
policy-daily = { $limit ->
    [0] There is no limit on how many candidates an integration invites in a day.
    [one] An integration invites 1 candidate in 24 hours. Further invitations are held until the limit allows them, or until somebody sends them.
   *[other] An integration invites at most { $limit } candidates in 24 hours. Further invitations are held until the limit allows them, or until somebody sends them.
}
follow-those = { $count ->
    [one] 1 candidate who is already there is invited now.
   *[other] { $count } candidates who are already there are invited now.
}
follow-nobody = Lever did not say who is already there, so only candidates who arrive from now on are invited.

## The API

api-scope-audit_read = The audit log
api-scope-candidates_read = Candidates, invitations and results
api-scope-events_read = Events with their timelines
api-scope-integrations_read = Integrations, their state, and completeness
api-scope-invitations_read = Invitations and their state
api-scope-invitations_write = Create, resend and cancel invitations

## Single sign-on

sso-preset-google = Google
sso-preset-entra = Microsoft Entra
sso-preset-okta = Okta
sso-preset-other = Another provider
