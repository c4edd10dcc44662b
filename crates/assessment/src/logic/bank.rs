//! A bank of items, and the choice of the next one.

use std::collections::HashSet;

use crate::calibration::LogicCalibration;
use crate::irt;
use crate::irt::Params;
use crate::logic::form::Form;
use crate::logic::item::{Item, ItemId};
use crate::random;
use crate::random::Draw;

/// Practice tasks before the first that counts; no item of the bank looks like one of them.
pub const PRACTICE: usize = 2;
/// How much less than the best item an item may tell and still be drawn.
const NEARLY_BEST: f64 = 0.92;
/// So many items at least are in the draw, however much less they tell.
const AT_LEAST: usize = 6;

/// An item in the bank; the item itself is made from its id when it is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BankItem {
    /// Which item.
    pub id: ItemId,
    /// Its parameters.
    pub params: Params,
}

/// Items of one form, ordered by how much each tells at each ability.
#[derive(Debug, Clone)]
pub struct Bank {
    items: Vec<BankItem>,
    /// For each point of the ability grid: the items, the most telling first.
    best: Vec<Vec<u32>>,
}

impl Bank {
    /// The bank of an installation.
    ///
    /// `salt` should be a secret of the installation: whoever knows it can make the same
    /// items and look up the answers. Calibrated items join the generated ones, or, when the
    /// calibration says so, replace them.
    #[must_use]
    pub fn generate(form: Form, salt: u64, calibration: &LogicCalibration) -> Self {
        let given = calibration.items.iter().filter(|item| item.id.form == form);
        let mut items: Vec<BankItem> =
            given.map(|item| BankItem { id: item.id, params: item.params() }).collect();
        let mut seen: HashSet<_> = items.iter().map(|item| *Item::generate(item.id).visible()).collect();
        seen.extend((0..PRACTICE).map(|n| *Item::practice(form, n).visible()));
        let wanted = if calibration.only_items && !items.is_empty() {
            items.len()
        } else {
            items.len() + calibration.bank_size
        };
        let mut number = 0;
        while items.len() < wanted {
            let seed = random::mix(random::mix(salt).wrapping_add(number));
            let item = Item::generate(ItemId { form, seed });
            if seen.insert(*item.visible()) {
                items.push(BankItem { id: item.id(), params: calibration.params(&item) });
            }
            number += 1;
        }
        Self::new(items)
    }

    /// A bank of these items.
    #[must_use]
    pub fn new(items: Vec<BankItem>) -> Self {
        let best = (0..irt::NODES)
            .map(|node| {
                let theta = irt::node(node);
                let mut order: Vec<(u32, f64)> =
                    (0..).zip(&items).map(|(place, item)| (place, item.params.information(theta))).collect();
                order.sort_by(|(_, left), (_, right)| right.total_cmp(left));
                order.into_iter().map(|(place, _)| place).collect()
            })
            .collect();
        Self { items, best }
    }

    /// All items.
    #[must_use]
    pub fn items(&self) -> &[BankItem] {
        &self.items
    }

    /// The next item for somebody of this ability: drawn by chance (`seed`) among those that
    /// tell nearly as much as the best one, so that no item is shown too often. An item in
    /// `used` is never chosen; `None` when all have been.
    #[must_use]
    pub fn next(&self, theta: f64, used: &[ItemId], seed: u64) -> Option<BankItem> {
        let node = irt::nearest_node(theta);
        let at = irt::node(node);
        let mut fresh = self.best[node]
            .iter()
            .map(|place| self.items[*place as usize])
            .filter(|item| !used.contains(&item.id));
        let best = fresh.next()?;
        let enough = NEARLY_BEST * best.params.information(at);
        let mut drawn = vec![best];
        for item in fresh {
            if drawn.len() >= AT_LEAST && item.params.information(at) < enough {
                break;
            }
            drawn.push(item);
        }
        Some(Draw::new(seed, used.len() as u64).pick(&drawn))
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
            form.extend(nearest);
        }
        form
    }
}

#[cfg(test)]
mod tests {
    use crate::logic::bank::*;

    fn bank(size: usize) -> Bank {
        let calibration = LogicCalibration { bank_size: size, ..LogicCalibration::default() };
        Bank::generate(Form::Figures, 5, &calibration)
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
    fn the_next_item_is_unused_and_tells_nearly_as_much_as_the_best() {
        let bank = bank(120);
        let mut used = Vec::new();
        for step in 0..120 {
            let theta = f64::from(step % 7) - 3.0;
            let fresh: Vec<_> = bank.items().iter().filter(|item| !used.contains(&item.id)).collect();
            let mut tells: Vec<f64> = fresh.iter().map(|i| i.params.information(theta)).collect();
            tells.sort_by(|left, right| right.total_cmp(left));
            let next = bank.next(theta, &used, 9).expect("some are left");
            assert!(!used.contains(&next.id));
            let told = next.params.information(theta);
            let sixth = tells[(AT_LEAST - 1).min(tells.len() - 1)];
            assert!(told >= sixth.min(NEARLY_BEST * tells[0]) - 1e-12);
            used.push(next.id);
        }
        assert_eq!(bank.next(0.0, &used, 9), None);
    }

    #[test]
    fn a_fixed_form_is_spread_and_without_repetition() {
        let form = bank(300).fixed_form(20);
        let ids: HashSet<_> = form.iter().map(|item| item.id).collect();
        assert_eq!(ids.len(), 20);
        assert!(form[0].params.b < -1.5 && form[19].params.b > 1.5);
    }
}
