//! The tables of companies and users; and the end of a person's sessions.

use super::{Role, values};
use crate::db::schema::{companies, sessions, users};
use crate::db::{Conn, DbResult, dialect};
use crate::ids::{CompanyId, UserId};
use crate::secrets::hash_of;
use crate::test_selection::{NormGroup, Questionnaire, Tests};
use crate::time::Timestamp;
use assessment::session::PilotTasks;
use diesel::prelude::*;

/// A company: the tenant.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = companies)]
pub struct Company {
    pub id: CompanyId,
    /// Its name, as candidates read it.
    pub name: String,
    /// Where candidates turn to with questions; may be empty.
    pub support_contact: String,
    /// IANA name of the zone in which times are shown.
    pub time_zone: String,
    /// Months after which candidates' data is erased.
    pub retention_months: i32,
    /// When it was created.
    pub created_at: Timestamp,
    /// The tests of candidates for whom no rule says otherwise.
    pub default_tests: Tests,
    /// A change of the rules that would invite more candidates than this is asked about again.
    pub ask_again_above: i32,
    /// The address of its privacy notice; may be empty.
    pub privacy_url: String,
    /// Who else receives candidates' data and on what legal basis; may be empty.
    pub data_notice: String,
    /// Which statements its personality test asks.
    pub questionnaire: Questionnaire,
    /// With whom its answers are compared.
    pub norm_group: NormGroup,
    /// 1: candidates may say, apart from their result, which groups they belong to.
    pub counts_groups: i32,
    /// How many tasks that do not count a logic test carries, of candidates who let their answers improve the tests.
    pub pilot_tasks: i32,
}

impl Company {
    /// Whether candidates may say which groups they belong to.
    pub fn does_count_groups(&self) -> bool {
        self.counts_groups != 0
    }

    /// How many tasks that do not count a logic test carries.
    pub fn pilots(&self) -> PilotTasks {
        u8::try_from(self.pilot_tasks).ok().and_then(|count| count.try_into().ok()).unwrap_or_default()
    }

    /// The zone in which its people read times.
    pub fn zone(&self) -> jiff::tz::TimeZone {
        jiff::tz::TimeZone::get(&self.time_zone).unwrap_or(jiff::tz::TimeZone::UTC)
    }
}

/// A person who signs in.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = users)]
pub struct User {
    pub id: UserId,
    pub company_id: CompanyId,
    /// Lower case; once in a company. In the installation one person logs in with it.
    pub email: String,
    /// What they are called; empty until the invitation is taken up.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Argon2id; `None` until the invitation is taken up.
    pub password_hash: Option<String>,
    /// When they were added.
    pub created_at: Timestamp,
    /// Since when they cannot sign in.
    pub disabled_at: Option<Timestamp>,
}

impl User {
    /// The name, or the address of one who has not given a name yet.
    pub fn called(&self) -> &str {
        if self.name.is_empty() { &self.email } else { &self.name }
    }
}

/// One company.
///
/// # Errors
/// When there is none, or the database cannot be asked.
pub fn company(conn: &mut Conn, id: &CompanyId) -> DbResult<Company> {
    Ok(companies::table.find(id).select(Company::as_select()).first(conn)?)
}

/// All companies of the installation, oldest first. For the command line: a page knows its own only.
pub fn companies(conn: &mut Conn) -> DbResult<Vec<Company>> {
    Ok(companies::table.order(companies::id.asc()).select(Company::as_select()).load(conn)?)
}

/// One person who may sign in.
pub fn user(conn: &mut Conn, id: &UserId) -> DbResult<Option<User>> {
    let found =
        users::table.find(id).filter(users::disabled_at.is_null()).select(User::as_select()).first(conn);
    Ok(found.optional()?)
}

/// One person of a company, removed ones left out.
pub fn person(conn: &mut Conn, company: &CompanyId, id: &UserId) -> DbResult<Option<User>> {
    Ok(user(conn, id)?.filter(|user| user.company_id == *company))
}

/// Everybody who is or was in a company, by name.
pub fn everybody(conn: &mut Conn, company: &CompanyId) -> DbResult<Vec<User>> {
    let all = users::table.filter(users::company_id.eq(company)).order((users::name.asc(), users::id.asc()));
    Ok(all.select(User::as_select()).load(conn)?)
}

/// Brings the addresses that an earlier version kept as they were typed into the form that people are known by. One
/// that is somebody else's in that form stays as it is, and the log says so.
///
/// # Errors
/// When the database cannot be used.
pub fn carry_addresses(conn: &mut Conn) -> DbResult<()> {
    let kept: Vec<(UserId, String)> = users::table.select((users::id, users::email)).load(conn)?;
    for (id, email) in kept.into_iter().filter(|(_, email)| !email.is_ascii()) {
        let known = values::known_as(&email);
        if known == email {
            continue;
        }
        let same: i64 = users::table.filter(users::email.eq(&known)).count().get_result(conn)?;
        if same > 0 {
            tracing::warn!(user = %id, "two people have addresses that read the same; this one cannot log in");
            continue;
        }
        diesel::update(users::table.find(&id)).set(users::email.eq(known)).execute(conn)?;
    }
    Ok(())
}

/// Who logs in with this address, in whatever company.
pub fn user_by_email(conn: &mut Conn, email: &str) -> DbResult<Option<User>> {
    let who = users::email.eq(email).and(users::password_hash.is_not_null());
    Ok(users::table.filter(who).select(User::as_select()).first(conn).optional()?)
}

/// Who has this address in a company, removed or not.
pub(super) fn person_by_email(conn: &mut Conn, company: &CompanyId, email: &str) -> DbResult<Option<User>> {
    let who = users::email.eq(email).and(users::company_id.eq(company));
    Ok(users::table.filter(who).select(User::as_select()).first(conn).optional()?)
}

pub(super) fn any_company(conn: &mut Conn) -> DbResult<bool> {
    let first: Option<CompanyId> = companies::table.select(companies::id).first(conn).optional()?;
    Ok(first.is_some())
}

pub(super) fn insert_company(conn: &mut Conn, company: &Company) -> DbResult<()> {
    diesel::insert_into(companies::table).values(company).execute(conn)?;
    Ok(())
}

pub(super) fn update_company(conn: &mut Conn, company: &Company) -> DbResult<()> {
    diesel::update(companies::table.find(&company.id))
        .set((
            companies::name.eq(&company.name),
            companies::support_contact.eq(&company.support_contact),
            companies::time_zone.eq(&company.time_zone),
            companies::retention_months.eq(company.retention_months),
            companies::default_tests.eq(company.default_tests),
            companies::ask_again_above.eq(company.ask_again_above),
            companies::privacy_url.eq(&company.privacy_url),
            companies::data_notice.eq(&company.data_notice),
            companies::questionnaire.eq(company.questionnaire),
            companies::norm_group.eq(company.norm_group),
            companies::counts_groups.eq(company.counts_groups),
            companies::pilot_tasks.eq(company.pilot_tasks),
        ))
        .execute(conn)?;
    Ok(())
}

/// The people of a company who are not removed, in the order in which they came.
pub(super) fn people(conn: &mut Conn, company: &CompanyId) -> DbResult<Vec<User>> {
    Ok(users::table
        .filter(users::company_id.eq(company).and(users::disabled_at.is_null()))
        .order(users::id.asc())
        .select(User::as_select())
        .load(conn)?)
}

/// How many admins of a company can sign in.
pub(super) fn admins(conn: &mut Conn, company: &CompanyId) -> DbResult<i64> {
    Ok(users::table
        .filter(users::company_id.eq(company).and(users::role.eq(Role::Admin)))
        .filter(users::disabled_at.is_null().and(users::password_hash.is_not_null()))
        .count()
        .get_result(conn)?)
}

pub(super) fn insert_user(conn: &mut Conn, user: &User) -> DbResult<()> {
    diesel::insert_into(users::table).values(user).execute(conn)?;
    Ok(())
}

/// Writes everything about a person but their address, company and date.
pub(super) fn update_user(conn: &mut Conn, user: &User) -> DbResult<()> {
    diesel::update(users::table.find(&user.id))
        .set((
            users::name.eq(&user.name),
            users::role.eq(user.role),
            users::password_hash.eq(&user.password_hash),
            users::disabled_at.eq(user.disabled_at),
        ))
        .execute(conn)?;
    Ok(())
}

pub(super) fn end_sessions(conn: &mut Conn, user: &UserId) -> DbResult<()> {
    diesel::delete(sessions::table.filter(sessions::user_id.eq(user))).execute(conn)?;
    Ok(())
}

/// Sessions that are removed in one transaction.
const SESSIONS_AT_ONCE: i64 = 1_000;

/// Removes sessions that are over, some at a time; answers how many.
pub fn sweep_sessions(conn: &mut Conn, now: Timestamp) -> DbResult<usize> {
    let over: Vec<String> = sessions::table
        .filter(sessions::expires_at.le(now))
        .order(sessions::expires_at.asc())
        .limit(SESSIONS_AT_ONCE)
        .select(sessions::key_hash)
        .load(conn)?;
    Ok(diesel::delete(sessions::table.filter(sessions::key_hash.eq_any(&over))).execute(conn)?)
}

/// What stands for a person's password where it is asked later whether it is still theirs. Opens nothing.
pub fn password_mark(user: &User) -> String {
    hash_of(user.password_hash.as_deref().unwrap_or_default())
}

/// Whether a person may log in, with a password that is still theirs ([`password_mark`]). Locks their company: a change of
/// the password, which ends all sessions, comes before or after the transaction of `conn`.
pub fn has_password(conn: &mut Conn, id: &UserId, mark: &str) -> DbResult<bool> {
    let Some(known) = user(conn, id)? else { return Ok(false) };
    dialect::lock_company(conn, &known.company_id)?;
    Ok(user(conn, id)?.is_some_and(|now| password_mark(&now) == mark && now.disabled_at.is_none()))
}
