//! Webhooks that are made by hand in Lever: their check, and tokens that are pasted.

use super::*;

/// The body that Lever's documentation prints for **Verify Connection**: no id, nothing in `data`.
fn connection_test(event: &str, key: Option<&str>, token: Option<&str>) -> Value {
    let mut body = json!({"triggeredAt": *AT, "event": event, "data": {}});
    if let Some(token) = token {
        body["token"] = token.into();
    }
    if let (Some(key), Some(token)) = (key, token) {
        body["signature"] = sign(key, token, &AT.to_string()).into();
    }
    body
}

on_both_databases!(Portal::start => webhooks_made_by_hand_are_checked_in_any_order);
/// Each webhook made by hand has a token of its own, and people check and paste in any order.
async fn webhooks_made_by_hand_are_checked_in_any_order(portal: Portal) {
    let door = Intake::of(&portal, State::Active, &[]).await;
    assert_eq!(door.send(&connection_test("candidateHired", Some("of-hired"), Some("t1"))).await, 200);
    assert_eq!(door.send(&connection_test("candidateDeleted", None, None)).await, 200);
    let sealer = portal.sealer();
    let id = door.integration;
    portal
        .write(move |conn| {
            let token = SigningToken::new(&id, &SecretString::from("of-hired"), &sealer);
            tokens::add(conn, &token)?;
            catch_up::begin(conn, &id)?;
            while catch_up::batch(conn, &sealer, &id)?.is_some() {}
            Ok(())
        })
        .await;
    for (event, key, token) in [
        ("candidateHired", Some("of-hired"), Some("t2")),
        ("candidateStageChange", Some("of-stage"), Some("t3")),
        ("applicationCreated", None, Some("t4")),
        ("candidateDeleted", None, None),
    ] {
        let answer = door.send_bytes(connection_test(event, key, token).to_string()).await;
        assert_eq!(answer.status().as_u16(), 200, "{event}: {}", answer.text().await.unwrap());
    }
    let kept = events(&portal, &door.integration).await;
    assert!(kept.iter().all(|event| event.state == EventState::Check), "{kept:?}");
    let reason =
        |kind: &str| kept.iter().rfind(|event| event.kind.as_str() == kind).unwrap().reason.to_string();
    assert!(reason("candidateStageChange").contains("is not saved here yet"));
    assert!(reason("applicationCreated").contains("without a signature"));
    let ada = portal.signed_in("ada@acme.example").await;
    let page = ada.get(&format!("/settings/integrations/{}/live", door.integration)).await;
    for (label, is_missing) in [
        ("Application Created", true),
        ("Candidate Stage Change", true),
        ("Candidate Hired", false),
        ("Candidate Deleted", true),
    ] {
        let rows = page.text("#checklist tbody tr");
        let row = rows.lines().find(|row| row.contains(label)).unwrap_or_else(|| panic!("{label}: {rows}"));
        assert_eq!(row.contains("its signing token is not saved here yet"), is_missing, "{row}");
    }
}

on_both_databases!(Portal::start => what_was_tested_counts_as_heard_before_and_after_its_token_is_saved);
/// The header, the count and the row say of each webhook that Lever tested it, and which token is missing.
async fn what_was_tested_counts_as_heard_before_and_after_its_token_is_saved(portal: Portal) {
    let door = Intake::of(&portal, State::SettingUp, &[]).await;
    let ada = portal.signed_in("ada@acme.example").await;
    let address = format!("/settings/integrations/{}", door.integration);
    let (live, all) =
        (format!("{address}/live"), "Application Created, Candidate Stage Change, Candidate Hired");
    for (sent, kind) in KINDS.into_iter().enumerate() {
        let key = format!("of-{kind}");
        assert_eq!(door.send(&connection_test(kind, Some(&key), Some(&format!("first-{kind}")))).await, 200);
        let page = ada.get(&live).await;
        assert!(page.text("#state").contains(&format!("Setting up, {} of 4", sent + 1)), "{}", page.html);
        assert_eq!(page.text("#known-webhooks"), format!("{} of 4 webhooks have been heard from", sent + 1));
    }
    let page = ada.get(&live).await;
    assert!(page.html.contains(&format!("{all}, Candidate Deleted have been heard from")), "{}", page.html);
    assert!(!page.html.contains("Nothing has arrived yet"), "{}", page.html);
    let rows = page.text("#checklist tbody");
    assert_eq!(rows.matches("its signing token is not saved here yet").count(), 4, "{rows}");
    let (sealer, id) = (portal.sealer(), door.integration);
    portal
        .write(move |conn| {
            for kind in KINDS {
                let token = SigningToken::new(&id, &SecretString::from(format!("of-{kind}")), &sealer);
                tokens::add(conn, &token)?;
            }
            catch_up::begin(conn, &id)?;
            while catch_up::batch(conn, &sealer, &id)?.is_some() {}
            Ok(())
        })
        .await;
    for again in [false, true] {
        if again {
            for kind in KINDS {
                let check =
                    connection_test(kind, Some(&format!("of-{kind}")), Some(&format!("again-{kind}")));
                assert_eq!(door.send(&check).await, 200);
            }
        }
        let page = ada.get(&live).await;
        let rows = page.text("#checklist tbody");
        assert!(!rows.contains("not saved here yet"), "{rows}");
        assert_eq!(rows.matches("tested").count(), 4, "{rows}");
        assert!(page.text("#state").contains("Setting up, 4 of 4"), "{}", page.html);
        assert!(!page.html.contains("Nothing has arrived yet"), "{}", page.html);
    }
}

on_both_databases!(Portal::start => a_check_is_one_however_it_says_nothing);
/// Some senders leave `data` out or write its emptiness otherwise: never a 400 that blames the data.
async fn a_check_is_one_however_it_says_nothing(portal: Portal) {
    let door = Intake::of(&portal, State::Active, &[TOKEN]).await;
    let nothing = [
        json!(null),
        json!({}),
        json!([]),
        json!(""),
        json!({"candidateId": null}),
        json!({"opportunityId": null, "contactId": null}),
        json!({"opportunityId": ""}),
    ];
    for (at, data) in nothing.iter().enumerate() {
        for key in [TOKEN, "of-another-webhook"] {
            let mut body = connection_test("candidateHired", Some(key), Some(&format!("{key}-{at}")));
            body["data"] = data.clone();
            let answer = door.send_bytes(body.to_string()).await;
            assert_eq!(answer.status(), 200, "{data} {key}: {}", answer.text().await.unwrap());
        }
    }
    assert!(door.states().await.iter().all(|state| *state == EventState::Check));
}

const KINDS: [&str; 4] = ["applicationCreated", "candidateStageChange", "candidateHired", "candidateDeleted"];

/// An event of this kind, signed with this key.
fn event_of(kind: &str, key: &str, token: &str) -> Value {
    with(delivery(key, token), json!({ "event": kind }))
}

on_both_databases!(Portal::start => a_pasted_token_vouches_for_the_kind_of_its_webhook);
/// Once each webhook has shown which token is its own, none signs for another.
async fn a_pasted_token_vouches_for_the_kind_of_its_webhook(portal: Portal) {
    let door = Intake::of(&portal, State::Active, &KINDS.map(|kind| &*format!("of-{kind}").leak())).await;
    for kind in KINDS {
        let check = connection_test(kind, Some(&format!("of-{kind}")), Some(&format!("check-{kind}")));
        assert_eq!(door.send(&check).await, 200);
        // The kind is not signed: who sends a check again as another one teaches nothing.
        assert_eq!(door.send(&with(check, json!({"event": "candidateArchiveChange"}))).await, 200);
    }
    for signer in KINDS {
        for kind in KINDS.into_iter().chain(["candidateArchiveChange"]) {
            let body = event_of(kind, &format!("of-{signer}"), &format!("{signer}-{kind}"));
            let status = if kind == signer { 200 } else { 401 };
            assert_eq!(door.send(&body).await, status, "{signer} for {kind}");
            let last = events(&portal, &door.integration).await.pop().unwrap();
            let is_refused = last.reason.to_string().contains("the token of another webhook");
            assert_eq!(is_refused, kind != signer, "{}", last.reason);
        }
    }
    // A token that is new, as after Lever made another, is taken for whatever it signs first.
    let (sealer, id) = (portal.sealer(), door.integration);
    portal
        .write(move |conn| {
            tokens::add(conn, &SigningToken::new(&id, &SecretString::from("regenerated"), &sealer))?;
            catch_up::begin(conn, &id)?;
            while catch_up::batch(conn, &sealer, &id)?.is_some() {}
            Ok(())
        })
        .await;
    assert_eq!(door.send(&event_of("candidateHired", "regenerated", "new-1")).await, 200);
    assert_eq!(door.send(&event_of("candidateDeleted", "regenerated", "new-2")).await, 401);
}

on_both_databases!(Portal::start => a_token_that_may_be_shared_is_never_bound);
/// Older accounts have one token for all webhooks, and people paste some of several: nobody is locked out.
async fn a_token_that_may_be_shared_is_never_bound(portal: Portal) {
    let door = Intake::of(&portal, State::Active, &["old-token", "new-token", "third-token"]).await;
    let mut sent = 0;
    let mut signed = async |key: &str, kind: &str| {
        sent += 1;
        let status = door.send(&event_of(kind, key, &format!("shared-{sent}"))).await;
        assert_eq!(status, 200, "{key} for {kind}");
    };
    // The account's token was made anew; each was first seen with another kind.
    signed("old-token", "candidateStageChange").await;
    signed("new-token", "candidateHired").await;
    signed("third-token", "candidateDeleted").await;
    for key in ["old-token", "new-token", "third-token"] {
        for kind in KINDS {
            signed(key, kind).await;
        }
    }
    // Saved later, beside what waited for it: of several kinds at once.
    for kind in KINDS {
        assert_eq!(door.send(&event_of(kind, "fourth-token", &format!("waits-{kind}"))).await, 401);
    }
    let (sealer, id) = (portal.sealer(), door.integration);
    let saved = SigningToken::new(&id, &SecretString::from("fourth-token"), &sealer);
    let saved_id = saved.id;
    portal
        .write(move |conn| {
            tokens::add(conn, &saved)?;
            catch_up::begin(conn, &id)?;
            while catch_up::batch(conn, &sealer, &id)?.is_some() {}
            Ok(())
        })
        .await;
    let known = portal.running.db.read(move |conn| tokens::valid(conn, &id)).await.unwrap();
    let kinds: Vec<_> = known.iter().map(|token| token.kind.as_deref()).collect();
    assert_eq!(kinds, [Some(tokens::SEVERAL); 4]);
    assert!(known.iter().any(|token| token.id == saved_id));
}

on_both_databases!(Portal::start => a_signed_event_about_nobody_is_no_check);
async fn a_signed_event_about_nobody_is_no_check(portal: Portal) {
    let door = Intake::of(&portal, State::Active, &[TOKEN]).await;
    let about = with(delivery(TOKEN, "n"), json!({"data": {"candidateId": "c1"}}));
    assert_eq!(door.send(&about).await, 200);
    let kept = events(&portal, &door.integration).await;
    assert_eq!(kept[0].state, EventState::Ignored);
    assert!(kept[0].reason.to_string().contains("names no opportunity"), "{}", kept[0].reason);
}

on_both_databases!(Portal::start => an_address_that_was_copied_with_what_follows_it_is_the_same);
/// A slash, a full stop or a blank came along: Lever's deliveries are taken all the same.
async fn an_address_that_was_copied_with_what_follows_it_is_the_same(portal: Portal) {
    let door = Intake::of(&portal, State::Active, &[TOKEN]).await;
    for (n, end) in ["/", ".", "%20", "./", ",", "%20%20"].into_iter().enumerate() {
        let url = portal.running.url.join(&format!("/webhooks/lever/key-{}{end}", door.integration)).unwrap();
        let body = delivery(TOKEN, &format!("t{n}")).to_string();
        let sent = reqwest::Client::new().post(url).header("content-type", "application/json").body(body);
        assert_eq!(sent.send().await.unwrap().status(), 200, "{end:?}");
    }
    assert_eq!(door.states().await, [EventState::Queued; 6]);
    for other in ["/x", "x", "%2Fx", "-"] {
        let url =
            portal.running.url.join(&format!("/webhooks/lever/key-{}{other}", door.integration)).unwrap();
        let sent = reqwest::Client::new().post(url).body(delivery(TOKEN, "t9").to_string());
        assert_eq!(sent.send().await.unwrap().status(), 404, "{other:?}");
    }
}
