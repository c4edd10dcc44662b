//! A task of the logic test: the matrix, its options, and the time that is left.

use super::frame::{Frame, language, show_larger, sorry, stale};
use super::{MaybeForm, path_of};
use crate::i18n::Messages;
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
    is_practice: bool,
    /// Seconds left, where there is a limit.
    left: Option<i64>,
    /// What happened while the candidate was away, in a sentence.
    away: Option<String>,
    /// Something was sent without a choice.
    choose: bool,
    /// The drawing; a task of words has cells instead.
    matrix: Option<String>,
    cells: Vec<String>,
    /// The candidate asked for the drawings in words, too.
    is_described: bool,
    /// A second test where somebody watches: there is no withdrawing from it but by leaving.
    pub(super) is_verification: bool,
    options: Vec<Choice>,
}

/// What a task's clock says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clock {
    /// Practice has none.
    Practice,
    /// Neither have the tasks of somebody who needs as much time as it takes.
    NoLimit,
    /// So many milliseconds are left.
    Left(i64),
}

impl Clock {
    /// Of a task that counts.
    pub(super) fn with_left(left_ms: Option<i64>) -> Self {
        left_ms.map_or(Self::NoLimit, Self::Left)
    }
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

/// What became of the task that was open while the candidate was away.
pub(super) fn was_away(words: &Messages, away: Away) -> String {
    words.say(match away {
        Away::Replaced => "resumed",
        Away::Lost => "time-over-away",
    })
}

pub(super) fn page(frame: Frame, task: &Task, clock: Clock, away: Option<Away>, choose: bool) -> TaskPage {
    let is_practice = clock == Clock::Practice;
    let id = if is_practice { "practice" } else { "task" };
    let title = frame.words.say2(id, "number", task.number, "of", task.of);
    let (item, texts) = (&task.item, frame.words.texts);
    let is_drawn = item.id().form == TaskForm::Figures;
    let options = (0..item.options().len()).map(|place| Choice {
        drawing: is_drawn
            .then(|| draw::option(item, place, texts, &format!("option{place}"), task.is_described)),
        words: describe::cell_of(item, &item.options()[place], texts),
    });
    TaskPage {
        step: task.step,
        is_practice,
        left: match clock {
            Clock::Left(ms) => Some((ms + 999) / 1000),
            Clock::Practice | Clock::NoLimit => None,
        },
        away: away.map(|away| was_away(frame.words, away)),
        choose,
        // In words the matrix is a table, which a screen reader can step through.
        matrix: is_drawn.then(|| draw::matrix(item, texts, "matrix", false)),
        cells: if is_drawn && !task.is_described { Vec::new() } else { describe::cells(item, texts) },
        is_described: task.is_described,
        is_verification: false,
        options: options.collect(),
        frame: frame.titled(title),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct AnswerForm {
    pub(super) step: u32,
    choice: String,
    /// The button that passes a task over.
    pub(super) pass: String,
    /// The button that takes the answer and does not show the next task yet.
    pause: String,
    /// Set by the script that counts down.
    pub(super) time_up: String,
    /// How often the page was left, counted by the script.
    pub(super) left_page: u16,
    /// The box that makes the figures larger.
    pub(super) larger: String,
}

impl AnswerForm {
    /// The option that was chosen, unless the task is passed over.
    pub(super) fn choice(&self) -> Option<usize> {
        if self.pass.is_empty() { self.choice.parse().ok() } else { None }
    }
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
    let choice = form.0.choice();
    let AnswerForm { step, pass, pause, time_up, left_page, larger, .. } = form.0;
    show_larger(&visitor, !larger.is_empty())?;
    app.engine.prepare().await;
    let (held, engine) = (code.clone(), app.engine.clone());
    let pauses = !pause.is_empty();
    let is_answer = choice.is_some() || !pass.is_empty() || !time_up.is_empty();
    let taken = app.db.try_write(move |conn| {
        let access = test_sessions::enter(conn, &held)?;
        let invitation = &access.invitation;
        if is_answer {
            let outcome = test_sessions::task(conn, &engine, invitation, step, choice, left_page, pauses)?;
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
        Some(Outcome::Taken) if pauses => visitor.flash(FlashKind::Good, words.say("paused-text")),
        _ => {}
    }
    // Nothing was chosen: the same task, asking for a choice. The clock goes on.
    let (task, clock, away) = match now {
        Some(CurrentStep::Practice(task)) => (task, Clock::Practice, None),
        Some(CurrentStep::Task { task, left_ms, away }) => (task, Clock::with_left(left_ms), away),
        _ => return Ok(see_other(&path_of(&code))),
    };
    if task.step != step {
        return Ok(see_other(&path_of(&code)));
    }
    let frame = Frame::new(&visitor, &req, &code, Some(&access.company))?;
    render_with(StatusCode::UNPROCESSABLE_ENTITY, &page(frame, &task, clock, away, true))
}
