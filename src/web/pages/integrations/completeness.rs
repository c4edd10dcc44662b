//! The proof of completeness: day by day, what Lever lists against what was received against what was
//! acted on. Everybody who may see the integration may see it, and print it.

use super::page_of;
use crate::audit;
use crate::completeness::report::{self, Full, Summary};
use crate::completeness::{self as days, DayState};
use crate::db::{Conn, DbResult};
use crate::events::EventKind;
use crate::ids::{CompanyId, IntegrationId};
use crate::integrations::{Integration, State, lifecycle, store};
use crate::state::AppState;
use crate::web::labels;
use crate::web::{
    Admin, FlashKind, Form, Found, InCompany, Layout, PageError, PageResult, Params, Section, SignedIn,
    render, see_other,
};
use actix_web::dev::{Path, Url};
use actix_web::web::Data;
use askama::Template;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;

/// Which day is to be counted.
#[derive(Deserialize)]
pub(super) struct CountForm {
    day: String,
}

#[derive(Template)]
#[template(path = "integrations/completeness.html")]
struct ListPage {
    layout: Layout,
    integration: Integration,
    days: Vec<Summary>,
    today: String,
    older: Option<String>,
}

impl ListPage {
    fn path(&self) -> String {
        format!("{}/completeness", page_of(&self.integration.id))
    }

    fn may_count(&self) -> bool {
        self.layout.may_configure() && self.integration.state == State::Active
    }
}

pub(super) async fn list(
    app: Data<AppState>,
    Found(who, integration): Found<SignedIn, Integration>,
    params: Params,
) -> PageResult {
    let id = integration.id;
    let before = params.get("before").and_then(|text| text.parse::<Date>().ok()).map(|date| date.to_string());
    let (days, is_more) = app.db.read(move |conn| report::page(conn, &id, before.as_deref())).await?;
    let older = days.last().filter(|_| is_more);
    let older =
        older.map(|last| format!("{}/completeness?before={}", page_of(&integration.id), last.day.day));
    let layout = who.layout("Completeness", Section::Integrations)?;
    let today = layout.day(&layout.now);
    render(&ListPage { layout, integration, days, today, older })
}

#[derive(Template)]
#[template(path = "integrations/completeness_day.html")]
struct OnePage {
    layout: Layout,
    integration: Integration,
    day: Full,
}

impl OnePage {
    fn path(&self) -> String {
        format!("{}/completeness", page_of(&self.integration.id))
    }

    fn may_count(&self) -> bool {
        self.layout.may_configure() && self.integration.state == State::Active
    }

    fn is_under_way(&self) -> bool {
        self.day.summary.day.state == DayState::Asked
    }

    fn label(&self, kind: &str) -> String {
        labels::event_kind(&EventKind::from(kind))
    }
}

/// A day that was counted, or is being counted.
impl InCompany for (Integration, Full) {
    type Key = (IntegrationId, Date);

    fn key(path: &Path<Url>) -> Option<Self::Key> {
        Some((Integration::key(path)?, path.get("day")?.parse().ok()?))
    }

    fn load(conn: &mut Conn, company: &CompanyId, (id, date): &Self::Key) -> DbResult<Option<Self>> {
        let Some(integration) = store::by_id(conn, company, id)? else { return Ok(None) };
        let day = report::day(conn, id, &date.to_string())?;
        Ok(day.map(|day| (integration, day)))
    }
}

pub(super) async fn day(Found(who, (integration, day)): Found<SignedIn, (Integration, Full)>) -> PageResult {
    let layout = who.layout(&format!("Completeness on {}", day.summary.day.day), Section::Integrations)?;
    render(&OnePage { layout, integration, day })
}

/// Has the worker count a day, for the first time or again.
pub(super) async fn count(
    app: Data<AppState>,
    Found(who, integration): Found<Admin, Integration>,
    Form(form): Form<CountForm>,
) -> PageResult {
    let (company, id) = (*who.company_id(), integration.id);
    let date = form.day.parse::<Date>().map_err(|_| PageError::NotFound)?;
    let actor = who.actor();
    let asked = app
        .db
        .write(move |conn| {
            crate::db::dialect::lock_company(conn, &company)?;
            let integration = store::get(conn, &id)?;
            if integration.state != State::Active || !days::request_day(conn, &integration, date)? {
                return Ok(false);
            }
            let detail = json!({"day": date.to_string()});
            let subject = lifecycle::subject(&integration);
            audit::record(conn, &company, &actor, audit::Action::IntegrationDayCounted, &subject, &detail)?;
            Ok(true)
        })
        .await?;
    let path = format!("{}/completeness", page_of(&id));
    if asked {
        app.work.notify_one();
        return Ok(see_other(&format!("{path}/{date}")));
    }
    let words = "This day cannot be counted: the integration must be active, and the day can't be before it \
                 was connected or in the future.";
    who.flash(FlashKind::Failed, words);
    Ok(see_other(&path))
}
