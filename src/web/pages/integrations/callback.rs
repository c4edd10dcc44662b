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
        let text =
            "This Lever account was already connected. Access was renewed, and no integration was added.";
        who.flash(FlashKind::Attention, text);
    } else if !connected.missing.is_empty() {
        let names: Vec<_> = connected.missing.iter().map(|scope| scope.title()).collect();
        let text = format!("Lever is connected, but did not grant: {}.", names.join(", "));
        who.flash(FlashKind::Attention, text);
    } else if let Err(cause) = stages {
        tracing::warn!(%cause, "the stages could not be read after a grant");
        let text = "Lever is connected, but its stages could not be read. Reload this page in a moment.";
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
                    "The permissions were declined in Lever, so nothing was connected.".into()
                }
                said => {
                    format!("Access was refused in Lever, so nothing was connected. Lever said “{said}”.")
                }
            },
            "If that was a mistake, start again with Grant Access. Only a Super Admin in Lever can accept.",
        ),
        GrantError::OtherAccount(name) => explanation(
            StatusCode::CONFLICT,
            "This is a different Lever account",
            format!(
                "You granted access to a different Lever account than “{name}”. Nothing was changed: stages, \
                 rules and candidates belong to one Lever account."
            ),
            "Log out of Lever, then Grant Access again with the right account. To connect the other account \
             too, add it as a separate integration.",
        ),
        GrantError::OtherIssuer => explanation(
            StatusCode::BAD_REQUEST,
            "This answer came from the wrong sign-in service",
            "The answer names a different sign-in service than the one you were sent to, so it was ignored \
             and nothing was connected."
                .into(),
            "Start again with Grant Access. If it keeps happening, contact your administrator.",
        ),
        GrantError::Unknown => explanation(
            StatusCode::BAD_REQUEST,
            "This sign-in has expired or was already used",
            "Lever's answer did not match a sign-in started here, so it was ignored. This happens with an \
             old bookmark or an incomplete address."
                .into(),
            AGAIN,
        ),
        GrantError::Foreign => explanation(
            StatusCode::FORBIDDEN,
            "This sign-in was started by someone else",
            "It was started by another person, in another browser, or before you logged in again. To be \
             safe, the answer was ignored."
                .into(),
            AGAIN,
        ),
        GrantError::Expired => explanation(
            StatusCode::GONE,
            "That took too long",
            "More than ten minutes passed between Grant Access and Lever's answer, so it was ignored.".into(),
            AGAIN,
        ),
        GrantError::Used => explanation(
            StatusCode::CONFLICT,
            "This answer was already used",
            "Lever's answer had already been used once, so nothing was connected.".into(),
            AGAIN,
        ),
        GrantError::NoCode => explanation(
            StatusCode::BAD_REQUEST,
            "Lever's answer is incomplete",
            "Lever sent you back without the code that confirms your consent.".into(),
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
            format!("{cause}, so access could not be granted."),
            "Ask your administrator to set that up, then start again with Grant Access.",
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
                "A code works once and only for a short time. This one was already used or has expired. \
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
            advice: "Try again in a moment: your consent may still be valid. If Lever says that the code has \
                     expired, start again with Grant Access.",
            may_retry: true,
        },
        OAuthError::BadClient { code, description } => Explanation {
            status: StatusCode::BAD_GATEWAY,
            title: "Lever does not know this portal",
            happened: format!(
                "Lever did not accept the portal's client id and secret. Lever said “{}”.",
                lever_error(&code, &description)
            ),
            advice: "Ask your administrator to compare LEVER_CLIENT_ID and LEVER_CLIENT_SECRET with the app \
                     registered with Lever, and to restart the portal. Then start again with Grant Access.",
            may_retry: false,
        },
        OAuthError::Certificate { why } => Explanation {
            status: StatusCode::SERVICE_UNAVAILABLE,
            title: "Lever's certificate is not trusted",
            happened: format!(
                "You granted access, but the certificate of Lever's sign-in service is not trusted ({why})."
            ),
            advice: "Ask your administrator whether a proxy in between uses your company's own certificate \
                     authority: the system must trust it. Then try again.",
            may_retry: true,
        },
        OAuthError::Malformed { why }
        | OAuthError::AnswerLost { why }
        | OAuthError::OnlyRotated { why, .. } => Explanation {
            status: StatusCode::BAD_GATEWAY,
            title: "Lever's answer could not be read",
            happened: format!("The answer does not look like Lever's sign-in service ({why})."),
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
