//! The two calls of SQLite's: one that each new connection makes, one that a running statement makes now and then.

#![allow(unsafe_code, reason = "SQLite's C interface")]

use libsqlite3_sys::{
    SQLITE_OK, sqlite3, sqlite3_api_routines, sqlite3_auto_extension, sqlite3_progress_handler,
};
use std::ffi::{c_char, c_int, c_void};

/// So many steps of SQLite's machine between two looks at the clock: about a tenth of a millisecond.
const STEPS: c_int = 10_000;

/// Asks SQLite to call [`opened`] for each new connection.
///
/// # Errors
/// SQLite's result code.
pub(crate) fn install() -> Result<(), c_int> {
    // SAFETY: `opened` has the type that SQLite documents for it and lives as long as the process. SQLite takes the same
    // function once only, and the call may be made from several threads.
    match unsafe { sqlite3_auto_extension(Some(opened)) } {
        SQLITE_OK => Ok(()),
        code => Err(code),
    }
}

unsafe extern "C" fn opened(db: *mut sqlite3, _: *mut *mut c_char, _: *const sqlite3_api_routines) -> c_int {
    // SAFETY: SQLite hands in the connection that it is opening. The handler takes no argument of ours, so nothing must
    // outlive it.
    unsafe { sqlite3_progress_handler(db, STEPS, Some(look), std::ptr::null_mut()) };
    SQLITE_OK
}

/// Anything but 0 ends the statement. It is called on the thread that runs the statement.
unsafe extern "C" fn look(_: *mut c_void) -> c_int {
    c_int::from(crate::is_over())
}
