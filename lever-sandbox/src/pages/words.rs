//! The words a person reads for Lever's technical names.

use crate::state::EventKind;

/// Every event type, in the order of the page; the four that integrations usually want first.
pub(super) const EVENTS: [EventKind; 10] = [
    EventKind::ApplicationCreated,
    EventKind::CandidateStageChange,
    EventKind::CandidateHired,
    EventKind::CandidateDeleted,
    EventKind::CandidateArchiveChange,
    EventKind::InterviewCreated,
    EventKind::InterviewUpdated,
    EventKind::InterviewDeleted,
    EventKind::ContactCreated,
    EventKind::ContactUpdated,
];

/// How many of [`EVENTS`] are those that integrations usually want.
pub(super) const USUAL_EVENTS: usize = 4;

/// When an event is sent, in one sentence.
pub(super) fn event_in_words(event: EventKind) -> &'static str {
    match event {
        EventKind::ApplicationCreated => "Someone applied, or was put forward for a posting.",
        EventKind::CandidateStageChange => "A candidate moved to another stage.",
        EventKind::CandidateHired => "A candidate was hired.",
        EventKind::CandidateDeleted => "A candidate was deleted.",
        EventKind::CandidateArchiveChange => "A candidate was archived or made active again.",
        EventKind::InterviewCreated => "An interview was scheduled.",
        EventKind::InterviewUpdated => "An interview was changed.",
        EventKind::InterviewDeleted => "An interview was taken off the calendar.",
        EventKind::ContactCreated => "A person appeared for the first time.",
        EventKind::ContactUpdated => "A person’s details changed.",
    }
}

/// The page's name of an event, from its name on the wire.
pub(super) fn event_label(name: &str) -> String {
    EventKind::parse(name).map_or_else(|| name.to_owned(), |event| event.title().to_owned())
}

/// What a scope lets an app do, as the consent page says it.
pub(super) fn scope_in_words(scope: &str) -> String {
    let mut parts = scope.split(':');
    let (thing, action) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    if thing == "offline_access" {
        return "Stay connected when nobody is logged in".to_owned();
    }
    if thing == "confidential" {
        return "See confidential postings and candidates".to_owned();
    }
    let what = match thing {
        "applications" => "applications to postings",
        "archive_reasons" => "the reasons for archiving candidates",
        "audit_events" => "the audit log",
        "contact" => "candidates’ contact details",
        "eeo_responses" => "answers about equal opportunity",
        "feedback" => "interview feedback",
        "files" => "files on candidates",
        "forms" => "forms on candidates",
        "interviews" => "interviews",
        "notes" => "notes on candidates",
        "offers" => "offers",
        "opportunities" => "candidates and their progress",
        "panels" => "interview panels",
        "postings" => "postings",
        "referrals" => "referrals",
        "requisitions" => "requisitions",
        "resumes" => "résumés",
        "sources" => "the sources of candidates",
        "stages" => "the stages of the pipeline",
        "tags" => "tags",
        "uploads" => "uploaded files",
        "users" => "your team’s members",
        "webhooks" => "webhooks",
        other => return format!("Use {other}"),
    };
    match action {
        "write" => format!("See and change {what}"),
        _ => format!("See {what}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_scope_says_that_it_includes_reading() {
        assert_eq!(scope_in_words("notes:write:admin"), "See and change notes on candidates");
        assert_eq!(scope_in_words("stages:read:admin"), "See the stages of the pipeline");
    }

    #[test]
    fn an_unknown_name_is_shown_as_it_is() {
        assert_eq!(scope_in_words("robots:write:admin"), "Use robots");
        assert_eq!(event_label("moonRise"), "moonRise");
    }
}
