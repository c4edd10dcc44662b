//! `/authorize`: who asks, whether they may, and what the user says.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use url::Url;

use crate::options::Client;
use crate::pages::{self, ConsentView, session};
use crate::sandbox::{Pending, Sandbox, Shared, home};
use crate::state::{AccessRole, Code, MOST_SCOPES, known};

/// The parameters of an authorization request.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Ask {
    client_id: Option<String>,
    redirect_uri: Option<String>,
    response_type: Option<String>,
    state: Option<String>,
    audience: Option<String>,
    #[serde(default)]
    scope: String,
    prompt: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
}

/// Why the browser isn't sent on with a code.
enum Refused {
    /// It isn't known where to send it: a page says so here.
    Page { title: &'static str, text: String },
    /// Sent back to the app with an error (RFC 6749 §4.1.2.1).
    Back { error: &'static str, description: String },
}

fn back(error: &'static str, description: impl Into<String>) -> Refused {
    Refused::Back { error, description: description.into() }
}

/// `GET /authorize`
pub(super) async fn ask(request: HttpRequest, lever: Shared) -> HttpResponse {
    let Ok(query) = web::Query::<Ask>::from_query(request.query_string()) else {
        return error_page("Invalid request", "A parameter of this address comes twice.");
    };
    let ask = query.into_inner();
    let client = match known_client(&lever, &ask) {
        Ok(client) => client,
        Err(refused) => return refuse(&ask, refused),
    };
    match consider(&request, &lever, &ask, client) {
        Ok(response) => response,
        Err(refused) => refuse(&ask, refused),
    }
}

/// Only the address of a registered app may learn anything.
fn known_client<'a>(lever: &'a Sandbox, ask: &Ask) -> Result<&'a Client, Refused> {
    let page = |title, text: &str| Refused::Page { title, text: text.to_owned() };
    let id = ask
        .client_id
        .as_deref()
        .ok_or_else(|| page("Invalid request", "Missing required parameter: client_id"))?;
    let client = lever
        .options
        .clients
        .iter()
        .find(|client| client.id == id)
        .ok_or_else(|| page("Unknown client", &format!("Unknown client: {id}")))?;
    let redirect = ask.redirect_uri.as_deref().unwrap_or_default();
    if client.redirect_uris.iter().any(|uri| uri == redirect) {
        return Ok(client);
    }
    Err(page(
        "undefined",
        &format!(
            "Callback URL mismatch. {redirect} is not in the list of allowed callback URLs \
             of this app; they are compared byte by byte."
        ),
    ))
}

/// What the app asks for, after everything that Auth0 checks.
fn checked_scopes(lever: &Sandbox, ask: &Ask) -> Result<Vec<String>, Refused> {
    match ask.response_type.as_deref() {
        Some("code") => {}
        Some(other) => {
            return Err(back("unsupported_response_type", format!("Unsupported response type: {other}")));
        }
        None => {
            return Err(back("invalid_request", "Missing required parameter: response_type"));
        }
    }
    match (&ask.code_challenge, ask.code_challenge_method.as_deref()) {
        (None, None) => {}
        (Some(challenge), Some("S256")) if challenge.len() == 43 => {}
        _ => {
            return Err(back("invalid_request", "code_challenge needs the method S256 and 43 characters"));
        }
    }
    let mut scopes: Vec<String> = Vec::new();
    for scope in ask.scope.split(' ').filter(|scope| known(scope)) {
        if !scopes.iter().any(|there| there == scope) {
            scopes.push(scope.to_owned());
        }
    }
    if scopes.len() > MOST_SCOPES {
        return Err(back("invalid_scope", format!("An app may ask for {MOST_SCOPES} scopes at most")));
    }
    match ask.audience.as_deref() {
        Some(audience) if audience == lever.audience => {}
        Some(audience) => {
            return Err(back("access_denied", format!("Service not found: {audience}")));
        }
        // Without the API as audience only the OAuth server's own scope is left.
        None => scopes.retain(|scope| scope == "offline_access"),
    }
    Ok(scopes)
}

fn consider(
    request: &HttpRequest,
    lever: &Sandbox,
    ask: &Ask,
    client: &Client,
) -> Result<HttpResponse, Refused> {
    let scopes = checked_scopes(lever, ask)?;
    let silent = ask.prompt.as_deref() == Some("none");
    let Some(user) = session::current_user(request, lever) else {
        if silent {
            return Err(back("login_required", "Login required"));
        }
        let here = request.uri().path_and_query().map_or("/", |place| place.as_str());
        let mut next = url::form_urlencoded::Serializer::new(String::new());
        next.append_pair("next", here);
        return Ok(see(&format!("/login?{}", next.finish())));
    };
    if user.access_role != AccessRole::SuperAdmin || user.deactivated_at.is_some() {
        return Err(back("access_denied", "Only a Super Admin can authorize an app for the organization"));
    }
    let code = Code {
        client_id: client.id.clone(),
        client_name: client.name.clone(),
        redirect_uri: ask.redirect_uri.clone().unwrap_or_default(),
        user: user.id.clone(),
        scopes: scopes.clone(),
        challenge: ask.code_challenge.clone(),
        created_at: lever.now(),
    };
    let asked_before = lever.read().grants.covers(&client.id, &user.id, &scopes);
    if asked_before && ask.prompt.as_deref() != Some("consent") {
        return Ok(send_code(lever, code, ask.state.as_deref()));
    }
    if silent {
        return Err(back("consent_required", "Consent required"));
    }
    let returns_to =
        Url::parse(&code.redirect_uri).map(|url| url.origin().ascii_serialization()).unwrap_or_default();
    let account = lever.read().account.name.clone();
    let question = lever.transactions.ask(Pending { code, state: ask.state.clone() });
    let csrf = session::csrf_token(request, lever).unwrap_or_default();
    let html = pages::consent_page(&ConsentView {
        app_name: client.name.clone(),
        account,
        user_email: user.email,
        scopes,
        returns_to,
        action: "/authorize/decision".into(),
        fields: vec![("csrf".into(), csrf), ("transaction".into(), question)],
    });
    Ok(pages::html_response(StatusCode::OK, html))
}

/// What the consent page sends.
#[derive(Debug, Deserialize)]
pub(super) struct Decision {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    transaction: String,
    #[serde(default)]
    decision: String,
}

/// `POST /authorize/decision`
pub(super) async fn decide(request: HttpRequest, lever: Shared, form: web::Form<Decision>) -> HttpResponse {
    let from_here = home::check(request.headers(), &lever.options).is_ok();
    if !from_here || !session::csrf_matches(&request, &lever, &form.csrf) {
        return error_page("This page is too old", "Go back to the app and connect Lever again.");
    }
    let pending = session::current_user(&request, &lever)
        .and_then(|user| lever.transactions.answer(&form.transaction, &user.id));
    let Some(pending) = pending else {
        return error_page(
            "Already decided",
            "This question was answered, or waited too long. Go back to the app and connect Lever again.",
        );
    };
    let state = pending.state.as_deref();
    if form.decision == "accept" {
        let code = Code { created_at: lever.now(), ..pending.code };
        return send_code(&lever, code, state);
    }
    send_error(&pending.code.redirect_uri, state, "access_denied", "user_did_not_authorize_the_request")
}

fn send_code(lever: &Sandbox, code: Code, state: Option<&str>) -> HttpResponse {
    let redirect = code.redirect_uri.clone();
    let mut guard = lever.write();
    let account = &mut *guard;
    let text = account.grants.issue_code(&mut account.draw, code);
    send_back(&redirect, &[("code", &text)], state)
}

fn send_error(redirect: &str, state: Option<&str>, error: &str, description: &str) -> HttpResponse {
    let parameters = [("error", error), ("error_description", description)];
    send_back(redirect, &parameters, state)
}

fn send_back(redirect: &str, parameters: &[(&str, &str)], state: Option<&str>) -> HttpResponse {
    let Ok(mut url) = Url::parse(redirect) else {
        return error_page("undefined", "The app's registered address is not a URL.");
    };
    url.query_pairs_mut().extend_pairs(parameters).extend_pairs(state.map(|state| ("state", state)));
    see(url.as_str())
}

fn refuse(ask: &Ask, refused: Refused) -> HttpResponse {
    match refused {
        Refused::Page { title, text } => error_page(title, &text),
        Refused::Back { error, description } => send_error(
            ask.redirect_uri.as_deref().unwrap_or_default(),
            ask.state.as_deref(),
            error,
            &description,
        ),
    }
}

fn see(place: &str) -> HttpResponse {
    HttpResponse::Found()
        .insert_header((header::LOCATION, place))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

fn error_page(title: &str, text: &str) -> HttpResponse {
    pages::html_response(StatusCode::FORBIDDEN, pages::error_page(title, text))
}
