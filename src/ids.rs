//! Identifiers as types, so that one kind cannot be passed for another.
//!
//! Every id of ours is a UUID version 7 (RFC 9562): it sorts by the time it was made, so a page
//! of a list is a range of ids (see [`crate::time::Timestamp::first_id`]).

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::sync::Mutex;
use uuid::timestamp::context::ContextV7;

/// A UUID as it is written: lower-case hexadecimal digits and hyphens. Kept as text, since that is
/// how the database, pages and addresses have it; inline, so that an id can be copied.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct IdText([u8; uuid::fmt::Hyphenated::LENGTH]);

impl IdText {
    fn of_uuid(id: uuid::Uuid) -> Self {
        let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
        id.hyphenated().encode_lower(&mut text);
        Self(text)
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("hexadecimal digits and hyphens are ASCII")
    }
}

/// What keeps ids in the order in which this process made them.
static ORDER: Mutex<ContextV7> = Mutex::new(ContextV7::new());

/// A new id, by our clock.
fn fresh() -> uuid::Uuid {
    let now = u64::try_from(crate::clock::now_ms()).unwrap_or(0);
    let (seconds, ms) = (now / 1000, u32::try_from(now % 1000).unwrap_or(0));
    uuid::Uuid::new_v7(uuid::Timestamp::from_unix(&ORDER, seconds, ms * 1_000_000))
}

macro_rules! id_types {
    ($($(#[$doc:meta])* $name:ident,)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, AsExpression, FromSqlRow)]
        #[diesel(sql_type = Text)]
        pub struct $name(IdText);

        impl $name {
            /// A new id, later than every id this process made before.
            #[allow(clippy::new_without_default, reason = "each call gives another id")]
            pub fn new() -> Self {
                Self(IdText::of_uuid(fresh()))
            }

            /// Takes an id from outside (a path, a form). `None` when it is no UUID.
            pub fn parse(text: &str) -> Option<Self> {
                uuid::Uuid::try_parse(text).ok().map(|id| Self(IdText::of_uuid(id)))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                Self::parse(&text).ok_or_else(|| de::Error::custom("not a UUID"))
            }
        }

        impl<DB: Backend> FromSql<Text, DB> for $name where String: FromSql<Text, DB> {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                let text = String::from_sql(bytes)?;
                Self::parse(&text).ok_or_else(|| concat!("the column holds no ", stringify!($name)).into())
            }
        }

        impl<DB: Backend> ToSql<Text, DB> for $name where str: ToSql<Text, DB> {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.as_str().to_sql(out)
            }
        }
    )*};
}

id_types! {
    /// A company: the tenant that every row belongs to.
    CompanyId,
    /// A person who signs in to the portal.
    UserId,
    /// One connected Lever account.
    IntegrationId,
    /// A signing token that an integration accepts.
    SigningTokenId,
    /// One delivery from Lever, kept in the event log.
    EventId,
    /// A line of an event's timeline.
    StepId,
    /// Something that an event causes outside the portal.
    ActionId,
    /// A candidate, as known through one opportunity in Lever.
    CandidateId,
    /// An invitation to take the tests.
    InvitationId,
    /// A row of the audit log.
    AuditId,
    /// A rule about who gets which tests.
    RuleId,
    /// A one-time code that was handed out.
    CodeId,
    /// Something that is wrong with an account for a while.
    AlertId,
    /// A company's profile of what a role asks for.
    RoleProfileId,
    /// A posting that a candidate came with; beside it stands Lever's own id.
    PostingRowId,
    /// One comparison of Lever's list with what was received.
    ReconciliationId,
    /// Something that changed about a stage in Lever.
    StageChangeId,
    /// A job that waits for its time.
    JobId,
    /// An alert that is posted to a machine.
    AlertDeliveryId,
    /// A token of the API.
    ApiTokenId,
    /// A passkey of a person.
    PasskeyId,
    /// Something that Lever lists and that was not received or not acted on.
    GapId,
    /// A mass move in Lever.
    BulkMoveId,
    /// A signed end of an audit log.
    CheckpointId,
    /// A mark of somebody who withdrew after having seen a result.
    MarkId,
    /// A call of the API that is answered the same when it comes again.
    IdempotencyKeyId,
}

/// Declares an enum that is stored as text, one word a variant.
#[macro_export]
macro_rules! text_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident => $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word that stands in the database and in addresses.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The value that a word stands for.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl<DB: diesel::backend::Backend> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $name
        where String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB> {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                let text = <String as diesel::deserialize::FromSql<diesel::sql_types::Text, DB>>::from_sql(bytes)?;
                Self::parse(&text).ok_or_else(|| format!("{text:?} is no {}", stringify!($name)).into())
            }
        }

        impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $name
        where str: diesel::serialize::ToSql<diesel::sql_types::Text, DB> {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                self.as_str().to_sql(out)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_ids_sort_after_earlier_ones() {
        let ids: Vec<EventId> = (0..1000).map(|_| EventId::new()).collect();
        assert!(ids.is_sorted());
    }

    #[test]
    fn only_uuids_are_taken_from_outside() {
        assert!(EventId::parse("../etc").is_none());
        assert!(EventId::parse("0198c0de-0000-7000-8000-000000000000").is_some());
    }
}
