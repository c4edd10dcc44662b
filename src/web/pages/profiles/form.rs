//! The form of a profile: a weight and a wished end for each scale.

use crate::people::Name;
use crate::profiles::{Draft, RoleProfile};
use crate::report::{about, name};
use crate::web::FieldErrors;
use assessment::personality::Trait;
use assessment::rolefit::{Factor, Profile, ProfileError, Wanted, Wish};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A scale that can be weighed.
pub(super) struct Slot {
    pub factor: Factor,
    /// The id of its field: its name as the label says it, in lower case.
    pub id: &'static str,
    pub name: &'static str,
    pub about: &'static str,
    /// A facet, which belongs to the trait above it.
    pub is_part: bool,
}

/// Every scale: logic, then each trait before its facets.
static SLOTS: LazyLock<Vec<Slot>> = LazyLock::new(|| {
    let slot = |factor| Slot {
        factor,
        // Made once, for as long as the process lives.
        id: name(factor).to_lowercase().replace(' ', "_").leak(),
        name: name(factor),
        about: about(factor),
        is_part: matches!(factor, Factor::Facet(_)),
    };
    let of_trait = |of: Trait| [Factor::Trait(of)].into_iter().chain(of.facets().map(Factor::Facet));
    [Factor::Logic].into_iter().chain(Trait::ALL.into_iter().flat_map(of_trait)).map(slot).collect()
});

/// What was typed for one scale.
pub(super) struct Line {
    pub slot: &'static Slot,
    pub weight: String,
    pub is_low: bool,
}

/// What was typed.
pub(super) struct ProfileForm {
    pub profile_name: String,
    pub lines: Vec<Line>,
    /// The mark of what the form showed; empty for a new profile.
    pub shown: String,
}

impl ProfileForm {
    /// A new profile begins as the standard one.
    pub fn fresh() -> Self {
        Self::filled(String::new(), &Profile::default())
    }

    pub fn of_profile(profile: &RoleProfile) -> Self {
        Self::filled(profile.name.clone(), &profile.profile)
    }

    fn filled(profile_name: String, profile: &Profile) -> Self {
        let line = |slot: &'static Slot| {
            let wanted = profile.lines().iter().find(|wanted| wanted.factor == slot.factor);
            Line {
                slot,
                weight: wanted.map_or_else(String::new, |wanted| wanted.weight.to_string()),
                is_low: wanted.is_some_and(|wanted| wanted.wish == Wish::Low),
            }
        };
        Self { profile_name, lines: SLOTS.iter().map(line).collect(), shown: String::new() }
    }

    /// What it holds, by the names of its fields.
    pub fn fields(&self) -> BTreeMap<String, String> {
        let weight = |line: &Line| (line.slot.id.to_owned(), line.weight.trim().to_owned());
        let wish = |line: &Line| {
            let end = if line.is_low { "low" } else { "high" };
            (!line.weight.trim().is_empty()).then(|| (format!("{} preferred", line.slot.id), end.to_owned()))
        };
        let name = ("profile_name".to_owned(), self.profile_name.trim().to_owned());
        self.lines.iter().map(weight).chain(self.lines.iter().filter_map(wish)).chain([name]).collect()
    }

    /// Reads the fields of a sent form.
    pub fn read(fields: &[(String, String)]) -> Self {
        let value = |name: &str| {
            fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let line = |slot: &'static Slot| Line {
            slot,
            weight: value(slot.id),
            is_low: value(&format!("{}-wish", slot.id)) == "low",
        };
        Self {
            profile_name: value("profile_name"),
            lines: SLOTS.iter().map(line).collect(),
            shown: value("shown"),
        }
    }

    /// The profile, or what is wrong beside each field.
    pub fn parse(&self) -> Result<Draft, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.keep("profile_name", Name::parse(&self.profile_name));
        let mut wanted = Vec::new();
        for line in &self.lines {
            match line.weight.trim() {
                "" | "0" => {}
                text => match text.parse::<u8>().ok().filter(|weight| (1..=100).contains(weight)) {
                    Some(weight) => wanted.push(Wanted {
                        factor: line.slot.factor,
                        wish: if line.is_low { Wish::Low } else { Wish::High },
                        weight,
                    }),
                    None => {
                        errors.add(line.slot.id, "Enter a whole number from 1 to 100, or leave it empty.")
                    }
                },
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let wrong = match (Profile::try_from(wanted), name) {
            (Ok(profile), Some(name)) => return Ok(Draft { name, profile }),
            (Ok(_), None) => return Err(errors),
            (Err(wrong), _) => wrong,
        };
        match wrong {
            ProfileError::Twice(factor) => {
                let slot = SLOTS.iter().find(|slot| slot.factor == factor);
                errors.add(
                    slot.map_or("", |slot| slot.id),
                    "This would count twice. Weight either the whole trait or its facets, not both.",
                );
            }
            ProfileError::Empty | ProfileError::Weight(_) => {
                errors.add(SLOTS[0].id, "Give at least one scale a weight.");
            }
        }
        Err(errors)
    }
}
