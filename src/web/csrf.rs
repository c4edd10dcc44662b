//! Forms: every one carries the token of its session, and none is looked at without it.
//!
//! A handler that changes something takes [`Form`]; there is no other way to read a form, so none
//! can forget the check. (The synchronizer token pattern of OWASP's CSRF cheat sheet.)

use super::PageError;
use super::home::is_local;
use crate::secrets::random_text;
use crate::state::AppState;
use actix_session::{Session, SessionExt as _};
use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{CONTENT_TYPE, HOST, HeaderMap, ORIGIN};
use actix_web::middleware::Next;
use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest, web};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use std::future::{Future, Ready, ready};
use std::time::Duration;
use subtle::ConstantTimeEq as _;
use url::Url;

/// The hidden field's name, and the key in the session.
const FIELD: &str = crate::forms::CSRF;

/// A form that comes more slowly holds a place that others need.
const PATIENCE: Duration = Duration::from_secs(20);

/// No form of ours is longer (bytes).
const LONGEST: usize = 64 * 1024;

/// The browser says itself that another site, or another origin, sent the form. Browsers that say neither are held to
/// the token alone. (Fetch Metadata Request Headers, W3C; `Origin`, RFC 6454 §7.)
fn comes_from_elsewhere(req: &HttpRequest) -> bool {
    let is_of_another_site =
        req.headers().get("sec-fetch-site").is_some_and(|site| site == "cross-site" || site == "same-site");
    is_of_another_site || is_of_another_origin(req)
}

/// Whether `Origin` names another page than one of the portal's. Each page of the portal has the `Referrer-Policy`
/// `same-origin`, under which a browser names the true origin of a form that goes to the same one, and `null` of any
/// other (Fetch §3.2): so `null` is never ours.
fn is_of_another_origin(req: &HttpRequest) -> bool {
    let Some(origin) = req.headers().get(ORIGIN) else { return false };
    let Some(app) = req.app_data::<web::Data<AppState>>() else { return true };
    let Some(origin) = origin.to_str().ok().and_then(|origin| Url::parse(origin).ok()) else { return true };
    if origin.origin() == app.base_url.origin() {
        return false;
    }
    // On this machine the portal has several names, and a forwarded port may be another one.
    let port = origin.port_or_known_default();
    let asked = req.headers().get(HOST).and_then(|host| host.to_str().ok());
    let asked = asked.and_then(|host| Url::parse(&format!("{}://{host}", origin.scheme())).ok());
    let is_this_port = port == app.base_url.port_or_known_default()
        || asked.is_some_and(|asked| asked.port_or_known_default() == port);
    !(is_local(&app.base_url) && is_local(&origin) && is_this_port)
}

/// Whether the body is of the type that our forms have: a `text/plain` form is one of another site.
fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';')
        .next()
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}

/// A form that came from a page of this session.
pub struct Form<T>(pub T);

/// A form that came from a page of this session, or of the one before it in the same browser: a tab that stood
/// open while another one logged in or out. Nothing is done by a stale one but showing it again.
pub enum TabForm<T> {
    Fresh(T),
    Stale(T),
}

/// A form that is a button and says no more.
#[derive(serde::Deserialize)]
pub struct NoFields {}

/// The token of this session for the forms of one page; made at the first call.
pub(super) fn token(session: &Session) -> Result<String, PageError> {
    if let Some(token) = session.get::<String>(FIELD).ok().flatten() {
        return Ok(masked(&token));
    }
    let token = random_text(24);
    session.insert(FIELD, &token).map_err(PageError::internal)?;
    Ok(masked(&token))
}

/// A token as it stands in a page: behind a mask that is another one each time. Pages are compressed, and from the
/// lengths of many answers with one text in them somebody could find it letter by letter (the BREACH attack).
fn masked(token: &str) -> String {
    let mut both = vec![0; 2 * token.len()];
    let (mask, behind) = both.split_at_mut(token.len());
    rand::fill(&mut *mask);
    for ((behind, byte), mask) in behind.iter_mut().zip(token.bytes()).zip(mask) {
        *behind = byte ^ *mask;
    }
    URL_SAFE_NO_PAD.encode(both)
}

/// Whether this is the token behind some mask. The token itself is none.
fn is_masked(given: &str, token: &str) -> bool {
    let Ok(both) = URL_SAFE_NO_PAD.decode(given) else { return false };
    let (mask, behind) = both.split_at(both.len() / 2);
    let bare: Vec<u8> = behind.iter().zip(mask).map(|(behind, mask)| behind ^ mask).collect();
    both.len() == 2 * token.len() && bare.ct_eq(token.as_bytes()).into()
}

/// What came of reading a form, until a handler takes it.
struct Arrived(Result<(web::Bytes, bool), PageError>);

/// Reads a form before anybody looks at who sent it. A sender decides when its end comes: who was asked before might have
/// been logged out, removed or given another role by then, and would still be served as what they were.
///
/// # Errors
/// Those of the service. What is wrong with the form is said by the handler that wants it.
pub async fn forms_first<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    if request.method() == Method::POST && is_form(request.headers()) {
        let mut payload = request.take_payload();
        let arrived = read(request.request(), &mut payload).await;
        request.extensions_mut().insert(Arrived(arrived));
    }
    next.call(request).await
}

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = PageError;
    type Future = Ready<Result<Self, PageError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(take_ours(req).and_then(|body| parse(&body)).map(Form))
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for TabForm<T> {
    type Error = PageError;
    type Future = Ready<Result<Self, PageError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let form = read_once(req)
            .and_then(|(body, is_ours)| parse(&body).map(if is_ours { Self::Fresh } else { Self::Stale }));
        ready(form)
    }
}

/// The body of a form, and whether it has this session's token. What is no form is nobody's.
fn read_once(req: &HttpRequest) -> Result<(web::Bytes, bool), PageError> {
    req.extensions_mut().remove::<Arrived>().map_or(Err(PageError::ForeignForm), |Arrived(form)| form)
}

/// The body of a form of this session.
pub(super) fn take_ours(req: &HttpRequest) -> Result<web::Bytes, PageError> {
    let (body, is_ours) = read_once(req)?;
    if is_ours { Ok(body) } else { Err(PageError::ForeignForm) }
}

pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, PageError> {
    // No form of ours can hold one, and PostgreSQL keeps no text with one.
    if body.contains(&0) || body.windows(3).any(|three| three == b"%00") {
        return Err(PageError::BadForm("U+0000".to_owned()));
    }
    serde_html_form::from_bytes(body).map_err(|e| PageError::BadForm(e.to_string()))
}

/// The body, and whether it has this session's token. Refused when there is no session, or another site sent it.
fn read(
    req: &HttpRequest,
    payload: &mut Payload,
) -> impl Future<Output = Result<(web::Bytes, bool), PageError>> + 'static {
    let session = req.get_session();
    let payload = web::Payload::from_request(req, payload);
    let is_foreign = comes_from_elsewhere(req);
    async move {
        let payload = payload.await.map_err(|e| PageError::BadForm(e.to_string()))?;
        // Before the body is read: it costs a stranger nothing to send half of one.
        let expected = session.get::<String>(FIELD).ok().flatten().ok_or(PageError::ForeignForm)?;
        if is_foreign {
            return Err(PageError::ForeignForm);
        }
        let body = match tokio::time::timeout(PATIENCE, payload.to_bytes_limited(LONGEST)).await {
            Ok(Ok(Ok(body))) => body,
            Ok(Ok(Err(broken_off))) => return Err(PageError::BadForm(broken_off.to_string())),
            Ok(Err(_too_large)) => return Err(PageError::FormTooLarge),
            Err(_too_slow) => return Err(PageError::FormTooSlow),
        };
        let given = url::form_urlencoded::parse(&body).find(|(name, _)| name == FIELD);
        let is_ours = given.is_some_and(|(_, given)| is_masked(&given, &expected));
        Ok((body, is_ours))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_many_masks_and_is_taken_behind_each() {
        let token = random_text(24);
        let masks: Vec<String> = (0..100).map(|_| masked(&token)).collect();
        for (number, one) in masks.iter().enumerate() {
            assert!(is_masked(one, &token));
            assert!(!masks[..number].contains(one), "twice the same");
            assert!(!is_masked(one, &random_text(24)), "of another session");
        }
        // What all of them have in common is their length alone.
        let same = |at: usize| masks.iter().all(|one| one.as_bytes()[at] == masks[0].as_bytes()[at]);
        assert!(!(0..masks[0].len()).any(same));
    }

    #[test]
    fn nothing_else_is_taken() {
        let token = random_text(24);
        let one = masked(&token);
        let twice = URL_SAFE_NO_PAD.encode([token.as_bytes(), token.as_bytes()].concat());
        let no_mask = URL_SAFE_NO_PAD.encode([&vec![0; token.len() - 1], token.as_bytes()].concat());
        for wrong in
            ["", "A", "AA", &token, &one[1..], &one[..one.len() - 2], &format!("{one}A"), &twice, &no_mask]
        {
            assert!(!is_masked(wrong, &token), "{wrong}");
        }
    }
}
