//! Refusals: those who are signed in keep the navigation, and strangers are told no more than before.

use crate::support::on_both_databases;
use crate::support::portal::Portal;
use alva_portal::people::Role;
use reqwest::StatusCode;

on_both_databases!(Portal::start => who_is_signed_in_keeps_the_navigation);
async fn who_is_signed_in_keeps_the_navigation(portal: Portal) {
    let acme = portal.company("Acme").await;
    portal.person(&acme, "max@acme.example", Role::Member).await;
    let member = portal.signed_in("max@acme.example").await;
    for (path, status, title) in [
        ("/nowhere", StatusCode::NOT_FOUND, "Page not found"),
        ("/candidates/nobody", StatusCode::NOT_FOUND, "Page not found"),
        ("/events", StatusCode::FORBIDDEN, "You don't have permission"),
        ("/settings/team/invite?q=%00", StatusCode::BAD_REQUEST, "This address is not valid"),
    ] {
        let page = member.get(path).await;
        assert_eq!((page.status, page.text("main h1").as_str()), (status, title), "{path}");
        let is_framed = page.attribute("nav a[href='/candidates']", "href").is_some();
        // An address that no database can be asked for is refused before anybody is known.
        assert_eq!(is_framed, !path.contains('%'), "{path}: {}", page.html);
        let stranger = portal.visitor().get(path).await;
        assert!(stranger.attribute("nav", "aria-label").is_none(), "{path}: {}", stranger.html);
    }
    // A form without its token.
    let refused = member.post_as_is("/logout", &[]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.attribute("nav a[href='/candidates']", "href").is_some(), "{}", refused.html);
    assert_eq!(member.get("/candidates").await.status, StatusCode::OK, "they are logged in as before");

    // A visitor whose form is refused hears nothing of a log-in that they never had.
    let visitor = portal.visitor();
    assert_eq!(visitor.post_as_is("/login", &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(visitor.get("/login").await.text(".flash"), "");
}
