// What each fuzz target does with its input: read by fuzz_targets/ for cargo-fuzz, and by tests/it/attacks/fuzzed.rs,
// which runs the same on mutated corpora. A fault is a panic.

use alva_portal::db::keyset::Cursor;
use alva_portal::events::masked::masked;
use alva_portal::events::pretty;
use alva_portal::forms::{FieldErrors, FormText};
use alva_portal::ids::EventId;
use alva_portal::integrations::signing::compact::CompactDelivery;
use alva_portal::people::{CompanySettings, Email, InvitationPolicy, Name};
use alva_portal::secrets::{Sealed, Sealer};
use alva_portal::web::{Params, TimeFilter};
use lever_client::types::{File, Note, Posting, Stage, Tag, User, Webhook};
use lever_client::{Claims, Opportunity, ScopeSet, delivery as lever_delivery, text};
use secrecy::{ExposeSecret as _, SecretString};

/// The body of a webhook: it is read or refused, and what is kept of it reads the same.
pub fn delivery(body: &[u8]) {
    let Ok(read) = lever_delivery::parse(body) else { return };
    let _ = read.is_signed_by(b"key");
    let Some(compact) = CompactDelivery::of_delivery(&read) else { return };
    let kept = CompactDelivery::from_bytes(&compact.to_bytes()).expect("what was written reads");
    let again = lever_delivery::parse(&kept.body()).expect("a body");
    assert_eq!(again.fingerprint(), read.fingerprint());
    assert_eq!(again.data.opportunity_id, read.data.opportunity_id);
}

/// What auditors see of a body: never a token that a reader of the body would find.
pub fn mask(body: &[u8]) {
    let shown = masked(body);
    let Ok(read) = lever_delivery::parse(body) else { return };
    if read.token.len() > 20 {
        assert!(!shown.windows(read.token.len()).any(|part| part == read.token.as_bytes()));
    }
}

/// A body as people read it.
pub fn readable(body: &[u8]) {
    let _ = pretty::json(body);
    let _ = pretty::hex(body);
}

/// A form: it is read or refused, and so is each of its fields; what is carried on holds no token.
pub fn form(body: &[u8]) {
    let Ok(form) = serde_html_form::from_bytes::<FormText>(body) else { return };
    assert!(form.carried().all(|(name, _)| name != "csrf"));
    let mut errors = FieldErrors::default();
    for (_, value) in form.carried() {
        if let Some(name) = errors.keep("name", Name::parse(value)) {
            assert!(!name.to_string().trim().is_empty());
        }
        errors.keep("email", Email::parse(value));
        errors.keep("support_contact", CompanySettings::parse_support_contact(value));
        errors.keep("time_zone", CompanySettings::parse_time_zone(value));
        errors.keep("retention", CompanySettings::parse_retention(value));
        if let Some(limit) = errors.keep("daily_limit", InvitationPolicy::parse_daily(value)) {
            assert!(InvitationPolicy::DAILY.contains(&limit));
        }
    }
    let _ = errors.sentences();
}

/// What stands behind the `?` of a list: the link to it reads the same.
pub fn query(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let params = Params::parse(&text);
    let link = params.link("/events");
    let again = Params::parse(link.split_once('?').map_or("", |(_, query)| query));
    assert_eq!(again.link("/events"), link);
    let _: Option<Cursor<EventId>> = params.cursor(EventId::parse);
    let _ = TimeFilter::parse(&params, &jiff::tz::TimeZone::UTC);
}

/// A sealed cookie: it opens only as it was made.
pub fn cookie(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Some(sealed) = Sealed::from_cookie(text) else { return };
    assert_eq!(sealed.to_cookie(), text, "one value has one spelling");
    assert!(Sealer::new(&[7; 32]).open(&sealed, "devices").is_err(), "made by nobody");
}

/// What an access token says of itself: ids that a column holds, and scopes.
pub fn jwt(bytes: &[u8]) {
    let Ok(token) = std::str::from_utf8(bytes) else { return };
    let token = SecretString::from(token);
    let Some(claims) = Claims::read(&token) else { return };
    assert!(token.expose_secret().len() <= 64 * 1024);
    assert!(claims.user_id.is_none_or(|id| text::is_id(id.as_str())));
    assert!(claims.account_id.is_none_or(|id| text::is_id(id.as_str())));
    if let Some(scopes) = claims.scopes {
        assert_eq!(ScopeSet::parse(&scopes.to_string()), scopes);
    }
}

/// Lever's objects: each is read or refused, and no text of one is longer than its limit or hides a control character.
pub fn lever(bytes: &[u8]) {
    let is_clean =
        |text: &str, limit: usize| text.chars().count() <= limit && !text.chars().any(char::is_control);
    if let Ok(seen) = serde_json::from_slice::<Opportunity>(bytes) {
        assert!(text::is_id(seen.id.as_str()));
        assert!(seen.name.is_none_or(|name| is_clean(&name, text::NAME)));
        assert!(seen.headline.is_none_or(|headline| is_clean(&headline, text::TITLE)));
        assert!(seen.emails.iter().all(|email| is_clean(email, text::ADDRESS)));
    }
    if let Ok(posting) = serde_json::from_slice::<Posting>(bytes) {
        assert!(is_clean(&posting.text, text::TITLE));
    }
    let _ = serde_json::from_slice::<Stage>(bytes);
    let _ = serde_json::from_slice::<User>(bytes);
    let _ = serde_json::from_slice::<Tag>(bytes);
    let _ = serde_json::from_slice::<Webhook>(bytes);
    let _ = serde_json::from_slice::<Note>(bytes);
    let _ = serde_json::from_slice::<File>(bytes);
}
