//! Who takes the tests again, and who applies with the address of somebody else.

use super::*;

on_both_databases!(scene => a_person_may_be_allowed_to_retake);
/// Allow retaking asks for the name, removes the results of all jobs and sends a fresh link.
async fn a_person_may_be_allowed_to_retake(scene: Connected) {
    let there = &scene;
    let first = scene.applies_too("zyx@people.example", 0).await;
    let old = scene.takes_the_tests(&first).await;
    scene.in_lever(&first, 1).await;
    let second = scene.applies_too("zyx@people.example", 1).await;
    scene.is(&second, "reused").await;
    scene.in_lever(&second, 1).await;
    let page = scene.page_of(&first).await;
    let ask = there.admin.get(&page.attribute("a[href$='/retake']", "href").unwrap()).await;
    let button = "Remove the results and invite again";
    let wrong = there.admin.press(&ask, button, &[("full_name", "Zyxwvut")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text(".error-summary").contains("not the candidate's full name"), "{}", wrong.html);
    assert_eq!(scene.states(&first).await, ["completed"]);
    there.admin.press(&ask, button, &[("full_name", " Zyxwvut  Qponmlk ")]).await.leads_to(page.url.path());
    scene.in_lever(&first, 0).await;
    scene.in_lever(&second, 0).await;
    let mails = until("a fresh mail", PATIENCE, async || {
        let mails = scene.invitation_mails(&first).await;
        (mails.len() == 2).then_some(mails)
    })
    .await;
    let links: Vec<String> = mails
        .iter()
        .map(|mail| mail["links"][0].as_str().unwrap().parse::<url::Url>().unwrap().path().to_owned())
        .collect();
    let fresh = links.iter().find(|link| **link != old).expect("another link");
    assert!(there.portal.visitor().get(&old).await.status.is_client_error(), "the old link is shut");
    assert_eq!(there.portal.visitor().get(fresh).await.status, StatusCode::OK);
    until("the tag", PATIENCE, async || {
        let tags = scene.tags(&first).await;
        (tags.contains(&"Alva: Invited".into()) && !tags.contains(&"Alva: Completed".into())).then_some(())
    })
    .await;
    assert!(scene.page_of(&second).await.attribute("a[href$='/retake']", "href").is_none());
    through_both(&there.portal.visitor(), &Invited::at(fresh)).await;
    scene.in_lever(&first, 1).await;
    assert!(there.portal.audit(&there.company.id).await.contains(&"assessment.retake_allowed".to_owned()));
}

on_both_databases!(scene => who_may_retake_has_the_time_of_a_new_invitation);
/// The fresh invitation has the company's term of now and reminders of its own, in the same language.
async fn who_may_retake_has_the_time_of_a_new_invitation(scene: Connected) {
    let there = &scene;
    let person = scene.applies_too("zyx@people.example", 0).await;
    scene.is(&person, "invited").await;
    let mail = scene.invitation_mails(&person).await;
    let link: url::Url = mail[0]["links"][0].as_str().unwrap().parse().unwrap();
    let visitor = there.portal.visitor();
    choose_language(&visitor, link.path(), "sv").await;
    choose_language(&visitor, link.path(), "en").await;
    through_both(&visitor, &Invited::at(link.path())).await;
    choose_language(&visitor, link.path(), "sv").await;
    // The old one was good for an hour; what is mailed now is good for ten days.
    scene
        .change(|conn| {
            use schema::invitations::dsl;
            let short = Timestamp::now().plus(std::time::Duration::from_secs(3600));
            diesel::update(dsl::invitations).set(dsl::expires_at.eq(short)).execute(conn)?;
            Ok(())
        })
        .await;
    let settings = there.admin.get("/settings/mail").await;
    let form = [("good_for", "10"), ("reminders", "2")];
    there.admin.press(&settings, "Save settings", &form).await.leads_to("/settings/mail");
    let page = scene.page_of(&person).await;
    let ask = there.admin.get(&page.attribute("a[href$='/retake']", "href").unwrap()).await;
    let name = [("full_name", "Zyxwvut Qponmlk")];
    there.admin.press(&ask, "Remove the results and invite again", &name).await.leads_to(page.url.path());
    let mail = until("a fresh mail", PATIENCE, async || {
        // In Swedish, so by its link.
        let mails = there.mails_to("zyx@people.example").await;
        mails.into_iter().find(|mail| mail["links"][0].as_str().unwrap() != link.as_str())
    })
    .await;
    assert!(mail["subject"].as_str().unwrap().contains("bjuder in dig"), "{mail}");
    let opportunity = person["id"].as_str().unwrap().to_owned();
    let (good_for, reminders) = until("the first reminder to be planned", PATIENCE, async || {
        use alva_portal::invitations::actions::{ActionKind, ActionState};
        use schema::{actions, invitations};
        let opportunity = opportunity.clone();
        let read = move |conn: &mut Conn| {
            let (id, until): (String, Timestamp) = invitations::table
                .filter(invitations::opportunity_id.eq(&opportunity))
                .select((invitations::id, invitations::expires_at))
                .first(conn)?;
            let planned: Vec<Timestamp> = actions::table
                .filter(actions::invitation_id.eq(&id).and(actions::kind.eq(ActionKind::MailReminder)))
                .filter(actions::state.eq(ActionState::Planned))
                .select(actions::next_attempt_at)
                .load(conn)?;
            Ok::<_, DbError>((until.since(Timestamp::now()), planned))
        };
        let (good_for, planned) = there.portal.running.db.read(read).await.unwrap();
        (!planned.is_empty()).then_some((good_for, planned))
    })
    .await;
    let day = 86_400_000;
    assert!((9 * day..=10 * day).contains(&good_for), "{good_for} ms");
    assert_eq!(reminders.len(), 1, "the first of two; each plans the next");
    assert!((day / 2..=2 * day).contains(&reminders[0].since(Timestamp::now())));
}

on_both_databases!(scene => who_applies_with_anothers_address_gets_nothing_of_theirs);
/// Lever joins whoever applies with an address that it knows to that address's contact, and shows the contact's name; the
/// application alone has the applicant's own. Nobody gets the other's scores without a colleague's word, nobody is left out
/// for the other's invitation, and mails begin with the applicant's name.
async fn who_applies_with_anothers_address_gets_nothing_of_theirs(scene: Connected) {
    let there = &scene;
    let applies = async |name: &str, email: &str, posting: &Value| {
        let fields = json!({"posting": posting, "name": name, "email": email});
        let made = there.control(Method::POST, "apply", fields).await["data"]["opportunity"].clone();
        let id = made["id"].as_str().or(made.as_str()).unwrap_or_else(|| panic!("{made}")).to_owned();
        json!({"id": id, "name": name, "emails": [email]})
    };
    let postings = there.api(Method::GET, "postings?state=published", Value::Null).await;
    let open = |posting: &&Value| posting["confidentiality"] == "non-confidential";
    let postings: Vec<&Value> = postings["data"].as_array().unwrap().iter().filter(open).collect();
    let address = "candidates@agency.example";
    let anna = scene.applies_as("Anna Andersson", address, 0).await;
    scene.takes_the_tests(&anna).await;
    let bertil = applies("Bertil Bengtsson", address, &postings[1]["id"]).await;
    let shown = there
        .api(Method::GET, &format!("opportunities/{}", bertil["id"].as_str().unwrap()), Value::Null)
        .await;
    assert_eq!(shown["data"]["name"], "Anna Andersson", "as Lever shows it: {shown}");
    scene.move_to(&bertil, "Assessment").await;
    scene.all(std::slice::from_ref(&bertil), "same_address").await;
    assert!(scene.states(&bertil).await.is_empty(), "a colleague is asked first");
    let page = scene.page_of(&bertil).await;
    assert!(page.text("h1").contains("Bertil Bengtsson"), "{}", page.html);
    assert!(
        page.text("#same-address").contains("Anna Andersson has the same email address"),
        "{}",
        page.html
    );
    scene.in_lever(&bertil, 0).await;
    // For one posting: the other's open invitation is no reason against one's own.
    let address = "desk@agency.example";
    let doris = scene.applies_as("Doris Dahl", address, 2).await;
    scene.is(&doris, "invited").await;
    let posting = postings.iter().find(|posting| posting["text"] == doris["posting_title"]).unwrap();
    let erik = applies("Erik Ek", address, &posting["id"]).await;
    scene.move_to(&erik, "Assessment").await;
    until("a mail to Erik", PATIENCE, async || {
        let mails = there.mails_to(address).await;
        mails.iter().any(|mail| mail.to_string().contains("Erik")).then_some(())
    })
    .await;
}

on_both_databases!(scene => the_name_of_a_couple_is_a_question);
/// Whose results they are, nobody can tell from a name that two people share, or that has one more first name.
async fn the_name_of_a_couple_is_a_question(scene: Connected) {
    for (at, joint) in ["Anna & Bertil Andersson", "Anna B Andersson"].into_iter().enumerate() {
        let address = format!("couple{at}@people.example");
        let anna = scene.applies_as("Anna Andersson", &address, 0).await;
        scene.takes_the_tests(&anna).await;
        let both = scene.applies_at(joint, &address, 1).await;
        scene.is(&both, "same_address").await;
        assert!(scene.states(&both).await.is_empty(), "{joint}: a colleague is asked first");
    }
}
