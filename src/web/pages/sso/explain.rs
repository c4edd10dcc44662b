//! Why somebody was not let in by single sign-on, in words that say what to do.

use crate::sso::{ProviderError, SsoError};
use crate::web::PageError;
use actix_web::http::StatusCode;

/// A provider's words are shown up to this length.
const LONGEST: usize = 300;

/// What happened, and what to do about it.
pub(super) struct Explanation {
    pub status: StatusCode,
    pub title: &'static str,
    pub text: String,
}

/// In words. `provider`: what people call it.
///
/// # Errors
/// What is the portal's own fault.
pub(super) fn explain(cause: SsoError, provider: &str) -> Result<Explanation, PageError> {
    let say = |status, title, text: String| Ok(Explanation { status, title, text });
    match cause {
        SsoError::NotInUse | SsoError::Overtaken => say(
            StatusCode::CONFLICT,
            "Single sign-on was changed in the meantime",
            "Its settings were changed or turned off while you were at the provider. Log in again.".to_owned(),
        ),
        SsoError::Unknown => say(
            StatusCode::BAD_REQUEST,
            "This log-in has expired or was already used",
            "The provider's answer does not match a log-in started in this browser. This happens with an old bookmark, \
             another browser or the back button. Start again."
                .to_owned(),
        ),
        SsoError::Expired => say(
            StatusCode::GONE,
            "That took too long",
            "More than ten minutes passed between the log-in page and the provider's answer. Start again.".to_owned(),
        ),
        SsoError::Denied(said) => say(
            StatusCode::FORBIDDEN,
            "The provider did not let you in",
            format!(
                "{provider} said “{}”. Ask the people who run it whether you are allowed to use this application.",
                short(&said)
            ),
        ),
        SsoError::OtherIssuer => say(
            StatusCode::BAD_REQUEST,
            "This answer is not from your provider",
            "It names another provider, so it was not used. Start again. If it happens again, tell an admin of your company."
                .to_owned(),
        ),
        SsoError::Provider(cause) => say(StatusCode::BAD_GATEWAY, "The provider can't be reached", asked(&cause, provider)),
        SsoError::CodeRefused(said) => say(
            StatusCode::BAD_GATEWAY,
            "The provider refused the portal",
            format!(
                "{provider} said “{}”. Usually the client secret is wrong or has expired. An admin of your company \
                 can correct it on the page Single sign-on.",
                short(&said)
            ),
        ),
        SsoError::BadToken(why) => say(
            StatusCode::FORBIDDEN,
            "The provider's answer is not valid",
            format!("The ID token is not valid: {}. Nobody was logged in. Tell an admin of your company.", short(&why)),
        ),
        SsoError::NotFresh => say(
            StatusCode::FORBIDDEN,
            "The provider did not ask who you are",
            format!(
                "{provider} does not say that you entered your password just now. Log out and log in again, or confirm \
                 in another way."
            ),
        ),
        SsoError::OtherPerson => say(
            StatusCode::FORBIDDEN,
            "You logged in as another person",
            format!("Log in at {provider} with the account that you use here."),
        ),
        SsoError::NoAddress => say(
            StatusCode::FORBIDDEN,
            "The provider did not send your address",
            format!(
                "{provider} sent no email address, which is needed at the first log-in. An admin there can let this \
                 application read it (the scope “email”)."
            ),
        ),
        SsoError::Unverified(address) => say(
            StatusCode::FORBIDDEN,
            "Your address is not verified",
            format!(
                "{provider} has not verified {address}, so you can't log in. Verify the address there. In Microsoft Entra, an \
                 admin adds the optional claim xms_edov to the ID token of this application."
            ),
        ),
        SsoError::OtherDomain(address) => say(
            StatusCode::FORBIDDEN,
            "Your address is not in this company's domains",
            format!(
                "{address} is in a domain that can't log in here. Log in at {provider} with your company's account, or ask an \
                 admin to add the domain."
            ),
        ),
        SsoError::InUseElsewhere => say(
            StatusCode::FORBIDDEN,
            "You cannot log in to this company",
            "Your address is already used to log in to another company, and an address can only log in to one. Ask an \
             admin of that company to remove you from its team, or use another address."
                .to_owned(),
        ),
        SsoError::OtherAccount => say(
            StatusCode::FORBIDDEN,
            "You are linked with another account",
            format!(
                "Someone with your address has logged in here with another account at {provider}. If you have a new account \
                 there, an admin of your company can unlink the old one on the page Single sign-on."
            ),
        ),
        SsoError::Removed => say(
            StatusCode::FORBIDDEN,
            "You are no longer in the team",
            "An admin of your company removed you. They can invite you again.".to_owned(),
        ),
        SsoError::NoRole => say(
            StatusCode::FORBIDDEN,
            "You have no role here",
            format!(
                "You are in none of the groups at {provider} that have a role here. Ask an admin of your company to \
                 add you to one."
            ),
        ),
        SsoError::TooManyGroups => say(
            StatusCode::FORBIDDEN,
            "You are in too many groups",
            format!(
                "{provider} left out the list of your groups because it is too long, so your role is unknown. An admin there \
                 can make it send only the groups assigned to this application, or app roles."
            ),
        ),
        SsoError::People(cause) => Err(cause.into()),
        SsoError::Seal(cause) => Err(PageError::internal(cause)),
        SsoError::Db(cause) => Err(cause.into()),
    }
}

fn asked(cause: &ProviderError, provider: &str) -> String {
    match cause {
        ProviderError::Address(address, why) => {
            format!("The portal may not call the address {}: {}", short(address), why.sentence())
        }
        ProviderError::Unreachable(host, why) => {
            format!("{host} does not answer ({}). Try again in a few minutes.", short(why))
        }
        ProviderError::Odd(why) => {
            format!("The portal does not understand the answer of {provider}: {}.", short(why))
        }
    }
}

/// What somebody else wrote, on one line that is not too long.
fn short(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect();
    line.trim().trim_end_matches('.').to_owned()
}
