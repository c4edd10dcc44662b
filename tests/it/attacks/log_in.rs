//! Who guesses at an address must not lock out its owner, and who asks for links must not kill theirs.

use crate::support::on_both_databases;
use crate::support::portal::{PASSWORD, Portal};
use crate::support::visitor::Visitor;
use crate::support::wait::{PATIENCE, until};
use alva_portal::db::DbError;
use alva_portal::db::schema::person_devices;
use alva_portal::people::{self, Role};
use alva_portal::secrets::{Asker, PasswordChecks};
use diesel::prelude::*;
use futures_util::future::BoxFuture;
use reqwest::StatusCode;
use std::sync::{Arc, Barrier};

/// Guesses at Ada's address, from another network each time, until it is throttled everywhere.
async fn throttle_everywhere(portal: &Portal) {
    let eve = portal.visitor();
    let guess = [("email", "ada@acme.example"), ("password", "guess")];
    let mut guesses = 0;
    while eve.post_from(&format!("198.51.{}.{}", guesses / 256, guesses % 256), "/login", &guess).await.status
        != StatusCode::TOO_MANY_REQUESTS
    {
        guesses += 1;
        assert!(guesses < 400, "an address may be tried from everywhere without end");
    }
}

on_both_databases!(Portal::start => the_owner_logs_in_while_strangers_guess);
async fn the_owner_logs_in_while_strangers_guess(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let ada = portal.signed_in("ada@acme.example").await;
    ada.post("/logout", &[]).await;
    throttle_everywhere(&portal).await;
    let form = [("email", "ada@acme.example"), ("password", PASSWORD)];
    let known = ada.post_from("203.0.113.1", "/login", &form).await;
    assert_eq!(known.status, StatusCode::SEE_OTHER, "{}", known.html);
}

on_both_databases!(Portal::start => the_owner_logs_in_amid_a_stream_of_guesses);
/// Fifty attempts a second at the owner's address and others, from as many networks, for as long as it takes.
async fn the_owner_logs_in_amid_a_stream_of_guesses(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let ada = portal.signed_in("ada@acme.example").await;
    ada.post("/logout", &[]).await;
    let eve = portal.visitor();
    let token = eve.token().await;
    let sent = std::cell::Cell::new(0_u32);
    let guess = async |n: u32| {
        let email =
            if n.is_multiple_of(2) { "ada@acme.example".to_owned() } else { format!("{n}@acme.example") };
        let form = [("email", email.as_str()), ("password", "guess"), ("csrf", token.as_str())];
        eve.post_as_is_from(&format!("198.51.{}.{}", n / 250 % 250, n % 250), "/login", &form).await;
        sent.set(sent.get() + 1);
    };
    let stream = async {
        let mut every = tokio::time::interval(std::time::Duration::from_millis(20));
        let mut under_way = futures_util::stream::FuturesUnordered::new();
        let mut number = 0;
        loop {
            tokio::select! {
                _ = every.tick() => { under_way.push(guess(number)); number += 1; }
                Some(()) = futures_util::StreamExt::next(&mut under_way) => {}
            }
        }
    };
    let owner = async {
        // Until strangers have taken what there is for them.
        until("a queue of strangers", PATIENCE, async || (sent.get() > 60).then_some(())).await;
        let form = [("email", "ada@acme.example"), ("password", PASSWORD)];
        for time in 0..3 {
            let answer = ada.post_from("203.0.113.1", "/login", &form).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "time {time}: {}", answer.html);
            ada.post("/logout", &[]).await;
        }
    };
    tokio::select! {
        () = stream => {}
        () = owner => {}
    }
}

on_both_databases!(Portal::start => an_address_that_nobody_has_takes_as_long);
/// A check of a password takes a core for a while, and who is known would be told by the clock. The shortest of several
/// times is compared, as others are at work on the machine.
async fn an_address_that_nobody_has_takes_as_long(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let eve = portal.visitor();
    let token = eve.token().await;
    let took = async |email: &str, place: &str| {
        let form = [("email", email), ("password", "guess"), ("csrf", token.as_str())];
        let began = std::time::Instant::now();
        let answer = eve.post_as_is_from(place, "/login", &form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        began.elapsed()
    };
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for number in 0..6 {
        known.push(took("ada@acme.example", &format!("198.51.{number}.1")).await);
        unknown.push(took("nobody@acme.example", &format!("198.51.{number}.1")).await);
    }
    let (known, unknown) = (known.iter().min().unwrap(), unknown.iter().min().unwrap());
    // A check takes far more than all else, and without one nothing of it is left.
    assert!(*unknown > *known / 4, "{unknown:?} for nobody, {known:?} for somebody");
}

on_both_databases!(Portal::start => known_people_are_answered_while_strangers_hold_the_queue);
/// Strangers at addresses of their own take every core and every place in their queue. A known device, a session and a
/// link have a queue of their own, and come first.
async fn known_people_are_answered_while_strangers_hold_the_queue(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    for name in ["ada", "grace", "hal", "ivy"] {
        portal.person(&acme, &format!("{name}@acme.example"), Role::Admin).await;
    }
    let ada = portal.signed_in("ada@acme.example").await;
    ada.post("/logout", &[]).await;
    let (grace, hal) =
        (portal.signed_in("grace@acme.example").await, portal.signed_in("hal@acme.example").await);
    let ivy = portal.visitor();
    ivy.post("/password/forgot", &[("email", "ivy@acme.example")]).await;
    let link = portal.mailed_link("ivy@acme.example").await;

    let (checks, cores) = (&portal.running.passwords, PasswordChecks::at_once());
    let gate = Arc::new(Barrier::new(cores + 1));
    let mut strangers: Vec<BoxFuture<'_, _>> = Vec::new();
    loop {
        let (gate, holds) = (Arc::clone(&gate), strangers.len() < cores);
        let work = move || {
            if holds {
                gate.wait();
            }
        };
        let mut check: BoxFuture<'_, _> = Box::pin(checks.in_turn(Asker::Stranger, work));
        if futures_util::poll!(check.as_mut()).is_ready() {
            break;
        }
        strangers.push(check);
    }
    let stranger = portal.visitor().log_in("eve@evil.example", "guess").await;
    assert_eq!(stranger.status, StatusCode::SERVICE_UNAVAILABLE, "the queue of strangers is full");
    assert!(stranger.retry_after.is_some());

    let new = "walrus-lantern-orbit-77";
    let passwords = [("current_password", PASSWORD), ("new_password", new)];
    let confirm = [("confirm_to", "/settings/team"), ("confirm_password", PASSWORD)];
    let reset = [("password", new)];
    let opened = async {
        until("four known people to wait", PATIENCE, async || (checks.known_waiting() == 4).then_some(()))
            .await;
        let gate = Arc::clone(&gate);
        tokio::task::spawn_blocking(move || gate.wait()).await.unwrap();
    };
    let (logged_in, changed, confirmed, set, ()) = futures_util::join!(
        ada.log_in("ada@acme.example", PASSWORD),
        grace.post("/account/password", &passwords),
        hal.post("/account/confirm", &confirm),
        ivy.post(&link, &reset),
        opened
    );
    logged_in.leads_to("/settings/integrations");
    changed.leads_to("/account");
    assert_eq!(confirmed.status, StatusCode::OK, "{}", confirmed.html);
    set.leads_to("/login");
    for stranger in strangers {
        assert_eq!(stranger.await, Ok(()), "they had their turn");
    }
}

on_both_databases!(Portal::start => strangers_do_not_keep_a_session_from_confirming);
/// Also in a browser that has lost the cookie of its device.
async fn strangers_do_not_keep_a_session_from_confirming(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let ada = portal.visitor();
    ada.set_cookie(portal.signed_in("ada@acme.example").await.cookie());
    throttle_everywhere(&portal).await;
    let confirm = [("confirm_to", "/settings/team"), ("confirm_password", PASSWORD)];
    let confirmed = ada.post("/account/confirm", &confirm).await;
    assert_eq!(confirmed.status, StatusCode::OK, "{}", confirmed.html);
    // Whoever has the session guesses no faster than at the door.
    let wrong = [("confirm_to", "/settings/team"), ("confirm_password", "guess")];
    let mut tried = 0;
    while ada.post("/account/confirm", &wrong).await.status != StatusCode::TOO_MANY_REQUESTS {
        tried += 1;
        assert!(tried < 15, "a session may guess without end");
    }
}

on_both_databases!(Portal::start => no_request_ends_an_older_link);
/// While three links are good no further one is made, and the page says the same; a password that is set ends all.
async fn no_request_ends_an_older_link(portal: Portal) {
    use alva_portal::audit::{Actor, Circumstances};
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let visitor = portal.visitor();
    let ask = async || visitor.post("/password/forgot", &[("email", "ada@acme.example")]).await.text("main");
    let newest = async || {
        let link = portal.mailed_link("ada@acme.example").await;
        portal.letters.lock().unwrap().clear();
        link
    };
    let (mut links, mut said) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        said.push(ask().await);
        links.push(newest().await);
    }
    said.push(ask().await);
    assert!(said.iter().all(|words| *words == said[0]), "{said:?}");
    let again = portal.write(|conn| {
        let ada = alva_portal::people::Email::parse("ada@acme.example").unwrap();
        let stranger = Actor::Visitor { seen: Circumstances::default() };
        Ok(alva_portal::people::begin_reset(conn, &stranger, &ada, false)?.is_some())
    });
    assert!(!again.await, "no fourth one");
    for link in &links {
        assert_eq!(visitor.get(link).await.status, StatusCode::OK, "each stays good");
    }
    let set = visitor.post(&links[0], &[("password", "walrus-lantern-orbit-77")]).await;
    assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.html);
    for link in &links {
        assert_eq!(visitor.get(link).await.status, StatusCode::GONE, "a new password ends all");
    }
    portal.letters.lock().unwrap().clear();
    ask().await;
    let fresh = newest().await;
    assert!(!links.contains(&fresh), "there is room again");
    assert_eq!(visitor.get(&fresh).await.status, StatusCode::OK);
}

on_both_databases!(Portal::start => a_breached_password_is_refused);
/// They look random, and stand in the published lists.
async fn a_breached_password_is_refused(portal: Portal) {
    let acme = portal.company("Acme").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let visitor = portal.visitor();
    visitor.post("/password/forgot", &[("email", "ada@acme.example")]).await;
    let link = portal.mailed_link("ada@acme.example").await;
    for breached in ["kozanostra", "Yfcnhjtybt", "gjhjlfcjqrb", "ｋｏｚａｎｏｓｔｒａ"] {
        let page = visitor.post(&link, &[("password", breached)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{breached}");
        assert!(page.text("main").contains("appeared in data breaches"), "{breached}: {}", page.text("main"));
    }
}

on_both_databases!(Portal::start => a_password_of_ones_own_words_is_refused);
async fn a_password_of_ones_own_words_is_refused(portal: Portal) {
    let northwind = portal.company("Northwind Traders Zo\u{eb}lou\u{eb}").await;
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
        // The same in letters of another width, and decomposed.
        "Ｎｏｒｔｈｗｉｎｄ2026!",
        "ｎｏｒｔｈｗｉｎｄｔｒａｄｅｒｓ99",
        "Zoe\u{308}loue\u{308}2026!",
    ] {
        let page = visitor.post(&link, &[("password", weak)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{weak}");
    }
}

on_both_databases!(Portal::start => a_mailed_link_lets_the_owner_in_while_strangers_guess);
/// On a device that is not known: who has the mailbox is no stranger.
async fn a_mailed_link_lets_the_owner_in_while_strangers_guess(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    throttle_everywhere(&portal).await;
    let ada = portal.visitor();
    let form = [("email", "ada@acme.example"), ("password", PASSWORD)];
    assert_eq!(ada.post_from("203.0.113.1", "/login", &form).await.status, StatusCode::TOO_MANY_REQUESTS);
    ada.post("/password/forgot", &[("email", "ada@acme.example")]).await;
    let link = portal.mailed_link("ada@acme.example").await;
    let new = "walrus-lantern-orbit-77";
    ada.post(&link, &[("password", new)]).await.leads_to("/login");
    let form = [("email", "ada@acme.example"), ("password", new)];
    assert_eq!(ada.post_from("203.0.113.1", "/login", &form).await.status, StatusCode::SEE_OTHER);
}

on_both_databases!(Portal::start => a_new_password_makes_all_devices_unknown_but_its_own);
/// Who once had the password does not guess at the next one faster than strangers do.
async fn a_new_password_makes_all_devices_unknown_but_its_own(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let (ada, eve) = (portal.signed_in("ada@acme.example").await, portal.signed_in("ada@acme.example").await);
    let new = "walrus-lantern-orbit-77";
    let passwords = [("current_password", PASSWORD), ("new_password", new)];
    ada.post("/account/password", &passwords).await.leads_to("/account");
    ada.post("/logout", &[]).await;
    // The address is exhausted for one network; a device that is known counts for itself.
    let stranger = portal.visitor();
    let guess = [("email", "ada@acme.example"), ("password", "guess")];
    while stranger.post_from("203.0.113.1", "/login", &guess).await.status != StatusCode::TOO_MANY_REQUESTS {}
    assert_eq!(eve.post_from("203.0.113.1", "/login", &guess).await.status, StatusCode::TOO_MANY_REQUESTS);
    let form = [("email", "ada@acme.example"), ("password", new)];
    assert_eq!(ada.post_from("203.0.113.1", "/login", &form).await.status, StatusCode::SEE_OTHER);
}

on_both_databases!(Portal::start => a_known_device_gets_a_link_whatever_strangers_asked_for);
/// Strangers asked for all three links that are good at a time: the oldest gives way.
async fn a_known_device_gets_a_link_whatever_strangers_asked_for(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let (ada, eve) = (portal.signed_in("ada@acme.example").await, portal.visitor());
    ada.post("/logout", &[]).await;
    let ask = async |who: &Visitor| {
        portal.letters.lock().unwrap().clear();
        who.post("/password/forgot", &[("email", "ada@acme.example")]).await;
        portal.mailed_link("ada@acme.example").await
    };
    let (first, second, third) = (ask(&eve).await, ask(&eve).await, ask(&eve).await);
    let own = ask(&ada).await;
    assert_eq!(ada.get(&first).await.status, StatusCode::GONE, "the oldest gives way");
    for link in [&second, &third, &own] {
        assert_eq!(ada.get(link).await.status, StatusCode::OK);
    }
    let again = ask(&ada).await;
    for (link, status) in [(&second, StatusCode::GONE), (&third, StatusCode::OK), (&own, StatusCode::OK)] {
        assert_eq!(ada.get(link).await.status, status);
    }
    let new = [("password", "walrus-lantern-orbit-77")];
    ada.post(&again, &new).await.leads_to("/login");
}

on_both_databases!(Portal::start => so_many_devices_of_a_person_are_remembered);
/// Whoever knows the password makes a new one with each log-in.
async fn so_many_devices_of_a_person_are_remembered(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    let ada = portal.person(&acme, "ada@acme.example", Role::Admin).await.id;
    let (is_known, kept) = portal
        .write(move |conn| {
            for number in 0..60 {
                people::is_new_device(conn, &ada, &format!("device {number}"))?;
            }
            let is_known = !people::is_new_device(conn, &ada, "device 59")?;
            let of_ada = person_devices::table.filter(person_devices::user_id.eq(&ada)).count();
            Ok((is_known, of_ada.get_result::<i64>(conn).map_err(DbError::from)?))
        })
        .await;
    assert_eq!((is_known, kept), (true, 50));
}
