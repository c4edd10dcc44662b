//! What each event says in its `data` (Lever's wire notes §6).

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::entities::{Archived, Contact, EventKind, Interview, Opportunity, WebhookEvent};

/// The person's old id, which is neither the contact's nor the opportunity's.
fn candidate(opportunity: &Opportunity) -> String {
    let hash = Sha256::digest(format!("candidate {}", opportunity.contact));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// An archive state as events show it.
pub fn archived_json(archived: Option<&Archived>) -> Value {
    archived.map_or(Value::Null, |archived| json!({"archivedAt": archived.at, "reason": archived.reason}))
}

fn about(opportunity: &Opportunity, kind: EventKind, mut data: Value) -> WebhookEvent {
    data["opportunityId"] = json!(opportunity.id);
    data["contactId"] = json!(opportunity.contact);
    WebhookEvent { kind, data, origin: Some(opportunity.origin) }
}

pub fn application_created(opportunity: &Opportunity, application: &str) -> WebhookEvent {
    about(
        opportunity,
        EventKind::ApplicationCreated,
        json!({"applicationId": application, "candidateId": candidate(opportunity)}),
    )
}

pub fn stage_changed(opportunity: &Opportunity, from: Option<&str>, to: &str) -> WebhookEvent {
    about(
        opportunity,
        EventKind::CandidateStageChange,
        json!({"fromStageId": from, "toStageId": to, "candidateId": candidate(opportunity)}),
    )
}

pub fn hired(opportunity: &Opportunity) -> WebhookEvent {
    about(opportunity, EventKind::CandidateHired, json!({"candidateId": candidate(opportunity)}))
}

pub fn archive_changed(opportunity: &Opportunity, from: Option<&Archived>) -> WebhookEvent {
    about(
        opportunity,
        EventKind::CandidateArchiveChange,
        json!({
            "fromArchived": archived_json(from),
            "toArchived": archived_json(opportunity.archived.as_ref()),
            "candidateId": candidate(opportunity),
        }),
    )
}

pub fn deleted(opportunity: &Opportunity, by: Option<&str>) -> WebhookEvent {
    about(opportunity, EventKind::CandidateDeleted, json!({"deletedBy": by}))
}

pub fn interview(
    kind: EventKind,
    opportunity: &Opportunity,
    panel: &str,
    interview: &Interview,
    at: i64,
) -> WebhookEvent {
    let when = match kind {
        EventKind::InterviewCreated => "createdAt",
        EventKind::InterviewDeleted => "deletedAt",
        _ => "updatedAt",
    };
    WebhookEvent {
        kind,
        data: json!({
            "interviewId": interview.id,
            "panelId": panel,
            "opportunityId": opportunity.id,
            when: at,
        }),
        origin: Some(opportunity.origin),
    }
}

pub fn contact(kind: EventKind, contact: &Contact, account: &str) -> WebhookEvent {
    let (when, at) = match kind {
        EventKind::ContactCreated => ("createdAt", contact.created_at),
        _ => ("updatedAt", contact.updated_at),
    };
    WebhookEvent {
        kind,
        data: json!({"contactId": contact.id, when: at, "accountId": account}),
        origin: None,
    }
}
