//! Properties of generated items, on both forms.

#![allow(clippy::unwrap_used)]

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;

use crate::logic::*;
use crate::texts::Texts;

fn items(form: Form, count: u64) -> impl Iterator<Item = Item> {
    (1_000..1_000 + count).map(move |seed| Item::generate(ItemId::new(form, seed)))
}

/// The index that a guesser picks who never looks at the matrix: the option whose features
/// are the most common among the options. All best ones, when several are equally good.
fn most_common(options: &[Cell]) -> Vec<usize> {
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
        assert!((90..=180).contains(&count), "place {place}: {count} of 1600, not about 133");
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
    for (edition, form, text) in [
        (Edition::First, Form::Figures, "f0000000000000abc"),
        (Edition::First, Form::Words, "w0000000000000abc"),
        (Edition::Second, Form::Figures, "g0000000000000abc"),
        (Edition::Second, Form::Words, "v0000000000000abc"),
    ] {
        let id = ItemId { edition, form, seed: 0xabc };
        assert_eq!(id.to_string(), text);
        assert_eq!(text.parse(), Ok(id));
    }
    for wrong in ["", "w", "x0000000000000abc", "w0000000000000ab", "w+000000000000abc", "é"] {
        assert!(wrong.parse::<ItemId>().is_err(), "{wrong}");
    }
}

/// An item is known by its id for years: a change of the generator must not change it. When
/// this fails, results already given would no longer match their items.
#[test]
fn an_item_of_an_id_stays_what_it_was() {
    let item = Item::generate(ItemId { edition: Edition::First, form: Form::Words, seed: 1 });
    let values: Vec<Vec<u8>> =
        item.visible().iter().map(|cell| cell.attributes().filter_map(|a| cell.get(a)).collect()).collect();
    // Letters, things and baskets.
    let expected = [[[3, 1, 18], [6, 3, 18], [9, 0, 18]], [[0, 0, 41], [3, 1, 41], [6, 3, 41]]];
    assert_eq!(values[..6], expected.concat());
    assert_eq!(values[6..], [[6, 0, 12], [9, 3, 12]]);
    assert_eq!(item.right(), 4);
}

#[test]
fn practice_has_a_step_a_sum_and_a_set_rule_and_goes_on() {
    for form in [Form::Figures, Form::Words] {
        let items: Vec<Item> = (0..12).map(|n| Item::practice(form, n)).collect();
        let rules: Vec<&str> = items.iter().map(|item| item.spec().rules[0].1.id()).collect();
        assert!(["progression", "rotation"].contains(&rules[0]), "{rules:?}");
        assert_eq!(rules[1], "sum");
        assert!(["union", "intersection"].contains(&rules[2]), "{rules:?}");
        let different: HashSet<_> = items.iter().map(|item| *item.visible()).collect();
        assert_eq!(different.len(), items.len());
        assert!(items.iter().all(|item| item.spec().rules.len() == 1 && item.id().form == form));
    }
}

/// Older tests go on with the items they had: eight options, the right one where it was.
#[test]
fn items_of_the_first_edition_are_still_made() {
    let item = Item::generate("f0fda07c0e89d9486".parse().unwrap());
    assert_eq!(item.options().len(), 8);
    let new = Item::generate(ItemId::new(Form::Figures, item.id().seed));
    assert_eq!((new.options().len(), new.visible()), (12, item.visible()));
}

#[test]
fn an_option_says_which_rules_it_keeps() {
    for item in items(Form::Figures, 300) {
        let rules = item.spec().rules.len();
        let kept: Vec<usize> = (0..OPTIONS).map(|option| item.kept(option).unwrap()).collect();
        assert_eq!(kept.iter().filter(|kept| **kept == (1 << rules) - 1).count(), 1);
        assert_eq!(kept[item.right()], (1 << rules) - 1);
        if rules > 1 {
            let values: usize = item.spec().rules.iter().map(|(a, _)| usize::from(item.values(*a))).product();
            assert_eq!(values, OPTIONS, "every combination of values stands once");
        }
        assert_eq!(item.kept(OPTIONS), None);
    }
}

#[test]
fn drawings_have_words_and_no_style_or_script() {
    for texts in Texts::all() {
        for item in items(Form::Figures, 60) {
            let silent = draw::matrix(&item, texts, "m", false) + &draw::option(&item, 0, texts, "o", false);
            assert!(!silent.contains("<desc") && !silent.contains("describedby"), "words for who asks only");
            let mut drawings = vec![draw::matrix(&item, texts, "m", true)];
            drawings.extend((0..OPTIONS).map(|o| draw::option(&item, o, texts, &format!("o{o}"), true)));
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
                item.options().iter().map(|option| describe::cell_of(&item, option, texts)).collect();
            assert_eq!(words.len(), OPTIONS, "{}", item.id());
            assert_eq!(describe::cells(&item, texts).len(), 9);
        }
    }
}

#[test]
fn what_never_changes_is_left_out_of_descriptions() {
    let texts = Texts::for_language("en");
    let mut shorter = 0;
    for item in items(Form::Figures, 100) {
        let (short, long) =
            (describe::cell_of(&item, &item.visible()[0], texts), describe::cell(&item.visible()[0], texts));
        for part in short.split(", ") {
            assert!(long.contains(part), "{part} is not in {long}");
        }
        shorter += usize::from(short.len() < long.len());
        let cells = describe::cells(&item, texts);
        assert!(cells.iter().all(|cell| !cell.is_empty()), "{cells:?}");
    }
    assert!(shorter > 50, "{shorter} of 100");
}

#[test]
fn the_same_rules_in_another_order_are_as_much_load() {
    // Two items whose loads once differed in the sixteenth digit.
    let load = |seed| Item::generate(ItemId::new(Form::Figures, seed)).spec().load();
    assert_eq!(load(16_721_475_687_823_945_058).to_bits(), load(14_708_232_896_334_181_071).to_bits());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn the_same_id_makes_the_same_item(seed: u64, words: bool) {
        let form = if words { Form::Words } else { Form::Figures };
        let id = ItemId::new(form, seed);
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
        let item = |seed| Item::generate(ItemId::new(Form::Figures, seed));
        let (one, two) = (item(one), item(two));
        let harder = one.spec().load() > two.spec().load();
        prop_assert_eq!(harder, calibration.params(&one).b > calibration.params(&two).b);
    }
}
