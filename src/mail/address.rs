//! Addresses as people write them, and as mail servers take them.
//!
//! What an applicant tracking system keeps is free text: `Ada <ada@x.example>`, `mailto:ada@x.example`, two in
//! one field, letters that nobody sees. Domains with letters beyond ASCII go out as punycode (RFC 5891), which
//! every server takes; letters beyond ASCII before the `@` need a server that offers SMTPUTF8 (RFC 6531).

use super::entities::without_entities;
use lettre::Address;
use lever_client::text::is_unseen_in_addresses;
use percent_encoding::percent_decode_str;
use std::borrow::Cow;
use std::collections::HashSet;

/// Longest part before the `@` (RFC 5321 §4.5.3.1.1).
const LONGEST_USER: usize = 64;

/// The address that somebody wrote; `None` when it is none, or more than one. Its domain is ASCII.
pub fn parse(text: &str) -> Option<Address> {
    let visible: String = without_entities(text).chars().filter_map(seen).collect();
    let bare = bare(&visible)?;
    let (user, domain) = bare.rsplit_once('@')?;
    let domain = domain.trim_end_matches('.');
    let domain = match idna::domain_to_ascii(domain) {
        Ok(ascii) if !domain.starts_with('[') => ascii,
        _ => domain.to_owned(),
    };
    if !is_domain(&domain) {
        return None;
    }
    let user = quoted(user)?;
    // The form of the domain and the length are lettre's to check; what is in quotes is checked already.
    let address = Address::new("a", &domain).ok()?;
    (user.len() <= LONGEST_USER).then(|| Address::new_dangerous(user, address.domain()))
}

/// The first of these fields that has an address, as it is written there; otherwise the first that has a text.
/// One whose letters every mail server takes goes before one that needs SMTPUTF8.
pub fn best<'a>(fields: impl IntoIterator<Item = &'a str> + Clone) -> String {
    let read: Vec<Cow<'_, str>> = fields.clone().into_iter().map(without_entities).collect();
    let all = || read.iter().flat_map(|field| parts(field));
    let readable = |part: &&str| parse(part).is_some();
    let plain = |part: &&str| parse(part).is_some_and(|address| address.user().is_ascii());
    match all().find(plain).or_else(|| all().find(readable)) {
        Some(part) => visible(part),
        None => {
            fields.into_iter().map(str::trim).find(|text| !text.is_empty()).unwrap_or_default().to_owned()
        }
    }
}

/// All addresses of these fields, without doubles, in the order in which they are written to: those whose letters
/// every mail server takes first, as in [`best`].
pub fn all<'a>(fields: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let read: Vec<Cow<'_, str>> = fields.into_iter().map(without_entities).collect();
    let readable = read.iter().flat_map(|field| parts(field)).filter(|part| parse(part).is_some());
    let (mut all, needing): (Vec<&str>, Vec<&str>) =
        readable.partition(|part| parse(part).is_some_and(|address| address.user().is_ascii()));
    all.extend(needing);
    let mut seen = HashSet::new();
    all.retain(|part| parse(part).is_some_and(|address| seen.insert(address.to_string().to_lowercase())));
    all.into_iter().map(visible).collect()
}

fn visible(part: &str) -> String {
    let seen: String = part.chars().filter_map(seen).collect();
    let address = bare(&seen).map(Cow::into_owned);
    address.unwrap_or(seen)
}

/// The domain of an address in ASCII, so that one domain is one text; what is no address stays.
pub fn with_ascii_domain(address: &str) -> Cow<'_, str> {
    match address.rsplit_once('@') {
        Some((user, domain)) if !domain.is_ascii() => match idna::domain_to_ascii(domain) {
            Ok(ascii) => format!("{user}@{ascii}").into(),
            Err(_) => address.into(),
        },
        _ => address.into(),
    }
}

/// What stands between the separators of a field, outside of quotes and angle brackets. Where several addresses are
/// left between two separators, white space separates them, and words such as *or* are none.
fn parts(field: &str) -> Vec<&str> {
    let (mut parts, mut begin) = (Vec::new(), 0);
    let (mut in_quotes, mut in_brackets) = (false, false);
    for (at, c) in field.char_indices() {
        match c {
            '"' => in_quotes = !in_quotes,
            '<' => in_brackets = true,
            '>' => in_brackets = false,
            ',' | ';' | '\n' | '|' if !in_quotes && !in_brackets => {
                parts.push(&field[begin..at]);
                begin = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&field[begin..]);
    parts.into_iter().flat_map(addresses_in).collect()
}

/// The addresses of a part that holds several with white space between them; otherwise the part.
fn addresses_in(part: &str) -> Vec<&str> {
    let holds_several = part.chars().filter(|c| is_at(*c)).count() > 1;
    match holds_several && !part.contains(['"', '<', '(', '[']) {
        true => part.split_whitespace().filter(|word| word.contains(is_at)).collect(),
        false => vec![part],
    }
}

/// Without a name or a remark beside it, a label or `mailto:` before it, quotes and white space around it.
fn bare(text: &str) -> Option<Cow<'_, str>> {
    let text = text.trim();
    let text = match text.rsplit_once('<') {
        Some((_, rest)) => rest.split_once('>')?.0,
        None => of_link(text).unwrap_or(text),
    };
    let text = text.trim();
    let text = match text.strip_suffix(')').and_then(|text| text.rsplit_once('(')) {
        Some((before, remark)) if before.contains('@') && !remark.contains('@') => before.trim(),
        _ => text,
    };
    let text = match text.split_once(':') {
        Some((label, rest)) if LABELS.contains(&label.trim().to_lowercase().as_str()) => rest.trim(),
        _ => text,
    };
    if let Some(scheme) = text.get(..7)
        && scheme.eq_ignore_ascii_case("mailto:")
    {
        let address = text[7..].split('?').next().unwrap_or_default();
        let decoded = percent_decode_str(address).decode_utf8().ok()?;
        return Some(unquoted(&decoded)?.to_owned().into());
    }
    unquoted(text).map(Cow::Borrowed)
}

/// Without quotes around it, other than those that mean something in an address, and white space.
fn unquoted(text: &str) -> Option<&str> {
    let text = text.trim();
    let is_quoted = |(begin, end): &&(char, char)| text.starts_with(*begin) && text.ends_with(*end);
    let text = match QUOTES.iter().find(is_quoted) {
        Some((begin, end)) => text.strip_prefix(*begin)?.strip_suffix(*end).unwrap_or(text),
        None => text,
    };
    Some(text.trim())
}

/// Whether these are letters of a domain (RFC 5321 §4.1.2), or of an address in brackets. An underscore is none there, but
/// mail goes to some.
fn is_domain(domain: &str) -> bool {
    if let Some(literal) = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return literal.chars().all(|c| c.is_ascii_alphanumeric() || ".:-".contains(c));
    }
    domain.split('.').all(|label| {
        let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        label.chars().all(is_letter) && !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
    })
}

/// What people write before an address, in small letters.
const LABELS: [&str; 6] = ["email", "e-mail", "mail", "email address", "e-mail address", "mail address"];

/// Quotes around an address. The straight double ones have a meaning of their own there.
const QUOTES: [(char, char); 5] =
    [('\'', '\''), ('\u{2018}', '\u{2019}'), ('\u{201c}', '\u{201d}'), ('\u{ab}', '\u{bb}'), ('`', '`')];

/// The address of `[ada@x.example](mailto:ada@x.example)`, as some programs copy a link.
fn of_link(text: &str) -> Option<&str> {
    text.strip_prefix('[')?.strip_suffix(')')?.split_once("](").map(|(_, address)| address)
}

fn is_at(c: char) -> bool {
    matches!(c, '@' | '\u{ff20}' | '\u{fe6b}')
}

/// What a letter stands for in an address: itself, the sign in its place, or nothing.
fn seen(c: char) -> Option<char> {
    match c {
        c if is_at(c) => Some('@'),
        c if is_invisible(c) => None,
        c => Some(c),
    }
}

/// The part before the `@` as it goes over the wire. One that is an address in life and none by the letter of
/// RFC 5321 (`ada.`, `a..b`, which some mobile operators gave out) goes in quotes, which means the same.
fn quoted(user: &str) -> Option<Cow<'_, str>> {
    let is_atom = |c: char| c.is_ascii_alphanumeric() || !c.is_ascii() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    let is_seen = |c: char| !c.is_control() && !c.is_whitespace();
    if let Some(inside) = user.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        let mut letters = inside.chars();
        while let Some(c) = letters.next() {
            let escaped = if c == '\\' { letters.next()? } else { c };
            if (c == '"') || !(' '..='~').contains(&escaped) {
                return None;
            }
        }
        return (!inside.is_empty()).then_some(user.into());
    }
    if user.is_empty() || !user.chars().all(|c| (is_atom(c) && is_seen(c)) || c == '.') {
        return None;
    }
    let is_strict = user.split('.').all(|atom| !atom.is_empty());
    if is_strict { Some(user.into()) } else { user.is_ascii().then(|| format!("\"{user}\"").into()) }
}

/// A letter without a width, such as come along when an address is copied.
pub fn is_invisible(c: char) -> bool {
    is_unseen_in_addresses(c)
        || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_it_was_meant() {
        for (written, sent) in [
            ("ada@x.example", "ada@x.example"),
            (" ada@x.example\u{a0}", "ada@x.example"),
            ("ada8@x.example\u{200b}", "ada8@x.example"),
            ("\u{202a}ada@x.example\u{202c}", "ada@x.example"),
            ("jobs@bücher.example", "jobs@xn--bcher-kva.example"),
            ("jobs@Bu\u{308}cher.example", "jobs@xn--bcher-kva.example"),
            ("ada@例え。テスト", "ada@xn--r8jz45g.xn--zckzah"),
            ("Ada Byron <ada3@x.example>", "ada3@x.example"),
            ("\"Byron, Ada\" <ada3@x.example>", "ada3@x.example"),
            ("mailto:ada4@x.example", "ada4@x.example"),
            ("MAILTO:ada4@x.example?subject=Hi", "ada4@x.example"),
            ("<mailto:ada4@x.example>", "ada4@x.example"),
            ("ada.@docomo.example", "\"ada.\"@docomo.example"),
            ("a..b@docomo.example", "\"a..b\"@docomo.example"),
            ("\"ada byron\"@x.example", "\"ada byron\"@x.example"),
            ("jürgen@x.example", "jürgen@x.example"),
            ("ada+lever@x.example.", "ada+lever@x.example"),
            ("\u{3164}ada\u{fe0f}@x.example", "ada@x.example"),
            ("ada\u{ff20}x.example", "ada@x.example"),
            ("ada@x.example (home)", "ada@x.example"),
            ("'ada@x.example'", "ada@x.example"),
            ("\u{201c}ada@x.example\u{201d}", "ada@x.example"),
            ("Email: ada@x.example", "ada@x.example"),
            ("E-Mail : ada@x.example", "ada@x.example"),
            ("[ada@x.example](mailto:ada@x.example)", "ada@x.example"),
            ("o'neil'@x.example", "o'neil'@x.example"),
            ("Ada &lt;ada@x.example&gt;", "ada@x.example"),
            ("Ada &amp;lt;ada@x.example&amp;gt;", "ada@x.example"),
            ("&quot;Byron, Ada&quot; &#60;ada@x.example&#x3E;", "ada@x.example"),
            ("&nbsp;ada&#64;x.example&nbsp;", "ada@x.example"),
            ("a&amp;b@x.example", "a&b@x.example"),
            ("a&b@x.example", "a&b@x.example"),
            ("mailto:me%2Bx@x.example", "me+x@x.example"),
            ("mailto:ada%40x.example?subject=a%20b", "ada@x.example"),
            ("<MAILTO:%22ada%20byron%22@x.example>", "\"ada byron\"@x.example"),
            ("[Ada](mailto:me%2bx@x.example)", "me+x@x.example"),
            ("mailto:jobs@b%C3%BCcher.example", "jobs@xn--bcher-kva.example"),
            ("mailto:ada@x.example%20", "ada@x.example"),
            ("me%2Bx@x.example", "me%2Bx@x.example"),
            ("ada@x_y.example", "ada@x_y.example"),
            ("ada@[192.0.2.1]", "ada@[192.0.2.1]"),
        ] {
            assert_eq!(parse(written).map(|a| a.to_string()).as_deref(), Some(sent), "{written}");
        }
        for none in [
            "",
            "ada",
            "ada(at)x.example",
            "@x.example",
            "ada@",
            "ada byron@x.example",
            "ada@x.example, eve@x.example",
            "ada@x.example\r\nBcc: eve@x.example",
            "\"a\"b\"@x.example",
            "\"a\r\nb\"@x.example",
            "ada@x..example",
            "ada@x_y z.example",
            "Ada <ada@x.example",
            "ada@x.example or eve@x.example",
            "ada@x.example (not eve@x.example)",
            "Bcc: eve@x.example",
            "ada@x.example/eve@x.example",
            "ada@x.example&gt",
            "ada@x.example&more",
            "ada@x.example%20",
            "ada@x.example!",
            "ada@x.ex'ample",
            "ada@x.example>",
            "ada@x.example=",
            "ada@x.example#top",
            "ada@-x.example",
            "ada@x-.example",
            "ada@.x.example",
            "mailto:",
            "mailto:ada%0D%0ABcc:eve@x.example",
            "mailto:ada%ffx@x.example",
            "mailto:ada@x.example%2Ceve@x.example",
        ] {
            assert_eq!(parse(none), None, "{none}");
        }
        assert_eq!(parse(&format!("{}@x.example", "a".repeat(65))), None);
    }

    #[test]
    fn the_first_good_address_is_taken() {
        for (fields, best_one) in [
            (&["ada(at)x.example", "ada2@x.example"][..], "ada2@x.example"),
            (&["ada5@x.example; ada6@x.example"], "ada5@x.example"),
            (&["none / ada, ada6@x.example"], "ada6@x.example"),
            (&["ada5@x.example / ada6@x.example"], "ada5@x.example"),
            (&["ada5@x.example or ada6@x.example"], "ada5@x.example"),
            (&["ada5@x.example ada6@x.example"], "ada5@x.example"),
            (&["Ada ada(at)x.example", "ada\u{ff20}x.example (home)"], "ada@x.example"),
            (&["jürgen@x.example", "juergen@x.example"], "juergen@x.example"),
            (&["jürgen@x.example"], "jürgen@x.example"),
            (&["Ada <ada@x.example>"], "ada@x.example"),
            (&["Ada &lt;ada@x.example&gt;"], "ada@x.example"),
            (&["&lt;ada@x.example&gt;; &lt;eve@x.example&gt;"], "ada@x.example"),
            (&["mailto:me%2Bx@x.example"], "me+x@x.example"),
            (&["ada@x.example&gt", "ada2@x.example"], "ada2@x.example"),
            (&["", "  ", "see CV"], "see CV"),
            (&[], ""),
        ] {
            assert_eq!(best(fields.iter().copied()), best_one, "{fields:?}");
        }
    }

    #[test]
    fn each_address_is_named_once() {
        for (fields, named) in [
            (
                &["jürgen@x.example", "a@x.example, B@x.example", "b@X.example"][..],
                &["a@x.example", "B@x.example", "jürgen@x.example"][..],
            ),
            (&["see CV", "", "Ada <mailto:ada@x.example>"], &["ada@x.example"]),
            (&["Ada &lt;ada@x.example&gt;", "mailto:ada%40x.example"], &["ada@x.example"]),
            (&["jobs@bücher.example", "jobs@xn--bcher-kva.example"], &["jobs@bücher.example"]),
            (&[], &[]),
        ] {
            assert_eq!(all(fields.iter().copied()), named, "{fields:?}");
        }
    }

    #[test]
    fn one_domain_is_one_text() {
        assert_eq!(with_ascii_domain("jobs@bücher.example"), "jobs@xn--bcher-kva.example");
        for same in ["ada@x.example", "no address", "a@b@c", ""] {
            assert_eq!(with_ascii_domain(same), same);
        }
    }
}
