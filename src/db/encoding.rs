//! Whether a PostgreSQL database can keep every letter of people's names.

use diesel::{QueryResult, RunQueryDsl as _};

#[derive(diesel::QueryableByName)]
struct Asked {
    #[diesel(sql_type = diesel::sql_types::Text)]
    encoding: String,
}

/// The server's word for the database's encoding, where that lacks letters; none for UTF-8.
pub(super) fn lacking(conn: &mut diesel::PgConnection) -> QueryResult<Option<String>> {
    let asked: Asked =
        diesel::sql_query("SELECT current_setting('server_encoding') AS encoding").get_result(conn)?;
    Ok(Some(asked.encoding).filter(|encoding| encoding != "UTF8"))
}
