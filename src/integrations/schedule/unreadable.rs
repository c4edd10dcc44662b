//! Rows of Lever's lists that could not be read: those that have an id are named in the report, the others are counted.

use serde::{Deserialize, Serialize};

/// What a report says of rows that could not be read. Kept as a JSON list of the ids, with the number of the other rows
/// behind them. Names are not kept: nobody could say whom to erase with them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unreadable {
    /// The ids of the first of them; one that stands in several lists is there once.
    pub ids: Vec<String>,
    /// So many more that no id names.
    pub others: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Entry {
    Id(String),
    Others(usize),
}

impl Unreadable {
    /// No more ids are kept.
    const MOST_IDS: usize = 20;

    /// Those of one page, of which so many could not be read.
    pub fn of_page(count: usize, ids: impl Iterator<Item = Option<String>>) -> Self {
        let ids: Vec<String> = ids.flatten().collect();
        Self { others: count.saturating_sub(ids.len()), ids }
    }

    /// What is kept.
    pub(super) fn read(kept: &str) -> Self {
        let entries: Vec<Entry> = serde_json::from_str(kept).unwrap_or_default();
        let mut read = Self::default();
        for entry in entries {
            match entry {
                Entry::Id(id) => read.ids.push(id),
                Entry::Others(count) => read.others += count,
            }
        }
        read
    }

    /// To be kept.
    pub fn kept(&self) -> String {
        let mut entries: Vec<Entry> = self.ids.iter().cloned().map(Entry::Id).collect();
        entries.extend((self.others > 0).then_some(Entry::Others(self.others)));
        serde_json::to_string(&entries).unwrap_or_default()
    }

    /// With those of one more page.
    #[must_use]
    pub(super) fn and(mut self, page: &Self) -> Self {
        self.others = self.others.saturating_add(page.others);
        for id in &page.ids {
            if self.ids.contains(id) {
                continue;
            }
            match self.ids.len() < Self::MOST_IDS {
                true => self.ids.push(id.clone()),
                false => self.others += 1,
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_named_or_counted() {
        let page = |count, ids: &[Option<&str>]| {
            Unreadable::of_page(count, ids.iter().map(|id| id.map(str::to_owned)))
        };
        let first = page(4, &[None, Some("a"), None]);
        assert_eq!((first.ids.as_slice(), first.others), (&["a".to_owned()][..], 3));
        assert_eq!(first.kept(), r#"["a",3]"#);
        // One that stands in several lists is named once.
        let both = Unreadable::read(&first.kept()).and(&page(2, &[Some("a"), None]));
        assert_eq!(both.kept(), r#"["a",4]"#);
        // Of what is too much to be named the rest is counted.
        let many: Vec<String> = (0..25).map(|at| format!("id-{at}")).collect();
        let all = both.and(&Unreadable { ids: many, others: 0 });
        assert_eq!((all.ids.len(), all.others), (20, 10));
        for (kept, read) in [("[]", Unreadable::default()), ("", Unreadable::default())] {
            assert_eq!(Unreadable::read(kept), read, "{kept}");
        }
    }
}
