//! Statements of the personality test, a few on a page.

use super::frame::{Frame, sorry, stale};
use super::{MaybeForm, path_of};
use crate::invitations::Tests;
use crate::secrets::Code;
use crate::state::AppState;
use crate::test_sessions;
use crate::test_sessions::CurrentStep;
use crate::web::{PageResult, Visitor, render_with, see_other};
use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use assessment::personality::{Answer, Questionnaire, Statement};
use assessment::session::PersonalityView;
use std::collections::BTreeMap;

#[derive(Template)]
#[template(path = "assessment/statements.html")]
pub(super) struct StatementsPage {
    frame: Frame,
    view: PersonalityView,
    /// Answered so far.
    done: usize,
    in_all: usize,
    questionnaire: Questionnaire,
    answers: &'static [String; 5],
    /// The page was sent with gaps.
    missing: bool,
    /// The logic test was before.
    is_second: bool,
}

impl StatementsPage {
    fn is_given(&self, given: &Option<Answer>, value: &usize) -> bool {
        given.is_some_and(|answer| usize::from(answer.value()) == *value)
    }
}

pub(super) fn page(
    frame: Frame,
    view: PersonalityView,
    done: usize,
    missing: bool,
    tests: Tests,
) -> StatementsPage {
    let title = frame.words.say2("statements", "page", view.page, "of", view.of);
    let questionnaire = view.statements.first().map(|(statement, _)| statement.questionnaire());
    let questionnaire = questionnaire.unwrap_or_default();
    let texts = frame.words.texts;
    StatementsPage {
        frame: frame.titled(title),
        view,
        done,
        in_all: questionnaire.count(),
        answers: texts.answers_of(questionnaire),
        questionnaire,
        missing,
        is_second: tests.logic(),
    }
}

/// `s12=4`: the answer 4 to statement 12. Anything else in the form says nothing.
fn parse(form: &BTreeMap<String, String>) -> Vec<(Statement, Answer)> {
    let answer = |(name, value): (&String, &String)| {
        let statement = Statement::try_from(name.strip_prefix('s')?.parse::<u8>().ok()?).ok()?;
        Some((statement, Answer::try_from(value.parse::<u8>().ok()?).ok()?))
    };
    form.iter().filter_map(answer).collect()
}

/// Keeps the answers of a page; 422 gives it back while some are missing.
pub(super) async fn answer(
    app: Data<AppState>,
    visitor: Visitor,
    code: Path<String>,
    form: MaybeForm<BTreeMap<String, String>>,
    req: HttpRequest,
) -> PageResult {
    let code = Code::given(&code);
    let Ok(form) = form else { return stale(&visitor, &req, &code) };
    let answers = parse(&form.0);
    let sent: Option<usize> = form.0.get("page").and_then(|page| page.parse().ok());
    let (held, engine) = (code.clone(), app.engine.clone());
    app.engine.prepare().await;
    let taken = app.db.try_write(move |conn| {
        let access = test_sessions::enter(conn, &held)?;
        test_sessions::statements(conn, &engine, &access.invitation, &answers)?;
        let now = test_sessions::now(conn, &engine, &access.invitation, sent)?;
        Ok((access, now))
    });
    let (access, now) = match taken.await {
        Ok(taken) => taken,
        Err(failure) => return sorry(&visitor, &req, &code, failure),
    };
    if let CurrentStep::Done(_) = now {
        app.work.notify_one();
    }
    match now {
        CurrentStep::Statements { view, answered } if Some(view.page) == sent && has_gaps(&view) => {
            let frame = Frame::new(&visitor, &req, &code, Some(&access.company))?;
            render_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &page(frame, view, answered, true, access.invitation.tests),
            )
        }
        _ => Ok(see_other(&path_of(&code))),
    }
}

fn has_gaps(view: &PersonalityView) -> bool {
    view.statements.iter().any(|(_, given)| given.is_none())
}
