//! The portal's own tests as a [`Provider`]. An order needs nothing beside the invitation, and what
//! it leads to is known at once.

use super::kept_results::SealedPart;
use super::store;
use crate::db::{Conn, Db, DbError, DbResult};
use crate::ids::InvitationId;
use crate::invitations::{Invitation, InvitationState};
use crate::invitations::{lifecycle, store as invitations};
use crate::secrets::Sealer;
use crate::test_sessions::engine;
use crate::time::Timestamp;
use assessment::provider::{Invited, Order, Progress, Provider, ProviderError, Reference, State, TestResult};
use async_trait::async_trait;
use secrecy::ExposeSecret as _;
use url::Url;

/// The tests of this installation.
pub struct BuiltinTests {
    db: Db,
    sealer: Sealer,
    base_url: Url,
}

impl From<DbError> for ProviderError {
    fn from(cause: DbError) -> Self {
        Self::Unavailable(cause.to_string())
    }
}

impl BuiltinTests {
    /// Tests that are taken at this address.
    pub fn new(db: Db, sealer: Sealer, base_url: Url) -> Self {
        Self { db, sealer, base_url }
    }

    async fn with_session<T: Send + 'static>(
        &self,
        reference: &Reference,
        work: impl FnOnce(&mut Conn, Invitation) -> DbResult<T> + Send + 'static,
    ) -> Result<T, ProviderError> {
        let id = InvitationId::parse(&reference.0).ok_or(ProviderError::Unknown)?;
        let found = self.db.write(move |conn| match invitations::invitation(conn, &id)? {
            Some(invitation) => work(conn, invitation).map(Some),
            None => Ok(None),
        });
        found.await?.ok_or(ProviderError::Unknown)
    }
}

/// How many of an invitation's tests are done, of how many.
fn done(sealer: &Sealer, invitation: &Invitation, row: Option<&store::Row>) -> (u8, u8) {
    let of = u8::try_from(invitation.tests.count()).unwrap_or(u8::MAX);
    let done = match (invitation.state, row) {
        (InvitationState::Completed, _) => of,
        (InvitationState::Started, Some(row)) => engine::open(sealer, &invitation.id, &row.answers_sealed)
            .inspect_err(|failure| tracing::error!(%failure, invitation = %invitation.id, "no progress"))
            .map_or(0, |sitting| sitting.done().0),
        _ => 0,
    };
    (done, of)
}

/// How many tests of this invitation are done, of how many; none while there is nothing under way here.
pub fn under_way(conn: &mut Conn, sealer: &Sealer, id: &InvitationId) -> DbResult<Option<(u8, u8)>> {
    let Some(invitation) = invitations::invitation(conn, id)? else { return Ok(None) };
    let row = store::find(conn, id)?;
    let is_under_way = row.is_some() && invitation.state == InvitationState::Started;
    Ok(is_under_way.then(|| done(sealer, &invitation, row.as_ref())))
}

#[async_trait]
impl Provider for BuiltinTests {
    async fn invite(&self, order: &Order) -> Result<Invited, ProviderError> {
        let invitation = self.with_session(&order.reference, |_, invitation| Ok(invitation)).await?;
        let gone = || ProviderError::Refused("the invitation's link is gone".to_owned());
        let sealed = invitation.code_sealed.as_ref().ok_or_else(gone)?;
        let code = self.sealer.open(sealed, &lifecycle::place(&invitation.id));
        let code = code.map_err(|failure| ProviderError::Refused(failure.to_string()))?;
        let mut link = self.base_url.clone();
        link.set_path(&format!("/assessment/{}", code.expose_secret()));
        Ok(Invited { reference: order.reference.clone(), link: link.into() })
    }

    async fn progress(&self, reference: &Reference) -> Result<Progress, ProviderError> {
        let (invitation, row) = self
            .with_session(reference, |conn, invitation| {
                let row = store::find(conn, &invitation.id)?;
                Ok((invitation, row))
            })
            .await?;
        let is_late = invitation.expires_at <= Timestamp::now();
        let state = match invitation.state {
            InvitationState::Completed => State::Completed,
            InvitationState::Started => State::Started,
            InvitationState::Withdrawn => State::Withdrawn,
            InvitationState::Failed | InvitationState::Cancelled | InvitationState::Expired => State::Expired,
            _ if is_late => State::Expired,
            _ => State::Invited,
        };
        let (done, of) = done(&self.sealer, &invitation, row.as_ref());
        let (started, finished) = row.map_or((None, None), |row| (Some(row.started_at), row.finished_at));
        let since = match state {
            State::Completed => finished,
            State::Started => started,
            State::Expired if is_late => Some(invitation.expires_at),
            _ => None,
        };
        let since_ms = since.unwrap_or(invitation.created_at).0;
        Ok(Progress { reference: reference.clone(), state, done, of, since_ms })
    }

    async fn result(&self, reference: &Reference) -> Result<Option<TestResult>, ProviderError> {
        let row = self.with_session(reference, |conn, invitation| store::find(conn, &invitation.id)).await?;
        let Some(row) = row else { return Ok(None) };
        let Some(sealed) = row.result_sealed else { return Ok(None) };
        SealedPart::Result
            .open(&self.sealer, &row.invitation_id, &sealed)
            .map(Some)
            .map_err(|failure| ProviderError::Refused(format!("a kept result cannot be read: {failure}")))
    }

    async fn erase(&self, reference: &Reference) -> Result<(), ProviderError> {
        match self.with_session(reference, |conn, invitation| store::erase(conn, &invitation.id)).await {
            Ok(()) | Err(ProviderError::Unknown) => Ok(()),
            Err(other) => Err(other),
        }
    }
}
