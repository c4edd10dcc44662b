//! A report as a PDF: the same numbers as on the page, for those who read on paper or in a file.

mod fonts;
mod own;
mod paint;
mod sheet;

pub use own::{OwnLine, OwnResult, own_pdf};

use super::{Report, Row};
use assessment::ScaleScore;
use assessment::scale::{HIGHEST, LOWEST, Range};
use krilla::tagging::Tag;
use sheet::{ACCENT, BODY, Column, LEFT, LINE, QUIET, RIGHT, SOFT, STRONG, Sheet, Style};

/// How much of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Everything that the company sees.
    Full,
    /// Role fit, logic and traits: what may leave the portal.
    Summary,
}

/// What stands around the scores.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// The company that invited.
    pub company: &'a str,
    /// The candidate's name; may be empty.
    pub candidate: &'a str,
    /// The posting's title; may be empty.
    pub posting: &'a str,
    /// When the tests were completed, as the company reads it.
    pub completed: &'a str,
    /// Where the full result is.
    pub link: &'a str,
}

/// The document could not be written, which is our fault.
#[derive(Debug, thiserror::Error)]
#[error("the PDF could not be written: {0}")]
pub struct PdfError(String);

const SCALE: Column = Column { left: LEFT, width: 150.0, is_number: false };
const CHART: Column = Column { left: LEFT + 160.0, width: 200.0, is_number: false };
const SCORE: Column = Column { left: LEFT + 370.0, width: 40.0, is_number: true };
const RANGE: Column = Column { left: LEFT + 415.0, width: RIGHT - LEFT - 415.0, is_number: true };

const WISHED: Column = Column { left: LEFT + 220.0, width: 70.0, is_number: false };
const POINTS: Column = RANGE;

const RANGE_COLOUR: sheet::Colour = [150, 168, 226];
/// How long the point of an arrow is (points).
const ARROW: u8 = 5;

const NO_VERDICT: &str = "A lower second result can have harmless reasons: nerves, a noisy room, a bad day. It doesn't prove anything.";

/// Writes a report. Takes some milliseconds of a processor: call it off the server's threads.
///
/// # Errors
/// When the document could not be written, which is our fault.
pub fn pdf(report: &Report, about: About<'_>, extent: Extent) -> Result<Vec<u8>, PdfError> {
    let candidate = if about.candidate.trim().is_empty() { "No name in Lever" } else { about.candidate };
    let what = match extent {
        Extent::Full => "Test results",
        Extent::Summary => "Summary of test results",
    };
    let mut sheet = Sheet::new();
    sheet.paragraph(about.company, STRONG);
    sheet.gap(10.0);
    sheet.heading(1, &format!("{what}: {candidate}"), 19.0);
    sheet.gap(2.0);
    let posting = if about.posting.trim().is_empty() { "Without a posting" } else { about.posting };
    sheet.paragraph(&format!("{posting} · completed {}", about.completed), QUIET);
    sheet.gap(16.0);
    role_fit(&mut sheet, report);
    // On the page of the role fit, not behind it.
    if !report.cautions.is_empty() {
        sheet.heading(2, "Read with care", 13.0);
        sheet.gap(3.0);
        sheet.list(&report.cautions);
        sheet.gap(3.0);
        sheet.paragraph("There can be harmless reasons for these. They don't prove anything.", BODY);
        sheet.gap(14.0);
    }
    // What candidates say of it themselves belongs beside the cautions.
    if extent == Extent::Full && !report.comment.trim().is_empty() {
        sheet.heading(2, "Comment by the candidate", 13.0);
        sheet.gap(3.0);
        for line in report.comment.lines().filter(|line| !line.trim().is_empty()) {
            sheet.paragraph(line, BODY);
        }
        sheet.gap(14.0);
    }
    if let Some(second) = report.second.as_ref().filter(|_| extent == Extent::Full) {
        sheet.heading(2, "Verification test", 13.0);
        sheet.gap(3.0);
        sheet.paragraph(&second.words, BODY);
        sheet.list(&second.cautions);
        sheet.gap(3.0);
        sheet.paragraph(NO_VERDICT, QUIET);
        sheet.gap(14.0);
    }
    scores(&mut sheet, report, extent);
    if extent == Extent::Full {
        facet_ends(&mut sheet, report);
        interview(&mut sheet, report);
    }
    what_is_known(&mut sheet, report, about, extent);
    sheet.feet(&format!("{} · {what} of {candidate}", about.company));
    paint::paint(&sheet, &format!("{what}: {candidate}"), report.completed_at, "en")
}

fn role_fit(sheet: &mut Sheet, report: &Report) {
    let Some(fit) = &report.fit else {
        sheet.heading(2, "Role fit", 13.0);
        sheet.gap(3.0);
        let why = format!("None: the profile {} asks for a test that was not taken.", report.profile);
        sheet.paragraph(&why, BODY);
        sheet.gap(14.0);
        return;
    };
    sheet.heading(2, &format!("Role fit: {} % ({}), {}", fit.percent, fit.range, fit.label), 13.0);
    sheet.gap(3.0);
    let how = format!(
        "Scored with the profile {}. Each line gives up to the points shown, and their sum is the role fit.",
        report.profile
    );
    sheet.paragraph(&how, BODY);
    sheet.gap(6.0);
    let table = sheet.node(None, Tag::Table);
    sheet.table_head(table, &[(SCALE, "Scale"), (WISHED, "Preferred"), (SCORE, "Score"), (POINTS, "Points")]);
    let body = sheet.node(Some(table), Tag::TBody);
    for part in &fit.parts {
        let (score, points) = (part.score.to_string(), format!("{} of {}", part.points, part.of));
        let cells = [
            (SCALE, part.name, BODY),
            (WISHED, part.wish, BODY),
            (SCORE, score.as_str(), BODY),
            (POINTS, points.as_str(), BODY),
        ];
        sheet.table_row(body, &cells, 17.0);
    }
    sheet.gap(16.0);
}

fn scores(sheet: &mut Sheet, report: &Report, extent: Extent) {
    sheet.heading(2, "Scores", 13.0);
    sheet.gap(3.0);
    let how = "From 1 to 10; 5.5 is the average according to the norms. The true score is within the range, \
               drawn as a bar, with 95 % certainty; the shaded part of the scale is 4 to 7. In personality, \
               neither end of a scale is better.";
    sheet.paragraph(how, QUIET);
    sheet.gap(6.0);
    let table = sheet.node(None, Tag::Table);
    sheet.table_head(table, &[(SCALE, "Scale"), (SCORE, "Score"), (RANGE, "Range")]);
    let body = sheet.node(Some(table), Tag::TBody);
    for row in report.rows.iter().filter(|row| extent == Extent::Full || !row.is_part) {
        let (style, indent) = if row.is_part { (QUIET, 12.0) } else { (STRONG, 0.0) };
        let name = Column { left: SCALE.left + indent, width: SCALE.width - indent, ..SCALE };
        let score = row.score.to_string();
        let number = Style { weight: style.weight, ..BODY };
        let cells =
            [(name, row.name, style), (SCORE, score.as_str(), number), (RANGE, row.range.as_str(), QUIET)];
        let height = if row.is_part { 15.5 } else { 19.0 };
        let top = sheet.table_row(body, &cells, height);
        bar(sheet, row.value, row.is_part, top, height);
    }
    let people: Vec<String> = report.rows.iter().filter_map(beside_others).collect();
    if !people.is_empty() {
        sheet.gap(6.0);
        sheet.heading(3, "Compared with other people", 11.0);
        sheet.gap(3.0);
        sheet.list(&people);
    }
    if let Some(pace) = report.pace.as_deref().filter(|_| extent == Extent::Full) {
        sheet.gap(6.0);
        sheet.paragraph(pace, QUIET);
    }
    sheet.gap(16.0);
}

/// How many people score lower, where people have taken the test.
fn beside_others(row: &Row) -> Option<String> {
    let [people, low, high] = row.people?;
    Some(format!(
        "{}: about {people} of 100 people score lower; with 95 % certainty {low} to {high}.",
        row.name
    ))
}

fn facet_ends(sheet: &mut Sheet, report: &Report) {
    let ends = |row: &Row| {
        let (low, high) = row.ends?;
        Some(format!("{}: low: {low}; high: {high}.", row.name))
    };
    let ends: Vec<String> = report.rows.iter().filter_map(ends).collect();
    if ends.is_empty() {
        return;
    }
    sheet.heading(2, "What the ends of each facet mean", 13.0);
    sheet.gap(3.0);
    sheet.list(&ends);
    sheet.gap(14.0);
}

fn interview(sheet: &mut Sheet, report: &Report) {
    if report.interview.is_empty() {
        return;
    }
    sheet.heading(2, "Questions for the interview", 13.0);
    sheet.gap(3.0);
    let line = |about: &super::Interview| {
        let first = if about.is_far { " (ask this first)" } else { "" };
        format!("{}{first}: {} {}", about.name, about.questions[0], about.questions[1])
    };
    sheet.list(&report.interview.iter().map(line).collect::<Vec<_>>());
    sheet.gap(14.0);
}

/// A score on its scale, in the chart's column. Where the range has no end on the scale an arrow points past it.
fn bar(sheet: &mut Sheet, score: ScaleScore, is_part: bool, top: f32, height: f32) {
    let at = |value: f64| CHART.left + CHART.width * ((value - LOWEST) / (HIGHEST - LOWEST)) as f32;
    let middle = top + height / 2.0;
    let thick = if is_part { 2.5 } else { 4.0 };
    sheet.fill(at(4.0), top, at(7.0) - at(4.0), height, SOFT);
    sheet.fill(CHART.left, middle - 0.35, CHART.width, 0.7, LINE);
    let (low, high) = (at(score.low.max(LOWEST)), at(score.high.min(HIGHEST)));
    sheet.fill(low, middle - thick / 2.0, (high - low).max(0.5), thick, RANGE_COLOUR);
    // The point of an arrow, in slices that get lower; `away` is the way it points.
    let mut arrow = |from: f32, away: f32| {
        for step in 0..ARROW {
            let half = thick * (1.0 - f32::from(step) / f32::from(ARROW));
            let x = from + away * f32::from(step);
            sheet.fill(x.min(x + away), middle - half, 1.0, 2.0 * half, RANGE_COLOUR);
        }
    };
    let range = score.range();
    if matches!(range, Range::AtLeast(_) | Range::Anything) {
        arrow(CHART.left + CHART.width, 1.0);
    }
    if matches!(range, Range::AtMost(_) | Range::Anything) {
        arrow(CHART.left, -1.0);
    }
    sheet.fill(at(score.value) - 1.5, middle - thick, 3.0, 2.0 * thick, ACCENT);
}

fn what_is_known(sheet: &mut Sheet, report: &Report, about: About<'_>, extent: Extent) {
    sheet.heading(2, "What these numbers are based on", 13.0);
    sheet.gap(3.0);
    let mut points = vec![
        format!("Parameters and norms: {}.", report.calibration),
        "Shown by simulation: the scores recover the ability and the traits of simulated people.".to_owned(),
        norms(report).to_owned(),
        "Nothing is known about how scores and role fit relate to success at work.".to_owned(),
        "Do not decide by these scores alone.".to_owned(),
        "Protected attributes (such as sex, age, origin, religion or health) are not shown with scores. A \
         company can count groups separately from the results."
            .to_owned(),
    ];
    match extent {
        Extent::Full => points.push(format!("In the portal: {}", about.link)),
        Extent::Summary => points.push(format!("The full result stays in the portal: {}", about.link)),
    }
    sheet.list(&points);
}

/// What is known of the people that the scores are compared with: of all tests, of some, or of none.
fn norms(report: &Report) -> &'static str {
    let mut whole = report.rows.iter().filter(|row| !row.is_part);
    match (report.has_people(), whole.all(|row| row.people.is_some())) {
        (true, true) => {
            "How many people score lower is shown where people have taken the test; it is not known for \
             single facets."
        }
        (true, false) => {
            "Where this is not shown, no norm sample has taken the test with its built-in \
             parameters, or its norms were moved to another group, and the score cannot be read as \"better than so many \
             percent\"."
        }
        (false, _) => {
            "Not shown: no norm sample has taken the tests with their built-in parameters, or norms were moved to another \
             group, so no score can be read as \"better than so many percent\"."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::InvitationId;
    use crate::report::Row;
    use crate::time::Timestamp;
    use proptest::prelude::*;

    fn report() -> Report {
        let row = |name, is_part, z| {
            let value = ScaleScore::from_z(z, 0.3);
            let range = "4.1 to 6.2".to_owned();
            Row { name, about: "", is_part, value, score: value.rounded(), range, ends: None, people: None }
        };
        Report {
            invitation: InvitationId::new(),
            completed_at: Timestamp(1_795_435_200_000),
            profile: "Standard".to_owned(),
            fit: None,
            rows: (0..30).map(|n| row("Logic", n % 4 != 0, f64::from(n) / 10.0 - 1.5)).collect(),
            cautions: vec!["Many answers were given fast.".to_owned()],
            pace: Some("Logic: 20 tasks.".to_owned()),
            comment: String::new(),
            calibration: "defaults".to_owned(),
            interview: Vec::new(),
            second: None,
        }
    }

    fn about<'a>(candidate: &'a str, posting: &'a str) -> About<'a> {
        let (completed, link) = ("23 November 2026", "https://alva.example/candidates/1");
        About { company: "Acme Inc", candidate, posting, completed, link }
    }

    #[test]
    fn the_same_report_gives_the_same_bytes() {
        let one = pdf(&report(), about("Ada", "Engineer"), Extent::Full).expect("a PDF");
        let other = Report { invitation: InvitationId::new(), ..report() };
        assert!(one.starts_with(b"%PDF-"));
        assert_eq!(one, pdf(&other, about("Ada", "Engineer"), Extent::Full).expect("a PDF"));
    }

    /// How much is drawn for a score.
    fn drawn(z: f64, error: f64) -> usize {
        let mut sheet = Sheet::new();
        bar(&mut sheet, ScaleScore::from_z(z, error), false, 100.0, 19.0);
        sheet.placed.len()
    }

    #[test]
    fn an_open_end_has_an_arrow() {
        let closed = drawn(0.0, 0.3);
        let point = usize::from(ARROW);
        assert_eq!(drawn(2.2, 0.3), closed + point, "upwards");
        assert_eq!(drawn(-2.2, 0.3), closed + point, "downwards");
        assert_eq!(drawn(0.0, 3.0), closed + 2 * point, "both");
    }

    #[test]
    fn what_is_known_of_people_follows_the_norms() {
        let mut report = report();
        assert!(norms(&report).starts_with("Not shown: no norm sample"));
        report.rows[0].people = Some([50, 40, 60]);
        assert!(norms(&report).starts_with("Where this is not shown"));
        for row in &mut report.rows {
            row.people = Some([50, 40, 60]);
        }
        assert!(!norms(&report).contains("no norm sample"));
        let said = beside_others(&report.rows[0]).expect("people");
        assert_eq!(said, "Logic: about 50 of 100 people score lower; with 95 % certainty 40 to 60.");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn whatever_somebody_is_called_there_is_a_document(name in ".{0,200}", posting in "\\PC{0,400}") {
            for extent in [Extent::Full, Extent::Summary] {
                prop_assert!(pdf(&report(), about(&name, &posting), extent).is_ok());
            }
        }
    }
}
