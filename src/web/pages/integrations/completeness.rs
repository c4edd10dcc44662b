//! The proof of completeness: day by day, what Lever lists against what was received against what was
//! acted on. Everybody who may see the integration may see it, and print it.

use super::{id_in, page_of};
use crate::audit;
use crate::completeness::report::{self, Full, Summary};
use crate::completeness::{self as days, DayState};
use crate::events::EventKind;
use crate::integrations::{Integration, State, lifecycle, store};
use crate::state::AppState;
use crate::web::labels;
use crate::web::{
    Admin, FlashKind, Form, Layout, PageError, PageResult, Params, Section, SignedIn, render, see_other,
};
use actix_web::web::{Data, Path};
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

/// A date as it stands in an address.
fn date_in(text: &str) -> Result<Date, PageError> {
    text.parse::<Date>().map_err(|_| PageError::NotFound)
}

pub(super) async fn list(
    app: Data<AppState>,
    who: SignedIn,
    path: Path<String>,
    params: Params,
) -> PageResult {
    let (company, id) = (*who.company_id(), id_in(&path)?);
    let before = params.get("before").and_then(|text| text.parse::<Date>().ok()).map(|date| date.to_string());
    let (integration, (days, is_more)) = app
        .db
        .read(move |conn| {
            let Some(integration) = store::by_id(conn, &company, &id)? else { return Ok(None) };
            Ok(Some((integration, report::page(conn, &id, before.as_deref())?)))
        })
        .await?
        .ok_or(PageError::NotFound)?;
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

pub(super) async fn day(app: Data<AppState>, who: SignedIn, path: Path<(String, String)>) -> PageResult {
    let (company, id) = (*who.company_id(), id_in(&path.0)?);
    let date = date_in(&path.1)?.to_string();
    let wanted = date.clone();
    let (integration, day) = app
        .db
        .read(move |conn| {
            let Some(integration) = store::by_id(conn, &company, &id)? else { return Ok(None) };
            let Some(day) = report::day(conn, &id, &wanted)? else { return Ok(None) };
            Ok(Some((integration, day)))
        })
        .await?
        .ok_or(PageError::NotFound)?;
    let layout = who.layout(&format!("Completeness on {date}"), Section::Integrations)?;
    render(&OnePage { layout, integration, day })
}

/// Has the worker count a day, for the first time or again.
pub(super) async fn count(
    app: Data<AppState>,
    who: Admin,
    path: Path<String>,
    form: Form<CountForm>,
) -> PageResult {
    let (company, id) = (*who.company_id(), id_in(&path)?);
    let date = date_in(&form.0.day)?;
    let (wanted, actor) = (id, who.actor());
    let asked = app
        .db
        .write(move |conn| {
            crate::db::dialect::lock_company(conn, &company)?;
            let Some(integration) = store::by_id(conn, &company, &wanted)? else { return Ok(None) };
            if integration.state != State::Active || !days::request_day(conn, &integration, date)? {
                return Ok(Some(false));
            }
            let detail = json!({"day": date.to_string()});
            let subject = lifecycle::subject(&integration);
            audit::record(conn, &company, &actor, "integration.day_counted", &subject, &detail)?;
            Ok(Some(true))
        })
        .await?
        .ok_or(PageError::NotFound)?;
    let path = format!("{}/completeness", page_of(&id));
    if asked {
        app.work.notify_one();
        return Ok(see_other(&format!("{path}/{date}")));
    }
    let words = "This day cannot be counted: the integration must be active, and the day may neither lie before it was \
                 connected nor be still to come.";
    who.flash(FlashKind::Failed, words);
    Ok(see_other(&path))
}
