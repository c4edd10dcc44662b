//! An independent program, the Python package `girth`, estimates the same parameters from the same tables.
//!
//! What it found is kept beside the tests (`fixtures/girth.csv`), so the comparison is made everywhere. Where it is installed it
//! is asked again: `pip install girth`, and `PYTHON` names the interpreter; `script/compare-estimates` does both.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test, which says why it is skipped")]

use assessment::calibrate::{Answers, TaskAnswer, estimate, pilots, tables};
use assessment::calibration::{CalibratedItem, LogicCalibration};
use assessment::logic::{Form, Item, ItemId};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Reads `logic.csv` as `assessment export` writes it; the tasks of the first argument count, the other one was tried out. Writes
/// `one` with a discrimination that the counted tasks share and the difficulty of each, and `two` with both for every task.
const SCRIPT: &str = "
import sys, numpy
from girth import onepl_mml, tag_missing_data, twopl_mml
lines = [line.strip().split(',') for line in sys.stdin if line.strip()]
names, counted = lines[0][1:], sys.argv[1].split(',')
answers = numpy.array([[-1 if cell == 'NA' else int(cell) for cell in line[1:]] for line in lines[1:]]).T
answers = tag_missing_data(answers, [0, 1])
places = [place for place, name in enumerate(names) if name in counted]
one, two = onepl_mml(answers[places]), twopl_mml(answers)
for place, b in zip(places, one['Difficulty']):
    print('one', names[place], '%.4f' % one['Discrimination'], '%.4f' % b, sep=',')
for name, a, b in zip(names, two['Discrimination'], two['Difficulty']):
    print('two', name, '%.4f' % a, '%.4f' % b, sep=',')
";

/// By model and task: discrimination and difficulty.
type Theirs = BTreeMap<(String, ItemId), (f64, f64)>;

fn read(lines: &str) -> Theirs {
    let line = |line: &str| {
        let [model, id, a, b] = line.split(',').collect::<Vec<_>>()[..] else { panic!("{line}") };
        ((model.to_owned(), id.parse().unwrap()), (a.parse().unwrap(), b.parse().unwrap()))
    };
    lines.lines().map(line).collect()
}

/// What the program finds now; none where it is not installed.
fn asked(table: &str, counted: &[Item]) -> Option<String> {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has_girth = Command::new(&python).args(["-c", "import girth"]).stderr(Stdio::null()).status();
    if !has_girth.is_ok_and(|status| status.success()) {
        assert!(std::env::var_os("REQUIRE_GIRTH").is_none(), "{python} has no package girth");
        eprintln!(
            "not asked again: {python} has no package girth, so only what it found earlier is compared"
        );
        return None;
    }
    let names: Vec<String> = counted.iter().map(|item| item.id().to_string()).collect();
    let mut process = Command::new(&python)
        .args(["-c", SCRIPT, &names.join(",")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    process.stdin.take().unwrap().write_all(table.as_bytes()).unwrap();
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success());
    Some(String::from_utf8(output.stdout).unwrap())
}

/// Without guessing, partial knowledge and spread, the model of a task is the one that girth has, too.
fn plain() -> LogicCalibration {
    LogicCalibration { partial_knowledge: false, guessing: 0.0, difficulty_spread: 0.0, ..Default::default() }
}

/// Eight tasks that count, each with a rule that none before it has, so that any difficulties can come from loads; and one more.
fn tasks() -> (Vec<Item>, Item) {
    let (mut counted, mut seen) = (Vec::new(), BTreeSet::new());
    let mut all = (0..).map(|seed| Item::generate(ItemId::new(Form::Figures, seed)));
    while counted.len() < 8 {
        let item = all.next().unwrap();
        let rules: Vec<&str> = item.spec().rules.iter().map(|(_, rule)| rule.id()).collect();
        if rules.len() == 2 && rules.iter().any(|rule| !seen.contains(*rule)) {
            seen.extend(rules.iter().map(|rule| (*rule).to_owned()));
            counted.push(item);
        }
    }
    let middling = |item: &Item| item.spec().rules.len() == 2 && plain().params(item).b.abs() < 0.5;
    (counted, all.find(middling).unwrap())
}

/// Answers of so many people, each to all tasks but one; chance is a fixed sequence, so that every run is the same.
fn answers(people: usize, tasks: &[(ItemId, f64)], tried: ItemId) -> Vec<Answers> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut unit = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    (0..people)
        .map(|number| {
            // Twelve uniform numbers make a nearly normal one.
            let theta = (0..12).map(|_| unit()).sum::<f64>() - 6.0;
            let mut logic: Vec<TaskAnswer> = tasks
                .iter()
                .map(|(item, b)| {
                    let right = unit() < 1.0 / (1.0 + (-SLOPE * (theta - b)).exp());
                    TaskAnswer { pilot: *item == tried, ..TaskAnswer::new(*item, None, right, 20_000) }
                })
                .collect();
            logic.remove(number % (tasks.len() - 1));
            Answers { logic, ..Answers::default() }
        })
        .collect()
}

const SLOPE: f64 = 1.6;

#[test]
fn an_independent_program_finds_the_same_parameters() {
    let (counted, tried) = tasks();
    let loads = plain();
    // Other difficulties than those that the default loads lead to.
    let moved = [0.5, -0.4, 0.3, -0.5, 0.4, -0.3, 0.5, -0.5, 0.6];
    let truth: Vec<(ItemId, f64)> = counted
        .iter()
        .chain([&tried])
        .zip(moved)
        .map(|(item, moved)| (item.id(), loads.params(item).b + moved))
        .collect();
    let people = answers(5_000, &truth, tried.id());
    let all: Vec<&[TaskAnswer]> = people.iter().map(|person| person.logic.as_slice()).collect();

    let kept = read(include_str!("../fixtures/girth.csv"));
    let mut compared = vec![kept.clone()];
    if let Some(found) = asked(&tables(&people, &loads).logic, &counted) {
        eprintln!("{found}");
        compared.push(read(&found));
    }
    let counting: Vec<Vec<TaskAnswer>> =
        all.iter().map(|answers| answers.iter().filter(|answer| !answer.pilot).copied().collect()).collect();
    let ours = estimate(&counting.iter().map(Vec::as_slice).collect::<Vec<_>>(), &loads);
    let calibrated = LogicCalibration {
        discrimination: ours.discrimination.value,
        middle_load: ours.middle_load.value,
        loads: ours.loads.iter().map(|(rule, (load, _))| ((*rule).to_owned(), load.value)).collect(),
        ..loads.clone()
    };
    for theirs in compared {
        assert_eq!(theirs.len(), 8 + 9, "{theirs:?}");
        // The loads of the rules: discrimination and the difficulties that follow from them.
        for (item, (_, b)) in counted.iter().zip(&truth) {
            let (their_a, their_b) = theirs[&("one".to_owned(), item.id())];
            let found = calibrated.params(item);
            assert!((found.a - their_a).abs() < 0.05, "a {} and {their_a}", found.a);
            assert!((found.b - their_b).abs() < 0.05, "b {} and {their_b}", found.b);
            assert!((found.a - SLOPE).abs() < 0.1 && (found.b - b).abs() < 0.1, "{found:?}, truly b {b}");
        }
        // The task that was tried out, beside the others as girth has them.
        let as_theirs = |item: &Item| {
            let (a, b) = theirs[&("two".to_owned(), item.id())];
            CalibratedItem { id: item.id(), a, b, c: 0.0, b_error: 0.0, in_parts: false }
        };
        let known = LogicCalibration { items: counted.iter().map(as_theirs).collect(), ..loads.clone() };
        let [found] = pilots(&all, &known)[..] else { panic!("one task was tried out") };
        let (their_a, their_b) = theirs[&("two".to_owned(), tried.id())];
        assert!((found.a.value - their_a).abs() < 0.05, "a {:?} and {their_a}", found.a);
        assert!((found.b.value - their_b).abs() < 0.05, "b {:?} and {their_b}", found.b);
        // And what was kept is what the program says.
        for (task, (a, b)) in &theirs {
            let (kept_a, kept_b) = kept[task];
            assert!((a - kept_a).abs() < 0.01 && (b - kept_b).abs() < 0.01, "{task:?}: {a} {b}");
        }
    }
}
