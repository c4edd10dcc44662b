//! Charts of scores, drawn as SVG on the server.
//!
//! Each chart says in its description what it shows; pages put a table with the same numbers
//! beside it. Colours come from the text around the chart, so that light and dark both work.

use std::fmt::Write;

use crate::scale::{HIGHEST, LOWEST, MEAN, Range, SD, ScaleScore};
use crate::svg::{escape, open};
use crate::texts::Texts;

const WIDTH: usize = 360;
const LEFT: f64 = 14.0;
const RIGHT: f64 = 346.0;

/// A line of a profile.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line<'a> {
    /// What is measured.
    pub name: &'a str,
    /// Its score.
    pub score: ScaleScore,
    /// A part of the line above that is not a part itself: drawn smaller.
    pub part: bool,
}

/// One score on the 1–10 scale with its interval. `id` must be unique on the page.
#[must_use]
pub fn score_bar(name: &str, score: ScaleScore, texts: &Texts, id: &str) -> String {
    let title = texts.charts.score.replace("{value}", &score.rounded().to_string());
    let title = title.replace("{name}", name);
    let mut out = open(id, WIDTH, 52, &title, &in_words(name, score, texts));
    usual_range(&mut out, 8.0, 24.0);
    score_line(&mut out, score, 20.0, 1.0);
    axis(&mut out, 47.0);
    out.push_str("</svg>");
    out
}

/// A profile: one line below another. `id` must be unique on the page.
#[must_use]
pub fn profile(lines: &[Line<'_>], texts: &Texts, id: &str) -> String {
    const PITCH: usize = 40;
    let height = PITCH * lines.len() + 24;
    let words: Vec<String> = lines.iter().map(|line| in_words(line.name, line.score, texts)).collect();
    let mut out = open(id, WIDTH, height, &texts.charts.profile, &words.join(" "));
    usual_range(&mut out, 4.0, (PITCH * lines.len()) as f64);
    for (place, line) in lines.iter().enumerate() {
        let top = (PITCH * place) as f64;
        let (indent, size) = if line.part { (LEFT + 12.0, 12) } else { (LEFT, 14) };
        push(
            &mut out,
            format_args!(
                "<text x=\"{indent}\" y=\"{}\" font-size=\"{size}\" fill=\"currentColor\">{}</text>\
             <text x=\"{RIGHT}\" y=\"{}\" font-size=\"{size}\" text-anchor=\"end\" fill=\"currentColor\">{}</text>",
                top + 16.0,
                escape(line.name),
                top + 16.0,
                line.score.rounded(),
            ),
        );
        score_line(&mut out, line.score, top + 29.0, if line.part { 0.7 } else { 1.0 });
    }
    axis(&mut out, height as f64 - 5.0);
    out.push_str("</svg>");
    out
}

/// What a chart of one score shows, in a sentence.
#[must_use]
pub fn in_words(name: &str, score: ScaleScore, texts: &Texts) -> String {
    let sentence = texts.charts.interval.replace("{value}", &score.rounded().to_string());
    sentence.replace("{range}", &range_in_words(score, texts)).replace("{name}", name)
}

/// Where the true score lies with 95 % certainty: "between 4.1 and 6.3", "9.3 or more".
#[must_use]
pub fn range_in_words(score: ScaleScore, texts: &Texts) -> String {
    let words = &texts.charts;
    let number = |value: f64| format!("{value:.1}").replace('.', &words.decimal);
    match score.range() {
        Range::Between(low, high) => {
            words.between.replace("{low}", &number(low)).replace("{high}", &number(high))
        }
        Range::AtLeast(low) => words.at_least.replace("{low}", &number(low)),
        Range::AtMost(high) => words.at_most.replace("{high}", &number(high)),
        Range::Anything => words.anything.clone(),
    }
}

fn x(value: f64) -> f64 {
    let across = (value - LOWEST) / (HIGHEST - LOWEST);
    // Tenths of a unit are finer than any screen shows.
    ((LEFT + across * (RIGHT - LEFT)) * 10.0).round() / 10.0
}

/// One standard deviation about the mean: two of three people of the group that the scale rests on.
fn usual_range(out: &mut String, top: f64, height: f64) {
    let (from, to) = (x(MEAN - SD), x(MEAN + SD));
    push(
        out,
        format_args!(
            "<rect class=\"usual\" x=\"{from}\" y=\"{top}\" width=\"{:.1}\" height=\"{height}\" rx=\"3\" \
         fill=\"currentColor\" fill-opacity=\".07\"/>",
            to - from,
        ),
    );
}

fn score_line(out: &mut String, score: ScaleScore, y: f64, scale: f64) {
    let on_scale = |value: f64| x(value.clamp(LOWEST, HIGHEST));
    push(
        out,
        format_args!(
            "<path d=\"M{LEFT} {y}H{RIGHT}\" stroke=\"currentColor\" stroke-opacity=\".25\"/>\
         <path class=\"interval\" d=\"M{} {y}H{}\" stroke=\"currentColor\" stroke-opacity=\".45\" \
         stroke-width=\"{:.1}\" stroke-linecap=\"round\"/>",
            on_scale(score.low),
            on_scale(score.high),
            5.0 * scale,
        ),
    );
    // An arrow past the axis where the range is open.
    let half = 6.0 * scale;
    let mut arrow = |tip: f64, back: f64| {
        push(
            out,
            format_args!(
                "<path class=\"open\" d=\"M{tip} {y}L{back} {:.1}V{:.1}Z\" fill=\"currentColor\" fill-opacity=\".6\"/>",
                y - half,
                y + half,
            ),
        );
    };
    if matches!(score.range(), Range::AtMost(_) | Range::Anything) {
        arrow(LEFT - 12.0, LEFT - 3.0);
    }
    if matches!(score.range(), Range::AtLeast(_) | Range::Anything) {
        arrow(RIGHT + 12.0, RIGHT + 3.0);
    }
    push(
        out,
        format_args!(
            "<circle class=\"score\" cx=\"{}\" cy=\"{y}\" r=\"{:.1}\" fill=\"currentColor\"/>",
            x(score.value),
            7.0 * scale,
        ),
    );
}

fn axis(out: &mut String, y: f64) {
    for value in LOWEST as u8..=HIGHEST as u8 {
        push(
            out,
            format_args!(
                "<text x=\"{}\" y=\"{y}\" font-size=\"11\" text-anchor=\"middle\" fill=\"currentColor\" \
             fill-opacity=\".7\">{value}</text>",
                x(f64::from(value)),
            ),
        );
    }
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("writing to a String cannot fail");
}

#[cfg(test)]
mod tests {
    use crate::charts::*;

    fn score() -> ScaleScore {
        ScaleScore::from_z(0.9, 0.3)
    }

    #[test]
    fn a_bar_says_what_it_shows() {
        let svg = score_bar("Logic", score(), Texts::for_language("en"), "logic");
        for part in [
            "role=\"img\"",
            "aria-labelledby=\"logic-title\"",
            "<title id=\"logic-title\">Logic: 7 of 10</title>",
            "95 % certainty between 6.1 and 8.5",
        ] {
            assert!(svg.contains(part), "{part} is not in {svg}");
        }
    }

    #[test]
    fn at_the_end_of_the_scale_an_arrow_says_that_it_may_be_more() {
        let svg = score_bar("Logic", ScaleScore::from_z(2.7, 0.4), Texts::for_language("en"), "logic");
        assert_eq!(svg.matches("class=\"open\"").count(), 1);
        assert!(svg.contains("Logic: 10 on a scale from 1 to 10, with 95 % certainty 9.2 or more."), "{svg}");
        let low = score_bar("Logik", ScaleScore::from_z(-2.7, 0.4), Texts::for_language("sv"), "logic");
        assert!(low.contains("med 95 % säkerhet 1,8 eller mindre."), "{low}");
    }

    #[test]
    fn the_middle_of_the_scale_is_the_middle_of_the_drawing() {
        assert_eq!(x(MEAN), (LEFT + RIGHT) / 2.0);
        assert_eq!((x(LOWEST), x(HIGHEST)), (LEFT, RIGHT));
    }

    #[test]
    fn a_profile_has_every_line_and_no_style() {
        let line = |name, part| Line { name, score: score(), part };
        let lines = [line("Order", false), line("A < B & \"C\"", true)];
        let svg = profile(&lines, Texts::for_language("sv"), "p");
        assert_eq!(svg.matches("class=\"score\"").count(), 2);
        assert!(!svg.contains("style") && !svg.contains("<script"));
        assert!(!svg.contains("A < B"), "names are escaped");
        let read = scraper::Html::parse_fragment(&svg);
        let text: String = read.root_element().text().collect();
        assert!(text.contains("A < B & \"C\""));
    }
}
