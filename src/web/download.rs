//! Files of any length, in constant memory: the database is asked for the next rows when the ones
//! before are on their way.

use super::{PageError, PageResult};
use crate::db::{Conn, Db, DbResult};
use crate::export::{Exported, Format};
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Bytes;
use futures_util::stream;
use std::sync::Arc;

/// Answers with all rows that `load` gives; it is called with the last row so far until it gives
/// none. A failure on the way ends the connection without the end of the file, so that nobody
/// takes a part for the whole.
///
/// # Errors
/// When the first rows cannot be read.
pub async fn download<R, F>(db: &Db, name: &str, format: Format, load: F) -> PageResult
where
    R: Exported + Send + Sync + 'static,
    F: Fn(&mut Conn, Option<&R>) -> DbResult<Vec<R>> + Send + Sync + 'static,
{
    let load = Arc::new(load);
    let first = next(db, &load, None).await?;
    let header = format.write(&first[..0], true).map_err(PageError::internal)?;
    let beginning = stream::iter([Ok::<_, PageError>(Bytes::from(header))]);
    let db = db.clone();
    let rows = stream::try_unfold(first, move |rows: Vec<R>| {
        let (db, load) = (db.clone(), Arc::clone(&load));
        async move {
            if rows.is_empty() {
                return Ok(None);
            }
            let text = format.write(&rows, false).map_err(PageError::internal)?;
            let following = next(&db, &load, rows.into_iter().next_back()).await?;
            Ok(Some((Bytes::from(text), following)))
        }
    });
    let disposition = format!("attachment; filename=\"{name}.{}\"", format.extension());
    Ok(HttpResponse::Ok()
        .content_type(format.media_type())
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .streaming(stream::StreamExt::chain(beginning, rows)))
}

async fn next<R, F>(db: &Db, load: &Arc<F>, last: Option<R>) -> Result<Vec<R>, PageError>
where
    R: Exported + Send + Sync + 'static,
    F: Fn(&mut Conn, Option<&R>) -> DbResult<Vec<R>> + Send + Sync + 'static,
{
    let load = Arc::clone(load);
    Ok(db.read(move |conn| load(conn, last.as_ref())).await?)
}
