//! What about an account wants looking at, each with its remedy: misspelt tags, tests that do not exist,
//! confidential postings, origins that Lever leaves out, toggles that are off, the same account twice.

use super::check;
use crate::completeness::{self, Suspicion};
use crate::db::{Conn, DbResult};
use crate::i18n::portal;
use crate::integrations::stages;
use crate::integrations::store::Integration;
use crate::postings::{self, Which};

/// Postings that are named one by one.
const NAMED: usize = 3;

/// No page counts further.
const COUNTED: i64 = 1000;

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// What was found, a sentence.
    pub words: String,
    /// What to do about it.
    pub remedy: String,
    /// Where to read on: a path and its words.
    pub link: Option<(String, &'static str)>,
}

/// Looks at what the portal knows of an account. Asks nobody, and answers from indexes.
pub fn diagnose(conn: &mut Conn, integration: &Integration) -> DbResult<Vec<Advice>> {
    let mut found = Vec::new();
    let page = format!("/settings/integrations/{}", integration.id);
    for other in stages::same_account(conn, integration)? {
        found.push(Advice {
            words: format!("This is the same Lever account as \u{201c}{}\u{201d}.", other.account_name),
            remedy: "Each of the two invites by its own settings, and candidates may be invited by both. Disconnect \
                   one of them."
                .to_owned(),
            link: Some((format!("/settings/integrations/{}", other.id), "The other one")),
        });
    }
    of_postings(conn, integration, &page, &mut found)?;
    for suspicion in completeness::suspicions(conn, &integration.id)? {
        found.push(of_suspicion(&suspicion, &page));
    }
    if let Some(checkup) = check::last(conn, &integration.id)?
        && let Some(point) = checkup.report.worst()
    {
        found.push(Advice {
            words: format!("The last test found: {}", point.reason()),
            remedy: String::new(),
            link: None,
        });
    }
    Ok(found)
}

fn of_postings(
    conn: &mut Conn,
    integration: &Integration,
    page: &str,
    found: &mut Vec<Advice>,
) -> DbResult<()> {
    let total = postings::count_with_findings(conn, &integration.id, COUNTED)?;
    if total == 0 {
        return Ok(());
    }
    let link = Some((format!("{page}/postings"), "All such postings"));
    let listed = postings::list(conn, &integration.id, Which::Findings, None)?;
    for posting in listed.rows.iter().take(NAMED) {
        for finding in posting.findings() {
            found.push(Advice {
                words: format!(
                    "The posting \u{201c}{}\u{201d} {}.",
                    posting.name(),
                    finding.sentence(portal())
                ),
                remedy: finding.remedy(portal()),
                link: link.clone(),
            });
        }
    }
    let more = usize::try_from(total).unwrap_or(0).saturating_sub(NAMED);
    if more > 0 {
        let words = if more == 1 {
            "1 more posting needs attention.".to_owned()
        } else {
            format!("{more} more postings need attention.")
        };
        found.push(Advice { words, remedy: String::new(), link });
    }
    Ok(())
}

fn of_suspicion(suspicion: &Suspicion, page: &str) -> Advice {
    let link = Some((format!("{page}/completeness"), "Day by day"));
    match suspicion {
        Suspicion::Origin { origin, listed } => Advice {
            words: format!(
                "No webhook reported any of the {listed} changes that Lever lists for candidates of the origin \
                 \u{201c}{origin}\u{201d} in the last week."
            ),
            remedy: "The origin is probably not ticked at the webhooks in Lever: tick every origin there."
                .to_owned(),
            link,
        },
        Suspicion::Toggle { kind, listed } => Advice {
            words: format!(
                "Lever lists {listed} changes in the last week that \u{201c}{}\u{201d} reports, and no webhook \
                 reported one.",
                portal().name("event", kind)
            ),
            remedy: "Its toggle in Lever is probably off, or the webhook is missing: switch it on in Lever."
                .to_owned(),
            link,
        },
    }
}
