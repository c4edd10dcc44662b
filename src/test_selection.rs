//! Which tests a candidate takes.

use crate::i18n::portal;
use crate::text_enum;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

text_enum! {
    /// Which tests; at least one.
    Tests {
        /// Logic, then personality.
        Both => "both",
        /// Logic alone.
        Logic => "logic",
        /// Personality alone.
        Personality => "personality",
    }
}

impl Serialize for Tests {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Tests {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("no such tests"))
    }
}

text_enum! {
    /// Which statements the personality test asks.
    Questionnaire {
        /// The portal's own.
        Own => "own",
        /// The IPIP-NEO-120, without health and politics.
        IpipNeo => "ipip_neo",
    }
}

text_enum! {
    /// With whom the answers to the personality test are compared.
    NormGroup {
        /// People who do not apply for anything by their answers.
        General => "general",
        /// Applicants, who show themselves from a better side.
        Applicants => "applicants",
    }
}

impl From<NormGroup> for assessment::personality::NormGroup {
    fn from(chosen: NormGroup) -> Self {
        match chosen {
            NormGroup::General => Self::General,
            NormGroup::Applicants => Self::Applicants,
        }
    }
}

impl NormGroup {
    /// As a choice.
    pub fn label(self) -> &'static str {
        match self {
            Self::General => "People in general",
            Self::Applicants => "Applicants: averages adjusted by the findings of 33 studies",
        }
    }
}

impl From<Questionnaire> for assessment::personality::Questionnaire {
    fn from(chosen: Questionnaire) -> Self {
        match chosen {
            Questionnaire::Own => Self::Own,
            Questionnaire::IpipNeo => Self::IpipNeo,
        }
    }
}

impl Questionnaire {
    /// As a choice.
    pub fn label(self) -> &'static str {
        match self {
            Self::Own => "Own questionnaire: 90 statements, 15 facets, assumed averages",
            Self::IpipNeo => "IPIP-NEO-120: 104 statements, 26 facets, published averages",
        }
    }
}

impl Default for Tests {
    /// What a new company gives.
    fn default() -> Self {
        Self::Both
    }
}

impl Tests {
    /// Whether the logic test is among them.
    pub fn logic(self) -> bool {
        self != Self::Personality
    }

    /// Whether the personality test is among them.
    pub fn personality(self) -> bool {
        self != Self::Logic
    }

    /// How many.
    pub fn count(self) -> usize {
        usize::from(self.logic()) + usize::from(self.personality())
    }

    /// In a sentence: `logic and personality`.
    pub fn sentence(self) -> String {
        portal().name("tests", self.as_str())
    }

    /// As a choice: `Logic and personality`.
    pub fn label(self) -> String {
        portal().name("tests-choice", self.as_str())
    }

    /// The sentence of a letter behind the one that invites.
    pub fn about(self) -> String {
        portal().name("tests-letter", self.as_str())
    }
}
