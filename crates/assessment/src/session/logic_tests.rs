#![allow(clippy::unwrap_used)]

use std::collections::HashSet;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::session::TASK_LIMIT_MS;

static CALIBRATION: LazyLock<LogicCalibration> =
    LazyLock::new(|| LogicCalibration { bank_size: 150, ..LogicCalibration::default() });
static BANK: LazyLock<Bank> = LazyLock::new(|| Bank::generate(Form::Figures, 11, &CALIBRATION));

fn past_practice() -> LogicRun {
    let mut run = LogicRun::start(Form::Figures, ExtraTime::default(), 3);
    for step in 1..=PRACTICE as u32 {
        assert!(matches!(show(&mut run, 0), LogicView::Practice(_)));
        run.answer(&CALIBRATION, step, None, 0).unwrap();
    }
    run
}

fn show(run: &mut LogicRun, now_ms: i64) -> LogicView {
    run.current(&BANK, &CALIBRATION, now_ms)
}

fn task(run: &mut LogicRun, now_ms: i64) -> (Task, i64, bool) {
    match show(run, now_ms) {
        LogicView::Task { task, deadline_ms, resumed } => (task, deadline_ms, resumed),
        other => panic!("no task but {other:?}"),
    }
}

#[test]
fn practice_comes_first_and_tells_the_answer() {
    let mut run = LogicRun::start(Form::Figures, ExtraTime::default(), 3);
    let LogicView::Practice(first) = show(&mut run, 0) else { panic!("practice is first") };
    let wrong = (first.item.right() + 1) % OPTIONS;
    let answer = |run: &mut LogicRun, step, choice| run.answer(&CALIBRATION, step, choice, 0);
    assert_eq!(answer(&mut run, 1, Some(wrong)), Ok(Outcome::Practised { right: false }));
    assert_eq!(show(&mut run, 0), LogicView::Practice(first.clone()));
    let right = Some(first.item.right());
    assert_eq!(answer(&mut run, 1, right), Ok(Outcome::Practised { right: true }));
    assert_eq!(answer(&mut run, 1, right), Ok(Outcome::AlreadyAnswered));
    let LogicView::Practice(second) = show(&mut run, 0) else { panic!("there are two") };
    assert_ne!(first.item.id(), second.item.id());
    assert_eq!((second.number, second.of), (2, 2));
}

#[test]
fn a_second_click_changes_nothing() {
    let mut run = past_practice();
    let (first, ..) = task(&mut run, 1_000);
    assert_eq!(run.answer(&CALIBRATION, first.step, Some(0), 5_000), Ok(Outcome::Taken));
    let after = run.clone();
    for choice in [Some(0), Some(5), None] {
        let again = run.answer(&CALIBRATION, first.step, choice, 6_000);
        assert_eq!(again, Ok(Outcome::AlreadyAnswered));
    }
    assert_eq!(run, after);
}

#[test]
fn what_was_not_shown_cannot_be_answered() {
    let mut run = past_practice();
    let step = 1 + PRACTICE as u32;
    assert_eq!(run.answer(&CALIBRATION, step, Some(1), 0), Err(RunError::NotYet(step)));
    let (shown, ..) = task(&mut run, 0);
    assert_eq!(shown.step, step);
    assert_eq!(run.answer(&CALIBRATION, step + 1, Some(1), 0), Err(RunError::NotYet(step + 1)));
    assert_eq!(run.answer(&CALIBRATION, step, Some(8), 0), Err(RunError::NoSuchOption(8)));
}

#[test]
fn the_same_task_and_clock_are_found_again() {
    let mut run = past_practice();
    let (first, deadline, _) = task(&mut run, 10_000);
    assert_eq!(deadline, 10_000 + TASK_LIMIT_MS);
    let kept = serde_json::to_string(&run).unwrap();
    let mut found: LogicRun = serde_json::from_str(&kept).unwrap();
    assert_eq!(found, run);
    let (again, same_deadline, resumed) = task(&mut found, 60_000);
    assert_eq!((again, same_deadline, resumed), (first, deadline, false));
}

#[test]
fn an_interruption_gives_the_same_task_new_time_twice() {
    let mut run = past_practice();
    let (first, ..) = task(&mut run, 0);
    let hour = 3_600_000;
    for times in 1..=2 {
        let (again, deadline, resumed) = task(&mut run, times * hour);
        assert_eq!((&again, resumed), (&first, true));
        assert_eq!(deadline, times * hour + TASK_LIMIT_MS);
    }
    let (next, deadline, resumed) = task(&mut run, 3 * hour);
    assert_eq!(next.number, 2);
    assert_eq!((deadline, resumed), (3 * hour + TASK_LIMIT_MS, false));
    assert_eq!(run.answer(&CALIBRATION, first.step, Some(0), 3 * hour), Ok(Outcome::AlreadyAnswered));
}

#[test]
fn the_limit_is_kept_here_with_some_grace_and_extra_time() {
    for (percent, after, outcome) in [
        (100, TASK_LIMIT_MS + GRACE_MS, Outcome::Taken),
        (100, TASK_LIMIT_MS + GRACE_MS + 1, Outcome::TooLate),
        (150, TASK_LIMIT_MS * 3 / 2 + GRACE_MS, Outcome::Taken),
        (150, TASK_LIMIT_MS * 3 / 2 + GRACE_MS + 1, Outcome::TooLate),
    ] {
        let mut run = past_practice();
        run.extra_time = ExtraTime::try_from(percent).unwrap();
        let (first, ..) = task(&mut run, 0);
        let right = Some(first.item.right());
        assert_eq!(run.answer(&CALIBRATION, first.step, right, after), Ok(outcome));
        assert_eq!(run.answers[0].right, outcome == Outcome::Taken);
        assert_eq!(run.answers[0].timed_out, outcome == Outcome::TooLate);
    }
}

#[test]
fn the_form_can_change_only_before_the_first_task() {
    let mut run = past_practice();
    assert_eq!(run.switch_form(Form::Words), Ok(()));
    assert_eq!(run.form(), Form::Words);
    assert!(matches!(show(&mut run, 0), LogicView::Practice(_)));
    let mut run = past_practice();
    task(&mut run, 0);
    assert_eq!(run.switch_form(Form::Words), Err(RunError::Begun));
}

/// Answers every task, right where `solves` says so of its number.
fn take(seed: u64, solves: impl Fn(usize) -> bool) -> (LogicRun, Vec<ItemId>) {
    let mut run = past_practice();
    run.seed = seed;
    let mut items = Vec::new();
    while let LogicView::Task { task, .. } = show(&mut run, 0) {
        items.push(task.item.id());
        let right = task.item.right();
        let choice = if solves(task.number) { right } else { (right + 1) % OPTIONS };
        assert_eq!(run.answer(&CALIBRATION, task.step, Some(choice), 30_000), Ok(Outcome::Taken));
        assert!(items.len() <= 20);
    }
    (run, items)
}

#[test]
fn all_right_scores_high_and_all_wrong_low() {
    let score = |solves: fn(usize) -> bool| take(1, solves).0.score(&CALIBRATION).unwrap();
    let (high, low) = (score(|_| true), score(|_| false));
    assert!(high.score.value > 8.5 && low.score.value < 2.5, "{high:?} {low:?}");
    assert_eq!(high.right, high.tasks);
    assert_eq!(low.right, 0);
    assert_eq!(high.time_ms, 30_000 * high.tasks as i64);
    assert_eq!(high.cautions, []);
}

#[test]
fn there_is_no_score_before_the_end() {
    assert_eq!(past_practice().score(&CALIBRATION), None);
}

#[test]
fn a_bank_that_runs_dry_ends_the_test() {
    let small = LogicCalibration { bank_size: 4, ..LogicCalibration::default() };
    let bank = Bank::generate(Form::Figures, 2, &small);
    let mut run = past_practice();
    for _ in 0..4 {
        let LogicView::Task { task, .. } = run.current(&bank, &small, 0) else { panic!("four") };
        run.answer(&small, task.step, Some(0), 1).unwrap();
    }
    assert_eq!(run.current(&bank, &small, 2), LogicView::Finished);
    assert!(run.score(&small).is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn no_item_comes_twice_and_the_test_ends(seed: u64, pattern: u32) {
        let (run, items) = take(seed, |number| pattern >> (number % 32) & 1 == 1);
        let different: HashSet<_> = items.iter().collect();
        prop_assert_eq!(different.len(), items.len());
        prop_assert!(run.is_finished());
        prop_assert!((CALIBRATION.stop.min_items..=20).contains(&items.len()));
    }
}
