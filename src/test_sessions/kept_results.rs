//! Results as the database keeps them: sealed, each for its row, as the answers are.

use super::AnswersError;
use crate::db::schema::{sittings, verifications};
use crate::db::{Conn, Db, DbResult};
use crate::ids::InvitationId;
use crate::secrets::{Sealed, Sealer};
use assessment::provider::TestResult;
use diesel::prelude::*;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// So many results of an earlier version are sealed in one transaction.
const AT_ONCE: i64 = 500;

/// Before every id: with it SQLite searches the index of what is not sealed, and scans nothing.
const FIRST: &str = "";

/// What belongs to an invitation, and is sealed for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SealedPart {
    /// The result.
    Result,
    /// What the candidate says who asks for a person to look at it.
    Review,
    /// The score of the verification test.
    Verification,
}

impl SealedPart {
    fn place(self, id: &InvitationId) -> String {
        let column = match self {
            Self::Result => "sittings.result",
            Self::Review => "sittings.review",
            Self::Verification => "verifications.result",
        };
        format!("{column}:{id}")
    }

    /// Seals a text.
    pub(super) fn seal_text(self, sealer: &Sealer, id: &InvitationId, text: String) -> Sealed {
        sealer.seal(&SecretString::from(text), &self.place(id))
    }

    /// Seals a value as JSON.
    pub(super) fn seal<T: Serialize>(
        self,
        sealer: &Sealer,
        id: &InvitationId,
        value: &T,
    ) -> Result<Sealed, AnswersError> {
        Ok(self.seal_text(sealer, id, serde_json::to_string(value)?))
    }

    /// Opens a text.
    pub(super) fn open_text(
        self,
        sealer: &Sealer,
        id: &InvitationId,
        sealed: &Sealed,
    ) -> Result<SecretString, AnswersError> {
        Ok(sealer.open(sealed, &self.place(id))?)
    }

    /// Opens a value.
    pub(super) fn open<T: DeserializeOwned>(
        self,
        sealer: &Sealer,
        id: &InvitationId,
        sealed: &Sealed,
    ) -> Result<T, AnswersError> {
        Ok(serde_json::from_str(self.open_text(sealer, id, sealed)?.expose_secret())?)
    }
}

/// A result for those who show many: one that cannot be read is written to the log, and left out.
pub(super) fn readable(sealer: &Sealer, id: &InvitationId, sealed: Option<&Sealed>) -> Option<TestResult> {
    SealedPart::Result
        .open(sealer, id, sealed?)
        .inspect_err(|failure| tracing::error!(%failure, invitation = %id, "a kept result cannot be read"))
        .ok()
}

/// Seals the results that an earlier version stored as they were, and answers how many there were.
///
/// # Errors
/// When the database refuses; what was sealed until then stays sealed, and the next call goes on.
pub async fn seal_older(db: &Db, sealer: &Sealer) -> DbResult<usize> {
    let mut all = 0;
    for some in [some_results, some_verifications] {
        loop {
            let sealer = sealer.clone();
            let done = db.write(move |conn| some(conn, &sealer)).await?;
            all += done;
            if done == 0 {
                break;
            }
        }
    }
    Ok(all)
}

fn some_results(conn: &mut Conn, sealer: &Sealer) -> DbResult<usize> {
    use sittings::dsl;
    // A review is asked for once there is a result, so its text is found with it.
    let plain: Vec<(InvitationId, Option<String>, String)> = dsl::sittings
        .filter(dsl::result.is_not_null().and(dsl::invitation_id.gt(FIRST)))
        .order(dsl::invitation_id.asc())
        .limit(AT_ONCE)
        .select((dsl::invitation_id, dsl::result, dsl::review_text))
        .load(conn)?;
    for (id, result, review) in &plain {
        let result = result.clone().map(|json| SealedPart::Result.seal_text(sealer, id, json));
        let review = (!review.is_empty()).then(|| SealedPart::Review.seal_text(sealer, id, review.clone()));
        diesel::update(dsl::sittings.find(id))
            .set((
                dsl::result_sealed.eq(result),
                dsl::result.eq(None::<String>),
                dsl::review_sealed.eq(review),
                dsl::review_text.eq(""),
            ))
            .execute(conn)?;
    }
    Ok(plain.len())
}

fn some_verifications(conn: &mut Conn, sealer: &Sealer) -> DbResult<usize> {
    use verifications::dsl;
    let plain: Vec<(InvitationId, Option<String>)> = dsl::verifications
        .filter(dsl::result.is_not_null().and(dsl::invitation_id.gt(FIRST)))
        .order(dsl::invitation_id.asc())
        .limit(AT_ONCE)
        .select((dsl::invitation_id, dsl::result))
        .load(conn)?;
    for (id, result) in &plain {
        let result = result.clone().map(|json| SealedPart::Verification.seal_text(sealer, id, json));
        diesel::update(dsl::verifications.find(id))
            .set((dsl::result_sealed.eq(result), dsl::result.eq(None::<String>)))
            .execute(conn)?;
    }
    Ok(plain.len())
}
