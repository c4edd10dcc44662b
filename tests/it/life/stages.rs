//! Stages that are renamed, moved or removed in Lever: noticed, shown, never a silent stop.

use super::*;
use crate::support::on_both_databases;

on_both_databases!(Connected::active => renamed_and_moved_stages_are_shown);
/// A new name and a new place are shown with the old ones, and stand in the audit log.
async fn renamed_and_moved_stages_are_shown(working: Connected) {
    let mut stages = working.pipeline().await;
    let at = stages.iter().position(|stage| stage["text"] == TRIGGER).unwrap();
    stages[at]["text"] = json!("Tests");
    let last = stages.pop().unwrap();
    stages.insert(0, last.clone());
    working.set_pipeline(stages).await;
    let page = until("the notice", PATIENCE, async || {
        let page = working.admin.get(&working.page()).await;
        page.html.contains("was renamed").then_some(page)
    })
    .await;
    let told = page.text("section[aria-labelledby=diagnostics] li");
    assert!(told.contains("“Assessment” was renamed to “Tests” just now"), "{told}");
    let moved = format!("“{}” was moved to the start of the pipeline", last["text"].as_str().unwrap());
    assert!(told.contains(&moved), "{told}");
    assert_eq!(told.lines().count(), 2, "nothing else: {told}");
    let audit = working.audit().await;
    for action in ["integration.stage_renamed", "integration.stage_moved"] {
        assert_eq!(audit.iter().filter(|there| *there == action).count(), 1, "{action}: {audit:?}");
    }
    // It is the same stage, so it still invites.
    let person = working.person("Renamed", "applicant-new").await;
    working.move_to(&person, "Tests").await;
    working.mailed("renamed@people.example", "invites you").await;
}

on_both_databases!(Connected::active => a_removed_trigger_stage_is_told_of);
/// A trigger stage that is gone: admins are told once, events say so, and once more when it is mended.
async fn a_removed_trigger_stage_is_told_of(working: Connected) {
    let stages = working.pipeline().await;
    let left = stages.into_iter().filter(|stage| stage["text"] != TRIGGER).collect();
    working.set_pipeline(left).await;
    working.mailed("ada@acme.example", "The trigger stage no longer exists in Lever").await;
    let page = working.admin.get(&working.page()).await;
    assert!(
        page.text(".banner").contains("trigger stage “Assessment” no longer exists in Lever"),
        "{}",
        page.html
    );
    assert!(page.text("section[aria-labelledby=diagnostics] li").contains("“Assessment” was removed"));
    let way =
        page.attribute("#diagnostics-now a[href$='#trigger_stage']", "href").expect("the way to the stage");
    assert_eq!(way, format!("{}/settings#trigger_stage", working.page()));
    assert!(working.admin.get(&way).await.attribute("#trigger_stage", "id").is_some(), "{way}");
    let person = working.person("Nowhere", "applicant-new").await;
    working.move_to(&person, "Phone interview").await;
    let event = until("the event's end", PATIENCE, async || {
        working.events().await.into_iter().find(|event| event.finished_at.is_some())
    })
    .await;
    assert!(
        event.reason.to_string().contains(
            "the trigger stage “Assessment” no longer exists in Lever, so moving a candidate invites nobody"
        ),
        "{}",
        event.reason
    );
    let why = working.admin.get(&format!("/candidates/why?q={person}")).await;
    assert!(why.text(".banner").contains("no longer exists in Lever"), "{}", why.html);
    let stage = working.stage("Phone interview").await;
    let form = working.admin.get(&format!("{}/settings", working.page())).await;
    let saved = working.admin.press_and_agree(&form, "Save", &[("trigger_stage", &stage)]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
    working.mailed("ada@acme.example", "The trigger stage is back in Lever").await;
    assert_eq!(working.mails("ada@acme.example", "The trigger stage no longer exists").await, 1);
}

impl Connected {
    /// Adds a rule for every posting, as an admin does.
    async fn add_rule(&self, trigger: &str, progression: &str) {
        let form = self.admin.get(&format!("{}/rules/new", self.page())).await;
        let fields = [
            ("postings", "every"),
            ("tests", "logic"),
            ("trigger_stage", trigger),
            ("progression_stage", progression),
        ];
        let saved = self.admin.press_and_agree(&form, "Save rule", &fields).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
    }

    async fn change_rule(&self, fields: &[(&str, &str)]) {
        let list = self.admin.get(&format!("{}/rules", self.page())).await;
        let rule = list.attribute("main tbody th a", "href").unwrap();
        let form = self.admin.get(&rule).await;
        let saved = self.admin.press_and_agree(&form, "Save rule", fields).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
    }

    async fn set_pipeline_and_wait(&self, stages: Vec<Value>, gone: usize) {
        self.set_pipeline(stages).await;
        until(&format!("{gone} stages gone"), PATIENCE, async || {
            let page = self.admin.get(&self.page()).await;
            (page.text(".banner").matches("no longer exists in Lever").count() == gone).then_some(())
        })
        .await;
    }
}

/// How many alerts have ended.
async fn alerts_over(working: &Connected) -> i64 {
    use schema::alerts::dsl;
    let count = |conn: &mut alva_portal::db::Conn| {
        Ok::<i64, DbError>(dsl::alerts.filter(dsl::recovered_at.is_not_null()).count().get_result(conn)?)
    };
    working.portal.running.db.read(count).await.unwrap()
}

on_both_databases!(Connected::active => removed_stages_of_rules_are_told_of_together);
/// Stages of rules, and of the progression, that are gone: told of in one letter, also by the outgoing
/// webhook; more that go later in another; and one when all are there again.
async fn removed_stages_of_rules_are_told_of_together(working: Connected) {
    const GONE: &str = "Stages that your rules use no longer exist in Lever";
    const BACK: &str = "The stages that your rules use all exist again";
    let receiver = wiremock::MockServer::start().await;
    wiremock::Mock::given(wiremock::matchers::any())
        .respond_with(wiremock::ResponseTemplate::new(204))
        .mount(&receiver)
        .await;
    let fields = [("alert_url", receiver.uri())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let saved = working.admin.post("/settings/company/alerts", &fields).await;
    assert!(saved.status.is_success() || saved.status.is_redirection(), "{}", saved.html);
    let all = working.pipeline().await;
    let id = |name: &str| {
        let stage = all.iter().find(|stage| stage["text"] == name);
        stage.unwrap_or_else(|| panic!("{name}: {all:?}"))["id"].as_str().unwrap().to_owned()
    };
    let names: Vec<String> = all.iter().map(|stage| stage["text"].as_str().unwrap().to_owned()).collect();
    let at = names.iter().position(|name| name == "Phone interview").unwrap();
    let (own, rules) = (&names[at], [&names[at + 1], &names[at + 2]]);
    working.add_rule(&id(rules[0]), &id(rules[1])).await;
    let form = working.admin.get(&format!("{}/settings", working.page())).await;
    let saved = working.admin.press_and_agree(&form, "Save", &[("progression_stage", &id(own))]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
    let without = |gone: &[&String]| -> Vec<Value> {
        all.iter().filter(|stage| gone.iter().all(|name| stage["text"] != name.as_str())).cloned().collect()
    };

    working.set_pipeline_and_wait(without(&[own, rules[0]]), 2).await;
    working.mailed("ada@acme.example", GONE).await;
    let mails = working.mails_to("ada@acme.example").await;
    let text =
        mails.iter().find(|mail| mail["subject"].to_string().contains(GONE)).unwrap()["text"].to_string();
    assert!(text.contains(own.as_str()) && text.contains(rules[0].as_str()), "both in one: {text}");
    working.make_due(Due::Check).await;
    // Another goes later: a letter about that one.
    working.set_pipeline_and_wait(without(&[own, rules[0], rules[1]]), 3).await;
    until("the second letter", PATIENCE, async || {
        (working.mails("ada@acme.example", GONE).await == 2).then_some(())
    })
    .await;
    // Of the first letter one is mended and one is not: it is not over.
    let form = working.admin.get(&format!("{}/settings", working.page())).await;
    let saved = working.admin.press_and_agree(&form, "Save", &[("progression_stage", "")]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
    working.make_due(Due::Check).await;
    assert_eq!(alerts_over(&working).await, 0);
    working.change_rule(&[("trigger_stage", &id(names[0].as_str())), ("progression_stage", "")]).await;
    until("both are over", PATIENCE, async || {
        (working.mails("ada@acme.example", BACK).await == 2).then_some(())
    })
    .await;
    assert_eq!(working.mails("ada@acme.example", GONE).await, 2);
    assert_eq!(working.mails("ada@acme.example", "The trigger stage no longer exists").await, 0);
    let posts = until("the posts to the machine", PATIENCE, async || {
        let posts = receiver.received_requests().await.unwrap_or_default();
        let posts: Vec<Value> =
            posts.iter().map(|post| serde_json::from_slice(&post.body).unwrap()).collect();
        let of: Vec<Value> =
            posts.into_iter().filter(|post| post["data"]["alert"]["kind"] == "stages_gone").collect();
        (of.len() == 4).then_some(of)
    })
    .await;
    let first = posts[0]["data"]["alert"]["text"].as_str().unwrap();
    assert!(first.contains(own.as_str()) && first.contains(rules[0].as_str()), "{first}");
}

on_both_databases!(Connected::active => a_rule_that_is_changed_ends_the_alert);
/// A rule that is changed to stages that exist is mended, and told as such.
async fn a_rule_that_is_changed_ends_the_alert(working: Connected) {
    let all = working.pipeline().await;
    let at = all.iter().position(|stage| stage["text"] == "Phone interview").unwrap();
    let id = |n: usize| all[n]["id"].as_str().unwrap().to_owned();
    working.add_rule(&id(at), "").await;
    let mut left = all.clone();
    left.remove(at);
    working.set_pipeline_and_wait(left, 1).await;
    working.mailed("ada@acme.example", "Stages that your rules use no longer exist").await;
    working.change_rule(&[("trigger_stage", &id(at + 1))]).await;
    working.mailed("ada@acme.example", "The stages that your rules use all exist again").await;
}
