//! A single text found in a document that can't be read.

/// The shortest text that is taken: what is shorter is more likely to be a part of something else.
const SHORTEST: usize = 8;
/// No text is looked for beyond so many bytes.
const LONGEST: usize = 16 * 1024;

/// The text beside a name, wherever the two stand: `"name":"text"`, also with escaped or single quotes,
/// or `name=text`. None when there is none of at least 8 characters that is whole.
pub(crate) fn named(document: &str, name: &str) -> Option<String> {
    let mut found = document.match_indices(name).filter_map(|(at, _)| {
        let is_whole = !document[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        is_whole.then(|| beside(&document[at + name.len()..])).flatten()
    });
    found.find(|text| text.len() >= SHORTEST)
}

/// The text that follows on a name's end.
fn beside(rest: &str) -> Option<String> {
    let end = (0..=rest.len().min(LONGEST)).rev().find(|at| rest.is_char_boundary(*at)).unwrap_or(0);
    let is_cut = end < rest.len();
    let rest = rest[..end].trim_start_matches(['\\', '"', '\'']).trim_start();
    let value = rest.strip_prefix([':', '='])?.trim_start();
    let quoted = value.trim_start_matches('\\');
    let text = match quoted.strip_prefix(['"', '\'']) {
        Some(text) => {
            let end = text.find(['"', '\''])?;
            // Where no value can end, a quote stands within it: what is before it is a part.
            let after = text[end + 1..].trim_start();
            if !after.is_empty() && !after.starts_with([',', '}', ']', ';', '\\', '"', '\'', '<', '&']) {
                return None;
            }
            // An escaped quote ends with its backslash; a token holds neither.
            text[..end].trim_end_matches('\\')
        }
        None if rest.starts_with('=') => {
            let end = value.find(|c: char| c == '&' || c.is_whitespace());
            &value[..end.or((!is_cut).then_some(value.len()))?]
        }
        None => return None,
    };
    Some(text.replace("\\/", "/"))
}
