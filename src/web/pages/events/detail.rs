//! `/events/{id}`: what came in, what was made of it, and the proof.

use super::timeline::{self, Shown};
use crate::candidates::held_deletion;
use crate::db::{Conn, DbResult};
use crate::events::masked::masked;
use crate::events::view::{self, Full};
use crate::events::{self, Event, EventKind, State, pretty, replay};
use crate::i18n::portal;
use crate::ids::{CompanyId, EventId};
use crate::time::Timestamp;
use crate::web::labels;
use crate::web::{Auditing, Found, InCompany, Layout, PageResult, Section, absent_is_none, path_id, render};
use actix_web::HttpResponse;
use actix_web::dev::{Path, Url};
use actix_web::http::header;
use askama::Template;
use std::collections::BTreeMap;

/// Bytes of a body that the page shows; all of it can be downloaded.
const SHOWN: usize = 16 * 1024;

/// Bytes of a body that is no text, shown in hexadecimal.
const HEX_SHOWN: usize = 2 * 1024;

#[derive(Template)]
#[template(path = "events/detail.html")]
struct DetailPage {
    layout: Layout,
    full: Full,
    badge: &'static str,
    verdict: String,
    headers: BTreeMap<String, String>,
    body: Body,
    /// Its body was erased with the person.
    is_erased: bool,
    /// Token and signature are hidden from this person.
    is_masked: bool,
    timeline: Vec<Shown>,
    day: String,
}

/// The body, in forms that a page can hold.
struct Body {
    size: usize,
    pretty: Option<String>,
    exact: String,
    hex: Option<String>,
    cut: bool,
}

impl Body {
    fn of_bytes(bytes: &[u8]) -> Self {
        let cut = bytes.len() > SHOWN;
        let beginning = &bytes[..bytes.len().min(SHOWN)];
        let (exact, hex) = match std::str::from_utf8(bytes) {
            Ok(text) => (text[..text.floor_char_boundary(SHOWN)].to_owned(), None),
            // Shown as replacement characters here, and byte for byte below.
            Err(_) => {
                let first = &bytes[..bytes.len().min(HEX_SHOWN)];
                (String::from_utf8_lossy(beginning).into_owned(), Some(pretty::hex(first)))
            }
        };
        Self { size: bytes.len(), pretty: if cut { None } else { pretty::json(bytes) }, exact, hex, cut }
    }
}

impl DetailPage {
    /// Polled until nothing more will happen by itself.
    fn live(&self) -> bool {
        matches!(self.full.event.state, State::Queued | State::Waiting)
    }

    fn can_replay(&self) -> bool {
        self.layout.may_act()
            && self.layout.may_audit()
            && replay::can_replay(self.full.event.state)
            && !self.is_erased
    }

    /// Whether an admin decides here about a deletion that Lever does not prove.
    fn can_decide(&self) -> bool {
        self.layout.may_configure() && held_deletion::is_held(&self.full.event)
    }

    /// Whether the signature was right, in words.
    fn signature(&self) -> (&'static str, String) {
        let event = &self.full.event;
        if event.kind == EventKind::Reconciliation {
            // Whether a webhook had reported it, the timeline says.
            let words = "No delivery: reconciliation found it in Lever's list.";
            return ("neutral", words.to_owned());
        }
        if event.kind == EventKind::ManualInvite {
            return ("neutral", "No delivery: a colleague asked for this in the portal.".to_owned());
        }
        match (&self.full.verifier, event.state) {
            (Some(token), _) => {
                let retired = if token.retired_at.is_some() { ", which is no longer accepted" } else { "" };
                ("good", format!("Verified by the signing token ending \u{2026}{}{retired}.", token.hint))
            }
            (None, _) if event.signing_token_id.is_some() => {
                ("good", "Verified by a signing token that has since been removed.".to_owned())
            }
            (None, State::Waiting) => (
                "waiting",
                "Not verified yet: no signing token was saved when it arrived. It will be verified once one \
                 is saved; until then, nothing is done."
                    .to_owned(),
            ),
            (None, State::Quarantined) => (
                "attention",
                "Not valid: the signature is missing or matches none of the account's signing tokens. Nothing was \
                 done. If the token was regenerated in Lever, save the new one on the integration's page."
                    .to_owned(),
            ),
            (None, State::Check) => {
                ("neutral", "Not checked: no signing token was saved at the time of the test.".to_owned())
            }
            (None, State::Malformed) => {
                ("failed", "Not checked: the body could not be read.".to_owned())
            }
            (None, State::Queued | State::Done | State::Ignored | State::Failed) => {
                ("neutral", "The signing token that verified it is not known.".to_owned())
            }
        }
    }

    /// What ended it, in words. How it arrived stands in the timeline.
    fn why(&self) -> Option<String> {
        let event = &self.full.event;
        let arrived = matches!(event.state, State::Waiting | State::Quarantined | State::Malformed);
        (!arrived && !event.reason.is_none()).then(|| event.reason.sentence(portal()))
    }

    fn was_retried(&self) -> bool {
        self.full.event.attempts > 1
    }

    fn next_attempt(&self) -> Option<Timestamp> {
        let event = &self.full.event;
        let is_put_by = event.next_attempt_at == events::queue::PUT_BY;
        (event.state == State::Queued && event.next_attempt_at > self.layout.now && !is_put_by)
            .then_some(event.next_attempt_at)
    }
}

impl InCompany for Event {
    type Key = EventId;

    fn key(path: &Path<Url>) -> Option<EventId> {
        path_id(path, "id", EventId::parse)
    }

    fn load(conn: &mut Conn, company: &CompanyId, id: &EventId) -> DbResult<Option<Self>> {
        absent_is_none(view::event(conn, company, id))
    }
}

impl InCompany for Full {
    type Key = EventId;

    fn key(path: &Path<Url>) -> Option<EventId> {
        Event::key(path)
    }

    fn load(conn: &mut Conn, company: &CompanyId, id: &EventId) -> DbResult<Option<Self>> {
        absent_is_none(view::full(conn, company, id))
    }
}

/// One event of the company.
pub(super) async fn page(Found(who, mut full): Found<Auditing, Full>) -> PageResult {
    let layout = who.layout(&labels::event_title(full.event.state, &full.event.kind), Section::Events)?;
    let zone = who.company.zone();
    let (badge, verdict) = labels::event(full.event.state, full.event.outcome);
    let timeline = timeline::timeline(&full, &zone);
    let is_erased = full.event.is_erased();
    let received = std::mem::take(&mut full.event.body);
    let shown = shown_body(&who, received.clone());
    let page = DetailPage {
        timeline,
        day: timeline::day(&full, &zone),
        headers: serde_json::from_str::<BTreeMap<String, serde_json::Value>>(&full.event.headers)
            .unwrap_or_default()
            .into_iter()
            .map(|(name, value)| (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
            .collect(),
        is_masked: shown != received,
        body: Body { size: received.len(), ..Body::of_bytes(&shown) },
        is_erased,
        layout,
        full,
        badge,
        verdict,
    };
    render(&page)
}

/// Admins see it as it came; auditors without what another delivery could be made of.
fn shown_body(who: &Auditing, body: Vec<u8>) -> Vec<u8> {
    if who.user.role.may_configure() { body } else { masked(&body) }
}

/// The body exactly as it came, for admins, as a file that no browser opens as a page.
pub(super) async fn body(Found(who, event): Found<Auditing, Event>) -> PageResult {
    let name = format!("attachment; filename=\"event-{}.bin\"", event.id);
    let body = shown_body(&who, event.body);
    Ok(HttpResponse::Ok()
        .content_type("application/octet-stream")
        .insert_header((header::CONTENT_DISPOSITION, name))
        .body(body))
}
