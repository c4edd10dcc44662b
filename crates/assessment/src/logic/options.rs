//! The options of an item: the right one, and others that break rules.
//!
//! They are made in rounds. A round takes one rule and breaks it in every option made so far,
//! so that each new option is an older one with one rule broken. After the last round every
//! value of the attributes in question stands in equally many options. The right option
//! therefore shares no more with the others than any of them does, and cannot be found by
//! looking for the most common features without solving the matrix. (Options that each
//! break one rule of the right one would give it away as their middle.)

use crate::logic::attribute::{Attribute, Cell, Kind, acceptable};
use crate::logic::form::Edition;
use crate::logic::rule::Rule;
use crate::logic::spec::Spec;
use crate::random::Draw;

/// How many options an item of the newest edition has.
pub const OPTIONS: usize = 12;

/// Makes the options and says where the right one stands. `None` when an attribute has too
/// few believable wrong values.
pub(super) fn make(
    edition: Edition,
    spec: &Spec,
    visible: &[Cell; 8],
    answer: Cell,
    draw: &mut Draw,
) -> Option<(Vec<Cell>, usize)> {
    let mut options = vec![answer];
    for (attribute, wrong) in rounds(edition, spec, draw)? {
        let values = wrong_values(attribute, visible, answer.get(attribute)?, draw);
        let values = values.get(..wrong)?;
        let broken: Vec<Cell> =
            options.iter().flat_map(|option| values.iter().map(|v| option.with(attribute, *v))).collect();
        options.extend(broken);
    }
    draw.shuffle(&mut options);
    let right = options.iter().position(|option| *option == answer)?;
    (options.len() == edition.options()).then_some((options, right))
}

/// Which attributes are broken and in how many wrong values each, so that (1 + wrong) over
/// all of them multiplies to the number of options.
fn rounds(edition: Edition, spec: &Spec, draw: &mut Draw) -> Option<Vec<(Attribute, usize)>> {
    let mut governed: Vec<Attribute> = spec.rules.iter().map(|(attribute, _)| *attribute).collect();
    draw.shuffle(&mut governed);
    let has_six = |attribute: Attribute| attribute.kind().values().count() >= 6;
    match (edition, &governed[..]) {
        (_, [_]) if spec.constants.is_empty() => None,
        (Edition::First, &[one]) => Some(vec![(one, 3), (draw.pick(&spec.constants), 1)]),
        (Edition::First, &[one, two]) => Some(vec![(one, 3), (two, 1)]),
        (Edition::First, &[one, two, three]) => Some(vec![(one, 1), (two, 1), (three, 1)]),
        (Edition::Second, &[one]) if has_six(one) => Some(vec![(one, 5), (draw.pick(&spec.constants), 1)]),
        (Edition::Second, &[one]) => Some(vec![(one, 3), (draw.pick(&spec.constants), 2)]),
        (Edition::Second, &[one, two]) => Some(vec![(one, 3), (two, 2)]),
        (Edition::Second, &[one, two, three]) => Some(vec![(one, 2), (two, 1), (three, 1)]),
        _ => None,
    }
}

/// Wrong values, the most believable first: what other rules would lead to, then what stands
/// near the empty cell, then what stands anywhere in the matrix, then the rest.
fn wrong_values(attribute: Attribute, visible: &[Cell; 8], right: u8, draw: &mut Draw) -> Vec<u8> {
    let kind = attribute.kind();
    let at = |place: usize| visible[place].get(attribute);
    let mut found: Vec<u8> = Vec::new();
    let mut add = |tier: Vec<u8>, draw: &mut Draw| {
        let mut tier: Vec<u8> = tier.into_iter().filter(|v| acceptable(kind, *v)).collect();
        draw.shuffle(&mut tier);
        for value in tier {
            if value != right && !found.contains(&value) {
                found.push(value);
            }
        }
    };
    let other_rules = [(6, 7), (2, 5)]
        .into_iter()
        .filter_map(|(a, b)| Some((at(a)?, at(b)?)))
        .flat_map(|(a, b)| Rule::family(kind).iter().filter_map(move |rule| rule.third(kind, a, b)))
        .collect();
    add(other_rules, draw);
    if let Kind::Set { members } = kind {
        add((0..members).map(|member| right ^ (1 << member)).collect(), draw);
    }
    add([2, 5, 6, 7].into_iter().filter_map(at).collect(), draw);
    add((0..8).filter_map(at).collect(), draw);
    add(kind.values().filter(|v| v.abs_diff(right) <= 3).collect(), draw);
    add(kind.values().collect(), draw);
    found
}
