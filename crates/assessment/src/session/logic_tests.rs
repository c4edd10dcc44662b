#![allow(clippy::unwrap_used)]

use std::collections::HashSet;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::caution::{Caution, Sign};
use crate::session::{LogicScore, TASK_LIMIT_MS};

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
        LogicView::Task { task, deadline_ms, resumed, .. } => (task, deadline_ms.unwrap(), resumed),
        other => panic!("no task but {other:?}"),
    }
}

#[test]
fn practice_comes_first_and_every_task_of_it_is_explained() {
    let mut run = LogicRun::start(Form::Figures, ExtraTime::default(), 3);
    let mut seen = HashSet::new();
    for number in 1..=PRACTICE {
        let LogicView::Practice(task) = show(&mut run, 0) else { panic!("practice is first") };
        assert_eq!((task.number, task.of, task.step), (number, PRACTICE, number as u32));
        assert!(seen.insert(task.item.id()));
        let right = task.item.right();
        let choice = if number == 2 { right } else { (right + 1) % OPTIONS };
        let answered = run.answer(&CALIBRATION, task.step, Some(choice), 0);
        assert_eq!(answered, Ok(Outcome::Practised { right: number == 2 }));
        let again = run.answer(&CALIBRATION, task.step, Some(right), 0);
        assert_eq!(again, Ok(Outcome::AlreadyAnswered));
        let explained = run.explained().unwrap();
        assert_eq!((explained.number, explained.choice), (number, Some(choice)));
        assert_eq!((explained.item.id(), explained.is_last), (task.item.id(), number == PRACTICE));
        assert!(!run.is_at_first_task());
        run.go_on();
        assert_eq!(run.explained(), None);
    }
    assert!(run.is_at_first_task());
}

#[test]
fn practice_goes_on_as_long_as_wanted() {
    let mut run = past_practice();
    for number in PRACTICE + 1..PRACTICE + 6 {
        run.practise_more();
        let LogicView::Practice(task) = show(&mut run, 0) else { panic!("more practice") };
        assert_eq!((task.number, task.of), (number, number));
        run.answer(&CALIBRATION, task.step, None, 0).unwrap();
        run.go_on();
        assert!(run.is_at_first_task());
    }
    let (first, ..) = task(&mut run, 0);
    assert_eq!(first.number, 1);
    run.practise_more();
    assert_eq!(task(&mut run, 0).0, first, "no practice once the clock runs");
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
    assert_eq!(run.answer(&CALIBRATION, step, Some(12), 0), Err(RunError::NoSuchOption(12)));
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
fn after_an_absence_another_task_of_like_information_comes_twice_at_most() {
    let mut run = past_practice();
    let (first, ..) = task(&mut run, 0);
    let mut shown = vec![first.item.id()];
    let hour = 3_600_000;
    for times in 1..=2 {
        let (other, deadline, resumed) = task(&mut run, times * hour);
        assert_eq!((other.step, other.number, resumed), (first.step + times as u32, 1, true));
        let late = run.answer(&CALIBRATION, other.step - 1, Some(0), times * hour + 1);
        assert_eq!(late, Ok(Outcome::AlreadyAnswered), "an answer to the task that was there before");
        assert_eq!(deadline, times * hour + TASK_LIMIT_MS);
        assert!(!shown.contains(&other.item.id()), "a task that was there to be looked up");
        let tells = |id: ItemId| BANK.item(id).unwrap().information(crate::irt::nearest_node(0.0));
        assert!(tells(other.item.id()) > 0.85 * tells(shown[0]));
        shown.push(other.item.id());
    }
    let LogicView::Task { task: next, deadline_ms, resumed, lost } = show(&mut run, 3 * hour) else {
        panic!("the second task")
    };
    assert_eq!((next.number, deadline_ms), (2, Some(3 * hour + TASK_LIMIT_MS)));
    assert_eq!((resumed, lost), (false, true));
    assert_eq!(run.answer(&CALIBRATION, first.step, Some(0), 3 * hour), Ok(Outcome::AlreadyAnswered));
    assert_eq!(run.answers.len(), 1, "only the last of them counts");
    assert!(shown.iter().all(|id| run.met().contains(id)));
}

#[test]
fn tasks_of_an_earlier_test_do_not_come_again() {
    let (earlier, items) = take(1, |_| true);
    assert!(items.iter().all(|id| earlier.met().contains(id)));
    let mut run = past_practice();
    run.seed = 1;
    run.avoid(earlier.met());
    while let LogicView::Task { task, .. } = show(&mut run, 0) {
        assert!(!items.contains(&task.item.id()));
        run.answer(&CALIBRATION, task.step, Some(task.item.right()), 30_000).unwrap();
    }
}

#[test]
fn rapid_answers_are_noticed_and_left_out_of_the_score_where_that_is_wished() {
    let moderated = LogicCalibration { effort_moderated: true, ..CALIBRATION.clone() };
    let mut run = past_practice();
    let mut n = 0;
    while let LogicView::Task { task, .. } = show(&mut run, 0) {
        n += 1;
        // Every fifth is guessed wrong in a second, the others are solved with time.
        let (choice, at) =
            if n % 5 == 0 { ((task.item.right() + 1) % OPTIONS, 1_000) } else { (task.item.right(), 20_000) };
        run.answer(&CALIBRATION, task.step, Some(choice), at).unwrap();
    }
    let score = run.score(&CALIBRATION).unwrap();
    assert_eq!(score.cautions, [Caution::RapidGuessing]);
    assert_eq!(score.signs[0].count, n / 5);
    assert_eq!(score.median_ms, Some(20_000));
    assert!(run.score(&moderated).unwrap().ability.theta > score.ability.theta + 0.3);
}

#[test]
fn leaving_the_page_is_counted_by_task() {
    let mut run = past_practice();
    while let LogicView::Task { task, .. } = show(&mut run, 0) {
        run.left_page(task.step + 1, 9);
        if task.number <= 3 {
            run.left_page(task.step, 2);
        }
        run.answer(&CALIBRATION, task.step, Some(task.item.right()), 20_000).unwrap();
    }
    let score = run.score(&CALIBRATION).unwrap();
    let of = score.tasks as u32;
    assert_eq!(score.signs, [Sign { caution: Caution::LeftPage, count: 3, of }]);
}

#[test]
fn words_have_half_as_much_time_again_and_are_recorded() {
    let mut run = LogicRun::start(Form::Words, ExtraTime::try_from(200).unwrap(), 1);
    assert_eq!(run.task_limit_ms(), Some(2 * TASK_LIMIT_MS * 3 / 2));
    run.finished = true;
    assert_eq!(run.score(&CALIBRATION).unwrap().form, Some(Form::Words));
}

/// What the version of November 2026 kept is read, goes on with the tasks it had, and comes to an end.
#[test]
fn older_tests_go_on_and_end() {
    for json in [
        include_str!("../../fixtures/sitting-2026-11-figures-open.json"),
        include_str!("../../fixtures/sitting-2026-11-figures-practice.json"),
        include_str!("../../fixtures/sitting-2026-11-words-done.json"),
    ] {
        let mut sitting: crate::Sitting = serde_json::from_str(json).unwrap();
        let run = sitting.logic.as_mut().unwrap();
        let before = run.answered();
        if let Some(open) = run.open.clone() {
            let (task, ..) = task(run, open.shown_ms + 1_000);
            assert_eq!((task.item.id(), task.item.options().len()), (open.item, 8));
            assert_eq!(
                run.answer(&CALIBRATION, task.step, Some(8), open.shown_ms),
                Err(RunError::NoSuchOption(8))
            );
        }
        let mut now = 1_000_000;
        while let LogicView::Practice(task) | LogicView::Task { task, .. } = show(run, now) {
            now += 20_000;
            run.answer(&CALIBRATION, task.step, Some(3), now).unwrap();
        }
        assert!(run.answered() >= before && run.answered() <= 20);
        let score = run.score(&CALIBRATION).unwrap();
        assert!((1.0..=10.0).contains(&score.score.value));
    }
    let result: crate::provider::TestResult =
        serde_json::from_str(include_str!("../../fixtures/result-2026-11.json")).unwrap();
    assert_eq!(result.check(), Ok(()));
    assert_eq!(result.logic.unwrap().form, None);
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

/// Through a test that carries three pilot tasks; `absences`: leaves so many of them for an hour first. Answers the
/// result, and how many pilot tasks were shown.
fn with_pilots(met: &[ItemId], pilots_are_solved: bool, absences: usize) -> (LogicRun, LogicScore, usize) {
    let mut run = past_practice();
    run.avoid(met.iter().copied());
    run.carry_pilots(PilotTasks::try_from(3).unwrap(), &CALIBRATION);
    let is_pilot = |task: &Task| BANK.pilots().iter().any(|pilot| pilot.id == task.item.id());
    let (mut now, mut tried, mut left) = (0, 0, 0);
    while let LogicView::Task { task, lost, .. } = show(&mut run, now) {
        assert!(!lost, "no word of a task that does not count");
        tried += usize::from(is_pilot(&task));
        if is_pilot(&task) && left < absences {
            (now, left) = (now + 3_600_000, left + 1);
            continue;
        }
        let right = task.item.right();
        let (choice, takes) = match is_pilot(&task) {
            true if pilots_are_solved => (right, 30_000),
            true => {
                run.left_page(task.step, 3);
                ((right + 1) % OPTIONS, 900)
            }
            false if task.number % 3 == 0 => ((right + 1) % OPTIONS, 20_000),
            false => (right, 20_000),
        };
        assert_eq!(run.answer(&CALIBRATION, task.step, Some(choice), now + takes), Ok(Outcome::Taken));
        now += 40_000;
    }
    let score = run.score(&CALIBRATION).unwrap();
    (run, score, tried)
}

#[test]
fn pilot_tasks_leave_no_trace_in_the_result() {
    let (run, solved, tried) = with_pilots(&[], true, 0);
    assert_eq!((tried, run.answers.len(), run.answered(), run.at_most(&CALIBRATION)), (3, 23, 20, 23));
    assert_eq!(solved.tasks, 20);
    let (run, guessed, tried) = with_pilots(&[], false, 0);
    assert_eq!((tried, &guessed), (3, &solved), "rapid, wrong, and with the page left: no matter");
    assert_eq!(guessed.cautions, []);
    let marked: Vec<ItemId> = run.answers().iter().filter(|a| a.pilot).map(|a| a.item).collect();
    assert_eq!(marked.len(), 3);
    assert!(marked.iter().all(|id| BANK.item(*id).is_none() && run.met().contains(id)));
    let kept = serde_json::to_string(&run).unwrap();
    assert_eq!(serde_json::from_str::<LogicRun>(&kept).unwrap(), run);
}

/// Twice there is another one in its place; the third time it is over, without a word.
#[test]
fn an_absence_during_pilot_tasks_costs_nothing() {
    for (absences, shown) in [(1, 4), (2, 5), (3, 5)] {
        let (run, score, tried) = with_pilots(&[], false, absences);
        assert_eq!((tried, score.tasks, score.timed_out), (shown, 20, 0), "{absences}");
        assert_eq!(score.cautions, []);
        assert_eq!(run.answers.len(), 23);
    }
}

#[test]
fn who_has_met_all_pilot_tasks_takes_the_test_without_them() {
    let met: Vec<ItemId> = BANK.pilots().iter().map(|pilot| pilot.id).collect();
    let (run, score, tried) = with_pilots(&met, false, 0);
    assert_eq!((tried, score.tasks, run.answers.len()), (0, 20, 20));
    let (_, score, tried) = with_pilots(&met[1..], false, 0);
    assert_eq!((tried, score.tasks), (1, 20));
}

#[test]
fn pilot_tasks_stay_when_the_form_changes_and_are_not_there_unless_wanted() {
    let mut run = past_practice();
    assert_eq!((run.pilots(), run.at_most(&CALIBRATION)), (0, 20));
    run.carry_pilots(PilotTasks::try_from(2).unwrap(), &CALIBRATION);
    run.switch_form(Form::Words).unwrap();
    assert_eq!(run.pilots(), 2);
}
