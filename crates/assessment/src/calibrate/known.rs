//! What answers say of a person's ability, by the models of a calibration.

use std::collections::HashMap;

use crate::calibrate::answers::TaskAnswer;
use crate::calibration::LogicCalibration;
use crate::logic::response::Curves;
use crate::logic::{Item, ItemId};
use crate::posterior::Posterior;

/// Items and their curves, made when they are first asked for.
pub(super) struct Models<'a> {
    calibration: &'a LogicCalibration,
    made: HashMap<ItemId, (Item, Curves)>,
}

impl<'a> Models<'a> {
    pub(super) fn new(calibration: &'a LogicCalibration) -> Self {
        Self { calibration, made: HashMap::new() }
    }

    fn of(&mut self, id: ItemId) -> &(Item, Curves) {
        self.made.entry(id).or_insert_with(|| {
            let item = Item::generate(id);
            let curves = self.calibration.model_of(&item).curves();
            (item, curves)
        })
    }

    pub(super) fn item(&mut self, id: ItemId) -> &Item {
        &self.of(id).0
    }

    /// What these answers say together.
    pub(super) fn known<'b>(&mut self, answers: impl IntoIterator<Item = &'b TaskAnswer>) -> Posterior {
        let mut known = Posterior::default();
        for answer in answers {
            let (item, curves) = self.of(answer.item);
            known.learn_from(curves, answer.kept(item, curves.kinds()));
        }
        known
    }
}
