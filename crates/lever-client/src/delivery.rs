//! The body of a webhook delivery, from raw bytes (Lever's wire notes §6).
//!
//! What is read here is a hint from outside until its signature was verified, and even then only
//! `token` and `triggeredAt` are proven. The rules:
//!
//! - The body is one JSON object; what is nested more than 100 deep counts as null. Halves of surrogate pairs and bytes that are
//!   no UTF-8 are replaced before it is read: what was cut in a key that nobody reads costs nothing.
//! - `token` is text and not empty; `triggeredAt` is a whole number or a text of one. Only a check
//!   ([`Delivery::is_check`]) may come without a token.
//! - `event`, `signature` and `data.opportunityId` are text if they are there; `data` is an object if it
//!   is there. Null means missing, and so does an empty id, or a list or a text with nothing in it for `data`.
//! - Everything else (`id`, the other ids in `data`) can be done without: what can't be read of it is
//!   missing, and costs the delivery nothing.
//! - Of a key that comes twice the last one counts, for what is signed as for the rest: so JavaScript has it,
//!   in which Lever is written.
//! - Texts that are kept as keys are at most 255 bytes (`token` 1,024) and hold no control
//!   characters, which databases and log lines don't take; ids are at most 128 and of a sane alphabet.
//!   What is otherwise can't be read.
//!
//! Missing or empty `data` is no fault: Lever's **Verify Connection** sends exactly `{"triggeredAt":…,"event":…,
//! "data":{},"signature":…,"token":…}`, without an `id`, and without a signature where no signing token
//! was generated. Such a delivery is a check and causes nothing.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, value::RawValue};
use sha2::{Digest, Sha256};

use crate::json::{self, Fields};
use crate::signature;
use crate::text;
use crate::types::{
    AccountId, ApplicationId, Archived, ContactId, Event, InterviewId, OpportunityId, PanelId, StageId,
    UserId,
};

const ID_LIMIT: usize = 255;
const TOKEN_LIMIT: usize = 1024;

/// How far ahead of ours Lever's clock may go.
const AHEAD: SignedDuration = SignedDuration::from_mins(10);
/// Lever can send again what is two weeks old; a retry may come a little later still.
const BEHIND: SignedDuration = SignedDuration::from_hours(24 * 30);

/// What a delivery says.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// The delivery's own id; not every account sends one.
    pub id: Option<String>,
    /// What happened.
    pub event: Option<Event>,
    /// `triggeredAt` exactly as it was sent, a string's quotes left off: this text is signed.
    pub triggered_at_text: String,
    /// `triggeredAt` in milliseconds since 1970 UTC. Any `i64`: it comes from outside, see [`Delivery::triggered_at`].
    pub triggered_at_ms: i64,
    /// New for each delivery, and signed. Empty only in a check.
    pub token: String,
    /// The signature as it was sent; none where it is missing or empty.
    pub signature: Option<String>,
    /// What the event is about, all of it optional and none of it proven.
    pub data: DeliveryData,
    /// Whether `data` was `{}`, as in Lever's **Verify Connection**: it says nothing of anybody, so there
    /// is nothing to be done, whoever signed it.
    pub is_check: bool,
}

/// Why a time can't be the one of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Implausible {
    /// It does not have the 13 digits that milliseconds of our time have.
    #[error("triggeredAt is not in milliseconds since 1970")]
    NotMilliseconds,
    /// It is minutes ahead.
    #[error("triggeredAt is in the future")]
    Future,
    /// It is more than 30 days back.
    #[error("triggeredAt is more than 30 days back")]
    TooOld,
}

/// Whether a delivery of this time can come at `now`: 13 digits, at most 10 minutes ahead and 30 days
/// back. Lever's own page sends again what is up to two weeks old.
///
/// # Errors
/// Why it can't.
pub fn plausible(triggered_at_ms: i64, now: Timestamp) -> Result<Timestamp, Implausible> {
    if !(1_000_000_000_000..=9_999_999_999_999).contains(&triggered_at_ms) {
        return Err(Implausible::NotMilliseconds);
    }
    let at = Timestamp::from_millisecond(triggered_at_ms).map_err(|_| Implausible::NotMilliseconds)?;
    match at.duration_since(now) {
        ahead if ahead > AHEAD => Err(Implausible::Future),
        ahead if ahead < -BEHIND => Err(Implausible::TooOld),
        _ => Ok(at),
    }
}

/// The ids that a delivery names. Don't key on `candidate_id`: it is the old name of the same
/// person, and sometimes equals the opportunity or the contact.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeliveryData {
    /// The candidacy.
    pub opportunity_id: Option<OpportunityId>,
    /// The person.
    pub contact_id: Option<ContactId>,
    /// The person or the candidacy, in old words.
    pub candidate_id: Option<String>,
    /// The application that was made.
    pub application_id: Option<ApplicationId>,
    /// The stage that was left.
    pub from_stage_id: Option<StageId>,
    /// The stage that was entered.
    pub to_stage_id: Option<StageId>,
    /// How it was archived before.
    pub from_archived: Option<Archived>,
    /// How it is archived now.
    pub to_archived: Option<Archived>,
    /// Who deleted it.
    pub deleted_by: Option<UserId>,
    /// The interview.
    pub interview_id: Option<InterviewId>,
    /// The interview's panel.
    pub panel_id: Option<PanelId>,
    /// The Lever account.
    pub account_id: Option<AccountId>,
}

/// Why a body is no delivery, in plain words that name the field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(String);

fn malformed<T>(why: impl Into<String>) -> Result<T, Malformed> {
    Err(Malformed(why.into()))
}

/// Reads a delivery.
///
/// # Errors
/// What is wrong with the body, in words that name the field.
pub fn parse(body: &[u8]) -> Result<Delivery, Malformed> {
    if body.trim_ascii().is_empty() {
        return malformed("the body is empty");
    }
    let text = json::repaired(body);
    // Raw values are skipped over without a look at depth or escapes, so all of it is parsed once
    // more: what is accepted can be read and shown by everything that comes later.
    match serde_json::from_str::<Value>(&text) {
        Ok(Value::Object(_)) => {}
        Ok(_) => return malformed("the body is JSON, but not an object"),
        Err(error) if error.to_string().starts_with("recursion limit") => {
            return malformed("the body is nested too deeply");
        }
        Err(error) => return malformed(format!("the body is not JSON: {error}")),
    }
    let wire = Fields::read(&text).or_else(|error| malformed(error.to_string()))?;
    let is_check = is_empty(wire.get("data"));
    let data = match wire.get("data") {
        None => Fields::default(),
        Some(raw) if raw.get().starts_with('{') => {
            Fields::read(raw.get()).or_else(|error| malformed(format!("in data: {error}")))?
        }
        Some(raw) if says_nothing(raw) => Fields::default(),
        Some(_) => return malformed("data must be an object"),
    };
    let (triggered_at_text, triggered_at_ms) = triggered_at(wire.get("triggeredAt"))?;
    Ok(Delivery {
        id: own_id(wire.get("id")),
        event: bounded("event", wire.get("event"), ID_LIMIT)?.map(Event::from),
        triggered_at_text,
        triggered_at_ms,
        token: match bounded("token", wire.get("token"), TOKEN_LIMIT)? {
            Some(token) if !token.is_empty() => token,
            _ if is_check && is_unsigned(wire.get("signature")) => String::new(),
            Some(_) => return malformed("token is empty"),
            None => return malformed("token is missing"),
        },
        signature: string("signature", wire.get("signature"))?
            .filter(|signature| !signature.trim().is_empty()),
        data: DeliveryData {
            opportunity_id: id("data.opportunityId", data.get("opportunityId"))?,
            contact_id: readable_id(data.get("contactId")),
            candidate_id: readable_id(data.get("candidateId")),
            application_id: readable_id(data.get("applicationId")),
            from_stage_id: readable_id(data.get("fromStageId")),
            to_stage_id: readable_id(data.get("toStageId")),
            from_archived: archived(data.get("fromArchived")),
            to_archived: archived(data.get("toArchived")),
            deleted_by: readable_id(data.get("deletedBy")),
            interview_id: readable_id(data.get("interviewId")),
            panel_id: readable_id(data.get("panelId")),
            account_id: readable_id(data.get("accountId")),
        },
        is_check,
    })
}

impl Delivery {
    /// When it happened, if the number stands for an instant before the year 10000.
    pub fn triggered_at(&self) -> Option<Timestamp> {
        Timestamp::from_millisecond(self.triggered_at_ms).ok()
    }

    /// The key for recognising a delivery that came before: SHA-256 over what is signed, `token` and
    /// `triggeredAt` as one text, so that digits moved from one to the other make no new delivery.
    pub fn fingerprint(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.token.as_bytes());
        hash.update(self.triggered_at_text.as_bytes());
        hash.finalize().into()
    }

    /// Whether `key` signed it. A delivery without a signature is signed by nobody.
    pub fn is_signed_by(&self, key: &[u8]) -> bool {
        self.signature
            .as_deref()
            .is_some_and(|signature| signature::verify(key, &self.token, &self.triggered_at_text, signature))
    }
}

fn string(field: &str, raw: Option<&RawValue>) -> Result<Option<String>, Malformed> {
    raw.map(|raw| serde_json::from_str(raw.get()).or_else(|_| malformed(format!("{field} must be text"))))
        .transpose()
}

fn bounded(field: &str, raw: Option<&RawValue>, limit: usize) -> Result<Option<String>, Malformed> {
    match string(field, raw)? {
        Some(text) if text.len() > limit => malformed(format!("{field} is longer than {limit} bytes")),
        Some(text) if text.contains(char::is_control) => {
            malformed(format!("{field} holds a control character"))
        }
        text => Ok(text),
    }
}

fn id<T: From<String>>(field: &str, raw: Option<&RawValue>) -> Result<Option<T>, Malformed> {
    match bounded(field, raw, text::ID)?.filter(|id| !id.is_empty()) {
        Some(id) if !text::is_id(&id) => malformed(format!("{field} holds what no id does")),
        id => Ok(id.map(T::from)),
    }
}

/// An id that can be done without: none where it can't be read.
fn readable_id<T: From<String>>(raw: Option<&RawValue>) -> Option<T> {
    id("", raw).ok().flatten()
}

/// The delivery's own id: not one of Lever's objects, so only bounded; it can be done without too.
fn own_id(raw: Option<&RawValue>) -> Option<String> {
    bounded("", raw, ID_LIMIT).ok().flatten().filter(|id| !id.is_empty())
}

/// Whether it is a list or a text with nothing in it, as some write an empty object.
fn says_nothing(data: &RawValue) -> bool {
    match serde_json::from_str(data.get()) {
        Ok(Value::Array(items)) => items.is_empty(),
        Ok(Value::String(text)) => text.trim().is_empty(),
        _ => false,
    }
}

/// Whether `data` is there and empty.
fn is_empty(data: Option<&RawValue>) -> bool {
    data.is_some_and(
        |raw| matches!(serde_json::from_str(raw.get()), Ok(Value::Object(fields)) if fields.is_empty()),
    )
}

/// Whether there is no signature, or an empty one.
fn is_unsigned(signature: Option<&RawValue>) -> bool {
    signature
        .is_none_or(|raw| serde_json::from_str::<String>(raw.get()).is_ok_and(|text| text.trim().is_empty()))
}

fn archived(raw: Option<&RawValue>) -> Option<Archived> {
    raw.and_then(|raw| json::parse(raw.get()).ok())
}

/// The text as sent and its value. A float such as `1.795403634284e12` is taken where it is whole.
fn triggered_at(raw: Option<&RawValue>) -> Result<(String, i64), Malformed> {
    let Some(raw) = raw else {
        return malformed("triggeredAt is missing");
    };
    // A number may be written with as many zeros as one likes.
    if raw.get().len() > ID_LIMIT {
        return malformed(format!("triggeredAt is longer than {ID_LIMIT} bytes"));
    }
    let text = match serde_json::from_str::<Value>(raw.get()) {
        Ok(Value::Number(_)) => raw.get().to_owned(),
        Ok(Value::String(text)) => text,
        _ => return malformed("triggeredAt must be a whole number, or a text of one"),
    };
    if let Ok(ms) = text.parse() {
        return Ok((text, ms));
    }
    // Below 2^53 a float is exact; above it, it is no time that anybody means.
    match text.parse::<f64>() {
        Ok(ms) if ms.fract() == 0.0 && ms.abs() < 9_007_199_254_740_992.0 => Ok((text, ms as i64)),
        Ok(ms) if ms.fract() == 0.0 => malformed("triggeredAt is out of range"),
        _ => malformed("triggeredAt must be a whole number, or a text of one"),
    }
}

#[cfg(test)]
mod tests;
