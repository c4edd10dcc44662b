//! The few words that may be shown of an answer: those that Lever's wire notes fix.
//! Anything else counts as [`ANOTHER`] and stays unsaid.

use std::collections::BTreeSet;

use super::suite::{ANSWERED, CREATED, NOTE_ANSWERED, WEBHOOK_ANSWERED};

/// Stands for any text outside the vocabulary.
pub(super) const ANOTHER: &str = "another";

/// Which words may be kept of the texts of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Vocabulary {
    /// Not one.
    None,
    /// The codes and known phrases of errors.
    Errors,
    /// The words of an object of this kind.
    Kind(&'static str),
}

impl Vocabulary {
    /// Adds the words that `text` has at this place.
    pub fn read(self, path: &str, text: &str, words: &mut BTreeSet<&'static str>) {
        match (self, path) {
            (Self::Errors, "code" | "error") => {
                words.insert(known(ERROR_CODES, text));
            }
            (Self::Errors, "message" | "error_description") => {
                words.extend(PHRASES.iter().filter(|phrase| text.contains(**phrase)));
            }
            (Self::Kind(kind), path) => {
                let place = PLACES.iter().find(|place| place.path == path && place.kinds.contains(&kind));
                if let Some(place) = place {
                    words.insert(known(place.words, text));
                }
            }
            _ => {}
        }
    }
}

/// The word itself, when it is one of `words`.
pub(super) fn known(words: &'static [&'static str], text: &str) -> &'static str {
    words.iter().find(|word| **word == text).copied().unwrap_or(ANOTHER)
}

/// The error codes that Lever and servers made like it use, by Lever's documentation,
/// recorded answers and the names that go with HTTP's statuses.
const ERROR_CODES: &[&str] = &[
    "AccessDenied",
    "BadGateway",
    "BadGatewayError",
    "BadMethod",
    "BadRequest",
    "BadRequestError",
    "Conflict",
    "ConflictError",
    "Forbidden",
    "ForbiddenError",
    "GatewayTimeout",
    "GatewayTimeoutError",
    "GoneError",
    "InternalError",
    "InternalServerError",
    "InvalidArgument",
    "InvalidContent",
    "InvalidCredentials",
    "InvalidHeader",
    "InvalidParameter",
    "InvalidRequest",
    "InvalidVersion",
    "MethodNotAllowed",
    "MethodNotAllowedError",
    "MissingParameter",
    "NotAcceptableError",
    "NotAuthorized",
    "NotFound",
    "NotFoundError",
    "NotImplementedError",
    "PreconditionFailed",
    "RequestEntityTooLarge",
    "RequestEntityTooLargeError",
    "RequestExpired",
    "RequestThrottled",
    "RequestTimeout",
    "RequestTimeoutError",
    "ResourceNotFound",
    "ServiceUnavailable",
    "ServiceUnavailableError",
    "TooManyRequests",
    "TooManyRequestsError",
    "Unauthorized",
    "UnauthorizedError",
    "UnprocessableEntity",
    "UnprocessableEntityError",
    "UnsupportedMediaType",
    "UnsupportedMediaTypeError",
    "ValidationError",
    "access_denied",
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_token",
    "too_many_requests",
    "unauthorized",
];

/// What clients look for in the message of an error.
const PHRASES: &[&str] =
    &["Invalid offset token", "Missing required parameter", "is not expandable", "not found", "signing key"];

/// Where an object has a word of a fixed vocabulary.
struct Place {
    kinds: &'static [&'static str],
    path: &'static str,
    words: &'static [&'static str],
}

const fn place(kinds: &'static [&'static str], path: &'static str, words: &'static [&'static str]) -> Place {
    Place { kinds, path, words }
}

const OPPORTUNITIES: &[&str] = &["opportunity", "deleted opportunity", CREATED, ANSWERED];
const CONFIDENTIAL: &[&str] =
    &["opportunity", "deleted opportunity", CREATED, ANSWERED, "posting", "requisition"];
const NOTES: &[&str] = &["note", NOTE_ANSWERED];
const WEBHOOKS: &[&str] = &["webhook", WEBHOOK_ANSWERED];
const PHONES: &[&str] = &["mobile", "home", "work", "skype", "other"];
const ORIGINS: &[&str] = &["applied", "sourced", "referred", "university", "agency", "internal"];

const PLACES: &[Place] = &[
    place(CONFIDENTIAL, "confidentiality", &["confidential", "non-confidential"]),
    place(OPPORTUNITIES, "origin", ORIGINS),
    place(OPPORTUNITIES, "phones[].type", PHONES),
    place(&["contact"], "phones[].type", PHONES),
    place(&["application"], "type", &["posting", "referral", "user"]),
    place(&["posting"], "state", &["published", "internal", "closed", "draft", "pending", "rejected"]),
    place(&["posting"], "distributionChannels[]", &["public", "internal", "external"]),
    place(&["posting"], "workplaceType", &["onsite", "on-site", "remote", "hybrid", "unspecified"]),
    place(&["requisition"], "status", &["open", "onHold", "closed", "draft"]),
    place(&["archive reason"], "status", &["active", "inactive"]),
    place(&["archive reason"], "type", &["hired", "non-hired"]),
    place(
        &["user"],
        "accessRole",
        &["super admin", "admin", "team member", "limited team member", "interviewer"],
    ),
    place(NOTES, "text", &["Note"]),
    place(NOTES, "fields[].text", &["Comment", "Rating"]),
    place(NOTES, "fields[].type", &["note", "score"]),
    place(WEBHOOKS, "configuration.conditions.origins[]", ORIGINS),
    place(
        WEBHOOKS,
        "event",
        &[
            "applicationCreated",
            "candidateArchiveChange",
            "candidateDeleted",
            "candidateHired",
            "candidateStageChange",
            "contactCreated",
            "contactUpdated",
            "interviewCreated",
            "interviewDeleted",
            "interviewUpdated",
        ],
    ),
];

/// What the body of an answer says it is, by its `Content-Type`.
pub(super) fn media(value: Option<&str>) -> &'static str {
    const KNOWN: &[&str] = &[
        "application/json",
        "application/json; charset=utf-8",
        "application/octet-stream",
        "application/pdf",
        "application/problem+json",
        "text/html",
        "text/html; charset=utf-8",
        "text/plain",
        "text/plain; charset=utf-8",
    ];
    let Some(value) = value else {
        return "missing";
    };
    let plain = value.to_ascii_lowercase().replace("; ", ";").replace(';', "; ");
    known(KNOWN, &plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(vocabulary: Vocabulary, path: &str, text: &str) -> Vec<&'static str> {
        let mut words = BTreeSet::new();
        vocabulary.read(path, text, &mut words);
        words.into_iter().collect()
    }

    #[test]
    fn only_words_of_the_vocabulary_are_kept() {
        assert_eq!(words(Vocabulary::Errors, "code", "NotFoundError"), ["NotFoundError"]);
        assert_eq!(words(Vocabulary::Errors, "code", "Dana"), [ANOTHER]);
        assert_eq!(words(Vocabulary::Errors, "message", "User Dana was not found"), ["not found"]);
        assert_eq!(words(Vocabulary::Errors, "data", "Dana"), [] as [&str; 0]);
        assert_eq!(words(Vocabulary::Kind("opportunity"), "origin", "applied"), ["applied"]);
        assert_eq!(words(Vocabulary::Kind("opportunity"), "origin", "Dana"), [ANOTHER]);
        assert_eq!(words(Vocabulary::Kind("opportunity"), "name", "applied"), [] as [&str; 0]);
        assert_eq!(words(Vocabulary::None, "origin", "applied"), [] as [&str; 0]);
    }

    #[test]
    fn media_types_are_known_in_any_spelling() {
        assert_eq!(media(Some("Application/JSON;charset=UTF-8")), "application/json; charset=utf-8");
        assert_eq!(media(Some("application/dana")), ANOTHER);
        assert_eq!(media(None), "missing");
    }
}
