//! Which statements are asked: the portal's own ninety, or those of the IPIP-NEO-120 that suit a workplace.

use serde::{Deserialize, Serialize};

use crate::personality::{Facet, STATEMENTS, Statement, Trait, neo};

/// A questionnaire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Questionnaire {
    /// The portal's own: fifteen facets, six statements each, both ways; its norms are assumed.
    #[default]
    Own,
    /// The IPIP-NEO-120 (Johnson 2014) without the facets that ask about health or politics: twenty-six facets, four
    /// statements each, with published norms.
    IpipNeo,
}

impl Questionnaire {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Own, Self::IpipNeo];

    /// Its name in data.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::IpipNeo => "ipip_neo",
        }
    }

    /// The version of its statements, in all languages together: raised when one of them changes. A test knows the
    /// statements of each version. The answers of a sitting say which they were given to.
    #[must_use]
    pub fn version(self) -> u16 {
        match self {
            Self::Own => 2,
            Self::IpipNeo => 1,
        }
    }

    /// The questionnaire of this name.
    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.id() == id)
    }

    /// Whether it is the portal's own.
    #[must_use]
    pub fn is_own(&self) -> bool {
        *self == Self::Own
    }

    /// Its facets, trait by trait.
    #[must_use]
    pub fn facets(self) -> &'static [Facet] {
        match self {
            Self::Own => &Facet::ALL,
            Self::IpipNeo => &Facet::NEO,
        }
    }

    /// Its facets of one trait.
    pub fn facets_of(self, of: Trait) -> impl Iterator<Item = Facet> {
        self.facets().iter().copied().filter(move |facet| facet.broad_trait() == of)
    }

    /// Statements for each facet.
    #[must_use]
    pub fn per_facet(self) -> usize {
        self.count() / self.facets().len()
    }

    /// Statements in all.
    #[must_use]
    pub fn count(self) -> usize {
        match self {
            Self::Own => STATEMENTS,
            Self::IpipNeo => neo::STATEMENTS,
        }
    }

    /// Its statements, facet by facet.
    pub fn statements(self) -> impl Iterator<Item = Statement> {
        let first = match self {
            Self::Own => 0,
            Self::IpipNeo => STATEMENTS,
        };
        (first..first + self.count()).map(Statement::numbered)
    }
}

#[cfg(test)]
mod tests {
    use crate::personality::Questionnaire;
    use crate::texts::Texts;

    /// FNV-1a over all statements and answers, in all languages.
    fn mark(questionnaire: Questionnaire) -> u64 {
        let mut mark = 0xcbf2_9ce4_8422_2325_u64;
        for texts in Texts::all() {
            let statements = questionnaire.statements().map(|statement| statement.text(texts));
            let answers = texts.answers_of(questionnaire).iter().map(String::as_str);
            for byte in statements.chain(answers).flat_map(|text| text.bytes().chain([0])) {
                mark = (mark ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        mark
    }

    /// Who changes a statement in any language raises the version, and puts the new mark here.
    #[test]
    fn each_version_has_its_statements() {
        let known = Questionnaire::ALL.map(|one| (one.id(), one.version(), mark(one)));
        assert_eq!(known, [("own", 2, 0x9c9d_f17d_38b9_25f2), ("ipip_neo", 1, 0xd95a_d4d0_901b_f652)]);
    }
}
