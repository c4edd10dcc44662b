//! A task of the logic test: the matrix, its options, and the time that is left.

use super::frame::{Frame, language, sorry, stale};
use super::{MaybeForm, path_of};
use crate::secrets::Code;
use crate::state::AppState;
use crate::test_sessions;
use crate::test_sessions::{Away, CurrentStep};
use crate::web::{FlashKind, PageResult, Visitor, render_with, see_other};
use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use assessment::logic::{Form as TaskForm, describe, draw};
use assessment::session::{Outcome, Task};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "assessment/task.html")]
pub(super) struct TaskPage {
    frame: Frame,
    step: u32,
    /// Seconds left; practice has no limit.
    left: Option<i64>,
    /// What happened while the candidate was away, in a sentence.
    away: Option<String>,
    /// Something was sent without a choice.
    choose: bool,
    /// The drawing; a task of words has cells instead.
    matrix: Option<String>,
    cells: Vec<String>,
    options: Vec<Choice>,
}

struct Choice {
    drawing: Option<String>,
    words: String,
}

impl TaskPage {
    /// Whether the row ends with the missing cell.
    fn is_last_row(&self, row: &[String]) -> bool {
        row.last() == self.cells.last() && self.cells.ends_with(row)
    }
}

pub(super) fn page(
    frame: Frame,
    task: &Task,
    left_ms: Option<i64>,
    away: Option<Away>,
    choose: bool,
) -> TaskPage {
    let id = if left_ms.is_some() { "task" } else { "practice" };
    let title = frame.words.say2(id, "number", task.number, "of", task.of);
    let (item, texts) = (&task.item, frame.words.texts);
    let is_drawn = item.id().form == TaskForm::Figures;
    let options = (0..item.options().len()).map(|place| Choice {
        drawing: is_drawn.then(|| draw::option(item, place, texts, &format!("option{place}"))),
        words: describe::cell_of(item, &item.options()[place], texts),
    });
    TaskPage {
        step: task.step,
        left: left_ms.map(|ms| (ms + 999) / 1000),
        away: away.map(|away| {
            frame.words.say(match away {
                Away::Replaced => "resumed",
                Away::Lost => "time-over-away",
            })
        }),
        choose,
        matrix: is_drawn.then(|| draw::matrix(item, texts, "matrix")),
        cells: if is_drawn { Vec::new() } else { describe::cells(item, texts) },
        options: options.collect(),
        frame: frame.titled(title),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct AnswerForm {
    step: u32,
    choice: String,
    /// The button that passes a task over.
    pass: String,
    /// Set by the script that counts down.
    time_up: String,
    /// How often the page was left, counted by the script.
    left_page: u16,
}

/// Takes an answer. An answer to an earlier step changes nothing.
pub(super) async fn answer(
    app: Data<AppState>,
    visitor: Visitor,
    code: Path<String>,
    form: MaybeForm<AnswerForm>,
    req: HttpRequest,
) -> PageResult {
    let code = Code::given(&code);
    let Ok(form) = form else { return stale(&visitor, &req, &code) };
    let AnswerForm { step, choice, pass, time_up, left_page } = form.0;
    let choice: Option<usize> = if pass.is_empty() { choice.parse().ok() } else { None };
    app.engine.prepare().await;
    let (held, engine) = (code.clone(), app.engine.clone());
    let is_answer = choice.is_some() || !pass.is_empty() || !time_up.is_empty();
    let taken = app.db.try_write(move |conn| {
        let access = test_sessions::enter(conn, &held)?;
        let invitation = &access.invitation;
        if is_answer {
            let outcome = test_sessions::task(conn, &engine, invitation, step, choice, left_page)?;
            return Ok((access, Some(outcome), None));
        }
        let now = test_sessions::now(conn, &engine, invitation, None)?;
        Ok((access, None, Some(now)))
    });
    let (access, outcome, now) = match taken.await {
        Ok(taken) => taken,
        Err(failure) => return sorry(&visitor, &req, &code, failure),
    };
    let words = language(&visitor, &req);
    match outcome {
        Some(Outcome::TooLate) => visitor.flash(FlashKind::Attention, words.say("time-over")),
        Some(Outcome::Taken) if !time_up.is_empty() && choice.is_none() => {
            visitor.flash(FlashKind::Attention, words.say("time-over"));
        }
        _ => {}
    }
    // Nothing was chosen: the same task, asking for a choice. The clock goes on.
    let (task, left_ms, away) = match now {
        Some(CurrentStep::Practice(task)) => (task, None, None),
        Some(CurrentStep::Task { task, left_ms, away }) => (task, Some(left_ms), away),
        _ => return Ok(see_other(&path_of(&code))),
    };
    if task.step != step {
        return Ok(see_other(&path_of(&code)));
    }
    let frame = Frame::new(&visitor, &req, &code, &access.company.name)?;
    render_with(StatusCode::UNPROCESSABLE_ENTITY, &page(frame, &task, left_ms, away, true))
}
