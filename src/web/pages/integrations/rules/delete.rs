//! Deleting a rule: whom that would invite is shown before.

use super::form::{checked, follow, save_change};
use super::{Facts, list_path, path};
use crate::ids::RuleId;
use crate::integrations::Integration;
use crate::integrations::settings::confirmation;
use crate::integrations::settings::preview;
use crate::integrations::settings::preview::Preview;
use crate::integrations::settings::rules::RuleRow;
use crate::integrations::settings::rules::change::{Change, RuleError};
use crate::state::AppState;
use crate::web::{Admin, FlashKind, Form, Found, Layout, PageError, PageResult, Section, render, see_other};
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "integrations/rules/delete.html")]
struct DeletePage {
    layout: Layout,
    facts: Facts,
    rule: RuleId,
    words: String,
    preview: Option<Preview>,
    above: i32,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(in super::super) struct DeleteForm {
    version: i64,
    confirmed: String,
}

/// Asks.
pub(in super::super) async fn confirm(
    app: Data<AppState>,
    Found(who, (facts, row)): Found<Admin, (Facts, RuleRow)>,
) -> PageResult {
    let (id, rule) = (facts.integration.id, row.id);
    let words = facts.terms_sentence(&row.rule());
    let version = facts.integration.settings_version;
    let preview = match checked(&app, &who, &id, version, &Change::Delete(rule)).await {
        Ok(checked) => {
            let kept = confirmation::kept_since(&who.company);
            preview::preview(&app.connections, &id, &checked.settings, kept).await.ok()
        }
        Err(_) => None,
    };
    let layout = who.layout("Delete a rule", Section::Integrations)?;
    render(&DeletePage { layout, facts, rule, words, preview, above: who.company.ask_again_above })
}

/// Deletes.
pub(in super::super) async fn delete(
    app: Data<AppState>,
    Found(who, (integration, rule)): Found<Admin, (Integration, RuleId)>,
    Form(form): Form<DeleteForm>,
) -> PageResult {
    let id = integration.id;
    let wanted = Change::Delete(rule);
    let version = form.version;
    let outcome = match checked(&app, &who, &id, version, &wanted).await {
        Ok(checked) => match follow(&app, &who, &id, &checked, form.confirmed.parse().ok()).await {
            Ok(follow) => save_change(&app, &who, &id, version, wanted, follow).await,
            // Others than were shown: the page shows them.
            Err(_) => return Ok(see_other(&format!("{}/delete", path(&id, &rule)))),
        },
        Err(refused) => Err(refused),
    };
    let stale = "Nothing was deleted: somebody else has changed the rules. Check them again.";
    match outcome {
        Ok(()) => {}
        Err(RuleError::Stale) => who.flash(FlashKind::Attention, stale),
        Err(RuleError::Disconnected) => who.flash(
            FlashKind::Failed,
            "Nothing was deleted: the account is disconnected. Reconnect it first.",
        ),
        // A second click: it is gone.
        Err(RuleError::NotFound | RuleError::SavedAlready) => {}
        Err(RuleError::Invalid(_)) => return Err(PageError::NotFound),
        Err(RuleError::Db(cause)) => return Err(cause.into()),
    }
    Ok(see_other(&list_path(&id)))
}
