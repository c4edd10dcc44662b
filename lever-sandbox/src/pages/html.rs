//! From a template to an answer: the frame around each page, its headers, dates.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;
use askama::Template;
use jiff::Timestamp;

/// Nothing from elsewhere and nothing inline. `form-action` is left out on purpose: the
/// consent form ends in a redirect to another site, which that directive would stop.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
    img-src 'self' data:; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A main place of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Board,
    Postings,
    Inbox,
    Settings,
}

/// A tab of the settings page Integrations and API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    Webhooks,
    Apps,
    Credentials,
    Deliveries,
}

/// A message shown once, on the next page.
#[derive(Debug, Clone)]
pub(super) struct Flash {
    pub good: bool,
    pub text: String,
    /// The id of the thing it is about, which then shows it itself; empty for the whole page.
    pub about: String,
}

/// What the frame around a page shows.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub place: Place,
    pub user_name: String,
    pub csrf: String,
    pub flash: Option<Flash>,
}

/// Renders a template as a page with this status.
pub(super) fn page(status: StatusCode, template: &impl Template) -> HttpResponse {
    match template.render() {
        Ok(html) => html_response(status, html),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            HttpResponse::InternalServerError().body("The page could not be rendered.")
        }
    }
}

/// An HTML answer with the sandbox's security headers.
pub fn html_response(status: StatusCode, html: String) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header(header::ContentType::html())
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        // Without one, browsers would keep back from our own forms which site sent them.
        .insert_header((header::REFERRER_POLICY, "same-origin"))
        .body(html)
}

/// Sends the browser on with a GET.
pub(super) fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish()
}

/// A `<time>` element: how long ago (or ahead), with the exact time in its title.
pub(super) fn time_tag(at_ms: i64, now_ms: i64) -> String {
    let Ok(at) = Timestamp::from_millisecond(at_ms) else {
        return "an unknown time".to_owned();
    };
    let exact = at.strftime("%Y-%m-%d %H:%M:%S UTC");
    format!("<time datetime=\"{at}\" title=\"{exact}\">{}</time>", relative(at_ms, now_ms))
}

fn relative(at_ms: i64, now_ms: i64) -> String {
    let seconds = now_ms.saturating_sub(at_ms) / 1000;
    let span = match seconds.unsigned_abs() {
        0..=4 => return "now".to_owned(),
        s @ 5..=59 => format!("{s} s"),
        s @ 60..=3_599 => format!("{} min", s / 60),
        s @ 3_600..=86_399 => format!("{} h", s / 3_600),
        s @ 86_400..=172_799 => format!("{} day", s / 86_400),
        s => format!("{} days", s / 86_400),
    };
    if seconds > 0 { format!("{span} ago") } else { format!("in {span}") }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    title: &'a str,
    text: &'a str,
}

/// A page that says what went wrong and what to do, as HTML.
pub fn error_page(title: &str, text: &str) -> String {
    ErrorPage { title, text }.render().expect("writing to a string does not fail")
}

/// The page for an address that names nothing.
pub(super) fn not_found(what: &str) -> HttpResponse {
    html_response(
        StatusCode::NOT_FOUND,
        error_page("Not here", &format!("This {what} does not exist, or was deleted.")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_distances() {
        assert_eq!(relative(0, 2_000), "now");
        assert_eq!(relative(0, 120_000), "2 min ago");
        assert_eq!(relative(7_200_000, 0), "in 2 h");
        assert_eq!(relative(0, 86_400_000), "1 day ago");
    }
}
