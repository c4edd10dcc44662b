//! What people answered as tables, for other programs.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;

use crate::calibrate::answers::{Answers, TaskAnswer};
use crate::calibrate::items::counted;
use crate::calibration::LogicCalibration;
use crate::logic::{Item, ItemId};
use crate::personality::{Questionnaire, Statement};

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
    /// parameters, and how being right goes with ability as the person's other answers tell it (from 30 answers on).
    pub items: String,
    /// A line for each person, a column for each statement: 1 to 5. Statements that go against their facet end in `r`. The last
    /// column is the version of the statements; 0 where it was not kept.
    pub personality: String,
    /// The same of those who answered the IPIP-NEO-120.
    pub neo: String,
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
    let answers: Vec<&[TaskAnswer]> = people.iter().map(|p| p.logic.as_slice()).collect();
    let with_ability: HashMap<ItemId, f64> = counted(&answers, calibration)
        .into_iter()
        .filter_map(|task| Some((task.id, task.with_ability?)))
        .collect();
    let mut about = "item,rules,load,shown,solved,rapid,pilot,a,b,c,r\n".to_owned();
    for id in &items {
        let item = Item::generate(*id);
        let rules: Vec<String> =
            item.spec().rules.iter().map(|(a, rule)| format!("{}:{}", a.id(), rule.id())).collect();
        let given: Vec<_> =
            people.iter().flat_map(|p| &p.logic).filter(|answer| answer.item == *id).collect();
        let solved = given.iter().filter(|answer| answer.right).count();
        let rapid = given.iter().filter(|answer| answer.is_rapid(&item)).count();
        let pilot = given.iter().filter(|answer| answer.pilot).count();
        let params = calibration.params(&item);
        let r = with_ability.get(id).map_or_else(|| "NA".to_owned(), |r| format!("{r:.3}"));
        push(
            &mut about,
            format_args!(
                "{id},{},{},{},{solved},{rapid},{pilot},{},{},{},{r}\n",
                rules.join(" "),
                item.spec().load(),
                given.len(),
                params.a,
                params.b,
                params.c,
            ),
        );
    }
    Tables {
        logic: wide(&|answer| u8::from(answer.right).to_string()),
        times: wide(&|answer| answer.time_ms.to_string()),
        pilots: wide(&|answer| u8::from(answer.pilot).to_string()),
        items: about,
        personality: answers_to(people, Questionnaire::Own),
        neo: answers_to(people, Questionnaire::IpipNeo),
    }
}

/// The table of a questionnaire.
fn answers_to(people: &[Answers], asked: Questionnaire) -> String {
    let name = |statement: Statement| {
        let turned = if statement.reversed() { "r" } else { "" };
        format!("{}{}{turned}", statement.facet().id(), statement.place() + 1)
    };
    let mut out = header(asked.statements().map(name).chain(["version".to_owned()]));
    for (number, person) in people.iter().enumerate().filter(|(_, p)| p.personality.len() == asked.count()) {
        let version = std::iter::once(person.statements.to_string());
        line(&mut out, number, person.personality.iter().map(ToString::to_string).chain(version));
    }
    out
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
