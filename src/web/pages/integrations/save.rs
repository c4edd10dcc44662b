//! **Save**, and giving an account another name.

use super::show::{self, Page, Typed};
use super::{id_in, page_of};
use crate::app::App;
use crate::db::DbError;
use crate::ids::SigningTokenId;
use crate::integrations::configure::{self, Problems, SaveError, Saved, Wanted};
use crate::integrations::{Matching, life, preview, stages, store};
use crate::invitations::rules::Settings;
use crate::lever::{Origin, StageId};
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
    insist: String,
}

impl SettingsForm {
    fn wanted(&self) -> Wanted {
        Wanted {
            version: self.version,
            trigger: self.trigger_stage.clone(),
            progression: self.progression_stage.clone(),
            origins: self.blocked_origins.clone(),
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
            tokens: self.webhook_signature_token,
            remove: self.remove_token,
            insist: !self.insist.is_empty(),
            may_insist,
        }
    }
}

/// Saves the settings. 422 gives the form back with what was typed, 409 when somebody else saved
/// while it was open.
pub(super) async fn save(
    app: Data<App>,
    who: Admin,
    path: Path<String>,
    form: Form<SettingsForm>,
) -> PageResult {
    let (id, Form(form)) = (id_in(&path)?, form);
    let (company, actor, sealer) = (who.company_id().clone(), who.actor(), app.sealer.clone());
    let (wanted, account) = (form.wanted(), id.clone());
    let outcome =
        app.db.write(move |conn| configure::save(conn, &sealer, &company, &account, &wanted, &actor)).await;
    match outcome {
        Ok(saved) => {
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

/// Shows who meets the rules in the form, and the form as it was typed. Saves nothing.
pub(super) async fn preview(
    app: Data<App>,
    who: Admin,
    path: Path<String>,
    form: Form<SettingsForm>,
) -> PageResult {
    let (id, Form(form)) = (id_in(&path)?, form);
    let (company, wanted) = (who.company_id().clone(), id.clone());
    let known = app
        .db
        .read(move |conn| {
            let is_ours = store::by_id(conn, &company, &wanted)?.is_some();
            Ok::<_, DbError>(is_ours.then_some(stages::all(conn, &wanted)?))
        })
        .await?
        .ok_or(PageError::NotFound)?;
    let mut page = Page::default();
    if known.iter().any(|stage| stage.stage_id == form.trigger_stage && stage.removed_at.is_none()) {
        let settings = Settings {
            trigger_stage: Some(StageId::from(form.trigger_stage.as_str())),
            blocked_origins: form.blocked_origins.iter().map(|word| Origin::from(word.as_str())).collect(),
        };
        match preview::preview(&app.connections, &id, &settings).await {
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
        let Matching { waiting, matched } = saved.matching;
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
    app: Data<App>,
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
    let (company, actor, account) = (who.company_id().clone(), who.actor(), id.clone());
    let found = app
        .db
        .write(move |conn| {
            let Some(row) = store::by_id(conn, &company, &account)? else { return Ok(false) };
            life::rename(conn, &row, &name, &actor)?;
            Ok::<_, DbError>(true)
        })
        .await?;
    if !found {
        return Err(PageError::NotFound);
    }
    who.flash(FlashKind::Good, "Saved.");
    Ok(see_other(&page_of(&id)))
}
