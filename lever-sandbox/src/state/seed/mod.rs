//! The account a sandbox starts with: the same seed makes the same one.
//!
//! Times are counted back from the last midnight UTC, so that two runs of one day
//! agree to the millisecond.

mod day;
mod opportunities;
mod papers;
mod settings;

use std::collections::{BTreeMap, HashMap};

use day::DAY_MS;

use super::account::State;
use super::entities::{Account, EventKind, WebhookSettings};
use super::grants::Grants;
use super::operations::ListChange;
use super::opportunities::Opportunities;
use crate::draw::Draw;

/// How much of what to make.
#[derive(Clone, Copy, Debug)]
pub struct Seed {
    pub seed: u64,
    pub opportunities: usize,
    pub postings: usize,
    /// Whether every event's toggle is on.
    pub events_on: bool,
    /// Now, ms UTC.
    pub now: i64,
}

impl State {
    /// Makes an account.
    pub fn seeded(seed: Seed) -> Self {
        let midnight = seed.now - seed.now.rem_euclid(DAY_MS);
        let mut draw = Draw::new(seed.seed);
        let account = Account { id: draw.uuid(), name: "Acme Inc".into() };
        let users = settings::users(&mut draw, midnight);
        let stages = settings::stages(&mut draw);
        let archive_reasons = settings::archive_reasons(&mut draw);
        let api_keys = settings::api_keys(&mut draw, midnight);
        let account_token = draw.hex(24);
        let postings = settings::postings(&mut draw, &users, seed.postings, midnight);
        let requisitions = settings::requisitions(&mut draw, &users, &postings, midnight);
        let mut state = Self {
            draw,
            account,
            users,
            stages,
            archive_reasons,
            postings,
            deleted_postings: Vec::new(),
            requisitions,
            requisition_fields: settings::requisition_fields(),
            feedback_templates: settings::feedback_templates(seed.seed, midnight),
            contacts: HashMap::new(),
            contacts_by_email: HashMap::new(),
            opportunities: Opportunities::default(),
            deleted: Vec::new(),
            papers: HashMap::new(),
            tags: BTreeMap::new(),
            sources: BTreeMap::new(),
            webhooks: WebhookSettings {
                enabled: EventKind::ALL.into_iter().filter(|_| seed.events_on).collect(),
                switched_off: std::collections::BTreeSet::new(),
                account_token,
                previous_account_token: None,
                hooks: Vec::new(),
            },
            api_keys,
            grants: Grants::default(),
        };
        let posting_tags: Vec<String> = state
            .postings
            .iter()
            .flat_map(|posting| posting.tags.iter().chain(posting.words()).cloned().collect::<Vec<_>>())
            .collect();
        state.remember(ListChange::Tags, &posting_tags);
        opportunities::fill(&mut state, seed.opportunities, midnight);
        state
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seeded(seed: u64, opportunities: usize) -> State {
        State::seeded(Seed { seed, opportunities, postings: 6, events_on: true, now: 1_795_403_634_284 })
    }

    #[test]
    fn the_same_seed_makes_the_same_account() {
        let text = |state: State| {
            let list: Vec<_> = state.opportunities.into();
            serde_json::to_string(&(list, state.users, state.postings)).expect("serializes")
        };
        assert_eq!(text(seeded(1, 40)), text(seeded(1, 40)));
        assert_ne!(text(seeded(1, 40)), text(seeded(2, 40)));
    }

    #[test]
    fn an_account_has_every_kind_of_candidate() {
        let state = seeded(1, 40);
        assert_eq!(state.opportunities.len(), 40);
        let any = |test: &dyn Fn(&crate::state::entities::Opportunity) -> bool| {
            assert!(state.opportunities.iter().any(test));
        };
        any(&|row| row.confidential);
        any(&|row| row.archived.is_some());
        any(&|row| state.is_hired(row));
        any(&|row| state.contact_of(row).is_anonymized);
        any(&|row| {
            let contact = state.contact_of(row);
            !contact.is_anonymized && contact.emails.is_empty()
        });
        any(&|row| state.opportunities_of(&row.contact).count() == 2);
    }

    #[test]
    fn a_state_comes_back_from_its_file_form() {
        let state = seeded(3, 40);
        let text = serde_json::to_string(&state).expect("serializes");
        let again: State = serde_json::from_str(&text).expect("deserializes");
        assert_eq!(again.opportunities.len(), 40);
        assert_eq!(
            serde_json::to_value(&again).expect("serializes"),
            serde_json::to_value(&state).expect("serializes")
        );
    }

    /// As the version before notes had threads wrote it.
    #[test]
    fn an_older_state_file_is_read() {
        let mut saved = serde_json::to_value(seeded(3, 40)).expect("serializes");
        let papers = saved["papers"].as_object_mut().expect("an object");
        let mut texts = Vec::new();
        for note in papers.values_mut().flat_map(|papers| papers["notes"].as_array_mut().expect("a list")) {
            note["text"] = note["comments"][0]["text"].clone();
            texts.push(note["text"].clone());
            let note = note.as_object_mut().expect("an object");
            note.remove("comments");
            note.remove("by_api");
        }
        for list in ["tags", "sources"] {
            let old = saved[list].as_object().expect("an object").values().cloned();
            let old = old.map(|text| (text.as_str().unwrap_or_default().to_lowercase(), text));
            saved[list] = old.collect::<serde_json::Map<_, _>>().into();
        }
        for name in ["deleted_postings", "requisition_fields", "feedback_templates"] {
            saved.as_object_mut().expect("an object").remove(name);
        }
        let read: State = serde_json::from_value(saved).expect("deserializes");
        let notes = read.papers.values().flat_map(|papers| &papers.notes);
        let mut again: Vec<_> = notes.map(|note| note.comments[0].text.clone()).collect();
        let mut texts: Vec<_> = texts.iter().filter_map(|text| text.as_str().map(str::to_owned)).collect();
        again.sort();
        texts.sort();
        assert_eq!(again, texts);
        assert!(!texts.is_empty());
        assert_eq!(read.tags, seeded(3, 40).tags);
    }
}
