//! Devices on which somebody logged in before. A sealed cookie says so; whoever has it is throttled by
//! the device and not by what strangers do to the same address.

use super::PageError;
use super::session::cookie_name;
use crate::people::{self, User};
use crate::secrets::{Sealed, hash_of};
use crate::state::AppState;
use crate::time::Timestamp;
use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use secrecy::{ExposeSecret as _, SecretString};

/// Name of the cookie.
const COOKIE: &str = "alva_device";

/// A device is known for so many days after a log-in.
const DAYS: i64 = 180;

/// What the cookie is sealed for.
const PLACE: &str = "devices";

fn key_of(email: &str) -> String {
    hash_of(&people::known_as(email))
}

/// What the cookie says of this device for this address.
struct Remembered {
    name: String,
    /// What the password was at the last log-in; cookies of earlier versions do not say.
    password: Option<String>,
}

fn remembered(app: &AppState, request: &HttpRequest, email: &str) -> Option<Remembered> {
    let cookie = request.cookie(&cookie_name(COOKIE, &app.base_url))?;
    let sealed = Sealed::from_cookie(cookie.value())?;
    let text = app.sealer.open(&sealed, PLACE).ok()?;
    let mut parts = text.expose_secret().split(' ');
    let (until, key, name) = (parts.next()?.parse::<i64>().ok()?, parts.next()?, parts.next()?);
    let password = parts.next().map(str::to_owned);
    let is_good = until > Timestamp::now().0 && key == key_of(email);
    is_good.then(|| Remembered { name: name.to_owned(), password })
}

/// The name of this device when somebody logged in on it with this address, be it with another password.
pub fn name(app: &AppState, request: &HttpRequest, email: &str) -> Option<String> {
    remembered(app, request, email).map(|device| device.name)
}

/// The name of this device when somebody logged in on it with this address and the password of now. A new password makes
/// all devices unknown but the one that it was set on: who had the old one does not guess at the new one faster than
/// others.
pub async fn known(app: &AppState, request: &HttpRequest, email: &str) -> Result<Option<String>, PageError> {
    let Some(Remembered { name, password: Some(password) }) = remembered(app, request, email) else {
        return Ok(None);
    };
    let email = people::known_as(email);
    let user = app.db.read(move |conn| people::user_by_email(conn, &email)).await?;
    Ok(user.filter(|user| people::password_mark(user) == password).map(|_| name))
}

/// A name for a device on which nobody logged in before.
pub fn fresh() -> String {
    crate::secrets::random_text(12)
}

/// The cookie of a device on which somebody has just logged in.
pub fn cookie(app: &AppState, user: &User, device: &str) -> Cookie<'static> {
    let days = Duration::days(DAYS);
    let until = Timestamp::now().0 + days.whole_seconds() * 1000;
    let text = format!("{until} {} {device} {}", key_of(&user.email), people::password_mark(user));
    let sealed = app.sealer.seal(&SecretString::from(text), PLACE);
    Cookie::build(cookie_name(COOKIE, &app.base_url), sealed.to_cookie())
        .path("/")
        .max_age(days)
        .secure(app.base_url.scheme() == "https")
        .http_only(true)
        .same_site(SameSite::Lax)
        .finish()
}
