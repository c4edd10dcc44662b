//! Which Lever account a connection is for, and in whose name the portal writes there.
//!
//! Both stand in the access token (Lever's wire notes §8). Lever demands a user for changes of an
//! opportunity; who it is, in this order: the user who granted access, as the token names them; the
//! user of Lever with the granting admin's address; whom an admin chose on the integration's page. When Lever
//! objects to that user, another active one is found ([`super::acting`]).

use crate::db::schema::{integrations, lever_accounts};
use crate::db::{Conn, DbResult, dialect};
use crate::ids::{CompanyId, IntegrationId};
use crate::integrations::Integration;
use crate::invitations::follow_up;
use crate::text_enum;
use crate::time::Timestamp;
use diesel::prelude::*;
use lever_client::{Claims, UserId};

text_enum! {
    /// How the user was found in whose name the portal writes.
    ChosenBy {
        /// Nobody is known.
        Nobody => "nobody",
        /// The access token names the user who granted access.
        Grant => "grant",
        /// The user of Lever with the granting admin's address.
        Address => "address",
        /// An admin chose on the integration's page.
        Admin => "admin",
        /// The one before can't be used any more.
        Instead => "instead",
    }
}

/// What is known of the Lever account of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = lever_accounts, primary_key(integration_id), treat_none_as_null = true)]
pub struct LeverAccount {
    /// The connection.
    pub integration_id: IntegrationId,
    /// Lever's id of the account; unknown until an access token names it.
    pub account_id: Option<String>,
    /// Lever's id of the user in whose name the portal writes.
    pub user_id: Option<String>,
    /// That user's name; empty until Lever was asked.
    pub user_name: String,
    /// How that user was found.
    pub chosen_by: ChosenBy,
    /// Why nobody can be acted for, in words; empty when all is well.
    pub trouble: String,
    /// When the answer to a renewal of access was lost, until one succeeds.
    pub answer_lost_at: Option<Timestamp>,
    /// Since when Lever refuses access that it has just renewed, until it accepts it.
    pub refused_since: Option<Timestamp>,
    /// When it did so last.
    pub refused_at: Option<Timestamp>,
}

impl LeverAccount {
    fn unknown(integration: &IntegrationId) -> Self {
        Self {
            integration_id: *integration,
            account_id: None,
            user_id: None,
            user_name: String::new(),
            chosen_by: ChosenBy::Nobody,
            trouble: String::new(),
            answer_lost_at: None,
            refused_since: None,
            refused_at: None,
        }
    }

    /// Whether Lever may have put another refresh token in the place of the one that is kept, without the portal learning it.
    pub fn may_have_rotated(&self) -> bool {
        self.answer_lost_at.is_some_and(|at| at > NOT_ROTATED)
    }

    /// The user to act as.
    pub fn acts_as(&self) -> Option<UserId> {
        self.user_id.as_deref().map(UserId::from)
    }

    /// That user, for people: the name, or the id while the name is not known.
    pub fn describe_user(&self) -> Option<&str> {
        let id = self.user_id.as_deref()?;
        Some(if self.user_name.is_empty() { id } else { &self.user_name })
    }
}

/// What is known.
pub fn of_integration(conn: &mut Conn, integration: &IntegrationId) -> DbResult<LeverAccount> {
    let known =
        lever_accounts::table.find(integration).select(LeverAccount::as_select()).first(conn).optional()?;
    Ok(known.unwrap_or_else(|| LeverAccount::unknown(integration)))
}

/// Keeps what is known.
pub fn put(conn: &mut Conn, row: &LeverAccount) -> DbResult<()> {
    dialect::upsert!(conn, lever_accounts, lever_accounts::integration_id, row);
    Ok(())
}

/// Learns from a new access token. A new consent makes its granter the user to act as, unless an admin
/// chose; a refresh changes nobody, since the granter may have been replaced meanwhile.
pub fn learn(
    conn: &mut Conn,
    integration: &IntegrationId,
    claims: Option<&Claims>,
    is_new_consent: bool,
) -> DbResult<()> {
    let before = of_integration(conn, integration)?;
    let mut row = LeverAccount { answer_lost_at: None, ..before.clone() };
    if is_new_consent {
        // What was refused was access of before.
        row = LeverAccount { refused_since: None, refused_at: None, ..row };
    }
    if let Some(account) = claims.and_then(|claims| claims.account_id.as_ref()) {
        row.account_id = Some(account.to_string());
    }
    let granter = claims.and_then(|claims| claims.user_id.as_ref()).map(ToString::to_string);
    let takes_granter = match row.user_id {
        None => true,
        Some(_) => is_new_consent && row.chosen_by != ChosenBy::Admin,
    };
    if takes_granter && granter.is_some() && granter != row.user_id {
        row = LeverAccount { user_id: granter, user_name: String::new(), ..row };
    }
    if takes_granter && row.user_id.is_some() {
        row = LeverAccount { chosen_by: ChosenBy::Grant, trouble: String::new(), ..row };
    }
    if row == before {
        return Ok(());
    }
    put(conn, &row)?;
    if !before.trouble.is_empty() && row.trouble.is_empty() {
        follow_up::take_up(conn, integration)
    } else {
        Ok(())
    }
}

/// Takes note of the user to act as from now on; what waited for one goes on.
pub fn act_as(
    conn: &mut Conn,
    integration: &IntegrationId,
    user: &UserId,
    name: &str,
    chosen_by: ChosenBy,
) -> DbResult<()> {
    let before = of_integration(conn, integration)?;
    let was_in_trouble = !before.trouble.is_empty();
    let row = LeverAccount {
        user_id: Some(user.to_string()),
        user_name: name.to_owned(),
        chosen_by,
        trouble: String::new(),
        ..before
    };
    put(conn, &row)?;
    if was_in_trouble { follow_up::take_up(conn, integration) } else { Ok(()) }
}

/// Takes note of why nobody can be acted for.
pub fn note_trouble(conn: &mut Conn, integration: &IntegrationId, trouble: &str) -> DbResult<()> {
    let row = LeverAccount { trouble: trouble.to_owned(), ..of_integration(conn, integration)? };
    put(conn, &row)
}

/// That a refresh token was used a second time and taken: Lever does not rotate this account's.
const NOT_ROTATED: Timestamp = Timestamp(0);

/// Access was renewed, and the answer held no new refresh token. Lever's do, so the one that counts may be lost; where the one
/// before is taken a second time, Lever does not rotate this account's, and nothing is. `before`: the account as it was
/// when the answer came.
///
/// # Errors
/// When the database refuses.
pub fn kept_token(conn: &mut Conn, before: &LeverAccount) -> DbResult<()> {
    let at = before.answer_lost_at.map_or_else(Timestamp::now, |_| NOT_ROTATED);
    let row = of_integration(conn, &before.integration_id)?;
    put(conn, &LeverAccount { answer_lost_at: Some(at), ..row })
}

/// The answer to a renewal of access was lost: Lever may have rotated the token.
pub fn answer_was_lost(conn: &mut Conn, integration: &IntegrationId) -> DbResult<()> {
    let row = LeverAccount { answer_lost_at: Some(Timestamp::now()), ..of_integration(conn, integration)? };
    put(conn, &row)
}

/// The company's connection to this Lever account, if there is one.
pub fn connection_to(
    conn: &mut Conn,
    company: &CompanyId,
    account_id: &str,
) -> DbResult<Option<Integration>> {
    Ok(integrations::table
        .inner_join(lever_accounts::table)
        .filter(lever_accounts::account_id.eq(account_id).and(integrations::company_id.eq(company)))
        .order(integrations::id.asc())
        .select(Integration::as_select())
        .first(conn)
        .optional()?)
}
