//! Calibration with the answers of simulated people.

#![allow(clippy::unwrap_used)]

use crate::calibrate::*;
use crate::calibration::Calibration;
use crate::personality::STATEMENTS;
use crate::personality::Trait;

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
    assert_eq!(tables.personality.lines().next().unwrap().split(',').count(), 1 + STATEMENTS);
    assert!(tables.personality.starts_with("person,sociability1,sociability2,sociability3,sociability4r"));
}
