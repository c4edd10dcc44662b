//! What waits for a colleague stands where people look, until it is decided.

use super::*;
use crate::support::on_both_databases;
use alva_portal::db::schema::{invitations, sittings};

const ADDRESS: &str = "candidates@agency.example";
const WORDS: &str = "is waiting for a decision: somebody else with the same email address has results";

impl Connected {
    /// What the first page says needs somebody, and the links there.
    async fn needs(&self) -> (String, String) {
        let page = self.admin.get("/").await;
        let links = page.attribute("section[aria-labelledby=needs-you] a", "href").unwrap_or_default();
        (page.text("section[aria-labelledby=needs-you]"), links)
    }

    /// Who is in the list of those who wait.
    async fn waiting(&self) -> String {
        let page = self.admin.get("/candidates?state=waiting").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.html);
        page.text("table.list tbody")
    }

    /// Nobody waits any more, as every page says.
    async fn nobody_waits(&self, why: &str) {
        until(why, PATIENCE, async || {
            let (needs, _) = self.needs().await;
            (!needs.contains("decision") && self.waiting().await.is_empty()).then_some(())
        })
        .await;
        let page = self.admin.get(&self.page()).await.text("main");
        assert!(!page.contains(WORDS), "{why}: {page}");
        assert!(self.admin.get("/candidates").await.text("#same-address").is_empty(), "{why}");
    }
}

on_both_databases!(scene => whose_results_they_are_is_asked_until_it_is_answered);
/// The question stands on the overview, the list and the integration's page; who comes with the same address later and
/// a reconciliation change nothing about it; invited, declined or archived, it is over.
async fn whose_results_they_are_is_asked_until_it_is_answered(scene: Connected) {
    let there = &scene;
    let anna = scene.applies_as("Anna Andersson", ADDRESS, 0).await;
    scene.takes_the_tests(&anna).await;
    scene.nobody_waits("before anybody is asked").await;
    let bertil = scene.applies_at("Bertil Bengtsson", ADDRESS, 1).await;
    scene.is(&bertil, "same_address").await;

    let is_asked = async |when: &str| {
        let (needs, link) = scene.needs().await;
        assert!(needs.contains(&format!("1 candidate {WORDS}")), "{when}: {needs}");
        assert_eq!(link, "/candidates?state=waiting", "{when}");
        let waiting = scene.waiting().await;
        assert!(
            waiting.contains("Bertil Bengtsson") && waiting.contains("whose results?"),
            "{when}: {waiting}"
        );
        assert!(!waiting.contains("Anna") && !waiting.contains("Cilla"), "{when}: {waiting}");
        let list = there.admin.get("/candidates").await;
        assert!(list.text("#same-address").contains("Bertil Bengtsson"), "{when}: {}", list.html);
        let page = there.admin.get(&scene.page()).await;
        assert_eq!(page.text("#state .badge"), "Needs you", "{when}");
        assert!(page.text("main").contains(WORDS), "{when}: {}", page.text("main"));
        assert!(scene.page_of(&bertil).await.text("#same-address").contains("Anna Andersson"), "{when}");
    };
    is_asked("asked").await;
    let metrics = there.admin.get("/metrics").await.html;
    assert!(metrics.contains("alva_decisions_waiting{kind=\"same_address\"} 1"), "{metrics}");
    // Others see their own company's only.
    let other = there.portal.company("Globex").await;
    there.portal.person(&other, "eve@globex.example", alva_portal::people::Role::Admin).await;
    let eve = there.portal.signed_in("eve@globex.example").await;
    assert!(!eve.get("/candidates?state=waiting").await.html.contains("Bertil"));

    // A reconciliation finds him in the trigger stage: that is no change that was missed.
    let run = scene.sync().await;
    assert!(run.text(".badge").contains("nothing missed"), "{}", run.html);
    is_asked("after a reconciliation").await;
    // A third name with the address: invited by itself, and nothing to do with his question.
    let cilla = scene.applies_at("Cilla Carlsson", ADDRESS, 2).await;
    scene.is(&cilla, "invited").await;
    is_asked("after a third came").await;

    // Neither: nobody is invited, and nobody is asked again by what did not change.
    let page = scene.page_of(&bertil).await;
    there.admin.press(&page, "Neither", &[]).await;
    scene.nobody_waits("declined").await;
    assert!(there.portal.audit(&there.company.id).await.contains(&"candidate.not_invited".to_owned()));
    scene.sync().await;
    scene.nobody_waits("declined, and compared").await;
    assert!(scene.states(&bertil).await.is_empty());
}

on_both_databases!(scene => a_question_ends_with_an_invitation_and_with_the_candidate);
/// Invited by a colleague, with the other's results, archived or deleted: there is nothing to ask any more.
async fn a_question_ends_with_an_invitation_and_with_the_candidate(scene: Connected) {
    let there = &scene;
    let anna = scene.applies_as("Anna Andersson", ADDRESS, 0).await;
    scene.takes_the_tests(&anna).await;
    for (way, posting) in [("Invite to tests", 1), ("Use these results", 2), ("archive", 1), ("delete", 2)] {
        // Two names at the address at most: a third would not be asked about.
        let person = scene.applies_at("Bertil Bengtsson", ADDRESS, posting).await;
        scene.is(&person, "same_address").await;
        assert!(scene.waiting().await.contains("Bertil Bengtsson"), "{way}");
        let id = person["id"].as_str().unwrap();
        match way {
            "archive" => {
                there.control(Method::POST, &format!("opportunities/{id}/archive"), json!({})).await;
            }
            "delete" => {
                there.control(Method::DELETE, &format!("opportunities/{id}"), Value::Null).await;
            }
            button => {
                let page = scene.page_of(&person).await;
                there.admin.press(&page, button, &[]).await;
            }
        }
        scene.nobody_waits(way).await;
        if !["archive", "delete"].contains(&way) {
            // Erased, so that the next one's results are nobody's but Anna's.
            there.control(Method::DELETE, &format!("opportunities/{id}"), Value::Null).await;
            scene.all_gone(id).await;
        }
    }
}

impl Connected {
    /// Waits until nothing is known of an opportunity any more.
    async fn all_gone(&self, opportunity: &str) {
        use schema::candidates::dsl;
        let id = opportunity.to_owned();
        until("the erasure", PATIENCE, async || {
            let id = id.clone();
            let of = move |conn: &mut Conn| {
                let of = dsl::candidates.filter(dsl::opportunity_id.eq(&id)).count();
                Ok::<_, DbError>(of.get_result::<i64>(conn)?)
            };
            (self.portal.running.db.read(of).await.unwrap() == 0).then_some(())
        })
        .await;
    }
}

on_both_databases!(scene => what_candidates_ask_for_stands_on_the_first_page);
/// More time and reviews, too: with their number, and a link to who they are.
async fn what_candidates_ask_for_stands_on_the_first_page(scene: Connected) {
    let anna = scene.applies_as("Anna Andersson", "anna@people.example", 0).await;
    scene.takes_the_tests(&anna).await;
    let bertil = scene.applies_as("Bertil Bengtsson", "bertil@people.example", 1).await;
    scene.is(&bertil, "invited").await;
    scene.nobody_waits("nobody asks").await;
    scene
        .change(|conn| {
            let now = Some(Timestamp::now());
            diesel::update(invitations::table.filter(invitations::state.eq("sent")))
                .set(invitations::time_asked_at.eq(now))
                .execute(conn)?;
            diesel::update(sittings::table).set(sittings::review_asked_at.eq(now)).execute(conn)?;
            Ok(())
        })
        .await;
    let (needs, link) = scene.needs().await;
    for words in
        ["1 candidate is asking for more time", "1 candidate is asking for a person to review the result"]
    {
        assert!(needs.contains(words), "{words}: {needs}");
    }
    assert_eq!(link, "/candidates?state=waiting");
    let waiting = scene.waiting().await;
    for words in ["Anna Andersson", "asks for a review", "Bertil Bengtsson", "asks for more time"] {
        assert!(waiting.contains(words), "{words}: {waiting}");
    }
    scene
        .change(|conn| {
            diesel::update(invitations::table)
                .set(invitations::time_asked_at.eq(None::<Timestamp>))
                .execute(conn)?;
            diesel::update(sittings::table)
                .set(sittings::review_answered_at.eq(Some(Timestamp::now())))
                .execute(conn)?;
            Ok(())
        })
        .await;
    scene.nobody_waits("both are answered").await;
    let (needs, _) = scene.needs().await;
    assert!(!needs.contains("asks for"), "{needs}");
}
