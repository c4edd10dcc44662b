//! §4: the fields of things and their types.

use serde_json::{Value, json};

use super::support::Lever;

/// Asserts that a thing has exactly these fields, each as `name:kind` of `s` text, `n`
/// number, `b` boolean, `a` list, `o` object; with `?` also null.
pub fn check(thing: &Value, fields: &str) {
    let fields: Vec<(&str, &str)> =
        fields.split_whitespace().map(|field| field.split_once(':').unwrap()).collect();
    for (name, kinds) in &fields {
        let value = thing.get(name);
        let value = value.unwrap_or_else(|| panic!("{name} is missing in {thing}"));
        let fits = kinds.chars().any(|kind| match kind {
            's' => value.is_string(),
            'n' => value.is_i64(),
            'b' => value.is_boolean(),
            'a' => value.is_array(),
            'o' => value.is_object(),
            '?' => value.is_null(),
            other => panic!("{other} is no kind"),
        });
        assert!(fits, "{name} is {value}, not {kinds}");
    }
    for name in thing.as_object().unwrap().keys() {
        let known = fields.iter().any(|(there, _)| there == name);
        assert!(known, "{name} isn't one of the documented fields");
    }
}

const OPPORTUNITY: &str = "id:s name:s? headline:s? contact:s emails:a phones:a \
         confidentiality:s location:s? links:a archived:o? createdAt:n \
         updatedAt:n lastInteractionAt:n lastAdvancedAt:n snoozedUntil:n? \
         archivedAt:n? archiveReason:s? stage:s? stageChanges:a owner:s? \
         tags:a sources:a origin:s sourcedBy:s? applications:a resume:s? \
         urls:o dataProtection:o? isAnonymized:b opportunityLocation:s?";

#[tokio::test]
async fn s4_opportunities() {
    let lever = Lever::start().await;
    let all = lever.all("/v1/opportunities?confidentiality=all").await;
    for one in &all {
        check(one, OPPORTUNITY);
        assert!(one["emails"].as_array().unwrap().iter().all(Value::is_string));
        assert!(one["applications"].as_array().unwrap().len() <= 1);
        for phone in one["phones"].as_array().unwrap() {
            check(phone, "type:s? value:s");
        }
        for change in one["stageChanges"].as_array().unwrap() {
            check(change, "toStageId:s toStageIndex:n updatedAt:n userId:s?");
        }
        check(&one["urls"], "list:s show:s");
        if !one["archived"].is_null() {
            check(&one["archived"], "archivedAt:n reason:s");
        }
        if !one["dataProtection"].is_null() {
            for part in ["store", "contact"] {
                check(&one["dataProtection"][part], "allowed:b expiresAt:n?");
            }
        }
        let single = lever.data(&format!("/v1/opportunities/{}", one["id"].as_str().unwrap())).await;
        assert_eq!(&single, one);
    }
    let origins: std::collections::BTreeSet<&str> =
        all.iter().map(|one| one["origin"].as_str().unwrap()).collect();
    let known = ["agency", "applied", "internal", "referred", "sourced", "university"];
    assert!(origins.into_iter().eq(known));
}

#[tokio::test]
async fn s7_the_account_has_what_integrators_stumble_over() {
    let lever = Lever::start().await;
    let all = lever.all("/v1/opportunities?confidentiality=all").await;
    let any = |wanted: &dyn Fn(&Value) -> bool| assert!(all.iter().any(wanted));
    any(&|one| one["emails"] == json!([]) && one["isAnonymized"] == false);
    any(&|one| one["isAnonymized"] == true && one["name"].is_null());
    any(&|one| one["confidentiality"] == "confidential");
    any(&|one| !one["archived"].is_null());
    any(&|one| one["applications"] == json!([]));
    any(&|one| !one["dataProtection"].is_null());
    any(&|one| !one["snoozedUntil"].is_null());
}

#[tokio::test]
async fn s4_contacts() {
    let lever = Lever::start().await;
    let one = lever.data("/v1/opportunities?limit=1").await[0].clone();
    let id = one["contact"].as_str().unwrap();
    let contact = lever.data(&format!("/v1/contacts/{id}")).await;
    check(
        &contact,
        "id:s name:s? headline:s? isAnonymized:b location:o? emails:a \
         phones:a",
    );
    assert_eq!(contact["emails"], one["emails"]);
}

#[tokio::test]
async fn s4_stages_are_in_order_and_not_all_uuids() {
    let lever = Lever::start().await;
    let stages = lever.all("/v1/stages").await;
    for stage in &stages {
        check(stage, "id:s text:s");
    }
    let ids: Vec<&str> = stages.iter().map(|stage| stage["id"].as_str().unwrap()).collect();
    for built_in in ["lead-new", "lead-reached-out", "lead-responded", "applicant-new", "offer"] {
        assert!(ids.contains(&built_in), "{built_in}");
    }
    assert!(ids.iter().any(|id| id.len() == 36));
    assert_eq!(ids[0], "lead-new");
    for text in ["Recruiter screen", "Assessment", "Phone interview", "On-site interview"] {
        lever.stage(text).await;
    }
}

#[tokio::test]
async fn s4_postings() {
    let lever = Lever::start().await;
    let all = lever.all("/v1/postings?confidentiality=all").await;
    assert_eq!(all.len(), 6);
    for posting in &all {
        check(
            posting,
            "id:s text:s state:s distributionChannels:a user:s owner:s \
         hiringManager:s? confidentiality:s categories:o content:o \
         country:s? tags:a reqCode:s? requisitionCodes:a urls:o \
         workplaceType:s salaryRange:o? createdAt:n updatedAt:n",
        );
        for name in ["team", "department", "location", "commitment", "level"] {
            assert!(posting["categories"].get(name).is_some());
        }
        for name in ["list", "show", "apply"] {
            assert!(posting["urls"][name].is_string());
        }
        let states = ["published", "internal", "closed", "draft", "pending", "rejected"];
        assert!(states.contains(&posting["state"].as_str().unwrap()));
    }
    assert!(all.iter().any(|one| one["confidentiality"] == "confidential"));
    let tagged = lever.all("/v1/postings?tag=Alva:%20Screening").await;
    assert_eq!(tagged.len(), 1);
}

#[tokio::test]
async fn s4_applications() {
    let lever = Lever::start().await;
    let all = lever.all("/v1/opportunities").await;
    let mut kinds = std::collections::BTreeSet::new();
    for one in all.iter().filter(|one| one["applications"] != json!([])) {
        let id = one["id"].as_str().unwrap();
        let list = lever.all(&format!("/v1/opportunities/{id}/applications")).await;
        let application = &list[0];
        check(
            application,
            "id:s type:s opportunityId:s candidateId:s createdAt:n posting:s \
         postingOwner:s? postingHiringManager:s? user:s? name:s? email:s? \
         phone:o? company:s? links:a comments:s? customQuestions:a \
         archived:o? requisitionForHire:o?",
        );
        assert_eq!(application["opportunityId"], id);
        assert_eq!(application["id"], one["applications"][0]);
        kinds.insert(application["type"].as_str().unwrap().to_owned());
        let single = application["id"].as_str().unwrap();
        let path = format!("/v1/opportunities/{id}/applications/{single}");
        assert_eq!(lever.data(&path).await, *application);
    }
    assert!(kinds.iter().eq(["posting", "referral", "user"]));
}

#[tokio::test]
async fn s4_users_reasons_sources_tags() {
    let lever = Lever::start().await;
    for user in lever.all("/v1/users").await {
        check(
            &user,
            "id:s name:s username:s email:s accessRole:s photo:s? createdAt:n \
         deactivatedAt:n? externalDirectoryId:s? jobTitle:s? managerId:s? \
         linkedContactIds:a?",
        );
    }
    for reason in lever.all("/v1/archive_reasons").await {
        check(&reason, "id:s text:s status:s type:s");
        let kind = reason["type"].as_str().unwrap();
        assert!(["hired", "non-hired"].contains(&kind));
    }
    for list in ["/v1/sources", "/v1/tags"] {
        let all = lever.all(list).await;
        assert!(!all.is_empty());
        for one in all {
            check(&one, "text:s count:n");
        }
    }
}

#[tokio::test]
async fn s4_requisitions() {
    let lever = Lever::start().await;
    let all = lever.all("/v1/requisitions?confidentiality=all").await;
    assert_eq!(all.len(), 6);
    assert!(all.iter().all(|one| one["requisitionCode"].is_string()));
    let id = all[0]["id"].as_str().unwrap();
    assert_eq!(lever.data(&format!("/v1/requisitions/{id}")).await, all[0]);
    let closed = lever.all("/v1/requisitions?status=closed").await;
    assert!(!closed.is_empty());
    assert!(closed.iter().all(|one| one["status"] == "closed"));
}
