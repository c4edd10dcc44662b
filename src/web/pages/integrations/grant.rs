//! **Grant Access**: sends the browser to Lever.

use crate::ids::IntegrationId;
use crate::integrations::Environment;
use crate::integrations::oauth::grant;
use crate::integrations::oauth::grant::{GrantError, Granter};
use crate::secrets::random_text;
use crate::state::AppState;
use crate::web::{Admin, Form, PageError, PageResult, chosen_id, see_other};
use actix_web::HttpRequest;
use actix_web::http::{StatusCode, header};
use actix_web::web::Data;
use serde::Deserialize;
use url::Url;

/// Under which key of the session the secret stands that binds grants to it.
const BINDING: &str = "grant_binding";

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct GrantForm {
    environment: String,
    /// The account to connect again; empty for a new one.
    integration: String,
    /// What a new account is called.
    account_name: String,
}

/// Who grants, with the secret that only their session has; an empty one, which fits no grant, when none was begun
/// in it.
pub(super) fn granter(who: &Admin) -> Granter {
    let binding = who.session.get::<String>(BINDING).ok().flatten().unwrap_or_default();
    Granter {
        company: *who.company_id(),
        user: who.user.id,
        email: who.user.email.clone(),
        seen: who.seen.clone(),
        binding,
    }
}

/// The same before a grant begins: with a secret.
fn bound_granter(who: &Admin) -> Result<Granter, PageError> {
    let mut granter = granter(who);
    if granter.binding.is_empty() {
        granter.binding = random_text(24);
        who.session.insert(BINDING, &granter.binding).map_err(PageError::internal)?;
    }
    Ok(granter)
}

/// Where the browser has this page open, when that is another host than the one that Lever sends it back to: the
/// session's cookie stays behind there. Browsers say it with every form, and no proxy rewrites it.
fn elsewhere(request: &HttpRequest, base_url: &Url) -> Option<Url> {
    let origin = request.headers().get(header::ORIGIN)?.to_str().ok()?;
    Url::parse(origin).ok().filter(|origin| origin.origin() != base_url.origin())
}

pub(super) async fn grant(
    app: Data<AppState>,
    who: Admin,
    form: Form<GrantForm>,
    request: HttpRequest,
) -> PageResult {
    let Form(form) = form;
    if let Some(here) = elsewhere(&request, &app.base_url) {
        let (here, base) = (here.origin().ascii_serialization(), app.base_url.origin().ascii_serialization());
        return Err(PageError::Explained {
            status: StatusCode::CONFLICT,
            title: format!("Open the portal at {base} first"),
            text: format!(
                "You have it open at {here}, but Lever will send you back to {base} (BASE_URL), where you \
                 are not logged in. Nothing was changed. Log in at {base} and click Grant Access there."
            ),
        });
    }
    let environment = match form.environment.as_str() {
        "" => app.connections.environments().first().copied(),
        word => Environment::parse(word),
    };
    let environment = environment.ok_or(PageError::NotFound)?;
    let again = chosen_id(&form.integration, "", IntegrationId::parse)?;
    match grant::begin(&app.connections, &bound_granter(&who)?, environment, again, &form.account_name).await
    {
        Ok(url) => Ok(see_other(url.as_str())),
        Err(GrantError::NoSuchAccount | GrantError::NoSuchEnvironment) => Err(PageError::NotFound),
        Err(GrantError::Setup(cause)) => Err(PageError::Explained {
            status: StatusCode::SERVICE_UNAVAILABLE,
            title: "Lever cannot be connected yet".to_owned(),
            text: format!("{cause}. Ask your administrator to set that up first. Nothing was changed."),
        }),
        Err(other) => Err(PageError::internal(other)),
    }
}
