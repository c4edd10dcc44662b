//! Before the first task: what is asked and why, consent, and the moment before the clock starts.

use super::agreement::{self, Agreed, Part, WithoutNorms};
use super::frame::{Frame, language, sorry, stale};
use super::{MaybeForm, path_of};
use crate::i18n::Messages;
use crate::invitations::Tests;
use crate::people;
use crate::secrets::Code;
use crate::state::AppState;
use crate::test_sessions;
use crate::test_sessions::{CandidateAccess, CurrentStep, Shown, TestSessionError, more_time};
use crate::time::Timestamp;
use crate::web::{FlashKind, NoFields, PageResult, Visitor, render, see_other};
use actix_web::HttpRequest;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use assessment::Calibration;
use assessment::logic::Form as TaskForm;
use assessment::personality::{NormGroup, Questionnaire};
use assessment::session::ExtraTime;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "assessment/begin.html")]
pub(super) struct BeginPage {
    frame: Frame,
    posting: String,
    tests: Tests,
    /// What the logic test asks, in a sentence.
    what_logic: String,
    /// On which day the candidate asked for more time.
    time_asked: Option<String>,
    /// How many statements the personality test has.
    statements: usize,
    /// What happens with the data.
    data: Part,
    fair_play: Part,
    /// What it means to let the answers improve the tests.
    improve: Part,
    until: String,
}

pub(super) fn page(
    frame: Frame,
    app: &AppState,
    access: &CandidateAccess,
    (reuse_months, time_asked): (i32, Option<Timestamp>),
) -> BeginPage {
    let (invitation, company) = (&access.invitation, &access.company);
    let time =
        u16::try_from(invitation.time_percent).ok().and_then(|percent| ExtraTime::try_from(percent).ok());
    let title = frame.words.say1("invited", "company", &company.name);
    BeginPage {
        posting: invitation.posting_title.clone(),
        tests: invitation.tests,
        what_logic: what_logic(frame.words, app, time.unwrap_or_default()),
        time_asked: time_asked.map(|at| frame.words.day(at, &company.zone())),
        statements: Questionnaire::from(company.questionnaire).count(),
        data: agreement::data(
            frame.words,
            company,
            reuse_months,
            without_norms(app.engine.calibration(), access),
        ),
        fair_play: agreement::fair_play(frame.words),
        improve: agreement::improve(frame.words, company, invitation.tests),
        until: frame.words.day(invitation.expires_at, &company.zone()),
        frame: frame.titled(title),
    }
}

/// Which tests of an invitation were tried on no norm sample. Norms that are moved to another group were tried on theirs.
fn without_norms(calibration: &Calibration, access: &CandidateAccess) -> WithoutNorms {
    let (tests, asked) = (access.invitation.tests, Questionnaire::from(access.company.questionnaire));
    WithoutNorms::among(
        tests.logic().then(|| calibration.has_norms_for(true, None)),
        tests.personality().then(|| calibration.has_norms_for(false, Some((asked, NormGroup::General)))),
    )
}

/// How long the logic test takes, and what it asks.
fn what_logic(words: &Messages, app: &AppState, time: ExtraTime) -> String {
    let in_all = |usual: i64| (usual * i64::from(u16::from(time)) / 100).to_string();
    let tasks = app.engine.calibration().logic.stop.max_items;
    let Some(limit_ms) = time.task_limit_ms() else {
        return words.say1("what-logic-untimed", "tasks", tasks);
    };
    words.say_all(
        "what-logic",
        &[
            ("tasks", tasks.to_string()),
            ("minutes", in_minutes(words, limit_ms)),
            ("from", in_all(15)),
            ("to", in_all(20)),
        ],
    )
}

#[derive(Template)]
#[template(path = "assessment/ready.html")]
pub(super) struct ReadyPage {
    frame: Frame,
    /// How many tasks there are, and how much time each has.
    rules: String,
    is_timed: bool,
    /// So many of them do not count.
    pilots: usize,
}

pub(super) fn ready(frame: Frame, limit_ms: Option<i64>, of: usize, pilots: usize) -> ReadyPage {
    let (title, rules) = (frame.words.say("ready"), rules(frame.words, of, limit_ms));
    ReadyPage { frame: frame.titled(title), rules, is_timed: limit_ms.is_some(), pilots }
}

/// How many tasks there are at most, and how much time each has.
pub(super) fn rules(words: &Messages, of: usize, limit_ms: Option<i64>) -> String {
    match limit_ms {
        Some(limit) => words.say2("ready-rules", "of", of, "minutes", in_minutes(words, limit)),
        None => words.say1("ready-rules-untimed", "of", of),
    }
}

#[derive(Template)]
#[template(path = "assessment/paused.html")]
pub(super) struct PausedPage {
    frame: Frame,
    is_timed: bool,
}

/// Between two tasks, or after the time of the one that was open.
pub(super) fn paused(frame: Frame, is_timed: bool) -> PausedPage {
    let title = frame.words.say("mail-continue");
    PausedPage { frame: frame.titled(title), is_timed }
}

/// Minutes, with a half where there is one: extra time of 25 % makes two minutes two and a half.
pub(super) fn in_minutes(words: &Messages, ms: i64) -> String {
    if ms % 60_000 == 0 { (ms / 60_000).to_string() } else { words.decimal(ms as f64 / 60_000.0) }
}

/// In which form the candidate wants to see the tasks; anything else than words is figures.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct FormChoice {
    form: String,
    /// The box beside the question whether the answers may help to improve the tests.
    improve: String,
    /// The candidate asked for more time, and begins before there is an answer.
    without_more_time: String,
}

impl FormChoice {
    fn parse(&self) -> Shown {
        let form = if self.form == "words" { TaskForm::Words } else { TaskForm::Figures };
        Shown { form, is_described: self.form == "described" }
    }

    /// The word for what was chosen.
    fn word(&self) -> &'static str {
        match self.form.as_str() {
            "words" => "words",
            "described" => "described",
            _ => "figures",
        }
    }
}

#[derive(Template)]
#[template(path = "assessment/without_more_time.html")]
struct WithoutMoreTimePage {
    frame: Frame,
    asked: String,
    form: &'static str,
    may_improve: bool,
}

/// Asks whether somebody who waits for more time wants to begin without it.
pub(super) async fn without_more_time(
    app: Data<AppState>,
    visitor: Visitor,
    code: Path<String>,
    chosen: Query<FormChoice>,
    req: HttpRequest,
) -> PageResult {
    let code = Code::given(&code);
    let held = code.clone();
    let found = app.db.try_read(move |conn| {
        let access = test_sessions::peek(conn, &held)?;
        let asked = more_time::open_request(conn, &access.invitation.id)?;
        Ok::<_, TestSessionError>((access, asked))
    });
    let (access, asked) = match found.await {
        Ok(found) => found,
        Err(failure) => return sorry(&visitor, &req, &code, failure),
    };
    // Answered meanwhile, or never asked: the first page says how it stands.
    let Some(asked) = asked else { return Ok(see_other(&path_of(&code))) };
    let frame = Frame::new(&visitor, &req, &code, Some(&access.company))?;
    let asked = frame.words.day(asked, &access.company.zone());
    let title = frame.words.say("without-more-time");
    render(&WithoutMoreTimePage {
        asked,
        form: chosen.word(),
        may_improve: !chosen.improve.is_empty(),
        frame: frame.titled(title),
    })
}

/// The candidate agrees: the tests begin.
pub(super) async fn agree(
    app: Data<AppState>,
    visitor: Visitor,
    code: Path<String>,
    form: MaybeForm<FormChoice>,
    req: HttpRequest,
) -> PageResult {
    let code = Code::given(&code);
    let Ok(form) = form else { return stale(&visitor, &req, &code) };
    let (held, engine, words) = (code.clone(), app.engine.clone(), language(&visitor, &req));
    let confirm = format!(
        "{}/without-more-time?form={}&improve={}",
        path_of(&code),
        form.0.word(),
        if form.0.improve.is_empty() { "" } else { "yes" }
    );
    let begun = app.db.try_write(move |conn| {
        let access = test_sessions::enter(conn, &held)?;
        let waits = more_time::open_request(conn, &access.invitation.id)?.is_some();
        if waits && form.0.without_more_time.is_empty() {
            return Ok(false);
        }
        let reuse_months = people::invitation_policy(conn, &access.company.id)?.reuse_months;
        let without_norms = without_norms(engine.calibration(), &access);
        let may_improve = !form.0.improve.is_empty();
        let (company, tests) = (&access.company, access.invitation.tests);
        let agreed =
            agreement::text(words, &Agreed { company, tests, reuse_months, without_norms, may_improve });
        test_sessions::begin(conn, &engine, &access.invitation, form.0.parse(), may_improve, &agreed)?;
        Ok(true)
    });
    match begun.await {
        Ok(true) => {}
        Ok(false) => return Ok(see_other(&confirm)),
        Err(failure) => return sorry(&visitor, &req, &code, failure),
    }
    app.work.notify_one();
    Ok(see_other(&path_of(&code)))
}

/// The other form, before the first task that counts.
pub(super) async fn form(
    app: Data<AppState>,
    visitor: Visitor,
    code: Path<String>,
    form: MaybeForm<FormChoice>,
    req: HttpRequest,
) -> PageResult {
    let code = Code::given(&code);
    let Ok(form) = form else { return stale(&visitor, &req, &code) };
    let (held, engine) = (code.clone(), app.engine.clone());
    let changed = app.db.try_write(move |conn| {
        let access = test_sessions::enter(conn, &held)?;
        test_sessions::practise_again(conn, &engine, &access.invitation, form.0.parse())
    });
    match changed.await {
        Ok(()) => Ok(see_other(&path_of(&code))),
        Err(failure) => sorry(&visitor, &req, &code, failure),
    }
}

/// The candidate is ready, or is back: the clock of the task starts.
pub(super) async fn clock(
    app: Data<AppState>,
    visitor: Visitor,
    code: Path<String>,
    form: MaybeForm<NoFields>,
    req: HttpRequest,
) -> PageResult {
    let code = Code::given(&code);
    if form.is_err() {
        return stale(&visitor, &req, &code);
    }
    app.engine.prepare().await;
    let (held, engine) = (code.clone(), app.engine.clone());
    let started = app.db.try_write(move |conn| {
        let access = test_sessions::enter(conn, &held)?;
        test_sessions::start_clock(conn, &engine, &access.invitation)
    });
    match started.await {
        Ok(now) => {
            match now {
                CurrentStep::Task { away: Some(away), .. } => {
                    let words = super::task::was_away(language(&visitor, &req), away);
                    visitor.flash(FlashKind::Attention, words);
                }
                // The last task was lost, and with it the test ended.
                CurrentStep::Done(_) => app.work.notify_one(),
                _ => {}
            }
            Ok(see_other(&path_of(&code)))
        }
        Err(failure) => sorry(&visitor, &req, &code, failure),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_have_a_part_only_where_there_is_one() {
        for (code, half) in [("en", "2.5"), ("sv", "2,5")] {
            let words = Messages::find(code).expect("a language");
            assert_eq!(in_minutes(words, 120_000), "2");
            assert_eq!(in_minutes(words, 150_000), half);
        }
    }
}
