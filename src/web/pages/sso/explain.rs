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
            "Single sign-on was changed meanwhile",
            "Its settings were changed or turned off while you were at the provider. Log in again.".to_owned(),
        ),
        SsoError::Unknown => say(
            StatusCode::BAD_REQUEST,
            "This log-in has expired or was already used",
            "The provider's answer belongs to no log-in that was begun in this browser. That happens with an old \
             bookmark, another browser, or the back button. Begin again."
                .to_owned(),
        ),
        SsoError::Expired => say(
            StatusCode::GONE,
            "That took too long",
            "More than ten minutes passed between the log-in page and the provider's answer. Begin again.".to_owned(),
        ),
        SsoError::Denied(said) => say(
            StatusCode::FORBIDDEN,
            "The provider did not let you in",
            format!(
                "{provider} said “{}”. Ask the people who run it whether you may use this application.",
                short(&said)
            ),
        ),
        SsoError::OtherIssuer => say(
            StatusCode::BAD_REQUEST,
            "This answer is not from the provider that was asked",
            "It names another provider, so it was not used. Begin again. If it happens again, tell an admin of your \
             company."
                .to_owned(),
        ),
        SsoError::Provider(cause) => say(StatusCode::BAD_GATEWAY, "The provider cannot be asked", asked(&cause, provider)),
        SsoError::CodeRefused(said) => say(
            StatusCode::BAD_GATEWAY,
            "The provider refused the portal",
            format!(
                "{provider} said “{}”. Most often the client secret is not right or has expired. An admin of your \
                 company can correct it on the page Single sign-on.",
                short(&said)
            ),
        ),
        SsoError::BadToken(why) => say(
            StatusCode::FORBIDDEN,
            "The provider's answer is not to be believed",
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
            "The provider does not say your address",
            format!(
                "{provider} sent no email address, and by it you are found the first time. An admin there lets this \
                 application read it (the scope “email”)."
            ),
        ),
        SsoError::Unverified(address) => say(
            StatusCode::FORBIDDEN,
            "Your address is not verified",
            format!(
                "{provider} does not vouch for {address}, so you are not let in. Verify the address there. In \
                 Microsoft Entra an admin adds the optional claim xms_edov to the ID token of this application."
            ),
        ),
        SsoError::OtherDomain(address) => say(
            StatusCode::FORBIDDEN,
            "Your address is not one of this company",
            format!(
                "{address} is of a domain that is not let in here. Log in at {provider} with your company's account, \
                 or have an admin add the domain."
            ),
        ),
        SsoError::InUseElsewhere => say(
            StatusCode::FORBIDDEN,
            "You cannot log in to this company",
            "You log in to another company with your address already, and an address can log in to one company only. \
             Have an admin of that company remove you from its team, or use another address."
                .to_owned(),
        ),
        SsoError::OtherAccount => say(
            StatusCode::FORBIDDEN,
            "You are linked with another account",
            format!(
                "Someone with your address logged in here before with another account at {provider}. If you have a new \
                 account there, an admin of your company unlinks the old one on the page Single sign-on."
            ),
        ),
        SsoError::Removed => say(
            StatusCode::FORBIDDEN,
            "You are not in the team any more",
            "An admin of your company removed you. They can invite you again.".to_owned(),
        ),
        SsoError::NoRole => say(
            StatusCode::FORBIDDEN,
            "No role is set for you",
            format!(
                "You are in none of the groups at {provider} that have a role here. Ask an admin of your company to \
                 add you to one."
            ),
        ),
        SsoError::TooManyGroups => say(
            StatusCode::FORBIDDEN,
            "You are in too many groups",
            format!(
                "{provider} sent no list of your groups, because it is too long, so your role is not known. An admin \
                 there has it send only the groups that are assigned to this application, or app roles."
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
            format!("The address {} may not be called: {}", short(address), why.sentence())
        }
        ProviderError::Unreachable(host, why) => {
            format!("{host} does not answer ({}). Try again in a few minutes.", short(why))
        }
        ProviderError::Odd(why) => {
            format!("{provider} answers in a way that the portal does not understand: {}.", short(why))
        }
    }
}

/// What somebody else wrote, on one line that is not too long.
fn short(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect();
    line.trim().trim_end_matches('.').to_owned()
}
