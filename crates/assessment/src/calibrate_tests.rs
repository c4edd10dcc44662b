//! Calibration with the answers of simulated people.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use crate::calibrate::*;
use crate::calibration::Calibration;
use crate::logic::{Item, ItemId};
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
    assert!(!found.is_new, "and do not give their name to what is not theirs");
    assert_eq!(found.calibration, Calibration::default());
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

/// Thirty people in all do not make two safe who took a test that nobody else did.
#[test]
fn a_test_that_few_took_is_left_out() {
    let mut people = people(36);
    let neo = crate::simulate::answers_to_neo(29, 4);
    for (person, other) in people.iter_mut().zip(&neo) {
        person.personality.clone_from(&other.personality);
    }
    for answer in people.iter_mut().skip(34).flat_map(|person| &mut person.logic) {
        answer.item.form = crate::logic::Form::Words;
    }
    let (kept, left_out) = enough(people.clone());
    let left: Vec<_> = left_out.iter().map(|left| (left.name, left.people)).collect();
    assert_eq!(left, [("logic in words", 2), ("personality", 7), ("IPIP-NEO-120", 29)]);
    assert_eq!(kept.len(), 34, "the two have nothing that may be shown");
    assert!(kept.iter().all(|person| person.personality.is_empty() && person.logic.len() == 20));
    // With one more there are thirty.
    people[29].personality.clone_from(&neo[0].personality);
    let (kept, left_out) = enough(people);
    assert_eq!(left_out.len(), 2, "{left_out:?}");
    assert_eq!(
        kept.iter().filter(|person| person.personality.len() == Questionnaire::IpipNeo.count()).count(),
        30
    );
    assert_eq!(enough(self::people(29)).0, []);
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

/// A task whose key is wrong is right for those who know less: it comes first, with a negative r.
#[test]
fn a_task_with_a_wrong_key_comes_first() {
    let base = Calibration::default();
    let mut people = people(400);
    let mut shown: BTreeMap<ItemId, usize> = BTreeMap::new();
    for answer in people.iter().flat_map(|person| &person.logic) {
        *shown.entry(answer.item).or_default() += 1;
    }
    let (turned, times) =
        shown.iter().max_by_key(|(_, times)| **times).map(|(id, times)| (*id, *times)).unwrap();
    let item = Item::generate(turned);
    let mut right = 0;
    for answer in
        people.iter_mut().flat_map(|person| &mut person.logic).filter(|answer| answer.item == turned)
    {
        answer.right = !answer.right;
        answer.choice = Some(if answer.right { item.right() } else { (item.right() + 1) % 12 });
        right += usize::from(answer.right);
    }
    // One of them in a second: it is counted, and left out of the rest.
    let hasty = people.iter_mut().flat_map(|person| &mut person.logic).find(|a| a.item == turned).unwrap();
    hasty.time_ms = 1_000;
    right -= usize::from(hasty.right);
    let logic: Vec<&[TaskAnswer]> = people.iter().map(|person| person.logic.as_slice()).collect();
    let found = counted(&logic, &base.logic);
    assert_eq!(found.len(), shown.values().filter(|times| **times >= FEWEST).count());
    let first = &found[0];
    assert_eq!((first.id, first.answers), (turned, times));
    let r = first.with_ability.unwrap();
    assert!(r < -0.1 && found[1].with_ability.unwrap() > r, "{first:?}");
    assert!((first.rapid - 1.0 / times as f64).abs() < 1e-9, "{first:?}");
    assert!((first.solved - right as f64 / (times - 1) as f64).abs() < 1e-9, "{first:?}");
    let middle = found[found.len() / 2].with_ability.unwrap();
    assert!(middle > 0.2, "{middle}");
    let report = calibrate(&people, &base, "x").unwrap().report;
    let (_, tasks) = report.split_once("Tasks that count").unwrap();
    let line = tasks.lines().nth(1).unwrap();
    assert!(line.contains(&turned.to_string()) && line.contains(&format!("r {r:.2}")), "{line}");
    let tables = tables(&people, &base.logic);
    let row = tables.items.lines().find(|line| line.starts_with(&turned.to_string())).unwrap();
    assert!(row.ends_with(&format!(",{r:.3}")), "{row}");
}

/// With answers enough a task that counts has parameters of its own in the report, and the file is not changed by it.
#[test]
fn tasks_with_many_answers_have_parameters_of_their_own() {
    let mut base = Calibration::default();
    base.logic.bank_size = 40;
    let people = crate::simulate::answers_by(420, 5, &base);
    let logic: Vec<&[TaskAnswer]> = people.iter().map(|person| person.logic.as_slice()).collect();
    let found = counted(&logic, &base.logic);
    let own: Vec<&Pilot> = found.iter().filter_map(|task| task.own.as_ref()).collect();
    assert!(own.len() >= 10, "{}", own.len());
    for task in &own {
        assert!(task.answers >= FOR_TASKS - 5 && task.b.error < 0.35, "{task:?}");
    }
    // Difficulties lie 0.55 from what follows from the rules; what is found must say so rather than repeat the assumption.
    let moved =
        own.iter().map(|task| (task.b.value - task.assumed.b).powi(2)).sum::<f64>() / own.len() as f64;
    assert!((0.3..0.9).contains(&moved.sqrt()), "{}", moved.sqrt());
    let calibrated = calibrate(&people, &base, "x").unwrap();
    assert_eq!(calibrated.calibration.logic.items, []);
    assert!(calibrated.report.contains(&format!("{}", own[0].id)), "{}", calibrated.report);
}

/// The other questionnaire has its own table and its own lines; its norms are published, and stay.
#[test]
fn answers_to_the_other_questionnaire_are_described_too() {
    let mut mixed = people(40);
    assert!(!calibrate(&mixed, &Calibration::default(), "x").unwrap().report.contains("IPIP-NEO-120"));
    let asked = Questionnaire::IpipNeo;
    mixed.extend(crate::simulate::answers_to_neo(130, 3));
    let found = calibrate(&mixed, &Calibration::default(), "x").unwrap();
    let (own, neo) = found.report.split_once("IPIP-NEO-120: 130 people").unwrap();
    assert!(own.contains("Personality: 40 people"), "{own}");
    let row = |name: &str| -> Vec<f64> {
        let line = neo.lines().find(|line| line.trim_start().starts_with(name)).unwrap();
        line.split_whitespace().skip(1).take(3).map(|cell| cell.parse().unwrap()).collect()
    };
    // The people were made to answer as the published norms say.
    let norm = crate::personality::neo::of_trait(Trait::Stability);
    let stability = row("stability");
    assert!((stability[0] - norm.mean).abs() < 4.0 * norm.sd / 130_f64.sqrt(), "{stability:?} {norm:?}");
    assert!((stability[1] / norm.sd - 1.0).abs() < 0.25, "{stability:?} {norm:?}");
    assert!(row("orderliness")[2] > 0.4 && neo.contains("published norms"), "{neo}");
    assert_eq!(found.calibration.personality, Calibration::default().personality);
    let table = tables(&mixed, &Calibration::default().logic).neo;
    let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(lines.len(), 131);
    assert!(lines.iter().all(|line| line.len() == 2 + asked.count()));
    assert_eq!((lines[0][1], *lines[1].last().unwrap()), ("friendliness1", "1"));
}

#[test]
fn the_report_says_how_often_each_rule_is_kept() {
    let people = people(40);
    let logic: Vec<&[TaskAnswer]> = people.iter().map(|person| person.logic.as_slice()).collect();
    let kept = kept_by_rule(&logic);
    let answers = |rule: &str| {
        let has = |answer: &&TaskAnswer| {
            let item = Item::generate(answer.item);
            !answer.is_rapid(&item) && item.spec().rules.iter().any(|(_, r)| r.id() == rule)
        };
        logic.iter().flat_map(|answers| answers.iter()).filter(has).count()
    };
    let (keep, of) = kept["permutation"];
    assert!(of >= answers("permutation") && keep < of, "{keep} of {of}");
    // Rules that are seen at a glance are kept more often than those that take thought.
    let share = |rule: &str| kept[rule].0 as f64 / kept[rule].1 as f64;
    assert!(share("constant") > share("exclusive"), "{kept:?}");
    let report = calibrate(&people, &Calibration::default(), "x").unwrap().report;
    assert!(report.contains(&format!("{:.0} % keep it", 100.0 * share("exclusive"))), "{report}");
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
            person.logic.push(TaskAnswer { pilot: true, ..TaskAnswer::new(id, choice, right, time_ms) });
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
