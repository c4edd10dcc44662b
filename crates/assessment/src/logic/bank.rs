//! A bank of items, and the choice of the next one.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::calibration::LogicCalibration;
use crate::irt;
use crate::irt::{NODES, Params};
use crate::logic::balance::{Balance, Named, place};
use crate::logic::form::Form;
use crate::logic::item::{Item, ItemId};
use crate::logic::response::{Curves, ResponseModel, STYLES};
use crate::logic::spec::Spec;
use crate::posterior::Posterior;
use crate::random;
use crate::random::Draw;

/// How much less than the best item an item may tell and still be drawn.
const NEARLY_BEST: f64 = 0.95;
/// So many items at least are in the draw, however much less they tell.
const AT_LEAST: usize = 5;
/// So many of the items that tell most at the estimate are weighed over all that it may be.
const WEIGHED: usize = 120;

/// Pilot tasks that are being tried out at a time: few enough for each to gather answers.
pub const PILOTS: usize = 24;
/// Separates the seeds of pilot tasks from those of the bank.
const PILOT_STREAM: u64 = 0x7069_6c6f_7473;

/// Practice tasks before the first that counts; no item of the bank looks like one of them.
pub const PRACTICE: usize = 3;

/// An item in the bank; the item itself is made from its id when it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct BankItem {
    /// Which item.
    pub id: ItemId,
    /// The parameters of the whole.
    pub params: Params,
    /// What is assumed of answers to it.
    pub model: ResponseModel,
    /// Which rule governs which attribute.
    rules: Vec<Named>,
    known: Arc<Known>,
}

/// What follows from a model and takes time to compute; items made by the same rules share it.
#[derive(Debug, PartialEq)]
struct Known {
    curves: Curves,
    information: [[f64; NODES]; STYLES],
}

impl BankItem {
    fn new(id: ItemId, spec: &Spec, model: ResponseModel, known: Arc<Known>) -> Self {
        Self { id, params: model.params, model, rules: named(spec), known }
    }

    /// How much it tells at a point of the ability grid, the styles of answering being alike likely.
    #[must_use]
    pub fn information(&self, node: usize) -> f64 {
        self.known.information.iter().map(|style| style[node]).sum::<f64>() / STYLES as f64
    }

    /// How likely each kind of answer is.
    #[must_use]
    pub fn curves(&self) -> &Curves {
        &self.known.curves
    }
}

fn named(spec: &Spec) -> Vec<Named> {
    spec.rules.iter().map(|(attribute, rule)| (*attribute, place(*rule))).collect()
}

/// Whom the next item is for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// What is known of the person.
    pub known: &'a Posterior,
    /// The items of this test so far.
    pub used: &'a [ItemId],
    /// Other items that the person has met before, in this test or an earlier one.
    pub met: &'a [ItemId],
    /// So many tasks the test has at most.
    pub planned: usize,
    /// Decides among items that tell nearly alike.
    pub seed: u64,
}

impl Wanted<'_> {
    fn stream(&self) -> u64 {
        (self.used.len() + 1_000 * self.met.len()) as u64
    }
}

/// Items of one form.
#[derive(Debug, Clone)]
pub struct Bank {
    form: Form,
    items: Vec<BankItem>,
    /// Tasks that are tried out and do not count.
    pilots: Vec<BankItem>,
    places: HashMap<ItemId, usize>,
}

impl Bank {
    /// The bank of an installation.
    ///
    /// `salt` should be a secret of the installation: whoever knows it can make the same
    /// items and look up the answers. Calibrated items join the generated ones, or, when the
    /// calibration says so, replace them. A pilot task that was calibrated is one of them, and another
    /// one takes its place among those that are tried out.
    #[must_use]
    pub fn generate(form: Form, salt: u64, calibration: &LogicCalibration) -> Self {
        let mut models = Models::default();
        let given = calibration.items.iter().filter(|item| item.id.form == form);
        let mut seen = HashSet::new();
        let mut items: Vec<BankItem> = Vec::new();
        for calibrated in given {
            let item = Item::generate(calibrated.id);
            seen.insert(*item.visible());
            items.push(models.item(&item, calibrated.model(&item, calibration)));
        }
        seen.extend((0..PRACTICE).map(|n| *Item::practice(form, n).visible()));
        let wanted = if calibration.only_items && !items.is_empty() {
            items.len()
        } else {
            items.len() + calibration.bank_size
        };
        let mut number = 0;
        while items.len() < wanted {
            let seed = random::mix(random::mix(salt).wrapping_add(number));
            let item = Item::generate(ItemId::new(form, seed));
            if seen.insert(*item.visible()) {
                items.push(models.item(&item, calibration.model(&item)));
            }
            number += 1;
        }
        let mut pilots = Vec::with_capacity(PILOTS);
        let mut number = 0;
        while pilots.len() < PILOTS {
            let seed = random::mix(random::mix(salt ^ PILOT_STREAM).wrapping_add(number));
            let item = Item::generate(ItemId::new(form, seed));
            if seen.insert(*item.visible()) {
                pilots.push(models.item(&item, calibration.model(&item)));
            }
            number += 1;
        }
        let places = items.iter().enumerate().map(|(place, item)| (item.id, place)).collect();
        Self { form, items, pilots, places }
    }

    /// All items.
    #[must_use]
    pub fn items(&self) -> &[BankItem] {
        &self.items
    }

    /// An item by its id.
    #[must_use]
    pub fn item(&self, id: ItemId) -> Option<&BankItem> {
        Some(&self.items[*self.places.get(&id)?])
    }

    /// The next item: drawn by chance among those that tell nearly as much as the best one, so that no item
    /// is shown too often. An item that the person met is never chosen; `None` when all have been.
    ///
    /// The same rule of the same attribute comes three times at most ([`crate::logic::SAME_RULE`]), and no attribute is asked for
    /// in more than half of the tasks; only a bank that has nothing else left breaks that.
    #[must_use]
    pub fn next(&self, wanted: Wanted<'_>) -> Option<BankItem> {
        let node = irt::nearest_node(wanted.known.ability().theta);
        let balance = self.balance(wanted);
        let mut is_met = vec![false; self.items.len()];
        for place in wanted.used.iter().chain(wanted.met).filter_map(|id| self.places.get(id)) {
            is_met[*place] = true;
        }
        let new = self.items.iter().zip(is_met).filter(|(_, is_met)| !is_met);
        let mut fresh: Vec<(f64, &BankItem)> = new.map(|(item, _)| (item.information(node), item)).collect();
        let tier = fresh.iter().map(|(_, item)| balance.tier(&item.rules)).min().unwrap_or(0);
        fresh.retain(|(_, item)| balance.tier(&item.rules) == tier);
        let by_information =
            |(left, _): &(f64, &BankItem), (right, _): &(f64, &BankItem)| right.total_cmp(left);
        if fresh.len() > WEIGHED {
            fresh.select_nth_unstable_by(WEIGHED, by_information);
            fresh.truncate(WEIGHED);
        }
        for (tells, item) in &mut fresh {
            *tells = wanted.known.expected(&item.known.information);
        }
        let enough = NEARLY_BEST * fresh.iter().map(|(tells, _)| *tells).fold(0.0, f64::max);
        let many = fresh.iter().filter(|(tells, _)| *tells >= enough).count().max(AT_LEAST);
        if many < fresh.len() {
            fresh.select_nth_unstable_by(many, by_information);
            fresh.truncate(many);
        }
        // In an order that does not depend on how the best were found.
        fresh.sort_unstable_by_key(|(_, item)| item.id);
        (!fresh.is_empty()).then(|| Draw::new(wanted.seed, wanted.stream()).pick(&fresh).1.clone())
    }

    /// What the test has asked for so far.
    fn balance(&self, wanted: Wanted<'_>) -> Balance {
        let rules = |id: &ItemId| match self.item(*id) {
            Some(item) => item.rules.clone(),
            None => named(Item::generate(*id).spec()),
        };
        Balance::new(self.form, wanted.planned, wanted.used.iter().map(rules))
    }

    /// The tasks that are being tried out.
    #[must_use]
    pub fn pilots(&self) -> &[BankItem] {
        &self.pilots
    }

    /// A pilot task: drawn by chance, whatever the ability, among those that the person has not met and that
    /// keep the variety best; `None` when all have been met.
    #[must_use]
    pub fn next_pilot(&self, wanted: Wanted<'_>) -> Option<BankItem> {
        let balance = self.balance(wanted);
        let is_met = |item: &&BankItem| wanted.used.contains(&item.id) || wanted.met.contains(&item.id);
        let mut new: Vec<&BankItem> = self.pilots.iter().filter(|item| !is_met(item)).collect();
        let tier = new.iter().map(|item| balance.tier(&item.rules)).min()?;
        new.retain(|item| balance.tier(&item.rules) == tier);
        Some(Draw::new(wanted.seed, wanted.stream()).pick(&new).clone())
    }

    /// A fixed form of `length` items, spread evenly in difficulty from −2 to 2: what a test
    /// that does not adapt would ask everybody.
    #[must_use]
    pub fn fixed_form(&self, length: usize) -> Vec<BankItem> {
        let mut form: Vec<BankItem> = Vec::with_capacity(length);
        for place in 0..length {
            let wanted = -2.0 + 4.0 * place as f64 / (length.max(2) - 1) as f64;
            let away = |item: &BankItem| (item.params.b - wanted).abs();
            let nearest = self
                .items
                .iter()
                .filter(|item| form.iter().all(|taken| taken.id != item.id))
                .min_by(|left, right| away(left).total_cmp(&away(right)));
            form.extend(nearest.cloned());
        }
        form
    }
}

/// Models that were computed before, by everything that they follow from.
#[derive(Default)]
struct Models(HashMap<Vec<u64>, Arc<Known>>);

impl Models {
    fn item(&mut self, item: &Item, model: ResponseModel) -> BankItem {
        let Params { a, b, c } = model.params;
        let mut key: Vec<u64> = [a, b, c, model.spread, model.slope].map(f64::to_bits).into();
        key.extend(model.parts.iter().flat_map(|part| [part.b.to_bits(), part.values.into()]));
        let known = self.0.entry(key).or_insert_with(|| {
            let curves = model.curves();
            Arc::new(Known { information: curves.information(), curves })
        });
        BankItem::new(item.id(), item.spec(), model, Arc::clone(known))
    }
}

#[cfg(test)]
mod tests {
    use crate::logic::bank::*;

    fn bank(size: usize) -> Bank {
        let calibration = LogicCalibration { bank_size: size, ..LogicCalibration::default() };
        Bank::generate(Form::Figures, 5, &calibration)
    }

    fn next(bank: &Bank, theta: f64, used: &[ItemId], met: &[ItemId], seed: u64) -> Option<BankItem> {
        bank.next(Wanted { known: &Posterior::at(theta), used, met, planned: 20, seed })
    }

    #[test]
    fn the_same_salt_makes_the_same_bank_and_another_salt_another() {
        let ids = |salt| {
            let calibration = LogicCalibration { bank_size: 20, ..LogicCalibration::default() };
            let bank = Bank::generate(Form::Figures, salt, &calibration);
            bank.items().iter().map(|item| item.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(1), ids(1));
        assert_ne!(ids(1), ids(2));
    }

    #[test]
    fn the_next_item_is_new_and_tells_nearly_as_much_as_the_best_that_is_allowed() {
        let bank = bank(120);
        let mut used = Vec::new();
        let met: Vec<ItemId> = bank.items()[..10].iter().map(|item| item.id).collect();
        for step in 0..110 {
            let theta = f64::from(step % 7) - 3.0;
            let node = irt::nearest_node(theta);
            let known = Posterior::at(theta);
            let wanted = Wanted { known: &known, used: &used, met: &met, planned: 20, seed: 9 };
            let balance = bank.balance(wanted);
            let is_new = |id: &ItemId| !used.contains(id) && !met.contains(id);
            let mut fresh: Vec<_> = bank.items().iter().filter(|item| is_new(&item.id)).collect();
            let tier = fresh.iter().map(|item| balance.tier(&item.rules)).min().unwrap_or(0);
            fresh.retain(|item| balance.tier(&item.rules) == tier);
            let mut tells: Vec<f64> = fresh.iter().map(|item| item.information(node)).collect();
            tells.sort_by(|left, right| right.total_cmp(left));
            let next = next(&bank, theta, &used, &met, 9).expect("some are left");
            assert!(is_new(&next.id));
            let sixth = tells[(AT_LEAST - 1).min(tells.len() - 1)];
            assert!(next.information(node) >= sixth.min(NEARLY_BEST * tells[0]) - 1e-12);
            used.push(next.id);
        }
        assert_eq!(next(&bank, 0.0, &used, &met, 9), None);
    }

    #[test]
    fn a_pilot_task_that_was_calibrated_counts_and_another_takes_its_place() {
        let before = bank(20);
        assert_eq!(before.pilots().len(), PILOTS);
        assert!(before.pilots().iter().all(|pilot| before.item(pilot.id).is_none()));
        let known = crate::calibration::CalibratedItem {
            id: before.pilots()[3].id,
            a: 1.1,
            b: 0.2,
            c: 0.1,
            b_error: 0.1,
            in_parts: true,
        };
        let calibration =
            LogicCalibration { bank_size: 20, items: vec![known], ..LogicCalibration::default() };
        let after = Bank::generate(Form::Figures, 5, &calibration);
        let item = after.item(known.id).expect("it counts");
        assert_eq!((item.model.spread, item.params.b), (0.1, 0.2));
        let left = before.pilots().iter().filter(|pilot| pilot.id != known.id);
        assert!(left.zip(after.pilots()).all(|(one, other)| one.id == other.id));
        assert_eq!(after.pilots().len(), PILOTS);
    }

    /// Whatever the ability, a test asks for no rule of an attribute more than three times and for no attribute in
    /// more than half of its tasks.
    #[test]
    fn a_test_has_variety() {
        for form in [Form::Figures, Form::Words] {
            let bank = Bank::generate(form, 5, &LogicCalibration::default());
            for (step, seed) in (-6..=6).flat_map(|step| [(step, 3), (step, 11)]) {
                let mut used = Vec::new();
                let known = Posterior::at(f64::from(step) / 2.0);
                for _ in 0..20 {
                    let wanted = Wanted { known: &known, used: &used, met: &[], planned: 20, seed };
                    let item = bank.next(wanted).expect("a bank of a thousand");
                    used.push(item.id);
                }
                let wanted = Wanted { known: &known, used: &used, met: &[], planned: 20, seed };
                let (rule, attribute) = bank.balance(wanted).most();
                assert!(rule <= 3 && attribute <= 10, "{form:?} {step}: {rule} and {attribute}");
            }
        }
    }

    #[test]
    fn a_fixed_form_is_spread_and_without_repetition() {
        let form = bank(300).fixed_form(20);
        let ids: HashSet<_> = form.iter().map(|item| item.id).collect();
        assert_eq!(ids.len(), 20);
        assert!(form[0].params.b < -1.5 && form[19].params.b > 1.5);
    }
}
