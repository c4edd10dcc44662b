//! The scopes there are, and what one includes.

/// Every scope Lever knows.
const SCOPES: [&str; 52] = [
    "offline_access",
    "applications:read:admin",
    "archive_reasons:read:admin",
    "audit_events:read:admin",
    "confidential:access:admin",
    "contact:read:admin",
    "contact:write:admin",
    "diversity_surveys:read:admin",
    "eeo_responses:read:admin",
    "eeo_responses_pii:read:admin",
    "feedback:read:admin",
    "feedback:write:admin",
    "feedback_templates:read:admin",
    "feedback_templates:write:admin",
    "files:read:admin",
    "files:write:admin",
    "forms:read:admin",
    "forms:write:admin",
    "form_templates:read:admin",
    "form_templates:write:admin",
    "groups:read:admin",
    "groups:write:admin",
    "interviews:read:admin",
    "interviews:write:admin",
    "notes:read:admin",
    "notes:write:admin",
    "offers:read:admin",
    "opportunities:read:admin",
    "opportunities:write:admin",
    "panels:read:admin",
    "panels:write:admin",
    "permissions:read:admin",
    "permissions:write:admin",
    "postings:read:admin",
    "postings:write:admin",
    "referrals:read:admin",
    "requisitions:read:admin",
    "requisitions:write:admin",
    "requisition_fields:read:admin",
    "requisition_fields:write:admin",
    "resumes:read:admin",
    "roles:read:admin",
    "roles:write:admin",
    "sources:read:admin",
    "stages:read:admin",
    "tags:read:admin",
    "tasks:read:admin",
    "uploads:write:admin",
    "users:read:admin",
    "users:write:admin",
    "webhooks:read:admin",
    "webhooks:write:admin",
];

/// How many scopes an app may have.
pub const MOST_SCOPES: usize = 20;

/// Whether Lever knows this scope.
pub fn known(scope: &str) -> bool {
    SCOPES.contains(&scope)
}

/// Whether `scopes` allow what `needed` names; writing includes reading.
pub fn granted(scopes: &[String], needed: &str) -> bool {
    // Answers with a person include those without.
    let more = match needed {
        "eeo_responses:read:admin" => Some("eeo_responses_pii:read:admin".to_owned()),
        needed => needed.strip_suffix(":read:admin").map(|thing| format!("{thing}:write:admin")),
    };
    scopes.iter().any(|scope| scope == needed || Some(scope) == more.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_includes_reading_and_not_the_reverse() {
        let write = ["notes:write:admin".to_owned()];
        let read = ["notes:read:admin".to_owned()];
        assert!(granted(&write, "notes:read:admin"));
        assert!(granted(&write, "notes:write:admin"));
        assert!(!granted(&read, "notes:write:admin"));
        assert!(!granted(&write, "files:read:admin"));
    }
}
