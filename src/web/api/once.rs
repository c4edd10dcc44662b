//! What is done once, however often it is asked for: `Idempotency-Key`, as draft-ietf-httpapi-idempotency-key-header-07
//! describes it.

use super::ApiResult;
use super::caller::Caller;
use super::problem::{MEDIA_TYPE, Problem};
use crate::api_tokens::idempotency::{self, Claimed};
use crate::db::{Conn, DbResult};
use crate::ids::{ApiTokenId, CandidateId, CompanyId};
use crate::state::AppState;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderName;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse, rt};
use serde::Serialize;
use utoipa::IntoParams;

/// The header.
const KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Characters of a key, at most.
const LONGEST: usize = 255;

/// How the header is described.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "the field is only described")]
pub struct IdempotencyKey {
    /// A text in quotes that is new for each call. The same call with the same key is answered the same for 24 hours, and
    /// nothing is done twice.
    #[param(rename = "Idempotency-Key", pattern = r#"^"[ !#-\[\]-~]{1,255}"$"#)]
    key: Option<String>,
}

/// What a write decided: an answer, or that it cannot be.
pub struct Decided {
    status: StatusCode,
    body: String,
    /// Whom it names.
    about: CandidateId,
}

impl Decided {
    /// It is done, or planned.
    pub fn done<T: Serialize>(status: StatusCode, answer: &T, about: CandidateId) -> Self {
        let body = serde_json::to_string(answer).expect("texts and numbers are JSON");
        Self { status, body, about }
    }

    /// It cannot be, as things stand.
    pub fn refused(problem: &Problem, about: CandidateId) -> Self {
        let (status, body) = problem.sent();
        Self { status, body, about }
    }
}

fn answer(status: StatusCode, body: String) -> HttpResponse {
    let kind = if status.as_u16() < 400 { "application/json" } else { MEDIA_TYPE };
    HttpResponse::build(status).content_type(kind).body(body)
}

/// A text as structured fields write it (RFC 9651 §3.3.3), without parameters: in quotes, in which `\"` and `\\` stand for
/// the characters themselves.
fn unquoted(text: &str) -> Option<String> {
    let inside = text.trim_matches([' ', '\t']).strip_prefix('"')?;
    let (mut found, mut rest) = (String::new(), inside.chars());
    loop {
        match rest.next()? {
            '"' => break,
            '\\' => found.push(rest.next().filter(|escaped| matches!(escaped, '"' | '\\'))?),
            plain @ ' '..='~' => found.push(plain),
            _ => return None,
        }
    }
    let is_all = rest.next().is_none();
    (is_all && (1..=LONGEST).contains(&found.len())).then_some(found)
}

/// The key of a request; none where it has none.
fn key(request: &HttpRequest) -> Result<Option<String>, Problem> {
    let mut given = request.headers().get_all(KEY);
    let Some(first) = given.next() else { return Ok(None) };
    let key = first.to_str().ok().and_then(unquoted).filter(|_| given.next().is_none());
    key.map(Some).ok_or_else(Problem::bad_key)
}

/// A call with a key, and all by which it is told from another.
struct Keyed {
    company: CompanyId,
    token: ApiTokenId,
    key: String,
    request: String,
}

/// Does `work` in a transaction and answers what it decided. With a key it is done once: the same call again is answered
/// the same, and another call with that key is refused.
///
/// # Errors
/// When the key cannot be read or means another call, or the database refuses.
pub async fn once<S>(
    app: &Data<AppState>,
    caller: &Caller<S>,
    request: &HttpRequest,
    body: Bytes,
    work: impl FnOnce(&mut Conn) -> DbResult<Decided> + Send + 'static,
) -> ApiResult {
    let key = key(request)?;
    let keyed = key.map(|key| Keyed {
        company: caller.company.id,
        token: caller.token,
        key,
        // A line break stands in no method and no address, so that no two calls have one text.
        request: format!("{}\n{}\n{}", request.method(), request.path(), String::from_utf8_lossy(&body)),
    });
    let app = app.clone();
    // The program may be gone before it is done. It is done anyway, and the key says what came of it.
    let done = rt::spawn(async move {
        let done = match keyed {
            None => {
                app.db.write(work).await.map_err(Problem::from).map(|made| answer(made.status, made.body))
            }
            Some(keyed) => with_key(&app, keyed, work).await,
        };
        app.work.notify_one();
        done
    });
    done.await.unwrap_or_else(|cause| {
        tracing::error!(%cause, "a call of the API did not come to its end");
        Err(Problem::internal())
    })
}

async fn with_key(
    app: &AppState,
    keyed: Keyed,
    work: impl FnOnce(&mut Conn) -> DbResult<Decided> + Send + 'static,
) -> ApiResult {
    let Keyed { company, token, key, request } = keyed;
    let claimed =
        app.db.write(move |conn| idempotency::claim(conn, &company, &token, &key, &request)).await?;
    let id = match claimed {
        Claimed::New(id) => id,
        Claimed::Running => return Err(Problem::still_running()),
        Claimed::OfAnotherCall => return Err(Problem::key_of_another_call()),
        Claimed::Answered { status, body } => {
            let status = StatusCode::from_u16(status).map_err(|_| Problem::internal())?;
            return Ok(answer(status, body));
        }
    };
    let done = app
        .db
        .write(move |conn| {
            if !idempotency::hold(conn, &id)? {
                return Ok(None);
            }
            let made = work(conn)?;
            idempotency::keep(conn, &id, Some(&made.about), made.status.as_u16(), &made.body)?;
            Ok(Some(made))
        })
        .await;
    match done {
        Ok(Some(made)) => Ok(answer(made.status, made.body)),
        Ok(None) => Err(Problem::still_running()),
        Err(failure) => {
            // Nothing was done, so the key is free again. Where that is not to be written either, it is in two minutes.
            if let Err(cause) = app.db.write(move |conn| idempotency::release(conn, &id)).await {
                tracing::warn!(%cause, "the key of a call that failed stays taken for a while");
            }
            Err(failure.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_text_in_quotes() {
        let long = format!("\"{}\"", "k".repeat(255));
        for (text, expected) in [
            ("\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", Some("8e03978e-40d5-43dd-bc93-6894a57f9324")),
            (" \"a b\" ", Some("a b")),
            (r#""a\"b\\c""#, Some(r#"a"b\c"#)),
            (&long, Some(&long[1..256])),
            ("8e03978e-40d5-43dd-bc93-6894a57f9324", None),
            ("\"\"", None),
            ("\"a", None),
            ("\"a\";b=1", None),
            ("\"a\", \"b\"", None),
            (r#""a\n""#, None),
            ("\"ä\"", None),
            ("", None),
            (&format!("\"{}\"", "k".repeat(256)), None),
        ] {
            assert_eq!(unquoted(text).as_deref(), expected, "{text}");
        }
    }
}
