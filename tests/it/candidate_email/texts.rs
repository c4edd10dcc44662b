//! The company's words: settings, texts, preview, test mail.

use super::*;
use crate::assessment::choose_language;
use crate::support::on_both_databases;
use alva_portal::people::Role;

on_both_databases!(Portal::start => settings_are_checked_kept_and_logged);
async fn settings_are_checked_kept_and_logged(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    portal.person(&acme, "max@acme.example", Role::Member).await;
    let admin = portal.signed_in("ada@acme.example").await;
    let page = admin.get("/settings/mail").await;
    assert_eq!(page.attribute("#good_for", "value").as_deref(), Some("30"));
    assert_eq!(page.attribute("#reminders", "value").as_deref(), Some("6"));
    let fields = [("language", "xx"), ("good_for", "0"), ("reminders", "many")];
    let wrong = admin.press(&page, "Save settings", &fields).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in ["1 to 365", "1 to 20", "Choose one of the languages"] {
        assert!(wrong.text(".error").contains(part), "{part}");
    }
    assert_eq!(wrong.attribute("#reminders", "value").as_deref(), Some("many"), "what was typed stays");
    let fields = [("language", "sv"), ("good_for", "14"), ("reminders", "2")];
    admin.press(&page, "Save settings", &fields).await.leads_to("/settings/mail");
    let page = admin.get("/settings/mail").await;
    assert_eq!(page.attribute("#good_for", "value").as_deref(), Some("14"));
    assert!(portal.audit(&acme.id).await.contains(&"mail.configured".to_owned()));
    // Switched off, the number is not asked for.
    let form = [("language", "sv"), ("good_for", "14"), ("reminders", "")];
    admin.post("/settings/mail", &form).await.leads_to("/settings/mail");
    assert_eq!(admin.get("/settings/mail").await.attribute("input[name=remind]", "checked"), None);

    let member = portal.signed_in("max@acme.example").await;
    let page = member.get("/settings/mail").await;
    assert!(page.text("main").contains("14 days") && page.text("main").contains("Svenska"));
    assert_eq!(member.post("/settings/mail", &form).await.status, StatusCode::FORBIDDEN);
    let text = [("subject", "S"), ("text", "T"), ("do", "save")];
    assert_eq!(member.post("/settings/mail/invitation/en", &text).await.status, StatusCode::FORBIDDEN);
    assert!(member.get("/settings/mail/invitation/en").await.text("pre").contains("Hello Ada Byron,"));
    assert_eq!(admin.get("/settings/mail/invitation/xx").await.status, StatusCode::NOT_FOUND);
    assert_eq!(admin.get("/settings/mail/nothing/en").await.status, StatusCode::NOT_FOUND);
}

on_both_databases!(Portal::start => a_text_is_previewed_tested_saved_and_taken_back);
async fn a_text_is_previewed_tested_saved_and_taken_back(portal: Portal) {
    let acme = portal.company("Acme & Söner").await;
    let other = portal.company("Other").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    portal.person(&other, "eve@other.example", Role::Admin).await;
    let admin = portal.signed_in("ada@acme.example").await;
    let contact = [
        ("company_name", "Acme & Söner"),
        ("support_contact", "jobs@acme.example"),
        ("time_zone", "UTC"),
        ("retention", "24"),
    ];
    admin.post("/settings/company", &contact).await.leads_to("/settings/company");
    let path = "/settings/mail/invitation/en";
    let page = admin.get(path).await;
    assert_eq!(page.attribute("#subject", "value").as_deref(), Some("{company} invites you to {tests}"));

    for (field, typed, error) in [
        ("subject", "Tests for {nmae}", "{nmae} is not a placeholder"),
        ("subject", "", "This can't be empty"),
        ("subject", "Hi\r\nBcc: eve@other.example", "one line"),
        ("text", "  ", "This can't be empty"),
        ("text", "Hello {name", "unmatched brace"),
    ] {
        let wrong = admin.press(&page, "Save text", &[("do", "save"), (field, typed)]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed:?}");
        assert!(wrong.text(&format!("#{field}-error")).contains(error), "{}", wrong.text(".error"));
        if field == "subject" {
            let stays = wrong.attribute("#subject", "value").unwrap();
            assert_eq!(stays, typed.replace("\r\n", "\n"), "what was typed stays");
        }
    }

    let (subject, text) = (
        "{company}: {posting}",
        "Dear {name},\n\n<b>Two & a half</b> {tests}.\nUntil {until}.\n\nAsk {support}",
    );
    let typed = [("subject", subject), ("text", text)];
    let with = |what: &'static str| [typed[0], typed[1], ("do", what)];
    let shown = admin.press(&page, "Preview", &with("preview")).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert_eq!(shown.text("#preview-subject"), "Acme & Söner: Backend engineer");
    assert!(
        shown.text("dl").contains("Acme & Söner via Alva") && shown.text("dl").contains("jobs@acme.example")
    );
    let html = shown.attribute("iframe.mail", "srcdoc").unwrap();
    assert!(html.contains("Dear Ada Byron,") && html.contains("Go to your assessment"), "{html}");
    assert!(html.contains("Two &#38; a half") && !html.contains("<b>"), "{html}");
    assert_eq!(shown.attribute("iframe.mail", "sandbox").as_deref(), Some(""));
    assert_eq!(shown.attribute("#subject", "value").as_deref(), Some(subject), "what was typed stays");
    let kept = admin.get(path).await;
    assert_eq!(kept.attribute("#subject", "value").as_deref(), Some("{company} invites you to {tests}"));

    let tested = admin.press(&page, "Send me a test", &with("test")).await;
    flashed(&tested, "A test is on its way to ada@acme.example. Nothing was saved.");
    let letter = portal.letters.lock().unwrap().last().unwrap().clone();
    assert!(letter.contains("Reply-To: jobs@acme.example"), "{letter}");
    assert!(letter.contains("text/plain") && letter.contains("text/html"), "{letter}");
    let plain = shown.text("pre");
    assert!(plain.contains("<b>Two & a half</b>") && plain.contains("/assessment/sample"), "{plain}");

    admin.press(&page, "Save text", &with("save")).await.leads_to("/settings/mail");
    let page = admin.get("/settings/mail").await;
    assert!(page.text("table").contains("your own, changed"));
    assert!(portal.audit(&acme.id).await.contains(&"mail.text_changed".to_owned()));
    let eve = portal.signed_in("eve@other.example").await;
    assert_eq!(
        eve.get(path).await.attribute("#subject", "value").as_deref(),
        Some("{company} invites you to {tests}"),
        "texts are their company's"
    );
    let page = admin.get(path).await;
    admin.press(&page, "Back to the default text", &[]).await.leads_to(path);
    let page = admin.get(path).await;
    assert_eq!(page.attribute("#subject", "value").as_deref(), Some("{company} invites you to {tests}"));
    assert!(!page.html.contains("Back to the default text"));
}

on_both_databases!(Connected::active => candidates_are_written_to_in_their_language);
async fn candidates_are_written_to_in_their_language(there: Connected) {
    let admin = &there.admin;
    let page = admin.get("/settings/mail").await;
    admin.press(&page, "Save settings", &[("language", "sv")]).await.leads_to("/settings/mail");
    let own = [("subject", "Hej från {company}"), ("text", "Hej {name}!\n\nTill {until}."), ("do", "save")];
    admin.post("/settings/mail/invitation/sv", &own).await.leads_to("/settings/mail");
    let person = invited(&there, "Ada Byron", "ada@people.example").await;
    let mail = &mails(&there, "ada@people.example", 1).await[0];
    assert_eq!(mail["subject"], "Hej från Acme Inc");
    let text = mail["text"].as_str().unwrap();
    assert!(text.starts_with("Hej Ada Byron!") && text.contains("Gå till dina test"), "{text}");
    assert!(mail["html"].as_str().unwrap().contains("lang=\"sv\""));

    // The link begins in the language of the mail; who chooses another is reminded in that.
    let visitor = there.portal.visitor();
    let path = link(mail);
    assert_eq!(visitor.get(&path).await.attribute("html", "lang").as_deref(), Some("sv"));
    choose_language(&visitor, &path, "en").await;
    assert_eq!(visitor.get(&path).await.attribute("html", "lang").as_deref(), Some("en"));
    assert_eq!(there.portal.visitor().get(&path).await.attribute("html", "lang").as_deref(), Some("en"));
    days_pass(&there.portal, 1).await;
    let reminder = &mails(&there, "ada@people.example", 2).await[1];
    assert!(reminder["subject"].as_str().unwrap().starts_with("Reminder from Acme Inc"), "{reminder}");
    let page = admin.get(&page_of(&there.portal, &person).await).await;
    assert!(page.text("main").contains("English"));
}
