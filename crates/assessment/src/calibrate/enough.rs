//! Tests that too few people took: their answers are left out, since single people could be known by them.

use crate::calibrate::{Answers, FEWEST};
use crate::logic::Form;
use crate::personality::Questionnaire;

/// A test whose answers are exported together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Logic(Form),
    Personality(Questionnaire),
}

impl Part {
    const ALL: [Self; 4] = [
        Self::Logic(Form::Figures),
        Self::Logic(Form::Words),
        Self::Personality(Questionnaire::Own),
        Self::Personality(Questionnaire::IpipNeo),
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Logic(Form::Figures) => "logic",
            Self::Logic(Form::Words) => "logic in words",
            Self::Personality(Questionnaire::Own) => "personality",
            Self::Personality(Questionnaire::IpipNeo) => "IPIP-NEO-120",
        }
    }

    /// Whether the person took it.
    fn is_in(self, person: &Answers) -> bool {
        match self {
            Self::Logic(form) => person.logic.iter().any(|answer| answer.item.form == form),
            Self::Personality(asked) => person.personality.len() == asked.count(),
        }
    }

    fn leave_out(self, person: &mut Answers) {
        match self {
            Self::Logic(form) => person.logic.retain(|answer| answer.item.form != form),
            Self::Personality(_) if self.is_in(person) => person.personality.clear(),
            Self::Personality(_) => {}
        }
    }
}

/// A test that too few people took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeftOut {
    /// Which.
    pub name: &'static str,
    /// How many took it.
    pub people: usize,
}

/// The answers to each test that at least [`FEWEST`] people took, and the tests that are left out. Who took no other is left out, too.
#[must_use]
pub fn enough(mut people: Vec<Answers>) -> (Vec<Answers>, Vec<LeftOut>) {
    let mut left_out = Vec::new();
    for part in Part::ALL {
        let count = people.iter().filter(|person| part.is_in(person)).count();
        if count > 0 && count < FEWEST {
            left_out.push(LeftOut { name: part.name(), people: count });
            people.iter_mut().for_each(|person| part.leave_out(person));
        }
    }
    people.retain(|person| Part::ALL.iter().any(|part| part.is_in(person)));
    (people, left_out)
}
