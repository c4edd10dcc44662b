//! Signing tokens as people paste them.

use super::tokens::SigningToken;
use crate::ids::SigningTokenId;
use crate::secrets::{SealError, Sealer};
use secrecy::{ExposeSecret as _, SecretString};

/// The shortest text that is taken for a token.
const SHORTEST_TOKEN: usize = 8;

/// The longest.
const LONGEST_TOKEN: usize = 255;

/// More tokens than an account has webhooks, several times over.
pub(in crate::integrations) const MOST_TOKENS: usize = 20;

/// What becomes of the tokens.
#[derive(Debug, Default)]
pub(in crate::integrations) struct TokenChange {
    /// To be added.
    pub(in crate::integrations) new: Vec<SecretString>,
    /// So many of those pasted are stored already.
    pub(in crate::integrations) known: usize,
    /// To be removed.
    pub(in crate::integrations) removed: Vec<SigningTokenId>,
}

impl TokenChange {
    /// What these tokens, to add and to remove, change about those that are stored.
    ///
    /// # Errors
    /// When a stored token does not open.
    pub(in crate::integrations) fn of(
        sealer: &Sealer,
        stored: &[SigningToken],
        pasted: &[SecretString],
        remove: &[SigningTokenId],
    ) -> Result<Self, SealError> {
        let opened = stored.iter().map(|token| token.open(sealer)).collect::<Result<Vec<_>, _>>()?;
        let is_stored = |token: &SecretString| {
            opened.iter().any(|stored| stored.expose_secret() == token.expose_secret())
        };
        let (known, new): (Vec<_>, Vec<_>) = pasted.iter().cloned().partition(is_stored);
        let removed = stored.iter().map(|token| token.id).filter(|id| remove.contains(id)).collect();
        Ok(Self { new, known: known.len(), removed })
    }
}

/// The tokens in a pasted text: Lever's have no white space, so white space and commas separate
/// them. Marks that copying leaves behind (byte order marks, zero-width spaces) are dropped.
pub(in crate::integrations) fn pasted_tokens(text: &str) -> Result<Vec<SecretString>, String> {
    let is_mark = |c: char| matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}');
    let text: String = text.chars().filter(|c| !is_mark(*c)).collect();
    let mut found: Vec<String> = Vec::new();
    for token in text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';')).filter(|t| !t.is_empty()) {
        let length = token.chars().count();
        if length < SHORTEST_TOKEN {
            return Err(format!(
                "One of the tokens has {length} characters, which is too short. Copy the whole token from Lever."
            ));
        }
        if length > LONGEST_TOKEN {
            return Err(format!(
                "One of the tokens has {length} characters, which is too long. Copy only the token from Lever."
            ));
        }
        if !token.chars().all(|c| c.is_ascii_graphic()) {
            return Err("One of the tokens contains characters that Lever's tokens don't have.".into());
        }
        if found.iter().all(|known| known != token) {
            found.push(token.to_owned());
        }
    }
    if found.len() > MOST_TOKENS {
        return Err(format!("You pasted {} tokens, but at most {MOST_TOKENS} can be saved.", found.len()));
    }
    Ok(found.into_iter().map(SecretString::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_found_in_whatever_is_pasted() {
        let read = |pasted: &str| {
            let tokens = pasted_tokens(pasted)?;
            Ok::<_, String>(tokens.iter().map(|token| token.expose_secret().to_owned()).collect::<Vec<_>>())
        };
        let two = Ok(vec!["0f3b7c21d5a9".to_owned(), "4e6688aa0f3b".to_owned()]);
        for pasted in [
            "0f3b7c21d5a9\n4e6688aa0f3b",
            "  0f3b7c21d5a9 \r\n\r\n\t4e6688aa0f3b\u{a0}",
            "\u{feff}0f3b7c21d5a9, 4e6688aa0f3b\u{200b}",
            "0f3b7c21d5a9\n4e6688aa0f3b\n0f3b7c21d5a9",
        ] {
            assert_eq!(read(pasted), two, "{pasted:?}");
        }
        assert_eq!(read(" \n "), Ok(vec![]));
        assert!(pasted_tokens("short").is_err());
        assert!(pasted_tokens(&"x".repeat(256)).is_err());
        assert!(pasted_tokens("0f3b7c21d5a9é").is_err());
    }
}
