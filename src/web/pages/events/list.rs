//! `/events` and the files of the same selection.

use super::{LIST, chart, filters};
use crate::events::export::{self, Proofs, Record};
use crate::events::select::{NamedIntegration, Scope};
use crate::events::view::{self, Line, People};
use crate::events::{EventKind, State};
use crate::export::{Format, is_visible};
use crate::ids::EventId;
use crate::state::AppState;
use crate::time::Timestamp;
use crate::web::labels;
use crate::web::{
    Auditing, Confirmed, FieldErrors, Layout, PageError, PageResult, Params, Section, download, render,
    render_with,
};
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use jiff::tz::TimeZone;

#[derive(Template)]
#[template(path = "events/list.html")]
struct ListPage {
    layout: Layout,
    params: Params,
    errors: FieldErrors,
    integrations: Vec<NamedIntegration>,
    chart: Option<chart::Chart>,
    rows: Vec<Shown>,
    newer: Option<String>,
    older: Option<String>,
    live: Option<String>,
}

/// A line of the list.
struct Shown {
    id: EventId,
    at: Timestamp,
    time: String,
    label: String,
    integration: Option<String>,
    candidate: Option<(String, String, String)>,
    badge: &'static str,
    verdict: String,
}

impl ListPage {
    fn states(&self) -> &'static [State] {
        State::ALL
    }

    fn state_name(&self, state: &State) -> String {
        labels::event_state(*state).1
    }

    fn kinds(&self) -> impl Iterator<Item = (&'static str, String)> {
        EventKind::KNOWN.iter().map(|kind| (kind.as_str(), labels::event_kind(kind)))
    }

    /// A kind in the address that Lever is not known to send is a choice as well.
    fn other_kind(&self) -> Option<&str> {
        self.params.get("event").filter(|kind| matches!(EventKind::from(*kind), EventKind::Other(_)))
    }
}

/// The list, newest first. 422 says which filter cannot be read.
pub(super) async fn page(app: Data<AppState>, who: Auditing, params: Params) -> PageResult {
    let params = params.only(filters::FIELDS);
    let layout = who.layout("Events", Section::Events)?;
    let (company, zone) = (*who.company_id(), who.company.zone());
    let selection = match filters::selection(&params, &zone) {
        Ok(selection) => selection,
        Err(errors) => {
            let scope =
                app.db.read(move |conn| Scope::of_selection(conn, &company, Default::default())).await?;
            let page = ListPage {
                layout,
                params,
                errors,
                integrations: scope.integrations,
                chart: None,
                rows: Vec::new(),
                newer: None,
                older: None,
                live: None,
            };
            return render_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let today = selection.from.is_none() && selection.until.is_none();
    let (grid, edges) = chart::edges(&selection, layout.now, &zone);
    let cursor = params.cursor(EventId::parse);
    let (scope, (list, people), bars) = app
        .db
        .read(move |conn| {
            let scope = Scope::of_selection(conn, &company, selection)?;
            let list = view::page(conn, &scope, cursor.as_ref())?;
            let bars = view::bars(conn, &scope, &edges)?;
            Ok((scope, list, bars))
        })
        .await?;
    let rows: Vec<Shown> =
        list.rows.into_iter().map(|line| shown(line, &scope, &people, &zone, layout.now)).collect();
    let newer = rows.first().filter(|_| list.newer).map(|row| params.newer(LIST, &row.id));
    let older = rows.last().filter(|_| list.older).map(|row| params.older(LIST, &row.id));
    let page = ListPage {
        live: (!list.newer).then(|| params.link(LIST)),
        chart: chart::draw(grid, &bars, today, &zone),
        integrations: scope.integrations,
        errors: FieldErrors::default(),
        layout,
        params,
        rows,
        newer,
        older,
    };
    render(&page)
}

fn shown(line: Line, scope: &Scope, people: &People, zone: &TimeZone, now: Timestamp) -> Shown {
    let (badge, verdict) = labels::event(line.state, line.outcome);
    let integration =
        (scope.integrations.len() > 1).then(|| scope.account_name(&line.integration_id).to_owned());
    let key = line.opportunity_id.map(|opportunity| (line.integration_id, opportunity));
    let person = key.and_then(|key| people.get(&key));
    Shown {
        time: clock(line.received_at, now, zone),
        at: line.received_at,
        label: labels::event_title(line.state, &line.kind),
        candidate: person.map(|p| (p.id.to_string(), called(&p.name), p.posting_title.clone())),
        id: line.id,
        integration,
        badge,
        verdict,
    }
}

/// The clock time today, with the day before.
fn clock(time: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (time, now) = (time.zoned(zone), now.zoned(zone));
    let format = match (time.date() == now.date(), time.year() == now.year()) {
        (true, _) => "%H:%M:%S",
        (false, true) => "%d %b %H:%M",
        (false, false) => "%d %b %Y %H:%M",
    };
    time.strftime(format).to_string()
}

/// A candidate without a name in Lever still needs something to click.
fn called(name: &str) -> String {
    if !is_visible(name) { "No name in Lever".to_owned() } else { name.to_owned() }
}

/// The selection as a file for spreadsheets.
pub(super) async fn csv(app: Data<AppState>, who: Confirmed<Auditing>, params: Params) -> PageResult {
    file(&app, &who, &params, Format::Csv).await
}

/// The selection as a file for programs.
pub(super) async fn ndjson(app: Data<AppState>, who: Confirmed<Auditing>, params: Params) -> PageResult {
    file(&app, &who, &params, Format::Ndjson).await
}

async fn file(app: &AppState, who: &Auditing, params: &Params, format: Format) -> PageResult {
    let zone = who.company.zone();
    let selection = filters::selection(params, &zone).map_err(|errors| PageError::Explained {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        title: "This selection cannot be exported".to_owned(),
        text: errors.sentences(),
    })?;
    let company = *who.company_id();
    let proofs = if who.user.role.may_configure() { Proofs::Shown } else { Proofs::Masked };
    let scope = app.db.read(move |conn| Scope::of_selection(conn, &company, selection)).await?;
    let day = Timestamp::now().date_in(&zone);
    download(app, company, &format!("events-{day}"), format, move |conn, last: Option<&Record>| {
        export::lines(conn, &scope, proofs, last.and_then(|record| EventId::parse(&record.id)))
    })
    .await
}
