//! What somebody answered, without who it was.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::calibrate::items::counted;
use crate::calibration::LogicCalibration;
use crate::logic::conduct::look_ms;
use crate::logic::{Item, ItemId};
use crate::personality::{Questionnaire, Statement};

/// One person's answers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// The tasks of the logic test, in the order in which they came.
    pub logic: Vec<TaskAnswer>,
    /// The answers to the statements of one questionnaire, whose number says which it was, 1 to 5, in the order of
    /// [`Questionnaire::statements`]; empty when they are not all there.
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
    /// How often the page was left meanwhile.
    #[serde(default)]
    pub left: u16,
    /// The time was up before an option was chosen.
    #[serde(default)]
    pub timed_out: bool,
}

impl TaskAnswer {
    /// An answer that nothing more is known of.
    #[must_use]
    pub fn new(item: ItemId, choice: Option<usize>, right: bool, time_ms: i64) -> Self {
        Self { item, choice, right, time_ms, pilot: false, left: 0, timed_out: false }
    }

    /// Whether an option was chosen faster than the task can be looked at: a guess, which says nothing of the task.
    #[must_use]
    pub fn is_rapid(&self, item: &Item) -> bool {
        self.choice.is_some() && self.time_ms < look_ms(item.spec().load())
    }

    /// Which rules the answer keeps, for a model that tells so many kinds of answer apart.
    pub(super) fn kept(&self, item: &Item, kinds: usize) -> usize {
        match kinds {
            2 => usize::from(self.right),
            _ => self.choice.and_then(|choice| item.kept(choice)).unwrap_or(0),
        }
    }
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
