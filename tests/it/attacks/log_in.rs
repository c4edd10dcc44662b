//! Who guesses at an address must not lock out its owner, and who asks for links must not kill theirs.

use crate::support::on_both_databases;
use crate::support::portal::{PASSWORD, Portal};
use alva_portal::people::Role;
use reqwest::StatusCode;

on_both_databases!(Portal::start => the_owner_logs_in_while_strangers_guess);
async fn the_owner_logs_in_while_strangers_guess(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let ada = portal.signed_in("ada@acme.example").await;
    ada.post("/logout", &[]).await;
    let eve = portal.visitor();
    // From another network each time, until the address is throttled everywhere.
    let guess = [("email", "ada@acme.example"), ("password", "guess")];
    let mut guesses = 0;
    while eve.post_from(&format!("198.51.{}.{}", guesses / 256, guesses % 256), "/login", &guess).await.status
        != StatusCode::TOO_MANY_REQUESTS
    {
        guesses += 1;
        assert!(guesses < 400, "an address may be tried from everywhere without end");
    }
    let form = [("email", "ada@acme.example"), ("password", PASSWORD)];
    let known = ada.post_from("203.0.113.1", "/login", &form).await;
    assert_eq!(known.status, StatusCode::SEE_OTHER, "{}", known.html);
}

on_both_databases!(Portal::start => the_last_three_links_stay_good);
async fn the_last_three_links_stay_good(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let visitor = portal.visitor();
    let mut links = Vec::new();
    for _ in 0..4 {
        portal.letters.lock().unwrap().clear();
        visitor.post("/password/forgot", &[("email", "ada@acme.example")]).await;
        links.push(portal.mailed_link("ada@acme.example").await);
    }
    let mut statuses = Vec::new();
    for link in &links {
        statuses.push(visitor.get(link).await.status);
    }
    assert_eq!(statuses, [StatusCode::GONE, StatusCode::OK, StatusCode::OK, StatusCode::OK]);
    let set = visitor.post(&links[1], &[("password", "walrus-lantern-orbit-77")]).await;
    assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.html);
}

on_both_databases!(Portal::start => a_breached_password_is_refused);
/// They look random, and stand in the published lists.
async fn a_breached_password_is_refused(portal: Portal) {
    let acme = portal.company("Acme").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let visitor = portal.visitor();
    visitor.post("/password/forgot", &[("email", "ada@acme.example")]).await;
    let link = portal.mailed_link("ada@acme.example").await;
    for breached in ["kozanostra", "Yfcnhjtybt", "gjhjlfcjqrb"] {
        let page = visitor.post(&link, &[("password", breached)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{breached}");
        assert!(page.text("main").contains("known from breaches"), "{breached}: {}", page.text("main"));
    }
}

on_both_databases!(Portal::start => a_password_of_ones_own_words_is_refused);
async fn a_password_of_ones_own_words_is_refused(portal: Portal) {
    let northwind = portal.company("Northwind Traders").await;
    portal.person(&northwind, "ada@northwind.example", Role::Admin).await;
    let visitor = portal.visitor();
    visitor.post("/password/forgot", &[("email", "ada@northwind.example")]).await;
    let link = portal.mailed_link("ada@northwind.example").await;
    for weak in [
        "Northwind2026!",
        "alva demo password",
        "northwindtraders99",
        "Summer2026!!",
        "correcthorsebatterystaple",
    ] {
        let page = visitor.post(&link, &[("password", weak)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{weak}");
    }
}
