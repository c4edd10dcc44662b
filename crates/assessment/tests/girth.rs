//! An independent program, the Python package `girth`, estimates the same parameters from the same answers. Where it is
//! not installed the test says so and is skipped: `pip install girth`, and `PYTHON` names the interpreter;
//! `script/compare-estimates` does both.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test, which says why it is skipped")]

use assessment::calibrate::two_parameter;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Reads the true parameters (a line of `a:b`), then lines of 0 and 1, a person each. Writes an item a line: discrimination
/// and difficulty as girth estimates them, and the standard errors that the likelihood allows at best, by the expected
/// information at the true parameters over all patterns of answers.
const SCRIPT: &str = "
import sys, itertools, numpy
from girth import twopl_mml
lines = [line.strip() for line in sys.stdin if line.strip()]
a, b = numpy.array([[float(n) for n in item.split(':')] for item in lines[0].split(',')]).T
answers = numpy.array([[int(n) for n in line.split(',')] for line in lines[1:]])
found = twopl_mml(answers.T)
theta = numpy.linspace(-6, 6, 121)
weight = numpy.exp(-theta ** 2 / 2)
weight /= weight.sum()
right = 1 / (1 + numpy.exp(-a[:, None] * (theta - b[:, None])))
patterns = numpy.array(list(itertools.product([0, 1], repeat=len(a))))
joint = weight * numpy.exp(patterns @ numpy.log(right) + (1 - patterns) @ numpy.log(1 - right))
chance = joint.sum(axis=1)
off = patterns[:, :, None] - right
slopes = numpy.hstack([(joint[:, None] * off * (theta - b[:, None])).sum(axis=2), (joint[:, None] * off * -a[:, None]).sum(axis=2)])
error = numpy.sqrt(numpy.diag(numpy.linalg.inv(len(answers) * slopes.T @ (slopes / chance[:, None]))))
for row in zip(found['Discrimination'], found['Difficulty'], error[:len(a)], error[len(a):]):
    print(','.join(f'{n:.6f}' for n in row))
";

/// So many people answer items of these parameters; chance is a fixed sequence, so that every run is the same.
fn answers(people: usize, items: &[(f64, f64)]) -> Vec<Vec<Option<bool>>> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut unit = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    (0..people)
        .map(|_| {
            // Twelve uniform numbers make a nearly normal one.
            let theta = (0..12).map(|_| unit()).sum::<f64>() - 6.0;
            items.iter().map(|(a, b)| Some(unit() < 1.0 / (1.0 + (-a * (theta - b)).exp()))).collect()
        })
        .collect()
}

#[test]
fn an_independent_program_agrees_where_it_is_installed() {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has_girth = Command::new(&python).args(["-c", "import girth"]).stderr(Stdio::null()).status();
    if !has_girth.is_ok_and(|status| status.success()) {
        assert!(std::env::var_os("REQUIRE_GIRTH").is_none(), "{python} has no package girth");
        eprintln!("skipped: {python} has no package girth, so nothing independent can be asked");
        return;
    }
    let items: Vec<(f64, f64)> =
        (0..10).map(|n| (0.8 + 0.12 * f64::from(n), -1.5 + 0.33 * f64::from(n))).collect();
    let answers = answers(4_800, &items);
    let mut process = Command::new(&python)
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let line = |person: &Vec<Option<bool>>| {
        let cells = person.iter().map(|answer| if *answer == Some(true) { "1" } else { "0" });
        cells.collect::<Vec<_>>().join(",")
    };
    let truth = items.iter().map(|(a, b)| format!("{a}:{b}")).collect::<Vec<_>>().join(",");
    let text: Vec<String> = std::iter::once(truth).chain(answers.iter().map(line)).collect();
    let text = text.join("\n");
    process.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success());
    let theirs = String::from_utf8(output.stdout).unwrap();
    let ours = two_parameter(&answers);
    assert_eq!(theirs.lines().count(), ours.len());
    for ((ours, theirs), (a, b)) in ours.iter().zip(theirs.lines()).zip(items) {
        let numbers: Vec<f64> = theirs.split(',').map(|number| number.parse().unwrap()).collect();
        let [their_a, their_b, error_a, error_b] = numbers[..] else { panic!("{theirs}") };
        assert!((ours.a - their_a).abs() < 0.05, "a {} and {their_a}", ours.a);
        assert!((ours.b - their_b).abs() < 0.05, "b {} and {their_b}", ours.b);
        // And the truth is found again within what chance leaves to so many people: four standard errors, each item's own.
        // Of these twenty comparisons chance alone breaks one in 800 draws of people.
        assert!((ours.a - a).abs() < 4.0 * error_a, "{ours:?}, truly a {a}, standard error {error_a}");
        assert!((ours.b - b).abs() < 4.0 * error_b, "{ours:?}, truly b {b}, standard error {error_b}");
    }
}
