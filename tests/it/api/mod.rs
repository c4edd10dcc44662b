//! `/api/v1` as a company's programs meet it, and the page on which admins hand out its tokens.

mod described;
mod doors;
mod junk;
mod limits;
mod lists;
mod once;
mod problems;
mod results;
mod tokens;
mod writes;

use crate::lists::Tenant;
use crate::support::portal::Portal;
use crate::support::visitor::Visitor;
use alva_portal::api_tokens::{self, Lifetime, NewToken, Scopes};
use alva_portal::audit::Actor;
use alva_portal::ids::CompanyId;
use alva_portal::people::{Name, PeopleError};
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use secrecy::ExposeSecret as _;
use serde_json::Value;

/// The page of tokens.
const PAGE: &str = "/settings/company/api-tokens";

/// Every scope.
pub const ALL: [&str; 6] = [
    "audit:read",
    "candidates:read",
    "events:read",
    "integrations:read",
    "invitations:read",
    "invitations:write",
];

/// Every route that is read, with its scope; `{event}`, `{candidate}`, `{invitation}` and `{integration}` stand for ids.
const ROUTES: [(&str, &str); 9] = [
    ("/api/v1/integrations", "integrations:read"),
    ("/api/v1/events", "events:read"),
    ("/api/v1/events/{event}", "events:read"),
    ("/api/v1/candidates", "candidates:read"),
    ("/api/v1/candidates/{candidate}", "candidates:read"),
    ("/api/v1/invitations", "invitations:read"),
    ("/api/v1/invitations/{invitation}", "invitations:read"),
    ("/api/v1/audit", "audit:read"),
    ("/api/v1/completeness?integration={integration}", "integrations:read"),
];

/// An answer.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|_| panic!("{} is no JSON: {}", self.status, self.text))
    }

    /// The rows of a list.
    #[track_caller]
    pub fn data(&self) -> Vec<Value> {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text);
        self.json()["data"].as_array().unwrap_or_else(|| panic!("a list: {}", self.text)).clone()
    }

    /// The same field of all rows of a list.
    #[track_caller]
    pub fn each(&self, field: &str) -> Vec<String> {
        self.data().iter().map(|row| row[field].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// That it is a problem as RFC 9457 describes them, with this status and code; answers what it says.
    #[track_caller]
    pub fn is_problem(&self, status: u16, code: &str) -> String {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
        let body = self.json();
        assert_eq!(body["status"], status, "{body}");
        assert_eq!((&body["type"], &body["code"]), (&"about:blank".into(), &code.into()), "{body}");
        assert_eq!(body["title"], self.status.canonical_reason().unwrap(), "{body}");
        let detail = body["detail"].as_str().unwrap();
        assert!(detail.ends_with('.'), "a sentence: {detail}");
        detail.to_owned()
    }
}

/// A program with a token, or without one.
pub struct Program {
    base: url::Url,
    client: reqwest::Client,
    pub token: Option<String>,
}

impl Program {
    pub fn of(portal: &Portal, token: Option<&str>) -> Self {
        let base = portal.running.url.clone();
        Self { base, client: reqwest::Client::new(), token: token.map(str::to_owned) }
    }

    pub async fn ask(&self, method: Method, path: &str) -> Answer {
        self.ask_with(method, path, &[]).await
    }

    pub async fn ask_with(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.answer(self.client.request(method, self.base.join(path).unwrap()), path, headers).await
    }

    async fn answer(
        &self,
        mut request: reqwest::RequestBuilder,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        assert!(!headers.contains_key("set-cookie"), "{path} sets a cookie");
        assert_eq!(headers["cache-control"], "no-store", "{path}");
        Answer { status, headers, text: answer.text().await.unwrap() }
    }

    /// Sends JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(path, &body.to_string(), &[("content-type", "application/json")]).await
    }

    /// Sends JSON with an `Idempotency-Key`.
    pub async fn post_once(&self, path: &str, key: &str, body: &Value) -> Answer {
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        self.send(path, &body.to_string(), &headers).await
    }

    /// Sends a body as it is.
    pub async fn send(&self, path: &str, body: &str, headers: &[(&str, &str)]) -> Answer {
        let request = self.client.post(self.base.join(path).unwrap()).body(body.to_owned());
        self.answer(request, path, headers).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path).await
    }
}

/// Creates a token on the page, as an admin does; answers it.
pub async fn handed_out(admin: &Visitor, name: &str, scopes: &[&str]) -> String {
    let mut form = vec![("token_name", name), ("expires", "90")];
    form.extend(scopes.iter().map(|scope| ("scopes", *scope)));
    let page = admin.post(PAGE, &form).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    page.attribute("#new_token", "value").unwrap_or_else(|| panic!("a token: {}", page.html))
}

/// A token of a company, without the page.
pub async fn made(portal: &Portal, company: &CompanyId, scopes: &[&str]) -> String {
    use alva_portal::db::schema::users::dsl;
    use diesel::prelude::*;
    let (company, scopes) = (*company, Scopes::of_words(scopes.iter().copied()).unwrap());
    let asked = NewToken { name: Name::parse("A program").unwrap(), scopes, lifetime: Lifetime::Days30 };
    portal
        .write(move |conn| {
            let db = |cause: diesel::result::Error| PeopleError::Db(cause.into());
            let by =
                dsl::users.filter(dsl::company_id.eq(company)).select(dsl::id).first(conn).map_err(db)?;
            match api_tokens::create(conn, &company, &asked, &by, &Actor::CommandLine) {
                Ok(token) => Ok(token.expose_secret().to_owned()),
                Err(failure) => panic!("{failure}"),
            }
        })
        .await
}

/// A program of this company that may do everything.
pub async fn program(acme: &Tenant<'_>) -> Program {
    Program::of(acme.portal, Some(&made(acme.portal, &acme.company.id, &ALL).await))
}

/// A company with an event and a candidate who is invited, and the routes that lead to them.
pub async fn furnished<'p>(portal: &'p Portal, name: &str) -> (Tenant<'p>, Vec<(String, &'static str)>) {
    let acme = Tenant::of(portal, name).await;
    let candidate = acme.candidate("o1", "Ada Byron", "Backend engineer").await;
    let invitation = acme.invitation(&candidate, "p1", alva_portal::invitations::InvitationState::Sent).await;
    let mut event = acme.event(60);
    event.opportunity_id = Some("o1".to_owned());
    let id = event.id;
    acme.keep(vec![event]).await;
    let ids = [
        ("{event}", id.to_string()),
        ("{candidate}", candidate.to_string()),
        ("{invitation}", invitation.to_string()),
        ("{integration}", acme.account.to_string()),
    ];
    let path = |route: &str| ids.iter().fold(route.to_owned(), |path, (name, id)| path.replace(name, id));
    let routes = ROUTES.map(|(route, scope)| (path(route), scope)).into();
    (acme, routes)
}
