#![allow(clippy::unwrap_used)]

use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::types::*;

fn read<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

#[test]
fn an_opportunity_as_lever_sends_it() {
    let opportunity: Opportunity = read(json!({
        "id": "o", "name": "Ada", "headline": "Engineer", "contact": "c",
        "emails": ["ada@example.test", "second@example.test"],
        "phones": [{"type": null, "value": "1"}, {"type": "mobile", "value": "2"}],
        "confidentiality": "non-confidential", "location": "Uppsala", "links": ["https://x.test"],
        "archived": {"archivedAt": 2, "reason": "r"}, "createdAt": 1, "updatedAt": 1_795_403_634_284_i64,
        "lastInteractionAt": 3, "lastAdvancedAt": null, "snoozedUntil": null, "stage": "lead-new",
        "stageChanges": [{"toStageId": "lead-new", "toStageIndex": 0, "updatedAt": 1, "userId": "u"}],
        "origin": "referred", "sourcedBy": null, "owner": "u", "followers": ["u"],
        "tags": ["Alva:screening"], "sources": ["Referral"], "applications": ["a"], "resume": null,
        "urls": {"list": "https://hire.test", "show": "https://hire.test/o"},
        "dataProtection": null, "isAnonymized": false, "opportunityLocation": null
    }));
    assert_eq!(opportunity.id.as_str(), "o");
    assert_eq!(opportunity.email(), Some("ada@example.test"));
    assert_eq!(opportunity.phones[1].kind.as_deref(), Some("mobile"));
    assert_eq!(opportunity.contact_id().unwrap().as_str(), "c");
    assert_eq!(opportunity.stage_id().unwrap().as_str(), "lead-new");
    assert_eq!(opportunity.owner_id().unwrap().as_str(), "u");
    assert_eq!(opportunity.application_id().unwrap().as_str(), "a");
    assert_eq!(opportunity.application(), None);
    assert_eq!(opportunity.posting_id(), None);
    assert_eq!(opportunity.origin, Some(Origin::Referred));
    assert!(!opportunity.is_confidential());
    assert!(!opportunity.is_anonymized);
    let archived = opportunity.archived.as_ref().unwrap();
    assert_eq!(archived.archived_at.unwrap().as_millisecond(), 2);
    assert_eq!(archived.reason, Some("r".into()));
    assert_eq!(opportunity.updated_at.unwrap().to_string(), "2026-11-23T03:13:54.284Z");
    assert_eq!(opportunity.urls.show.as_deref(), Some("https://hire.test/o"));
    // What was read and stored is read again as the same.
    assert_eq!(read::<Opportunity>(serde_json::to_value(&opportunity).unwrap()), opportunity);
}

#[test]
fn expanded_objects_stand_in_the_place_of_ids() {
    let opportunity: Opportunity = read(json!({
        "id": "o", "stage": {"id": "s", "text": "Phone screen"},
        "owner": {"id": "u", "name": "Grace"},
        "contact": {"id": "c", "name": "Ada", "emails": ["a@b.test"], "location": {"name": "Oslo"}},
        "applications": [{"id": "a", "type": "posting", "opportunityId": "o", "posting": "p",
            "postingOwner": {"id": "u"}, "createdAt": 5}]
    }));
    assert_eq!(opportunity.stage_id().unwrap().as_str(), "s");
    assert_eq!(opportunity.stage.as_ref().unwrap().full().unwrap().text, "Phone screen");
    assert_eq!(opportunity.owner_id().unwrap().as_str(), "u");
    assert_eq!(opportunity.contact_id().unwrap().as_str(), "c");
    let contact = opportunity.contact.as_ref().unwrap().full().unwrap();
    assert_eq!(contact.location.as_deref(), Some("Oslo"));
    assert_eq!(opportunity.posting_id().unwrap().as_str(), "p");
    assert_eq!(opportunity.application().unwrap().posting_owner, Some("u".into()));
    assert_eq!(read::<Opportunity>(serde_json::to_value(&opportunity).unwrap()), opportunity);
}

#[test]
fn only_the_id_is_needed_and_odd_shapes_are_empty() {
    let bare: Opportunity = read(json!({"id": "o"}));
    assert_eq!(bare.email(), None);
    assert_eq!(bare.origin, None);
    assert!(bare.archived.is_none() && bare.stage.is_none() && !bare.is_anonymized);
    let nulls: Opportunity = read(json!({
        "id": "o", "name": null, "emails": null, "phones": null, "tags": null, "stage": null,
        "applications": null, "urls": null, "isAnonymized": null, "archived": null, "origin": null,
        "createdAt": null, "contact": null, "confidentiality": null
    }));
    assert_eq!(nulls, bare);
    let odd: Opportunity = read(json!({
        "id": "o", "name": 7, "emails": 7, "phones": "1", "tags": {}, "stage": 7, "applications": 7,
        "urls": "u", "isAnonymized": 7, "origin": 7, "createdAt": "yesterday", "contact": [],
        "confidentiality": 7, "deletedBy": {}, "updatedAt": i64::MAX
    }));
    assert_eq!(odd, bare);
    assert!(serde_json::from_value::<Opportunity>(json!({"name": "no id"})).is_err());
    assert!(serde_json::from_value::<Opportunity>(json!({"id": null})).is_err());
}

#[test]
fn addresses_come_as_texts_or_objects() {
    let of = |emails: Value| read::<Opportunity>(json!({"id": "o", "emails": emails})).emails;
    assert_eq!(of(json!(["a@b.test"])), ["a@b.test"]);
    assert_eq!(of(json!([{"value": "a@b.test"}, "c@d.test", null, "", {}])), ["a@b.test", "c@d.test"]);
    assert_eq!(of(json!("a@b.test")), ["a@b.test"]);
}

#[test]
fn anything_that_says_archived_means_archived() {
    let of = |archived: Value| read::<Opportunity>(json!({"id": "o", "archived": archived})).archived;
    assert_eq!(of(json!(null)), None);
    assert_eq!(of(json!({})), Some(Archived::default()));
    assert_eq!(of(json!("r")), Some(Archived::default()));
    assert!(of(json!({"archivedAt": "5", "reason": {"id": "r"}})).unwrap().reason.is_some());
}

#[test]
fn words_that_nobody_knows_are_kept() {
    let names: Vec<_> = Origin::KNOWN.iter().map(Origin::as_str).collect();
    assert_eq!(names, ["applied", "sourced", "referred", "university", "agency", "internal"]);
    let origin: Origin = read(json!("carrier-pigeon"));
    assert_eq!(origin, Origin::Unknown("carrier-pigeon".to_owned()));
    assert_eq!(serde_json::to_value(&origin).unwrap(), "carrier-pigeon");
    for origin in Origin::KNOWN {
        assert_eq!(&Origin::from(origin.to_string()), origin);
    }
    let secret: Opportunity = read(json!({"id": "o", "confidentiality": "confidential"}));
    assert!(secret.is_confidential());
}

#[test]
fn the_accounts_objects() {
    let stage: Stage = read(json!({"id": "applicant-new", "text": "New applicant"}));
    assert_eq!((stage.id.as_str(), stage.text.as_str()), ("applicant-new", "New applicant"));
    let posting: Posting = read(json!({
        "id": "p", "text": "Engineer", "state": "published", "confidentiality": "confidential",
        "categories": {"team": "Core", "location": "Oslo", "level": null}, "tags": ["Alva:screening"],
        "owner": {"id": "u", "name": "Grace"}, "urls": {"apply": "https://jobs.test"}, "createdAt": 1
    }));
    assert_eq!(posting.state, Some(PostingState::Published));
    assert!(posting.is_confidential());
    assert_eq!(posting.categories.team.as_deref(), Some("Core"));
    assert_eq!(posting.owner, Some("u".into()));
    assert_eq!(posting.tags, ["Alva:screening"]);
    let user: User = read(json!({"id": "u", "email": "g@h.test", "accessRole": "super admin",
        "deactivatedAt": null}));
    assert_eq!(user.access_role.as_deref(), Some("super admin"));
    assert_eq!(user.deactivated_at, None);
    let hired: ArchiveReason = read(json!({"id": "r", "text": "Hired", "status": "active", "type": "hired"}));
    let other: ArchiveReason = read(json!({"id": "r", "text": "No", "type": "non-hired"}));
    assert!(hired.is_hired() && !other.is_hired());
    assert_eq!(read::<Tag>(json!({"text": "t", "count": 3})).count, 3);
    assert_eq!(read::<Source>(json!({"text": "s"})).count, 0);
    let file: File = read(json!({"id": "f", "name": "report.pdf", "size": 12, "uploadedAt": 1}));
    assert_eq!(file.size, Some(12));
}

#[test]
fn a_note_is_recognised_by_what_it_holds() {
    let link = "https://portal.test/r/1";
    let plain: Note = read(json!({"id": "n", "text": format!("Results: {link}")}));
    let fields: Note = read(json!({"id": "n", "text": "Results",
        "fields": [{"type": "note", "value": format!("see {link}")}]}));
    let deleted: Note = read(json!({"id": "n", "text": link, "deletedAt": 5}));
    let other: Note = read(json!({"id": "n", "text": null, "fields": null}));
    assert!(plain.contains(link) && fields.contains(link));
    assert!(!deleted.contains(link) && !other.contains(link));
}

#[test]
fn a_webhook_keeps_its_token_to_itself() {
    let webhook: Webhook = read(json!({
        "id": "w", "event": "candidateHired", "url": "https://portal.test/w",
        "configuration": {"conditions": {"origins": ["applied", "internal"]}, "signatureToken": "s3cret"},
        "createdAt": 1, "updatedAt": 2
    }));
    assert_eq!(webhook.event, Some(Event::CandidateHired));
    assert_eq!(webhook.origins, [Origin::Applied, Origin::Internal]);
    assert_eq!(webhook.signature_token.as_ref().unwrap().expose_secret(), "s3cret");
    assert!(!format!("{webhook:?}").contains("s3cret"));
    let bare: Webhook = read(json!({"id": "w"}));
    assert!(bare.signature_token.is_none() && bare.origins.is_empty());
}

#[test]
fn texts_from_outside_are_cleaned_and_bounded() {
    let long = "x".repeat(5_000);
    let opportunity: Opportunity = read(json!({
        "id": "o", "name": format!("Ada\u{0}\u{202e} {long}"), "headline": long, "location": long,
        "emails": [format!("{long}@x.test"), "ada\u{0}@x.test\u{200b}", "\u{200b}", 7],
        "tags": [long, "\u{0}", "a\tb"], "sources": [long], "links": [long, "https://x.test/\u{202e}", "https://x.test"],
        "phones": [{"type": long, "value": long}], "urls": {"show": "javascript:alert(1)", "list": 7},
        "origin": long
    }));
    let length = |text: &str| text.chars().count();
    let name = opportunity.name.unwrap();
    assert!(name.starts_with("Ada x") && name.ends_with('…') && length(&name) == 200);
    assert_eq!(length(&opportunity.headline.unwrap()), 300);
    assert_eq!(length(&opportunity.emails[0]), 254);
    assert_eq!(opportunity.emails[1..], ["ada@x.test"]);
    assert_eq!(length(&opportunity.tags[0]), 200);
    assert_eq!(opportunity.tags[1..], ["a b"]);
    assert_eq!(length(&opportunity.sources[0]), 200);
    assert_eq!(opportunity.links, ["https://x.test"]);
    assert_eq!(length(&opportunity.phones[0].value), 100);
    assert_eq!(opportunity.urls, ShowUrl::default());
    assert_eq!(length(opportunity.origin.unwrap().as_str()), 100);
    let posting: Posting =
        read(json!({"id": "p", "text": long, "tags": [long], "categories": {"team": long}}));
    assert_eq!(length(&posting.text), 300);
    assert_eq!((length(&posting.tags[0]), length(&posting.categories.team.unwrap())), (200, 200));
    let stage: Stage = read(json!({"id": "s", "text": format!("\u{0}{long}")}));
    assert_eq!(length(&stage.text), 200);
    let user: User = read(json!({"id": "u", "name": long, "email": long, "accessRole": long}));
    assert_eq!((length(&user.name.unwrap()), length(&user.email.unwrap())), (200, 254));
    let reason: ArchiveReason = read(json!({"id": "r", "text": long, "status": long}));
    assert_eq!(length(&reason.text), 200);
    let contact: Contact = read(json!({"id": "c", "name": long, "emails": [long]}));
    assert_eq!((length(&contact.name.unwrap()), length(&contact.emails[0])), (200, 254));
    let application: Application = read(json!({"id": "a", "name": long, "email": long, "type": long}));
    assert_eq!((length(&application.name.unwrap()), length(&application.email.unwrap())), (200, 254));
    assert_eq!(length(&read::<Tag>(json!({"text": long})).text), 200);
    assert_eq!(length(&read::<Source>(json!({"text": long})).text), 200);
}

#[test]
fn what_can_be_no_id_is_unreadable() {
    for id in [
        json!(""),
        json!("a b"),
        json!("a\u{0}"),
        json!(".."),
        json!("a/b"),
        json!("x".repeat(129)),
        json!(7),
        json!({"id": "a b"}),
    ] {
        assert!(serde_json::from_value::<Opportunity>(json!({"id": id})).is_err(), "{id}");
        let fields: Opportunity = read(json!({"id": "o", "stage": id, "owner": id, "applications": [id]}));
        assert_eq!((fields.stage, fields.owner, fields.applications.len()), (None, None, 0), "{id}");
    }
}

#[test]
fn an_application_by_its_id_alone_is_not_no_posting() {
    let of = |applications: Value| read::<Opportunity>(json!({"id": "o", "applications": applications}));
    assert_eq!(of(json!([{"id": "a", "posting": "p"}])).applied_for(), AppliedFor::Posting(&"p".into()));
    assert_eq!(of(json!(["a"])).applied_for(), AppliedFor::Unexpanded(&"a".into()));
    assert_eq!(of(json!([{"id": "a", "type": "user", "posting": null}])).applied_for(), AppliedFor::Nothing);
    assert_eq!(of(json!([])).applied_for(), AppliedFor::Nothing);
    let alone = json!({"id": "a", "posting": "p"});
    assert_eq!(of(alone).applied_for(), AppliedFor::Posting(&"p".into()), "without a list around it");
    // An id in other dress, and what says nothing that can be read of its posting.
    for id_alone in [
        json!("a"),
        json!({"id": "a"}),
        json!([{"id": "a"}]),
        json!([{"id": "a", "type": "user", "name": "Ada"}]),
        json!([{"id": "a", "posting": 7}]),
        json!([{"id": "a", "posting": ""}]),
        json!([{"id": "a", "posting": ["p"]}]),
        json!([{"id": "a", "posting": {"text": "Engineer"}}]),
        json!([null, {"id": "a"}]),
    ] {
        assert_eq!(of(id_alone.clone()).applied_for(), AppliedFor::Unexpanded(&"a".into()), "{id_alone}");
    }
    // What can be read of the posting counts, whatever the application's id is.
    for id in [json!(7), Value::Null, json!(""), json!(["a"]), json!({}), json!("a b")] {
        let opportunity = of(json!([{"id": id, "posting": {"id": "p"}, "name": "Ada"}]));
        assert_eq!(opportunity.applied_for(), AppliedFor::Posting(&"p".into()), "{id}");
        assert_eq!(opportunity.application().unwrap().name.as_deref(), Some("Ada"));
        assert_eq!(opportunity.application_id(), None, "{id}");
    }
    let without_id = of(json!([{"posting": "p"}]));
    assert_eq!(without_id.applied_for(), AppliedFor::Posting(&"p".into()));
    let second = of(json!([{"id": "a", "posting": null}, {"id": "b", "posting": "p"}]));
    assert_eq!(second.applied_for(), AppliedFor::Posting(&"p".into()));
    for nothing in [Value::Null, json!([null]), json!([""]), json!(""), json!(7)] {
        assert_eq!(of(nothing.clone()).applied_for(), AppliedFor::Nothing, "{nothing}");
    }
}

/// serde reads a list in the place of an object as the object's fields in their order: nobody is called by that.
#[test]
fn a_list_is_no_object() {
    for (field, list) in [
        ("stage", json!(["s", "Screening"])),
        ("contact", json!(["c", false, "Ada"])),
        ("owner", json!(["u"])),
        ("origin", json!(["applied"])),
        ("urls", json!(["https://x.example/"])),
        ("phones", json!([["+46", "mobile"]])),
        ("stageChanges", json!([["s", 1]])),
        ("applications", json!([["a", "posting", "o", "p"]])),
        ("deletedBy", json!(["u"])),
    ] {
        let nothing: Opportunity = read(json!({"id": "o"}));
        assert_eq!(read::<Opportunity>(json!({"id": "o", field: list})), nothing, "{field}");
    }
    assert!(serde_json::from_value::<Opportunity>(json!({"id": ["o"]})).is_err());
    let posting: Posting = read(json!({"id": "p", "categories": ["team"], "urls": ["x"], "owner": ["u"]}));
    assert_eq!(posting, read(json!({"id": "p"})));
    let webhook: Webhook = read(json!({"id": "w", "configuration": [["applied"], "token"]}));
    assert!(webhook.signature_token.is_none() && webhook.origins.is_empty());
}
