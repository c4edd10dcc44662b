//! Filters that several lists have.

use utoipa::ToSchema;

use super::caller::Caller;
use super::error::ApiError;
use super::params::Params;

/// Which of confidential and other things a list holds.
#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
#[expect(dead_code, reason = "describes the parameter; `confidentiality` reads it")]
pub enum Confidentiality {
    Confidential,
    NonConfidential,
    All,
}

/// Reads `…_start` and `…_end`: from and to, both included.
pub fn range(params: &Params, name: &str) -> Result<Option<(i64, i64)>, ApiError> {
    let start = params.number(&format!("{name}_start"))?;
    let end = params.number(&format!("{name}_end"))?;
    Ok(match (start, end) {
        (None, None) => None,
        (start, end) => Some((start.unwrap_or(i64::MIN), end.unwrap_or(i64::MAX))),
    })
}

/// Whether a time is in a range; everything is, when there is no range.
pub fn within(range: Option<(i64, i64)>, at: i64) -> bool {
    range.is_none_or(|(start, end)| (start..=end).contains(&at))
}

/// Reads `confidentiality`: whether to keep to one kind. Who may not see confidential
/// things never gets any.
pub fn confidentiality(params: &Params, caller: &Caller) -> Result<Option<bool>, ApiError> {
    let wanted = match params.get("confidentiality") {
        None | Some("non-confidential") => Some(false),
        Some("confidential") => Some(true),
        Some("all") => None,
        Some(other) => {
            return Err(ApiError::bad(format!(
                "Invalid parameter: confidentiality must be confidential, non-confidential \
                 or all, not {other}"
            )));
        }
    };
    match wanted {
        Some(true) if !caller.sees(true) => {
            Err(ApiError::forbidden("The access token lacks the scope confidential:access:admin"))
        }
        None if !caller.sees(true) => Ok(Some(false)),
        wanted => Ok(wanted),
    }
}
