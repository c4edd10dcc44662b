//! `/oauth/lever/callback`: where Lever sends people back to. Every way in which that can go ends on
//! a page that says what happened and what to do.

use super::{Connect, grant::granter, page_of};
use crate::ids::IntegrationId;
use crate::integrations::oauth::grant;
use crate::integrations::oauth::grant::{Answer, Connected, GrantError};
use crate::integrations::{State, store};
use crate::state::AppState;
use crate::web::ops::is_head;
use crate::web::{Admin, FlashKind, Layout, PageError, PageResult, Section, render_with, see_other};
use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use lever_client::OAuthError;
use serde::Deserialize;
use std::time::Duration;

/// How long the person waits for the stages; without them the page opens all the same.
const STAGES: Duration = Duration::from_secs(4);

/// Lever's words are shown up to this length.
const WORDS: usize = 300;

#[derive(Deserialize)]
pub(super) struct Redirected {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
    iss: Option<String>,
}

/// What happened, and what to do about it.
struct Explanation {
    status: StatusCode,
    title: &'static str,
    happened: String,
    advice: &'static str,
    /// The same answer may be tried again.
    may_retry: bool,
}

#[derive(Template)]
#[template(path = "integrations/callback.html")]
struct CallbackPage {
    layout: Layout,
    happened: String,
    advice: &'static str,
    retry: Option<String>,
    connect: Connect,
    /// The account that was to be connected again.
    reconnects: Option<IntegrationId>,
}

pub(super) async fn callback(
    app: Data<AppState>,
    who: Admin,
    query: Query<Redirected>,
    req: HttpRequest,
) -> PageResult {
    if is_head(&req) {
        // The code is good once: it is for the browser that Lever sent back.
        return Err(PageError::OtherMethod("GET"));
    }
    let Redirected { state, code, error, error_description, iss } = query.into_inner();
    let (granter, asked) = (granter(&who), state.clone());
    let answer = Answer { state, code, error, error_description, iss };
    match grant::finish(&app.connections, &granter, answer).await {
        Ok(connected) => arrive(&app, &who, connected).await,
        Err(cause) => {
            let explanation = explain(cause)?;
            let layout = who.layout(explanation.title, Section::Integrations)?;
            let reconnects = grant::account_of(&app.connections, &granter, asked).await?;
            let again = req.uri().path_and_query().map(ToString::to_string);
            let page = CallbackPage {
                layout,
                happened: explanation.happened,
                advice: explanation.advice,
                retry: again.filter(|_| explanation.may_retry),
                connect: Connect::with(&app.connections),
                reconnects,
            };
            render_with(explanation.status, &page)
        }
    }
}

/// Connected: to the account's page, with its stages if Lever tells them in time.
async fn arrive(app: &AppState, who: &Admin, connected: Connected) -> PageResult {
    if connected.again {
        return Ok(see_other(&page_of(&connected.id)));
    }
    let stages = app.connections.refresh_stages(&connected.id, STAGES).await;
    if connected.was_known {
        let text = "This Lever account was already connected. Access was renewed; nothing was added.";
        who.flash(FlashKind::Attention, text);
    } else if !connected.missing.is_empty() {
        let names: Vec<_> = connected.missing.iter().map(|scope| scope.title()).collect();
        let text = format!("Lever is connected, but did not grant: {}.", names.join(", "));
        who.flash(FlashKind::Attention, text);
    } else if let Err(cause) = stages {
        tracing::warn!(%cause, "the stages could not be read after a grant");
        let text =
            "Lever is connected, but its stages could not be read just now. Reload this page in a moment.";
        who.flash(FlashKind::Attention, text);
    } else {
        let id = connected.id;
        let account = app.db.read(move |conn| store::get(conn, &id)).await?;
        let words = match account.state {
            State::Active => "Lever is connected again. Settings, webhooks and tokens are as they were.",
            _ => "Lever is connected. Now set up its webhooks.",
        };
        who.flash(FlashKind::Good, words);
    }
    Ok(see_other(&page_of(&connected.id)))
}

fn explain(cause: GrantError) -> Result<Explanation, PageError> {
    const AGAIN: &str = "Start again with Grant Access.";
    let explanation = |status, title, happened: String, advice| Explanation {
        status,
        title,
        happened,
        advice,
        may_retry: false,
    };
    Ok(match cause {
        GrantError::Denied(said) => explanation(
            StatusCode::OK,
            "Access was not granted",
            match lever_error("", &said) {
                said if said.is_empty() => {
                    "In Lever the permissions were declined, so nothing was connected.".into()
                }
                said => {
                    format!("In Lever access was refused, so nothing was connected. Lever said “{said}”.")
                }
            },
            "If that was a slip, start again with Grant Access. Only a Super Admin of Lever can accept.",
        ),
        GrantError::OtherAccount(name) => explanation(
            StatusCode::CONFLICT,
            "This is another Lever account",
            format!(
                "You granted access to another Lever account than the one that is called “{name}” here. Nothing was \
                 changed: stages, rules and candidates belong to one Lever account."
            ),
            "Log out of Lever, then Grant Access again with the right account. To connect the other account as well, \
             add it as an integration of its own.",
        ),
        GrantError::OtherIssuer => explanation(
            StatusCode::BAD_REQUEST,
            "This answer is not from the Lever that was asked",
            "The answer names another sign-in service than the one where you were to grant access, so it was not \
             used and nothing was connected."
                .into(),
            "Start again with Grant Access. If it happens again, show this page to the person who runs this portal.",
        ),
        GrantError::Unknown => explanation(
            StatusCode::BAD_REQUEST,
            "This sign-in has expired or was already used",
            "Lever's answer came without the mark of a request that was begun here, so it was not used. \
             That happens with an old bookmark or an incomplete address."
                .into(),
            AGAIN,
        ),
        GrantError::Foreign => explanation(
            StatusCode::FORBIDDEN,
            "This sign-in was started by someone else",
            "Access was asked for by another person, in another browser, or before you logged in again. \
             To be safe, the answer was not used."
                .into(),
            AGAIN,
        ),
        GrantError::Expired => explanation(
            StatusCode::GONE,
            "That took too long",
            "More than ten minutes passed between Grant Access and Lever's answer, so it was not used."
                .into(),
            AGAIN,
        ),
        GrantError::Used => explanation(
            StatusCode::CONFLICT,
            "This answer was used before",
            "Lever's answer was taken once, and nothing was connected by it.".into(),
            AGAIN,
        ),
        GrantError::NoCode => explanation(
            StatusCode::BAD_REQUEST,
            "Lever's answer is incomplete",
            "Lever sent you back without the code that stands for the grant.".into(),
            AGAIN,
        ),
        GrantError::Error { code, description } => explanation(
            StatusCode::BAD_GATEWAY,
            "Lever did not grant access",
            format!("Lever answered “{}”.", lever_error(&code, &description)),
            "Start again with Grant Access. If it keeps happening, contact your administrator.",
        ),
        GrantError::Exchange(cause) => explain_exchange(cause),
        GrantError::Setup(cause) => explanation(
            StatusCode::SERVICE_UNAVAILABLE,
            "The portal is not set up for Lever",
            format!("{cause}, so the grant could not be completed."),
            "Ask the person who runs this portal to set that up, then start again with Grant Access.",
        ),
        GrantError::NoSuchEnvironment | GrantError::NoSuchAccount => return Err(PageError::NotFound),
        GrantError::Db(cause) => return Err(cause.into()),
        GrantError::Stored(_) => return Err(PageError::internal(cause)),
    })
}

fn explain_exchange(cause: OAuthError) -> Explanation {
    match cause {
        OAuthError::Refused { code, description } => Explanation {
            status: StatusCode::BAD_GATEWAY,
            title: "Lever refused the code",
            happened: format!(
                "A code is good once and for a short time, and this one was used before or has expired. \
                 Lever said “{}”.",
                lever_error(&code, &description)
            ),
            advice: "Start again with Grant Access.",
            may_retry: false,
        },
        OAuthError::TryAgain { why, .. } => Explanation {
            status: StatusCode::SERVICE_UNAVAILABLE,
            title: "Lever did not answer",
            happened: format!(
                "You granted access, but Lever's sign-in service could not be reached to complete it ({why})."
            ),
            advice: "Try again in a moment: your consent may still be good. If Lever then says that the code \
                     has expired, start again with Grant Access.",
            may_retry: true,
        },
        OAuthError::BadClient { code, description } => Explanation {
            status: StatusCode::BAD_GATEWAY,
            title: "Lever does not know this portal",
            happened: format!(
                "Lever did not accept the portal's client id and secret. Lever said “{}”.",
                lever_error(&code, &description)
            ),
            advice: "Ask the person who runs this portal to check LEVER_CLIENT_ID and LEVER_CLIENT_SECRET against the \
                     app registered with Lever, and to start it again. Then start again with Grant Access.",
            may_retry: false,
        },
        OAuthError::Certificate { why } => Explanation {
            status: StatusCode::SERVICE_UNAVAILABLE,
            title: "Lever's certificate is not trusted",
            happened: format!(
                "You granted access, but the certificate of Lever's sign-in service is not trusted here ({why})."
            ),
            advice: "Ask your administrator whether a proxy in between uses an authority of your company's \
                     own: the system must trust it. Then try again.",
            may_retry: true,
        },
        OAuthError::Malformed { why }
        | OAuthError::AnswerLost { why }
        | OAuthError::OnlyRotated { why, .. } => Explanation {
            status: StatusCode::BAD_GATEWAY,
            title: "Lever's answer could not be read",
            happened: format!("What answered does not look like Lever's sign-in service ({why})."),
            advice: "Try again. If it keeps happening, ask your administrator to check LEVER_AUTH_URL.",
            may_retry: true,
        },
    }
}

/// Lever's words, bounded: they come from an address that anybody can make.
fn lever_error(code: &str, description: &str) -> String {
    let text = match (code, description) {
        ("", said) | (said, "") => said.to_owned(),
        _ => format!("{code}: {description}"),
    };
    text.chars().filter(|c| !c.is_control()).take(WORDS).collect()
}
