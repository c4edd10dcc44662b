//! Files of any length, in constant memory: the database is asked for the next rows when the ones
//! before are on their way.

use super::{PageError, PageResult};
use crate::blocking::OneOfFew;
use crate::db::{Conn, Db, DbResult, limit};
use crate::export::{Exported, Format, PATIENCE};
use crate::ids::CompanyId;
use crate::state::AppState;
use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::Bytes;
use futures_util::stream;
use std::sync::Arc;

/// A place among the files that a company is being sent, to be kept until the file is there.
///
/// # Errors
/// When it is being sent as many as it may.
pub fn one_of_few(app: &AppState, company: CompanyId) -> Result<OneOfFew<CompanyId>, PageError> {
    app.exports.one_more(company).ok_or_else(|| PageError::Explained {
        status: StatusCode::TOO_MANY_REQUESTS,
        title: "Two exports are already running".to_owned(),
        text: "Your company is already downloading two files. Wait until one is complete, then try again."
            .to_owned(),
    })
}

/// Answers with all rows that `load` gives; it is called with the last row so far until it gives
/// none. A failure on the way ends the connection without the end of the file, so that nobody
/// takes a part for the whole.
///
/// # Errors
/// When the first rows cannot be read, or the company is being sent as many files as it may.
pub async fn download<R, F>(
    app: &AppState,
    company: CompanyId,
    name: &str,
    format: Format,
    load: F,
) -> PageResult
where
    R: Exported + Send + Sync + 'static,
    F: Fn(&mut Conn, Option<&R>) -> DbResult<Vec<R>> + Send + Sync + 'static,
{
    let (load, place) = (Arc::new(load), one_of_few(app, company)?);
    // Within the limit of pages, so that there is a page that says so.
    let first = next(&app.db, &load, None).await?;
    let header = format.write(&first[..0], true).map_err(PageError::internal)?;
    let beginning = stream::iter([Ok::<_, PageError>(Bytes::from(header))]);
    let db = app.db.clone();
    let rows = stream::try_unfold(first, move |rows: Vec<R>| {
        let _until_the_end = &place;
        let (db, load) = (db.clone(), Arc::clone(&load));
        async move {
            if rows.is_empty() {
                return Ok(None);
            }
            let text = format.write(&rows, false).map_err(PageError::internal)?;
            let following = limit::within(PATIENCE, next(&db, &load, rows.into_iter().next_back())).await;
            let following =
                following.inspect_err(|failure| tracing::warn!(%failure, "an export was not completed"))?;
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
