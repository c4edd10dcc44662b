//! The tables of checkpoints and of where they go.

use super::note::{Checkpoint, PublicKey, SigningKey, origin};
use crate::audit::{self, Action, Actor, Fault, Intact, Subject, Verdict};
use crate::db::schema::{audit_checkpoints, checkpoint_settings};
use crate::db::{Conn, Db, DbError, DbResult, dialect};
use crate::ids::{CheckpointId, CompanyId};
use crate::secrets::{SealError, Sealed, Sealer};
use crate::time::Timestamp;
use diesel::prelude::*;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use std::time::Duration;

/// Checkpoints that a page and an export have.
const SHOWN: i64 = 100;

/// Who asks by hand gets one at most so often.
pub const AGAIN: Duration = Duration::from_secs(60);

/// A checkpoint that was made.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_checkpoints)]
pub struct Kept {
    pub id: CheckpointId,
    pub company_id: CompanyId,
    /// Rows that the log had.
    pub seq: i64,
    /// The hash of the last of them.
    pub hash: String,
    pub made_at: Timestamp,
    /// As it was signed, byte for byte.
    pub note: String,
}

/// Where a company's checkpoints go.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = checkpoint_settings, primary_key(company_id), treat_none_as_null = true)]
pub struct Settings {
    pub company_id: CompanyId,
    /// 1: each is mailed to the auditors.
    pub mails_auditors: i32,
    /// Each is posted there: see [`address`].
    pub url_sealed: Option<Sealed>,
    pub updated_at: Timestamp,
}

impl Settings {
    /// What a company starts with: checkpoints stay here until somebody says where to.
    pub fn new(company: &CompanyId) -> Self {
        Self { company_id: *company, mails_auditors: 0, url_sealed: None, updated_at: Timestamp::now() }
    }

    /// Whether each is mailed to the auditors.
    pub fn does_mail(&self) -> bool {
        self.mails_auditors != 0
    }
}

/// Why no checkpoint was made.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// What is wrong with the log is not to be signed.
    #[error("the audit log breaks at row {row}: {}", .fault.sentence())]
    Broken { row: i64, fault: Fault },
    /// The signing key.
    #[error("the key that signs checkpoints cannot be used: {0}")]
    Key(#[from] SealError),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Signs where a company's log ends. Rows since the last checkpoint are verified before; the one that is there is
/// answered when there are no such rows, with `false`.
///
/// # Errors
/// When the log is broken, the key does not open, or the database refuses.
pub async fn make(
    db: &Db,
    sealer: &Sealer,
    company: CompanyId,
    name: &str,
) -> Result<(Kept, bool), CheckpointError> {
    let (last, verdict) = db
        .read(move |conn| {
            let last = newest(conn, &company)?;
            let from = last.as_ref().map(|last| (last.seq, last.hash.as_str()));
            let verdict = audit::verify_from(conn, &company, from)?;
            Ok((last, verdict))
        })
        .await?;
    let Intact { rows, hash, .. } = match verdict {
        Verdict::Intact(whole) => whole,
        Verdict::BrokenAt { row, fault } => return Err(CheckpointError::Broken { row, fault }),
    };
    if let Some(last) = last.filter(|last| last.seq == rows) {
        return Ok((last, false));
    }
    let (sealer, now) = (sealer.clone(), Timestamp::now());
    let checkpoint = Checkpoint {
        origin: origin(company.as_str()),
        rows,
        hash,
        extensions: vec![format!("company {name}"), format!("time {}", now.rfc3339())],
    };
    db.try_write(move |conn| {
        let key = signing_key(conn, &sealer)?;
        let note = key.sign(&checkpoint).ok_or(SealError::DoesNotOpen)?;
        let Checkpoint { rows: seq, hash, .. } = checkpoint;
        let kept = Kept { id: CheckpointId::new(), company_id: company, seq, hash, made_at: now, note };
        diesel::insert_into(audit_checkpoints::table).values(&kept).execute(conn).map_err(DbError::from)?;
        Ok((kept, true))
    })
    .await
}

/// Whether rows were written since the last checkpoint.
pub fn is_due(conn: &mut Conn, company: &CompanyId) -> DbResult<bool> {
    let signed = newest(conn, company)?.map_or(0, |last| last.seq);
    Ok(audit::row(conn, company, signed + 1)?.is_some())
}

/// Writes down who asked for a checkpoint: before it is signed, so that it stands for this row as well.
pub fn asked(conn: &mut Conn, company: &CompanyId, actor: &Actor) -> DbResult<()> {
    audit::record(conn, company, actor, Action::CheckpointsAsked, Subject::Checkpoints.as_str(), &json!({}))
}

/// The key that signs, which is made when it is asked for first.
fn signing_key(conn: &mut Conn, sealer: &Sealer) -> Result<SigningKey, CheckpointError> {
    let secret = audit::keys::signing_secret::<CheckpointError>(conn, sealer, SigningKey::generate)?;
    Ok(SigningKey::read(&secret).ok_or(SealError::DoesNotOpen)?)
}

/// What checks a company's checkpoints; none before the first was made.
///
/// # Errors
/// When the key does not open, or the database cannot be asked.
pub fn public_key(
    conn: &mut Conn,
    sealer: &Sealer,
    company: &CompanyId,
) -> Result<Option<PublicKey>, CheckpointError> {
    let Some(secret) = audit::keys::known_signing_secret::<CheckpointError>(conn, sealer)? else {
        return Ok(None);
    };
    let key = SigningKey::read(&secret).ok_or(SealError::DoesNotOpen)?;
    Ok(Some(key.public(&origin(company.as_str()))))
}

/// The last one of a company.
pub fn newest(conn: &mut Conn, company: &CompanyId) -> DbResult<Option<Kept>> {
    Ok(audit_checkpoints::table
        .filter(audit_checkpoints::company_id.eq(company))
        .order(audit_checkpoints::id.desc())
        .select(Kept::as_select())
        .first(conn)
        .optional()?)
}

/// The newest ones of a company, newest first.
pub fn list(conn: &mut Conn, company: &CompanyId) -> DbResult<Vec<Kept>> {
    Ok(audit_checkpoints::table
        .filter(audit_checkpoints::company_id.eq(company))
        .order(audit_checkpoints::id.desc())
        .limit(SHOWN)
        .select(Kept::as_select())
        .load(conn)?)
}

/// The first one of a company that stands for a row.
pub fn first_for(conn: &mut Conn, company: &CompanyId, row: i64) -> DbResult<Option<Kept>> {
    Ok(audit_checkpoints::table
        .filter(audit_checkpoints::company_id.eq(company).and(audit_checkpoints::seq.ge(row)))
        .order(audit_checkpoints::id.asc())
        .select(Kept::as_select())
        .first(conn)
        .optional()?)
}

/// One of a company.
pub fn find(conn: &mut Conn, company: &CompanyId, id: &CheckpointId) -> DbResult<Option<Kept>> {
    Ok(audit_checkpoints::table
        .find(id)
        .filter(audit_checkpoints::company_id.eq(company))
        .select(Kept::as_select())
        .first(conn)
        .optional()?)
}

/// Where a company's checkpoints go.
pub fn settings(conn: &mut Conn, company: &CompanyId) -> DbResult<Settings> {
    let found = checkpoint_settings::table.find(company).select(Settings::as_select()).first(conn);
    Ok(found.optional()?.unwrap_or_else(|| Settings::new(company)))
}

fn place(company: &CompanyId) -> String {
    format!("checkpoint_settings.url:{company}")
}

/// The address that checkpoints are posted to, where there is one. At many receivers, knowing it is enough to post there.
///
/// # Errors
/// When it was sealed under another key.
pub fn address(settings: &Settings, sealer: &Sealer) -> Result<Option<SecretString>, SealError> {
    let sealed = settings.url_sealed.as_ref();
    sealed.map(|sealed| sealer.open(sealed, &place(&settings.company_id))).transpose()
}

/// Saves where checkpoints go; `url`: nothing, or an address that was looked at. `false`: it was so already.
pub fn configure(
    conn: &mut Conn,
    sealer: &Sealer,
    company: &CompanyId,
    actor: &Actor,
    mails_auditors: bool,
    url: Option<&str>,
) -> DbResult<bool> {
    dialect::lock_company(conn, company)?;
    let old = settings(conn, company)?;
    let old_url = address(&old, sealer).unwrap_or_default();
    let old_url = old_url.as_ref().map(|url| url.expose_secret());
    let mut detail = serde_json::Map::new();
    if old.does_mail() != mails_auditors {
        detail.insert("mails_auditors".into(), json!({"from": old.does_mail(), "to": mails_auditors}));
    }
    if old_url != url {
        let label = |url: Option<&str>| url.map(crate::alert_webhooks::label);
        detail.insert("url".into(), json!({"from": label(old_url), "to": label(url)}));
    }
    if detail.is_empty() {
        return Ok(false);
    }
    let new = Settings {
        company_id: *company,
        mails_auditors: i32::from(mails_auditors),
        url_sealed: url.map(|url| sealer.seal(&SecretString::from(url), &place(company))),
        updated_at: Timestamp::now(),
    };
    dialect::upsert!(conn, checkpoint_settings, checkpoint_settings::company_id, &new);
    let subject = audit::Subject::Checkpoints.as_str();
    audit::record(conn, company, actor, audit::Action::CheckpointsConfigured, subject, &detail.into())?;
    Ok(true)
}
