//! A connection to either database.

#![allow(missing_docs, reason = "the derive writes items beside the type that cannot be documented")]

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    Postgres(diesel::PgConnection),
    Sqlite(diesel::SqliteConnection),
}
