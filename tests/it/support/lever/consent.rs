//! Lever's log-in and consent, as an admin goes through them.

use crate::support::visitor::Visitor;
use alva_portal::ids::IntegrationId;
use reqwest::StatusCode;

/// Through Lever's log-in and consent, and back; answers the account that came of it.
pub async fn grant(lever: &lever_sandbox::Running, admin: &Visitor) -> IntegrationId {
    consent(lever, admin, ("environment", "custom")).await
}

/// The same for an account that is connected again.
pub async fn grant_again(
    lever: &lever_sandbox::Running,
    admin: &Visitor,
    account: &IntegrationId,
) -> IntegrationId {
    consent(lever, admin, ("integration", account.as_str())).await
}

/// The same, where Lever's consent does not give these permissions: its app has fewer than the portal asks
/// for.
pub async fn grant_less(
    lever: &lever_sandbox::Running,
    admin: &Visitor,
    account: &IntegrationId,
    without: &[&str],
) -> IntegrationId {
    consent_without(lever, admin, ("integration", account.as_str()), without).await
}

async fn consent(lever: &lever_sandbox::Running, admin: &Visitor, what: (&str, &str)) -> IntegrationId {
    consent_without(lever, admin, what, &[]).await
}

async fn consent_without(
    lever: &lever_sandbox::Running,
    admin: &Visitor,
    what: (&str, &str),
    without: &[&str],
) -> IntegrationId {
    let to_lever = admin.post("/settings/integrations/lever/grant", &[what]).await;
    assert_eq!(to_lever.status, StatusCode::SEE_OTHER, "{}", to_lever.html);
    let dana = Visitor::of(lever.url.parse().unwrap());
    let mut asked: url::Url = to_lever.location.unwrap().parse().unwrap();
    // The browser goes to Lever itself, also where a proxy stands before it.
    asked.set_port(lever.url.parse::<url::Url>().unwrap().port()).unwrap();
    let pairs: Vec<(String, String)> = asked.query_pairs().into_owned().collect();
    asked.query_pairs_mut().clear().extend_pairs(pairs.into_iter().map(|(name, value)| {
        let left = value.split(' ').filter(|scope| !without.contains(scope)).collect::<Vec<_>>().join(" ");
        if name == "scope" { (name, left) } else { (name, value) }
    }));
    let mut page = dana.get(asked.as_str()).await;
    if let Some(login) = &page.location {
        page = dana.get(login).await;
    }
    let credentials = [("email", lever.admin_email.as_str()), ("password", lever.admin_password.as_str())];
    let consent = dana.press(&page, "Log in", &credentials).await;
    let consent = dana.get(&consent.location.expect("on to the consent page")).await;
    // Who granted the same before is not asked again.
    let back = match consent.location.clone() {
        Some(back) => back,
        None => {
            let accepted = dana.press(&consent, "Accept", &[("decision", "accept")]).await;
            accepted.location.expect("back to the portal")
        }
    };
    let done = admin.get(&back).await;
    let path = done.location.unwrap_or_else(|| panic!("to the account's page: {}", done.html));
    let id =
        path.trim_start_matches("/settings/integrations/").split(['?', '#', '/']).next().unwrap().to_owned();
    IntegrationId::parse(&id).unwrap_or_else(|| panic!("an account's page: {path}"))
}
