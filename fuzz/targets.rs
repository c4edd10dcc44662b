// What each fuzz target does with its input: read by fuzz_targets/ for cargo-fuzz, and by tests/it/attacks/fuzzed.rs,
// which runs the same on mutated corpora. A fault is a panic. Each answers what became of the input, in a few words: an
// input with another answer than all before is worth to be changed further.

use alva_portal::config::TrustedProxies;
use alva_portal::db::keyset::Cursor;
use alva_portal::events::masked::masked;
use alva_portal::events::pretty;
use alva_portal::forms::{FieldErrors, FormText};
use alva_portal::ids::EventId;
use alva_portal::integrations::signing::compact::CompactDelivery;
use alva_portal::people::{CompanySettings, Email, InvitationPolicy, Name};
use alva_portal::secrets::{Sealed, Sealer};
use alva_portal::web::connections::heads::Heads;
use alva_portal::web::{Params, TimeFilter};
use lever_client::types::{File, Note, Posting, Stage, Tag, User, Webhook};
use lever_client::{Claims, Grant, Opportunity, Page, ScopeSet, delivery as lever_delivery, text};
use secrecy::{ExposeSecret as _, SecretString};

/// What was said of an input, without what is its own: numbers, and what stands in quotes.
fn reached(said: impl std::fmt::Display) -> String {
    let said = said.to_string();
    let parts = said.split(['"', '`', '\'']).step_by(2);
    parts.collect::<String>().chars().filter(|c| c.is_ascii_alphabetic() || *c == ' ').take(80).collect()
}

/// The body of a webhook: it is read or refused, and what is kept of it reads the same.
pub fn delivery(body: &[u8]) -> String {
    let read = match lever_delivery::parse(body) {
        Ok(read) => read,
        Err(why) => return reached(why),
    };
    let _ = read.is_signed_by(b"key");
    let Some(compact) = CompactDelivery::of_delivery(&read) else { return "read, and not kept".to_owned() };
    let kept = CompactDelivery::from_bytes(&compact.to_bytes()).expect("what was written reads");
    let again = lever_delivery::parse(&kept.body()).expect("a body");
    assert_eq!(again.fingerprint(), read.fingerprint());
    assert_eq!(again.data.opportunity_id, read.data.opportunity_id);
    format!("kept, {:?} {}", read.data.opportunity_id.is_some(), read.data.contact_id.is_some())
}

/// What auditors see of a body: never a token that a reader of the body would find.
pub fn mask(body: &[u8]) -> String {
    let shown = masked(body);
    let how = if shown == body {
        "as it came".to_owned()
    } else if shown.starts_with(b"This") {
        reached(String::from_utf8_lossy(&shown))
    } else {
        "masked".to_owned()
    };
    let Ok(read) = lever_delivery::parse(body) else { return how };
    if read.token.len() > 20 {
        assert!(!shown.windows(read.token.len()).any(|part| part == read.token.as_bytes()));
    }
    format!("{how}, a delivery")
}

/// A body as people read it.
pub fn readable(body: &[u8]) -> String {
    let _ = pretty::hex(body);
    format!("{:?}", pretty::json(body).is_some())
}

/// A form: it is read or refused, and so is each of its fields; what is carried on holds no token.
pub fn form(body: &[u8]) -> String {
    let form = match serde_html_form::from_bytes::<FormText>(body) {
        Ok(form) => form,
        Err(why) => return reached(why),
    };
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
    reached(errors.sentences())
}

/// What stands behind the `?` of a list: the link to it reads the same.
pub fn query(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let params = Params::parse(&text);
    let link = params.link("/events");
    let again = Params::parse(link.split_once('?').map_or("", |(_, query)| query));
    assert_eq!(again.link("/events"), link);
    let cursor: Option<Cursor<EventId>> = params.cursor(EventId::parse);
    let span = TimeFilter::parse(&params, &jiff::tz::TimeZone::UTC).map_err(|errors| errors.sentences());
    format!("{} {}", cursor.is_some(), reached(span.err().unwrap_or_default()))
}

/// A sealed cookie: it opens only as it was made.
pub fn cookie(bytes: &[u8]) -> String {
    let Ok(text) = std::str::from_utf8(bytes) else { return "no text".to_owned() };
    let Some(sealed) = Sealed::from_cookie(text) else { return "no cookie".to_owned() };
    assert_eq!(sealed.to_cookie(), text, "one value has one spelling");
    let opened = Sealer::new(&[7; 32]).open(&sealed, "devices");
    reached(opened.expect_err("made by nobody"))
}

/// What an access token says of itself: ids that a column holds, and scopes.
pub fn jwt(bytes: &[u8]) -> String {
    let Ok(token) = std::str::from_utf8(bytes) else { return "no text".to_owned() };
    let token = SecretString::from(token);
    let Some(claims) = Claims::read(&token) else { return "opaque".to_owned() };
    let said =
        format!("{} {} {}", claims.user_id.is_some(), claims.account_id.is_some(), claims.scopes.is_some());
    assert!(token.expose_secret().len() <= 64 * 1024);
    assert!(claims.user_id.is_none_or(|id| text::is_id(id.as_str())));
    assert!(claims.account_id.is_none_or(|id| text::is_id(id.as_str())));
    if let Some(scopes) = claims.scopes {
        assert_eq!(ScopeSet::parse(&scopes.to_string()), scopes);
    }
    said
}

/// Lever's objects: each is read or refused, and no text of one is longer than its limit or hides a control character.
pub fn lever(bytes: &[u8]) -> String {
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
    fn said<T>(read: Result<T, serde_json::Error>) -> String {
        read.map_or_else(reached, |_| "read".to_owned())
    }
    [
        said(serde_json::from_slice::<Opportunity>(bytes)),
        said(serde_json::from_slice::<Posting>(bytes)),
        said(serde_json::from_slice::<Stage>(bytes)),
        said(serde_json::from_slice::<User>(bytes)),
        said(serde_json::from_slice::<Tag>(bytes)),
        said(serde_json::from_slice::<Webhook>(bytes)),
        said(serde_json::from_slice::<Note>(bytes)),
        said(serde_json::from_slice::<File>(bytes)),
    ]
    .join("; ")
}

/// What a connection sends, in pieces of any length: where heads end does not depend on how it comes, and nothing is read
/// behind the last request.
pub fn heads(bytes: &[u8]) -> String {
    let walk = |at_once: usize| {
        let (mut heads, mut place, mut ends) = (Heads::default(), 0, Vec::new());
        while place < bytes.len() && !heads.are_over() {
            let piece = &bytes[place..bytes.len().min(place + at_once)];
            let (length, ended) = heads.advance(piece);
            assert!(length <= piece.len() && (length == piece.len() || ended || heads.are_over()));
            place += length;
            ends.extend(ended.then_some(place));
        }
        (place, ends, heads.is_in_body(), heads.are_over())
    };
    let whole = walk(usize::MAX / 2);
    for at_once in [1, 2, 7, 4096] {
        assert_eq!(walk(at_once), whole, "{at_once} at once");
    }
    format!("{} heads, in a body: {}, over: {}", whole.1.len(), whole.2, whole.3)
}

/// A page of a list: it is read or refused, and a row that cannot be read costs no other.
pub fn pages(bytes: &[u8]) -> String {
    let mut said = String::new();
    for may_be_bare in [false, true] {
        let page = match Page::<Opportunity>::read(bytes.to_vec(), may_be_bare) {
            Ok(page) => page,
            Err(why) => {
                said += &reached(why);
                continue;
            }
        };
        let why: String = page.skipped.iter().map(|row| reached(&row.why)).take(2).collect();
        said += &format!("{} read, {} not: {why}; ", page.items.len().min(3), page.skipped_count.min(3));
        assert!(page.skipped.len() <= page.skipped_count);
        assert!(page.items.iter().all(|seen| text::is_id(seen.id.as_str())));
        assert!(page.next.is_none_or(|next| !next.is_empty()));
    }
    said
}

/// An answer of the sign-in service: tokens are read or refused, and an error repeats no token.
pub fn grant(bytes: &[u8]) -> String {
    match Grant::read(bytes.to_vec()) {
        Ok(grant) => {
            assert!(!grant.access_token.expose_secret().is_empty());
            assert!(grant.expires_in <= std::time::Duration::from_secs(30 * 86_400));
            assert!(
                !format!("{grant:?}").contains(grant.access_token.expose_secret())
                    || grant.access_token.expose_secret().len() < 20
            );
            format!(
                "{} {} {}",
                grant.refresh_token.is_some(),
                grant.scopes.is_some(),
                grant.claims().is_some()
            )
        }
        Err(failure) => reached(failure),
    }
}

/// The setting of proxies, and the header that they write: somebody, or nobody.
pub fn proxies(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let (setting, header) = text.split_once('\n').unwrap_or((&text, ""));
    let proxies = match setting.parse::<TrustedProxies>() {
        Ok(proxies) => proxies,
        Err(why) => return reached(why),
    };
    let mut said = format!("{} ", proxies.to_string().len().min(40));
    let forwarded: Vec<&str> = header.split(',').collect();
    for peer in ["127.0.0.1", "10.0.0.1", "203.0.113.9", "::1", "2001:db8::1"] {
        let peer: std::net::IpAddr = peer.parse().expect("an address");
        let client = proxies.client(peer, &forwarded);
        if !proxies.trusts(peer) {
            assert_eq!(client, Some(peer), "a stranger names no other");
        }
        said += if client.is_none() {
            "nobody "
        } else if client == Some(peer) {
            "peer "
        } else {
            "named "
        };
    }
    said
}
