//! Whether the tests treat groups alike (adverse impact), without anybody's group being stored.
//!
//! After the tests candidates may say, if their company asks at all, which sex and age group they belong to. The answer
//! raises a count and is forgotten. What is shown is in steps of five and of groups of ten people or more, and changes when
//! five more people have answered: who looks before and after one answer sees no difference.

use super::{TestEngine, TestSessionError, results, store};
use crate::db::schema::group_counts;
use crate::db::{Conn, DbResult, dialect};
use crate::ids::CompanyId;
use crate::invitations::Invitation;
use crate::people;
use crate::text_enum;
use diesel::prelude::*;

text_enum! {
    /// What is asked.
    Question {
        /// The sex.
        Sex => "sex",
        /// The age group.
        Age => "age",
    }
}

text_enum! {
    /// What can be answered.
    Group {
        /// To the sex.
        Woman => "woman",
        /// To the sex.
        Man => "man",
        /// To the sex.
        AnotherSex => "another",
        /// To the age.
        Under40 => "under_40",
        /// To the age.
        From40 => "from_40",
    }
}

impl Question {
    /// The answers that can be given.
    pub fn groups(self) -> &'static [Group] {
        match self {
            Self::Sex => &[Group::Woman, Group::Man, Group::AnotherSex],
            Self::Age => &[Group::Under40, Group::From40],
        }
    }

    /// In words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Sex => "Sex",
            Self::Age => "Age",
        }
    }
}

impl Group {
    /// In words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Woman => "women",
            Self::Man => "men",
            Self::AnotherSex => "another sex",
            Self::Under40 => "under 40",
            Self::From40 => "40 and over",
        }
    }
}

/// Groups of fewer people are not shown.
pub const FEWEST: i32 = 10;
/// Counts are shown in steps of so many, and anew when so many more have answered.
const STEP: i32 = 5;
/// From this role fit on somebody counts as picked.
pub const PICKED_FROM: u8 = 60;
const PICKED: &str = "high";
const OTHERS: &str = "other";

#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = group_counts, primary_key(company_id, question, answer, band))]
struct Count {
    company_id: CompanyId,
    question: Question,
    answer: Group,
    band: String,
    people: i32,
    /// How many of them are shown.
    shown: i32,
}

/// Counts what a candidate says once; empty answers count as none. Before there is a result, where the company does not
/// ask, and the second time, it changes nothing.
///
/// # Errors
/// When the database refuses.
pub fn count(
    conn: &mut Conn,
    engine: &TestEngine,
    invitation: &Invitation,
    answers: &[(Question, Group)],
) -> Result<(), TestSessionError> {
    let company = invitation.company_id;
    dialect::lock_company(conn, &company)?;
    let asks = people::company(conn, &company)?.does_count_groups();
    let Some(mut row) = store::find(conn, &invitation.id)?.filter(|row| row.finished_at.is_some()) else {
        return Ok(());
    };
    if !asks || row.groups_asked != 0 {
        return Ok(());
    }
    let fit = results::of_invitation(conn, engine.sealer(), &invitation.id)?.and_then(|outcome| outcome.fit);
    if let Some(fit) = fit {
        let band = if fit.percent >= PICKED_FROM { PICKED } else { OTHERS };
        for (question, answer) in answers.iter().filter(|(asked, group)| asked.groups().contains(group)) {
            raise(conn, &company, *question, *answer, band)?;
            bring_up_to_date(conn, &company, *question)?;
        }
    }
    row.groups_asked = 1;
    Ok(store::save(conn, &row)?)
}

fn raise(
    conn: &mut Conn,
    company: &CompanyId,
    question: Question,
    answer: Group,
    band: &str,
) -> DbResult<()> {
    let known: Option<(i32, i32)> = group_counts::table
        .find((company, question, answer, band))
        .select((group_counts::people, group_counts::shown))
        .first(conn)
        .optional()?;
    let (people, shown) = known.unwrap_or_default();
    let row =
        Count { company_id: *company, question, answer, band: band.to_owned(), people: people + 1, shown };
    let key = (group_counts::company_id, group_counts::question, group_counts::answer, group_counts::band);
    dialect::upsert!(conn, group_counts, key, &row);
    Ok(())
}

/// Shows what was counted once enough people have answered since it was shown last.
fn bring_up_to_date(conn: &mut Conn, company: &CompanyId, question: Question) -> DbResult<()> {
    let of_question = || {
        group_counts::table
            .filter(group_counts::company_id.eq(company).and(group_counts::question.eq(question)))
    };
    let counts: Vec<(i32, i32)> =
        of_question().select((group_counts::people, group_counts::shown)).load(conn)?;
    let new: i32 = counts.iter().map(|(people, shown)| people - shown).sum();
    if new >= STEP {
        diesel::update(of_question()).set(group_counts::shown.eq(group_counts::people)).execute(conn)?;
    }
    Ok(())
}

/// A group as it may be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    pub group: Group,
    /// How many said so, in steps of five; none below ten.
    pub people: Option<i32>,
    /// The share with a role fit from 60 % on.
    pub share: Option<f64>,
    /// That share against the largest one.
    pub ratio: Option<Ratio>,
}

/// One share against another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratio {
    pub value: f64,
    /// The ends of its 95 % interval.
    pub low: f64,
    pub high: f64,
}

impl Ratio {
    /// Of two shares: so many of so many (Katz and others 1978, on the logarithm). None where a share is empty.
    pub fn of_shares((hits, people): (i32, i32), (other_hits, other_people): (i32, i32)) -> Option<Self> {
        if [hits, people, other_hits, other_people].iter().any(|count| *count <= 0) {
            return None;
        }
        let (p, q) = (f64::from(hits) / f64::from(people), f64::from(other_hits) / f64::from(other_people));
        let variance = (1.0 - p) / f64::from(hits) + (1.0 - q) / f64::from(other_hits);
        let half = assessment::scale::Z95 * variance.sqrt();
        let value = p / q;
        Some(Self { value, low: value * (-half).exp(), high: value * half.exp() })
    }

    /// Whether the ratio is below four fifths: the rule of thumb of the Uniform Guidelines (United States, 1978).
    pub fn is_below_four_fifths(&self) -> bool {
        self.value < 0.8
    }
}

/// The counts of a company, question by question.
///
/// # Errors
/// When the database cannot be asked.
pub fn figures(conn: &mut Conn, company: &CompanyId) -> DbResult<Vec<(Question, Vec<Shown>)>> {
    let counts: Vec<Count> = group_counts::table
        .filter(group_counts::company_id.eq(company))
        .select(Count::as_select())
        .load(conn)?;
    let of = |question: Question, group: Group, band: Option<&str>| -> i32 {
        let own = counts.iter().filter(|c| c.question == question && c.answer == group);
        own.filter(|c| band.is_none_or(|band| c.band == band)).map(|c| c.shown).sum()
    };
    let question = |question: &Question| {
        let groups = question
            .groups()
            .iter()
            .map(|group| (*group, (of(*question, *group, Some(PICKED)), of(*question, *group, None))));
        (*question, shown(&groups.collect::<Vec<_>>()))
    };
    Ok(Question::ALL.iter().map(question).collect())
}

/// Of each group so many were picked, of so many.
fn shown(groups: &[(Group, (i32, i32))]) -> Vec<Shown> {
    let coarse = |count: i32| count / STEP * STEP;
    let visible: Vec<(Group, Option<(i32, i32)>)> = groups
        .iter()
        .map(|(group, (hits, all))| (*group, (*all >= FEWEST).then(|| (coarse(*hits), coarse(*all)))))
        .collect();
    let share = |(hits, all): (i32, i32)| f64::from(hits) / f64::from(all);
    let best = visible
        .iter()
        .filter_map(|(_, counts)| *counts)
        .max_by(|one, other| share(*one).total_cmp(&share(*other)));
    visible
        .into_iter()
        .map(|(group, counts)| Shown {
            group,
            people: counts.map(|(_, all)| all),
            share: counts.map(share),
            ratio: counts
                .zip(best)
                .filter(|(own, best)| own != best)
                .and_then(|(own, best)| Ratio::of_shares(own, best)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 30 of 100 against 50 of 100: 0.6; the interval by hand: √(0.7/30 + 0.5/50) = 0.1826, e^±0.3579.
    #[test]
    fn a_ratio_has_its_interval() {
        let ratio = Ratio::of_shares((30, 100), (50, 100)).expect("both are there");
        assert!((ratio.value - 0.6).abs() < 1e-12 && ratio.is_below_four_fifths());
        assert!((ratio.low - 0.4195).abs() < 1e-3 && (ratio.high - 0.8582).abs() < 1e-3, "{ratio:?}");
        assert_eq!(Ratio::of_shares((0, 100), (50, 100)), None);
    }

    #[test]
    fn small_groups_are_not_shown_and_one_more_person_cannot_be_seen() {
        let few = shown(&[(Group::Woman, (9, 9)), (Group::Man, (12, 24))]);
        assert_eq!((few[0].people, few[0].share), (None, None));
        assert_eq!((few[1].people, few[1].share, few[1].ratio), (Some(20), Some(0.5), None));
        let one_more = shown(&[(Group::Woman, (9, 9)), (Group::Man, (13, 24))]);
        assert_eq!(few, one_more);
        let both = shown(&[(Group::Woman, (11, 40)), (Group::Man, (20, 40))]);
        assert!(both[0].ratio.is_some_and(|ratio| (ratio.value - 0.5).abs() < 1e-12));
    }
}
