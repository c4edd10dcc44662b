//! Whether the database takes what comes now: a write goes through, and there is room on its disk.

use super::{Backend, Conn, Db, DbError, DbResult};
use diesel::connection::SimpleConnection as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// There must be room for so much: more than the largest delivery takes with its indexes (bytes).
const ROOM: usize = 512 * 1024;

/// Who asks again sooner gets the same answer: asking takes no log-in, and trying costs work.
const FRESH: Duration = Duration::from_millis(250);

/// Writes to the server's disk and leaves nothing behind: a sort that does not fit into memory, in a transaction
/// that may write.
const POSTGRES: &str = "SELECT txid_current(); SET LOCAL work_mem = '64kB'; \
    SELECT count(*) FROM (SELECT md5(n::text) FROM generate_series(1, 16000) n ORDER BY 1 OFFSET 0) AS sorted";

/// The last answer, and the folder of an SQLite file.
pub(super) struct Probe {
    folder: Option<PathBuf>,
    last: Mutex<Option<(Instant, Result<(), String>)>>,
}

impl Probe {
    pub(super) fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, last: Mutex::new(None) }
    }
}

impl Db {
    /// Tries to write as much as the largest delivery takes.
    ///
    /// # Errors
    /// Says why what comes now could not be kept.
    pub async fn probe(&self) -> Result<(), String> {
        let mut last = self.probe.last.lock().await;
        if let Some((at, answer)) = &*last
            && at.elapsed() < FRESH
        {
            return answer.clone();
        }
        let answer = self.try_room().await;
        *last = Some((Instant::now(), answer.clone()));
        answer
    }

    async fn try_room(&self) -> Result<(), String> {
        if let Some(folder) = self.probe.folder.clone() {
            let tried = tokio::task::spawn_blocking(move || {
                // Without a name, so that nothing stays whatever happens; sparse pages would take no room.
                tempfile::tempfile_in(folder)?.write_all(&vec![0xa1; ROOM])
            });
            let tried = tried.await.map_err(|failure| failure.to_string())?;
            tried.map_err(|failure| format!("there is no room beside the database: {failure}"))?;
        }
        let is_postgres = self.backend() == Backend::Postgres;
        let write = move |conn: &mut Conn| -> DbResult<()> {
            Ok(conn.batch_execute(if is_postgres { POSTGRES } else { "SELECT 1" })?)
        };
        self.write(write).await.map_err(|failure: DbError| failure.to_string())
    }
}
