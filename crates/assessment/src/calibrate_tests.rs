//! Calibration with the answers of simulated people.

#![allow(clippy::unwrap_used)]

use crate::calibrate::*;
use crate::calibration::Calibration;
use crate::personality::{NormGroup, Questionnaire, STATEMENTS, Trait};

fn people(count: usize) -> Vec<Answers> {
    let figures = crate::simulate::answers_of(count, 9);
    assert_eq!(figures.len(), count);
    figures
}

#[test]
fn below_thirty_people_nothing_is_said() {
    assert_eq!(calibrate(&people(29), &Calibration::default(), "x"), Err(TooFew(29)));
}

#[test]
fn few_people_are_described_and_change_nothing() {
    let found = calibrate(&people(40), &Calibration::default(), "pilot").unwrap();
    assert_eq!(found.calibration, Calibration { name: "pilot".to_owned(), ..Calibration::default() });
    for part in ["Answers of 40 people", "discrimination", "openness", "too few to replace the norms"] {
        assert!(found.report.contains(part), "{part}: {}", found.report);
    }
}

/// A hundred people who answer as the assumed norms say have norms near those.
#[test]
fn norms_are_recovered_and_the_file_can_be_used() {
    let found = calibrate(&people(150), &Calibration::default(), "norm group").unwrap();
    let file = serde_json::to_string(&found.calibration).unwrap();
    let read = Calibration::from_json(&file).unwrap();
    assert!(read.has_norms());
    let (norm, assumed) = (read.personality.of_trait(Trait::Stability), Calibration::default().personality);
    let assumed = assumed.of_trait(Trait::Stability);
    assert!((norm.mean - assumed.mean).abs() < 4.0 * assumed.sd / 150_f64.sqrt(), "{norm:?}");
    assert!((norm.sd / assumed.sd - 1.0).abs() < 0.25, "{norm:?}");
    assert!((0.7..0.95).contains(&norm.reliability), "{norm:?}");
}

#[test]
fn the_tables_are_what_other_programs_read() {
    let people = people(31);
    let tables = tables(&people, &Calibration::default().logic);
    let lines: Vec<&str> = tables.logic.lines().collect();
    assert_eq!(lines.len(), 32);
    let columns: Vec<&str> = lines[0].split(',').collect();
    assert_eq!(columns[0], "person");
    for line in &lines[1..] {
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!(cells.len(), columns.len());
        assert_eq!(cells.iter().skip(1).filter(|cell| **cell != "NA").count(), 20);
        assert!(cells[1..].iter().all(|cell| ["0", "1", "NA"].contains(cell)));
    }
    assert_eq!(tables.items.lines().count(), columns.len());
    assert_eq!(tables.personality.lines().next().unwrap().split(',').count(), 2 + STATEMENTS);
    let (head, first) =
        (tables.personality.lines().next().unwrap(), tables.personality.lines().nth(1).unwrap());
    assert!(head.ends_with(",aesthetics6r,version") && first.ends_with(",2"), "{head} {first}");
    assert!(tables.personality.starts_with("person,sociability1,sociability2,sociability3,sociability4r"));
}

/// So many people, of whose tasks the last three did not count: the same few tasks for all.
fn with_pilots(count: usize) -> Vec<Answers> {
    let calibration = Calibration::default();
    let bank = crate::logic::Bank::generate(crate::logic::Form::Figures, 9, &calibration.logic);
    let mut people = people(count);
    for (number, person) in people.iter_mut().enumerate() {
        for place in 0..3 {
            let id = bank.pilots()[(number + place) % 3].id;
            let item = crate::logic::Item::generate(id);
            let choice = (number % 2 == 0).then(|| item.right());
            let (right, time_ms) = (choice.is_some(), 20_000);
            person.logic.push(TaskAnswer { item: id, choice, right, time_ms, pilot: true });
        }
    }
    people
}

#[test]
fn pilot_tasks_are_marked_in_the_tables() {
    let people = with_pilots(30);
    let tables = tables(&people, &Calibration::default().logic);
    let cells = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    let lines: Vec<Vec<String>> = tables.pilots.lines().map(cells).collect();
    assert_eq!(lines.len(), 31);
    let count = |line: &[String], what: &str| line.iter().skip(1).filter(|cell| *cell == what).count();
    assert!(lines[1..].iter().all(|line| (count(line, "1"), count(line, "0")) == (3, 20)));
    let about: Vec<Vec<String>> = tables.items.lines().map(cells).collect();
    assert_eq!(about[0][6], "pilot");
    let tried: usize = about[1..].iter().map(|line| line[6].parse::<usize>().unwrap()).sum();
    assert_eq!(tried, 90);
}

/// Some two hundred answers put a task into the file; fewer are shown.
#[test]
fn pilot_tasks_with_enough_answers_join_the_file() {
    let few = calibrate(&with_pilots(30), &Calibration::default(), "x").unwrap();
    assert_eq!(few.calibration.logic.items, []);
    assert!(
        few.report.contains("Pilot tasks: 3") && few.report.contains("0 of them have 200"),
        "{}",
        few.report
    );
    let many = calibrate(&with_pilots(200), &Calibration::default(), "x").unwrap();
    assert_eq!(many.calibration.logic.items.len(), 3, "{}", many.report);
    assert_eq!(many.calibration.problems(), Vec::<String>::new());
    assert!(many.report.contains("3 of them have 200 answers or more"), "{}", many.report);
    let read = Calibration::from_json(&serde_json::to_string(&many.calibration).unwrap()).unwrap();
    assert!(read.logic.items.iter().all(|item| item.in_parts && item.b_error < 0.3));
    assert!(
        calibrate(&people(40), &Calibration::default(), "x")
            .unwrap()
            .report
            .contains("Pilot tasks: no answers")
    );
}

/// Which tests are normed decides whether the caveat is repeated, so one that is must not speak for one that is not.
#[test]
fn norms_of_one_test_do_not_speak_for_the_other() {
    let neo = |group| Some((Questionnaire::IpipNeo, group));
    let own = Some((Questionnaire::Own, NormGroup::General));
    let assumed = Calibration::default();
    let of_logic = Calibration::from_json(r#"{"logic": {"norm": {"mean": -0.4, "sd": 1.1}}}"#).unwrap();
    let one_trait = Calibration::from_json(
        r#"{"personality": {"traits": {"openness": {"mean": 3.4, "sd": 0.6, "reliability": 0.8}}}}"#,
    )
    .unwrap();
    for (calibration, logic, personality, expected) in [
        (&assumed, true, None, false),
        (&assumed, false, own, false),
        (&assumed, false, neo(NormGroup::General), true),
        (&assumed, false, neo(NormGroup::Applicants), false),
        (&assumed, true, neo(NormGroup::General), false),
        (&of_logic, true, None, true),
        (&of_logic, true, own, false),
        (&of_logic, true, neo(NormGroup::General), true),
        (&one_trait, false, own, false),
    ] {
        assert_eq!(calibration.has_norms_for(logic, personality), expected, "{logic} {personality:?}");
    }
}
