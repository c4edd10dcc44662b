//! What opens something to whoever knows it is not written where auditors and exports read, and not in the open.

use crate::process::place::Place;
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use alva_portal::alert_webhooks::{self, seal_addresses};
use alva_portal::db::schema::alert_hooks;
use alva_portal::db::{Backend, DbError};
use alva_portal::people::Role;
use diesel::prelude::*;
use secrecy::ExposeSecret as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

const PAGE: &str = "/settings/company/alerts";

on_both_databases!(Portal::start => the_address_of_alerts_is_no_auditors);
/// In the audit log stand its host and a hash; in the database it is sealed, also when an earlier version wrote it.
async fn the_address_of_alerts_is_no_auditors(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    for (email, role) in [("ada@acme.example", Role::Admin), ("otto@acme.example", Role::Auditor)] {
        portal.person(&acme, email, role).await;
    }
    let (ada, otto) =
        (portal.signed_in("ada@acme.example").await, portal.signed_in("otto@acme.example").await);
    let first = "https://hooks.receiver.example/services/T0123/first-capability";
    let second = "https://hooks.receiver.example/services/T0123/second-capability";
    assert_eq!(ada.post(PAGE, &[("alert_url", first)]).await.status, 200);
    ada.post(PAGE, &[("alert_url", second)]).await.leads_to(PAGE);
    assert!(!portal.stored_anywhere("capability").await, "sealed at rest, and not in the audit log");
    assert_eq!(ada.get(PAGE).await.attribute("#alert_url", "value").as_deref(), Some(second));
    let seen = otto.get(PAGE).await;
    assert!(
        seen.html.contains("hooks.receiver.example") && !seen.html.contains("capability"),
        "{}",
        seen.html
    );
    ada.post(&format!("{PAGE}/remove"), &[]).await.leads_to(PAGE);
    let log = otto.get("/audit.csv").await.html;
    let rows: Vec<&str> = log.lines().filter(|row| row.contains("alerts.configured")).collect();
    assert_eq!(rows.len(), 3, "{log}");
    assert!(rows.iter().all(|row| row.contains("hooks.receiver.example #")), "{rows:?}");
    assert!(!log.contains("capability"));
}

/// A password in the configuration file is for its owner and group, as the key is for its owner.
#[tokio::test]
async fn a_configuration_file_with_a_password_that_everybody_can_read_is_refused() {
    let place = Place::new(Backend::Sqlite);
    let file = place.file("alva-portal.toml");
    let give = |text: &str, mode: u32| {
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
    };
    for (setting, text) in [
        ("DATABASE_URL", r#"database_url = "postgres://alva:hunter2@127.0.0.1/x""#),
        ("DATABASE_URL", r#"database_url = "postgres://127.0.0.1/x?password=hunter2""#),
        ("SMTP_URL", r#"smtp_url = "smtps://alva:hunter2@mail.example""#),
        ("LEVER_CLIENT_SECRET", "lever_client_secret = \"hunter2\""),
        ("TESTS_TOKEN", "tests_token = \"hunter2\""),
        ("TESTS_SIGNING_SECRET", "tests_signing_secret = \"hunter2\""),
        ("METRICS_TOKEN", "metrics_token = \"hunter2hunter2hunter2hunter2hunter2\""),
    ] {
        for mode in [0o644, 0o604, 0o602] {
            give(text, mode);
            for command in ["serve", "check"] {
                let said = place.run(&[command]).await;
                assert!(!said.status.success(), "{said:?}");
                for part in ["alva-portal.toml", setting, &format!("{mode:04o}"), "chmod o="] {
                    assert!(said.stderr.contains(part), "{part} in {said:?}");
                }
                assert!(!said.stderr.contains("hunter2"), "{said:?}");
            }
            assert!(!place.file("portal.sqlite").exists(), "nothing was begun");
        }
        // The group may read it: packages install it so.
        give(text, 0o640);
        assert!(!place.run(&["check"]).await.stderr.contains("chmod"), "{setting}");
    }
    // Without a secret in it everybody may read it.
    give("database_url = \"postgres://alva@127.0.0.1/x\"\nlever_client_id = \"app\"", 0o644);
    assert!(!place.run(&["check"]).await.stderr.contains("chmod"));
}

on_both_databases!(Portal::start => an_address_of_an_earlier_version_is_sealed_at_the_start);
async fn an_address_of_an_earlier_version_is_sealed_at_the_start(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let ada = portal.signed_in("ada@acme.example").await;
    ada.post(PAGE, &[("alert_url", "https://hooks.receiver.example/x")]).await;
    let (company, sealer) = (acme.id, portal.sealer());
    let hook = portal
        .write(move |conn| {
            diesel::update(alert_hooks::table)
                .set((
                    alert_hooks::url.eq("https://hooks.receiver.example/before-capability"),
                    alert_hooks::url_sealed.eq(None::<Vec<u8>>),
                ))
                .execute(conn)
                .map_err(DbError::from)?;
            seal_addresses(conn, &sealer)?;
            let plain: String =
                alert_hooks::table.select(alert_hooks::url).first(conn).map_err(DbError::from)?;
            assert_eq!(plain, "");
            Ok(alert_webhooks::by_company(conn, &company)?.expect("an address"))
        })
        .await;
    let open = alert_webhooks::address(&hook, &portal.sealer()).unwrap();
    assert_eq!(open.expose_secret(), "https://hooks.receiver.example/before-capability");
}

/// Names, addresses and results are no business of other users of the machine, also where an earlier version left the
/// files open to them.
#[tokio::test]
async fn the_files_of_the_database_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new(Backend::Sqlite);
    drop(place.db().await);
    let mode = |name: &str| std::fs::metadata(place.file(name)).unwrap().permissions().mode() & 0o777;
    let open_to_others = std::fs::Permissions::from_mode(0o644);
    for _ in 0..2 {
        let process = place.start().await;
        // Who can open a lock can hold it.
        let locks = ["portal.sqlite.serve.lock", "portal.migrate.lock"];
        for file in
            ["portal.sqlite", "portal.sqlite-wal", "portal.sqlite-shm", "key"].into_iter().chain(locks)
        {
            assert_eq!(mode(file), 0o600, "{file}");
        }
        process.signal("TERM").await;
        assert!(process.end().await.0.success());
        for file in locks.into_iter().chain(["portal.sqlite"]) {
            std::fs::set_permissions(place.file(file), open_to_others.clone()).unwrap();
        }
    }
}
