//! What an address names, loaded in the visitor's company before the handler is called; 404 where there is none. A
//! handler that takes [`Found`] has the row in its hands and cannot forget whose it is.

use super::PageError;
use super::guard::{Extracting, Guard, SignedIn};
use crate::db::{Conn, DbError, DbResult};
use crate::ids::CompanyId;
use actix_web::dev::{Path, Payload, Url};
use actix_web::{FromRequest, HttpRequest};

/// What an address can name.
pub trait InCompany: Sized + Send + 'static {
    /// The ids in the address.
    type Key: Send + 'static;

    /// Reads the ids; `None` where there can be no such thing.
    fn key(path: &Path<Url>) -> Option<Self::Key>;

    /// Loads it, of this company only.
    fn load(conn: &mut Conn, company: &CompanyId, key: &Self::Key) -> DbResult<Option<Self>>;
}

/// Someone whom the guard `G` lets in, and what the address names. The guard comes first: who may not come in does not
/// learn what there is.
pub struct Found<G, T>(pub G, pub T);

impl<G: Guard, T: InCompany> FromRequest for Found<G, T> {
    type Error = PageError;
    type Future = Extracting<Self>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (req, key) = (req.clone(), T::key(req.match_info()));
        Box::pin(async move {
            let load = move |conn: &mut Conn, company: &CompanyId| {
                key.map_or(Ok(None), |key| T::load(conn, company, &key))
            };
            let (person, found) = SignedIn::with(req, load).await?;
            let who = G::admit(person)?;
            Ok(Self(who, found.ok_or(PageError::NotFound)?))
        })
    }
}

/// What there is not, as none.
pub fn absent_is_none<T>(loaded: DbResult<T>) -> DbResult<Option<T>> {
    match loaded {
        Err(DbError::Query(diesel::result::Error::NotFound)) => Ok(None),
        loaded => loaded.map(Some),
    }
}

/// An id that a form of the portal's sends: one that cannot be is answered as one in an address is.
///
/// # Errors
/// 404 for what is no id.
pub fn form_id<T>(text: &str, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, PageError> {
    parse(text).ok_or(PageError::NotFound)
}

/// The same where people may choose `nothing`.
///
/// # Errors
/// 404 for what is no id.
pub fn chosen_id<T>(
    text: &str,
    nothing: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, PageError> {
    if text == nothing { Ok(None) } else { form_id(text, parse).map(Some) }
}

/// An id in an address, by the name that the route gives it.
pub fn path_id<T>(path: &Path<Url>, name: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
    parse(path.get(name)?)
}
