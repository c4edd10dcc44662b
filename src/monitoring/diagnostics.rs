//! What about an account needs attention, each with its remedy: misspelt tags, tests that do not exist,
//! confidential postings, origins that Lever leaves out, toggles that are off, the same account twice.

use super::check;
use crate::completeness::{self, Suspicion};
use crate::db::{Conn, DbResult};
use crate::i18n::{Arg, number, portal};
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
    pub link: Option<(String, String)>,
}

impl Advice {
    /// `advice-…` of the portal's words, with its `-remedy` and `-link` when there are such. `path`: where the link
    /// leads.
    fn new(code: &str, values: &[(&str, Arg)], path: &str) -> Self {
        let (words, id) = (portal(), format!("advice-{code}"));
        let said = |id: String| words.has(&id).then(|| words.message(&id, values));
        Self {
            remedy: said(format!("{id}-remedy")).unwrap_or_default(),
            link: said(format!("{id}-link")).map(|text| (path.to_owned(), text)),
            words: words.message(&id, values),
        }
    }
}

/// Looks at what the portal knows of an account. Asks nobody, and answers from indexes.
pub fn diagnose(conn: &mut Conn, integration: &Integration) -> DbResult<Vec<Advice>> {
    let mut found = Vec::new();
    let page = format!("/settings/integrations/{}", integration.id);
    for other in stages::same_account(conn, integration)? {
        let path = format!("/settings/integrations/{}", other.id);
        found.push(Advice::new("same_account", &[("name", other.account_name.into())], &path));
    }
    of_postings(conn, integration, &page, &mut found)?;
    for suspicion in completeness::suspicions(conn, &integration.id)? {
        found.push(of_suspicion(&suspicion, &page));
    }
    if let Some(checkup) = check::last(conn, &integration.id)?
        && let Some(point) = checkup.report.worst()
    {
        found.push(Advice::new("last_test", &[("found", point.reason().sentence(portal()).into())], ""));
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
    let path = format!("{page}/postings");
    let listed = postings::list(conn, &integration.id, Which::Findings, None)?;
    for posting in listed.rows.iter().take(NAMED) {
        for finding in posting.findings() {
            let values = [("posting", posting.name().into()), ("finding", finding.sentence(portal()).into())];
            let advice = Advice::new("posting", &values, &path);
            found.push(Advice { remedy: finding.remedy(portal()), ..advice });
        }
    }
    let more = usize::try_from(total).unwrap_or(0).saturating_sub(NAMED);
    if more > 0 {
        found.push(Advice::new("more_postings", &[("count", number(more))], &path));
    }
    Ok(())
}

fn of_suspicion(suspicion: &Suspicion, page: &str) -> Advice {
    let path = format!("{page}/completeness");
    match suspicion {
        Suspicion::Origin { origin, listed } => {
            Advice::new("origin", &[("origin", origin.into()), ("count", number(*listed))], &path)
        }
        Suspicion::Toggle { kind, listed } => {
            let event = portal().name("event", kind);
            Advice::new("toggle", &[("event", event.into()), ("count", number(*listed))], &path)
        }
    }
}
