//! What was decided, held and found.

use super::*;

#[test]
fn what_was_decided() {
    let tag = "trigger stage: “Assessment”";
    let nothing =
        |posting, trigger| Reason::NothingToDo { stage: Some("Screen”, (2)".into()), posting, trigger };
    let stages = |names: &[&str], scope| Trigger::Stages {
        names: names.iter().map(ToString::to_string).collect(),
        scope,
    };
    let one = || stages(&["Assessment"], None);
    check(vec![
        (
            Event("done"),
            "not invited: is in the trigger stage “Assessment”, but was invited for this posting before",
            Reason::NotInvited { rule: by_stage(None), refusal: Refusal::AlreadyInvited },
        ),
        (
            Event("done"),
            "not invited: is in the trigger stage “Now, but later” (the rule for every posting), but has the origin “agency”, \
             which is blocked in the integration's settings",
            Reason::NotInvited {
                rule: Rule {
                    by: InvitedBy::TriggerStage("Now, but later".into()),
                    scope: Some(RuleScope::Every),
                },
                refusal: Refusal::OriginBlocked("agency".into()),
            },
        ),
        (
            Event("done"),
            "nothing to do: the candidate is in “Screen”, (2)” (trigger stage: “Assessment”)",
            nothing(None, one()),
        ),
        (
            Event("done"),
            "nothing to do: the posting has no screening tag, and the candidate is in “Screen”, (2)” (trigger stage: none is \
             chosen)",
            nothing(Some(PostingTag::Missing), Trigger::NotChosen),
        ),
        (
            Event("done"),
            "nothing to do: Lever does not show the posting, which is confidential, and the candidate is in “Screen”, (2)” \
             (no tests for this posting, by the rule for postings tagged “QA”)",
            nothing(Some(PostingTag::Hidden), Trigger::NoTests(RuleScope::Tag("QA".into()))),
        ),
        (
            Event("done"),
            "nothing to do: the candidate is in “no stage” (the trigger stage “Old” no longer exists in Lever, so nobody is \
             invited by a move)",
            Reason::NothingToDo { stage: None, posting: None, trigger: Trigger::Gone("Old".into()) },
        ),
        (
            Event("done"),
            "nothing to do: the candidate is in “Screen”, (2)” (trigger stages: “A”, “B”, by the rule for the posting \
             “Engineer (m/f)”)",
            nothing(None, stages(&["A", "B"], Some(posting()))),
        ),
        (Event("done"), "nothing to do: the candidate is not archived in Lever", Reason::NotArchived),
        (Event("done"), "is archived in Lever; there was no open invitation", Reason::Archived { ended: 0 }),
        (Event("done"), "is archived in Lever; 1 open invitation ended", Reason::Archived { ended: 1 }),
        (Event("done"), "is archived in Lever; 2 open invitations ended", Reason::Archived { ended: 2 }),
        (Event("done"), "is hired; there was no open invitation", Reason::Hired { ended: 0 }),
        (Event("done"), "is hired; 1 open invitation ended", Reason::Hired { ended: 1 }),
        (Event("done"), "is hired; 3 open invitations ended", Reason::Hired { ended: 3 }),
        (Event("done"), "deleted in Lever; what the portal knew was erased", Reason::DeletedErased),
        (
            Event("done"),
            "deleted in Lever; the portal knew nothing of this candidate",
            Reason::DeletedUnknown,
        ),
        (
            Event("done"),
            "Lever does not show this opportunity to the portal: it is confidential.",
            Reason::OpportunityHidden,
        ),
        (
            Event("done"),
            "Lever does not know this opportunity: it was deleted or merged meanwhile, or it is confidential.",
            Reason::OpportunityUnknown,
        ),
        (
            Event("done"),
            "The candidate was deleted in Lever; what this event held was erased.",
            Reason::ErasedDeleted,
        ),
        (
            Event("failed"),
            "The retention period is over; what this event held was erased.",
            Reason::ErasedRetention,
        ),
        (
            Event("done"),
            "Lever has not known the candidate for thirty days; what this event held was erased.",
            Reason::ErasedUnknown,
        ),
        (
            Event("done"),
            "The candidate was anonymised in Lever; what this event held was erased.",
            Reason::ErasedAnonymized,
        ),
        (
            Step("decided"),
            "invite to logic and personality: is in the trigger stage “Assessment” (the rule for the posting “Engineer \
             (m/f)”)",
            Reason::Invite { tests: Tests::Both, why: by_stage(Some(posting())).into() },
        ),
        (
            Step("decided"),
            "complete at once: results of 23 November 2026 for “Ops” are reused; was invited by hand by ada@acme.example",
            Reason::Reuse {
                results: ReusedResults { day: "23 November 2026".into(), posting: Some("Ops".into()) },
                why: Inviting { who: Some("ada@acme.example".into()), ..hand() },
            },
        ),
        (
            Step("decided"),
            "complete at once: results of 23 November 2026 are reused; was invited by hand",
            Reason::Reuse {
                results: ReusedResults { day: "23 November 2026".into(), posting: None },
                why: hand(),
            },
        ),
        (Step("decided"), tag, Reason::Text(tag.into())),
    ]);
}

#[test]
fn why_somebody_is_invited_or_not() {
    let refusals = [
        ("was invited for this posting before", Refusal::AlreadyInvited),
        (
            "is the same person in Lever as in another opportunity of this posting, where the tests are under way",
            Refusal::SamePerson,
        ),
        ("was anonymised in Lever", Refusal::Anonymized),
        ("is archived in Lever", Refusal::Archived),
        (
            "is confidential in Lever, or the posting is; switch that off in Lever to invite",
            Refusal::Confidential,
        ),
        (
            "has the origin “sourced”, which is blocked in the integration's settings",
            Refusal::OriginBlocked("sourced".into()),
        ),
        ("has no e-mail address in Lever", Refusal::NoEmail),
        ("is a lead and has not applied", Refusal::Lead),
        (
            "belongs to a posting without tests (the rule for every posting)",
            Refusal::PostingWithoutTests(RuleScope::Every),
        ),
        (
            "belongs to a posting without tests (the rule for the posting “Engineer (m/f)”)",
            Refusal::PostingWithoutTests(posting()),
        ),
        (
            "belongs to a posting without tests (the rule for postings tagged “QA”)",
            Refusal::PostingWithoutTests(RuleScope::Tag("QA".into())),
        ),
    ];
    for (text, refusal) in refusals {
        let rule = Rule { by: InvitedBy::ScreeningTag("Alva: Screening".into()), scope: None };
        let sentence =
            format!("not invited: applied to a posting with the tag “Alva: Screening”, but {text}");
        let (sent, is) = (format!("not sent: the candidate {text}"), format!("the candidate {text}"));
        check(vec![
            (Event("done"), &sentence, Reason::NotInvited { rule, refusal: refusal.clone() }),
            (Other, &sent, Reason::NotSent { refusal: refusal.clone() }),
            (Other, &is, Reason::CandidateIs { refusal }),
        ]);
    }
    let finding = || Finding::NoSuchTest { tag: "Alva Coding Test: Go”; x".into() };
    let despite = vec![Refusal::OriginBlocked("agency".into()), Refusal::Lead];
    let wished = Rule {
        by: InvitedBy::CandidateTag("Alva: Invite”".into()),
        scope: Some(RuleScope::Tag("QA".into())),
    };
    check(vec![
        (Invitation, "is in the trigger stage “Assessment”", Reason::Invited(by_stage(None).into())),
        (Invitation, "was invited by hand", Reason::Invited(hand())),
        (
            Invitation,
            "was given the tag “Alva: Invite”” in Lever (the rule for postings tagged “QA”); the candidate has the origin \
             “agency”, which is blocked in the integration's settings, and a person’s wish counts more; the candidate is a \
             lead and has not applied, and a person’s wish counts more; the posting carries “Alva Coding Test: Go”; x”, \
             which names a test that this portal does not have",
            Reason::Invited(Inviting {
                rule: wished,
                despite: despite.clone(),
                who: None,
                findings: vec![finding()],
            }),
        ),
        (
            Invitation,
            "was invited by hand; the candidate is a lead and has not applied, and a person’s wish counts more by \
             ada@acme.example",
            Reason::Invited(Inviting {
                despite: vec![Refusal::Lead],
                who: Some("ada@acme.example".into()),
                ..hand()
            }),
        ),
        (
            Invitation,
            "may take the tests again, allowed by ada@acme.example",
            Reason::Retake { by: Some("ada@acme.example".into()) },
        ),
        (Invitation, "may take the tests again, allowed by the company", Reason::Retake { by: None }),
        (
            Step("posting looked at"),
            "the posting carries “alva: screening”, which is not “Alva: Screening”",
            Reason::Posting(Finding::NearMiss {
                tag: "alva: screening".into(),
                right: "Alva: Screening".into(),
            }),
        ),
        (
            Step("looked at the posting"),
            "the posting carries “Alva Coding Test: Go”; x”, which names a test that this portal does not have",
            Reason::Posting(finding()),
        ),
        (
            Step("looked at the posting"),
            "the posting is confidential in Lever, so nobody who applies to it is invited",
            Reason::Posting(Finding::Confidential),
        ),
    ]);
}
