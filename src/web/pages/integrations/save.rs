//! **Save**, and giving an account another name.

use super::confirm::{Confirm, Whom};
use super::page_of;
use super::part::Part;
use super::show::{self, Page};
use crate::forms::CONFIRMED;
use crate::ids::IntegrationId;
use crate::integrations::schedule::watch::Follow;
use crate::integrations::settings::configure;
use crate::integrations::settings::configure::{Asked, Known, SaveError, Saved, Wanted};
use crate::integrations::settings::confirmation;
use crate::integrations::settings::confirmation::Confirmation;
use crate::integrations::settings::preview;
use crate::integrations::settings::rules;
use crate::integrations::settings::values::{FieldChange, IntegrationSettings};
use crate::integrations::signing::catch_up;
use crate::integrations::stages::KnownStage;
use crate::integrations::{Integration, lifecycle, stages, store};
use crate::state::AppState;
use crate::web::{
    Admin, FieldErrors, FlashKind, Form, FormText, FormToConfirm, Found, PageError, PageResult, see_other,
};
use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;

/// So long an answer waits until what was kept is verified.
const PATIENCE: Duration = Duration::from_secs(10);

/// The longest name of an account, in characters.
const LONGEST_NAME: usize = 80;

/// Saves the settings. 422 gives the form back with what was typed, 409 when somebody else saved
/// while it was open. One page asks first where somebody would be invited, or an active account's settings change.
pub(super) async fn save(
    app: Data<AppState>,
    Found(who, row): Found<Admin, Integration>,
    form: FormToConfirm<FormText>,
) -> PageResult {
    let form = form.confirmed_if(&who, Wanted::changes_tokens)?;
    let (id, part) = (row.id, Part::of_form(&form));
    let wanted = Wanted::parse(&form, &row.settings, asked(part));
    let refused = match try_save(&app, &who, &id, wanted, form.text(CONFIRMED).parse().ok()).await {
        Ok(Outcome::Ask { changes, whom }) => {
            let page = page_of(&id);
            let back = format!("{page}/preview");
            return Confirm { fields: form, changes, whom, action: page, back }.answer(&who);
        }
        Ok(Outcome::Saved(saved)) => {
            app.work.notify_one();
            let (kind, text) = saved_message(&saved);
            who.flash(kind, text);
            return Ok(see_other(&part.path(&id)));
        }
        Err(refused) => refused,
    };
    let page = Page { typed: Some(form), part, ..Page::default() };
    match refused {
        SaveError::Invalid { errors, may_insist } => {
            let status = Some(StatusCode::UNPROCESSABLE_ENTITY);
            Page { status, errors, may_insist, ..page }.answer(&app, &who, &id).await
        }
        SaveError::Stale => {
            let page = Page { status: Some(StatusCode::CONFLICT), is_stale: true, ..page };
            page.answer(&app, &who, &id).await
        }
        SaveError::SavedAlready => Ok(see_other(&part.path(&id))),
        SaveError::Disconnected => {
            who.flash(
                FlashKind::Failed,
                "Nothing was saved: the account is disconnected. Reconnect it first.",
            );
            Ok(see_other(&page_of(&id)))
        }
        SaveError::NoSuchAccount => Err(PageError::NotFound),
        SaveError::Db(cause) => Err(cause.into()),
        SaveError::Seal(cause) => Err(PageError::internal(cause)),
    }
}

/// What the form of a part asks.
fn asked(part: Part) -> Asked {
    match part {
        Part::Webhooks => Asked::Tokens,
        Part::Settings => Asked::Settings,
        _ => Asked::Both,
    }
}

/// What became of a form that can be saved.
enum Outcome {
    Saved(Saved),
    /// The person is asked first.
    Ask {
        changes: Vec<FieldChange>,
        whom: Whom,
    },
}

/// `confirmed`: so many were shown and agreed to.
async fn try_save(
    app: &AppState,
    who: &Admin,
    id: &IntegrationId,
    wanted: Wanted,
    confirmed: Option<usize>,
) -> Result<Outcome, SaveError> {
    let (company, integration, asked, sealer) = (*who.company_id(), *id, wanted.clone(), app.sealer.clone());
    let checked = app.db.try_read(move |conn| {
        let checked = configure::check(conn, &sealer, &company, &integration, &asked)?;
        let differ = checked.is_active && !checked.changes.is_empty();
        let (settings, matching) = (checked.settings, checked.matching);
        Ok::<_, SaveError>((settings, checked.invites_others, matching, checked.changes, differ))
    });
    let (settings, invites_others, matching, changes, differ) = checked.await?;
    let (connections, row) = (&app.connections, &who.company);
    let is_unasked = differ && confirmed.is_none();
    let follow = match invites_others {
        false if is_unasked => return Ok(Outcome::Ask { changes, whom: Whom::Nobody }),
        false => Follow::Unchanged,
        true => match confirmation::look(connections, row, id, &settings, differ, confirmed).await {
            Confirmation::Ask(preview) => {
                return Ok(Outcome::Ask { changes, whom: Whom::Shown(preview) });
            }
            Confirmation::Save(follow) => follow,
            Confirmation::Blind(_) if is_unasked => {
                return Ok(Outcome::Ask { changes, whom: Whom::Unknown });
            }
            Confirmation::Blind(_) => Follow::Nobody,
        },
    };
    let (actor, sealer, known) = (who.actor(), app.sealer.clone(), Known { follow, matching });
    let saved = app.db.try_write(move |conn| {
        configure::save(conn, &sealer, &company, &integration, &wanted, known, &actor)
    });
    let saved = saved.await?;
    if saved.added > 0 {
        verify(app, integration).await;
    }
    Ok(Outcome::Saved(saved))
}

/// Verifies what was kept by tokens that were saved. It goes on when the browser is gone, or has waited for long: what
/// the answer says was counted before.
async fn verify(app: &AppState, id: IntegrationId) {
    let (db, sealer, work) = (app.db.clone(), app.sealer.clone(), Arc::clone(&app.work));
    let run = actix_web::rt::spawn(async move {
        if let Err(failure) = catch_up::run(&db, &sealer, &id).await {
            tracing::error!(integration = %id, %failure, "what was kept is not verified yet; a job goes on");
        }
        work.notify_one();
    });
    let _ = tokio::time::timeout(PATIENCE, run).await;
}

/// Shows who meets the rules in the form, and the form as it was typed. Saves nothing.
pub(super) async fn preview(
    app: Data<AppState>,
    Found(who, row): Found<Admin, Integration>,
    Form(form): Form<FormText>,
) -> PageResult {
    let id = row.id;
    let mut page = Page { part: Part::of_form(&form), ..Page::default() };
    let wanted = IntegrationSettings::parse(&form, &row.settings, &mut page.errors);
    let (trigger, integration) = (wanted.trigger_stage_id.clone(), id);
    let (known, settings) = app
        .db
        .read(move |conn| Ok((stages::all(conn, &integration)?, rules::settings_with(conn, &row, &wanted)?)))
        .await?;
    let is_trigger = |stage: &KnownStage| Some(&stage.stage_id) == trigger.as_ref();
    if !known.iter().any(|stage| is_trigger(stage) && stage.removed_at.is_none()) {
        page.errors.add("trigger_stage", "Choose the stage that sends the tests to see a preview.");
    }
    if page.errors.is_empty() {
        let kept = confirmation::kept_since(&who.company);
        match preview::preview(&app.connections, &id, &settings, kept).await {
            Ok(preview) => page.preview = Some(preview),
            Err(cause) => {
                tracing::info!(%cause, "a preview could not be made");
                page.preview_failure =
                    Some(format!("{}, so a preview is not possible.", show::call_failed(&cause)));
            }
        }
    } else {
        page.status = Some(StatusCode::UNPROCESSABLE_ENTITY);
    }
    page.typed = Some(form);
    page.answer(&app, &who, &id).await
}

/// What was saved, for the person who saved it.
fn saved_message(saved: &Saved) -> (FlashKind, String) {
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
        text.push_str(" That token was already saved.");
    }
    text.push_str(&saved.follow.sentence());
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
    /// The part of the page that the form comes from.
    part: String,
}

pub(super) async fn rename(
    app: Data<AppState>,
    Found(who, row): Found<Admin, Integration>,
    Form(form): Form<NameForm>,
) -> PageResult {
    let id = row.id;
    let name = form.account_name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        let errors = FieldErrors::single("account_name", format!("Use 1 to {LONGEST_NAME} characters."));
        let status = Some(StatusCode::UNPROCESSABLE_ENTITY);
        let page = Page { status, errors, part: Part::Settings, ..Page::default() };
        return page.answer(&app, &who, &id).await;
    }
    let actor = who.actor();
    app.db
        .write(move |conn| {
            let row = store::get(conn, &id)?;
            lifecycle::rename(conn, &row, &name, &actor)
        })
        .await?;
    who.flash(FlashKind::Good, "Saved.");
    Ok(see_other(&Part::named(&form.part).path(&id)))
}
