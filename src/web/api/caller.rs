//! Who calls: a token of a company that has the scope of the route. A handler that takes a [`Caller`] is called for no
//! other, and each call is in the audit log before it is answered.

use super::problem::Problem;
use crate::api_tokens::{self, ApiToken, Left, Scope};
use crate::audit::Actor;
use crate::ids::{ApiTokenId, CandidateId};
use crate::people::Company;
use crate::state::AppState;
use crate::time::Timestamp;
use crate::web::circumstances;
use crate::web::place::Place;
use crate::web::refusals::{self, Kind};
use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use secrecy::SecretString;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

/// What a route asks of a token.
pub trait Needs: 'static {
    /// The scope.
    const SCOPE: Scope;
}

macro_rules! needs {
    ($($(#[$doc:meta])* $name:ident,)*) => {$(
        $(#[$doc])*
        pub struct $name;

        impl Needs for $name {
            const SCOPE: Scope = Scope::$name;
        }
    )*};
}

needs! {
    /// Reads the audit log.
    AuditRead,
    /// Reads candidates.
    CandidatesRead,
    /// Reads events.
    EventsRead,
    /// Reads integrations.
    IntegrationsRead,
    /// Reads invitations.
    InvitationsRead,
    /// Invites, sends again, cancels.
    InvitationsWrite,
}

/// A company whose token has the scope `S`. Every query of a route takes the company from here.
pub struct Caller<S> {
    pub company: Company,
    /// By which calls are told from those of other programs.
    pub token: ApiTokenId,
    /// For the audit log.
    pub actor: Actor,
    scope: PhantomData<S>,
}

/// Whose a call is, whatever its scope.
struct Admitted {
    company: Company,
    token: ApiTokenId,
    actor: Actor,
}

/// The token of a request: `Authorization: Bearer …` (RFC 6750 §2.1), and nowhere else, as addresses are written down.
fn bearer(request: &HttpRequest) -> Result<SecretString, Problem> {
    let mut given = request.headers().get_all(AUTHORIZATION);
    let (Some(header), None) = (given.next(), given.next()) else { return Err(Problem::no_token()) };
    let (scheme, token) =
        header.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(Problem::no_token)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Problem::no_token());
    }
    Ok(token.trim().to_owned().into())
}

/// Why this token may not do this; none when it may.
fn refusal(token: &ApiToken, scope: Scope) -> Option<Problem> {
    if token.is_revoked() {
        return Some(Problem::bad_token("token_revoked", "This token was revoked. Use another one."));
    }
    if token.is_expired(Timestamp::now()) {
        return Some(Problem::bad_token("token_expired", "This token has expired. Create a new one."));
    }
    (!token.scopes().allow(scope)).then(|| Problem::lacks_scope(scope.as_str()))
}

/// What is written down of a call: the method and the route, and whose results were asked for. Never the address: what
/// was searched for may be a candidate's name.
fn route(request: &HttpRequest) -> String {
    let pattern = request.match_pattern().unwrap_or_default();
    let candidate = request.match_info().get("id").filter(|_| pattern.contains(CANDIDATE));
    let pattern = match candidate.and_then(CandidateId::parse) {
        Some(id) => pattern.replacen("{id}", id.as_str(), 1),
        None => pattern,
    };
    format!("{} {pattern}", request.method())
}

/// In the routes of one candidate.
const CANDIDATE: &str = "/candidates/{id}";

async fn admit(request: HttpRequest, scope: Scope) -> Result<Admitted, Problem> {
    let app = request.app_data::<Data<AppState>>().expect("every route has the app");
    let secret = bearer(&request)?;
    let found = app.db.read(move |conn| api_tokens::by_secret(conn, &secret)).await?;
    let (token, company) = found.ok_or_else(|| {
        refusals::note(Kind::Token, &Place::of_request(&request).network());
        Problem::bad_token("token_unknown", "There is no such token. Check that it is complete.")
    })?;
    match app.api_limits.count(&token.id) {
        Ok(left) => drop(request.extensions_mut().insert(left)),
        Err(seconds) => {
            request.extensions_mut().insert(Left::nothing());
            return Err(Problem::too_many(seconds));
        }
    }
    let route = route(&request);
    let seen = circumstances::of_request(&request);
    if let Some(problem) = refusal(&token, scope) {
        app.db.write(move |conn| api_tokens::note_refusal(conn, &token, &route, seen)).await?;
        return Err(problem);
    }
    let admitted = Admitted { company, token: token.id, actor: token.actor(seen.clone()) };
    app.db.write(move |conn| api_tokens::note_call(conn, &token, &route, seen)).await?;
    Ok(admitted)
}

impl<S: Needs> FromRequest for Caller<S> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let Admitted { company, token, actor } = admit(request, S::SCOPE).await?;
            Ok(Self { company, token, actor, scope: PhantomData })
        })
    }
}
