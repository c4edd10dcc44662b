//! What the command that checks the configuration says.

use super::place::{Place, Process, ended};
use crate::support::mailbox::take_mail;
use crate::support::on_both_databases;
use alva_portal::db::Backend;
use std::fs;
use std::sync::Arc;
use wiremock::MockServer;

on_both_databases!(threads: Place::new => all_is_well);
async fn all_is_well(place: Place) {
    let lever = MockServer::start().await;
    let mail = take_mail(Arc::default(), Arc::default()).await;
    fs::write(place.file("alva-portal.toml"), format!("lever_client_id = \"app\"\nsmtp_url = \"{mail}\"\n"))
        .unwrap();
    drop(place.db().await);
    let mut command = place.command(&["check", "--lever-client-secret", "hunter2"]);
    command.env("LEVER_AUTH_URL", lever.uri()).env("LEVER_API_URL", lever.uri());
    command.env("TRUSTED_PROXIES", "10.0.0.0/8, 2001:db8::1");
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
    assert!(line("trusted proxies:").contains("this machine, 10.0.0.0/8, 2001:db8::1/128"), "{done:?}");
    assert!(!done.stdout.contains('\u{2717}') && !done.stdout.contains("hunter2"), "{done:?}");
}

#[tokio::test]
async fn what_is_missing_is_named_with_the_way_to_mend_it() {
    let place = Place::new(Backend::Sqlite);
    place.write_key("secret");
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
    assert!(done.stderr.contains("6 problems found"), "{}", done.stderr);
    assert!(!place.file("portal.sqlite").exists(), "a look changes nothing");
}

on_both_databases!(threads: Place::new => a_calibration_file_is_read_or_refused_with_reasons);
/// A file of calibrated items and norms: read at the start, and refused as a whole with every reason.
async fn a_calibration_file_is_read_or_refused_with_reasons(place: Place) {
    let file = place.file("norms.json");
    let path = file.to_str().unwrap().to_owned();
    let with = async |text: &str, arguments: &[&str]| {
        fs::write(&file, text).unwrap();
        let named = format!("--calibration-file={path}");
        ended(place.command(&[arguments, &[named.as_str()]].concat())).await
    };
    let wrong = r#"{"logic": {"discrimination": -1, "loads": {"magic": 1}, "only_items": true},
            "personality": {"facets": {"trust": {"mean": 3, "sd": 0, "reliability": 0.7}}}}"#;
    for arguments in [&["check"][..], &["--json"]] {
        let done = with(wrong, arguments).await;
        assert!(!done.status.success(), "{done:?}");
        for part in [
            path.as_str(),
            "discrimination is -1, but must be from 0.1 to 5",
            "\"magic\" is no rule",
            "only_items is true, but there are no items",
            "the sd of trust is 0",
        ] {
            assert!(done.stderr.contains(part), "{part:?} is not in {done:?}");
        }
    }
    for (text, why) in [("{", "cannot be read"), (r#"{"logik": {}}"#, "logik"), ("", "cannot be read")] {
        let done = with(text, &["--json"]).await;
        assert!(!done.status.success() && done.stderr.contains(why), "{text:?}: {done:?}");
    }
    fs::remove_file(&file).unwrap();
    let named = format!("--calibration-file={path}");
    let gone = ended(place.command(&["--json", &named])).await;
    assert!(!gone.status.success() && gone.stderr.contains(&path), "{gone:?}");
    // A good one, with a calibrated item: the portal starts.
    fs::write(
        &file,
        r#"{"name": "spring", "logic": {"bank_size": 40,
            "items": [{"id": "f01d6c3e0a9b84752", "a": 1.42, "b": 0.37, "c": 0.1}]}}"#,
    )
    .unwrap();
    let process = Process::of(place.command(&["--json", &named])).await;
    process.signal("TERM").await;
    assert!(process.end().await.0.success());
}

on_both_databases!(threads: Place::new => programs_get_what_was_found_as_json);
/// The same as people read, in one line; each setting by name, and no value.
async fn programs_get_what_was_found_as_json(place: Place) {
    let lever = MockServer::start().await;
    let mail = take_mail(Arc::default(), Arc::default()).await;
    drop(place.db().await);
    let mut command = place.command(&["check", "--json", "--lever-client-secret", "hunter2"]);
    command.env("LEVER_AUTH_URL", lever.uri()).env("LEVER_API_URL", lever.uri());
    command.env("SMTP_URL", mail).env("LEVER_CLIENT_ID", "app");
    let done = ended(command).await;
    assert!(done.status.success(), "{done:?}");
    assert_eq!(done.stdout.lines().count(), 1, "{}", done.stdout);
    let said: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
    let setting = |name: &str| {
        said["settings"]
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["name"] == name)
            .unwrap_or_else(|| panic!("{name}"))
    };
    assert_eq!(setting("LEVER_CLIENT_SECRET")["source"], "from --lever-client-secret");
    assert_eq!((&setting("SMTP_URL")["set"], &setting("MAIL_FROM")["set"]), (&true.into(), &false.into()));
    let checks = said["checks"].as_array().unwrap();
    assert!(checks.iter().all(|check| check["ok"] == true && check["says"].is_string()), "{checks:?}");
    let mut expected = vec![
        "database",
        "key",
        "address",
        "Lever's app",
        "Lever's sign-in service",
        "Lever's API",
        "mail server",
        "trusted proxies",
        "metrics",
        "clock",
    ];
    // The disk of a PostgreSQL server is another machine's.
    expected.extend((place.backend == Backend::Sqlite).then_some("disk"));
    assert_eq!(checks.iter().map(|check| check["what"].as_str().unwrap()).collect::<Vec<_>>(), expected);
    assert!(!done.stdout.contains("hunter2"), "{done:?}");

    let wrong = ended(place.command(&["check", "--json", "--bind", "nowhere"])).await;
    let said: serde_json::Value = serde_json::from_str(&wrong.stdout).unwrap();
    assert_eq!(wrong.status.code(), Some(1));
    assert_eq!((&said["checks"][0]["what"], &said["checks"][0]["ok"]), (&"settings".into(), &false.into()));
    assert!(said["checks"][0]["says"].as_str().unwrap().contains("BIND"), "{said}");
}

/// Beside Lever's, which says its time with each answer.
#[tokio::test]
async fn a_clock_that_is_wrong_and_a_disk_that_is_full_are_found() {
    let place = Place::new(Backend::Sqlite);
    // So large a copy fits on no disk of a test; the file itself takes no room.
    fs::File::create(place.file("portal.sqlite")).unwrap().set_len(1 << 43).unwrap();
    for (ahead, words) in [(3600, "behind Lever's"), (-3600, "ahead of Lever's")] {
        let lever = MockServer::start().await;
        let theirs = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(ahead);
        let date = theirs.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let answer = wiremock::ResponseTemplate::new(200).insert_header("date", date.as_str());
        wiremock::Mock::given(wiremock::matchers::any()).respond_with(answer).mount(&lever).await;
        let mut command = place.command(&["check"]);
        command.env("LEVER_AUTH_URL", lever.uri()).env("LEVER_API_URL", lever.uri());
        let done = ended(command).await;
        let line = |what: &str| {
            let start = format!("  \u{2717} {what}: ");
            done.stdout
                .lines()
                .find_map(|line| line.strip_prefix(&start))
                .unwrap_or_else(|| panic!("{what}: {done:?}"))
        };
        assert!(line("clock").contains(words) && line("clock").contains("timedatectl"), "{}", line("clock"));
        assert!(line("disk").contains("make room"), "{}", line("disk"));
    }
}
