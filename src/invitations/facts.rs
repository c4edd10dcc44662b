//! What a decision rests on, gathered in one place for the worker, a preview, "why" and a reconciliation.

use super::rules::{Cause, Facts};
use super::snapshot::SeenPosting;
use super::store::{InvitationState, OpenByPerson, is_for};
use crate::db::schema::invitations::dsl;
use crate::db::{Conn, DbResult};
use crate::ids::IntegrationId;
use crate::reasons::Reason;
use diesel::prelude::*;
use lever_client::Opportunity;
use std::collections::HashMap;

/// What the portal knows of the invitations of some opportunities and of the people behind them.
#[derive(Debug, Clone, Default)]
pub struct KnownInvitations {
    /// The postings for which each opportunity is invited; no posting is the empty text.
    invited: HashMap<String, Vec<String>>,
    open: OpenByPerson,
}

impl KnownInvitations {
    /// Looks them up.
    pub fn load<'o>(
        conn: &mut Conn,
        integration: &IntegrationId,
        opportunities: impl IntoIterator<Item = &'o Opportunity>,
    ) -> DbResult<Self> {
        let (mut ids, mut contacts) = (Vec::new(), Vec::new());
        for opportunity in opportunities {
            ids.push(opportunity.id.to_string());
            contacts.extend(opportunity.contact_id().map(ToString::to_string));
        }
        let invited: Vec<(String, String, InvitationState, Reason)> = dsl::invitations
            .filter(dsl::integration_id.eq(integration).and(dsl::opportunity_id.eq_any(ids)))
            .select((dsl::opportunity_id, dsl::posting_id, dsl::state, dsl::ended_reason))
            .load(conn)?;
        let open = OpenByPerson::of_contacts(conn, integration, &contacts)?;
        let mut by_opportunity: HashMap<String, Vec<String>> = HashMap::new();
        for (opportunity, posting, state, ended) in invited {
            // Lever showed the candidate as gone, and shows them otherwise now: that invitation is no reason against one.
            if state == InvitationState::Cancelled && ended.is_end_by_lever() {
                continue;
            }
            by_opportunity.entry(opportunity).or_default().push(posting);
        }
        Ok(Self { invited: by_opportunity, open })
    }

    fn has(&self, opportunity: &Opportunity) -> bool {
        let posting = opportunity.posting_id().map_or("", |posting| posting.as_str());
        let invited = self.invited.get(opportunity.id.as_str());
        invited.is_some_and(|postings| postings.iter().any(|known| is_for(known, posting)))
    }
}

impl<'f> Facts<'f> {
    /// Gathers them: what Lever says of an opportunity and its posting, and what the portal knows of it. There is no
    /// other way to make facts outside this room, so nobody can decide on others.
    pub fn gather(
        known: &KnownInvitations,
        cause: Cause,
        opportunity: &'f Opportunity,
        posting: &'f SeenPosting,
    ) -> Self {
        Self {
            cause,
            opportunity,
            posting,
            is_invited: known.has(opportunity),
            is_invited_elsewhere: known.open.is_elsewhere(opportunity),
        }
    }
}
