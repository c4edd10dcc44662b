//! Looking changes nothing: scanners of mail ask for every link in a letter, with GET and with HEAD, before the
//! person does and again at each click.

use super::clock::{back, first_task, pass};
use super::*;
use crate::support::browser::{Browser, DESKTOP, Look};
use crate::support::lever::unconnected;
use crate::support::on_both_databases;
use alva_portal::integrations::State;
use alva_portal::people::Role;
use fantoccini::key::Key;
use reqwest::Method;
use std::collections::BTreeSet;
use std::path::Path;

/// Every address that the sources of `src/web` answer GET at, with its placeholders. A path inside of a scope stands
/// here by itself too, where nothing is found.
pub fn addresses() -> BTreeSet<String> {
    fn read(folder: &Path, files: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, files);
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                files.push(std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut files = Vec::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web"), &mut files);
    let quoted = |text: &str| text.split('"').nth(1).map(str::to_owned);
    let mut all = BTreeSet::new();
    for file in &files {
        let is_scope = |line: &&str| {
            ["web::scope(\"", "const LIST: &str", "const PATH: &str"].iter().any(|mark| line.contains(mark))
        };
        let scopes: Vec<String> = file.lines().filter(is_scope).filter_map(quoted).collect();
        for path in file.lines().filter(|line| line.contains("web::get()")).filter_map(quoted) {
            all.extend(scopes.iter().map(|scope| format!("{scope}{path}")));
            all.insert(path);
        }
    }
    all.retain(|path| path.starts_with('/'));
    all
}

/// The address with this text in each of its places.
pub fn filled(address: &str, text: &str) -> String {
    let mut parts = address.split('{');
    let mut path = parts.next().unwrap().to_owned();
    for part in parts {
        path += text;
        path += part.split_once('}').unwrap().1;
    }
    path
}

on_both_databases!(Portal::start => no_address_that_is_looked_at_changes_a_row);
async fn no_address_that_is_looked_at_changes_a_row(portal: Portal) {
    let (candidate, ada, _) = first_task(&portal, 100).await;
    pass(&portal, &ada, 3600).await;
    let acme = portal.company("Beta").await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let unopened = invite(&portal, &acme, &account, "o2").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let admin = portal.signed_in("ada@acme.example").await;
    let code = |invited: &Invited| invited.path.rsplit_once('/').unwrap().1.to_owned();
    let texts = [code(&ada), code(&unopened), unopened.candidate.to_string(), account.to_string()];
    // Connections are checked in the background, whoever looks.
    let rows = async || {
        let mut rows = portal.rows().await;
        rows.retain(|table, _| {
            !["alerts", "jobs", "integrations", "noted_accesses"].contains(&table.as_str())
        });
        // Where the log ends moves with its rows.
        rows.remove("audit_ends");
        if let Some(log) = rows.get_mut("audit_log") {
            // Who looked at results, took them along or was refused is written down.
            let noted = ["integration.", "results.seen", "results.taken", "data.taken", "access.refused"];
            log.retain(|row| !noted.iter().any(|action| row.contains(action)));
        }
        rows
    };
    let before = rows().await;
    let (mut found, mut asked) = (BTreeSet::new(), 0);
    for who in [portal.visitor(), candidate, admin] {
        for address in addresses() {
            let texts = if address.contains('{') { &texts[..] } else { &texts[..1] };
            for text in texts {
                for method in [Method::HEAD, Method::GET] {
                    let answer = who.ask(method, &filled(&address, text)).await;
                    // Whether the machine is quick enough is another matter.
                    let is_well = answer.status.as_u16() < 500 || address == "/readyz";
                    assert!(is_well, "{address}: {}", answer.status);
                    if answer.status != StatusCode::NOT_FOUND {
                        found.insert(address.clone());
                    }
                    asked += 1;
                }
            }
        }
    }
    assert!(found.len() > 40 && asked > 500, "{} of {asked}: {found:?}", found.len());
    let after = rows().await;
    for (table, rows) in &before {
        assert_eq!(rows, &after[table], "{table}");
    }
    assert_eq!(before.len(), after.len());
    assert_eq!(state_of(&portal, &unopened).await, InvitationState::Sent);
}

on_both_databases!(Portal::start => scanners_cost_nobody_a_task);
/// A candidate began and left at the first task; then a scanner asks for the link at each reminder.
async fn scanners_cost_nobody_a_task(portal: Portal) {
    let (visitor, ada, _) = first_task(&portal, 100).await;
    let scanner = portal.visitor();
    for _ in 0..4 {
        pass(&portal, &ada, 128).await;
        assert_eq!(scanner.ask(Method::HEAD, &ada.path).await.status, StatusCode::OK);
        assert_eq!(scanner.ask(Method::GET, &ada.path).await.status, StatusCode::OK);
    }
    // Coming back costs one of the two interruptions, and no task.
    let again = back(&visitor, &ada).await;
    assert_eq!(again.text("h1"), "Task 1 of 3");
    pass(&portal, &ada, 128).await;
    assert_eq!(back(&visitor, &ada).await.text("h1"), "Task 1 of 3");
}

on_both_databases!(Portal::start => a_message_waits_for_the_page_that_is_read);
async fn a_message_waits_for_the_page_that_is_read(portal: Portal) {
    let acme = portal.company("Acme").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let ada = portal.signed_in("ada@acme.example").await;
    let page = ada.get("/settings/mail").await;
    ada.press(&page, "Save settings", &[("good_for", "10")]).await.leads_to("/settings/mail");
    assert_eq!(ada.ask(Method::HEAD, "/settings/mail").await.status, StatusCode::OK);
    assert_ne!(ada.get("/settings/mail").await.text(".flash"), "");
    assert_eq!(ada.get("/settings/mail").await.text(".flash"), "", "it is said once");
}

on_both_databases!(Portal::start => a_person_has_opened_it);
// The page is there before anybody moves; a person moves, and without scripts presses the button.
async fn a_person_has_opened_it(portal: Portal) {
    let acme = portal.company("Acme").await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let (ada, bob) =
        (invite(&portal, &acme, &account, "o1").await, invite(&portal, &acme, &account, "o2").await);
    let browser = Browser::open().await;
    browser.goto(portal.running.url.join(&ada.path).unwrap()).await;
    browser.sees("invites you to two short tests").await;
    assert_eq!(state_of(&portal, &ada).await, InvitationState::Sent, "a page that nobody has moved on");
    browser.key(Key::PageDown).await;
    crate::support::wait::until("the invitation to be opened", crate::support::wait::PATIENCE, async || {
        (state_of(&portal, &ada).await == InvitationState::Opened).then_some(())
    })
    .await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    let browser = Browser::with(Look { scripts: false, ..DESKTOP }).await;
    browser.goto(portal.running.url.join(&bob.path).unwrap()).await;
    browser.press("I agree, begin").await;
    browser.sees("Practice 1 of 3").await;
    assert_eq!(state_of(&portal, &bob).await, InvitationState::Started);
}
