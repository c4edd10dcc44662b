//! The postings of an account, with what about their tags wants looking at.

use super::page_of;
use super::part::Part;
use crate::audit;
use crate::db::DbResult;
use crate::db::keyset::{Cursor, Page};
use crate::integrations::schedule::nightly;
use crate::integrations::schedule::nightly::{Chore, ChoreKind};
use crate::integrations::{Integration, State, lifecycle, store};
use crate::monitoring::verdict::Judged;
use crate::postings::{self, KnownPosting, Tag, TagMeaning, Visibility, Which};
use crate::state::AppState;
use crate::time::Timestamp;
use crate::web::{
    Admin, FlashKind, Form, Found, Layout, NoFields, PageResult, Params, Section, SignedIn, render, see_other,
};
use actix_web::web::Data;
use askama::Template;
use serde_json::json;

#[derive(Template)]
#[template(path = "integrations/postings.html")]
struct ListPage {
    layout: Layout,
    part: Part,
    status: Judged,
    integration: Integration,
    which: Which,
    page: Page<KnownPosting>,
    /// The reading of all postings.
    chore: Option<Chore>,
    /// When it is due next.
    next_reading: Option<Timestamp>,
}

impl ListPage {
    fn path(&self) -> String {
        format!("{}/postings", page_of(&self.integration.id))
    }

    fn may_read(&self) -> bool {
        self.layout.may_configure() && self.integration.state == State::Active && self.chore.is_some()
    }

    /// Whether the postings are being read, or soon will be.
    fn is_under_way(&self) -> bool {
        let chore = self.chore.as_ref();
        let is_due = self.next_reading.is_some_and(|at| at <= self.layout.now);
        chore.is_some_and(|chore| chore.began_at.is_some()) || is_due
    }

    fn link(&self, name: &str, posting: Option<&KnownPosting>) -> Option<String> {
        let id: String = url::form_urlencoded::byte_serialize(posting?.posting_id.as_bytes()).collect();
        Some(format!("{}?show={}&{name}={id}", self.path(), self.which))
    }

    fn earlier(&self) -> Option<String> {
        self.link("after", self.page.rows.first().filter(|_| self.page.newer))
    }

    fn further(&self) -> Option<String> {
        self.link("before", self.page.rows.last().filter(|_| self.page.older))
    }

    /// The stylesheet's word for a tag.
    fn badge(tag: &str) -> &'static str {
        match Tag::read(tag) {
            Tag::Exact(TagMeaning::Screening) => "good",
            // The portal has no coding tests: that such a tag does nothing stands beside it.
            Tag::Exact(_) | Tag::Near(_) => "attention",
            Tag::Other => "neutral",
        }
    }

    fn visibility(posting: &KnownPosting) -> Option<&'static str> {
        match posting.visibility {
            Visibility::Open => None,
            Visibility::Confidential => Some("confidential"),
            Visibility::Hidden => Some("confidential, not shown to the portal"),
        }
    }
}

pub(super) async fn list(
    app: Data<AppState>,
    Found(who, integration): Found<SignedIn, Integration>,
    params: Params,
) -> PageResult {
    let id = integration.id;
    let which = params.get("show").and_then(Which::parse).unwrap_or(Which::Findings);
    let cursor = params.cursor(|text| Some(text.to_owned()));
    let (page, chore, next_reading) = app
        .db
        .read(move |conn| {
            let mut place = |key: &str| -> DbResult<_> {
                Ok(postings::get(conn, &id, key)?.map(|known| (known.title, known.posting_id)))
            };
            // A posting that is not known any more begins the list anew.
            let cursor = match &cursor {
                Some(Cursor::Before(key)) => place(key)?.map(Cursor::Before),
                Some(Cursor::After(key)) => place(key)?.map(Cursor::After),
                None => None,
            };
            let page = postings::list(conn, &id, which, cursor.as_ref())?;
            let chore = nightly::of_integration(conn, &id, ChoreKind::Postings)?;
            let next_reading = nightly::next_time(conn, &id, ChoreKind::Postings)?;
            Ok((page, chore, next_reading))
        })
        .await?;
    let (status, part) = (who.judged(&id)?.clone(), Part::Postings);
    render(&ListPage {
        layout: part.layout(&who, &status)?,
        part,
        status,
        integration,
        which,
        page,
        chore,
        next_reading,
    })
}

/// Has the worker read all postings now.
pub(super) async fn read(
    app: Data<AppState>,
    Found(who, integration): Found<Admin, Integration>,
    _form: Form<NoFields>,
) -> PageResult {
    let (id, actor) = (integration.id, who.actor());
    let asked = app
        .db
        .write(move |conn| {
            let integration = store::get(conn, &id)?;
            if integration.state != State::Active || !nightly::ask(conn, &id, ChoreKind::Postings)? {
                return Ok(false);
            }
            let subject = lifecycle::subject(&integration);
            audit::record(
                conn,
                &integration.company_id,
                &actor,
                audit::Action::IntegrationPostingsRead,
                &subject,
                &json!({}),
            )?;
            Ok(true)
        })
        .await?;
    if asked {
        app.work.notify_one();
        who.flash(FlashKind::Good, "The postings are being read from Lever.");
    } else {
        who.flash(FlashKind::Failed, "The integration is not active, so its postings can't be read.");
    }
    Ok(see_other(&format!("{}/postings", page_of(&id))))
}
