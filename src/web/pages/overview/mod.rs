//! `/`: how the integrations are doing, what needs somebody, what arrived, how far candidates came, and what was changed.

mod chart;

use crate::audit::Row;
use crate::audit::view as audit;
use crate::events::hourly;
use crate::ids::IntegrationId;
use crate::invitations::bulk_moves::view;
use crate::invitations::bulk_moves::view::Summary;
use crate::invitations::funnel::{self, Funnel};
use crate::invitations::questions::Question;
use crate::monitoring::verdict::{Judged, Part};
use crate::state::AppState;
use crate::test_sessions::{more_time, reviews};
use crate::time::Timestamp;
use crate::web::{Layout, PageError, PageResult, Params, Section, SignedIn, render, see_other};
use actix_web::web;
use actix_web::web::Data;
use askama::Template;
use chart::{Chart, Span};
use std::time::Duration;

/// Candidates take their time: the funnel is of those who were invited within so long.
const FUNNEL: Duration = Duration::from_secs(30 * 86_400);

/// So many changes are named.
const CHANGES: usize = 6;

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/", web::get().to(overview));
}

/// A step of the funnel.
struct Step {
    label: &'static str,
    count: i64,
    /// Of a hundred of the first step.
    percent: i64,
    /// So many of the step before did not come so far.
    lost: i64,
}

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage {
    layout: Layout,
    integrations: Vec<Judged>,
    bulk_moves: Vec<Summary>,
    /// What candidates ask for, and how many.
    asked: Vec<(Question, usize)>,
    /// For who may see the log.
    chart: Option<Chart>,
    span: Span,
    steps: Vec<Step>,
    funnel: Funnel,
    /// For who may see the audit log.
    changes: Vec<Row>,
}

impl OverviewPage {
    /// What needs somebody, with the integration.
    fn needs(&self) -> Vec<(&Judged, &Part)> {
        let all = self.integrations.iter().filter(|one| one.verdict.state.is_trouble());
        let parts = all.flat_map(|one| one.verdict.open().map(move |part| (one, part)));
        parts.filter(|(_, part)| part.needs_somebody()).collect()
    }

    fn is_week(&self) -> bool {
        self.span == Span::Week
    }
}

fn steps(funnel: &Funnel) -> Vec<Step> {
    let counts = [
        ("Invited", funnel.invited),
        ("Opened", funnel.opened),
        ("Started", funnel.started),
        ("Completed", funnel.completed),
        ("Result in Lever", funnel.in_lever),
    ];
    let mut before = funnel.invited;
    counts
        .into_iter()
        .map(|(label, count)| {
            let percent = if funnel.invited == 0 { 0 } else { count * 100 / funnel.invited };
            let lost = (before - count).max(0);
            before = count;
            Step { label, count, percent, lost }
        })
        .collect()
}

async fn overview(app: Data<AppState>, who: Result<SignedIn, PageError>, params: Params) -> PageResult {
    let who = match who {
        Ok(who) => who,
        Err(PageError::SignedOut(_)) => return Ok(see_other("/login")),
        Err(other) => return Err(other),
    };
    let span = Span::parse(params.get("span"));
    let layout = who.layout("Overview", Section::Overview)?;
    let (company, may_audit, zone, now) =
        (*who.company_id(), layout.may_audit(), layout.zone().clone(), Timestamp::now());
    let ids: Vec<IntegrationId> = who.integrations.iter().map(|one| one.integration.id).collect();
    let begin = span.begin(now, &zone);
    let (counts, funnel, bulk_moves, changes, asked) = app
        .db
        .read(move |conn| {
            let counts = if may_audit { hourly::since(conn, &ids, begin)? } else { Vec::new() };
            let funnel = funnel::since(conn, &ids, now.minus(FUNNEL))?;
            let bulk_moves = view::current(conn, &company, None, now)?;
            let changes = if may_audit { audit::changes(conn, &company, CHANGES)? } else { Vec::new() };
            let time = more_time::waiting(conn, &company)?.len();
            let reviews = reviews::waiting(conn, &company)?.len();
            let asked = [(Question::MoreTime, time), (Question::Review, reviews)];
            Ok((counts, funnel, bulk_moves, changes, asked))
        })
        .await?;
    let chart = may_audit.then(|| chart::draw(span, &counts, now, &zone));
    render(&OverviewPage {
        layout,
        integrations: who.integrations,
        bulk_moves,
        asked: asked.into_iter().filter(|(_, count)| *count > 0).collect(),
        chart,
        span,
        steps: steps(&funnel),
        funnel,
        changes,
    })
}
