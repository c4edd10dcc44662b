//! Orders with whoever gives the tests. The portal's own tests and an outside provider are reached by
//! the same trait; who was asked for an invitation stays so until it is over.
//!
//! The portal's own tests answer at once, in the transaction of the last answer, so nothing has to be kept of
//! their orders. An outside provider is called over the network: its orders are kept here, asked after
//! from time to time, and erased there when they are erased here.

mod store;

pub use store::{
    POLL, State, TestOrder, close, erase_at_provider, for_invitation, forget_of, hint, mark_gone, ordered,
    recognise, take_up, tidy,
};

use crate::i18n::Messages;
use crate::invitations::Invitation;
use assessment::Plan;
use assessment::http_provider::HttpProvider;
use assessment::provider::{Order, Provider, Reference};
use assessment::session::ExtraTime;
use std::sync::Arc;

/// Whoever can give the tests.
#[derive(Clone)]
pub struct Providers {
    /// The portal itself.
    pub own: Arc<dyn Provider>,
    /// The provider that the configuration names: new orders go there.
    pub outside: Option<Arc<HttpProvider>>,
}

impl Providers {
    /// Who has the order. `None`: an outside provider that the configuration does not name any more.
    pub fn provider_for(&self, is_outside: bool) -> Option<&dyn Provider> {
        if is_outside {
            self.outside.as_deref().map(|provider| provider as &dyn Provider)
        } else {
            Some(self.own.as_ref())
        }
    }
}

/// The order for an invitation; its tests begin in this language.
pub fn order(invitation: &Invitation, candidate_name: &str, language: &str) -> Order {
    let percent = u16::try_from(invitation.time_percent).unwrap_or(100);
    let extra_time = ExtraTime::try_from(percent).unwrap_or_default();
    Order {
        reference: Reference(invitation.id.to_string()),
        candidate_name: candidate_name.to_owned(),
        language: Messages::find(language).unwrap_or_else(Messages::fallback).code().to_owned(),
        plan: Plan {
            logic: Plan::default().logic.filter(|_| invitation.tests.logic()),
            personality: invitation.tests.personality(),
            extra_time,
            ..Plan::default()
        },
        expires_at_ms: invitation.expires_at.0,
    }
}
