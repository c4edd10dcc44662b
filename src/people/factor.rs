//! The second factor of a person: codes of an app, and recovery codes in their place.

use super::{PeopleError, User, store};
use crate::audit::{self, Action, Actor, Circumstances};
use crate::db::schema::{recovery_codes, second_factors};
use crate::db::{Conn, DbError, DbResult, dialect};
use crate::ids::{CompanyId, UserId};
use crate::secrets::{SealError, Sealed, Sealer, TotpSecret, fresh_recovery_codes, recovery_hash};
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

/// The second factor of a person who has one.
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

/// The second factor of a person.
pub fn factor(conn: &mut Conn, user: &UserId) -> DbResult<Option<Factor>> {
    let enrolled: Option<Timestamp> =
        second_factors::table.find(user).select(second_factors::enrolled_at).first(conn).optional()?;
    let Some(enrolled_at) = enrolled else { return Ok(None) };
    Ok(Some(Factor { enrolled_at, codes_left: codes_left(conn, user)? }))
}

fn codes_left(conn: &mut Conn, user: &UserId) -> DbResult<i64> {
    let unused = recovery_codes::user_id.eq(user).and(recovery_codes::used_at.is_null());
    Ok(recovery_codes::table.filter(unused).count().get_result(conn)?)
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
    let codes = replace_codes(conn, &user.id)?;
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
    let Some(row) = row else { return Ok(None) };
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
    let unused = recovery_codes::table.find((user.id, recovery_hash(typed)));
    let used = diesel::update(unused.filter(recovery_codes::used_at.is_null()))
        .set(recovery_codes::used_at.eq(Some(Timestamp::now())))
        .execute(conn)?;
    if used == 0 {
        return Ok(None);
    }
    Ok(Some(Proof::Recovery(codes_left(conn, &user.id)?)))
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
    if factor(conn, &user.id)?.is_none() {
        return Ok(None);
    }
    let codes = replace_codes(conn, &user.id)?;
    audit::record(conn, &user.company_id, actor, Action::PersonRecoveryCodesMade, user.called(), &json!({}))?;
    Ok(Some(codes))
}

/// Turns a person's own second factor off. `false`: it was off.
pub fn turn_factor_off(conn: &mut Conn, user: &User, actor: &Actor) -> DbResult<bool> {
    if !remove(conn, &user.id)? {
        return Ok(false);
    }
    audit::record(conn, &user.company_id, actor, Action::PersonSecondFactorOff, user.called(), &json!({}))?;
    Ok(true)
}

/// Takes the second factor of a person who lost it away: they log in with their password and set up a new one. Their
/// sessions end. `None`: they have none.
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

/// Removes factor and recovery codes. `false`: there were none.
pub(super) fn remove(conn: &mut Conn, user: &UserId) -> DbResult<bool> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user))).execute(conn)?;
    Ok(diesel::delete(second_factors::table.find(user)).execute(conn)? > 0)
}

fn replace_codes(conn: &mut Conn, user: &UserId) -> DbResult<Vec<String>> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user))).execute(conn)?;
    let codes = fresh_recovery_codes();
    let rows: Vec<_> = codes
        .iter()
        .map(|code| (recovery_codes::user_id.eq(user), recovery_codes::code_hash.eq(recovery_hash(code))))
        .collect();
    for row in rows {
        diesel::insert_into(recovery_codes::table).values(row).execute(conn)?;
    }
    Ok(codes)
}
