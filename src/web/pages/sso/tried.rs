//! What a test of single sign-on found: who the provider says it was, and what would have happened. Nothing else does.

use super::explain::explain;
use crate::people::Role;
use crate::sso::{self, Groups, Identity, Place, Preview, SsoError, SsoProvider};
use crate::state::AppState;
use crate::web::{Layout, PageError, PageResult, Section, SignedIn, render_with};
use actix_web::http::StatusCode;
use askama::Template;

/// Groups that are shown.
const SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "sso/tried.html")]
struct TriedPage {
    layout: Layout,
    provider: String,
    identity: Option<Identity>,
    /// As whom the person would come, and with which role.
    would_come: Option<(String, Role)>,
    /// Why they would not be let in.
    refused: Option<(&'static str, String)>,
}

impl TriedPage {
    fn groups(&self) -> String {
        match self.identity.as_ref().map(|identity| &identity.groups) {
            Some(Groups::Listed(all)) if all.is_empty() => "an empty list".to_owned(),
            Some(Groups::Listed(all)) => {
                let more = all.len().saturating_sub(SHOWN);
                let list = all.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
                if more == 0 { list } else { format!("{list} and {more} more") }
            }
            Some(Groups::TooMany) => "left out, because there are too many".to_owned(),
            Some(Groups::Missing) | None => "not sent".to_owned(),
        }
    }
}

/// The page. What went well to its end is kept as tested.
pub(super) async fn show(
    app: &AppState,
    who: &SignedIn,
    provider: &SsoProvider,
    outcome: Result<Identity, SsoError>,
) -> PageResult {
    if !who.user.role.may_configure() || *who.company_id() != provider.company_id {
        return Err(PageError::NotFound);
    }
    let name = provider.name();
    let (identity, found) = match outcome {
        Ok(identity) => {
            let (there, whom) = (provider.clone(), identity.clone());
            let found = app.db.try_read(move |conn| sso::preview(conn, &there, &whom)).await;
            (Some(identity), found)
        }
        Err(cause) => (None, Err(cause)),
    };
    let (would_come, refused, status) = match found {
        Ok(preview) => {
            let (company, version, actor) = (provider.company_id, provider.version, who.actor());
            app.db.write(move |conn| sso::mark_tested(conn, &company, version, &actor)).await?;
            (Some(described(preview)), None, StatusCode::OK)
        }
        Err(cause) => {
            let explained = explain(cause, &name)?;
            (None, Some((explained.title, explained.text)), explained.status)
        }
    };
    let layout = who.layout("Test of single sign-on", Section::Company)?;
    render_with(status, &TriedPage { layout, provider: name, identity, would_come, refused })
}

fn described(preview: Preview) -> (String, Role) {
    let words = match preview.place {
        Place::Known(user) => format!("{}, who logged in there before", user.called()),
        Place::SamePerson(user) => format!("{}, who is in the team with this address", user.called()),
        Place::Invited(user) => format!("{}, who is invited and has not joined yet", user.called()),
        Place::New(email) => format!("a new person, {email}"),
    };
    (words, preview.role)
}
