//! What candidates are owed: what they agreed to, their data, and a person who looks. Counts without names are in `groups`.

use super::*;
use crate::process::place::Place;
use crate::support::lever::unconnected;
use crate::support::on_both_databases;
use crate::support::wait::{PATIENCE, until};
use alva_portal::db::Conn;
use alva_portal::db::schema::{agreed_texts, sittings};
use alva_portal::integrations::State;
use alva_portal::people::Role;
use alva_portal::secrets::Sealed;
use alva_portal::test_sessions::agreements;
use secrecy::ExposeSecret as _;

/// What a company's settings are, with these in their place.
pub async fn configure(portal: &Portal, who: &str, changed: &[(&str, &str)]) {
    let admin = portal.signed_in(who).await;
    let usual = [
        ("company_name", "Acme"),
        ("support_contact", "jobs@acme.example"),
        ("time_zone", "UTC"),
        ("retention", "12"),
    ];
    let stays = |(name, _): &(&str, &str)| changed.iter().all(|(other, _)| other != name);
    let fields: Vec<(&str, &str)> = usual.into_iter().filter(stays).chain(changed.iter().copied()).collect();
    admin.post("/settings/company", &fields).await.leads_to("/settings/company");
}

/// The text that was agreed to.
pub async fn agreed(portal: &Portal, invited: &Invited) -> (String, String) {
    let id = invited.invitation;
    portal
        .write(move |conn: &mut Conn| {
            let version: String = sittings::table
                .find(&id)
                .select(sittings::agreed_version)
                .first(conn)
                .map_err(DbError::from)?;
            let text = agreed_texts::table.find(&version).select(agreed_texts::text);
            Ok((version.clone(), text.first(conn).map_err(DbError::from)?))
        })
        .await
}

on_both_databases!(Portal::start => what_was_agreed_to_is_kept_with_the_tests);
async fn what_was_agreed_to_is_kept_with_the_tests(portal: Portal) {
    let acme = portal.company("Acme").await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let grace = invite(&portal, &acme, &account, "o2").await;
    let jo = invite(&portal, &acme, &account, "o3").await;
    configure(&portal, "dana@acme.example", &[("privacy_notice", "https://acme.example/privacy")]).await;
    let visitor = portal.visitor();
    let begin = visitor.get(&ada.path).await;
    assert_eq!(
        begin.attribute("a[href='https://acme.example/privacy']", "href").as_deref(),
        Some("https://acme.example/privacy")
    );
    for part in ["Acme is responsible for your data", "jobs@acme.example", "a person decides", "12 months"] {
        assert!(begin.text("main").contains(part), "{part:?} is not in {}", begin.text("main"));
    }
    let page = go_on(&visitor, &ada, &begin, "I agree, begin", &[]).await;
    // Whom to ask, and what happens with the data, stands on every page from there on.
    assert!(page.text("main").contains("Questions? jobs@acme.example"), "{}", page.text("main"));
    assert!(page.attribute("main p.small a[href='https://acme.example/privacy']", "href").is_some());
    let (version, text) = agreed(&portal, &ada).await;
    for part in ["Nobody is rejected automatically", "12 months", "https://acme.example/privacy"] {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
    // The same text is the same version; another retention, and another language, are others.
    let visitor = portal.visitor();
    let begin = visitor.get(&grace.path).await;
    go_on(&visitor, &grace, &begin, "I agree, begin", &[]).await;
    assert_eq!(agreed(&portal, &grace).await.0, version);
    configure(&portal, "dana@acme.example", &[("retention", "6")]).await;
    let visitor = portal.visitor();
    choose_language(&visitor, &jo.path, "sv").await;
    let begin = visitor.get(&jo.path).await;
    go_on(&visitor, &jo, &begin, "Jag samtycker, börja", &[]).await;
    // Who else receives data stands there in the company's own words, once it has written them.
    let (_, first) = agreed(&portal, &ada).await;
    assert!(first.contains("on what legal basis, if you ask"), "{first}");
    let notice = "Host AB, Solna, runs the portal. Legal basis: Article 6(1)(f) GDPR.";
    configure(&portal, "dana@acme.example", &[("retention", "6"), ("data_notice", notice)]).await;
    let shown = portal.visitor().get(&jo.path).await.text("main");
    assert!(!shown.contains(notice), "Jo has begun: {shown}");
    let late = invite(&portal, &acme, &account, "o4").await;
    let visitor = portal.visitor();
    let begin = visitor.get(&late.path).await;
    assert!(begin.text("main").contains(notice), "{}", begin.text("main"));
    go_on(&visitor, &late, &begin, "I agree, begin", &[]).await;
    let (_, text) = agreed(&portal, &late).await;
    assert!(text.contains(notice) && !text.contains("on what legal basis, if you ask"), "{text}");
    let (other, text) = agreed(&portal, &jo).await;
    assert!(other != version && text.contains("Ingen avvisas automatiskt"), "{text}");
    assert_eq!(agreed(&portal, &ada).await.0, version, "what Ada read stays");
    let admin = portal.signed_in("dana@acme.example").await;
    let wrong = admin
        .post(
            "/settings/company",
            &[
                ("company_name", "Acme"),
                ("time_zone", "UTC"),
                ("retention", "6"),
                ("privacy_notice", "javascript:alert(1)"),
            ],
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.text(".error-summary a"), "Privacy notice");
}

on_both_databases!(Portal::start => texts_go_with_the_last_test_that_names_them);
async fn texts_go_with_the_last_test_that_names_them(portal: Portal) {
    let acme = portal.company("Acme").await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let (ada, grace) =
        (invite(&portal, &acme, &account, "o1").await, invite(&portal, &acme, &account, "o2").await);
    let mut versions = Vec::new();
    for (invited, retention) in [(&ada, "12"), (&grace, "6")] {
        configure(&portal, "dana@acme.example", &[("retention", retention)]).await;
        let visitor = portal.visitor();
        let begin = visitor.get(&invited.path).await;
        go_on(&visitor, invited, &begin, "I agree, begin", &[]).await;
        versions.push(agreed(&portal, invited).await.0);
    }
    let kept = async || -> Vec<String> {
        portal
            .write(|conn| {
                let all =
                    agreed_texts::table.order(agreed_texts::version.asc()).select(agreed_texts::version);
                Ok(all.load(conn).map_err(DbError::from)?)
            })
            .await
    };
    let age_out = async |later| {
        portal.write(move |conn| Ok(agreements::age_out(conn, Timestamp::now().plus(later))?)).await
    };
    let (hour, day) = (Duration::from_secs(3_500), Duration::from_secs(86_400));
    assert_eq!((age_out(day).await, kept().await.len()), (0, 2), "both have a test that names them");
    let visitor = portal.visitor();
    let ask = visitor.get(&format!("{}/withdraw", grace.path)).await;
    visitor.press(&ask, "Withdraw and erase everything", &[]).await.leads_to(&grace.path);
    assert_eq!(age_out(hour).await, 0, "somebody may agree to it just now");
    assert_eq!(age_out(day).await, 1);
    assert_eq!(kept().await, [versions[0].clone()], "what Ada read stays");
}

on_both_databases!(threads: Place::new => the_worker_removes_texts_that_nothing_names);
/// When the program starts, and every hour.
async fn the_worker_removes_texts_that_nothing_names(place: Place) {
    let first = place.start().await;
    first.signal("TERM").await;
    assert!(first.end().await.0.success());
    let db = place.db().await;
    let insert = |conn: &mut Conn| {
        let row = (
            agreed_texts::version.eq("0123456789abcdef"),
            agreed_texts::language.eq("en"),
            agreed_texts::text.eq("Nobody agreed to this."),
            agreed_texts::last_used_at.eq(Timestamp(0)),
        );
        Ok::<_, DbError>(diesel::insert_into(agreed_texts::table).values(row).execute(conn)?)
    };
    assert_eq!(db.write(insert).await.unwrap(), 1);
    let again = place.start().await;
    until("the text to be gone", PATIENCE, async || {
        let count = |conn: &mut Conn| Ok::<i64, DbError>(agreed_texts::table.count().get_result(conn)?);
        (db.read(count).await.unwrap() == 0).then_some(())
    })
    .await;
    again.signal("TERM").await;
    assert!(again.end().await.0.success());
}

on_both_databases!(Portal::start => candidates_take_their_data_along_and_ask_for_a_person);
async fn candidates_take_their_data_along_and_ask_for_a_person(portal: Portal) {
    let acme = portal.company("Acme").await;
    let other = portal.company("Other").await;
    portal.person(&acme, "max@acme.example", Role::Member).await;
    portal.person(&other, "eve@other.example", Role::Admin).await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let visitor = portal.visitor();
    let page = through_both(&visitor, &ada).await;

    let (status, kind, disposition, bytes) = visitor.file(&format!("{}/data.json", ada.path)).await;
    assert_eq!(status, StatusCode::OK);
    assert!(kind.contains("json") && disposition.contains("my-data.json"), "{kind} {disposition}");
    let data: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(data["person"]["email"], "ada@people.example");
    assert_eq!(data["personality_answers"].as_array().unwrap().len(), 90);
    assert_eq!(data["logic_answers"].as_array().unwrap().len(), 3);
    assert!(data["agreed"]["text"].as_str().unwrap().contains("What happens with your data"));
    assert!(data["result"]["logic"]["score"]["value"].is_number());
    // What the company sees of it, too.
    let fit = &data["role_fit"];
    let (percent, low, high) = (&fit["percent"], &fit["low"], &fit["high"]);
    assert!(data["verification"].is_null());
    let text = String::from_utf8(bytes).unwrap();
    assert!(!text.contains("\"seed\"") && !text.contains("\"item\""), "no way back to the tasks");

    go_on(&visitor, &ada, &page, "Ask for a review", &[("text", "Task 2 \u{7}was cut off.<b>")]).await;
    let max = portal.signed_in("max@acme.example").await;
    assert!(max.get("/candidates").await.text("#reviews").contains("Ada Byron"));
    let path = format!("/candidates/{}", ada.candidate);
    let report = max.get(&path).await;
    assert_eq!(report.text("blockquote.review"), "Task 2 was cut off.<b>");
    let said = format!("{percent} % ({low}–{high} %");
    assert!(report.text("section[id^=result]").contains(&said), "{said}: {}", report.text("main"));
    let eve = portal.signed_in("eve@other.example").await;
    let fields = [("invitation", ada.invitation.as_str())];
    assert_eq!(eve.post(&format!("{path}/review"), &fields).await.status, StatusCode::NOT_FOUND);
    max.press(&report, "Mark as answered", &[]).await.leads_to(&path);
    assert_eq!(max.get("/candidates").await.text("#reviews"), "");
    assert!(visitor.get(&ada.path).await.text("main").contains("a person has reviewed your result"));
    // Sent again from a page that was open before, it is not kept, and that is said.
    visitor.press(&page, "Ask for a review", &[("text", "And task 3.")]).await.leads_to(&ada.path);
    let told = visitor.get(&ada.path).await.text(".flash");
    assert!(told.contains("Your request was not sent again"), "{told}");
    assert_eq!(max.get(&path).await.text("blockquote.review"), "Task 2 was cut off.<b>");
    assert!(portal.audit(&acme.id).await.contains(&"assessment.review_answered".to_owned()));
}

on_both_databases!(Portal::start => the_other_questionnaire_is_asked_when_the_company_chooses_it);
async fn the_other_questionnaire_is_asked_when_the_company_chooses_it(portal: Portal) {
    let acme = portal.company("Acme").await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    configure(&portal, "dana@acme.example", &[("questionnaire", "ipip_neo")]).await;
    let visitor = portal.visitor();
    let begin = visitor.get(&ada.path).await.text("main");
    assert!(begin.contains("104 statements"), "{begin}");
    assert!(begin.contains("The logic test has not yet been tried on a norm sample"), "{begin}");
    let page = up_to_the_clock(&visitor, &ada).await;
    let mut page = go_on(&visitor, &ada, &page, "Start the first task", &[]).await;
    for _ in 0..3 {
        page = go_on(&visitor, &ada, &page, "Answer", &[("choice", "0")]).await;
    }
    assert_eq!(page.text("h1"), "Personality, page 1 of 18");
    assert!(
        page.text("main").contains("Very inaccurate")
            && page.text("main").contains("How well does each phrase")
    );
    while page.text("h1").starts_with("Personality") {
        let names = statements(&page);
        let answers: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "4")).collect();
        page = go_on(&visitor, &ada, &page, "Save and go on", &answers).await;
    }
    assert_eq!(page.text("h1"), "Your result");
    for part in ["Achievement-striving", "Ease with others", "IPIP-NEO-120"] {
        assert!(page.html.contains(part), "{part:?} is not in {}", page.text("main"));
    }
    assert!(!page.html.contains("Sense of beauty"), "no facet of the other questionnaire");
    // Published norms of one test and assumed ones of the other: what is said of each holds for it.
    let read = page.text("main");
    assert!(read.contains("In logic, the averages are assumed") && read.contains("score lower"), "{read}");
    assert!(!read.contains("taken these tests yet") && !read.contains("No score says"), "{read}");
    let own = visitor.file(&format!("{}/result.pdf", ada.path)).await.3;
    let own = crate::assessment::paper::text_of(&own);
    assert!(own.contains("In logic, the averages") && !own.contains("taken these tests yet"), "{own}");
    let dana = portal.signed_in("dana@acme.example").await;
    let report = dana.get(&format!("/candidates/{}", ada.candidate)).await.text("section[id^=result]");
    assert!(report.contains("norms of Johnson 2014") && report.contains("Role fit: "), "{report}");
    // Its least reliable trait, stability (0.72), decides from where on two scores differ: 1.96 · √2 · 2 · √(1 − 0.724).
    let compared = dana.get("/candidates/compare?posting=p1").await.text("main");
    assert!(
        compared.contains("In personality two scores differ by more than the margin of error from about 2.9"),
        "{compared}"
    );
    let paper = dana.file(&format!("/candidates/{}/report.pdf", ada.candidate)).await.3;
    let paper = crate::assessment::paper::text_of(&paper);
    for part in ["Compared with other people", "of 100 people score lower", "Where this is not shown"] {
        assert!(paper.contains(part), "{part:?} is not in {paper}");
    }
}

on_both_databases!(Portal::start => a_second_test_under_supervision_stands_beside_the_first);
async fn a_second_test_under_supervision_stands_beside_the_first(portal: Portal) {
    let acme = portal.company("Acme").await;
    let other = portal.company("Other").await;
    portal.person(&acme, "max@acme.example", Role::Member).await;
    portal.person(&other, "eve@other.example", Role::Admin).await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    through_both(&portal.visitor(), &ada).await;
    let max = portal.signed_in("max@acme.example").await;
    let path = format!("/candidates/{}", ada.candidate);
    let report = max.get(&path).await;
    let offered = max.press(&report, "Verification test", &[]).await;
    let link: url::Url = offered.text("#verify-link").parse().unwrap();
    let eve = portal.signed_in("eve@other.example").await;
    let fields = [("invitation", ada.invitation.as_str())];
    assert_eq!(eve.post(&format!("{path}/verify"), &fields).await.status, StatusCode::NOT_FOUND);

    let device = portal.visitor();
    let begin = device.get(link.path()).await;
    assert!(begin.text("h1").contains("Verification test for Acme"), "{}", begin.html);
    for part in ["on your own, without help", "so is leaving the page", "Nobody is rejected"] {
        assert!(begin.text("main").contains(part), "{part:?} is not in {}", begin.text("main"));
    }
    device.press(&begin, "Start the first task", &[]).await.leads_to(link.path());
    for number in 1..=3 {
        let page = device.get(link.path()).await;
        assert_eq!(page.text("h1"), format!("Task {number} of 3"), "no practice");
        device.press(&page, "Answer", &[("choice", "1")]).await.leads_to(link.path());
    }
    let over = device.get(link.path()).await;
    assert!(over.text("main").contains("Acme has the result"), "{}", over.html);
    assert!(!over.html.contains("of 10"), "no result for the candidate");
    let report = max.get(&path).await;
    let words = report.text("#verification");
    let paper = max.file(&format!("{path}/report.pdf")).await.3;
    let paper = crate::assessment::paper::text_of(&paper);
    assert!(paper.contains("Verification test") && paper.contains("points from the first"), "{paper}");
    let compared = max.get("/candidates/compare?posting=p1").await.text("table.compare");
    assert!(compared.contains("Verification test: logic"), "{compared}");
    assert!(words.contains("points from the first") && words.contains("p = "), "{words}");
    let remarks = report.text("#verification-cautions");
    assert!(
        remarks.contains("faster than they can be looked at") && remarks.contains("(3 of 3)"),
        "{remarks}"
    );
    let data = portal.visitor().get(&format!("{}/data.json", ada.path)).await;
    let data: serde_json::Value = serde_json::from_str(&data.html).unwrap();
    let second = &data["verification"];
    assert!(second["result"]["score"]["value"].is_number() && second["p"].is_number(), "{second}");
    let given: Vec<&serde_json::Value> =
        second["logic_answers"].as_array().unwrap().iter().map(|answer| &answer["chosen"]).collect();
    assert_eq!(given, [2, 2, 2]);
    // Once for a result, and gone with it.
    assert!(!report.html.contains("/verify\""), "{}", report.html);
    let again = max.post(&format!("{path}/verify"), &fields).await;
    again.leads_to(&path);
    assert_eq!(portal.visitor().get("/verify/unknown").await.status, StatusCode::NOT_FOUND);
    let candidate = portal.visitor();
    let ask = candidate.get(&format!("{}/withdraw", ada.path)).await;
    assert!(ask.text("main").contains("only a marker is kept"), "{}", ask.html);
    candidate.press(&ask, "Withdraw and erase everything", &[]).await.leads_to(&ada.path);
    assert_eq!(device.get(link.path()).await.status, StatusCode::NOT_FOUND);
}

/// The open task of a verification test was shown this long ago.
async fn shown_before(portal: &Portal, id: InvitationId, seconds: i64) {
    let sealer = portal.sealer();
    portal
        .write(move |conn: &mut Conn| {
            use alva_portal::db::schema::verifications::dsl;
            let place = format!("verifications.answers:{id}");
            let row = dsl::verifications.find(&id);
            let sealed: Sealed = row.select(dsl::answers_sealed).first(conn).map_err(DbError::from)?;
            let json = sealer.open(&sealed, &place).unwrap();
            let mut run: serde_json::Value = serde_json::from_str(json.expose_secret()).unwrap();
            let shown = &mut run["open"]["shown_ms"];
            *shown = (shown.as_i64().expect("a task is open") - seconds * 1000).into();
            let sealed = sealer.seal(&run.to_string().into(), &place);
            diesel::update(row).set(dsl::answers_sealed.eq(sealed)).execute(conn).map_err(DbError::from)?;
            Ok(())
        })
        .await;
}

on_both_databases!(Portal::start => looking_at_a_verification_test_starts_no_clock_and_costs_no_task);
async fn looking_at_a_verification_test_starts_no_clock_and_costs_no_task(portal: Portal) {
    let acme = portal.company("Acme").await;
    portal.person(&acme, "max@acme.example", Role::Member).await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    through_both(&portal.visitor(), &ada).await;
    let max = portal.signed_in("max@acme.example").await;
    let report = max.get(&format!("/candidates/{}", ada.candidate)).await;
    let link = max.press(&report, "Verification test", &[]).await.text("#verify-link");
    let link: url::Url = link.parse().unwrap();
    let looked_at = async || {
        let before = portal.rows().await;
        let page = portal.visitor().get(link.path()).await;
        assert_eq!(portal.rows().await["verifications"], before["verifications"]);
        page
    };
    assert!(looked_at().await.text("h1").contains("Verification test for Acme"));
    let device = portal.visitor();
    let begin = device.get(link.path()).await;
    device.press(&begin, "Start the first task", &[]).await.leads_to(link.path());
    assert_eq!(looked_at().await.text("h1"), "Task 1 of 3");
    shown_before(&portal, ada.invitation, 3600).await;
    assert_eq!(looked_at().await.text("h1"), "Continue your assessment");
    let paused = device.get(link.path()).await;
    device.press(&paused, "Go on", &[]).await.leads_to(link.path());
    let task = device.get(link.path()).await;
    assert_eq!(task.text("h1"), "Task 1 of 3");
    assert!(task.text(".flash").contains("You were away"), "{}", task.html);
    // The other languages are there, too.
    choose_language(&device, link.path(), "sv").await;
    assert!(device.get(link.path()).await.text("h1").starts_with("Uppgift 1"));
}
