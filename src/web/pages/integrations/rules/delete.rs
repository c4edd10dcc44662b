//! Deleting a rule: whom that would invite is shown before.

use super::form::save_change;
use super::{Facts, list_path, path};
use crate::ids::RuleId;
use crate::integrations::Integration;
use crate::integrations::schedule::watch::Follow;
use crate::integrations::settings::confirmation;
use crate::integrations::settings::confirmation::Confirmation;
use crate::integrations::settings::preview;
use crate::integrations::settings::preview::Preview;
use crate::integrations::settings::rules::RuleRow;
use crate::integrations::settings::rules::change;
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
    let (company, integration, wanted) = (*who.company_id(), id, Change::Delete(rule));
    let version = facts.integration.settings_version;
    let settings = app
        .db
        .try_read(move |conn| {
            change::check(conn, &company, &integration, version, &wanted).map(|c| c.settings)
        })
        .await;
    let preview = match settings {
        Ok(settings) => {
            let kept = confirmation::kept_since(&who.company);
            preview::preview(&app.connections, &id, &settings, kept).await.ok()
        }
        Err(_) => None,
    };
    let layout = who.layout("Delete a rule", Section::Integrations)?;
    render(&DeletePage { layout, facts, rule, words, preview })
}

/// Deletes.
pub(in super::super) async fn delete(
    app: Data<AppState>,
    Found(who, (integration, rule)): Found<Admin, (Integration, RuleId)>,
    Form(form): Form<DeleteForm>,
) -> PageResult {
    let id = integration.id;
    let wanted = Change::Delete(rule);
    let (company, asked) = (*who.company_id(), wanted.clone());
    let version = form.version;
    let checked =
        app.db.try_read(move |conn| change::check(conn, &company, &id, version, &asked).map(|c| c.settings));
    let outcome = match checked.await {
        Ok(settings) => {
            let confirmed = form.confirmed.parse().ok();
            let follow =
                match confirmation::look(&app.connections, &who.company, &id, &settings, confirmed).await {
                    Confirmation::Save(follow) => follow,
                    Confirmation::Blind(_) => Follow::Nobody,
                    // More than were shown: the page shows them.
                    Confirmation::Ask(_) => return Ok(see_other(&format!("{}/delete", path(&id, &rule)))),
                };
            save_change(&app, &who, &id, version, wanted, follow).await
        }
        Err(refused) => Err(refused),
    };
    let stale = "Nothing was deleted: somebody else changed the rules in the meantime. Look at them again.";
    match outcome {
        Ok(()) => {}
        Err(RuleError::Stale) => who.flash(FlashKind::Attention, stale),
        Err(RuleError::Disconnected) => who.flash(
            FlashKind::Failed,
            "Nothing was deleted: the account is disconnected. Connect it again first.",
        ),
        // A second click: it is gone.
        Err(RuleError::NotFound) => {}
        Err(RuleError::Invalid(_)) => return Err(PageError::NotFound),
        Err(RuleError::Db(cause)) => return Err(cause.into()),
    }
    Ok(see_other(&list_path(&id)))
}
