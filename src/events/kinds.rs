//! The codes of the event log. What they are called stands in `locales/`, how they look in
//! `web/labels.rs`.

use crate::text_enum;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use std::fmt;

text_enum! {
    /// What became of a delivery.
    State {
        /// Kept before any signing token was saved; verified when one is. Never acted on before.
        Waiting => "waiting",
        /// An event whose signature is missing or matches no valid token. Never acted on.
        Quarantined => "quarantined",
        /// A connection check. Never acted on.
        Check => "check",
        /// Not readable; answered 400.
        Malformed => "malformed",
        /// Verified, waiting for its turn or for its next attempt.
        Queued => "queued",
        /// Processed; its outcome says what it caused.
        Done => "done",
        /// Genuine, but of a kind that causes nothing here.
        Ignored => "ignored",
        /// Given up, with the reason; can be replayed.
        Failed => "failed",
    }
}

impl State {
    /// Whether a token that is saved later may verify such a delivery, so that it is worked then.
    pub fn may_be_verified(self) -> bool {
        matches!(self, Self::Waiting | Self::Quarantined)
    }
}

text_enum! {
    /// How a step of the timeline went.
    StepStatus {
        /// As it should.
        Good => "good",
        /// Will be tried again.
        Waiting => "waiting",
        /// Done, but somebody should look at it.
        Attention => "attention",
        /// Not done, and will not be.
        Failed => "failed",
    }
}

text_enum! {
    /// What a processed event caused.
    Outcome {
        /// Nothing yet, or nothing by its nature.
        None => "",
        /// An invitation.
        Invited => "invited",
        /// Earlier results were taken over.
        Reused => "reused",
        /// An invitation that is held with the others of a bulk move.
        Held => "held",
        /// An invitation that was taken back with the others of a bulk move.
        Undone => "undone",
        /// The invitation ended while it was held.
        Ended => "ended",
        /// The candidate is archived in Lever; also a refusal.
        Archived => "archived",
        /// The candidate is hired.
        Hired => "hired",
        /// The candidate was deleted in Lever, and erased here.
        Deleted => "deleted",
        /// The same, as the first versions wrote it; also what was open about somebody who was erased.
        Erased => "erased",
        /// Lever reported a deletion that it does not prove: an admin decides.
        DeletionHeld => "deletion_held",
        /// No rule applies.
        NothingToDo => "nothing_to_do",
        /// Lever does not show the opportunity, or something of it is confidential.
        Confidential => "confidential",
        /// Lever does not know the opportunity.
        NotFound => "not_found",
        /// Given up.
        Failed => "failed",
        /// Refused: invited for this posting before.
        AlreadyInvited => "already_invited",
        /// Refused: the same person takes the tests through another opportunity.
        SamePerson => "same_person",
        /// Not invited yet: somebody else with the same address has results, and a colleague decides whose they are.
        SameAddress => "same_address",
        /// Not invited yet: somebody with this address withdrew after having seen a result, and a colleague decides.
        AskedTheCompany => "asked_the_company",
        /// Refused: the person's data was removed in Lever.
        Anonymized => "anonymized",
        /// Refused: the origin is blocked.
        OriginBlocked => "origin_blocked",
        /// Refused: no address.
        NoEmail => "no_email",
        /// Refused: a lead.
        Lead => "lead",
        /// Refused: a rule says that the posting has no tests.
        PostingWithoutTests => "posting_without_tests",
    }
}

impl Outcome {
    /// Outcomes that stay with an event when it is replayed: what it caused, it has caused. What the
    /// replay came to stands in the timeline.
    pub const LASTING: [Self; 5] = [Self::Invited, Self::Reused, Self::Hired, Self::Deleted, Self::Erased];
}

/// Declares an open set of codes: known ones, and any other text as it is.
macro_rules! open_codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident => $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
        #[diesel(sql_type = Text)]
        pub enum $name {
            $($(#[$vdoc])* $variant,)*
            /// Any other, as it is.
            Other(String),
        }

        impl $name {
            /// The known ones, in the order of declaration.
            pub const KNOWN: &[Self] = &[$(Self::$variant,)*];

            /// The code, as it stands in the database, in addresses and in exports.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)*
                    other => Self::Other(other.to_owned()),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl<DB: Backend> FromSql<Text, DB> for $name where String: FromSql<Text, DB> {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                Ok(Self::from(String::from_sql(bytes)?.as_str()))
            }
        }

        impl<DB: Backend> ToSql<Text, DB> for $name where str: ToSql<Text, DB> {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.as_str().to_sql(out)
            }
        }
    };
}

open_codes! {
    /// What an event is about: Lever's name of it, or one of the portal's own.
    EventKind {
        /// A candidate applied.
        ApplicationCreated => "applicationCreated",
        /// A candidate was moved to another stage.
        CandidateStageChange => "candidateStageChange",
        /// A candidate was archived with a reason that means hired.
        CandidateHired => "candidateHired",
        /// A candidate was deleted.
        CandidateDeleted => "candidateDeleted",
        /// A candidate was archived or taken back.
        CandidateArchiveChange => "candidateArchiveChange",
        /// An interview was set up.
        InterviewCreated => "interviewCreated",
        /// An interview was changed.
        InterviewUpdated => "interviewUpdated",
        /// An interview was deleted.
        InterviewDeleted => "interviewDeleted",
        /// A contact was made.
        ContactCreated => "contactCreated",
        /// A contact was changed.
        ContactUpdated => "contactUpdated",
        /// A reconciliation found what no webhook reported.
        Reconciliation => "reconciliation",
        /// A colleague invited the candidate.
        ManualInvite => "invited_by_hand",
    }
}

impl EventKind {
    /// The kind of a test event that the portal sent to its own door.
    pub const PORTAL_TEST: &'static str = "portalTest";

    /// Whether the portal sent it to its own door, as a test.
    pub fn is_portal_test(&self) -> bool {
        self.as_str() == Self::PORTAL_TEST
    }

    /// Of a delivery that names no event.
    pub fn unnamed() -> Self {
        Self::Other(String::new())
    }

    /// Whether the event has no name.
    pub fn is_unnamed(&self) -> bool {
        self.as_str().is_empty()
    }

    /// Whether the portal made the event itself, so that nothing was delivered.
    pub fn is_our_own(&self) -> bool {
        matches!(self, Self::Reconciliation | Self::ManualInvite)
    }
}

impl From<&lever_client::Event> for EventKind {
    fn from(event: &lever_client::Event) -> Self {
        Self::from(event.as_str())
    }
}

open_codes! {
    /// What a line of the timeline says.
    StepKind {
        /// Lever was asked.
        Fetched => "fetched",
        /// Something was changed in Lever.
        Written => "written",
        /// Something about the posting keeps it from working as expected.
        PostingFinding => "posting_finding",
        /// What the rules say.
        Decided => "decided",
        /// The invitation is held with the others of a bulk move.
        Held => "held",
        /// The invitation was taken back with the others of a bulk move.
        TakenBack => "taken_back",
        /// A bulk move was let go.
        HoldEnded => "hold_ended",
        /// Waits until a permission is granted.
        WaitsForPermission => "waits_for_permission",
        /// Lever does not show yet what was reported; it is asked again.
        LooksAgain => "looks_again",
        /// Will be tried again.
        Retry => "retry",
        /// Waits until the account is connected again.
        WaitsForAccess => "waits_for_access",
        /// Given up.
        GivenUp => "given_up",
        /// A person was erased.
        Erased => "erased",
        /// An action was not called for any more, or failed.
        NotDone => "not_done",
        /// The invitation's mail went out.
        InvitationMailed => "invitation_mailed",
        /// A reminder went out.
        ReminderMailed => "reminder_mailed",
        AnswerMailed => "answer_mailed",
        /// The progress tag was set.
        TagAdded => "tag_added",
        /// The progress tags were removed, because the invitation is over.
        TagRemoved => "tag_removed",
        /// The result was written as a note.
        NoteWritten => "note_written",
        /// The result's address was added.
        LinkAdded => "link_added",
        /// The summary was attached.
        SummaryAttached => "summary_attached",
        /// The candidate was not moved.
        NotMoved => "not_moved",
        /// The candidate was moved to the progression stage.
        Moved => "moved",
        /// Note, file and link were taken back.
        ResultRemoved => "result_removed",
        /// The progress tags that the portal set were removed.
        ProgressTagRemoved => "progress_tag_removed",
        /// Verified by a token that was saved later.
        VerifiedLater => "verified_later",
        /// A person replayed the event.
        Replayed => "replayed",
        /// A colleague asked for the invitation.
        Requested => "requested",
        /// A reconciliation found it.
        FoundByReconciliation => "found_by_reconciliation",
    }
}
