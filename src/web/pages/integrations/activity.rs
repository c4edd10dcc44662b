//! What was done for an integration lately: its newest events, reconciliations and counted days, each with the way to all.

use super::part::Part;
use crate::completeness::report::{self as counted, Summary};
use crate::events::select::{Scope, Selection};
use crate::events::view::{self, Line, People};
use crate::integrations::{Integration, State};
use crate::monitoring::verdict::Judged;
use crate::reconciliation::{self, Run, report};
use crate::state::AppState;
use crate::web::labels::{self, Label};
use crate::web::{Found, Layout, PageResult, Section, SignedIn, render};
use actix_web::web::Data;
use askama::Template;

/// So many of each are shown.
const SHOWN: usize = 10;

#[derive(Template)]
#[template(path = "integrations/activity.html")]
struct ActivityPage {
    layout: Layout,
    part: Part,
    status: Judged,
    events: Vec<Line>,
    people: People,
    runs: Vec<Run>,
    /// The next page of the run that is under way could not be read, and is tried again.
    is_retried: bool,
    days: Vec<Summary>,
}

impl ActivityPage {
    fn integration(&self) -> &Integration {
        &self.status.integration
    }

    fn kind(&self, event: &Line) -> String {
        labels::event_kind(&event.kind)
    }

    fn became(&self, event: &Line) -> Label {
        labels::event(event.state, event.outcome)
    }

    /// The candidate whom an event is about, once they are known.
    fn person(&self, event: &Line) -> Option<&view::Person> {
        self.people.get(&(event.integration_id, event.opportunity_id.clone()?))
    }
}

pub(super) async fn activity(
    app: Data<AppState>,
    Found(who, integration): Found<SignedIn, Integration>,
) -> PageResult {
    let (company, id) = (*who.company_id(), integration.id);
    let may_audit = who.user.role.may_audit();
    let (events, people, runs, is_retried, days) = app
        .db
        .read(move |conn| {
            let (mut events, mut people) = (Vec::new(), People::new());
            if may_audit {
                let of_it = Selection { integration: Some(id), ..Selection::default() };
                let scope = Scope::of_selection(conn, &company, of_it)?;
                let (page, known) = view::page(conn, &scope, None)?;
                (events, people) = (page.rows, known);
            }
            let runs = report::runs(conn, &company, &id, None)?;
            let is_retried = reconciliation::is_retried(conn, &id)?;
            Ok((events, people, runs, is_retried, counted::page(conn, &id, None)?.0))
        })
        .await?;
    let status = who.judged(&id)?.clone();
    let part = Part::Activity;
    let layout = part.layout(&who, &status)?;
    render(&ActivityPage {
        layout,
        part,
        status,
        events: events.into_iter().take(SHOWN).collect(),
        people,
        runs: runs.into_iter().take(SHOWN).collect(),
        is_retried,
        days: days.into_iter().take(SHOWN).collect(),
    })
}
