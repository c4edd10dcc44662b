//! `/settings/company/groups`: how the tests turn out for different groups, in counts that lead to nobody.

use crate::state::AppState;
use crate::test_sessions::groups::{self, FEWEST, PICKED_FROM, Question, Shown};
use crate::web::{Layout, PageResult, Section, SignedIn, render};
use actix_web::web::{self, Data};
use askama::Template;

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/settings/company/groups", web::get().to(page));
}

#[derive(Template)]
#[template(path = "groups.html")]
struct GroupsPage {
    layout: Layout,
    asks: bool,
    questions: Vec<(Question, Vec<Line>)>,
    fewest: i32,
    picked_from: u8,
}

/// A group, in words.
struct Line {
    name: &'static str,
    people: String,
    share: String,
    ratio: String,
    /// Below four fifths.
    is_low: bool,
}

impl Line {
    fn of_shown(shown: &Shown) -> Self {
        Self {
            name: shown.group.label(),
            people: shown.people.map_or_else(|| format!("fewer than {FEWEST}"), |people| people.to_string()),
            share: shown.percent.map_or_else(|| "–".to_owned(), |percent| format!("{percent} %")),
            ratio: shown.ratio.map_or_else(
                || "–".to_owned(),
                |ratio| format!("{:.1} ({:.1} to {:.1})", ratio.value, ratio.low, ratio.high),
            ),
            is_low: shown.ratio.is_some_and(|ratio| ratio.is_below_four_fifths),
        }
    }
}

async fn page(app: Data<AppState>, who: SignedIn) -> PageResult {
    let company = *who.company_id();
    let found = app.db.read(move |conn| groups::figures(conn, &company)).await?;
    let lines =
        |(question, groups): (Question, Vec<Shown>)| (question, groups.iter().map(Line::of_shown).collect());
    render(&GroupsPage {
        asks: who.company.does_count_groups(),
        layout: who.layout("Counts by group", Section::Company)?,
        questions: found.into_iter().map(lines).collect(),
        fewest: FEWEST,
        picked_from: PICKED_FROM,
    })
}
