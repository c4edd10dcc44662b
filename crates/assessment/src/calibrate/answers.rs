//! What somebody answered, without who it was.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::calibration::LogicCalibration;
use crate::logic::conduct::look_ms;
use crate::logic::{Item, ItemId};
use crate::personality::{Facet, STATEMENTS, STATEMENTS_PER_FACET};

/// One person's answers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// The tasks of the logic test, in the order in which they came.
    pub logic: Vec<TaskAnswer>,
    /// The ninety answers, 1 to 5, in the order of [`crate::personality::Statement::all`]; empty when they are not all there.
    pub personality: Vec<u8>,
    /// The version of the statements that were answered ([`crate::personality::Questionnaire::version`]); 0 where it was not kept.
    #[serde(default)]
    pub statements: u16,
}

/// The answer to one task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskAnswer {
    /// Which task.
    pub item: ItemId,
    /// Which option was chosen; none when the task was skipped or ran out of time.
    pub choice: Option<usize>,
    /// Whether it was the right one.
    pub right: bool,
    /// How long it took (milliseconds).
    pub time_ms: i64,
    /// It was a pilot task, and did not count.
    #[serde(default)]
    pub pilot: bool,
}

/// The tables that programs for item response theory read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tables {
    /// A line for each person, a column for each task: 1 solved, 0 not, `NA` not shown.
    pub logic: String,
    /// The same with the time of each answer (milliseconds).
    pub times: String,
    /// The same with 1 where the task was a pilot task, which did not count.
    pub pilots: String,
    /// A line for each task: its rules, how often it was shown and solved, how often as a pilot task, its assumed
    /// parameters.
    pub items: String,
    /// A line for each person, a column for each statement: 1 to 5. Statements that go against their facet end in `r`. The last
    /// column is the version of the statements; 0 where it was not kept.
    pub personality: String,
}

/// The tables of these people. Nothing in them names anybody; their order is the given one.
#[must_use]
pub fn tables(people: &[Answers], calibration: &LogicCalibration) -> Tables {
    let items: BTreeSet<ItemId> = people.iter().flat_map(|p| &p.logic).map(|answer| answer.item).collect();
    let wide = |cell: &dyn Fn(&TaskAnswer) -> String| {
        let mut out = header(items.iter().map(ToString::to_string));
        for (number, person) in people.iter().enumerate().filter(|(_, p)| !p.logic.is_empty()) {
            let of = |item: &ItemId| person.logic.iter().find(|answer| answer.item == *item);
            line(&mut out, number, items.iter().map(|item| of(item).map_or_else(|| "NA".to_owned(), cell)));
        }
        out
    };
    let mut about = "item,rules,load,shown,solved,rapid,pilot,a,b,c\n".to_owned();
    for id in &items {
        let item = Item::generate(*id);
        let rules: Vec<String> =
            item.spec().rules.iter().map(|(a, rule)| format!("{}:{}", a.id(), rule.id())).collect();
        let given: Vec<_> =
            people.iter().flat_map(|p| &p.logic).filter(|answer| answer.item == *id).collect();
        let solved = given.iter().filter(|answer| answer.right).count();
        let rapid = given.iter().filter(|answer| answer.time_ms < look_ms(item.spec().load())).count();
        let pilot = given.iter().filter(|answer| answer.pilot).count();
        let params = calibration.params(&item);
        push(
            &mut about,
            format_args!(
                "{id},{},{},{},{solved},{rapid},{pilot},{},{},{}\n",
                rules.join(" "),
                item.spec().load(),
                given.len(),
                params.a,
                params.b,
                params.c,
            ),
        );
    }
    let statements = (0..STATEMENTS).map(|number| {
        let (facet, place) = (Facet::ALL[number / STATEMENTS_PER_FACET], number % STATEMENTS_PER_FACET);
        let turned = if place >= STATEMENTS_PER_FACET / 2 { "r" } else { "" };
        format!("{}{}{turned}", facet.id(), place + 1)
    });
    let mut personality = header(statements.chain(["version".to_owned()]));
    for (number, person) in people.iter().enumerate().filter(|(_, p)| p.personality.len() == STATEMENTS) {
        let version = std::iter::once(person.statements.to_string());
        line(&mut personality, number, person.personality.iter().map(ToString::to_string).chain(version));
    }
    Tables {
        logic: wide(&|answer| u8::from(answer.right).to_string()),
        times: wide(&|answer| answer.time_ms.to_string()),
        pilots: wide(&|answer| u8::from(answer.pilot).to_string()),
        items: about,
        personality,
    }
}

fn header(columns: impl Iterator<Item = String>) -> String {
    let columns: Vec<String> = std::iter::once("person".to_owned()).chain(columns).collect();
    columns.join(",") + "\n"
}

fn line(out: &mut String, number: usize, cells: impl Iterator<Item = String>) {
    let cells: Vec<String> = std::iter::once((number + 1).to_string()).chain(cells).collect();
    push(out, format_args!("{}\n", cells.join(",")));
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("writing to a String cannot fail");
}
