//! The table of orders with an outside provider, and of the callbacks that it sent.

use crate::db::schema::{candidates, invitations, test_callbacks, test_orders};
use crate::db::{Conn, DbResult, dialect};
use crate::ids::{CompanyId, IntegrationId, InvitationId};
use crate::invitations::{Invitation, InvitationState};
use crate::job_queue::{self, JobKind, NewJob};
use crate::text_enum;
use crate::time::Timestamp;
use diesel::prelude::*;
use serde_json::json;
use std::time::Duration;

/// How often the provider is asked about an order that no callback tells of.
pub const POLL: Duration = Duration::from_secs(600);

/// A callback that was taken is remembered for longer than it could be repeated.
const REMEMBERED: Duration = Duration::from_secs(1200);

text_enum! {
    /// Where an order is in its life.
    State {
        /// The candidate is not done.
        Open => "open",
        /// Nothing more is to come.
        Done => "done",
        /// The provider is to erase it; then the row goes too.
        Erasing => "erasing",
    }
}

/// An order with an outside provider.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = test_orders)]
pub struct TestOrder {
    /// The invitation's id, which may be erased meanwhile.
    pub reference: InvitationId,
    pub company_id: CompanyId,
    /// Where it is.
    pub state: State,
    /// The time for tasks as ordered last, in percent of the usual.
    pub time_percent: i32,
    /// When it was made.
    pub created_at: Timestamp,
}

#[derive(Insertable)]
#[diesel(table_name = test_callbacks)]
struct Callback {
    id: String,
    taken_at: Timestamp,
}

/// The order of an invitation; none when the portal gives the tests itself.
pub fn for_invitation(conn: &mut Conn, invitation: &InvitationId) -> DbResult<Option<TestOrder>> {
    Ok(test_orders::table.find(invitation).select(TestOrder::as_select()).first(conn).optional()?)
}

/// Writes an order down before it is placed, where there is an outside provider and the invitation
/// is about to go out; again, too, when nothing was begun and no order is left. Answers whether the order is
/// an outside provider's.
pub fn take_up(conn: &mut Conn, invitation: &Invitation, there_is_one: bool) -> DbResult<bool> {
    if let Some(order) = for_invitation(conn, &invitation.id)? {
        if order.state != State::Open {
            // Mailed again, so the candidate has something to do again.
            diesel::update(test_orders::table.find(&invitation.id))
                .set(test_orders::state.eq(State::Open))
                .execute(conn)?;
            ask_at(conn, &order, Timestamp::now().plus(POLL))?;
        }
        return Ok(true);
    }
    // Whoever holds a link of the portal's own tests keeps it.
    if !there_is_one || invitation.state != InvitationState::Pending {
        return Ok(false);
    }
    let now = Timestamp::now();
    let order = TestOrder {
        reference: invitation.id,
        company_id: invitation.company_id,
        state: State::Open,
        time_percent: invitation.time_percent,
        created_at: now,
    };
    diesel::insert_into(test_orders::table).values(&order).execute(conn)?;
    ask_at(conn, &order, now.plus(POLL))?;
    Ok(true)
}

/// The provider is asked about an order then.
fn ask_at(conn: &mut Conn, order: &TestOrder, due: Timestamp) -> DbResult<()> {
    let job = NewJob {
        company: order.company_id,
        integration: None,
        kind: JobKind::PollTestOrder,
        key: order.reference.to_string(),
        payload: json!({"reference": order.reference}),
        due,
    };
    job_queue::add(conn, job)
}

/// Something may have changed: the provider is asked now. Also about an order that was done: a candidate can
/// withdraw after the end, and a result can come long after the link ran out.
pub fn hint(conn: &mut Conn, order: &InvitationId) -> DbResult<()> {
    let Some(order) = for_invitation(conn, order)?.filter(|order| order.state != State::Erasing) else {
        return Ok(());
    };
    set_state(conn, &order.reference, State::Open)?;
    ask_at(conn, &order, Timestamp::now())
}

fn set_state(conn: &mut Conn, order: &InvitationId, state: State) -> DbResult<()> {
    diesel::update(test_orders::table.find(order)).set(test_orders::state.eq(state)).execute(conn)?;
    Ok(())
}

/// The provider knows of this time now.
pub fn ordered(conn: &mut Conn, order: &InvitationId, time_percent: i32) -> DbResult<()> {
    diesel::update(test_orders::table.find(order))
        .set(test_orders::time_percent.eq(time_percent))
        .execute(conn)?;
    Ok(())
}

/// Nothing more is to come of an order. A hint that comes meanwhile has it asked about all the same.
pub fn close(conn: &mut Conn, order: &InvitationId) -> DbResult<()> {
    diesel::update(test_orders::table.find(order))
        .filter(test_orders::state.eq(State::Open))
        .set(test_orders::state.eq(State::Done))
        .execute(conn)?;
    Ok(())
}

/// The provider is to erase an order.
pub fn erase_at_provider(conn: &mut Conn, order: &InvitationId) -> DbResult<()> {
    let Some(order) = for_invitation(conn, order)? else { return Ok(()) };
    set_state(conn, &order.reference, State::Erasing)?;
    ask_at(conn, &order, Timestamp::now())
}

/// The provider is to erase what it has of a person. To be called before the person is erased here.
pub fn forget_of(conn: &mut Conn, integration: &IntegrationId, opportunity: &str) -> DbResult<()> {
    let theirs = candidates::table
        .filter(candidates::integration_id.eq(integration).and(candidates::opportunity_id.eq(opportunity)))
        .select(candidates::id);
    let invited: Vec<InvitationId> = invitations::table
        .filter(invitations::candidate_id.eq_any(theirs))
        .select(invitations::id)
        .load(conn)?;
    for invitation in &invited {
        erase_at_provider(conn, invitation)?;
    }
    Ok(())
}

/// The provider has erased an order.
pub fn mark_gone(conn: &mut Conn, order: &InvitationId) -> DbResult<()> {
    // One that was mailed again meanwhile stays.
    diesel::delete(test_orders::table.find(order))
        .filter(test_orders::state.eq(State::Erasing))
        .execute(conn)?;
    Ok(())
}

/// Remembers a callback. `false`: it was taken before.
pub fn recognise(conn: &mut Conn, id: &str) -> DbResult<bool> {
    let rows = [Callback { id: id.to_owned(), taken_at: Timestamp::now() }];
    let added: Vec<String> = dialect::insert_new!(conn, test_callbacks, &rows);
    Ok(!added.is_empty())
}

/// Forgets callbacks that are too old to be taken again.
pub fn tidy(conn: &mut Conn) -> DbResult<()> {
    let limit = Timestamp::now().minus(REMEMBERED);
    diesel::delete(test_callbacks::table.filter(test_callbacks::taken_at.lt(limit))).execute(conn)?;
    Ok(())
}
