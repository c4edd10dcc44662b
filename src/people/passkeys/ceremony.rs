//! What is asked of a passkey and what it answers (Web Authentication, level 3), without the database. What a session keeps
//! of it until the answer is sealed, and good for five minutes.

use crate::ids::UserId;
use crate::time::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::Duration;
use url::Url;
use webauthn_rs::Webauthn;
use webauthn_rs::prelude::{
    AuthenticationResult, CreationChallengeResponse, CredentialID, DiscoverableAuthentication, Passkey,
    PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, Uuid, WebauthnBuilder,
    WebauthnError,
};

/// An answer must come so soon.
const GOOD_FOR: Duration = Duration::from_secs(300);

/// What devices call the portal.
const CALLED: &str = "Alva";

/// The portal, as passkeys know it: by the name in its address. A passkey made for one name answers no other.
pub struct RelyingParty(Webauthn);

/// Why an answer is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is none, or no passkey that is known here is its.
    Unknown,
    /// The passkey is another person's.
    NotTheirs,
    /// The question is older than five minutes, or the session asked none.
    TooLate,
    /// The question was answered before.
    Again,
    /// It was made on a page of another address.
    Origin,
    /// The passkey counted back: there may be a copy of it.
    Copied,
    /// The signature does not fit, the device did not look who is there, or something else of the kind.
    Wrong,
}

impl Refusal {
    fn from_cause(cause: &WebauthnError) -> Self {
        match cause {
            WebauthnError::InvalidRPOrigin
            | WebauthnError::InvalidRPIDHash
            | WebauthnError::CredentialCrossOrigin => Self::Origin,
            WebauthnError::CredentialPossibleCompromise => Self::Copied,
            _ => Self::Wrong,
        }
    }

    /// For the person at the page.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Unknown => {
                "The portal does not know this passkey. It may have been removed: log in in another way, and remove it \
                 from the device."
            }
            Self::NotTheirs => "This passkey is another person's.",
            Self::TooLate | Self::Again => "That took too long, or was already used. Try again.",
            Self::Origin => {
                "This passkey was used on a page at another address. Open the portal at its own address."
            }
            Self::Copied => {
                "This passkey was refused: there may be a copy of it. Log in in another way, remove it, and add a new one."
            }
            Self::Wrong => "This passkey was refused. Try again, or log in in another way.",
        }
    }
}

/// A new passkey that a session waits for.
#[derive(Serialize, Deserialize)]
pub struct NewPasskey {
    /// What the browser is asked, as its script takes it.
    pub options: Value,
    state: PasskeyRegistration,
    /// What the person calls it.
    pub name: String,
    /// Where to go on.
    pub next: String,
    asked_at: Timestamp,
}

/// A question to the passkeys of whoever answers, that a session waits for.
#[derive(Serialize, Deserialize)]
pub struct Question {
    state: DiscoverableAuthentication,
    challenge: String,
    asked_at: Timestamp,
}

/// What a browser sent: the answer of a device.
pub struct Answer(PublicKeyCredential);

impl Answer {
    /// Reads it; `None` when it is none.
    pub fn parse(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok().map(Self)
    }

    pub(super) fn credential(&self) -> &[u8] {
        &self.0.raw_id
    }

    /// Whose passkey it is, as the device says.
    pub(super) fn user(&self) -> Option<Uuid> {
        self.0.get_user_unique_id().and_then(|handle| Uuid::from_slice(handle).ok())
    }
}

/// How a device knows a person: by their id, which says nothing of them.
pub(super) fn handle(user: &UserId) -> Uuid {
    Uuid::try_parse(user.as_str()).unwrap_or_default()
}

fn is_late(asked_at: Timestamp) -> bool {
    asked_at.plus(GOOD_FOR) <= Timestamp::now()
}

impl RelyingParty {
    /// The portal at this address. `None`: browsers make no passkeys for it, since it is a number and no name, or without
    /// TLS and elsewhere than on this machine.
    pub fn at(base_url: &Url) -> Option<Self> {
        let name = base_url.domain()?;
        let is_here = name == "localhost" || name.ends_with(".localhost");
        if base_url.scheme() != "https" && !is_here {
            return None;
        }
        let builder = WebauthnBuilder::new(name, base_url).ok()?;
        builder.rp_name(CALLED).timeout(GOOD_FOR).build().ok().map(Self)
    }

    /// Asks for a new passkey. `known`: those that the person has; a device makes no second one.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn ask_for_new(
        &self,
        user: UserId,
        (email, called): (&str, &str),
        known: Vec<CredentialID>,
        name: String,
        next: String,
    ) -> Result<NewPasskey, WebauthnError> {
        let begun = self.0.start_passkey_registration(handle(&user), email, called, Some(known));
        let (asked, state): (CreationChallengeResponse, _) = begun?;
        let mut options = serde_json::to_value(asked)?;
        // The log-in asks for no address before the passkey, so the device has to know for whom it is.
        let selection = &mut options["publicKey"]["authenticatorSelection"];
        selection["residentKey"] = json!("required");
        selection["requireResidentKey"] = json!(true);
        Ok(NewPasskey { options, state, name, next, asked_at: Timestamp::now() })
    }

    /// The passkey in what the browser sent.
    ///
    /// # Errors
    /// Says why it is not taken.
    pub fn made(&self, asked: &NewPasskey, json: &str) -> Result<Passkey, Refusal> {
        if is_late(asked.asked_at) {
            return Err(Refusal::TooLate);
        }
        let made: RegisterPublicKeyCredential = serde_json::from_str(json).map_err(|_| Refusal::Wrong)?;
        self.0.finish_passkey_registration(&made, &asked.state).map_err(|cause| Refusal::from_cause(&cause))
    }

    /// Asks a passkey who is there; one of these, or any where there are none. Answers what the browser is asked.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn ask(&self, of: &[CredentialID]) -> Result<(Value, Question), WebauthnError> {
        let (asked, state) = self.0.start_discoverable_authentication()?;
        let challenge = URL_SAFE_NO_PAD.encode(&asked.public_key.challenge);
        // Without `mediation`: a button asks, and no list below a field.
        let mut options = json!({ "publicKey": asked.public_key });
        let allowed = |id: &CredentialID| json!({ "type": "public-key", "id": URL_SAFE_NO_PAD.encode(id) });
        options["publicKey"]["allowCredentials"] = of.iter().map(allowed).collect();
        Ok((options, Question { state, challenge, asked_at: Timestamp::now() }))
    }

    pub(super) fn check(
        &self,
        question: &Question,
        answer: &Answer,
        passkey: &Passkey,
    ) -> Result<AuthenticationResult, Refusal> {
        if is_late(question.asked_at) {
            return Err(Refusal::TooLate);
        }
        let checked =
            self.0.finish_discoverable_authentication_v2(&answer.0, question.state.clone(), passkey);
        checked.map_err(|cause| Refusal::from_cause(&cause))
    }
}

impl Question {
    /// By what it is known once it was answered.
    pub(super) fn challenge(&self) -> &str {
        &self.challenge
    }

    /// When no answer to a question of now is taken any more.
    pub(super) fn kept_until(now: Timestamp) -> Timestamp {
        now.minus(GOOD_FOR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_are_for_names_that_browsers_trust() {
        for good in ["https://alva.example", "https://alva.example:8443", "http://localhost:8080"] {
            assert!(RelyingParty::at(&Url::parse(good).expect("an address")).is_some(), "{good}");
        }
        for none in
            ["https://192.0.2.7", "http://127.0.0.1:8080", "http://alva.example", "https://[2001:db8::1]"]
        {
            assert!(RelyingParty::at(&Url::parse(none).expect("an address")).is_none(), "{none}");
        }
    }
}
