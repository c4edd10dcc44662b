//! A practice task after its answer: what each attribute does, row by row.

use super::frame::{Frame, sorry, stale};
use super::{MaybeForm, path_of};
use crate::secrets::Code;
use crate::state::AppState;
use crate::test_sessions;
use crate::web::{PageResult, Visitor, see_other};
use actix_web::HttpRequest;
use actix_web::web::{Data, Path};
use askama::Template;
use assessment::logic::explain::{Step, steps};
use assessment::logic::{Form as TaskForm, describe, draw};
use assessment::session::{Explained, PRACTICE};
use serde::Deserialize;

/// An option as it stood, with what is marked.
struct Shown {
    drawing: Option<String>,
    words: String,
    is_right: bool,
    /// The one that was chosen, and is not right.
    is_own: bool,
}

#[derive(Template)]
#[template(path = "assessment/explain.html")]
pub(super) struct ExplainPage {
    frame: Frame,
    /// Whether the right option was chosen; `None` when none was.
    right: Option<bool>,
    matrix: Option<String>,
    steps: Vec<Step>,
    /// The right option, drawn where it can be, and in words.
    answer_drawing: Option<String>,
    answer: String,
    options: Vec<Shown>,
    is_last: bool,
}

pub(super) fn page(frame: Frame, explained: &Explained) -> ExplainPage {
    let (item, texts) = (&explained.item, frame.words.texts);
    let is_drawn = item.id().form == TaskForm::Figures;
    let of = PRACTICE.max(explained.number);
    let option = |place: usize| Shown {
        drawing: is_drawn.then(|| draw::option(item, place, texts, &format!("option{place}"), true)),
        words: describe::cell(&item.options()[place], texts),
        is_right: place == item.right(),
        is_own: explained.choice == Some(place) && place != item.right(),
    };
    let title = frame.words.say2("practice", "number", explained.number, "of", of);
    ExplainPage {
        right: explained.choice.map(|choice| choice == item.right()),
        matrix: is_drawn.then(|| draw::matrix(item, texts, "matrix", true)),
        steps: steps(item, texts),
        answer_drawing: is_drawn.then(|| draw::option(item, item.right(), texts, "answer", true)),
        answer: describe::cell(&item.options()[item.right()], texts),
        options: (0..item.options().len()).map(option).collect(),
        is_last: explained.is_last,
        frame: frame.titled(title),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct OnForm {
    /// The button for one more practice task.
    more: String,
}

/// The explanation was read.
pub(super) async fn go_on(
    app: Data<AppState>,
    visitor: Visitor,
    code: Path<String>,
    form: MaybeForm<OnForm>,
    req: HttpRequest,
) -> PageResult {
    let code = Code::given(&code);
    let Ok(form) = form else { return stale(&visitor, &req, &code) };
    let (held, engine, more) = (code.clone(), app.engine.clone(), !form.0.more.is_empty());
    let done = app.db.try_write(move |conn| {
        let access = test_sessions::enter(conn, &held)?;
        test_sessions::practise_on(conn, &engine, &access.invitation, more)
    });
    match done.await {
        Ok(()) => Ok(see_other(&path_of(&code))),
        Err(failure) => sorry(&visitor, &req, &code, failure),
    }
}
