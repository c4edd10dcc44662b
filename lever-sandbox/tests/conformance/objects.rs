//! §4: the fields of things and their types.

use serde_json::{Value, json};

use super::support::{Browser, Lever};

/// Asserts that a thing has exactly these fields, each as `name:kind` of `s` text, `n`
/// number, `b` boolean, `a` list, `o` object; with `?` also null. Those with `!` in front may be missing.
pub fn check(thing: &Value, fields: &str) {
    let fields: Vec<(&str, &str)> =
        fields.split_whitespace().map(|field| field.split_once(':').unwrap()).collect();
    for (name, kinds) in &fields {
        let (name, optional) = name.strip_prefix('!').map_or((*name, false), |name| (name, true));
        let value = thing.get(name);
        if value.is_none() && optional {
            continue;
        }
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
        let known = fields.iter().any(|(there, _)| there.trim_start_matches('!') == name);
        assert!(known, "{name} isn't one of the documented fields");
    }
}

/// Fields of recorded answers (§8); with `!` in front, those that may be missing.
const OPPORTUNITY: &str = "id:s name:s contact:s headline:s stage:s? confidentiality:s location:s \
         phones:a emails:a links:a archived:o? tags:a sources:a stageChanges:a origin:s \
         sourcedBy:s? owner:s? followers:a applications:a createdAt:n updatedAt:n? \
         lastInteractionAt:n lastAdvancedAt:n snoozedUntil:n? urls:o isAnonymized:b \
         dataProtection:o? !opportunityLocation:s";

#[tokio::test]
async fn s8_opportunities_are_as_recorded() {
    let lever = Lever::start().await;
    let all = lever.all("/v1/opportunities?confidentiality=all").await;
    for one in &all {
        check(one, OPPORTUNITY);
        assert!(one["emails"].as_array().unwrap().iter().all(Value::is_string));
        assert!(one["followers"].as_array().unwrap().iter().all(Value::is_string));
        assert!(one["applications"].as_array().unwrap().len() <= 1);
        for phone in one["phones"].as_array().unwrap() {
            check(phone, "!type:s value:s");
        }
        for change in one["stageChanges"].as_array().unwrap() {
            check(change, "toStageId:s toStageIndex:n updatedAt:n !userId:s");
        }
        let id = one["id"].as_str().unwrap();
        check(&one["urls"], "list:s show:s");
        assert!(one["urls"]["show"].as_str().unwrap().ends_with(&format!("/candidates/{id}")));
        if !one["archived"].is_null() {
            check(&one["archived"], "archivedAt:n reason:s");
        }
        if !one["dataProtection"].is_null() {
            for part in ["store", "contact"] {
                check(&one["dataProtection"][part], "allowed:b expiresAt:n?");
            }
        }
        // Where there is a posting, there is its place.
        assert_eq!(one.get("opportunityLocation").is_some(), one["applications"] != json!([]));
        let single = lever.data(&format!("/v1/opportunities/{id}")).await;
        assert_eq!(&single, one);
    }
    let any = |wanted: &dyn Fn(&Value) -> bool| assert!(all.iter().any(wanted));
    any(&|one| one["phones"][0].get("type").is_none() && one["phones"][0].is_object());
    any(&|one| one["updatedAt"].is_null());
    let origins: std::collections::BTreeSet<&str> =
        all.iter().map(|one| one["origin"].as_str().unwrap()).collect();
    let known = ["agency", "applied", "internal", "referred", "sourced", "university"];
    assert!(origins.into_iter().eq(known));
    let applied = lever.order("apply", json!({"name": "Ada"})).await;
    assert!(applied["opportunity"]["stageChanges"][0].get("userId").is_none());
}

#[tokio::test]
async fn s8_the_pages_that_urls_name_are_there() {
    let lever = Lever::start().await;
    let one = lever.data("/v1/opportunities?limit=1").await[0].clone();
    let browser = Browser::log_in(&lever, "dana@acme.example").await;
    let shown = one["urls"]["show"].as_str().unwrap().strip_prefix(&lever.running.url).unwrap().to_owned();
    let answer = browser.get(&shown).await;
    assert_eq!(answer.status(), 303);
    let place = answer.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(place, format!("/opportunities/{}", one["id"].as_str().unwrap()));
    assert_eq!(browser.get(&place).await.status(), 200);
}

#[tokio::test]
async fn s8_the_postings_words_are_among_the_tags() {
    let lever = Lever::start().await;
    let posting = lever.all("/v1/postings?tag=Alva:%20Screening").await[0].clone();
    let id = lever.candidate(json!({"posting": posting["text"], "tags": ["Own"]})).await;
    let made = lever.data(&format!("/v1/opportunities/{id}")).await;
    // The tags of the posting and its department's name are among them once.
    let expected = json!([
        "Own",
        "Alva: Screening",
        "Customers",
        "Customer Success Manager",
        "Success",
        "Oslo",
        "Full-time",
    ]);
    assert_eq!(made["tags"], expected);
    assert_eq!(made["opportunityLocation"], "Oslo");
    let found = lever.all("/v1/opportunities?tag=Customer%20Success%20Manager").await;
    assert!(found.iter().any(|one| one["id"] == id.as_str()));
    // Case counts (§8).
    assert!(lever.all("/v1/opportunities?tag=customer%20success%20manager").await.is_empty());
    let there = lever.all("/v1/opportunities?location=Oslo").await;
    assert!(there.iter().any(|one| one["id"] == id.as_str()));
    assert!(there.iter().all(|one| one["opportunityLocation"] == "Oslo"));
}

#[tokio::test]
async fn s7_the_account_has_what_integrators_stumble_over() {
    let lever = Lever::start().await;
    let all = lever.all("/v1/opportunities?confidentiality=all").await;
    let any = |wanted: &dyn Fn(&Value) -> bool| assert!(all.iter().any(wanted));
    any(&|one| one["emails"] == json!([]) && one["isAnonymized"] == false);
    any(&|one| one["isAnonymized"] == true && one["name"] == "");
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
        "id:s name:s headline:s isAnonymized:b location:o emails:a \
         phones:a dataProtection:o",
    );
    // Other things than storing and contacting can be allowed (§8).
    check(&contact["dataProtection"]["interviewIntelligence"], "allowed:b expiresAt:n?");
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
            "id:s text:s state:s distributionChannels:a? user:s owner:s \
         hiringManager:s? confidentiality:s categories:o content:o \
         country:s? tags:a followers:a reqCode:s? requisitionCodes:a urls:o? \
         workplaceType:s !salaryRange:o createdAt:n updatedAt:n \
         transcribeInterviews:b screening:o",
        );
        for name in ["team", "department", "location", "commitment", "level"] {
            assert!(posting["categories"].get(name).is_some());
        }
        let open = ["published", "internal"].contains(&posting["state"].as_str().unwrap());
        assert_eq!(posting["urls"].is_object(), open);
        for name in ["list", "show", "apply"].iter().filter(|_| open) {
            assert!(posting["urls"][name].is_string());
        }
        assert_eq!(posting["distributionChannels"].is_array(), posting["state"] == "published");
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
         archived:o? requisitionForHire:o? ipAddress:s? referer:s? userAgent:s? \
         acceptLanguage:s? timezone:s?",
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
    for one in &all {
        check(
            one,
            "id:s requisitionCode:s name:s backfill:b confidentiality:s creator:s hiringManager:s? owner:s? \
             status:s headcountTotal:n headcountHired:n headcountInfinite:b location:s? team:s? department:s? \
             employmentStatus:s? compensationBand:o? internalNotes:s postings:a offerIds:a approval:o \
             customFields:o timeToFillStartAt:n? timeToFillEndAt:n? createdAt:n updatedAt:n closedAt:n?",
        );
    }
    let id = all[0]["id"].as_str().unwrap();
    assert_eq!(lever.data(&format!("/v1/requisitions/{id}")).await, all[0]);
    let closed = lever.all("/v1/requisitions?status=closed").await;
    assert!(!closed.is_empty());
    assert!(closed.iter().all(|one| one["status"] == "closed"));
}
