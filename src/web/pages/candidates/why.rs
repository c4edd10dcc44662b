//! `/candidates/why`: “Why was this candidate not invited?”

use crate::candidates::why::{self, Answer, WhyError};
use crate::events::view::Line;
use crate::state::AppState;
use crate::web::labels::{self, Label};
use crate::web::{Layout, PageError, PageResult, Params, Section, SignedIn, render};
use actix_web::web::{self, Data};
use askama::Template;

pub(in crate::web::pages) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/candidates/why", web::get().to(page));
}

#[derive(Template)]
#[template(path = "candidates/why.html")]
struct WhyPage {
    layout: Layout,
    params: Params,
    answer: Option<Answer>,
    failure: Option<String>,
}

impl WhyPage {
    fn verdict(&self, line: &Line) -> Label {
        labels::event(line.state, line.outcome)
    }

    fn label(&self, line: &Line) -> String {
        labels::event_kind(&line.kind)
    }
}

async fn page(app: Data<AppState>, who: SignedIn, params: Params) -> PageResult {
    let params = params.only(&["q"]);
    let text = params.get("q").map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let (mut answer, mut failure) = (None, None);
    if let Some(text) = text {
        match why::why(&app.connections, who.company_id(), &text).await {
            Ok(found) => answer = Some(found),
            Err(WhyError::Db(cause)) => return Err(PageError::from(cause)),
            Err(WhyError::Lever(cause)) => failure = Some(cause.to_string()),
        }
    }
    let layout = who.layout("Why was this candidate not invited?", Section::Candidates)?;
    render(&WhyPage { layout, params, answer, failure })
}
