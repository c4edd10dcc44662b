//! Databases and addresses that it does not take.

use super::*;

#[tokio::test]
async fn a_database_elsewhere_without_a_word_about_encryption() {
    let place = Place::new(Backend::Sqlite);
    place.write_key("ab".repeat(32));
    let mut plain = place.command(&["--json"]);
    plain.env("DATABASE_URL", "postgres://alva:hunter2@192.0.2.1/alva");
    let said = ended(plain).await;
    says(&said, &["DATABASE_URL", "192.0.2.1", "sslmode=verify-full", "sslmode=disable"]);
    assert!(!said.stderr.contains("hunter2"), "{said:?}");
    // libpq's own variables lead there as well.
    for (url, name, value) in [
        ("postgres:///alva", "PGHOST", "192.0.2.1"),
        ("postgres://localhost/alva", "PGHOSTADDR", "192.0.2.1"),
        ("postgres:///alva", "PGSERVICE", "elsewhere"),
        ("postgres:///alva?service=elsewhere", "PGSERVICEFILE", "services"),
    ] {
        let mut plain = place.command(&["--json"]);
        plain.env("DATABASE_URL", url).env(name, value);
        says(&ended(plain).await, &["DATABASE_URL", "PGHOST", "sslmode=verify-full", "sslmode=disable"]);
    }
}

#[tokio::test]
async fn proxies_that_are_everybody() {
    let place = Place::new(Backend::Sqlite);
    for everybody in ["0.0.0.0/0", "::/0", "10.0.0.1, 128.0.0.0/1"] {
        let said = started(&place, "TRUSTED_PROXIES", everybody).await;
        says(&said, &["TRUSTED_PROXIES", "too large", "/8", "/16 for IPv6"]);
        assert!(!place.file("portal.sqlite").exists(), "nothing was begun");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_https_portal_runs_on_nothing_that_was_made_for_trying_out() {
    let place = Place::new(Backend::Sqlite);
    let https = ["--json", "--base-url", "https://alva.example.com"];
    says(&place.run(&https).await, &["BASE_URL", "SECRET_KEY_FILE", "openssl rand -hex 32"]);
    assert!(!place.file("key").exists());
    first_start(&place).await;
    says(
        &place.run(&https).await,
        &["https://alva.example.com", "created at the first start", "keys rotate"],
    );
    assert!(place.run(&["keys", "rotate"]).await.status.success());
    let mut demo = place.command(&https);
    demo.env("LEVER_CLIENT_ID", "alva-portal-demo").env("LEVER_CLIENT_SECRET", "demo-secret-of-the-sandbox");
    says(&ended(demo).await, &["LEVER_CLIENT_SECRET", "demo"]);

    let process = super::super::place::Process::of(place.command(&https)).await;
    assert_eq!(process.said["portal"], "https://alva.example.com/");
    process.signal("TERM").await;
    assert!(process.end().await.0.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_demo_made_is_served_by_the_demo_alone() {
    let place = Place::new(Backend::Sqlite);
    let folder = place.file("demo");
    let demo = ["demo", "--port", "0", "--lever-port", "0", "--json", "--data-dir", folder.to_str().unwrap()];
    let process = super::super::place::Process::of(place.command(&demo)).await;
    process.signal("TERM").await;
    assert!(process.end().await.0.success());

    let of_demo = |arguments: &[&str]| {
        let mut command = place.command(arguments);
        command.env("DATABASE_URL", format!("sqlite://{}", folder.join("portal.sqlite").display()));
        command.env("SECRET_KEY_FILE", folder.join("portal.key"));
        command
    };
    let ways: [&[&str]; 4] = [
        &["--json"],
        &["--json", "--base-url", "http://localhost:8080"],
        &["--json", "--base-url", "http://127.0.0.1:8080"],
        &["--json", "--base-url", "https://alva.example.com"],
    ];
    for arguments in ways {
        let words = ["SECRET_KEY_FILE", "portal.key", "alva-portal demo", "keys rotate"];
        says(&ended(of_demo(arguments)).await, &words);
    }
    let mut other_data = place.command(&["--json"]);
    other_data.env("SECRET_KEY_FILE", folder.join("portal.key"));
    says(&ended(other_data).await, &["SECRET_KEY_FILE", "alva-portal demo"]);
    let checked = ended(of_demo(&["check"])).await;
    assert!(!checked.status.success());
    assert!(format!("{checked:?}").contains("made by `alva-portal demo`"), "{checked:?}");
    // With a key of its own, the accounts are still everybody's.
    assert!(ended(of_demo(&["keys", "rotate"])).await.status.success());
    for arguments in ways {
        says(&ended(of_demo(arguments)).await, &["admin@alva.example", "demo's password", "DATABASE_URL"]);
    }
    // The demo itself goes on.
    let process = super::super::place::Process::of(place.command(&demo)).await;
    process.signal("TERM").await;
    assert!(process.end().await.0.success());
}

#[tokio::test]
async fn what_names_no_file_is_no_database() {
    let place = Place::new(Backend::Sqlite);
    for url in [
        "sqlite://:memory:",
        "sqlite://",
        "sqlite:///",
        "sqlite://file::memory:?cache=shared",
        "sqlite://file:portal.sqlite",
        "sqlite://portal.sqlite?mode=rwc",
        "sqlite://:memory:?cache=shared",
    ] {
        says(&started(&place, "DATABASE_URL", url).await, &["names no file", "sqlite://alva-portal.sqlite"]);
        let mut command = place.command(&["check"]);
        command.env("DATABASE_URL", url);
        let done = ended(command).await;
        assert!(done.stdout.contains("names no file"), "{url}: {done:?}");
    }
    let files: Vec<_> =
        fs::read_dir(place.folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(files.is_empty(), "{files:?}");
}

#[tokio::test]
async fn a_database_that_lacks_letters() {
    for encoding in ["LATIN1", "SQL_ASCII"] {
        let place = Place::new(Backend::Sqlite);
        let made = postgres::create_with(&format!("ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C'"));
        let words = [encoding, "--encoding=UTF8", "DATABASE_URL"];
        says(&started(&place, "DATABASE_URL", &made.url).await, &words);
        let mut command = place.command(&["check"]);
        command.env("DATABASE_URL", &made.url);
        let done = ended(command).await;
        let line = done.stdout.lines().find(|line| line.contains(" database:")).unwrap();
        assert!(line.contains('\u{2717}') && words.iter().all(|word| line.contains(word)), "{line}");
    }
}

/// Whatever is wrong with an address, the password in it is never repeated: at a start and by `check`.
#[tokio::test]
async fn a_password_in_an_address_is_never_shown() {
    let place = Place::new(Backend::Sqlite);
    for (name, value) in [
        ("DATABASE_URL", "host=127.0.0.1 user=alva password=GEHEIM123 dbname=alva"),
        ("DATABASE_URL", "postgres://alva:GEHEIM/123@127.0.0.1:1/x"),
        ("DATABASE_URL", "postgres://alva:x@GEHEIM@127.0.0.1:1/x"),
        ("DATABASE_URL", "postgres://alva:GEHEIM:5@127.0.0.1:1/x"),
        ("DATABASE_URL", "postgres://alva:GEHEIM?5@127.0.0.1:1/x"),
        ("DATABASE_URL", "postgres://alva:GEHEIM#5@127.0.0.1:1/x"),
        ("DATABASE_URL", "postgres://alva:%GEHEIM@127.0.0.1:1/x"),
        ("DATABASE_URL", "postgresql://alva:GEHEIM@127.0.0.1:1/x"),
        ("DATABASE_URL", "postgres://127.0.0.1:1/x?user=alva&password=GEHEIM"),
        ("DATABASE_URL", "alva:GEHEIM@127.0.0.1/x"),
        ("DATABASE_URL", "postgres://alva:GEHEIM 1@127.0.0.1:1/x"),
        ("DATABASE_URL", "postgres://alva:GEHEIM%00@127.0.0.1:1/x"),
        ("DATABASE_URL", "postgres://127.0.0.1:1/x?password=GEHEIM 1"),
        ("DATABASE_URL", "postgres://127.0.0.1:1/x?passwordGEHEIM"),
        ("DATABASE_URL", "postgres://127.0.0.1:1/x?password=1=GEHEIM"),
        ("DATABASE_URL", "postgres://127.0.0.1:1/x?sslpassword=GEHEIM\t1"),
        ("DATABASE_URL", "postgres://127.0.0.1:GEHEIM/x"),
        ("BASE_URL", "https://x.example/?k=GEHEIM"),
        ("BASE_URL", "https://x.example/#GEHEIM"),
        ("BASE_URL", "https://u:GEHEIM@x.example/path"),
        ("BASE_URL", "https://GEHEIM@x.example"),
        ("SMTP_URL", "smtp://u:GEHEIM/x@127.0.0.1:1"),
        ("SMTP_URL", "u:GEHEIM@127.0.0.1:1"),
        ("SMTP_URL", "smtps://u:GEHEIM@127.0.0.1:port"),
        ("LEVER_API_URL", "https://u:GEHEIM@lever.example/v1?x"),
        ("LEVER_API_URL", "https://u:GEHEIM"),
        ("LEVER_AUTH_URL", "u:GEHEIM/x"),
        ("BASE_URL", "https://u:GEHEIM"),
        ("BASE_URL", "https://u:GEHEIM\\@x.example"),
        ("DATABASE_URL", "sqlite://x?password=GEHEIM"),
        ("DATABASE_URL", "sqlite://x?mode=ro&key=GEHEIM"),
        ("TESTS_URL", "https://u:GEHEIM@tests.example"),
        ("TESTS_URL", "https://u:GEHEIM"),
        ("TESTS_URL", "https://u:GEHEIM/1@x.example"),
        ("TESTS_URL", "https://u:1?GEHEIM@x.example"),
        ("TESTS_URL", "https://u:1#GEHEIM@x.example"),
        ("TESTS_URL", "https://u:GEHEIM\\@x.example"),
        ("TESTS_URL", "https://u:GEHEIM@x.example:port"),
    ] {
        let begun = started(&place, name, value).await;
        assert!(!begun.status.success(), "{value}: {begun:?}");
        let mut command = place.command(&["check"]);
        command.env(name, value);
        let checked = ended(command).await;
        for done in [&begun, &checked] {
            let said = format!("{}{}", done.stdout, done.stderr);
            assert!(!said.contains("GEHEIM"), "{name}={value}: {said}");
        }
    }
    // The key itself where its file should be named: refused, and neither repeated nor taken for a file's name.
    let key = "0123456789abcdef".repeat(4);
    let mut command = place.command(&["check"]);
    command.env("SECRET_KEY_FILE", &key);
    for done in [started(&place, "SECRET_KEY_FILE", &key).await, ended(command).await] {
        let said = format!("{}{}", done.stdout, done.stderr);
        assert!(
            said.contains("SECRET_KEY_FILE must name the file") || said.contains("it must name the file"),
            "{said}"
        );
        assert!(!said.contains(&key), "{said}");
    }
}
