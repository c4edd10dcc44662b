//! The candidate's own result: scores with what they mean, and no role fit.

use super::frame::{Frame, stale};
use super::rights::{answered, clean};
use super::{MaybeForm, path_of};
use crate::people::Company;
use crate::secrets::Code;
use crate::state::AppState;
use crate::test_sessions;
use crate::test_sessions::Finished;
use crate::web::{PageResult, Visitor, see_other};
use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use askama::Template;
use assessment::charts;
use assessment::logic::Form;
use assessment::personality::Questionnaire;
use assessment::texts::Described;
use assessment::{Caution, ScaleScore, Texts};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "assessment/result.html")]
pub(super) struct ResultPage {
    frame: Frame,
    parts: Vec<Part>,
    rows: Vec<Row>,
    /// No norm sample stands behind the scores.
    is_assumed: bool,
    /// The logic test was taken in words.
    in_words: bool,
    cautions: Vec<String>,
    /// What the candidate said about how the tests went.
    comment: String,
    /// The personality test was the IPIP-NEO-120.
    is_neo: bool,
    /// On which day the candidate asked for a person to look at the result, and whether somebody has.
    review: Option<(String, bool)>,
    review_text: String,
    /// The question about groups is to be asked.
    asks_groups: bool,
}

/// One of the tests.
struct Part {
    id: &'static str,
    heading: String,
    is_personality: bool,
    scales: Vec<Scale>,
}

/// One score, in a drawing and in words.
struct Scale {
    name: String,
    about: String,
    chart: String,
    score: u8,
    range: String,
    meaning: String,
}

/// A line of the table.
struct Row {
    name: String,
    about: String,
    score: u8,
    range: String,
}

impl Row {
    fn new(name: &str, about: &str, score: ScaleScore, texts: &Texts) -> Self {
        Self {
            name: name.to_owned(),
            about: about.to_owned(),
            score: score.rounded(),
            range: charts::range_in_words(score, texts),
        }
    }
}

fn scale(described: &Described, score: ScaleScore, texts: &Texts, id: &str) -> Scale {
    Scale {
        name: described.name.clone(),
        about: described.about.clone(),
        chart: charts::score_bar(&described.name, score, texts, id),
        score: score.rounded(),
        range: charts::range_in_words(score, texts),
        meaning: described.band(score.band()).to_owned(),
    }
}

pub(super) fn page(frame: Frame, finished: &Finished, company: &Company) -> ResultPage {
    let result = &finished.result;
    let (words, texts) = (frame.words, frame.words.texts);
    let (mut parts, mut rows) = (Vec::new(), Vec::new());
    if let Some(logic) = &result.logic {
        rows.push(Row::new(&texts.logic.name, "", logic.score, texts));
        parts.push(Part {
            id: "logic",
            heading: words.say("result-logic"),
            is_personality: false,
            scales: vec![scale(&texts.logic, logic.score, texts, "logic-chart")],
        });
    }
    if let Some(personality) = &result.personality {
        let mut scales = Vec::new();
        for score in &personality.traits {
            let described = &texts.traits[score.of.id()];
            scales.push(scale(described, score.score, texts, score.of.id()));
            rows.push(Row::new(&described.name, "", score.score, texts));
            for facet in &score.facets {
                let named = &texts.facets[facet.of.id()];
                rows.push(Row::new(&named.name, &named.about, facet.score, texts));
            }
        }
        let heading = words.say("result-personality");
        parts.push(Part { id: "personality", heading, is_personality: true, scales });
    }
    let caution = |caution: &Caution| texts.caution(*caution, result.sign(*caution));
    let cautions = result.cautions.iter().map(caution).collect();
    let is_assumed = result.has_norms != Some(true);
    let in_words = result.logic.as_ref().is_some_and(|logic| logic.form == Some(Form::Words));
    let title = words.say("result");
    ResultPage {
        frame: frame.titled(title),
        parts,
        rows,
        is_assumed,
        in_words,
        cautions,
        comment: result.comment.clone(),
        is_neo: result.personality.as_ref().is_some_and(|p| p.questionnaire == Questionnaire::IpipNeo),
        review: finished
            .review_asked_at
            .map(|at| (words.day(at, &company.zone()), finished.review_answered_at.is_some())),
        review_text: finished.review_text.clone(),
        asks_groups: company.does_count_groups() && !finished.groups_asked,
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CommentForm {
    comment: String,
}

/// The candidate says how the tests went.
pub(super) async fn comment(
    app: Data<AppState>,
    visitor: Visitor,
    code: Path<String>,
    form: MaybeForm<CommentForm>,
    req: HttpRequest,
) -> PageResult {
    let code = Code::given(&code);
    let Ok(form) = form else { return stale(&visitor, &req, &code) };
    let (held, engine, comment) = (code.clone(), app.engine.clone(), clean(&form.0.comment));
    let is_empty = comment.trim().is_empty();
    let kept = app.db.try_write(move |conn| {
        let access = test_sessions::enter(conn, &held)?;
        test_sessions::comment(conn, &engine, &access.invitation, comment)
    });
    let kept = kept.await;
    // Nothing was said, so nothing is kept.
    if is_empty && kept.is_ok() {
        return Ok(see_other(&path_of(&code)));
    }
    answered(&visitor, &req, &code, kept, "comment-kept")
}
