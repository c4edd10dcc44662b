//! Properties of generated items, on both forms.

#![allow(clippy::unwrap_used)]

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;

use crate::logic::*;
use crate::texts::Texts;

fn items(form: Form, count: u64) -> impl Iterator<Item = Item> {
    (1_000..1_000 + count).map(move |seed| Item::generate(ItemId { form, seed }))
}

/// The index that a guesser picks who never looks at the matrix: the option whose features
/// are the most common among the options. All best ones, when several are equally good.
fn most_common(options: &[Cell; OPTIONS]) -> Vec<usize> {
    let shared = |option: &Cell| -> usize {
        option
            .attributes()
            .map(|a| options.iter().filter(|other| other.get(a) == option.get(a)).count())
            .sum()
    };
    let best = options.iter().map(shared).max().unwrap();
    (0..OPTIONS).filter(|i| shared(&options[*i]) == best).collect()
}

#[test]
fn every_item_has_exactly_one_answer_that_the_solver_finds() {
    for form in [Form::Figures, Form::Words] {
        for item in items(form, 1_000) {
            let id = item.id();
            assert_eq!(solver::fitting(item.visible(), item.options()), [item.right()], "{id}");
            let answer = solver::solve(item.visible()).unwrap();
            assert_eq!(answer, item.options()[item.right()], "{id}");
            let different: HashSet<_> = item.options().iter().collect();
            assert_eq!(different.len(), OPTIONS, "{id}");
        }
    }
}

#[test]
fn every_wrong_option_breaks_a_rule_and_every_break_comes_alone_once() {
    for item in items(Form::Figures, 300) {
        let right = item.options()[item.right()];
        let breaks: Vec<usize> = item
            .options()
            .iter()
            .map(|option| right.attributes().filter(|a| option.get(*a) != right.get(*a)).count())
            .collect();
        assert_eq!(breaks.iter().filter(|n| **n == 0).count(), 1);
        assert!(breaks.contains(&1), "some option differs in one thing only");
    }
}

#[test]
fn the_options_alone_do_not_give_the_answer_away() {
    for form in [Form::Figures, Form::Words] {
        for item in items(form, 500) {
            assert_eq!(most_common(item.options()).len(), OPTIONS, "{}", item.id());
        }
    }
}

#[test]
fn the_right_option_stands_anywhere() {
    let mut places = HashMap::new();
    for item in items(Form::Figures, 1_600) {
        *places.entry(item.right()).or_insert(0) += 1;
    }
    for place in 0..OPTIONS {
        let count = places[&place];
        assert!((140..=260).contains(&count), "place {place}: {count} of 1600, not about 200");
    }
}

#[test]
fn rules_of_every_kind_and_items_of_one_to_three_rules_come_up() {
    let mut rules = HashSet::new();
    let mut lengths = HashSet::new();
    for item in items(Form::Figures, 500).chain(items(Form::Words, 500)) {
        rules.extend(item.spec().rules.iter().map(|(_, rule)| rule.id()));
        lengths.insert(item.spec().rules.len());
    }
    assert_eq!(rules, Rule::IDS.into_iter().collect());
    assert_eq!(lengths, [1, 2, 3].into());
}

#[test]
fn an_id_is_written_and_read() {
    let id = ItemId { form: Form::Words, seed: 0xabc };
    assert_eq!(id.to_string(), "w0000000000000abc");
    assert_eq!(id.to_string().parse(), Ok(id));
    for wrong in ["", "w", "x0000000000000abc", "w0000000000000ab", "w+000000000000abc", "é"] {
        assert!(wrong.parse::<ItemId>().is_err(), "{wrong}");
    }
}

/// An item is known by its id for years: a change of the generator must not change it. When
/// this fails, results already given would no longer match their items.
#[test]
fn an_item_of_an_id_stays_what_it_was() {
    let item = Item::generate(ItemId { form: Form::Words, seed: 1 });
    let values: Vec<Vec<u8>> =
        item.visible().iter().map(|cell| cell.attributes().filter_map(|a| cell.get(a)).collect()).collect();
    // Letters, things and baskets.
    let expected = [[[3, 1, 18], [6, 3, 18], [9, 0, 18]], [[0, 0, 41], [3, 1, 41], [6, 3, 41]]];
    assert_eq!(values[..6], expected.concat());
    assert_eq!(values[6..], [[6, 0, 12], [9, 3, 12]]);
    assert_eq!(item.right(), 4);
}

#[test]
fn practice_items_are_easy_and_different() {
    for form in [Form::Figures, Form::Words] {
        let (one, two) = (Item::practice(form, 0), Item::practice(form, 1));
        assert_ne!(one.visible(), two.visible());
        for item in [one, two] {
            assert_eq!(item.spec().rules.len(), 1);
            assert_eq!(item.id().form, form);
        }
    }
}

#[test]
fn drawings_have_words_and_no_style_or_script() {
    for texts in Texts::all() {
        for item in items(Form::Figures, 60) {
            let mut drawings = vec![draw::matrix(&item, texts, "m")];
            drawings.extend((0..OPTIONS).map(|o| draw::option(&item, o, texts, &format!("o{o}"))));
            for svg in &drawings {
                assert!(svg.starts_with("<svg") && svg.ends_with("</svg>"));
                assert!(svg.contains("role=\"img\"") && svg.contains("<desc id="));
                assert!(!svg.contains("style") && !svg.contains("<script"));
                assert!(!svg.contains('{'), "every word is filled in: {svg}");
                assert_eq!(svg.matches("<g ").count(), svg.matches("</g>").count());
            }
            let different: HashSet<&String> = drawings[1..].iter().collect();
            assert_eq!(different.len(), OPTIONS);
        }
    }
}

#[test]
fn options_are_as_different_in_words_as_in_drawings() {
    for texts in Texts::all() {
        for item in items(Form::Figures, 300).chain(items(Form::Words, 300)) {
            let words: HashSet<_> =
                item.options().iter().map(|option| describe::cell(option, texts)).collect();
            assert_eq!(words.len(), OPTIONS, "{}", item.id());
            assert_eq!(describe::cells(&item, texts).len(), 9);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn the_same_id_makes_the_same_item(seed: u64, words: bool) {
        let form = if words { Form::Words } else { Form::Figures };
        let id = ItemId { form, seed };
        let item = Item::generate(id);
        prop_assert_eq!(&item, &Item::generate(id));
        prop_assert!((1..=3).contains(&item.spec().rules.len()));
        for cell in item.visible().iter().chain(item.options()) {
            for attribute in cell.attributes() {
                prop_assert!(attribute.kind().holds(cell.get(attribute).unwrap().into()));
            }
        }
    }

    #[test]
    fn more_load_is_more_difficulty(one: u64, two: u64) {
        let calibration = crate::calibration::LogicCalibration::default();
        let item = |seed| Item::generate(ItemId { form: Form::Figures, seed });
        let (one, two) = (item(one), item(two));
        let harder = one.spec().load() > two.spec().load();
        prop_assert_eq!(harder, calibration.params(&one).b > calibration.params(&two).b);
    }
}
