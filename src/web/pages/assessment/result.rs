//! The candidate's own result: scores with what they mean, and no role fit.

use super::agreement::WithoutNorms;
use super::frame::{Frame, sorry, stale};
use super::rights::{answered, clean};
use super::{MaybeForm, path_of, taken};
use crate::i18n::Messages;
use crate::invitations::candidates::candidate;
use crate::people::Company;
use crate::report::{self, OwnLine, OwnResult};
use crate::secrets::Code;
use crate::state::AppState;
use crate::test_sessions;
use crate::test_sessions::{CurrentStep, Finished, TestSessionError};
use crate::time::Timestamp;
use crate::web::{PageError, PageResult, Seen, Visitor, see_other};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use assessment::charts;
use assessment::logic::Form;
use assessment::personality::Questionnaire;
use assessment::provider::TestResult;
use assessment::scale::people_below;
use assessment::texts::{Described, Named};
use assessment::{Caution, ScaleScore, Texts};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "assessment/result.html")]
pub(super) struct ResultPage {
    frame: Frame,
    parts: Vec<Part>,
    rows: Vec<Row>,
    /// How the scores are to be read, in sentences.
    notes: Vec<String>,
    cautions: Vec<String>,
    /// What the candidate said about how the tests went.
    comment: String,
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
    /// How many of a hundred people score lower, in a sentence, where people have taken the test.
    people: Option<String>,
}

/// A line of the table.
struct Row {
    name: String,
    about: String,
    /// What is usual at the low and the high end of a facet.
    ends: Option<(String, String)>,
    value: ScaleScore,
    score: u8,
    range: String,
}

impl Row {
    fn new(name: &str, about: &str, score: ScaleScore, texts: &Texts) -> Self {
        Self {
            name: name.to_owned(),
            about: about.to_owned(),
            ends: None,
            value: score,
            score: score.rounded(),
            range: charts::range_in_words(score, texts),
        }
    }

    fn of_facet(named: &Named, score: ScaleScore, texts: &Texts) -> Self {
        let ends = Some((named.low.clone(), named.high.clone()));
        Self { ends, ..Self::new(&named.name, &named.about, score, texts) }
    }
}

/// How many of a hundred people score lower.
fn people(words: &Messages, score: ScaleScore) -> String {
    let numbers = [("people", score.value), ("low", score.low), ("high", score.high)];
    words.say_all("result-people", &numbers.map(|(name, value)| (name, people_below(value).to_string())))
}

fn scale(described: &Described, score: ScaleScore, words: &Messages, id: &str, has_norms: bool) -> Scale {
    let texts = words.texts;
    Scale {
        people: has_norms.then(|| people(words, score)),
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
            scales: vec![scale(&texts.logic, logic.score, words, "logic-chart", logic.has_norms)],
        });
    }
    if let Some(personality) = &result.personality {
        let mut scales = Vec::new();
        for score in &personality.traits {
            let described = &texts.traits[score.of.id()];
            scales.push(scale(described, score.score, words, score.of.id(), personality.has_norms));
            rows.push(Row::new(&described.name, "", score.score, texts));
            for facet in &score.facets {
                let named = &texts.facets[facet.of.id()];
                rows.push(Row::of_facet(named, facet.score, texts));
            }
        }
        let heading = words.say("result-personality");
        parts.push(Part { id: "personality", heading, is_personality: true, scales });
    }
    let caution = |caution: &Caution| texts.caution(*caution, result.sign(*caution));
    let cautions = result.cautions.iter().map(caution).collect();
    let title = words.say("result");
    ResultPage {
        frame: frame.titled(title),
        parts,
        rows,
        notes: notes(words, result),
        cautions,
        comment: result.comment.clone(),
        review: finished
            .review_asked_at
            .map(|at| (words.day(at, &company.zone()), finished.review_answered_at.is_some())),
        review_text: finished.review_text.clone(),
        asks_groups: company.does_count_groups() && !finished.groups_asked,
    }
}

/// How the scores are to be read. What is said of averages holds for the tests that it names: one with norms does not speak for
/// the other.
fn notes(words: &Messages, result: &TestResult) -> Vec<String> {
    let (logic, personality) = (result.logic.as_ref(), result.personality.as_ref());
    let is_neo = personality.is_some_and(|personality| personality.questionnaire == Questionnaire::IpipNeo);
    // Published averages stay published ones when they are moved.
    let without = WithoutNorms::among(
        logic.map(|logic| logic.has_norms),
        personality.map(|personality| personality.has_norms || is_neo),
    );
    let in_words = logic.is_some_and(|logic| logic.form == Some(Form::Words));
    [
        Some("result-how"),
        without.after(),
        is_neo.then_some("result-neo"),
        result.is_among_applicants().then_some("result-applicants"),
        in_words.then_some("result-words"),
        Some("result-alone"),
    ]
    .into_iter()
    .flatten()
    .map(|id| words.say(id))
    .collect()
}

impl ResultPage {
    /// The same as a document.
    fn document(self, name: &str, posting: &str, completed_at: Timestamp) -> OwnResult {
        let words = self.frame.words;
        let title = &self.frame.layout.title;
        let meanings = |part: Part| {
            let scale = |scale: Scale| {
                let sentences = [scale.about, scale.meaning].into_iter().chain(scale.people);
                (scale.name, sentences.collect::<Vec<String>>())
            };
            let no_better = part.is_personality.then(|| (part.heading, vec![words.say("result-no-better")]));
            no_better.into_iter().chain(part.scales.into_iter().map(scale))
        };
        let line = |row: Row| OwnLine {
            is_part: row.ends.is_some(),
            name: row.name,
            value: row.value,
            score: row.score,
            range: row.range,
            ends: row.ends,
        };
        OwnResult {
            language: words.code(),
            company: self.frame.company,
            title: if name.is_empty() { title.clone() } else { format!("{title}: {name}") },
            posting: posting.to_owned(),
            notes: self.notes,
            numbers: ["result-details", "result-scale", "result-score", "result-range"]
                .map(|id| words.say(id)),
            lines: self.rows.into_iter().map(line).collect(),
            meanings: self.parts.into_iter().flat_map(meanings).collect(),
            cautions: (words.say("result-cautions"), self.cautions),
            completed_at,
        }
    }
}

/// The result as a file, once all tests are done.
pub(super) async fn pdf(
    app: Data<AppState>,
    visitor: Visitor,
    Seen(seen): Seen,
    code: Path<String>,
    req: HttpRequest,
) -> PageResult {
    let code = Code::given(&code);
    let (held, engine) = (code.clone(), app.engine.clone());
    app.engine.prepare().await;
    let found = app.db.try_read(move |conn| {
        let access = test_sessions::peek(conn, &held)?;
        let name = candidate(conn, &access.invitation.candidate_id)?.name;
        let now = test_sessions::look(conn, &engine, &access.invitation, None)?;
        Ok::<_, TestSessionError>((access, name, now))
    });
    let (access, name, now) = match found.await {
        Ok(found) => found,
        Err(failure) => return sorry(&visitor, &req, &code, failure),
    };
    let CurrentStep::Done(finished) = now else { return Err(PageError::NotFound) };
    let frame = Frame::new(&visitor, &req, &code, Some(&access.company))?;
    let completed_at = Timestamp(finished.result.completed_at_ms);
    let page = page(frame, &finished, &access.company);
    let document = page.document(&name, &access.invitation.posting_title, completed_at);
    let written = report::in_turn_soon(move || report::own_pdf(&document)).await;
    let written = written.map_err(PageError::internal)?.ok_or(PageError::Busy(5))?;
    let bytes = written.map_err(PageError::internal)?;
    taken(&app, seen, access.company.id, access.invitation.candidate_id).await;
    Ok(HttpResponse::Ok()
        .content_type("application/pdf")
        .insert_header(("Content-Disposition", "attachment; filename=\"my-result.pdf\""))
        .body(bytes))
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
    answered(&visitor, &req, &code, kept, ["comment-kept", "not-yet"])
}
