//! A new key for what is sealed.

use super::place::{Place, TOKEN, delivery};
use crate::support::on_both_databases;
use alva_portal::db::{Backend, Conn, DbError};
use alva_portal::integrations::signing::tokens;
use alva_portal::integrations::store;
use alva_portal::secrets::Sealer;
use alva_portal::secrets::rotation::{RotationError, next_file, old_file, reseal};
use diesel::prelude::*;
use secrecy::ExposeSecret as _;
use std::fs;

/// What the account's secrets are, read with this key.
async fn secrets(account: &super::place::Account, sealer: Sealer) -> Option<(String, String)> {
    let id = account.id;
    let read = move |conn: &mut Conn| {
        let row = store::get(conn, &id)?;
        let token = tokens::valid(conn, &id)?.remove(0);
        let access = sealer.open(&row.access_token_sealed.unwrap(), &store::place("access_token", &id));
        Ok::<_, DbError>(access.ok().zip(token.open(&sealer).ok()))
    };
    let both = account.db.read(read).await.unwrap();
    both.map(|(access, token)| (access.expose_secret().to_owned(), token.expose_secret().to_owned()))
}

async fn a_delivery_is_verified(place: &Place, account: &super::place::Account, token: &str) {
    let process = place.start().await;
    let body = delivery("interviewCreated", token).to_string();
    let answer = reqwest::Client::new().post(account.url(&process)).body(body).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    process.signal("TERM").await;
    assert!(process.end().await.0.success());
}

fn what_is_sealed() -> Option<(String, String)> {
    Some(("access".into(), TOKEN.into()))
}

on_both_databases!(threads: Place::new => everything_is_sealed_under_a_new_key);
async fn everything_is_sealed_under_a_new_key(place: Place) {
    let account = place.account("http://127.0.0.1:9").await;
    let old = place.sealer();

    let running = place.start().await;
    let refused = place.run(&["keys", "rotate"]).await;
    assert!(!refused.status.success() && refused.stderr.contains("being served"), "{refused:?}");
    running.signal("TERM").await;
    assert!(running.end().await.0.success());
    assert_eq!(secrets(&account, old.clone()).await, what_is_sealed(), "nothing was changed");

    let done = place.run(&["keys", "rotate"]).await;
    assert!(done.status.success(), "{done:?}");
    assert!(done.stdout.starts_with("2 stored secrets"), "{}", done.stdout);
    assert_eq!(secrets(&account, old).await, None);
    assert_eq!(secrets(&account, place.sealer()).await, what_is_sealed());
    assert!(old_file(&place.file("key")).is_file() && !next_file(&place.file("key")).exists());
    a_delivery_is_verified(&place, &account, "after").await;
    assert!(place.run(&["audit", "verify"]).await.stdout.contains("intact"));
}

on_both_databases!(threads: Place::new => a_change_of_the_key_that_broke_off_is_brought_to_its_end);
async fn a_change_of_the_key_that_broke_off_is_brought_to_its_end(place: Place) {
    let account = place.account("http://127.0.0.1:9").await;
    let (old, file) = (place.sealer(), place.file("key"));

    // Before the database was changed: the old key stays.
    Sealer::create(&next_file(&file)).unwrap();
    a_delivery_is_verified(&place, &account, "before").await;
    assert!(!next_file(&file).exists());
    assert_eq!(secrets(&account, place.sealer()).await, what_is_sealed());

    // After it: the new one takes its place.
    let new = Sealer::create(&next_file(&file)).unwrap();
    let reseal_all = move |conn: &mut Conn| reseal(conn, &old, &new);
    assert_eq!(account.db.try_write::<_, RotationError, _>(reseal_all).await.unwrap(), 2);
    assert_eq!(secrets(&account, place.sealer()).await, None);
    a_delivery_is_verified(&place, &account, "after").await;
    assert!(!next_file(&file).exists());
    assert_eq!(secrets(&account, place.sealer()).await, what_is_sealed());
}

on_both_databases!(threads: Place::new => what_a_backup_brings_back_opens_with_the_key_before);
/// Two keys later, values of the first still open, by their id or without one; the file of old keys has a line each.
async fn what_a_backup_brings_back_opens_with_the_key_before(place: Place) {
    let account = place.account("http://127.0.0.1:9").await;
    let (first, file) = (place.sealer(), place.file("key"));
    for _ in 0..2 {
        let done = place.run(&["keys", "rotate"]).await;
        assert!(done.status.success(), "{done:?}");
        assert!(
            done.stdout.contains("delete its line once you keep no backup from before 2"),
            "{}",
            done.stdout
        );
    }
    let old = fs::read_to_string(old_file(&file)).unwrap();
    assert_eq!(old.lines().filter(|line| line.len() == 64).count(), 2, "one line a key");
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(fs::metadata(old_file(&file)).unwrap().permissions().mode() & 0o777, 0o600);
    // A row as a backup from the time of the first key has it.
    let id = account.id;
    let access = first.seal(&"from the backup".to_owned().into(), &store::place("access_token", &id));
    let put_back = move |conn: &mut Conn| {
        use alva_portal::db::schema::integrations::dsl;
        let row = diesel::update(dsl::integrations.find(&id));
        Ok::<_, DbError>(row.set(dsl::access_token_sealed.eq(Some(access))).execute(conn)?)
    };
    account.db.write(put_back).await.unwrap();
    a_delivery_is_verified(&place, &account, "restored").await;
    let read = secrets(&account, place.sealer()).await;
    assert_eq!(read, Some(("from the backup".to_owned(), TOKEN.to_owned())));
    let third = place.run(&["keys", "rotate"]).await;
    assert!(third.stdout.starts_with("2 stored secrets"), "{third:?}");
    fs::remove_file(old_file(&file)).unwrap();
    assert_eq!(secrets(&account, place.sealer()).await, read, "nothing needs the old keys any more");
}

#[tokio::test]
async fn the_key_may_be_a_credential_of_systemd() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new(Backend::Sqlite);
    let credentials = place.file("credentials");
    fs::create_dir(&credentials).unwrap();
    let key = credentials.join("alva-portal.key");
    fs::write(&key, "7".repeat(64)).unwrap();
    // As systemd hands it over: root's, readable by a rule that shows as the group's.
    fs::set_permissions(&key, fs::Permissions::from_mode(0o440)).unwrap();
    let with_credential = |arguments: &[&str]| {
        let mut command = place.command(arguments);
        command.env_remove("SECRET_KEY_FILE").env("CREDENTIALS_DIRECTORY", &credentials);
        command
    };
    let process = super::place::Process::of(with_credential(&["--json"])).await;
    process.signal("TERM").await;
    assert!(process.end().await.0.success());
    assert!(!place.file("alva-portal.key").exists(), "no key was made beside it");
    let refused = super::place::ended(with_credential(&["keys", "rotate"])).await;
    assert!(!refused.status.success() && refused.stderr.contains("systemd"), "{refused:?}");
    let checked = super::place::ended(with_credential(&["check"])).await;
    assert!(checked.stdout.contains(&key.display().to_string()), "{checked:?}");
}

#[tokio::test]
async fn a_secret_that_does_not_open_leaves_everything_as_it_was() {
    let place = Place::new(Backend::Sqlite);
    let account = place.account("http://127.0.0.1:9").await;
    let id = account.id;
    let break_one = move |conn: &mut Conn| {
        use alva_portal::db::schema::integrations::dsl;
        let elsewhere = Sealer::new(&[7; 32]).seal(&"x".to_owned().into(), "elsewhere");
        let row = diesel::update(dsl::integrations.find(&id));
        Ok::<_, DbError>(row.set(dsl::access_token_sealed.eq(Some(elsewhere))).execute(conn)?)
    };
    account.db.write(break_one).await.unwrap();
    let before = fs::read_to_string(place.file("key")).unwrap();
    let refused = place.run(&["keys", "rotate"]).await;
    assert!(!refused.status.success(), "{refused:?}");
    for part in ["integrations.access_token_sealed", account.id.as_str(), "nothing was changed"] {
        assert!(refused.stderr.contains(part), "{part} in {}", refused.stderr);
    }
    assert_eq!(fs::read_to_string(place.file("key")).unwrap(), before);
    a_delivery_is_verified(&place, &account, "still").await;
}

/// A column of sealed values that is added later must be sealed under the new key too.
#[tokio::test]
async fn no_sealed_column_is_forgotten() {
    #[derive(QueryableByName)]
    struct Column {
        #[diesel(sql_type = diesel::sql_types::Text)]
        name: String,
    }
    let place = Place::new(Backend::Sqlite);
    let find = |conn: &mut Conn| {
        let Conn::Sqlite(conn) = conn else { unreachable!("it is SQLite") };
        let query = "SELECT m.name || '.' || c.name AS name FROM sqlite_schema m, pragma_table_info(m.name) c \
                     WHERE m.type = 'table' AND c.name LIKE '%sealed%' ORDER BY 1";
        Ok::<Vec<Column>, DbError>(diesel::sql_query(query).load(conn)?)
    };
    let columns: Vec<String> =
        place.db().await.read(find).await.unwrap().into_iter().map(|column| column.name).collect();
    // All but the sessions', which end, and the audit log's, which `audit::keys::reseal` seals:
    // `secrets::rotation::COLUMNS`.
    assert_eq!(
        columns,
        [
            "alert_hooks.previous_sealed",
            "alert_hooks.secret_sealed",
            "alert_hooks.url_sealed",
            "audit_keys.secret_sealed",
            "checkpoint_settings.url_sealed",
            "integrations.access_token_sealed",
            "integrations.refresh_token_sealed",
            "invitations.code_sealed",
            "invitations.met_sealed",
            "oauth_flows.verifier_sealed",
            "passkeys.credential_sealed",
            "second_factors.secret_sealed",
            "sessions.state_sealed",
            "signing_tokens.token_sealed",
            "sittings.answers_sealed",
            "sittings.result_sealed",
            "sittings.review_sealed",
            "sso_providers.client_secret_sealed",
            "verifications.answers_sealed",
            "verifications.result_sealed",
        ]
    );
}
