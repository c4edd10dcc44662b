use super::*;
use crate::reasons::{Finding, InvitedBy, Refusal, Rule, RuleScope};

#[test]
fn plurals_and_parts_make_one_sentence() {
    assert_eq!(
        Reason::Archived { ended: 0 }.to_string(),
        "is archived in Lever; there was no open invitation"
    );
    assert_eq!(Reason::Hired { ended: 1 }.to_string(), "is hired; 1 open invitation ended");
    assert_eq!(Reason::Hired { ended: 2 }.to_string(), "is hired; 2 open invitations ended");
    let why = Inviting {
        rule: Rule {
            by: InvitedBy::CandidateTag("007".into()),
            scope: Some(RuleScope::Posting("Engineer".into())),
        },
        despite: vec![Refusal::Lead],
        who: None,
        findings: vec![Finding::NoSuchTest { tag: "Alva Coding Test: Go".into() }],
    };
    assert_eq!(
        Reason::Invite { tests: crate::test_selection::Tests::Logic, why }.to_string(),
        "invite to logic: was given the tag “007” in Lever (the rule for the posting “Engineer”); the \
         candidate is a lead and has not applied, but a person’s request takes priority; the posting carries \
         “Alva Coding Test: Go”, which names a test that this portal does not offer"
    );
}

#[test]
fn every_reason_without_parameters_has_its_message() {
    let plain = [
        Reason::NoOpportunity,
        Reason::ConnectionTested,
        Reason::ConnectionTestedEarlier,
        Reason::BeforeToken,
        Reason::Unsigned,
        Reason::SignatureUnknown,
        Reason::TokenOfAnother,
        Reason::TokenSavedLater,
        Reason::ShownOtherwise,
        Reason::NotArchived,
        Reason::NotHired,
        Reason::StillInLever,
        Reason::MoveDecides,
        Reason::DeletedErased,
        Reason::DeletedUnknown,
        Reason::DeletionHeld,
        Reason::OpportunityHidden,
        Reason::OpportunityUnknown,
        Reason::BulkMoveUndone,
        Reason::HoldOver,
        Reason::EndedWhileHeld,
        Reason::FoundApplication,
        Reason::FoundDeleted,
        Reason::FoundHired,
        Reason::FoundArchived,
        Reason::ErasedDeleted,
        Reason::ErasedRetention,
        Reason::ErasedUnknown,
        Reason::ErasedAnonymized,
        Reason::LeverTooSlow,
        Reason::MayBeWritten { last: Box::new(Reason::LeverTooSlow) },
        Reason::AccessRevoked,
        Reason::AccessAnswerLost,
        Reason::NobodyToActFor,
        Reason::CheckTokenNotSaved,
        Reason::CheckUnsigned,
        Reason::NobodyNamed,
        Reason::AccessForAnHour,
        Reason::AccessNotAccepted,
        Reason::RenewedAccessRefused { detail: "HTTP 401: Unauthorized".into() },
        Reason::NotConnected,
        Reason::ProviderUnknownOrder,
        Reason::ProviderGone,
        Reason::NoProgressionStage,
        Reason::CandidateErased,
        Reason::TestsDone,
        Reason::CandidateWithdrew,
        Reason::InvitationHeld,
        Reason::MailOnItsWay,
        Reason::InvitationOver,
        Reason::NotToBeSent,
        Reason::TimeOver,
        Reason::NoMoreReminders,
        Reason::LinkGone,
        Reason::NothingToRemind,
        Reason::LinkGoneResend,
        Reason::NotSentHidden,
        Reason::NotSentUnknown,
        Reason::NotMovedFurther,
        Reason::NotMovedArchived,
        Reason::SentAgain,
        Reason::CandidateHired,
        Reason::CandidateArchived,
        Reason::CandidateUnknown,
        Reason::NoResult,
        Reason::InvitationNotMailed,
        Reason::InvitationTakenBack,
        Reason::RetakeAllowed,
        Reason::GapNotReported,
        Reason::GapNothingFound,
        Reason::GapFound,
        Reason::GapSignature,
        Reason::GapProcessing,
    ];
    for reason in plain {
        let id = format!("reason-{}", reason.code_and_params().0);
        assert!(portal().has(&id), "{id}");
    }
}
