//! A PostgreSQL database per test, in the cluster that `script/test` starts.

use diesel::prelude::*;
use uuid::Uuid;

/// Names the cluster: a URL of a role that may create databases.
const VARIABLE: &str = "TEST_POSTGRES_URL";

/// An empty database of one test's own; dropped with this value.
pub struct TestDatabase {
    /// Where to connect to.
    pub url: String,
    name: String,
}

/// Creates an empty database.
///
/// # Panics
/// When there is no cluster: a half that is not run must not look like a half that passed.
pub fn create() -> TestDatabase {
    create_with("")
}

/// The same with an encoding: `ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'`.
pub fn create_with(encoding: &str) -> TestDatabase {
    let name = format!("alva_test_{}", Uuid::new_v4().simple());
    run(&format!("CREATE DATABASE {name} TEMPLATE template0 {encoding}"))
        .unwrap_or_else(|e| panic!("cannot create the database {name}: {e}"));
    let mut url = cluster();
    url.set_path(&name);
    TestDatabase { url: url.into(), name }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // FORCE: a pool of the test may still hold connections.
        let dropped = run(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        if let Err(e) = dropped {
            eprintln!("cannot drop the database {}: {e}", self.name);
        }
    }
}

fn run(statement: &str) -> Result<(), String> {
    let mut connection = PgConnection::establish(cluster().as_str()).map_err(|e| e.to_string())?;
    diesel::sql_query(statement).execute(&mut connection).map_err(|e| e.to_string())?;
    Ok(())
}

fn cluster() -> url::Url {
    let url = std::env::var(VARIABLE).unwrap_or_else(|_| {
        panic!(
            "{VARIABLE} is not set, and the tests run on PostgreSQL too. Run `script/test`, which \
             starts a cluster of its own, or name one whose role may create databases: \
             {VARIABLE}=postgres://postgres@127.0.0.1:5432/postgres cargo test"
        )
    });
    url.parse().unwrap_or_else(|e| panic!("{VARIABLE} is not a URL ({e}): {url}"))
}

/// Every row of every table, as text.
pub fn dump(url: &str) -> String {
    #[derive(diesel::QueryableByName)]
    struct Line {
        #[diesel(sql_type = diesel::sql_types::Text)]
        text: String,
    }
    let mut conn = PgConnection::establish(url).unwrap();
    let lines = |conn: &mut PgConnection, sql: &str| -> Vec<String> {
        let found: Vec<Line> = diesel::sql_query(sql).load(conn).unwrap();
        found.into_iter().map(|line| line.text).collect()
    };
    let tables =
        lines(&mut conn, "SELECT tablename::text AS text FROM pg_tables WHERE schemaname = 'public'");
    tables
        .iter()
        .flat_map(|table| {
            // Bytes are shown as text where they are text.
            let rows = lines(&mut conn, &format!("SELECT t::text AS text FROM {table} t"));
            rows.into_iter()
                .map(|row| String::from_utf8_lossy(&unhex(&row)).into_owned() + &row)
                .collect::<Vec<_>>()
        })
        .collect()
}

/// The bytes behind PostgreSQL's `\\x…` in a row.
fn unhex(row: &str) -> Vec<u8> {
    row.split("\\x")
        .skip(1)
        .flat_map(|rest| {
            let digits: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
            hex::decode(&digits[..digits.len() / 2 * 2]).unwrap_or_default()
        })
        .collect()
}
