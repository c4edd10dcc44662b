//! Passkeys: what a person adds, calls, removes, logs in and confirms with. One counts as both factors, since the device
//! looks who is there (a finger, a face, a PIN) before it answers.

mod ceremony;

pub use ceremony::{Answer, NewPasskey, Question, Refusal, RelyingParty};

use super::factor::FactorError;
use super::{Name, User, recovery, store};
use crate::audit::{self, Action, Actor, Circumstances, counted};
use crate::db::schema::answered_challenges;
use crate::db::schema::passkeys::{self, dsl};
use crate::db::{Conn, DbResult, dialect};
use crate::ids::{PasskeyId, UserId};
use crate::secrets::{SealError, Sealed, Sealer, hash_of};
use crate::time::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::dsl::exists;
use diesel::prelude::*;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use webauthn_rs::prelude::{CredentialID, Passkey as Credential};

/// Passkeys of one person.
pub const AT_MOST: usize = 20;

/// Answered challenges that are removed in one transaction.
const SWEPT_AT_ONCE: i64 = 1_000;

/// A passkey, as its person sees it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = passkeys)]
pub struct Passkey {
    pub id: PasskeyId,
    /// What they call it.
    pub name: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it logged in or confirmed last.
    pub used_at: Option<Timestamp>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = passkeys)]
struct Row {
    id: PasskeyId,
    user_id: UserId,
    credential_hash: String,
    credential_sealed: Sealed,
    name: String,
    created_at: Timestamp,
    used_at: Option<Timestamp>,
}

/// What came of a new passkey.
#[derive(Debug)]
pub enum Added {
    /// It is theirs; with the recovery codes where it is the first second factor. They are shown this once.
    Theirs(Option<Vec<String>>),
    /// It was there already.
    Known,
    /// They have as many as a person may.
    TooMany,
}

/// A person whose passkey answered.
#[derive(Debug)]
pub struct Shown {
    pub user: User,
    /// What they call the passkey.
    pub passkey: String,
}

/// An answer that is not taken.
#[derive(Debug)]
pub struct Refused {
    pub why: Refusal,
    /// Whose passkey it is; nobody's that is known here otherwise.
    pub whose: Option<Shown>,
}

fn place(id: &PasskeyId) -> String {
    format!("passkeys.credential:{id}")
}

fn sealed(sealer: &Sealer, id: &PasskeyId, credential: &Credential) -> Result<Sealed, FactorError> {
    let json = serde_json::to_string(credential).map_err(|_| SealError::DoesNotOpen)?;
    Ok(sealer.seal(&SecretString::from(json), &place(id)))
}

fn opened(sealer: &Sealer, row: &Row) -> Result<Credential, FactorError> {
    let json = sealer.open(&row.credential_sealed, &place(&row.id))?;
    serde_json::from_str(json.expose_secret()).map_err(|_| SealError::DoesNotOpen.into())
}

fn credential_hash(id: &[u8]) -> String {
    hash_of(&URL_SAFE_NO_PAD.encode(id))
}

fn rows(conn: &mut Conn, user: &UserId) -> DbResult<Vec<Row>> {
    let own = passkeys::table.filter(dsl::user_id.eq(user)).order(dsl::id.asc());
    Ok(own.select(Row::as_select()).load(conn)?)
}

/// The passkeys of a person, in the order in which they were added.
pub fn passkeys(conn: &mut Conn, user: &UserId) -> DbResult<Vec<Passkey>> {
    let own = passkeys::table.filter(dsl::user_id.eq(user)).order(dsl::id.asc());
    Ok(own.select(Passkey::as_select()).load(conn)?)
}

/// One passkey of a person.
pub fn passkey(conn: &mut Conn, user: &UserId, id: &PasskeyId) -> DbResult<Option<Passkey>> {
    let this = passkeys::table.find(id).filter(dsl::user_id.eq(user)).select(Passkey::as_select());
    Ok(this.first(conn).optional()?)
}

/// By what the devices know the passkeys of a person.
///
/// # Errors
/// When one does not open, or the database cannot be asked.
pub fn credentials(
    conn: &mut Conn,
    sealer: &Sealer,
    user: &UserId,
) -> Result<Vec<CredentialID>, FactorError> {
    rows(conn, user)?.iter().map(|row| Ok(opened(sealer, row)?.cred_id().clone())).collect()
}

/// Adds a passkey that a device made for this person.
///
/// # Errors
/// When it cannot be sealed, or the database cannot be asked.
pub fn add_passkey(
    conn: &mut Conn,
    sealer: &Sealer,
    user: &User,
    name: &str,
    made: &Credential,
    actor: &Actor,
) -> Result<Added, FactorError> {
    dialect::lock_company(conn, &user.company_id)?;
    if rows(conn, &user.id)?.len() >= AT_MOST {
        return Ok(Added::TooMany);
    }
    let hash = credential_hash(made.cred_id());
    let same = passkeys::table.filter(dsl::credential_hash.eq(&hash));
    if diesel::select(exists(same)).get_result(conn)? {
        return Ok(Added::Known);
    }
    let id = PasskeyId::new();
    let row = Row {
        id,
        user_id: user.id,
        credential_hash: hash,
        credential_sealed: sealed(sealer, &id, made)?,
        name: name.to_owned(),
        created_at: Timestamp::now(),
        used_at: None,
    };
    diesel::insert_into(passkeys::table).values(&row).execute(conn)?;
    let codes = recovery::first(conn, &user.id)?;
    let detail = json!({ "passkey": name });
    audit::record(conn, &user.company_id, actor, Action::PersonPasskeyAdded, user.called(), &detail)?;
    Ok(Added::Theirs(codes))
}

/// Gives a passkey another name. `false`: it had it already, or it is not there.
pub fn rename_passkey(
    conn: &mut Conn,
    user: &User,
    id: &PasskeyId,
    name: &Name,
    actor: &Actor,
) -> DbResult<bool> {
    dialect::lock_company(conn, &user.company_id)?;
    let Some(old) = passkey(conn, &user.id, id)?.filter(|old| old.name != name.as_str()) else {
        return Ok(false);
    };
    diesel::update(passkeys::table.find(id)).set(dsl::name.eq(name.as_str())).execute(conn)?;
    let detail = json!({ "passkey": { "from": old.name, "to": name.as_str() } });
    audit::record(conn, &user.company_id, actor, Action::PersonPasskeyRenamed, user.called(), &detail)?;
    Ok(true)
}

/// Removes a person's own passkey: it opens nothing any more. Answers its name; `None`: it is not there.
pub fn remove_passkey(
    conn: &mut Conn,
    user: &User,
    id: &PasskeyId,
    actor: &Actor,
) -> DbResult<Option<String>> {
    dialect::lock_company(conn, &user.company_id)?;
    let Some(old) = passkey(conn, &user.id, id)? else { return Ok(None) };
    diesel::delete(passkeys::table.find(id)).execute(conn)?;
    recovery::drop_unneeded(conn, &user.id)?;
    let detail = json!({ "passkey": old.name });
    audit::record(conn, &user.company_id, actor, Action::PersonPasskeyRemoved, user.called(), &detail)?;
    Ok(Some(old.name))
}

/// Logs in whoever's passkey answered, with the row in the audit log.
///
/// # Errors
/// When the passkey does not open, or the database cannot be asked.
pub fn log_in_with_passkey(
    conn: &mut Conn,
    sealer: &Sealer,
    party: &RelyingParty,
    question: &Question,
    answer: &Answer,
    seen: Circumstances,
) -> Result<Result<Shown, Refused>, FactorError> {
    let shown = match answered(conn, sealer, party, question, answer, None)? {
        Ok(shown) => shown,
        Err(refused) => return Ok(Err(refused)),
    };
    let Shown { user, passkey } = &shown;
    let actor = Actor::User { id: user.id, email: user.email.clone(), seen };
    let detail = json!({ "passkey": passkey });
    audit::record(conn, &user.company_id, &actor, Action::PersonLoggedIn, user.called(), &detail)?;
    Ok(Ok(shown))
}

/// Whether a passkey of this person answered.
///
/// # Errors
/// When the passkey does not open, or the database cannot be asked.
pub fn check_passkey(
    conn: &mut Conn,
    sealer: &Sealer,
    party: &RelyingParty,
    question: &Question,
    answer: &Answer,
    user: &UserId,
) -> Result<Result<Shown, Refused>, FactorError> {
    answered(conn, sealer, party, question, answer, Some(user))
}

fn answered(
    conn: &mut Conn,
    sealer: &Sealer,
    party: &RelyingParty,
    question: &Question,
    answer: &Answer,
    asked: Option<&UserId>,
) -> Result<Result<Shown, Refused>, FactorError> {
    let refused = |why, whose| Ok(Err(Refused { why, whose }));
    let hash = credential_hash(answer.credential());
    let load = |conn: &mut Conn| -> DbResult<Option<Row>> {
        let this = passkeys::table.filter(dsl::credential_hash.eq(&hash)).select(Row::as_select());
        Ok(this.first(conn).optional()?)
    };
    let owner = load(conn)?.map(|row| store::user(conn, &row.user_id)).transpose()?.flatten();
    let Some(user) = owner else { return refused(Refusal::Unknown, None) };
    // Its counter, and whether the question was answered, are looked at by one after the other.
    dialect::lock_company(conn, &user.company_id)?;
    let Some(row) = load(conn)? else { return refused(Refusal::Unknown, None) };
    let shown = Shown { passkey: row.name.clone(), user };
    // A device says whose passkey it is; it may leave it out where it was asked for one person's.
    let own = ceremony::handle(&row.user_id);
    let is_theirs = match asked {
        Some(asked) => *asked == row.user_id && answer.user().is_none_or(|said| said == own),
        None => answer.user() == Some(own),
    };
    if !is_theirs {
        return refused(Refusal::NotTheirs, Some(shown));
    }
    // Before its counter is looked at: who brings an answer once more has no copy of the passkey.
    if was_answered(conn, question)? {
        return refused(Refusal::Again, Some(shown));
    }
    let mut credential = opened(sealer, &row)?;
    let result = match party.check(question, answer, &credential) {
        Ok(result) => result,
        Err(why) => return refused(why, Some(shown)),
    };
    note_answered(conn, question)?;
    credential.update_credential(&result);
    let used = (
        dsl::credential_sealed.eq(sealed(sealer, &row.id, &credential)?),
        dsl::used_at.eq(Some(Timestamp::now())),
    );
    diesel::update(passkeys::table.find(row.id)).set(used).execute(conn)?;
    Ok(Ok(shown))
}

/// Whether a question was answered before. The session of who is not logged in is in their own hands, so that they can bring
/// the same one twice.
fn was_answered(conn: &mut Conn, question: &Question) -> DbResult<bool> {
    let this = answered_challenges::table.find(hash_of(question.challenge()));
    Ok(diesel::select(exists(this)).get_result(conn)?)
}

fn note_answered(conn: &mut Conn, question: &Question) -> DbResult<()> {
    let row = (
        answered_challenges::challenge_hash.eq(hash_of(question.challenge())),
        answered_challenges::answered_at.eq(Timestamp::now()),
    );
    diesel::insert_into(answered_challenges::table).values(row).execute(conn)?;
    Ok(())
}

/// Forgets the answered questions that nobody can answer again, some at a time; answers how many.
pub fn sweep_challenges(conn: &mut Conn, now: Timestamp) -> DbResult<usize> {
    let old: Vec<String> = answered_challenges::table
        .filter(answered_challenges::answered_at.le(Question::kept_until(now)))
        .order(answered_challenges::answered_at.asc())
        .limit(SWEPT_AT_ONCE)
        .select(answered_challenges::challenge_hash)
        .load(conn)?;
    // Once an hour, and mostly for nothing: no statement that writes.
    if old.is_empty() {
        return Ok(0);
    }
    let these = answered_challenges::table.filter(answered_challenges::challenge_hash.eq_any(&old));
    Ok(diesel::delete(these).execute(conn)?)
}

/// Writes down an answer of somebody's passkey that was not taken. `true`: there may be a copy of it, and the person is
/// written to.
pub fn passkey_refused(conn: &mut Conn, refused: &Refused, seen: &Circumstances) -> DbResult<bool> {
    let Some(Shown { user, passkey }) = &refused.whose else { return Ok(false) };
    let actor = Actor::Visitor { seen: seen.clone() };
    if refused.why != Refusal::Copied {
        counted::count(conn, &user.company_id, &actor, Action::PersonPasskeyFailed, &user.email)?;
        return Ok(false);
    }
    // Only who has the key comes here.
    let detail = json!({ "passkey": passkey });
    audit::record(conn, &user.company_id, &actor, Action::PersonPasskeyCopied, &user.email, &detail)?;
    Ok(true)
}
