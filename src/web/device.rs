//! Devices on which somebody logged in before. A sealed cookie says so; whoever has it is throttled by
//! the device and not by what strangers do to the same address.

use super::session::cookie_name;
use crate::people;
use crate::secrets::{Sealed, Sealer, hash_of};
use crate::time::Timestamp;
use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

/// Name of the cookie.
const COOKIE: &str = "alva_device";

/// A device is known for so many days after a log-in.
const DAYS: i64 = 180;

/// What the cookie is sealed for.
const PLACE: &str = "devices";

fn key_of(email: &str) -> String {
    hash_of(&people::known_as(email))
}

/// The name of this device when somebody logged in on it with this address; `None` otherwise.
pub fn known(request: &HttpRequest, sealer: &Sealer, email: &str, base_url: &Url) -> Option<String> {
    let cookie = request.cookie(&cookie_name(COOKIE, base_url))?;
    let sealed = Sealed::from_cookie(cookie.value())?;
    let text = sealer.open(&sealed, PLACE).ok()?;
    let mut parts = text.expose_secret().split(' ');
    let (until, key, device) = (parts.next()?.parse::<i64>().ok()?, parts.next()?, parts.next()?);
    (until > Timestamp::now().0 && key == key_of(email)).then(|| device.to_owned())
}

/// A name for a device on which nobody logged in before.
pub fn fresh() -> String {
    crate::secrets::random_text(12)
}

/// The cookie of a device on which somebody has just logged in.
pub fn cookie(sealer: &Sealer, email: &str, device: &str, base_url: &Url) -> Cookie<'static> {
    let days = Duration::days(DAYS);
    let until = Timestamp::now().0 + days.whole_seconds() * 1000;
    let text = format!("{until} {} {device}", key_of(email));
    let sealed = sealer.seal(&SecretString::from(text), PLACE);
    Cookie::build(cookie_name(COOKIE, base_url), sealed.to_cookie())
        .path("/")
        .max_age(days)
        .secure(base_url.scheme() == "https")
        .http_only(true)
        .same_site(SameSite::Lax)
        .finish()
}
