//! What hangs on an opportunity or a posting.

use reqwest::Method;
use serde_json::Value;

use super::lists::UNKNOWN;
use super::{Asker, id};
use crate::compare::CompareError;
use crate::compare::client::Call;

/// The lists below an opportunity, and the kind of what is in them.
const LISTS: &[(&str, &str)] = &[
    ("applications", "application"),
    ("notes", "note"),
    ("files", "file"),
    ("resumes", "resume"),
    ("offers", "offer"),
    ("referrals", "referral"),
    ("interviews", "interview"),
    ("feedback", "feedback"),
    ("panels", "panel"),
    ("file_actions", "file action"),
];

/// How many opportunities are tried to find something below them.
const TRIED: usize = 12;
/// With how many objects a kind is known well enough.
const ENOUGH: usize = 5;
/// How many of them are read one by one.
const SINGLES: usize = 2;

/// Reads what hangs on some opportunities and postings.
pub(super) async fn ask(asker: &mut Asker) -> Result<(), CompareError> {
    let some = asker.account.some_opportunities(TRIED);
    for (path, kind) in LISTS {
        let found = read(asker, path, kind, &some).await?;
        if *kind == "application" {
            asker.account.applications = found.into_iter().map(|(_, row)| row).collect();
        }
        let template = format!("/opportunities/{{unknown}}/{path}");
        asker.ask(&Call::new(Method::GET, &template, &[UNKNOWN])).await?;
    }
    postings(asker).await
}

/// A list below the opportunities, until enough is found; then some of it one by one.
async fn read(
    asker: &mut Asker,
    path: &str,
    kind: &'static str,
    opportunities: &[String],
) -> Result<Vec<(String, Value)>, CompareError> {
    let (mut found, mut paged) = (Vec::new(), false);
    for opportunity in opportunities {
        let template = format!("/opportunities/{{id}}/{path}");
        let call = Call::new(Method::GET, &template, &[opportunity]);
        let Some(page) = asker.list(&call, kind).await? else { break };
        if page.rows.len() > 1 && !paged {
            paged = true;
            let short = Call::new(Method::GET, &template, &[opportunity]).with("limit", "1");
            asker.list(&short, kind).await?;
        }
        found.extend(page.rows.into_iter().map(|row| (opportunity.clone(), row)));
        if found.len() >= ENOUGH {
            break;
        }
    }
    // The history of files has no page for each of its lines.
    if kind != "file action" {
        for (opportunity, row) in found.iter().take(SINGLES) {
            let Some(item) = id(row) else { continue };
            let template = format!("/opportunities/{{id}}/{path}/{{id}}");
            asker.one(&Call::new(Method::GET, &template, &[opportunity, item]), kind).await?;
        }
        if let Some(opportunity) = opportunities.first() {
            let template = format!("/opportunities/{{id}}/{path}/{{unknown}}");
            asker.ask(&Call::new(Method::GET, &template, &[opportunity, UNKNOWN])).await?;
        }
    }
    Ok(found)
}

async fn postings(asker: &mut Asker) -> Result<(), CompareError> {
    let known: Vec<_> = asker.account.postings.iter().filter_map(id).take(2).map(str::to_owned).collect();
    for posting in &known {
        let form = Call::new(Method::GET, "/postings/{id}/apply", &[posting]);
        asker.one(&form, "apply form").await?;
        asker.list(&Call::new(Method::GET, "/postings/{id}/users", &[posting]), "user").await?;
    }
    Ok(())
}
