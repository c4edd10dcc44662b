//! Why something is as it is: a code with its parameters. That is what the database and the exports
//! hold; [`sentence`] makes the words that people read, from `locales/`.
//!
//! What version 0.1 stored were the sentences themselves. [`old`] maps them; what it does not know stays
//! as it was ([`Reason::Text`]) and is shown unchanged.

mod found;
pub mod old;
mod part_sentence;
mod parts;
mod sentence;
mod stored;

use crate::test_selection::Tests;
use diesel::deserialize::FromSqlRow;
use serde::{Deserialize, Serialize};

pub use found::Found;
pub use parts::{
    Actor, Finding, InvitedBy, Inviting, NotYet, Refusal, ReusedResults, Rule, RuleScope, RuleTerms,
    RuleTests, Trigger,
};

/// A reason, with its parameters. `detail` is what the other side said, in its own words; names are those
/// of the time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromSqlRow)]
#[allow(missing_docs, reason = "each field is the parameter that its variant speaks of")]
#[serde(tag = "code", content = "params", rename_all = "snake_case")]
pub enum Reason {
    /// There is none.
    #[default]
    None,
    /// A sentence of version 0.1 that the mapping does not know, or words from outside: as they are.
    Text(String),

    // What a delivery is.
    /// The portal does nothing about events of this kind.
    KindIgnored { kind: String },
    /// The delivery names no opportunity.
    NoOpportunity,
    /// Lever tested the connection.
    ConnectionTested,
    /// Lever tested the connection; the token was saved later.
    ConnectionTestedEarlier,
    /// Lever tested a webhook whose token is not saved yet.
    CheckTokenNotSaved,
    /// Lever tested a webhook, and did not sign.
    CheckUnsigned,
    /// The delivery names no opportunity, although it is no test.
    NobodyNamed,
    /// It came before a signing token was saved.
    BeforeToken,
    /// It has no signature.
    Unsigned,
    /// Its signature matches no saved token.
    SignatureUnknown,
    /// Its signature is of the token of a webhook for another kind of event.
    TokenOfAnother,
    /// It cannot be read.
    Unreadable { detail: String },
    /// Verified by a token that was saved after it came.
    TokenSavedLater,

    // What was decided.
    /// Invited, for this reason.
    Invited(Inviting),
    /// Invite to these tests.
    Invite { tests: Tests, why: Inviting },
    /// Complete at once, by earlier results.
    Reuse { results: ReusedResults, why: Inviting },
    /// Somebody else with the same address has results: a colleague decides whether they count.
    SameAddress { why: Inviting },
    /// Somebody with this address withdrew on this day after having seen a result: a colleague decides whether to invite.
    AskedTheCompany { day: String, why: Inviting },
    /// The invitation of a bulk move is held.
    InviteHeld { why: Inviting, above: i32, until: String },
    /// The invitation is above the daily limit, and held.
    InviteAboveLimit { why: Inviting, limit: i32, until: String },
    /// The bulk move was taken back before.
    InviteUndone { why: Inviting },
    /// A rule would invite, but something stands against it.
    NotInvited { rule: Rule, refusal: Refusal },
    /// No rule applies.
    NothingToDo { stage: Option<String>, posting: Option<PostingTag>, trigger: Trigger },
    /// Lever does not show something yet; looked at again in so many seconds.
    NotYet { what: NotYet, seconds: u64 },
    /// Lever shows the candidate otherwise than when the event ended, so it is processed again.
    ShownOtherwise,
    /// The candidate is not archived in Lever, so there is nothing to do.
    NotArchived,
    /// The candidate is not hired in Lever, so there is nothing to do.
    NotHired,
    /// Lever still has the candidate, so nothing was erased.
    StillInLever,
    /// The candidate was moved meanwhile, and the event of that move decides.
    MoveDecides,
    /// Archived in Lever; so many open invitations ended.
    Archived { ended: usize },
    /// Hired; so many open invitations ended.
    Hired { ended: usize },
    /// Deleted in Lever; what the portal knew was erased.
    DeletedErased,
    /// Deleted in Lever; the portal knew nothing of the candidate.
    DeletedUnknown,
    /// Lever does not show the candidate, nor list the deletion that it reported: an admin decides.
    DeletionHeld,
    /// An admin had the candidate erased.
    DeletionDecidedErased { by: Actor },
    /// An admin decided that the candidate is not deleted.
    DeletionDecidedKept { by: Actor },
    /// Lever does not show the opportunity: confidential.
    OpportunityHidden,
    /// Lever does not know the opportunity.
    OpportunityUnknown,
    /// Held with the others of a bulk move. `until`: a minute in the company's zone.
    Held { above: i32, until: String },
    /// Held, because the integration invited `limit` candidates in 24 hours. `until`: when there is room for the
    /// first that is held, a minute in the company's zone.
    AboveDailyLimit { limit: i32, until: String },
    /// The bulk move was taken back before this invitation was sent.
    BulkMoveUndone,
    /// Taken back with the others of the bulk move.
    TakenBack { by: Actor },
    /// A bulk move was let go by a person.
    BulkMoveSent { by: Actor },
    /// A bulk move was let go by the clock.
    HoldOver,
    /// The invitation ended while it was held.
    EndedWhileHeld,
    /// Something about the posting.
    Posting(Finding),
    /// A colleague asked for an invitation.
    Requested { tests: Tests, by: String },
    /// A person replayed the event, which had ended like this.
    Replayed { by: Actor, state: String, outcome: String, reason: Box<Self> },
    /// Found in Lever's list of the candidate tag.
    FoundTagged { tag: String },
    /// Found in the trigger stage. `since`: RFC 3339.
    FoundInStage { since: Option<String> },
    /// Found to have applied.
    FoundApplication,
    /// A webhook for this event had reported it, and nothing had come of it.
    FoundReported { kind: String },
    /// Found to be deleted.
    FoundDeleted,
    /// Found to be hired.
    FoundHired,
    /// Found to be archived.
    FoundArchived,

    // Why what an event held was erased.
    /// Deleted in Lever.
    ErasedDeleted,
    /// The retention period is over.
    ErasedRetention,
    /// Lever has not known the candidate for thirty days.
    ErasedUnknown,
    /// Anonymised in Lever.
    ErasedAnonymized,

    // What did not succeed outside.
    /// Lever can't be used just now.
    LeverUnavailable { detail: String },
    /// Lever no longer accepts the portal's access.
    LeverAccessRefused { detail: String },
    /// Lever does not let the portal do this.
    LeverForbids { detail: String },
    /// Lever knows no such object.
    LeverUnknownObject { detail: String },
    /// Lever refused the request.
    LeverRefused { detail: String },
    /// What was sent is too large for Lever.
    LeverTooLarge { detail: String },
    /// The summary of a result is too large for Lever.
    FileTooLarge { name: String, kilobytes: usize, detail: String },
    /// Lever's answer can't be read.
    LeverUnreadable { detail: String },
    /// The certificate of Lever's server is not trusted.
    LeverCertificate { detail: String },
    /// Lever wants to know in whose name it is written, and nobody is known.
    NobodyToActFor,
    /// Lever names an application by its id alone.
    ApplicationHidden { application: String, title: String },
    /// Lever did not answer in time.
    LeverTooSlow,
    /// Access could not be renewed just now.
    AccessNotRenewed { detail: String },
    /// Lever renewed access and does not accept it yet.
    RenewedAccessRefused { detail: String },
    /// Access was revoked in Lever.
    AccessRevoked,
    /// Lever's answer to a renewal was lost, and the token in it.
    AccessAnswerLost,
    /// Lever granted access for an hour only.
    AccessForAnHour,
    /// Lever no longer accepts the portal's access.
    AccessNotAccepted,
    /// The account is not connected.
    NotConnected,
    /// A permission was not granted; what needs it waits.
    WaitsForPermission { scope: String, title: String },
    /// The same, of a call that was not made.
    LacksPermission { scope: String, title: String },
    /// The test provider knows no such order.
    ProviderUnknownOrder,
    /// The test provider does not answer just now.
    ProviderUnavailable { detail: String },
    /// The test provider refused.
    ProviderRefused { detail: String },
    /// The tests were ordered from a provider that is no longer configured.
    ProviderGone,
    /// Not a mail address.
    MailAddress { address: String },
    /// The part of an address before the `@` has letters that the mail server cannot send.
    MailLetters { address: String },
    /// The mail could not be composed.
    MailNotComposed { detail: String },
    /// The mail server refused.
    MailRefused { detail: String },
    /// The mail server cannot take it now.
    MailLater { detail: String },
    /// The invitation's mail failed; with what to do about it.
    MailFailed { last: Box<Self> },
    /// Something below failed; its own words.
    Technical { detail: String },
    /// Tried again later.
    Retry { why: Box<Self>, attempt: i32, seconds: u64 },
    /// Given up after so many attempts.
    GivenUp { attempts: i32, last: Box<Self> },
    /// Something was to be written to Lever, and Lever did not say whether it was.
    MayBeWritten { last: Box<Self> },
    /// Background work of a kind that this version does not have.
    JobUnknown,
    /// What background work is about cannot be read.
    JobUnreadable { detail: String },
    /// Background work that names no integration.
    JobWithoutIntegration,
    /// The portal broke off.
    InternalError { detail: String },
    /// The company's address did not take an alert.
    AlertNotTaken { detail: String },
    /// The address for alerts is none that the portal posts to.
    AlertAddress { problem: String },
    /// The address was removed.
    AddressRemoved,
    /// The receiver answered 410.
    ReceiverGone,
    /// No answer in time.
    NoAnswerInTime,
    /// The certificate of the other side is not trusted.
    CertificateNotTrusted { detail: String },
    /// No connection.
    NoConnection { detail: String },
    /// The connection broke.
    ConnectionBroke { detail: String },
    /// **Test it** found something.
    CheckFound { what: String, found: Found },
    /// Lever does not list what was deleted.
    DeletionsNotListed,
    /// The same, when a day is counted.
    DeletionsNotCounted,
    /// Lever does not list postings.
    PostingsNotListed,
    /// An action waits for a permission.
    ActionWaits { action: String, why: Box<Self> },

    // What an action did, or why it did not.
    /// A value that speaks for itself: a tag, an address, a file's name.
    Value(String),
    /// The mail server took a mail.
    Mailed { address: String, answer: String },
    /// The same, after the addresses before it were refused.
    MailedInstead { address: String, answer: String, refused: Box<Self> },
    /// Moved to the account's stage instead of the rule's, which is gone.
    MovedInstead { stage: String, gone: String },
    /// No progression stage is chosen any more.
    NoProgressionStage,
    /// The candidate was erased.
    CandidateErased,
    /// The tests are done.
    TestsDone,
    /// The candidate withdrew.
    CandidateWithdrew,
    /// The invitation is held with others.
    InvitationHeld,
    /// The mail is on its way.
    MailOnItsWay,
    /// The invitation is over.
    InvitationOver,
    /// The invitation is not to be sent.
    NotToBeSent,
    /// The time to begin is over.
    TimeOver,
    /// The company sends no more reminders.
    NoMoreReminders,
    /// The link is no longer kept.
    LinkGone,
    /// Nothing to send a reminder about.
    NothingToRemind,
    /// The link is no longer kept; the invitation can be sent again.
    LinkGoneResend,
    /// Lever stands against writing to the candidate.
    NotSent { refusal: Refusal },
    /// The candidate is confidential in Lever.
    NotSentHidden,
    /// Lever does not know the candidate.
    NotSentUnknown,
    /// Not moved: further on already.
    NotMovedFurther,
    /// Not moved: archived.
    NotMovedArchived,
    /// The invitation was sent again.
    SentAgain,
    /// Cancelled by a person.
    CancelledBy { who: String },
    /// The candidate was hired.
    CandidateHired,
    /// The candidate was archived in Lever.
    CandidateArchived,
    /// Lever does not know the candidate any more.
    CandidateUnknown,
    /// Something about the candidate ended the invitation.
    CandidateIs { refusal: Refusal },
    /// There is no result.
    NoResult,
    /// The PDF could not be written.
    PdfFailed { detail: String },
    /// The invitation could not be mailed, so the rest is not done.
    InvitationNotMailed,
    /// The invitation was taken back.
    InvitationTakenBack,
    /// The person may take the tests again, so the result is not written.
    RetakeAllowed,

    // Differences that the completeness report names.
    /// No webhook reported it.
    GapNotReported,
    /// Nor did the reconciliations since find anything to do.
    GapNothingFound,
    /// A reconciliation found it, and it was processed.
    GapFound,
    /// A reconciliation found it, and it was not processed.
    GapFoundUnprocessed { why: Box<Self> },
    /// Its signature matches no saved token.
    GapSignature,
    /// It is being processed.
    GapProcessing,
    /// It ended in this state.
    GapState { state: String, reason: Box<Self> },

    /// The invitation of a retake. Without `by`: allowed by the company.
    Retake { by: Option<String> },
}

/// What Lever says of the posting of somebody who applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostingTag {
    /// It has no screening tag.
    Missing,
    /// It shows no application, so there is no posting.
    NoApplication,
    /// Lever does not show it.
    Hidden,
}
