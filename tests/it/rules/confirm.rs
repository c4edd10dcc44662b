//! The one step between Save and what is saved: what changes, and whom that invites.

use super::*;
use crate::support::on_both_databases;
use crate::support::visitor::Visitor;
use alva_portal::audit::Action;
use alva_portal::db::schema::{audit_log, batches};
use diesel::prelude::*;

/// What the page shows as changing: setting, saved now, after saving.
fn changes(page: &Page) -> Vec<String> {
    let cells = page.text("#changes tbody th, #changes tbody td");
    let cells: Vec<&str> = cells.lines().collect();
    cells.chunks(3).map(|row| row.join(" ")).collect()
}

impl Ruled {
    async fn version(&self) -> i64 {
        let id = self.integration;
        let read = move |conn: &mut _| alva_portal::integrations::store::get(conn, &id);
        self.portal.running.db.read(read).await.unwrap().settings_version
    }

    /// How often this stands in the audit log.
    async fn audited(&self, action: Action) -> i64 {
        let rows = self.portal.running.db.read(move |conn| {
            let rows = audit_log::table.filter(audit_log::action.eq(action.as_str()));
            Ok::<i64, alva_portal::db::DbError>(rows.count().get_result(conn)?)
        });
        rows.await.unwrap()
    }

    async fn batches(&self) -> i64 {
        let count =
            |conn: &mut _| Ok::<i64, alva_portal::db::DbError>(batches::table.count().get_result(conn)?);
        self.portal.running.db.read(count).await.unwrap()
    }
}

on_both_databases!(Ruled::start => settings_show_what_changes_before_they_are_saved);
/// Without a difference there is nothing to ask. A page that was agreed to twice, by a second click or the back button,
/// saves once; one that somebody else overtook saves nothing.
async fn settings_show_what_changes_before_they_are_saved(ruled: Ruled) {
    let admin = &ruled.admin;
    let (phone, version) = (ruled.stage("Phone interview").await, ruled.version().await);
    let form = admin.get(&ruled.settings()).await;
    let wanted = [("progression_stage", phone.as_str()), ("candidate_tag", "<b>Ours</b>")];
    let asked = admin.press(&form, "Save", &wanted).await;
    assert_eq!((asked.status, asked.text("h1").as_str()), (StatusCode::OK, "Save these changes?"));
    assert_eq!(
        changes(&asked),
        ["Progression stage none Phone interview", "Candidate tag Alva: Invite <b>Ours</b>"],
        "{}",
        asked.html
    );
    assert!(asked.text("#preview").contains("0 candidates meet these rules now"), "{}", asked.html);
    assert_eq!(ruled.version().await, version, "nothing is saved");
    let before = ruled.audited(Action::IntegrationConfigured).await;
    for _ in 0..2 {
        admin.press(&asked, "Save changes", &[]).await.leads_to(&ruled.settings());
    }
    assert_eq!(ruled.version().await, version + 1);
    assert_eq!(ruled.audited(Action::IntegrationConfigured).await, before + 1);
    // What is not about who is invited needs no look into Lever.
    ruled.control(Method::POST, "faults", json!({"target": "api", "kind": "close_before"})).await;
    let form = admin.get(&ruled.settings()).await;
    let asked = admin.press(&form, "Save", &[("progression_stage", "")]).await;
    assert_eq!(changes(&asked), ["Progression stage Phone interview none"], "{}", asked.html);
    assert!(asked.text("main").contains("This change invites nobody."), "{}", asked.html);
    // As it is saved: nothing to ask.
    admin.press(&form, "Save", &[]).await.leads_to(&ruled.settings());
    ruled.control(Method::DELETE, "faults", Value::Null).await;
    // The page that asks is older than that: another tab, or a colleague, saved.
    let late = admin.press(&asked, "Save changes", &[]).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.html);
    assert_eq!(late.attribute("#progression_stage option[selected]", "value"), None, "what was typed stays");
    let again = admin.press_and_agree(&late, "Save", &[]).await;
    again.leads_to(&ruled.settings());
    assert_eq!(ruled.version().await, version + 3);
}

on_both_databases!(Ruled::start => rules_show_what_changes_before_they_are_saved);
async fn rules_show_what_changes_before_they_are_saved(ruled: Ruled) {
    let admin = &ruled.admin;
    let (phone, screen) = (ruled.stage("Phone interview").await, ruled.stage("Recruiter screen").await);
    let (id, title, _) = ruled.plain().clone();
    let person = ruled.applicant("Sitting", json!({"stage": "Phone interview", "posting": id})).await;
    let about = format!("posting:{id}");
    let form = admin.get(&format!("{}/new", ruled.rules())).await;
    let fields = [("postings", about.as_str()), ("tests", "logic"), ("trigger_stage", &screen)];
    let asked = admin.press(&form, "Save rule", &fields).await;
    assert_eq!(asked.text("h1"), "Save these changes?", "{}", asked.html);
    assert_eq!(
        changes(&asked),
        [
            &format!("Postings none The posting “{title}”"),
            "Tests none logic",
            "Trigger stage none Recruiter screen"
        ],
        "{}",
        asked.html
    );
    for _ in 0..2 {
        admin.press(&asked, "Save changes", &[]).await.leads_to(&ruled.rules());
    }
    assert_eq!(ruled.audited(Action::RuleAdded).await, 1);
    let link = admin.get(&ruled.rules()).await.attribute("tbody th a", "href").unwrap();
    let form = admin.get(&link).await;
    let asked = admin.press(&form, "Save rule", &[("trigger_stage", &phone)]).await;
    assert_eq!(asked.text("h1"), "Invite 1 candidate?", "{}", asked.html);
    assert_eq!(changes(&asked), ["Trigger stage Recruiter screen Phone interview"]);
    assert!(asked.text("#preview").contains("Sitting"), "{}", asked.html);
    assert!(ruled.invitations(&person).await.is_empty(), "nobody is invited before it is agreed to");
    for _ in 0..2 {
        admin.press(&asked, "Invite 1 candidate and save", &[]).await.leads_to(&ruled.rules());
    }
    assert_eq!(ruled.audited(Action::RuleChanged).await, 1);
    ruled.invited(&person).await;
    let form = admin.get(&link).await;
    admin.press(&form, "Save rule", &[]).await.leads_to(&ruled.rules());
}

/// Holds moves of more than two.
async fn hold_above_two(admin: &Visitor) {
    let fields = [("reuse_results", "0"), ("hold_above", "2"), ("hold_for", "5")];
    admin.post("/settings/company/invitation-policy", &fields).await.leads_to("/settings/company");
}

on_both_databases!(Ruled::start => those_who_were_agreed_to_are_not_held_again);
/// Four people who were just moved are shown and agreed to: no hold asks about them once more. Those who are moved
/// afterwards were shown to nobody.
async fn those_who_were_agreed_to_are_not_held_again(ruled: Ruled) {
    let admin = &ruled.admin;
    hold_above_two(admin).await;
    let phone = ruled.stage("Phone interview").await;
    let mut crowd = Vec::new();
    for name in ["Anna", "Berta", "Clara", "Dora"] {
        let person = ruled.applicant(name, json!({})).await;
        ruled.move_to(&person, "Phone interview").await;
        crowd.push(person);
    }
    let form = admin.get(&ruled.settings()).await;
    let asked = admin.press(&form, "Save", &[("trigger_stage", &phone)]).await;
    assert_eq!(asked.text("h1"), "Invite 4 candidates?", "{}", asked.html);
    admin.agree(asked).await.leads_to(&ruled.settings());
    for person in &crowd {
        ruled.invited(person).await;
    }
    ruled.settled().await;
    assert_eq!(ruled.mails_to("@people.example").await.len(), 4);
    assert_eq!(ruled.batches().await, 0, "nothing is held");
    for name in ["Emma", "Frida", "Greta", "Hanna"] {
        let person = ruled.applicant(name, json!({})).await;
        ruled.move_to(&person, "Phone interview").await;
    }
    until("a batch that is held", PATIENCE, async || (ruled.batches().await == 1).then_some(())).await;
}
