//! The candidate's own result: scores with what they mean, and no role fit.

use super::frame::Frame;
use crate::i18n::Messages;
use askama::Template;
use assessment::charts;
use assessment::provider::TestResult;
use assessment::texts::Described;
use assessment::{ScaleScore, Texts};

#[derive(Template)]
#[template(path = "assessment/result.html")]
pub(super) struct ResultPage {
    frame: Frame,
    parts: Vec<Part>,
    rows: Vec<Row>,
    cautions: Vec<String>,
}

/// One of the tests.
struct Part {
    id: &'static str,
    heading: String,
    is_personality: bool,
    scales: Vec<Scale>,
}

/// One score, in a drawing and in words.
struct Scale {
    name: String,
    about: String,
    chart: String,
    score: u8,
    meaning: String,
}

/// A line of the table.
struct Row {
    name: String,
    about: String,
    score: u8,
    low: String,
    high: String,
}

impl Row {
    fn new(name: &str, about: &str, score: ScaleScore, words: &Messages) -> Self {
        Self {
            name: name.to_owned(),
            about: about.to_owned(),
            score: score.rounded(),
            low: words.decimal(score.low),
            high: words.decimal(score.high),
        }
    }
}

fn scale(described: &Described, score: ScaleScore, texts: &Texts, id: &str) -> Scale {
    Scale {
        name: described.name.clone(),
        about: described.about.clone(),
        chart: charts::score_bar(&described.name, score, texts, id),
        score: score.rounded(),
        meaning: described.band(score.band()).to_owned(),
    }
}

pub(super) fn page(frame: Frame, result: &TestResult) -> ResultPage {
    let (words, texts) = (frame.words, frame.words.texts);
    let (mut parts, mut rows) = (Vec::new(), Vec::new());
    if let Some(logic) = &result.logic {
        rows.push(Row::new(&texts.logic.name, "", logic.score, words));
        parts.push(Part {
            id: "logic",
            heading: words.say("result-logic"),
            is_personality: false,
            scales: vec![scale(&texts.logic, logic.score, texts, "logic-chart")],
        });
    }
    if let Some(personality) = &result.personality {
        let mut scales = Vec::new();
        for score in &personality.traits {
            let described = &texts.traits[score.of.id()];
            scales.push(scale(described, score.score, texts, score.of.id()));
            rows.push(Row::new(&described.name, "", score.score, words));
            for facet in &score.facets {
                let named = &texts.facets[facet.of.id()];
                rows.push(Row::new(&named.name, &named.about, facet.score, words));
            }
        }
        let heading = words.say("result-personality");
        parts.push(Part { id: "personality", heading, is_personality: true, scales });
    }
    let cautions = result.cautions.iter().map(|caution| texts.cautions[caution.id()].clone()).collect();
    let title = words.say("result");
    ResultPage { frame: frame.titled(title), parts, rows, cautions }
}
