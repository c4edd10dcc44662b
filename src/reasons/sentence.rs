//! The sentences of reasons.

use super::{Inviting, PostingTag, Reason};
use crate::i18n::{Arg, Catalog, number, portal};
use std::fmt;

impl Reason {
    /// Whether it says that a person's data was erased.
    pub fn is_erasure(&self) -> bool {
        matches!(
            self,
            Self::DeletedErased
                | Self::DeletedUnknown
                | Self::DeletionDecidedErased { .. }
                | Self::ErasedDeleted
                | Self::ErasedRetention
                | Self::ErasedUnknown
                | Self::ErasedAnonymized
        )
    }

    /// The sentence in a language; empty when there is none.
    pub fn sentence(&self, words: &Catalog) -> String {
        let say = |id: &str, values: &[(&str, Arg)]| words.message(&format!("reason-{id}"), values);
        let detail = |id: &str, detail: &String| say(id, &[("detail", detail.into())]);
        let certificate = |id: &str, detail: &String| {
            let remedy = lever_client::http::certificate_remedy(detail);
            say(id, &[("detail", detail.into()), ("remedy", remedy.into())])
        };
        let why = |why: &Inviting| Arg::from(why.sentence(words));
        let held =
            |above: i32, until: &String| say("held", &[("above", number(above)), ("until", until.into())]);
        let above_limit = |limit: i32, until: &String| {
            say("above_daily_limit", &[("limit", number(limit)), ("until", until.into())])
        };
        let tests = |tests: crate::test_selection::Tests| Arg::from(words.name("tests", tests.as_str()));
        match self {
            Self::None => String::new(),
            Self::Text(text) | Self::Value(text) => text.clone(),
            Self::KindIgnored { kind } => say("kind_ignored", &[("kind", kind.into())]),
            Self::Unreadable { detail: what } => detail("unreadable", what),
            Self::Invited(inviting) => inviting.sentence(words),
            Self::Invite { tests: chosen, why: inviting } => {
                say("invite", &[("tests", tests(*chosen)), ("why", why(inviting))])
            }
            Self::Reuse { results, why: inviting } => {
                say("reuse", &[("results", results.sentence(words).into()), ("why", why(inviting))])
            }
            Self::SameAddress { why: inviting } => say("same_address", &[("why", why(inviting))]),
            Self::AskedTheCompany { day, why: inviting } => {
                say("asked_the_company", &[("day", day.into()), ("why", why(inviting))])
            }
            Self::InviteHeld { why: inviting, above, until } => {
                say("invite_held", &[("why", why(inviting)), ("held", held(*above, until).into())])
            }
            Self::InviteAboveLimit { why: inviting, limit, until } => say(
                "invite_above_limit",
                &[("why", why(inviting)), ("held", above_limit(*limit, until).into())],
            ),
            Self::InviteUndone { why: inviting } => say("invite_undone", &[("why", why(inviting))]),
            Self::NotInvited { rule, refusal } => say(
                "not_invited",
                &[("rule", rule.sentence(words).into()), ("refusal", refusal.sentence(words).into())],
            ),
            Self::NothingToDo { stage, posting, trigger } => {
                let id = match posting {
                    None => "nothing_to_do",
                    Some(PostingTag::Missing) => "nothing_to_do-missing",
                    Some(PostingTag::Hidden) => "nothing_to_do-hidden",
                    Some(PostingTag::NoApplication) => "nothing_to_do-no_application",
                };
                let stage = stage.clone().unwrap_or_else(|| words.message("no-stage", &[]));
                say(id, &[("stage", stage.into()), ("trigger", trigger.sentence(words).into())])
            }
            Self::NotYet { what, seconds } => {
                say(&format!("not_yet-{}", what.as_str()), &[("seconds", number(*seconds))])
            }
            Self::Archived { ended } => say("archived", &[("ended", number(*ended))]),
            Self::Hired { ended } => say("hired", &[("ended", number(*ended))]),
            Self::Held { above, until } => held(*above, until),
            Self::AboveDailyLimit { limit, until } => above_limit(*limit, until),
            Self::DeletionDecidedErased { by } => {
                say("deletion_decided_erased", &[("by", by.name(words).into())])
            }
            Self::DeletionDecidedKept { by } => {
                say("deletion_decided_kept", &[("by", by.name(words).into())])
            }
            Self::TakenBack { by } => say("taken_back", &[("by", by.name(words).into())]),
            Self::BulkMoveSent { by } => say("bulk_move_sent", &[("by", by.name(words).into())]),
            Self::Posting(finding) => say("posting", &[("finding", finding.sentence(words).into())]),
            Self::Requested { tests: chosen, by } if by.is_empty() => {
                say("requested", &[("tests", tests(*chosen))])
            }
            Self::Requested { tests: chosen, by } => {
                say("requested-by", &[("tests", tests(*chosen)), ("by", by.into())])
            }
            Self::Replayed { by, state, outcome, reason } => {
                let parts =
                    [words.name("state", state), words.name("outcome", outcome), reason.sentence(words)];
                let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
                say("replayed", &[("by", by.name(words).into()), ("ended", parts.join(", ").into())])
            }
            Self::FoundTagged { tag } => say("found_tagged", &[("tag", tag.into())]),
            Self::FoundReported { kind } => {
                say("found_reported", &[("event", words.name("event", kind).into())])
            }
            Self::FoundInStage { since: None } => say("found_in_stage", &[]),
            Self::FoundInStage { since: Some(since) } => {
                say("found_in_stage-since", &[("since", since.into())])
            }
            Self::LeverUnavailable { detail: what } => detail("lever_unavailable", what),
            Self::LeverAccessRefused { detail: what } => detail("lever_access_refused", what),
            Self::LeverForbids { detail: what } => detail("lever_forbids", what),
            Self::LeverUnknownObject { detail: what } => detail("lever_unknown_object", what),
            Self::LeverRefused { detail: what } => detail("lever_refused", what),
            Self::LeverTooLarge { detail: what } => detail("lever_too_large", what),
            Self::FileTooLarge { name, kilobytes, detail } => say(
                "file_too_large",
                &[("name", name.into()), ("kilobytes", number(*kilobytes)), ("detail", detail.into())],
            ),
            Self::LeverUnreadable { detail: what } => detail("lever_unreadable", what),
            Self::LeverCertificate { detail: what } => certificate("lever_certificate", what),
            Self::ApplicationHidden { application, title } => {
                say("application_hidden", &[("application", application.into()), ("title", title.into())])
            }
            Self::AccessNotRenewed { detail: what } => detail("access_not_renewed", what),
            Self::RenewedAccessRefused { detail: what } => detail("renewed_access_refused", what),
            Self::WaitsForPermission { scope, title } => {
                say("waits_for_permission", &[("scope", scope.into()), ("title", title.into())])
            }
            Self::LacksPermission { scope, title } => {
                say("lacks_permission", &[("scope", scope.into()), ("title", title.into())])
            }
            Self::ProviderUnavailable { detail: what } => detail("provider_unavailable", what),
            Self::ProviderRefused { detail: what } => detail("provider_refused", what),
            Self::MailAddress { address } => say("mail_address", &[("address", address.into())]),
            Self::MailLetters { address } => say("mail_letters", &[("address", address.into())]),
            Self::MailNotComposed { detail: what } => detail("mail_not_composed", what),
            Self::MailRefused { detail: what } => detail("mail_refused", what),
            Self::MailLater { detail: what } => detail("mail_later", what),
            Self::MailFailed { last } => say("mail_failed", &[("last", last.sentence(words).into())]),
            Self::Technical { detail: what } => detail("technical", what),
            Self::JobUnreadable { detail: what } => detail("job_unreadable", what),
            Self::InternalError { detail: what } => detail("internal_error", what),
            Self::AlertNotTaken { detail: what } => detail("alert_not_taken", what),
            Self::AlertAddress { problem } => words.name("bad-address", problem),
            Self::CertificateNotTrusted { detail: what } => certificate("certificate_not_trusted", what),
            Self::NoConnection { detail: what } => detail("no_connection", what),
            Self::ConnectionBroke { detail: what } => detail("connection_broke", what),
            Self::CheckFound { what, found } => say(
                "check_found",
                &[("what", words.name("check", what).into()), ("found", found.sentence(words).into())],
            ),
            Self::Retry { why, attempt, seconds } => say(
                "retry",
                &[
                    ("why", why.sentence(words).into()),
                    ("attempt", number(*attempt)),
                    ("seconds", number(*seconds)),
                ],
            ),
            Self::GivenUp { attempts, last } => {
                say("given_up", &[("attempts", number(*attempts)), ("last", last.sentence(words).into())])
            }
            Self::MayBeWritten { last } => say("may_be_written", &[("last", last.sentence(words).into())]),
            Self::ActionWaits { action, why } => say(
                "action_waits",
                &[("action", words.name("action", action).into()), ("why", why.sentence(words).into())],
            ),
            Self::MailedInstead { address, answer, refused } => say(
                "mailed_instead",
                &[
                    ("address", address.into()),
                    ("answer", answer.into()),
                    ("refused", refused.sentence(words).into()),
                ],
            ),
            Self::Mailed { address, answer } => {
                say("mailed", &[("address", address.into()), ("answer", answer.into())])
            }
            Self::MovedInstead { stage, gone } => {
                say("moved_instead", &[("stage", stage.into()), ("gone", gone.into())])
            }
            Self::NotSent { refusal } => say("not_sent", &[("refusal", refusal.sentence(words).into())]),
            Self::CancelledBy { who } => say("cancelled_by", &[("who", who.into())]),
            Self::CandidateIs { refusal } => {
                say("candidate_is", &[("refusal", refusal.sentence(words).into())])
            }
            Self::PdfFailed { detail: what } => detail("pdf_failed", what),
            Self::GapFoundUnprocessed { why } => {
                say("gap_found_unprocessed", &[("why", why.sentence(words).into())])
            }
            Self::GapState { state, reason } if reason.is_none() => {
                say("gap_state", &[("state", words.name("state", state).into())])
            }
            Self::GapState { state, reason } => say(
                "gap_state-reason",
                &[("state", words.name("state", state).into()), ("reason", reason.sentence(words).into())],
            ),
            Self::Retake { by: None } => say("retake", &[]),
            Self::Retake { by: Some(by) } => say("retake-by", &[("by", by.into())]),
            // The rest has no parameters: the message is named after the code.
            plain => say(&plain.code_and_params().0, &[]),
        }
    }
}

/// The sentence in the portal's first language, as the log of the program has it.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence(portal()))
    }
}

#[cfg(test)]
mod tests;
