//! The answer to a request for more time.

use super::*;
use crate::support::on_both_databases;

on_both_databases!(Connected::active => an_answer_about_more_time_is_mailed_once);
async fn an_answer_about_more_time_is_mailed_once(there: Connected) {
    let person = invited(&there, "Ada Byron", "ada@people.example").await;
    let path = link(&mails(&there, "ada@people.example", 1).await[0]);
    let page = page_of(&there.portal, &person).await;
    let visitor = there.portal.visitor();
    let set = async |time: &str| {
        let shown = there.admin.get(&page).await;
        there.admin.press(&shown, "Save time", &[("time", time)]).await.leads_to(&page);
    };
    let ask = async || {
        let shown = visitor.get(&path).await;
        assert!(visitor.press(&shown, "Ask for more time", &[]).await.location.is_some());
    };
    // Nobody asked: nobody is written to.
    set("125").await;
    ask().await;
    set("150").await;
    let all = mails(&there, "ada@people.example", 2).await;
    let mail = all.iter().find(|mail| mail["subject"].as_str().unwrap().starts_with("Your time")).unwrap();
    assert_eq!(mail["subject"], "Your time for the tests: your application");
    let text = mail["text"].as_str().unwrap();
    for part in [
        "has answered your request for more time",
        "For each logic task, you have 50 % more time than usual.",
        // 20 minutes of logic and half as much again, and 10 of statements.
        "about 40 minutes",
        "Hello Ada Byron",
    ] {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
    let from_mail = visitor.get(&link(mail)).await.text("main");
    assert!(from_mail.contains("22 to 30 minutes"), "{from_mail}");
    // An answer that is corrected is mailed again; asked anew, it is answered anew.
    set("200").await;
    mails(&there, "ada@people.example", 3).await;
    ask().await;
    set("0").await;
    let all = mails(&there, "ada@people.example", 4).await;
    let said = |words: &str| all.iter().filter(|mail| mail["text"].as_str().unwrap().contains(words)).count();
    assert_eq!((said("no time limit for you"), said("50 % more"), said("100 % more")), (1, 1, 1));
    let of = invitation(&there.portal, &person).await;
    // A mail is there before it is noted that it was sent.
    let sent = until("all to be sent", PATIENCE, async || {
        let sent = acted(&there.portal, &of, ActionKind::MailTime).await;
        sent.iter().all(|(state, ..)| *state == ActionState::Done).then_some(sent)
    })
    .await;
    assert_eq!(sent.len(), 3, "{sent:?}");
}

on_both_databases!(Connected::active => somebody_archived_gets_no_answer);
async fn somebody_archived_gets_no_answer(there: Connected) {
    let person = invited(&there, "Ada Byron", "ada@people.example").await;
    let path = link(&mails(&there, "ada@people.example", 1).await[0]);
    let visitor = there.portal.visitor();
    let shown = visitor.get(&path).await;
    visitor.press(&shown, "Ask for more time", &[]).await;
    let page = page_of(&there.portal, &person).await;
    let shown = there.admin.get(&page).await;
    // Lever's own webhook does not tell of it.
    there.control(Method::POST, "events", json!({ "candidateArchiveChange": false })).await;
    there.control(Method::POST, &format!("opportunities/{}/archive", id(&person)), json!({})).await;
    there.admin.press(&shown, "Save time", &[("time", "200")]).await.leads_to(&page);
    is_looked_at_again(&there, &person).await;
    let of = invitation(&there.portal, &person).await;
    let why = until("the answer is not sent", PATIENCE, async || {
        let acted = acted(&there.portal, &of, ActionKind::MailTime).await;
        acted
            .into_iter()
            .find(|(state, ..)| *state == ActionState::Skipped)
            .map(|(_, why, _)| why.to_string())
    })
    .await;
    assert!(why.contains("archived in Lever"), "{why}");
    assert_eq!(there.mails_to("ada@people.example").await.len(), 1);
}
