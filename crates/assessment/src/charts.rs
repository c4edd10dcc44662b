//! Charts of scores, drawn as SVG on the server.
//!
//! Each chart says in its description what it shows; pages put a table with the same numbers
//! beside it. Colours come from the text around the chart, so that light and dark both work.

use std::fmt::Write;

use crate::scale::{HIGHEST, LOWEST, MEAN, SD, ScaleScore};
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
    texts
        .charts
        .interval
        .replace("{value}", &score.rounded().to_string())
        .replace("{low}", &format!("{:.1}", score.low))
        .replace("{high}", &format!("{:.1}", score.high))
        .replace("{name}", name)
}

fn x(value: f64) -> f64 {
    let across = (value - LOWEST) / (HIGHEST - LOWEST);
    // Tenths of a unit are finer than any screen shows.
    ((LEFT + across * (RIGHT - LEFT)) * 10.0).round() / 10.0
}

/// The band in which most people score: one standard deviation about the mean.
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
    push(
        out,
        format_args!(
            "<path d=\"M{LEFT} {y}H{RIGHT}\" stroke=\"currentColor\" stroke-opacity=\".25\"/>\
         <path class=\"interval\" d=\"M{} {y}H{}\" stroke=\"currentColor\" stroke-opacity=\".45\" \
         stroke-width=\"{:.1}\" stroke-linecap=\"round\"/>\
         <circle class=\"score\" cx=\"{}\" cy=\"{y}\" r=\"{:.1}\" fill=\"currentColor\"/>",
            x(score.low),
            x(score.high),
            5.0 * scale,
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
        let svg = score_bar("Logic", score(), Texts::of("en"), "logic");
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
    fn the_middle_of_the_scale_is_the_middle_of_the_drawing() {
        assert_eq!(x(MEAN), (LEFT + RIGHT) / 2.0);
        assert_eq!((x(LOWEST), x(HIGHEST)), (LEFT, RIGHT));
    }

    #[test]
    fn a_profile_has_every_line_and_no_style() {
        let line = |name, part| Line { name, score: score(), part };
        let lines = [line("Order", false), line("A < B & \"C\"", true)];
        let svg = profile(&lines, Texts::of("sv"), "p");
        assert_eq!(svg.matches("class=\"score\"").count(), 2);
        assert!(!svg.contains("style") && !svg.contains("<script"));
        assert!(!svg.contains("A < B"), "names are escaped");
        let read = scraper::Html::parse_fragment(&svg);
        let text: String = read.root_element().text().collect();
        assert!(text.contains("A < B & \"C\""));
    }
}
