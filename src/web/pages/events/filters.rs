//! The filters of the event log.

use crate::events::select::Selection;
use crate::events::{EventKind, State};
use crate::ids::IntegrationId;
use crate::web::{FieldErrors, Params, TimeFilter};
use jiff::tz::TimeZone;

/// Their names in the address.
pub(crate) const FIELDS: &[&str] = &["integration", "event", "state", "from", "to", "q"];

/// The selection that an address names.
pub(crate) fn selection(params: &Params, zone: &TimeZone) -> Result<Selection, FieldErrors> {
    let (time, mut errors) = match TimeFilter::parse(params, zone) {
        Ok(time) => (time, FieldErrors::default()),
        Err(errors) => (TimeFilter::default(), errors),
    };
    let mut unknown = |field, what: &str| {
        errors.add(field, format!("There is no such {what}. Choose one from the list."));
    };
    let integration = params.get("integration").map(IntegrationId::parse);
    if integration == Some(None) {
        unknown("integration", "integration");
    }
    let state = params.get("state").map(State::parse);
    if state == Some(None) {
        unknown("state", "state");
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(Selection {
        integration: integration.flatten(),
        kind: params.get("event").map(EventKind::from),
        state: state.flatten(),
        from: time.from,
        until: time.until,
        text: params.get("q").map(str::to_owned),
    })
}
