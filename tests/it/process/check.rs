//! The configuration's doctor.

use super::place::{Place, ended, in_both};
use crate::support::mailbox::take_mail;
use alva_portal::db::Backend;
use std::fs;
use std::sync::Arc;
use wiremock::MockServer;

in_both!(all_is_well, async |place: Place| {
    let lever = MockServer::start().await;
    let mail = take_mail(Arc::default(), Arc::default()).await;
    fs::write(place.file("alva-portal.toml"), format!("lever_client_id = \"app\"\nsmtp_url = \"{mail}\"\n"))
        .unwrap();
    drop(place.db().await);
    let mut command = place.command(&["check", "--lever-client-secret", "hunter2"]);
    command.env("LEVER_AUTH_URL", lever.uri()).env("LEVER_API_URL", lever.uri());
    let done = ended(command).await;
    assert!(done.status.success(), "{done:?}");
    let line = |name: &str| {
        done.stdout.lines().find(|line| line.contains(name)).unwrap_or_else(|| panic!("{name} in {done:?}"))
    };
    for (setting, source) in [
        ("DATABASE_URL", "from the environment"),
        ("LEVER_CLIENT_ID", "from alva-portal.toml"),
        ("LEVER_CLIENT_SECRET", "from --lever-client-secret"),
        ("MAIL_FROM", "not set"),
    ] {
        assert!(line(setting).ends_with(source) || line(setting).contains(source), "{}", line(setting));
    }
    assert!(line("database:").contains("up to date"), "{done:?}");
    assert!(!done.stdout.contains('\u{2717}') && !done.stdout.contains("hunter2"), "{done:?}");
});

#[tokio::test]
async fn what_is_missing_is_named_with_the_way_to_mend_it() {
    let place = Place::new(Backend::Sqlite);
    fs::write(place.file("key"), "secret").unwrap();
    // Nothing listens at port 9.
    let mut command = place.command(&["check", "--base-url", "http://portal.example"]);
    command
        .env("LEVER_AUTH_URL", "http://127.0.0.1:9")
        .env("LEVER_API_URL", "http://127.0.0.1:9")
        .env("SMTP_URL", "smtp://127.0.0.1:9");
    let done = ended(command).await;
    assert_eq!(done.status.code(), Some(1));
    for (what, way) in [
        ("key", "64 hexadecimal digits"),
        ("address", "https"),
        ("Lever's app", "LEVER_CLIENT_ID and LEVER_CLIENT_SECRET"),
        ("Lever's sign-in service", "firewall"),
        ("Lever's API", "cannot be reached"),
        ("mail server", "SMTP_URL"),
    ] {
        let line = done.stdout.lines().find(|line| line.contains(&format!("\u{2717} {what}:")));
        assert!(line.is_some_and(|line| line.contains(way)), "{what}: {way} in {}", done.stdout);
    }
    assert!(done.stdout.contains("\u{2713} database: not there yet"), "{}", done.stdout);
    assert!(done.stderr.contains("6 things"), "{}", done.stderr);
    assert!(!place.file("portal.sqlite").exists(), "a look changes nothing");
}
