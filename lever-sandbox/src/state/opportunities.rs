//! All opportunities, with the indexes that keep lists fast at 100,000 of them.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::ops::{Bound, RangeBounds};

use serde::{Deserialize, Serialize};

use super::entities::Opportunity;

/// An opportunity's place in lists: newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    created_at: Reverse<i64>,
    serial: Reverse<u32>,
}

impl Place {
    pub fn new(created_at: i64, serial: u32) -> Self {
        Self { created_at: Reverse(created_at), serial: Reverse(serial) }
    }

    pub fn created_at(self) -> i64 {
        self.created_at.0
    }

    pub fn serial(self) -> u32 {
        self.serial.0
    }
}

/// What opportunities can be found by without looking at each.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    Stage(String),
    Posting(String),
    Contact(String),
    Tag(String),
    Source(String),
    Reason(String),
    Archived,
    Confidential,
}

impl Key {
    pub fn tag(text: &str) -> Self {
        Self::Tag(text.to_owned())
    }

    pub fn source(text: &str) -> Self {
        Self::Source(text.to_owned())
    }

    fn all_of(opportunity: &Opportunity) -> Vec<Self> {
        let mut keys = vec![Self::Contact(opportunity.contact.clone())];
        keys.extend(opportunity.stage.clone().map(Self::Stage));
        keys.extend(
            opportunity.application.as_ref().map(|application| Self::Posting(application.posting.clone())),
        );
        keys.extend(opportunity.tags.iter().map(|tag| Self::tag(tag)));
        keys.extend(opportunity.sources.iter().map(|text| Self::source(text)));
        if let Some(archived) = &opportunity.archived {
            keys.push(Self::Archived);
            keys.push(Self::Reason(archived.reason.clone()));
        }
        if opportunity.confidential {
            keys.push(Self::Confidential);
        }
        keys
    }
}

/// Which opportunities a list starts from; `wanted` decides about each.
#[derive(Default)]
pub struct Select {
    /// Each group must hold: one of its keys at least.
    pub groups: Vec<Vec<Key>>,
    /// Only those created in this range (ms, both ends included).
    pub created: Option<(i64, i64)>,
    /// Only those updated in this range (ms, both ends included).
    pub updated: Option<(i64, i64)>,
    /// Start at this place.
    pub from: Option<Place>,
    pub limit: usize,
}

impl Select {
    /// The places it can reach; `None` when there are none.
    fn range(&self) -> Option<(Bound<Place>, Bound<Place>)> {
        let newest = self.created.map(|(_, end)| Place::new(end, u32::MAX));
        let oldest = self.created.map(|(start, _)| Place::new(start, 0));
        // Newest first: a place further on is a greater one.
        let from = self.from.max(newest).map_or(Bound::Unbounded, Bound::Included);
        let to = oldest.map_or(Bound::Unbounded, Bound::Included);
        // An empty range is no range a set can be asked for.
        let empty = match (from, to) {
            (Bound::Included(from), Bound::Included(to)) => from > to,
            _ => false,
        };
        (!empty).then_some((from, to))
    }
}

/// The opportunities of the account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Opportunity>", into = "Vec<Opportunity>")]
pub struct Opportunities {
    /// By serial; `None` where one was deleted.
    rows: Vec<Option<Opportunity>>,
    by_id: HashMap<String, u32>,
    order: BTreeSet<Place>,
    by_key: HashMap<Key, BTreeSet<Place>>,
    by_update: BTreeSet<(i64, u32)>,
}

impl From<Vec<Opportunity>> for Opportunities {
    fn from(list: Vec<Opportunity>) -> Self {
        let mut all = Self::default();
        for opportunity in list {
            all.put(opportunity);
        }
        all
    }
}

impl From<Opportunities> for Vec<Opportunity> {
    fn from(all: Opportunities) -> Self {
        all.rows.into_iter().flatten().collect()
    }
}

impl Opportunities {
    /// How many updates a range may hold and still be read from the index.
    const UPDATES_BY_INDEX: usize = 4_096;

    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// The serial for the next opportunity.
    pub fn next_serial(&self) -> u32 {
        u32::try_from(self.rows.len()).expect("fewer opportunities than 2^32")
    }

    pub fn get(&self, id: &str) -> Option<&Opportunity> {
        self.row(*self.by_id.get(id)?)
    }

    fn row(&self, serial: u32) -> Option<&Opportunity> {
        self.rows.get(serial as usize)?.as_ref()
    }

    /// All, newest first.
    pub fn iter(&self) -> impl Iterator<Item = &Opportunity> {
        self.order.iter().filter_map(|place| self.row(place.serial()))
    }

    /// How many there are under a key.
    pub fn count(&self, key: &Key) -> usize {
        self.by_key.get(key).map_or(0, BTreeSet::len)
    }

    /// Those under a key, newest first.
    pub fn under(&self, key: &Key) -> impl Iterator<Item = &Opportunity> + use<'_> {
        self.by_key.get(key).into_iter().flatten().filter_map(|place| self.row(place.serial()))
    }

    pub fn insert(&mut self, opportunity: Opportunity) {
        self.put(opportunity);
    }

    fn put(&mut self, opportunity: Opportunity) {
        let slot = opportunity.serial as usize;
        if self.rows.len() <= slot {
            self.rows.resize_with(slot + 1, || None);
        }
        let place = Place::new(opportunity.created_at, opportunity.serial);
        self.order.insert(place);
        self.by_update.insert((opportunity.updated_at, opportunity.serial));
        for key in Key::all_of(&opportunity) {
            self.by_key.entry(key).or_default().insert(place);
        }
        self.by_id.insert(opportunity.id.clone(), opportunity.serial);
        self.rows[slot] = Some(opportunity);
    }

    /// Takes one out, for good or to put it back changed.
    pub fn remove(&mut self, id: &str) -> Option<Opportunity> {
        let serial = self.by_id.remove(id)?;
        let opportunity = self.rows.get_mut(serial as usize)?.take()?;
        let place = Place::new(opportunity.created_at, serial);
        self.order.remove(&place);
        self.by_update.remove(&(opportunity.updated_at, serial));
        for key in Key::all_of(&opportunity) {
            if let Some(places) = self.by_key.get_mut(&key) {
                places.remove(&place);
                if places.is_empty() {
                    self.by_key.remove(&key);
                }
            }
        }
        Some(opportunity)
    }

    /// Changes one and keeps the indexes right.
    pub fn edit<T>(&mut self, id: &str, change: impl FnOnce(&mut Opportunity) -> T) -> Option<T> {
        let mut opportunity = self.remove(id)?;
        let result = change(&mut opportunity);
        self.put(opportunity);
        Some(result)
    }

    /// A page of those that are wanted, newest first, and the first one after it.
    pub fn select(
        &self,
        select: &Select,
        wanted: impl Fn(&Opportunity) -> bool,
    ) -> (Vec<&Opportunity>, Option<&Opportunity>) {
        let mut page = Vec::new();
        for place in self.candidates(select) {
            let Some(opportunity) = self.row(place.serial()) else {
                continue;
            };
            if wanted(opportunity) {
                if page.len() == select.limit {
                    return (page, Some(opportunity));
                }
                page.push(opportunity);
            }
        }
        (page, None)
    }

    /// Places in order, from the narrowest index that covers the selection.
    fn candidates<'a>(&'a self, select: &Select) -> Box<dyn Iterator<Item = Place> + 'a> {
        let Some(range) = select.range() else {
            return Box::new(std::iter::empty());
        };
        let narrowest =
            select.groups.iter().min_by_key(|group| group.iter().map(|key| self.count(key)).sum::<usize>());
        if let Some(group) = narrowest {
            let sets = group.iter().filter_map(|key| self.by_key.get(key));
            let mut sets: Vec<&BTreeSet<Place>> = sets.collect();
            return match (sets.pop(), sets.is_empty()) {
                (None, _) => Box::new(std::iter::empty()),
                (Some(only), true) => Box::new(only.range(range).copied()),
                (Some(last), false) => {
                    sets.push(last);
                    let all = sets.into_iter().flat_map(|set| set.range(range).copied());
                    Box::new(all.collect::<BTreeSet<_>>().into_iter())
                }
            };
        }
        if let Some((start, end)) = select.updated.filter(|(start, end)| start <= end) {
            let updates: Vec<u32> = self
                .by_update
                .range((start, 0)..=(end, u32::MAX))
                .take(Self::UPDATES_BY_INDEX + 1)
                .map(|(_, serial)| *serial)
                .collect();
            if updates.len() <= Self::UPDATES_BY_INDEX {
                let places: BTreeSet<Place> = updates
                    .into_iter()
                    .filter_map(|serial| self.row(serial))
                    .map(|row| Place::new(row.created_at, row.serial))
                    .filter(|place| range.contains(place))
                    .collect();
                return Box::new(places.into_iter());
            }
        }
        Box::new(self.order.range(range).copied())
    }
}
