//! **Save**, and giving an account another name.

use super::confirm::Confirm;
use super::show::{self, Page, Typed};
use super::{id_in, page_of};
use crate::ids::{IntegrationId, SigningTokenId};
use crate::integrations::schedule::watch::Follow;
use crate::integrations::settings::configure;
use crate::integrations::settings::configure::{Problems, SaveError, Saved, Wanted};
use crate::integrations::settings::confirmation;
use crate::integrations::settings::confirmation::Confirmation;
use crate::integrations::settings::preview;
use crate::integrations::settings::preview::Preview;
use crate::integrations::{lifecycle, stages, store};
use crate::state::AppState;
use crate::web::{Admin, FieldErrors, FlashKind, Form, PageError, PageResult, see_other};
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use secrecy::SecretString;
use serde::Deserialize;

/// The longest name of an account, in characters.
const LONGEST_NAME: usize = 80;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SettingsForm {
    version: i64,
    webhook_signature_token: String,
    remove_token: Vec<String>,
    trigger_stage: String,
    progression_stage: String,
    blocked_origins: Vec<String>,
    /// None: not asked, and stays as it is.
    candidate_tag: Option<String>,
    insist: String,
    /// So many were shown and agreed to.
    confirmed: String,
}

impl SettingsForm {
    fn wanted(&self) -> Wanted {
        Wanted {
            version: self.version,
            trigger: self.trigger_stage.clone(),
            progression: self.progression_stage.clone(),
            origins: self.blocked_origins.clone(),
            candidate_tag: self.candidate_tag.clone(),
            tokens: SecretString::from(self.webhook_signature_token.as_str()),
            remove: self.remove_token.iter().filter_map(|id| SigningTokenId::parse(id)).collect(),
            insist: !self.insist.is_empty(),
        }
    }

    fn typed(self, may_insist: bool) -> Typed {
        Typed {
            version: self.version,
            trigger: self.trigger_stage,
            progression: self.progression_stage,
            origins: self.blocked_origins,
            candidate_tag: self.candidate_tag,
            tokens: self.webhook_signature_token,
            remove: self.remove_token,
            insist: !self.insist.is_empty(),
            may_insist,
        }
    }
}

/// Saves the settings. 422 gives the form back with what was typed, 409 when somebody else saved
/// while it was open. Where very many would be invited, a page asks first.
pub(super) async fn save(
    app: Data<AppState>,
    who: Admin,
    path: Path<String>,
    form: Form<SettingsForm>,
) -> PageResult {
    let (id, Form(form)) = (id_in(&path)?, form);
    let (company, sealer) = (*who.company_id(), app.sealer.clone());
    let (wanted, integration) = (form.wanted(), id);
    let checked = app
        .db
        .try_read(move |conn| {
            let checked = configure::check(conn, &sealer, &company, &integration, &wanted)?;
            Ok::<_, SaveError>((checked.settings, checked.invites_others))
        })
        .await;
    let confirmed = form.confirmed.parse().ok();
    let outcome = match checked {
        Ok((settings, true)) => {
            match confirmation::look(&app.connections, &who.company, &id, &settings, confirmed).await {
                Confirmation::Ask(preview) => return confirm(&who, &id, &form, preview),
                Confirmation::Save(follow) => save_now(&app, &who, &id, &form, follow).await,
                Confirmation::Blind(_) => save_now(&app, &who, &id, &form, Follow::Nobody).await,
            }
        }
        Ok((_, false)) => save_now(&app, &who, &id, &form, Follow::Unchanged).await,
        Err(refused) => Err(refused),
    };
    match outcome {
        Ok(saved) => {
            app.work.notify_one();
            let (kind, text) = words(&saved);
            who.flash(kind, text);
            Ok(see_other(&page_of(&id)))
        }
        Err(SaveError::Invalid(problems)) => {
            let page = Page {
                status: Some(StatusCode::UNPROCESSABLE_ENTITY),
                typed: Some(form.typed(problems.may_insist)),
                errors: errors(&problems),
                ..Page::default()
            };
            page.answer(&app, &who, &id).await
        }
        Err(SaveError::Stale) => {
            let page = Page {
                status: Some(StatusCode::CONFLICT),
                typed: Some(form.typed(false)),
                is_stale: true,
                ..Page::default()
            };
            page.answer(&app, &who, &id).await
        }
        Err(SaveError::Disconnected) => {
            who.flash(
                FlashKind::Failed,
                "Nothing was saved: the account is disconnected. Connect it again first.",
            );
            Ok(see_other(&page_of(&id)))
        }
        Err(SaveError::NoSuchAccount) => Err(PageError::NotFound),
        Err(SaveError::Db(cause)) => Err(cause.into()),
        Err(SaveError::Seal(cause)) => Err(PageError::internal(cause)),
    }
}

async fn save_now(
    app: &AppState,
    who: &Admin,
    id: &IntegrationId,
    form: &SettingsForm,
    follow: Follow,
) -> Result<Saved, SaveError> {
    let (company, actor, sealer) = (*who.company_id(), who.actor(), app.sealer.clone());
    let (wanted, integration) = (form.wanted(), *id);
    app.db
        .try_write(move |conn| {
            configure::save(conn, &sealer, &company, &integration, &wanted, follow, &actor)
        })
        .await
}

/// The page that asks before very many are invited.
fn confirm(who: &Admin, id: &IntegrationId, form: &SettingsForm, preview: Preview) -> PageResult {
    let mut fields = vec![
        ("version", form.version.to_string()),
        ("webhook_signature_token", form.webhook_signature_token.clone()),
        ("trigger_stage", form.trigger_stage.clone()),
        ("progression_stage", form.progression_stage.clone()),
        ("insist", form.insist.clone()),
    ];
    fields.extend(form.remove_token.iter().map(|token| ("remove_token", token.clone())));
    fields.extend(form.blocked_origins.iter().map(|origin| ("blocked_origins", origin.clone())));
    fields.extend(form.candidate_tag.iter().map(|tag| ("candidate_tag", tag.clone())));
    let page = page_of(id);
    let back = format!("{page}/preview");
    Confirm { fields, preview, action: page, back, verb: "save" }.answer(who)
}

/// Shows who meets the rules in the form, and the form as it was typed. Saves nothing.
pub(super) async fn preview(
    app: Data<AppState>,
    who: Admin,
    path: Path<String>,
    form: Form<SettingsForm>,
) -> PageResult {
    let (id, Form(form)) = (id_in(&path)?, form);
    let (company, integration, wanted) = (*who.company_id(), id, form.wanted());
    let (known, settings) = app
        .db
        .read(move |conn| {
            let Some(row) = store::by_id(conn, &company, &integration)? else { return Ok(None) };
            let settings = configure::settings(conn, &row, &wanted)?;
            Ok(Some((stages::all(conn, &integration)?, settings)))
        })
        .await?
        .ok_or(PageError::NotFound)?;
    let mut page = Page::default();
    if known.iter().any(|stage| stage.stage_id == form.trigger_stage && stage.removed_at.is_none()) {
        let kept = confirmation::kept_since(&who.company);
        match preview::preview(&app.connections, &id, &settings, kept).await {
            Ok(preview) => page.preview = Some(preview),
            Err(cause) => {
                tracing::info!(%cause, "a preview could not be made");
                page.preview_failure = Some(format!("{}, so nobody can be previewed.", show::words(&cause)));
            }
        }
    } else {
        page.status = Some(StatusCode::UNPROCESSABLE_ENTITY);
        page.errors.add("trigger_stage", "Choose the stage that sends the tests; then it can be previewed.");
    }
    page.typed = Some(form.typed(false));
    page.answer(&app, &who, &id).await
}

fn errors(problems: &Problems) -> FieldErrors {
    let mut errors = FieldErrors::default();
    for (field, text) in problems.all() {
        errors.add(field, text);
    }
    errors
}

/// What was saved, for the person who saved it.
fn words(saved: &Saved) -> (FlashKind, String) {
    let mut text = String::from(if saved.activated { "Saved. The integration is active." } else { "Saved." });
    let mut kind = FlashKind::Good;
    let token = if saved.added > 1 { "The tokens match" } else { "Token matches" };
    if saved.added > 0 {
        let (waiting, matched) = (saved.matching.total(), saved.matching.matched());
        let unmatched = waiting - matched;
        match (matched, unmatched) {
            (0, 0) => text.push_str(" The token is checked against the next event."),
            (1, 0) => text.push_str(&format!(" {token} 1 received event.")),
            (n, 0) => text.push_str(&format!(" {token} {n} received events.")),
            (0, n) => {
                kind = FlashKind::Attention;
                text.push_str(&format!(" The new token matches none of the {n} events received so far."));
            }
            (n, m) => {
                kind = FlashKind::Attention;
                text.push_str(&format!(
                    " {token} {n} of {} received events; {m} match no token: add the tokens of the other webhooks.",
                    n + m
                ));
            }
        }
    } else if saved.known > 0 {
        text.push_str(" That token was saved before.");
    }
    text.push_str(&saved.follow.words());
    if saved.follow == Follow::Nobody {
        kind = FlashKind::Attention;
    }
    match saved.removed {
        0 => {}
        1 => text.push_str(" 1 token was removed."),
        n => text.push_str(&format!(" {n} tokens were removed.")),
    }
    (kind, text)
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct NameForm {
    account_name: String,
}

pub(super) async fn rename(
    app: Data<AppState>,
    who: Admin,
    path: Path<String>,
    form: Form<NameForm>,
) -> PageResult {
    let (id, Form(form)) = (id_in(&path)?, form);
    let name = form.account_name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        let mut errors = FieldErrors::default();
        errors.add("account_name", format!("Use 1 to {LONGEST_NAME} characters."));
        let page = Page { status: Some(StatusCode::UNPROCESSABLE_ENTITY), errors, ..Page::default() };
        return page.answer(&app, &who, &id).await;
    }
    let (company, actor, integration) = (*who.company_id(), who.actor(), id);
    let found = app
        .db
        .write(move |conn| {
            let Some(row) = store::by_id(conn, &company, &integration)? else { return Ok(false) };
            lifecycle::rename(conn, &row, &name, &actor)?;
            Ok(true)
        })
        .await?;
    if !found {
        return Err(PageError::NotFound);
    }
    who.flash(FlashKind::Good, "Saved.");
    Ok(see_other(&page_of(&id)))
}
