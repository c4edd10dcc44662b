//! Bulk moves, replays and what reconciliations found.

use super::*;

#[test]
fn bulk_moves_replays_and_reconciliations() {
    let held = "more than 10 candidates were moved within two minutes, so their invitations are held and go out at 22 \
                November, 14:05 unless they are taken back";
    let until = || "22 November, 14:05".to_owned();
    let ada = || Actor::User("ada@acme.example".into());
    check(vec![
        (Event("done"), held, Reason::Held { above: 10, until: until() }),
        (
            Step("held"),
            &format!("invite: is in the trigger stage “Assessment”; {held}"),
            Reason::InviteHeld { why: by_stage(None).into(), above: 10, until: until() },
        ),
        (
            Event("done"),
            "the invitations of this mass move were taken back before this one was sent",
            Reason::BulkMoveUndone,
        ),
        (
            Step("taken back"),
            "invite: is in the trigger stage “Assessment”; but the invitations of this mass move were taken back before this \
             one was sent",
            Reason::InviteUndone { why: by_stage(None).into() },
        ),
        (
            Step("taken back"),
            "taken back with the others of this move by ada@acme.example",
            Reason::TakenBack { by: ada() },
        ),
        (Event("done"), "The invitation was ended while it was held.", Reason::EndedWhileHeld),
        (Step("hold ended"), "sent at once by ada@acme.example", Reason::BulkMoveSent { by: ada() }),
        (Step("hold ended"), "the time is over", Reason::HoldOver),
        (
            Step("replayed"),
            "by the command line; it had ended as worked, nothing to do, nothing to do: the candidate is not archived in Lever",
            Reason::Replayed {
                by: Actor::CommandLine,
                state: "done".into(),
                outcome: "nothing_to_do".into(),
                reason: Box::new(Reason::NotArchived),
            },
        ),
        (
            Step("replayed"),
            "by ada@acme.example; it had ended as worked, invited",
            Reason::Replayed {
                by: ada(),
                state: "done".into(),
                outcome: "invited".into(),
                reason: Box::default(),
            },
        ),
        (
            Step("replayed"),
            "by the portal; it had ended as ignored, The delivery names no opportunity.",
            Reason::Replayed {
                by: Actor::Portal,
                state: "ignored".into(),
                outcome: String::new(),
                reason: Box::new(Reason::NoOpportunity),
            },
        ),
        (
            Step("asked for"),
            "logic and personality by ada@acme.example",
            Reason::Requested { tests: Tests::Both, by: "ada@acme.example".into() },
        ),
        (
            Step("found by reconciliation"),
            "Lever lists the candidate with the tag “Alva: Invite”, without an invitation",
            Reason::FoundTagged { tag: "Alva: Invite".into() },
        ),
        (
            Step("found by reconciliation"),
            "Lever lists the candidate in the trigger stage, without an invitation",
            Reason::FoundInStage { since: None },
        ),
        (
            Step("found by reconciliation"),
            "Lever lists the candidate in the trigger stage since 2026-11-22T10:00:00Z, without an invitation",
            Reason::FoundInStage { since: Some("2026-11-22T10:00:00Z".into()) },
        ),
        (
            Step("found by reconciliation"),
            "Lever lists an application to a posting with the screening tag, of which no webhook told",
            Reason::FoundApplication,
        ),
        (
            Step("found by reconciliation"),
            "Lever lists the candidate as deleted, and no webhook told of it",
            Reason::FoundDeleted,
        ),
        (
            Step("found by reconciliation"),
            "Lever lists the candidate as hired, and no webhook told of it",
            Reason::FoundHired,
        ),
        (
            Step("found by reconciliation"),
            "Lever lists the candidate as archived, and no webhook told of it",
            Reason::FoundArchived,
        ),
    ]);
}
