//! Against SQLite itself, through Diesel.

use diesel::prelude::*;
use std::time::{Duration, Instant};

/// Ends never by itself.
const ENDLESS: &str =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS found FROM n";
const SHORT: &str = "SELECT 1 AS found";

#[derive(QueryableByName, Debug, PartialEq)]
struct Row {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    found: i64,
}

fn connection() -> SqliteConnection {
    sqlite_time_limit::install().expect("SQLite takes it");
    SqliteConnection::establish(":memory:").expect("a database in memory")
}

fn ask(conn: &mut SqliteConnection, sql: &str) -> QueryResult<Row> {
    diesel::sql_query(sql).get_result(conn)
}

#[test]
fn a_statement_ends_with_its_time_and_the_connection_goes_on() {
    let mut conn = connection();
    let limit = Duration::from_millis(50);
    let ended = sqlite_time_limit::within(limit, || {
        let began = Instant::now();
        let ended = ask(&mut conn, ENDLESS);
        assert!(began.elapsed() >= limit && sqlite_time_limit::is_over());
        ended
    });
    assert_eq!(ended.expect_err("endless").to_string(), "interrupted");
    assert_eq!(ask(&mut conn, SHORT), Ok(Row { found: 1 }));
    assert!(!sqlite_time_limit::is_over());
}

#[test]
fn what_is_quick_is_let_through_and_a_smaller_limit_around_it_stays() {
    let mut conn = connection();
    let hour = Duration::from_secs(3600);
    assert_eq!(sqlite_time_limit::within(hour, || ask(&mut conn, SHORT)), Ok(Row { found: 1 }));
    let ended = sqlite_time_limit::within(Duration::from_millis(20), || {
        sqlite_time_limit::within(hour, || ask(&mut conn, ENDLESS))
    });
    assert!(ended.is_err());
    // So long that no clock reaches it.
    assert_eq!(sqlite_time_limit::within(Duration::MAX, || ask(&mut conn, SHORT)), Ok(Row { found: 1 }));
}

#[test]
fn other_threads_have_no_limit_and_a_panic_leaves_none_behind() {
    let over = sqlite_time_limit::within(Duration::ZERO, || {
        std::thread::spawn(sqlite_time_limit::is_over).join().expect("no panic")
    });
    assert!(!over);
    let panic =
        std::panic::catch_unwind(|| sqlite_time_limit::within(Duration::ZERO, || panic!("on purpose")));
    assert!(panic.is_err() && !sqlite_time_limit::is_over());
}
