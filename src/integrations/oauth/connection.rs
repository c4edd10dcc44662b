//! Which connection a grant is for: one Lever account is connected once, and a connection stays with its
//! account.

use super::flows::Flow;
use super::lever_account;
use crate::db::{Conn, DbError, DbResult, dialect};
use crate::ids::CompanyId;
use crate::integrations::store::{self, Integration, place};
use crate::secrets::Sealer;
use lever_client::{AccountId, Claims};

/// What an account is called when nobody said.
const UNNAMED: &str = "Lever account";

/// Why a grant is for no connection.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConnectionError {
    /// Access was granted to another Lever account than the one with this name.
    #[error("another Lever account than {0}")]
    OtherAccount(String),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// The row that a grant for the Lever account `named` belongs to, and whether it was there although a
/// new one was asked for.
pub(super) fn of_grant(
    conn: &mut Conn,
    sealer: &Sealer,
    flow: &Flow,
    named: Option<&AccountId>,
) -> Result<(Integration, bool), ConnectionError> {
    dialect::lock_company(conn, &flow.company_id)?;
    learn_from_tokens(conn, sealer, &flow.company_id)?;
    let known = match named {
        Some(account) => lever_account::connection_to(conn, &flow.company_id, account.as_str())?,
        None => None,
    };
    let Some(id) = &flow.integration_id else {
        return Ok(match known {
            Some(row) => (row, true),
            None => (new_account(conn, flow)?, false),
        });
    };
    let row = store::to_change(conn, &flow.company_id, id)?;
    let before = lever_account::of_integration(conn, id)?.account_id;
    let is_another = match (&before, named) {
        (Some(before), Some(named)) => before != named.as_str(),
        // What it was is not known; that it is another connection's is.
        (None, Some(_)) => known.is_some_and(|known| known.id != row.id),
        (_, None) => false,
    };
    if is_another { Err(ConnectionError::OtherAccount(row.account_name)) } else { Ok((row, false)) }
}

/// Learns of the company's connections that were made in former times which Lever account they are for,
/// as far as the access tokens that are stored say so.
fn learn_from_tokens(conn: &mut Conn, sealer: &Sealer, company: &CompanyId) -> DbResult<()> {
    for row in store::list(conn, company)? {
        if lever_account::of_integration(conn, &row.id)?.account_id.is_some() {
            continue;
        }
        let token = row.access_token_sealed.as_ref();
        let token = token.and_then(|sealed| sealer.open(sealed, &place("access_token", &row.id)).ok());
        if let Some(claims) = token.and_then(|token| Claims::read(&token)) {
            lever_account::learn(conn, &row.id, Some(&claims), false)?;
        }
    }
    Ok(())
}

/// Adds an account by the name that was typed. Without one it is a number, as long as nobody renames it:
/// Lever does not say what an account is called.
fn new_account(conn: &mut Conn, flow: &Flow) -> DbResult<Integration> {
    let taken: Vec<String> =
        store::list(conn, &flow.company_id)?.into_iter().map(|row| row.account_name).collect();
    let mut name = if flow.account_name.is_empty() { UNNAMED.to_owned() } else { flow.account_name.clone() };
    let mut number = 1;
    while flow.account_name.is_empty() && taken.contains(&name) {
        number += 1;
        name = format!("{UNNAMED} {number}");
    }
    let row = Integration::new(&flow.company_id, &name, flow.environment, &flow.hosts);
    store::insert(conn, &row)?;
    Ok(row)
}
