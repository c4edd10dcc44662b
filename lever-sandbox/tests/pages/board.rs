//! The board, a candidate's page, the postings.

use lever_sandbox::Options;
use reqwest::StatusCode;

use crate::receiver::Receiver;
use crate::support::{Page, World, world};

/// A world whose events of these kinds go to the receiver.
async fn listening(receiver: &Receiver, events: &[&str]) -> World {
    let mut world = world(Options::default()).await;
    for event in events {
        let form = world
            .browser
            .get("/settings/integrations")
            .await
            .form_with_button(&format!("#{event}"), "Save webhook");
        let page = world.browser.submit(&form, &[("url", &receiver.url)]).await;
        assert_eq!(page.status, StatusCode::OK);
    }
    world
}

fn first_card(board: &Page) -> (String, String) {
    (board.attrs(".person", "data-id")[0].clone(), board.texts(".person > a")[0].clone())
}

#[tokio::test]
async fn moving_a_card_puts_it_into_the_other_column_and_tells_the_webhook() {
    let receiver = Receiver::start();
    let mut world = listening(&receiver, &["candidateStageChange"]).await;
    let board = world.browser.get("/").await;
    let (id, name) = first_card(&board);
    let from = board.attrs(".column:has(.person)", "data-stage")[0].clone();
    let stages = board.attrs(".column", "data-stage");
    let to = stages.iter().find(|stage| **stage != from).unwrap();

    let form = board.form(&format!("/opportunities/{id}/move"));
    assert_eq!(form.buttons, ["Move"]);
    let after = world.browser.submit(&form, &[("stage", to)]).await;
    assert_eq!(after.path, "/");
    assert!(after.texts("[role=status]")[0].starts_with(&format!("Moved {name} to ")));
    assert!(after.attrs(&format!("[data-stage=\"{to}\"] .person"), "data-id").contains(&id));

    let call = &receiver.wait_for(1).await[0];
    assert_eq!(call.content_type, "application/json");
    assert_eq!(call.body["event"], "candidateStageChange");
    assert_eq!(call.body["data"]["opportunityId"], id.as_str());
    assert_eq!(call.body["data"]["fromStageId"], from.as_str());
    assert_eq!(call.body["data"]["toStageId"], to.as_str());
}

#[tokio::test]
async fn the_search_shows_only_those_who_match() {
    let mut world = world(Options::default()).await;
    let (_, name) = first_card(&world.browser.get("/").await);
    let found = world.browser.get(&format!("/?q={}", name.to_uppercase().replace(' ', "+"))).await;
    let names = found.texts(".person > a");
    assert!(!names.is_empty() && names.iter().all(|found| *found == name), "{names:?}");
    assert!(world.browser.get("/?q=nobody-is-called-so").await.texts(".person").is_empty());
}

#[tokio::test]
async fn a_full_stage_shows_its_first_cards_and_a_way_to_the_rest() {
    let mut world = world(Options { opportunities: 600, ..Options::default() }).await;
    let board = world.browser.get("/").await;
    let more = board.attrs(".more", "href");
    assert!(!more.is_empty());
    assert!(board.texts(".person").len() <= 25 * board.texts(".column").len());
    let stage = world.browser.get(&more[0]).await;
    assert_eq!(stage.status, StatusCode::OK);
    assert!(stage.texts("tbody tr").len() > 25);
}

#[tokio::test]
async fn hire_archive_and_delete_are_told() {
    let receiver = Receiver::start();
    let events = ["candidateHired", "candidateArchiveChange", "candidateDeleted"];
    let mut world = listening(&receiver, &events).await;
    let ids = world.browser.get("/").await.attrs(".person", "data-id");
    let (hired, archived) = (&ids[0], &ids[1]);
    let page_of = |id: &str| format!("/opportunities/{id}");

    let form = world.browser.get(&page_of(hired)).await.form_with_button("main", "Hire");
    let page = world.browser.submit(&form, &[]).await;
    assert!(page.texts(".badge").contains(&"Hired".to_owned()));
    let calls = receiver.wait_for(2).await;
    let mut names: Vec<&str> = calls.iter().map(|call| call.body["event"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["candidateArchiveChange", "candidateHired"]);

    let form = world.browser.get(&page_of(archived)).await.form_with_button("main", "Archive");
    let page = world.browser.submit(&form, &[]).await;
    assert!(page.texts(".badge").contains(&"Archived".to_owned()));
    let call = &receiver.wait_for(3).await[2].body;
    assert_eq!(call["event"], "candidateArchiveChange");
    assert!(call["data"]["fromArchived"].is_null());
    assert!(call["data"]["toArchived"]["archivedAt"].is_i64());
    assert!(!world.browser.get("/").await.attrs(".person", "data-id").contains(archived));

    let form = page.form_with_button("main", "Delete");
    assert_eq!(world.browser.submit(&form, &[]).await.path, "/");
    assert_eq!(receiver.wait_for(4).await[3].body["event"], "candidateDeleted");
    assert_eq!(world.browser.get(&page_of(archived)).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn tags_and_notes_come_and_go() {
    let mut world = world(Options::default()).await;
    let (id, _) = first_card(&world.browser.get("/").await);
    let page = world.browser.get(&format!("/opportunities/{id}")).await;
    let page = world
        .browser
        .submit(&page.form(&format!("/opportunities/{id}/tags")), &[("tag", "Alva: <b>Screening</b>")])
        .await;
    let with_tag = |page: &Page| page.attrs("form[action$='/tags/remove'] input[name=tag]", "value");
    assert!(with_tag(&page).contains(&"Alva: <b>Screening</b>".to_owned()));

    let removal = page.forms().into_iter().find(|form| {
        form.action.ends_with("/tags/remove")
            && form.fields.iter().any(|(_, value)| value.contains("Screening"))
    });
    let page = world.browser.submit(&removal.unwrap(), &[]).await;
    assert!(!with_tag(&page).iter().any(|tag| tag.contains("Screening")));

    let note = "Called her.\nShe said \"yes\" & laughed.";
    let page =
        world.browser.submit(&page.form(&format!("/opportunities/{id}/notes")), &[("text", note)]).await;
    assert!(page.text().contains("She said \"yes\" & laughed."));
}

#[tokio::test]
async fn a_posting_s_tags_reach_its_candidates_and_someone_applies() {
    let receiver = Receiver::start();
    let mut world = listening(&receiver, &["applicationCreated"]).await;
    let posting = world.browser.get("/postings").await.attrs("td a", "href")[0].clone();
    let page = world.browser.get(&posting).await;
    let page =
        world.browser.submit(&page.form(&format!("{posting}/tags")), &[("tag", "Alva: Screening")]).await;

    let form = page.form(&format!("{posting}/apply"));
    let slip = world
        .browser
        .submit(&form, &[("name", "Ada Byron"), ("email", "ada at home"), ("origin", "referred")])
        .await;
    assert_eq!(slip.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(slip.attrs("#name", "value"), ["Ada Byron"]);
    assert_eq!(slip.attrs("#email", "aria-invalid"), ["true"]);
    assert_eq!(slip.attrs("#origin option[selected]", "value"), ["referred"]);

    let page =
        world.browser.submit(&slip.form(&format!("{posting}/apply")), &[("email", "ada@example.com")]).await;
    assert_eq!(page.texts("h1"), ["Ada Byron"]);
    assert!(page.text().contains("ada@example.com"));
    assert!(
        page.attrs("form[action$='/tags/remove'] input[name=tag]", "value")
            .contains(&"Alva: Screening".to_owned())
    );
    let call = &receiver.wait_for(1).await[0].body;
    assert_eq!(call["event"], "applicationCreated");
    assert_eq!(format!("/opportunities/{}", call["data"]["opportunityId"].as_str().unwrap()), page.path);
    assert!(call["data"]["applicationId"].is_string());
}

#[tokio::test]
async fn a_posting_is_made_confidential_and_back() {
    let mut world = world(Options::default()).await;
    let posting = world.browser.get("/postings").await.attrs("td a", "href")[0].clone();
    let page = world.browser.get(&posting).await;
    let before = page.texts(".head .badge");
    let once = world.browser.submit(&page.form(&format!("{posting}/confidential")), &[]).await;
    assert_ne!(once.texts(".head .badge"), before);
    let twice = world.browser.submit(&once.form(&format!("{posting}/confidential")), &[]).await;
    assert_eq!(twice.texts(".head .badge"), before);
}
