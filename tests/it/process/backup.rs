//! A copy of the database while it is being served.

use super::place::{Place, delivery};
use alva_portal::db::schema::events::dsl;
use alva_portal::db::{Backend, Conn, Db, DbError};
use diesel::prelude::*;
use std::collections::HashSet;
use std::os::unix::fs::PermissionsExt as _;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_holds_what_was_answered_before_it() {
    let place = Place::new(Backend::Sqlite);
    let account = place.account("http://127.0.0.1:9").await;
    let process = place.start().await;
    let http = reqwest::Client::new();
    let post = async |token: String| {
        let body = delivery("interviewCreated", &token).to_string();
        assert_eq!(http.post(account.url(&process)).body(body).send().await.unwrap().status(), 200);
    };
    let before: Vec<String> = (0..50).map(|n| format!("before-{n}")).collect();
    for token in &before {
        post(token.clone()).await;
    }
    let copy = place.file("copy.sqlite");
    let posting = async {
        for n in 0..50 {
            post(format!("meanwhile-{n}")).await;
        }
    };
    let arguments = ["backup", copy.to_str().unwrap()];
    let (done, ()) = tokio::join!(place.run(&arguments), posting);
    assert!(done.status.success(), "{done:?}");
    assert!(done.stdout.contains("copy.sqlite") && done.stdout.contains("key"), "{}", done.stdout);
    assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);

    let url = format!("sqlite://{}", copy.display());
    let copied = tokio::task::spawn_blocking(move || Db::open(&url)).await.unwrap().unwrap();
    let load = |conn: &mut Conn| {
        Ok::<Vec<Option<String>>, DbError>(dsl::events.select(dsl::opportunity_id).load(conn)?)
    };
    let there: HashSet<String> = copied.read(load).await.unwrap().into_iter().flatten().collect();
    assert!(before.iter().all(|token| there.contains(&format!("o-{token}"))));

    let again = place.run(&arguments).await;
    assert!(!again.status.success() && again.stderr.contains("already exists"), "{again:?}");
}

#[tokio::test]
async fn what_cannot_be_backed_up() {
    let place = Place::new(Backend::Postgres);
    let postgres = place.run(&["backup", "copy"]).await;
    assert!(!postgres.status.success() && postgres.stderr.contains("pg_dump"), "{postgres:?}");
    let place = Place::new(Backend::Sqlite);
    let nothing = place.run(&["backup", "copy"]).await;
    assert!(!nothing.status.success() && nothing.stderr.contains("there is no database"), "{nothing:?}");
    drop(place.db().await);
    let nowhere = place.run(&["backup", "no/such/folder/copy"]).await;
    assert!(!nowhere.status.success() && nowhere.stderr.contains("cannot be written"), "{nowhere:?}");
}
