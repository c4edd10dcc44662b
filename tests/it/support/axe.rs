//! Accessibility as axe-core judges it, by the rules of WCAG 2.2 AA.

use super::browser::Browser;
use serde::Deserialize;
use serde_json::json;
use std::fmt;

/// Vendored from the npm package `axe-core`; its licence lies beside it.
const AXE: &str = include_str!("../../assets/axe/axe.min.js");

const RULES: [&str; 5] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/// A rule that a page breaks.
#[derive(Debug, Deserialize)]
pub struct Violation {
    /// axe-core's name of the rule, such as `color-contrast`.
    pub id: String,
    /// What the rule asks for.
    pub help: String,
    /// Where the page breaks it.
    pub nodes: Vec<Node>,
}

/// An element that breaks a rule.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Node {
    target: Vec<serde_json::Value>,
    html: String,
    failure_summary: Option<String>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.id, self.help)?;
        for node in &self.nodes {
            let target: Vec<String> = node.target.iter().map(|part| part.to_string()).collect();
            writeln!(f, "  at {}\n     {}", target.join(" "), node.html)?;
            for line in node.failure_summary.iter().flat_map(|summary| summary.lines()) {
                writeln!(f, "     {line}")?;
            }
        }
        Ok(())
    }
}

/// What axe-core finds wrong with the page as it stands.
///
/// The script goes in through WebDriver, which the page's content security policy does not
/// concern.
pub async fn violations(browser: &Browser) -> Vec<Violation> {
    let there = browser.run("return typeof axe === 'object'", vec![]).await;
    if there != json!(true) {
        browser.run(AXE, vec![]).await;
    }
    let answer = browser
        .run_async(
            "const [tags, done] = arguments;
             axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })
               .then((result) => done(result.violations), (error) => done(String(error)));",
            vec![json!(RULES)],
        )
        .await;
    serde_json::from_value(answer.clone())
        .unwrap_or_else(|e| panic!("axe-core could not judge the page ({e}): {answer}"))
}

/// Fails when the page breaks a rule of WCAG 2.2 AA, and says which, where and why.
pub async fn assert_accessible(browser: &Browser) {
    let violations = violations(browser).await;
    if !violations.is_empty() {
        let list: String = violations.iter().map(Violation::to_string).collect();
        browser.fail(&format!("the page to be accessible, but\n{list}")).await;
    }
}
