//! Whether the tests treat groups alike (adverse impact), without anybody's group being stored.
//!
//! After the tests candidates may say, if their company asks at all, which sex and age group they belong to. The answer
//! raises a count and is forgotten. What is shown is of groups of ten people or more, and changes when five more people have
//! answered: who looks before and after one answer sees no difference. Shares and ratios are made of the counts as they are,
//! and only then rounded so far that several counts look alike.

use super::{Received, TestEngine, TestSessionError, results, store};
use crate::db::schema::group_counts;
use crate::db::{Conn, DbResult, dialect};
use crate::ids::CompanyId;
use crate::invitations::Invitation;
use crate::people;
use crate::text_enum;
use diesel::prelude::*;
use std::cmp::Ordering;

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
/// Counts (and shares, in percent) are shown in steps of so many, and again when so many more have answered.
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

/// Counts what a candidate says once; empty answers count as none. Where the company does not ask, and the second time, it is
/// too late.
///
/// # Errors
/// When the database refuses.
pub fn count(
    conn: &mut Conn,
    engine: &TestEngine,
    invitation: &Invitation,
    answers: &[(Question, Group)],
) -> Result<Received, TestSessionError> {
    let company = invitation.company_id;
    dialect::lock_company(conn, &company)?;
    let asks = people::company(conn, &company)?.does_count_groups();
    let Some(mut row) = store::find(conn, &invitation.id)?.filter(|row| row.finished_at.is_some()) else {
        return Ok(Received::TooEarly);
    };
    if !asks || row.groups_asked != 0 {
        return Ok(Received::TooLate);
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
    store::save(conn, &row)?;
    Ok(Received::Kept)
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
    /// The share with a role fit from 60 % on, in whole percent and steps of five.
    pub percent: Option<i32>,
    /// That share against the largest one.
    pub ratio: Option<Ratio>,
}

/// One share against another, made of what was counted and shown in tenths.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratio {
    /// Rounded down: what is below four fifths stays below it.
    pub value: f64,
    /// The ends of its 95 % interval, rounded outwards: the widest one of all counts that look like these.
    pub low: f64,
    pub high: f64,
    /// Below four fifths: the rule of thumb of the Uniform Guidelines (United States, 1978).
    pub is_below_four_fifths: bool,
}

/// So many of so many people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Share {
    hits: i64,
    people: i64,
}

impl Share {
    /// As counted, but never none and never all: otherwise it would be known of everybody in the group.
    fn new(hits: i32, people: i32) -> Self {
        Self { hits: i64::from(hits.clamp(1, (people - 1).max(1))), people: i64::from(people) }
    }

    /// In percent, to the nearest step.
    fn percent(self) -> i64 {
        let steps = 100 / i64::from(STEP);
        (2 * steps * self.hits + self.people) / (2 * self.people) * i64::from(STEP)
    }

    /// The fewest and the most hits, for each number of people, that would be shown like this one.
    fn lookalikes(self) -> Vec<Self> {
        let from = self.people / i64::from(STEP) * i64::from(STEP);
        let of = |people: i64| {
            let mut like = (1..people).map(move |hits| Self { hits, people });
            let fewest = like.find(|one| one.percent() == self.percent());
            let most = like.take_while(|one| one.percent() == self.percent()).last();
            fewest.into_iter().chain(most)
        };
        (from..from + i64::from(STEP)).flat_map(of).collect()
    }

    /// The ends of the 95 % interval of the ratio to another share (Katz and others 1978, on the logarithm).
    fn interval(self, other: Self) -> (f64, f64) {
        let part = |share: Self| share.hits as f64 / share.people as f64;
        let variance = |share: Self| (1.0 - part(share)) / share.hits as f64;
        let half = assessment::scale::Z95 * (variance(self) + variance(other)).sqrt();
        let ratio = part(self) / part(other);
        (ratio * (-half).exp(), ratio * half.exp())
    }

    fn compare(self, other: Self) -> Ordering {
        (self.hits * other.people).cmp(&(other.hits * self.people))
    }
}

impl Ratio {
    /// One share against the largest one. The interval is a function of what is shown of both, and so says nothing more of them.
    fn of_shares(own: Share, best: Share) -> Self {
        let (over, under) = (own.hits * best.people, best.hits * own.people);
        let likely = best.lookalikes();
        let pairs =
            own.lookalikes().into_iter().flat_map(|own| likely.iter().map(move |best| own.interval(*best)));
        let (low, high) =
            pairs.fold((f64::INFINITY, 0.0_f64), |(low, high), (l, h)| (low.min(l), high.max(h)));
        Self {
            value: (10 * over / under) as f64 / 10.0,
            low: (10.0 * low).floor() / 10.0,
            high: (10.0 * high).ceil() / 10.0,
            is_below_four_fifths: 5 * over < 4 * under,
        }
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

/// Of each group so many were picked, of so many. Share, ratio and interval are made of these counts, and rounded where they
/// are shown: rounded counts would give shares that nobody has.
fn shown(groups: &[(Group, (i32, i32))]) -> Vec<Shown> {
    let visible: Vec<(Group, Option<Share>)> = groups
        .iter()
        .map(|(group, (hits, all))| (*group, (*all >= FEWEST).then(|| Share::new(*hits, *all))))
        .collect();
    let best = visible.iter().filter_map(|(group, share)| Some((*group, (*share)?)));
    let best = best.max_by(|(_, one), (_, other)| one.compare(*other));
    visible
        .into_iter()
        .map(|(group, share)| Shown {
            group,
            people: share.map(|share| (share.people / i64::from(STEP) * i64::from(STEP)) as i32),
            percent: share.map(|share| share.percent() as i32),
            ratio: share
                .zip(best)
                .filter(|(_, (of, _))| *of != group)
                .map(|(own, (_, best))| Ratio::of_shares(own, best)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(one: (i32, i32), best: (i32, i32)) -> Ratio {
        let both = shown(&[(Group::Woman, one), (Group::Man, best)]);
        both[0].ratio.expect("women have the smaller share")
    }

    /// 30 of 100 against 50 of 100: 0.6; the interval by hand: √(0.7/30 + 0.5/50) = 0.1826, e^±0.3579.
    #[test]
    fn a_ratio_has_its_interval() {
        let (low, high) = Share::new(30, 100).interval(Share::new(50, 100));
        assert!((low - 0.4195).abs() < 1e-3 && (high - 0.8582).abs() < 1e-3, "{low} {high}");
    }

    /// 9 of 16 women and 5 of 14 men: 56 % and 36 %, men/women 0.63. In fives it would be 5 of 15 against 5 of 10.
    #[test]
    fn shares_are_made_of_what_was_counted() {
        let both = shown(&[(Group::Woman, (9, 16)), (Group::Man, (5, 14))]);
        assert_eq!((both[0].people, both[0].percent, both[0].ratio), (Some(15), Some(55), None));
        assert_eq!((both[1].people, both[1].percent), (Some(10), Some(35)));
        let ratio = both[1].ratio.expect("women have the larger share");
        assert!((ratio.value - 0.6).abs() < 1e-9 && ratio.is_below_four_fifths, "{ratio:?}");
        // By hand: 0.278 to 1.449.
        assert!((0.1..=0.2).contains(&ratio.low) && (1.5..=2.0).contains(&ratio.high), "{ratio:?}");
    }

    /// 12 of 20 against 15 of 20 is four fifths, and not less; as fractions of two it would come out below.
    #[test]
    fn four_fifths_is_not_below_four_fifths() {
        let at = ratio((12, 20), (15, 20));
        assert!((at.value - 0.8).abs() < 1e-9 && !at.is_below_four_fifths);
        let below = ratio((79, 200), (100, 200));
        assert!((below.value - 0.7).abs() < 1e-9 && below.is_below_four_fifths);
    }

    #[test]
    fn small_groups_are_not_shown() {
        let few = shown(&[(Group::Woman, (9, 9)), (Group::Man, (12, 24))]);
        assert_eq!((few[0].people, few[0].percent), (None, None));
        assert_eq!((few[1].people, few[1].percent, few[1].ratio), (Some(20), Some(50), None));
    }

    /// Nobody in a group, or everybody, looks like one more or one less; shares and intervals fit several counts.
    #[test]
    fn what_is_shown_cannot_be_turned_back() {
        for people in 10..60 {
            let of = |hits: i32| shown(&[(Group::Woman, (hits, people)), (Group::Man, (20, 40))]);
            assert_eq!(of(0), of(1));
            assert_eq!(of(people - 1), of(people));
            for hits in 1..people {
                let share = Share::new(hits, people);
                let like = share.lookalikes();
                assert!(like.iter().all(|one| one.percent() == share.percent()), "{share:?}");
                let at_an_end = hits == 1 || hits == people - 1;
                assert!(like.len() > 1 || at_an_end, "{share:?} is the only one of its kind");
                let best = Share::new(people - 1, people);
                let (low, high) = share.interval(best);
                let shown = Ratio::of_shares(share, best);
                assert!(
                    shown.low <= low && high <= shown.high,
                    "the interval holds {low} to {high}: {shown:?}"
                );
            }
        }
    }
}
