//! The way in and out: Email, Password, **Log in**.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use subtle::ConstantTimeEq;

use super::html::{error_page, html_response, page, see_other};
use super::session::{COOKIE, Posted, remove_cookie, set_cookie};
use crate::sandbox::{Shared, home};

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/login").get(show).post(log_in)).route("/logout", web::post().to(log_out));
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage<'a> {
    next: &'a str,
    email: &'a str,
    for_app: bool,
    problem: Option<&'a str>,
}

impl<'a> LoginPage<'a> {
    fn new(next: &'a str, email: &'a str, problem: Option<&'a str>) -> Self {
        Self { next, email, for_app: next.starts_with("/authorize"), problem }
    }
}

#[derive(Deserialize)]
struct LoginQuery {
    #[serde(default)]
    next: String,
}

async fn show(query: web::Query<LoginQuery>) -> HttpResponse {
    page(StatusCode::OK, &LoginPage::new(local(&query.next), "", None))
}

#[derive(Deserialize)]
struct LoginForm {
    #[serde(default)]
    next: String,
    email: String,
    password: String,
}

async fn log_in(request: HttpRequest, sandbox: Shared, form: web::Form<LoginForm>) -> HttpResponse {
    if let Err(foreign) = home::check(request.headers(), &sandbox.options) {
        return html_response(StatusCode::FORBIDDEN, error_page("Not from here", &format!("{foreign}.")));
    }
    let next = local(&form.next);
    let known = sandbox
        .read()
        .user_by_email(form.email.trim())
        .filter(|user| user.deactivated_at.is_none())
        .filter(|user| bool::from(user.password.as_bytes().ct_eq(form.password.as_bytes())))
        .map(|user| user.id.clone());
    let Some(user) = known else {
        let problem = "Email or password is wrong. The sandbox prints a working pair when it starts.";
        return page(StatusCode::UNAUTHORIZED, &LoginPage::new(next, &form.email, Some(problem)));
    };
    if let Some(before) = request.cookie(COOKIE) {
        sandbox.sessions.close(before.value());
    }
    let mut answer = see_other(next);
    set_cookie(&mut answer, COOKIE, sandbox.sessions.open(&user));
    answer
}

async fn log_out(posted: Posted) -> HttpResponse {
    posted.end_session();
    let mut answer = see_other("/login");
    remove_cookie(&mut answer, COOKIE);
    answer
}

/// Only a path of our own is gone to after the log-in.
fn local(next: &str) -> &str {
    let inside = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\n', '\r', '\t']);
    if inside { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn the_log_in_leads_only_to_our_own_pages() {
        assert_eq!(local("/authorize?a=b"), "/authorize?a=b");
        for elsewhere in ["", "https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example"]
        {
            assert_eq!(local(elsewhere), "/");
        }
    }
}
