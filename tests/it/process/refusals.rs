//! What it says when it cannot start: one line that names what was read, from where, and what
//! would be right.

mod databases;

use super::place::{Ended, Place, ended};
use crate::support::postgres;
use alva_portal::db::Backend;
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, SqliteConnection};
use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

/// That it refused, on one line, with these words in it.
#[track_caller]
fn says(ended: &Ended, words: &[&str]) {
    assert!(!ended.status.success(), "{ended:?}");
    assert_eq!(ended.stdout, "", "{ended:?}");
    let lines: Vec<&str> = ended.stderr.trim_end().lines().collect();
    assert_eq!(lines.len(), 1, "one line: {}", ended.stderr);
    for words in words {
        assert!(lines[0].contains(words), "{words:?} in: {}", lines[0]);
    }
    assert!(!ended.stderr.contains("panicked"), "{}", ended.stderr);
}

/// Starts it with a change to its environment.
async fn started(place: &Place, name: &str, value: &str) -> Ended {
    let mut command = place.command(&["--json"]);
    command.env(name, value);
    ended(command).await
}

fn database(path: &std::path::Path) -> SqliteConnection {
    let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    // Who had it open just before may still be closing it.
    conn.batch_execute("PRAGMA busy_timeout = 5000").unwrap();
    conn
}

/// Makes the database and the key, as a first start does.
async fn first_start(place: &Place) {
    let process = place.start().await;
    process.signal("TERM").await;
    assert!(process.end().await.0.success());
}

#[tokio::test]
async fn a_setting_that_makes_no_sense() {
    let place = Place::new(Backend::Sqlite);
    for (name, value, right) in [
        ("BIND", "here", "127.0.0.1:8080"),
        ("BASE_URL", "alva.example.com", "https://alva.example.com"),
        ("BASE_URL", "https://alva.example.com/portal", "without a path"),
        ("LOG_FORMAT", "xml", "text or json"),
        ("MAIL_FROM", "nobody", "no-reply@example.com"),
        ("LEVER_API_URL", "http://lever.example", "https://"),
    ] {
        says(
            &started(&place, name, value).await,
            &[name, value.split('/').next().unwrap(), right, "from the environment"],
        );
    }
    let half = started(&place, "LEVER_CLIENT_ID", "abc").await;
    says(&half, &["LEVER_CLIENT_ID is set but LEVER_CLIENT_SECRET is not", "from the environment"]);
    let secret = started(&place, "SMTP_URL", "http://me:hunter2@mail").await;
    says(&secret, &["SMTP_URL", "smtp://host:25"]);
    assert!(!secret.stderr.contains("hunter2"));
    let secret = started(&place, "DATABASE_URL", "mysql://me:hunter2@host/portal").await;
    says(&secret, &["DATABASE_URL", "mysql", "sqlite://", "postgres://"]);
    assert!(!secret.stderr.contains("hunter2"));
    says(&place.run(&["--bind", "here"]).await, &["BIND", "\"here\"", "from --bind"]);
}

#[tokio::test]
async fn a_setting_that_nobody_knows() {
    let place = Place::new(Backend::Sqlite);
    let flag = place.run(&["--databse-url", "x"]).await;
    assert_eq!(flag.status.code(), Some(2));
    assert!(flag.stderr.contains("--databse-url") && flag.stderr.contains("--database-url"), "{flag:?}");

    fs::write(place.file("alva-portal.toml"), "bind = \"127.0.0.1:0\"\ndatabse_url = \"hunter2\"\n").unwrap();
    let file = place.run(&[]).await;
    says(&file, &["alva-portal.toml", "line 2", "databse_url", "`database_url`"]);
    assert!(!file.stderr.contains("hunter2"));
    fs::write(place.file("alva-portal.toml"), "bind = here").unwrap();
    says(&place.run(&[]).await, &["alva-portal.toml", "line 1"]);
    fs::write(place.file("other.toml"), "log_format = \"xml\"").unwrap();
    says(&place.run(&["--config", "other.toml"]).await, &["LOG_FORMAT", "from other.toml"]);
    says(&place.run(&["--config", "missing.toml"]).await, &["missing.toml", "cannot be read"]);
}

#[tokio::test]
async fn a_port_that_is_taken() {
    let place = Place::new(Backend::Sqlite);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    says(&started(&place, "BIND", &address).await, &[&address, "BIND", "in use", "from the environment"]);
    let port = taken.local_addr().unwrap().port().to_string();
    let demo = place.run(&["demo", "--port", &port, "--lever-port", "0"]).await;
    says(&demo, &[&address, "in use"]);
}

#[tokio::test]
async fn a_database_that_is_not_there() {
    let place = Place::new(Backend::Postgres);
    let missing = place.database_url.replace("alva_test_", "alva_missing_");
    says(&started(&place, "DATABASE_URL", &missing).await, &["alva_missing_", "does not exist", "create it"]);
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nowhere = format!("postgres://me:hunter2@127.0.0.1:{free}/portal?password=hunter2");
    let nowhere = started(&place, "DATABASE_URL", &nowhere).await;
    says(&nowhere, &["postgres://me@127.0.0.1", "refused", "is PostgreSQL running"]);
    assert!(!nowhere.stderr.contains("hunter2"));
    let folder = started(&place, "DATABASE_URL", "sqlite:///no/such/folder/portal.sqlite").await;
    says(&folder, &["/no/such/folder", "create it", "DATABASE_URL"]);
    fs::write(place.file("text.sqlite"), "no database at all, but a text of some length".repeat(100))
        .unwrap();
    let text = format!("sqlite://{}", place.file("text.sqlite").display());
    says(&started(&place, "DATABASE_URL", &text).await, &["text.sqlite", "not a database"]);
}

/// As root nothing is read-only, so then the program runs as nobody.
#[tokio::test]
async fn a_database_that_cannot_be_written() {
    const NOBODY: u32 = 65534;
    let place = Place::new(Backend::Sqlite);
    first_start(&place).await;
    let as_other = |mut command: tokio::process::Command| {
        if fs::metadata(place.folder.path()).unwrap().uid() == 0 {
            command.uid(NOBODY).gid(NOBODY);
        }
        ended(command)
    };
    for entry in fs::read_dir(place.folder.path()).unwrap() {
        fs::set_permissions(entry.unwrap().path(), Permissions::from_mode(0o444)).unwrap();
    }
    // The key is the program's alone, as it must be.
    fs::set_permissions(place.file("key"), Permissions::from_mode(0o400)).unwrap();
    if fs::metadata(place.folder.path()).unwrap().uid() == 0 {
        std::os::unix::fs::chown(place.file("key"), Some(NOBODY), Some(NOBODY)).unwrap();
    }
    let database = place.file("portal.sqlite");
    let database = database.to_str().unwrap();
    // The folder may be written, the file not.
    fs::set_permissions(place.folder.path(), Permissions::from_mode(0o777)).unwrap();
    says(&as_other(place.command(&["--json"])).await, &[database, "read-only", "DATABASE_URL"]);
    fs::remove_file(place.file("portal.sqlite.serve.lock")).unwrap();
    says(&as_other(place.command(&["--json"])).await, &[database, "read-only", "DATABASE_URL"]);
    says(&as_other(place.command(&["user", "list"])).await, &[database, "read-only"]);
    // Nor the folder.
    fs::remove_file(database).unwrap();
    fs::set_permissions(place.folder.path(), Permissions::from_mode(0o555)).unwrap();
    says(&as_other(place.command(&["--json"])).await, &[database, "folder"]);
    fs::set_permissions(place.folder.path(), Permissions::from_mode(0o755)).unwrap();
}

#[tokio::test]
async fn a_database_that_another_program_holds() {
    let place = Place::new(Backend::Sqlite);
    first_start(&place).await;
    let mut other = database(&place.file("portal.sqlite"));
    other.batch_execute("BEGIN EXCLUSIVE").unwrap();
    says(&place.run(&["--json"]).await, &["DATABASE_URL", "locked", "another program"]);
    other.batch_execute("ROLLBACK").unwrap();
    drop(other);
    first_start(&place).await;
}

#[tokio::test]
async fn a_database_of_a_newer_version() {
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231235959')";
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let place = Place::new(backend);
        drop(place.db().await);
        match backend {
            Backend::Sqlite => database(&place.file("portal.sqlite")).batch_execute(newer).unwrap(),
            Backend::Postgres => {
                PgConnection::establish(&place.database_url).unwrap().batch_execute(newer).unwrap();
            }
        }
        for arguments in [&["--json"][..], &["migrate"], &["user", "list"]] {
            says(&place.run(arguments).await, &["newer version", "20991231235959", "backup"]);
        }
    }
}

#[tokio::test]
async fn a_key_that_is_none_or_another() {
    let place = Place::new(Backend::Sqlite);
    for text in ["", "secret", &"g".repeat(64), &"ab".repeat(31)] {
        place.write_key(text);
        let said = place.run(&["--json"]).await;
        says(&said, &["SECRET_KEY_FILE", "64 hexadecimal digits", place.file("key").to_str().unwrap()]);
        assert!(!place.file("portal.sqlite").exists(), "nothing was begun");
    }
    place.write_key([0xff; 32]);
    says(&place.run(&["--json"]).await, &["SECRET_KEY_FILE", "64 hexadecimal digits"]);
    fs::remove_file(place.file("key")).unwrap();

    drop(place.account("http://127.0.0.1:9").await);
    fs::write(place.file("key"), "ab".repeat(32)).unwrap();
    says(&place.run(&["--json"]).await, &["SECRET_KEY_FILE", "does not open", "put back the key file"]);
}

#[tokio::test]
async fn a_key_that_others_can_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new(Backend::Sqlite);
    place.write_key("ab".repeat(32));
    for mode in [0o644, 0o640, 0o604] {
        fs::set_permissions(place.file("key"), fs::Permissions::from_mode(mode)).unwrap();
        says(&place.run(&["--json"]).await, &["SECRET_KEY_FILE", "read by others", "chmod 600"]);
        assert!(!place.file("portal.sqlite").exists(), "nothing was begun");
    }
}

/// What only reads makes neither a database nor a key, and says what is missing.
#[tokio::test]
async fn a_command_that_reads_makes_nothing() {
    let export: &[&str] = &["assessment", "export", "--to", "x"];
    let calibrate: &[&str] = &["assessment", "calibrate", "--to", "f.json", "--name", "x"];
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let place = Place::new(backend);
        for command in [export, calibrate] {
            let missing =
                if backend == Backend::Sqlite { "there is no database" } else { "alva-portal migrate" };
            says(&place.run(command).await, &[missing, "DATABASE_URL"]);
            assert_eq!(fs::read_dir(place.folder.path()).unwrap().count(), 0, "{command:?}");
        }
        first_start(&place).await;
        let mut command = place.command(export);
        command.env("SECRET_KEY_FILE", place.file("nokey"));
        says(&ended(command).await, &["there is no key file", "nokey", "SECRET_KEY_FILE"]);
        // What cannot be written is said first, with its name.
        fs::write(place.file("file"), "").unwrap();
        says(&place.run(&["assessment", "export", "--to", "file"]).await, &["file is a file"]);
        let nowhere = ["assessment", "calibrate", "--to", "nodir/f.json", "--name", "x"];
        says(&place.run(&nowhere).await, &["there is no directory nodir"]);
        for name in ["nokey", "x", "nodir", "f.json"] {
            assert!(!place.file(name).exists(), "{name}");
        }
    }
    let place = Place::new(Backend::Sqlite);
    place.sealer();
    for command in [["audit", "verify"], ["user", "list"]] {
        says(&place.run(&command).await, &["there is no database"]);
        assert!(!place.file("portal.sqlite").exists(), "{command:?}");
    }
}
