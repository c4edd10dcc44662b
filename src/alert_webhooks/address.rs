//! The address that alerts are posted to. At many receivers, knowing it is enough to post there, so it is sealed.

use crate::db::schema::alert_hooks::dsl;
use crate::db::{Conn, DbResult};
use crate::ids::CompanyId;
use crate::secrets::{SealError, Sealed, Sealer, hash_of};
use diesel::prelude::*;
use secrecy::SecretString;
use url::Url;

/// What a sealed column of a company is bound to.
pub(super) fn place(column: &str, company: &CompanyId) -> String {
    format!("alert_hooks.{column}:{company}")
}

/// Opens a sealed address.
///
/// # Errors
/// When it was sealed under another key, or there is none.
pub(super) fn open(
    sealed: Option<&Sealed>,
    company: &CompanyId,
    sealer: &Sealer,
) -> Result<SecretString, SealError> {
    sealer.open(sealed.ok_or(SealError::DoesNotOpen)?, &place("url", company))
}

/// Seals an address.
pub(super) fn seal(sealer: &Sealer, company: &CompanyId, url: &str) -> Sealed {
    sealer.seal(&SecretString::from(url), &place("url", company))
}

/// What the audit log says of an address: the host, and eight digits that tell two addresses apart. The rest of
/// it opens something at many receivers.
pub fn label(url: &str) -> String {
    let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    format!("{host} #{}", &hash_of(url)[..8])
}

/// Seals the addresses that an earlier version stored as they were.
pub fn seal_addresses(conn: &mut Conn, sealer: &Sealer) -> DbResult<()> {
    let plain: Vec<(CompanyId, String)> =
        dsl::alert_hooks.filter(dsl::url.ne("")).select((dsl::company_id, dsl::url)).load(conn)?;
    for (company, url) in plain {
        diesel::update(dsl::alert_hooks.find(&company))
            .set((dsl::url_sealed.eq(Some(seal(sealer, &company, &url))), dsl::url.eq("")))
            .execute(conn)?;
    }
    Ok(())
}
