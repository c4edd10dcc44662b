//! The same people take other tests than the one that is given: what each of its means brings.

use crate::calibration::{CalibratedItem, LogicCalibration};
use crate::logic::{Bank, Edition, Form, Item, ItemId};
use crate::simulate::recovery::{AS_ASSUMED, Recovery, recovery_of, run};
use crate::simulate::takers::{Choice, Truth, Usage, World};

/// The discrimination that was assumed until November 2026.
const FORMER: f64 = 2.0;

/// Each by what it does otherwise. The tasks are as the present assumptions say unless the name says something else.
pub(super) fn figures(
    seed: u64,
    takers: usize,
    bank: &Bank,
    calibration: &LogicCalibration,
) -> Vec<(&'static str, Recovery)> {
    let mut rows = Vec::new();
    let mut row = |name, world: &World<'_>| rows.push((name, recovery_of(&run(seed, takers, world))));
    let generate = |calibration: &LogicCalibration| Bank::generate(Form::Figures, seed, calibration);

    row("as it is", &World::new(bank, calibration, AS_ASSUMED));
    let mut random = World::new(bank, calibration, AS_ASSUMED);
    random.choice = Choice::Random;
    row("tasks drawn by chance", &random);

    let whole = LogicCalibration { partial_knowledge: false, ..calibration.clone() };
    let right_or_wrong = generate(&whole);
    row("right or wrong", &World::scored_by(&right_or_wrong, &whole, bank, AS_ASSUMED));

    let exact = LogicCalibration { difficulty_spread: 0.0, ..calibration.clone() };
    let sure = generate(&exact);
    row("difficulties taken for exact", &World::scored_by(&sure, &exact, bank, AS_ASSUMED));
    row("difficulties known", &World::new(&sure, &exact, AS_ASSUMED));

    let eight = of_eight(bank, calibration);
    let eight_options = generate(&eight);
    row("eight options", &World::new(&eight_options, &eight, AS_ASSUMED));

    let mut former = eight.clone();
    former.difficulty_spread = 0.0;
    for item in &mut former.items {
        *item = CalibratedItem { a: FORMER, b_error: 0.0, in_parts: false, ..*item };
    }
    let until_2026 = generate(&former);
    row(
        "eight, right or wrong, a 2, exact",
        &World::scored_by(&until_2026, &former, &eight_options, AS_ASSUMED),
    );
    let off = Truth { difficulty_spread: Some(0.65), usage: Usage::All(0.0), ..AS_ASSUMED };
    row("  tasks like MaRs-IB", &World::scored_by(&until_2026, &former, &eight_options, off));
    let partial = Truth { usage: Usage::All(1.0), ..AS_ASSUMED };
    row("  all use partial knowledge", &World::scored_by(&until_2026, &former, &eight_options, partial));
    rows
}

/// A bank of the same seeds by the first edition of the generator.
fn of_eight(bank: &Bank, calibration: &LogicCalibration) -> LogicCalibration {
    let guessing = 1.0 / Edition::First.options() as f64;
    let eight = LogicCalibration { guessing, items: Vec::new(), only_items: true, ..calibration.clone() };
    let item = |seed: u64| {
        let item = Item::generate(ItemId { edition: Edition::First, form: Form::Figures, seed });
        let params = eight.params(&item);
        CalibratedItem {
            id: item.id(),
            a: params.a,
            b: params.b,
            c: params.c,
            b_error: eight.difficulty_spread,
            in_parts: eight.partial_knowledge,
        }
    };
    LogicCalibration { items: bank.items().iter().map(|of| item(of.id.seed)).collect(), ..eight.clone() }
}
