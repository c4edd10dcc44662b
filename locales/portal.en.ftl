# What the people of a company read about events, steps and reasons. Codes are in the database; here
# are their sentences. Another language is another file with the same messages.

## Events

event-applicationCreated = Application Created
event-candidateStageChange = Candidate Stage Change
event-candidateHired = Candidate Hired
event-candidateDeleted = Candidate Deleted
event-candidateArchiveChange = Candidate Archive Change
event-interviewCreated = Interview Created
event-interviewUpdated = Interview Updated
event-interviewDeleted = Interview Deleted
event-contactCreated = Contact Created
event-contactUpdated = Contact Updated
event-reconciliation = Found by reconciliation
event-invited_by_hand = Invited by hand
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
step-taken_back = taken back
step-hold_ended = hold ended
step-waits_for_permission = waits for a permission
step-looks_again = will ask Lever again
step-retry = will be tried again
step-waits_for_access = waiting for access
step-given_up = given up
step-erased = erased
step-not_done = not done
step-invitation_mailed = invitation mailed
step-reminder_mailed = reminder mailed
step-tag_added = tag added
step-tag_removed = tag removed
step-note_written = note written
step-link_added = link added
step-summary_attached = summary attached
step-not_moved = not moved
step-moved = moved to the progression stage
step-result_removed = result taken back
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
    [one] 1 byte, { $ms } ms to the answer { $status }
   *[other] { $bytes } bytes, { $ms } ms to the answer { $status }
}
arrival-token = token ending …{ $hint }
arrival-no_token = no signing token was saved when it came

## Invitations and actions

invitation-held = held
invitation-pending = mail on its way
invitation-sent = invited
invitation-opened = opened
invitation-started = taking the tests
invitation-completed = completed
invitation-withdrawn = withdrawn
invitation-failed = mail failed
invitation-cancelled = cancelled
invitation-expired = expired

action-mail_invitation = Mail the invitation
action-mail_reminder = Mail a reminder
action-add_tag = Set the progress tag in Lever
action-add_note = Write the result as a note in Lever
action-add_link = Link to the result in Lever
action-upload_report = Attach the summary as a PDF in Lever
action-move_stage = Move to the progression stage in Lever
action-clear_tags = Take the progress tag out of Lever
action-remove_result = Take the result back from Lever

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

integration-setting_up = Setting up
integration-active = Active
integration-disconnected = Disconnected

## Parts of reasons

actor-portal = the portal
actor-command_line = the command line

scope-posting = the posting “{ $title }”
scope-tag = postings tagged “{ $tag }”
scope-every = every posting

rule-trigger_stage = is in the trigger stage “{ $stage }”
rule-screening_tag = applied to a posting with the tag “{ $tag }”
rule-candidate_tag = was given the tag “{ $tag }” in Lever
rule-hand = was invited by hand
rule-within = { $rule } (the rule for { $scope })

refusal-already_invited = was invited for this posting before
refusal-same_person = is the same person in Lever as in another opportunity of this posting, where the tests are under way
refusal-anonymized = was anonymised in Lever
refusal-archived = is archived in Lever
refusal-confidential = is confidential in Lever, or the posting is; switch that off in Lever to invite
refusal-origin_blocked = has the origin “{ $origin }”, which is blocked in the integration's settings
refusal-no_email = has no e-mail address in Lever
refusal-lead = is a lead and has not applied
refusal-posting_without_tests = belongs to a posting without tests (the rule for { $scope })

finding-near_miss = carries “{ $tag }”, which is not “{ $right }”
finding-no_such_test = carries “{ $tag }”, which names a test that this portal does not have
finding-confidential = is confidential in Lever, so nobody who applies to it is invited
finding-near_miss-remedy = In Lever, remove the tag from the posting and add “{ $right }” instead: capital letters and spaces count.
finding-no_such_test-remedy = Remove the tag in Lever, or ignore it: candidates get the logic and the personality test.
finding-confidential-remedy = Switch the posting's confidential setting off in Lever, or remove Alva's tag.

inviting-despite = { $why }; the candidate { $refusal }, but a person’s request counts more
inviting-by = { $why } by { $who }
inviting-finding = { $why }; the posting { $finding }

results = results of { $day }
results-of_posting = results of { $day } for “{ $posting }”

trigger-gone = the trigger stage “{ $stage }” no longer exists in Lever, so nobody is invited by a move
trigger-no_tests = no tests for this posting, by the rule for { $scope }
trigger-not_chosen = trigger stage: none is chosen
trigger-stages = { $count ->
    [one] trigger stage: { $stages }
   *[other] trigger stages: { $stages }
}
trigger-by_rule = { $trigger }, by the rule for { $scope }
quoted = “{ $text }”

## Reasons

reason-kind_ignored = The portal does not use events of the kind “{ $kind }”.
reason-no_opportunity = The delivery names no opportunity.
reason-connection_tested = Lever tested the connection. A test causes nothing.
reason-connection_tested_earlier = Lever tested the connection.
reason-check_token_not_saved = Lever tested the connection of this webhook. The token that it is signed with is not saved here yet: paste it on the integration's page.
reason-check_unsigned = Lever tested the connection of this webhook and did not sign. Generate a signing token for it in Lever, and paste it on the integration's page.
reason-nobody_named = The delivery names no opportunity, so there is nobody to look up.
reason-before_token = It arrived before a signing token was saved, and is verified when one is.
reason-unsigned = it has no signature
reason-signature_unknown = its signature matches none of the saved signing tokens
reason-token_of_another = it is signed with the token of another webhook, which is for another kind of event
reason-unreadable = { $detail }
reason-token_saved_later = by a signing token that was saved after it came

reason-invite = invite to { $tests }: { $why }
reason-asked_the_company = not invited yet: { $why }, but somebody with this email address withdrew on { $day } after having seen a result. On the candidate’s page, choose whether to invite again
reason-same_address = not invited yet: { $why }, but another candidate with the same email address has results. On the candidate’s page, choose whether those results count or the candidate is invited
reason-reuse = complete at once: { $results } are reused; { $why }
reason-invite_held = invite: { $why }; { $held }
reason-invite_undone = invite: { $why }; but the invitations of this mass move were taken back before this one was sent
reason-not_invited = not invited: { $rule }, but { $refusal }
reason-nothing_to_do = nothing to do: the candidate is in “{ $stage }” ({ $trigger })
reason-nothing_to_do-missing = nothing to do: the posting has no screening tag, and the candidate is in “{ $stage }” ({ $trigger })
reason-nothing_to_do-no_application = nothing to do: Lever shows no application, and the candidate is in “{ $stage }” ({ $trigger })
reason-not_yet-opportunity = Lever does not show this candidate yet; Lever is asked again in { $seconds } s
reason-not_yet-application = Lever does not show the application yet; Lever is asked again in { $seconds } s
reason-not_yet-posting = Lever does not show the posting; Lever is asked again in { $seconds } s
reason-not_yet-deletion = Lever still has this candidate; Lever is asked again in { $seconds } s
reason-not_yet-hire = Lever does not show this candidate as hired yet; Lever is asked again in { $seconds } s
reason-not_yet-move = Lever does not show this move yet; Lever is asked again in { $seconds } s
reason-nothing_to_do-hidden = nothing to do: Lever does not show the posting, which is confidential, and the candidate is in “{ $stage }” ({ $trigger })
no-stage = no stage
reason-not_archived = nothing to do: the candidate is not archived in Lever
reason-not_hired = nothing to do: the candidate is not hired in Lever
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
reason-deleted_erased = deleted in Lever; what the portal knew was erased
reason-deleted_unknown = deleted in Lever; the portal knew nothing of this candidate
reason-opportunity_hidden = Lever does not show this opportunity to the portal: it is confidential.
reason-opportunity_unknown = Lever does not know this opportunity: it was deleted or merged in the meantime, or it is confidential.
reason-held = more than { $above } candidates were moved within two minutes, so their invitations are held and go out at { $until } unless they are taken back
reason-bulk_move_undone = the invitations of this mass move were taken back before this one was sent
reason-taken_back = taken back with the others of this move by { $by }
reason-bulk_move_sent = sent at once by { $by }
reason-hold_over = the time is over
reason-ended_while_held = The invitation was ended while it was held.
reason-posting = the posting { $finding }
reason-requested = { $tests }
reason-requested-by = { $tests } by { $by }
reason-replayed = by { $by }; it had ended as { $ended }
reason-found_tagged = Lever lists the candidate with the tag “{ $tag }”, without an invitation
reason-found_in_stage = Lever lists the candidate in the trigger stage, without an invitation
reason-found_in_stage-since = Lever lists the candidate in the trigger stage since { $since }, without an invitation
reason-found_application = Lever lists an application to a posting with the screening tag, and no webhook reported it
reason-found_deleted = Lever lists the candidate as deleted, and no webhook reported it
reason-found_hired = Lever lists the candidate as hired, and no webhook reported it
reason-found_archived = Lever lists the candidate as archived, and no webhook reported it

reason-erased_deleted = The candidate was deleted in Lever; what this event held was erased.
reason-erased_retention = The retention period is over; what this event held was erased.
reason-erased_unknown = Lever has not known the candidate for thirty days; what this event held was erased.
reason-erased_anonymized = The candidate was anonymised in Lever; what this event held was erased.

reason-lever_unavailable = Lever can't be used just now ({ $detail }); it is tried again
reason-lever_access_refused = Lever no longer accepts the portal's access ({ $detail })
reason-lever_forbids = Lever does not let the portal do this ({ $detail })
reason-lever_unknown_object = Lever knows no such object ({ $detail })
reason-lever_refused = Lever refused the request ({ $detail })
reason-lever_unreadable = Lever's answer can't be read ({ $detail }); it is tried again
reason-lever_certificate = Lever's certificate is not trusted ({ $detail }); does a proxy in between use an authority of your company's own?
reason-nobody_to_act_for = Lever wants to know in whose name the portal writes, and no active user of this Lever account is known. Choose one on the integration's page
reason-application_hidden = Lever names the application { $application } by its id alone and does not show it, so the posting is not known. The permission “{ $title }” may be missing
reason-lever_too_slow = Lever did not answer in time
reason-access_not_renewed = access to Lever could not be renewed just now: { $detail }
reason-access_revoked = Access was revoked in Lever
reason-access_answer_lost = Lever's answer was lost while access was being renewed, and Lever may have changed the token in it. Nobody revoked access; it must be granted again
reason-access_for_an_hour = Lever granted access for an hour only (offline_access is missing)
reason-access_not_accepted = Lever no longer accepts the portal's access
reason-not_connected = the account is not connected
reason-waits_for_permission = waits for the permission “{ $title }”: { $scope } was not granted. Grant access again on the integration’s page, and grant all
reason-lacks_permission = this waits for the permission “{ $title }”: { $scope } was not granted. Grant access again on the integration’s page, and grant all
reason-provider_unknown_order = the test provider knows no such order
reason-provider_unavailable = the test provider does not answer at the moment: { $detail }
reason-provider_refused = the test provider refused: { $detail }
reason-provider_gone = the tests were ordered from an outside provider, but TESTS_URL no longer names one
reason-mail_address = "{ $address }" is not a mail address
reason-mail_letters = “{ $address }” has letters before the @ that the mail server cannot send (it does not offer SMTPUTF8); use another address of this person
reason-mail_not_composed = the mail could not be composed: { $detail }
reason-mail_refused = the mail server refused: { $detail }
reason-mail_later = the mail server cannot take it now: { $detail }
reason-mail_failed = { $last }. Correct the address in Lever, then resend the invitation on the candidate's page.
reason-technical = { $detail }
reason-retry = { $why }; attempt { $attempt }, the next in { $seconds } s
reason-given_up = { $attempts ->
    [one] Given up after 1 attempt. The last one: { $last }
   *[other] Given up after { $attempts } attempts. The last one: { $last }
}
reason-job_unknown = this version of the portal has no such job
reason-job_unreadable = what the job is about cannot be read: { $detail }
reason-job_without_integration = the job names no integration
reason-internal_error = an internal error: { $detail }
reason-alert_not_taken = { $detail }
reason-check_found = { $what }: { $found }
reason-deletions_not_listed = Lever does not let the portal list what was deleted.
reason-deletions_not_counted = Lever does not let the portal list what was deleted, so deletions are not counted.
reason-postings_not_listed = Lever does not let the portal read postings.
reason-action_waits = { $action }: { $why }

reason-mailed = { $address } { $answer }
reason-moved_instead = { $stage }, because { $gone } is gone from Lever
reason-no_progression_stage = no progression stage is chosen any more
reason-candidate_erased = the candidate was erased
reason-tests_done = The tests are done.
reason-candidate_withdrew = The candidate withdrew.
reason-invitation_held = The invitation is held with others, and not sent yet.
reason-mail_on_its_way = The mail is on its way.
reason-invitation_over = the invitation is over
reason-not_to_be_sent = the invitation is not to be sent
reason-time_over = the time to begin is over
reason-no_more_reminders = the company sends no more reminders
reason-link_gone = its link is no longer kept here
reason-nothing_to_remind = There is nothing to send a reminder about.
reason-link_gone_resend = Its link is no longer kept here. Send the invitation again instead.
reason-not_sent = not sent: the candidate { $refusal }
reason-not_sent_hidden = not sent: the candidate is confidential in Lever
reason-not_sent_unknown = not sent: Lever does not know the candidate; deleted, or confidential
reason-not_moved_further = not moved: the candidate is further on in Lever already
reason-not_moved_archived = not moved: the candidate is archived in Lever
reason-sent_again = the invitation was sent again
reason-cancelled_by = cancelled by { $who }
reason-candidate_hired = the candidate was hired
reason-candidate_archived = the candidate was archived in Lever
reason-candidate_unknown = Lever does not know the candidate any more: deleted, or confidential
reason-candidate_is = the candidate { $refusal }
reason-no_result = there is no result to report
reason-pdf_failed = the PDF could not be written: { $detail }
reason-invitation_not_mailed = the invitation could not be mailed
reason-invitation_taken_back = the invitation was taken back
reason-retake_allowed = the person may take the tests again
reason-retake = may take the tests again, allowed by the company
reason-retake-by = may take the tests again, allowed by { $by }

## Differences that the completeness report names

reason-gap_not_reported = no webhook reported it
reason-gap_nothing_found = no webhook reported it; the reconciliations since then found nothing to do about it
reason-gap_found = no webhook reported it; a reconciliation found it, and it was processed
reason-gap_found_unprocessed = no webhook reported it; a reconciliation found it: { $why }
reason-gap_signature = its signature matches no saved token
reason-gap_processing = it is being processed
reason-gap_state = { $state }
reason-gap_state-reason = { $state }: { $reason }
