//! `/settings/company/sso`: the company's provider, and who logs in there.

use super::explain::explain;
use super::log_in::{going, keep};
use crate::ids::UserId;
use crate::people::Role;
use crate::sso::{
    self, Linked, Preset, Purpose, SsoError, SsoProvider, SsoSettings, SsoState, parse_client_id,
    parse_domains, parse_group_roles, parse_issuer,
};
use crate::state::AppState;
use crate::web::{
    Admin, FieldErrors, FlashKind, Form, FormToConfirm, Layout, NoFields, Overtaken, PageError, PageResult,
    Section, SignedIn, form_id, render_with, see_other,
};
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

const PATH: &str = "/settings/company/sso";

/// What stands in the form for "nobody without a group is let in".
const NOBODY: &str = "none";

#[derive(Template)]
#[template(path = "sso/settings.html")]
struct SsoPage {
    layout: Layout,
    errors: FieldErrors,
    form: SsoForm,
    saved: Option<SsoProvider>,
    linked: Vec<Linked>,
    overtaken: Option<Overtaken>,
    /// Where the provider sends people back to.
    redirect: String,
    /// Where the people of this company log in.
    log_in: String,
}

impl SsoPage {
    fn is(&self, state: SsoState) -> bool {
        self.saved.as_ref().map_or(SsoState::Off, |saved| saved.state) == state
    }

    fn version(&self) -> i64 {
        self.saved.as_ref().map_or(0, |saved| saved.version)
    }
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct SsoForm {
    provider: String,
    issuer: String,
    client_id: String,
    #[serde(skip_serializing)]
    client_secret: SecretString,
    domains: String,
    groups_claim: String,
    group_roles: String,
    role_without_group: String,
    /// Which settings were changed.
    #[serde(skip_serializing)]
    version: String,
}

impl Default for SsoForm {
    fn default() -> Self {
        Self {
            provider: Preset::Other.to_string(),
            issuer: String::new(),
            client_id: String::new(),
            client_secret: SecretString::default(),
            domains: String::new(),
            groups_claim: "groups".to_owned(),
            group_roles: String::new(),
            role_without_group: Role::Member.to_string(),
            version: String::new(),
        }
    }
}

impl From<&SsoSettings> for SsoForm {
    fn from(saved: &SsoSettings) -> Self {
        let roles = saved.group_roles.iter().map(|one| format!("{} = {}", one.group, one.role));
        Self {
            provider: saved.preset.to_string(),
            issuer: saved.issuer.clone(),
            client_id: saved.client_id.clone(),
            client_secret: SecretString::default(),
            domains: saved.domains.join("\n"),
            groups_claim: saved.groups_claim.clone(),
            group_roles: roles.collect::<Vec<_>>().join("\n"),
            role_without_group: saved.role_without_group.map_or(NOBODY, Role::as_str).to_owned(),
            version: String::new(),
        }
    }
}

impl SsoForm {
    fn chose(&self, preset: &Preset) -> bool {
        self.provider == preset.as_str()
    }

    fn gives(&self, role: &str) -> bool {
        self.role_without_group == role
    }

    /// Reads it. `saved`: what an empty secret leaves as it is.
    fn parse(
        &self,
        saved: Option<&SsoProvider>,
        is_trial: bool,
    ) -> Result<(SsoSettings, Option<SecretString>), FieldErrors> {
        let mut errors = FieldErrors::default();
        let preset = errors.keep("provider", Preset::parse(&self.provider).ok_or("Choose one of these."));
        let issuer = parse_issuer(preset.unwrap_or(Preset::Other), &self.issuer, is_trial);
        let issuer = errors.keep("issuer", issuer);
        let client_id = errors.keep("client_id", parse_client_id(&self.client_id));
        let domains = errors.keep("domains", parse_domains(&self.domains));
        let group_roles = errors.keep("group_roles", parse_group_roles(&self.group_roles));
        let claim = self.groups_claim.trim();
        if claim.is_empty() || claim.chars().count() > 200 || claim.chars().any(char::is_control) {
            errors.add(
                "groups_claim",
                "Enter the name of the claim that lists groups: most providers call it groups.",
            );
        }
        let without = match self.role_without_group.as_str() {
            NOBODY => Ok(None),
            // Everybody of the domain an admin: that is never meant.
            word => {
                Role::parse(word).filter(|role| !role.may_configure()).map(Some).ok_or("Choose one of these.")
            }
        };
        let without = errors.keep("role_without_group", without);
        let secret =
            Some(self.client_secret.clone()).filter(|typed| !typed.expose_secret().trim().is_empty());
        if let (None, Some(issuer), Some(client_id)) = (&secret, &issuer, &client_id) {
            let is_same = |saved: &SsoProvider| {
                saved.settings.issuer == *issuer && saved.settings.client_id == *client_id
            };
            match saved {
                None => errors.add("client_secret", "Enter the secret that your provider shows."),
                // Whoever changes the address alone would be sent the secret of the one before.
                Some(saved) if !is_same(saved) => {
                    errors.add(
                        "client_secret",
                        "Enter the secret again: the issuer or the client ID was changed.",
                    );
                }
                Some(_) => {}
            }
        }
        match (preset, issuer, client_id, domains, group_roles, without) {
            (
                Some(preset),
                Some(issuer),
                Some(client_id),
                Some(domains),
                Some(group_roles),
                Some(without),
            ) if errors.is_empty() => {
                let groups_claim = claim.to_owned();
                let role_without_group = without;
                let settings = SsoSettings {
                    preset,
                    issuer,
                    client_id,
                    domains,
                    groups_claim,
                    group_roles,
                    role_without_group,
                };
                Ok((settings, secret))
            }
            _ => Err(errors),
        }
    }
}

/// A way to show the page.
#[derive(Default)]
struct Show {
    errors: FieldErrors,
    typed: Option<SsoForm>,
    is_overtaken: bool,
}

impl Show {
    async fn answer(self, app: &AppState, who: &SignedIn) -> PageResult {
        let company = *who.company_id();
        let (saved, linked) = app
            .db
            .read(move |conn| {
                let saved = sso::provider(conn, &company)?;
                let linked = match &saved {
                    Some(saved) => sso::linked_people(conn, &company, &saved.settings.issuer)?,
                    None => Vec::new(),
                };
                Ok((saved, linked))
            })
            .await?;
        let now = saved.as_ref().map(|saved| SsoForm::from(&saved.settings)).unwrap_or_default();
        let overtaken =
            self.typed.as_ref().filter(|_| self.is_overtaken).map(|typed| Overtaken::new(typed, &now));
        let status = match (&overtaken, self.errors.is_empty()) {
            (Some(_), _) => StatusCode::CONFLICT,
            (None, true) => StatusCode::OK,
            (None, false) => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let page = SsoPage {
            layout: who.layout("Single sign-on", Section::Company)?,
            errors: self.errors,
            form: self.typed.unwrap_or(now),
            saved,
            linked,
            overtaken,
            redirect: app.sso.redirect().to_string(),
            log_in: app.link(&format!("/login/sso/{company}")).to_string(),
        };
        render_with(status, &page)
    }
}

pub(super) async fn page(app: Data<AppState>, who: SignedIn) -> PageResult {
    Show::default().answer(&app, &who).await
}

/// Saves. 422 gives the form back with what was typed, 409 says that somebody else saved meanwhile.
pub(super) async fn save(app: Data<AppState>, who: Admin, form: FormToConfirm<SsoForm>) -> PageResult {
    let form = form.confirmed(&who)?;
    let company = *who.company_id();
    let saved = app.db.read(move |conn| sso::provider(conn, &company)).await?;
    let (settings, secret) = match form.parse(saved.as_ref(), app.sso.is_trial()) {
        Ok(read) => read,
        Err(errors) => return Show { errors, typed: Some(form), ..Show::default() }.answer(&app, &who).await,
    };
    let now = saved.map_or(0, |saved| saved.version);
    let (actor, sealer, version) = (who.actor(), app.sealer.clone(), form.version.parse().unwrap_or(now));
    let saving =
        app.db.try_write(move |conn| sso::save(conn, &sealer, &company, &settings, secret, version, &actor));
    match saving.await {
        Ok(changed) => who.saved(changed, PATH),
        Err(SsoError::Overtaken) => {
            Show { typed: Some(form), is_overtaken: true, ..Show::default() }.answer(&app, &who).await
        }
        Err(SsoError::Seal(_)) => {
            let errors =
                FieldErrors::single("client_secret", "The saved secret can't be read. Enter it again.");
            Show { errors, typed: Some(form), ..Show::default() }.answer(&app, &who).await
        }
        Err(SsoError::Db(cause)) => Err(cause.into()),
        Err(other) => Err(PageError::internal(other)),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct StateForm {
    state: String,
}

/// Turns it on or off. 422 says why it cannot be.
pub(super) async fn set_state(app: Data<AppState>, who: Admin, form: FormToConfirm<StateForm>) -> PageResult {
    let form = form.confirmed(&who)?;
    let Some(state) = SsoState::parse(&form.state).filter(|state| *state != SsoState::Enforced) else {
        let errors = FieldErrors::single("state", "Choose one of these.");
        return Show { errors, ..Show::default() }.answer(&app, &who).await;
    };
    let (company, actor) = (*who.company_id(), who.actor());
    let changed = app.db.write(move |conn| sso::set_state(conn, &company, state, &actor)).await?;
    who.saved(changed, PATH)
}

/// To the provider and back, to see what it says. Nobody is logged in by it.
pub(super) async fn test(app: Data<AppState>, who: Admin, _form: Form<NoFields>) -> PageResult {
    let company = *who.company_id();
    let provider =
        app.db.read(move |conn| sso::provider(conn, &company)).await?.ok_or(PageError::NotFound)?;
    match sso::begin(&app.sso, &provider, Purpose::Test, None).await {
        Ok(begun) => {
            keep(&who.session, begun.flow)?;
            going(who.layout("To your provider", Section::Company)?, &provider, &begun.address)
        }
        Err(cause) => {
            let explained = explain(cause, &provider.name())?;
            who.flash(FlashKind::Failed, format!("{}. {}", explained.title, explained.text));
            Ok(see_other(PATH))
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct UnlinkForm {
    person: String,
}

/// Forgets which account of the provider a person has.
pub(super) async fn unlink(app: Data<AppState>, who: Admin, form: FormToConfirm<UnlinkForm>) -> PageResult {
    let form = form.confirmed(&who)?;
    let id = form_id(&form.person, UserId::parse)?;
    let (company, actor) = (*who.company_id(), who.actor());
    let unlinked = app
        .db
        .write(move |conn| {
            let Some(provider) = sso::provider(conn, &company)? else { return Ok(false) };
            sso::unlink(conn, &company, &provider.settings.issuer, &id, &actor)
        })
        .await?;
    if !unlinked {
        return Err(PageError::NotFound);
    }
    who.flash(
        FlashKind::Good,
        "Unlinked. At the next log-in, the verified address identifies this person again.",
    );
    Ok(see_other(PATH))
}

/// Forgets the provider and its secret.
pub(super) async fn remove(app: Data<AppState>, who: Admin, form: FormToConfirm<NoFields>) -> PageResult {
    form.confirmed(&who)?;
    let (company, actor) = (*who.company_id(), who.actor());
    app.db.write(move |conn| sso::remove(conn, &company, &actor)).await?;
    who.flash(FlashKind::Good, "The provider was removed. Nobody can log in there now.");
    Ok(see_other(PATH))
}
