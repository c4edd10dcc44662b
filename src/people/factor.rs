//! An app that shows codes, as the second factor of a person, and recovery codes in its place; and the end of all second
//! factors of somebody who lost them.

use super::{PeopleError, User, recovery, store};
use crate::audit::{self, Action, Actor, Circumstances};
use crate::db::schema::{passkeys, second_factors};
use crate::db::{Conn, DbError, DbResult, dialect};
use crate::ids::{CompanyId, UserId};
use crate::secrets::{SealError, Sealed, Sealer, TotpSecret};
use crate::time::Timestamp;
use diesel::prelude::*;
use serde_json::json;

/// Why a code could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum FactorError {
    /// The secret does not open.
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<diesel::result::Error> for FactorError {
    fn from(cause: diesel::result::Error) -> Self {
        Self::Db(cause.into())
    }
}

/// The app of a person who has one.
#[derive(Debug, Clone, Copy)]
pub struct Factor {
    /// Since when.
    pub enrolled_at: Timestamp,
    /// Recovery codes that were not used.
    pub codes_left: i64,
}

/// What a person proved themselves with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// A code of their app.
    App,
    /// A recovery code; so many are left.
    Recovery(i64),
}

impl Proof {
    fn word(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Recovery(_) => "recovery_code",
        }
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = second_factors)]
struct Row {
    user_id: UserId,
    secret_sealed: Sealed,
    enrolled_at: Timestamp,
    last_step: i64,
}

fn place(user: &UserId) -> String {
    format!("second_factors.secret:{user}")
}

/// The app of a person.
pub fn factor(conn: &mut Conn, user: &UserId) -> DbResult<Option<Factor>> {
    let enrolled: Option<Timestamp> =
        second_factors::table.find(user).select(second_factors::enrolled_at).first(conn).optional()?;
    let Some(enrolled_at) = enrolled else { return Ok(None) };
    Ok(Some(Factor { enrolled_at, codes_left: recovery::recovery_codes_left(conn, user)? }))
}

/// The first code of an app turns the second factor on. Answers the recovery codes, which are shown this once; none
/// when the code is not right, or the factor is on already.
pub fn enrol(
    conn: &mut Conn,
    sealer: &Sealer,
    user: &User,
    secret: &TotpSecret,
    code: &str,
    actor: &Actor,
) -> DbResult<Option<Vec<String>>> {
    dialect::lock_company(conn, &user.company_id)?;
    let now = Timestamp::now();
    let Some(step) = secret.step_of(code, now) else { return Ok(None) };
    if factor(conn, &user.id)?.is_some() {
        return Ok(None);
    }
    let row = Row {
        user_id: user.id,
        secret_sealed: sealer.seal(secret.text(), &place(&user.id)),
        enrolled_at: now,
        last_step: step,
    };
    diesel::insert_into(second_factors::table).values(&row).execute(conn)?;
    // Those that came with a passkey give way: who sets an app up is shown codes, and these are good.
    let codes = recovery::replace(conn, &user.id)?;
    audit::record(conn, &user.company_id, actor, Action::PersonSecondFactorOn, user.called(), &json!({}))?;
    Ok(Some(codes))
}

/// Whether this is a code of the person's app or one of their recovery codes. Either is used up by it.
///
/// # Errors
/// When the secret does not open, or the database cannot be asked.
pub fn check_code(
    conn: &mut Conn,
    sealer: &Sealer,
    user: &User,
    typed: &str,
) -> Result<Option<Proof>, FactorError> {
    dialect::lock_company(conn, &user.company_id)?;
    let row: Option<Row> =
        second_factors::table.find(user.id).select(Row::as_select()).first(conn).optional()?;
    if let Some(row) = row {
        let secret = sealer.open(&row.secret_sealed, &place(&user.id))?;
        let secret = TotpSecret::parse(secret).ok_or(SealError::DoesNotOpen)?;
        if let Some(step) = secret.step_of(typed, Timestamp::now()) {
            // A code, and each before it, opens nothing any more.
            if step <= row.last_step {
                return Ok(None);
            }
            let this = second_factors::table.find(user.id);
            diesel::update(this).set(second_factors::last_step.eq(step)).execute(conn)?;
            return Ok(Some(Proof::App));
        }
    }
    if !recovery::used(conn, &user.id, typed)? {
        return Ok(None);
    }
    Ok(Some(Proof::Recovery(recovery::recovery_codes_left(conn, &user.id)?)))
}

/// The second step of a log-in, with its row in the audit log. `None`: the code is not right.
///
/// # Errors
/// When the secret does not open, or the database cannot be asked.
pub fn log_in_with_code(
    conn: &mut Conn,
    sealer: &Sealer,
    user: &User,
    typed: &str,
    seen: Circumstances,
) -> Result<Option<Proof>, FactorError> {
    let Some(proof) = check_code(conn, sealer, user, typed)? else { return Ok(None) };
    let actor = Actor::User { id: user.id, email: user.email.clone(), seen };
    let detail = json!({ "second_factor": proof.word() });
    audit::record(conn, &user.company_id, &actor, Action::PersonLoggedIn, user.called(), &detail)?;
    Ok(Some(proof))
}

/// New recovery codes in the place of the old ones, shown this once; none without a second factor.
pub fn renew_recovery_codes(conn: &mut Conn, user: &User, actor: &Actor) -> DbResult<Option<Vec<String>>> {
    dialect::lock_company(conn, &user.company_id)?;
    if !recovery::factors(conn, &user.id)?.any() {
        return Ok(None);
    }
    let codes = recovery::replace(conn, &user.id)?;
    audit::record(conn, &user.company_id, actor, Action::PersonRecoveryCodesMade, user.called(), &json!({}))?;
    Ok(Some(codes))
}

/// Turns a person's own app off; their passkeys stay. `false`: it was off.
pub fn turn_factor_off(conn: &mut Conn, user: &User, actor: &Actor) -> DbResult<bool> {
    dialect::lock_company(conn, &user.company_id)?;
    if diesel::delete(second_factors::table.find(user.id)).execute(conn)? == 0 {
        return Ok(false);
    }
    recovery::drop_unneeded(conn, &user.id)?;
    audit::record(conn, &user.company_id, actor, Action::PersonSecondFactorOff, user.called(), &json!({}))?;
    Ok(true)
}

/// Takes the second factors of a person who lost them away, app and passkeys: they log in with their password and set up
/// new ones. Their sessions end. `None`: they have none.
///
/// # Errors
/// When there is no such person.
pub fn reset_factor(
    conn: &mut Conn,
    actor: &Actor,
    company: &CompanyId,
    id: &UserId,
) -> Result<Option<User>, PeopleError> {
    dialect::lock_company(conn, company)?;
    let user = store::person(conn, company, id)?.ok_or(PeopleError::NoSuchPerson)?;
    if !remove(conn, id)? {
        return Ok(None);
    }
    store::end_sessions(conn, id)?;
    audit::record(conn, company, actor, Action::TeamSecondFactorReset, user.called(), &json!({}))?;
    Ok(Some(user))
}

/// Removes app, passkeys and recovery codes. `false`: there were none.
pub(super) fn remove(conn: &mut Conn, user: &UserId) -> DbResult<bool> {
    let own = passkeys::table.filter(passkeys::user_id.eq(user));
    let removed = diesel::delete(second_factors::table.find(user)).execute(conn)?
        + diesel::delete(own).execute(conn)?;
    recovery::drop_unneeded(conn, user)?;
    Ok(removed > 0)
}
