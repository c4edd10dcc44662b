//! What `alva-portal check` looks at on the machine itself: its clock, and the room on the disk of an SQLite database.

use crate::db;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use std::path::Path;

/// Codes of two steps, tokens that end and the times of deliveries stand so much (seconds).
const MOST_WRONG: i64 = 30;

/// With less, a night's deliveries may not fit (bytes).
const LEAST_ROOM: u64 = 256 * 1024 * 1024;

/// This machine's clock beside the `Date` that Lever's API answered with; `None` when it gave none.
pub(super) fn clock(date: Option<&str>, now: Timestamp) -> Option<Result<String, String>> {
    let theirs = rfc2822::parse(date?).ok()?.timestamp();
    let ahead = now.duration_since(theirs).as_secs();
    let seconds = ahead.abs();
    Some(match ahead {
        _ if seconds <= MOST_WRONG => Ok(format!("within {MOST_WRONG} s of Lever's")),
        1.. => Err(format!("{seconds} s ahead of Lever's; {SET}")),
        _ => Err(format!("{seconds} s behind Lever's; {SET}")),
    })
}

const SET: &str = "let the system set it: timedatectl set-ntp true";

/// The room on the disk of an SQLite database; `None` for PostgreSQL, whose disk is elsewhere.
pub(super) fn disk(database_url: &str) -> Option<Result<String, String>> {
    let file = db::sqlite_path(database_url)?;
    let folder = match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let room = match rustix::fs::statvfs(folder) {
        Ok(disk) => disk.f_bavail.saturating_mul(disk.f_frsize),
        Err(failure) => return Some(Err(format!("{} cannot be looked at: {failure}", folder.display()))),
    };
    let size = std::fs::metadata(file).map_or(0, |file| file.len());
    let (shown, needed) = (megabytes(room), size.max(LEAST_ROOM));
    Some(if room >= needed {
        Ok(format!("{shown} free, and the database has {}", megabytes(size)))
    } else {
        Err(format!(
            "{shown} free in {}, of {} that a copy of the database or a change of its schema may take; make room, or \
             move the database to a larger disk (DATABASE_URL)",
            folder.display(),
            megabytes(needed)
        ))
    })
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes / 1_000_000)
}
