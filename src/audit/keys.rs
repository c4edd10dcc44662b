//! Keys of the log that outlive the secret key which they were made under.

use crate::db::schema::audit_keys::{self, dsl};
use crate::db::{Conn, Db, DbError, DbResult, dialect};
use crate::secrets::rotation::RotationError;
use crate::secrets::{MacKeys, SealError, Sealed, Sealer};
use crate::time::Timestamp;
use diesel::prelude::*;
use secrecy::SecretString;

/// What authenticated rows before the secret key was replaced.
const MAC: &str = "mac";

/// A key of the log.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_keys)]
struct Key {
    id: String,
    kind: String,
    secret_sealed: Sealed,
    created_at: Timestamp,
}

fn place(id: &str) -> String {
    format!("audit_keys.secret:{id}")
}

fn put(conn: &mut Conn, sealer: &Sealer, id: &str, kind: &str, secret: &SecretString) -> DbResult<()> {
    let key = Key {
        id: id.to_owned(),
        kind: kind.to_owned(),
        secret_sealed: sealer.seal(secret, &place(id)),
        created_at: Timestamp::now(),
    };
    diesel::insert_into(audit_keys::table).values(&key).execute(conn)?;
    Ok(())
}

fn of_kind(conn: &mut Conn, kind: &str) -> DbResult<Vec<Key>> {
    Ok(audit_keys::table
        .filter(dsl::kind.eq(kind))
        .order(dsl::id.asc())
        .select(Key::as_select())
        .load(conn)?)
}

/// What signs checkpoints.
const SIGNING: &str = "signing";

/// The secret that signs checkpoints; `make` makes it when it is asked for first.
///
/// # Errors
/// When it was sealed under another key, or the database refuses.
pub fn signing_secret<E: From<DbError> + From<SealError>>(
    conn: &mut Conn,
    sealer: &Sealer,
    make: impl FnOnce() -> SecretString,
) -> Result<SecretString, E> {
    dialect::lock_setup(conn)?;
    if let Some(known) = known_signing_secret::<E>(conn, sealer)? {
        return Ok(known);
    }
    let secret = make();
    put(conn, sealer, SIGNING, SIGNING, &secret)?;
    Ok(secret)
}

/// The same; none while there is none.
///
/// # Errors
/// When it was sealed under another key, or the database refuses.
pub fn known_signing_secret<E: From<DbError> + From<SealError>>(
    conn: &mut Conn,
    sealer: &Sealer,
) -> Result<Option<SecretString>, E> {
    let Some(key) = of_kind(conn, SIGNING)?.pop() else { return Ok(None) };
    Ok(Some(sealer.open(&key.secret_sealed, &place(&key.id))?))
}

/// Lets everything that writes and checks the log on this database find its keys.
pub async fn carry(db: &Db, sealer: &Sealer) -> DbResult<()> {
    let (mut keys, opener) = (sealer.audit_keys(), sealer.clone());
    let kept = db.read(|conn| of_kind(conn, MAC)).await?;
    for key in kept {
        match opener.open(&key.secret_sealed, &place(&key.id)) {
            Ok(secret) => keys.add_older(&key.id, &secret),
            Err(failure) => {
                tracing::error!(key = key.id, %failure, "rows of the audit log under this key cannot be checked");
            }
        }
    }
    db.carry(keys);
    Ok(())
}

/// For a new secret key: seals the kept keys under it, and keeps the one that made codes until now, so that the rows
/// which it made can be checked.
///
/// # Errors
/// When one of them does not open with the old key.
pub fn reseal(conn: &mut Conn, old: &Sealer, new: &Sealer) -> Result<(), RotationError> {
    let kept: Vec<Key> = audit_keys::table.select(Key::as_select()).load(conn)?;
    for key in kept {
        let secret = old.open(&key.secret_sealed, &place(&key.id)).map_err(|cause| {
            RotationError::Sealed { table: "audit_keys", column: "secret_sealed", row: key.id.clone(), cause }
        })?;
        diesel::update(audit_keys::table.find(&key.id))
            .set(dsl::secret_sealed.eq(new.seal(&secret, &place(&key.id))))
            .execute(conn)?;
    }
    let last: MacKeys = old.audit_keys();
    put(conn, new, last.id(), MAC, &last.secret())?;
    Ok(())
}
