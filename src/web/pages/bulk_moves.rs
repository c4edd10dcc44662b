//! `/settings/integrations/{id}/batches/{batch}`: a mass move, and the buttons that decide on it.

use crate::db::{Conn, DbResult};
use crate::ids::{BulkMoveId, CompanyId, IntegrationId};
use crate::integrations::{Integration, store};
use crate::invitations::bulk_moves;
use crate::invitations::bulk_moves::BulkMove;
use crate::invitations::bulk_moves::release;
use crate::invitations::bulk_moves::release::Undone;
use crate::invitations::bulk_moves::view;
use crate::invitations::bulk_moves::view::{Moved, NAMED, Summary};
use crate::state::AppState;
use crate::web::labels::{self, Label};
use crate::web::{
    Colleague, FlashKind, Form, Found, InCompany, Layout, NoFields, PageResult, Section, SignedIn, path_id,
    render, see_other,
};
use actix_web::dev::{Path, Url};
use actix_web::web::{self, Data};
use askama::Template;

/// Routes below an account's.
pub(super) fn below_integration(scope: actix_web::Scope) -> actix_web::Scope {
    scope
        .route("/{id}/batches/{bulk_move}", web::get().to(detail))
        .route("/{id}/batches/{bulk_move}/send", web::post().to(send))
        .route("/{id}/batches/{bulk_move}/undo", web::post().to(undo))
}

fn path_of(bulk_move: &BulkMove) -> String {
    format!("/settings/integrations/{}/batches/{}", bulk_move.integration_id, bulk_move.id)
}

#[derive(Template)]
#[template(path = "bulk_moves/page.html")]
struct BulkMovePage {
    layout: Layout,
    integration: Integration,
    summary: Summary,
    moves: Vec<Moved>,
}

impl BulkMovePage {
    fn is_cut(&self) -> bool {
        self.moves.len() as i64 >= NAMED
    }

    fn badge(&self) -> Label {
        labels::bulk_move(self.summary.bulk_move.state)
    }

    /// What became of a move: of its invitation when there is one, of its event otherwise.
    fn verdict(&self, moved: &Moved) -> Label {
        match moved.invitation {
            Some(state) => labels::invitation(state),
            None => labels::event(moved.state, moved.outcome),
        }
    }

    fn can_undo(&self) -> bool {
        let has_something = self.summary.is_held() || self.summary.open > 0;
        has_something && self.summary.bulk_move.can_undo(self.layout.now)
    }
}

impl InCompany for (Integration, BulkMove) {
    type Key = (IntegrationId, BulkMoveId);

    fn key(path: &Path<Url>) -> Option<Self::Key> {
        Some((path_id(path, "id", IntegrationId::parse)?, path_id(path, "bulk_move", BulkMoveId::parse)?))
    }

    fn load(conn: &mut Conn, company: &CompanyId, (id, bulk_move): &Self::Key) -> DbResult<Option<Self>> {
        let Some(row) = store::by_id(conn, company, id)? else { return Ok(None) };
        let bulk_move = bulk_moves::bulk_move(conn, company, id, bulk_move)?;
        Ok(bulk_move.map(|bulk_move| (row, bulk_move)))
    }
}

async fn detail(
    app: Data<AppState>,
    Found(who, (integration, bulk_move)): Found<SignedIn, (Integration, BulkMove)>,
) -> PageResult {
    let (summary, moves) = app
        .db
        .read(move |conn| {
            let moves = view::moves(conn, &bulk_move.id, &bulk_move.integration_id)?;
            Ok((view::summary(conn, bulk_move)?, moves))
        })
        .await?;
    let layout = who.layout(summary.bulk_move.title(), Section::Integrations)?;
    render(&BulkMovePage { layout, integration, summary, moves })
}

async fn send(
    app: Data<AppState>,
    Found(who, (_, bulk_move)): Found<Colleague, (Integration, BulkMove)>,
    _form: Form<NoFields>,
) -> PageResult {
    let (user, actor, path) = (who.user.id, who.actor(), path_of(&bulk_move));
    let sent = app.db.write(move |conn| release::send(conn, &bulk_move, Some((&user, &actor)))).await?;
    app.work.notify_one();
    if sent {
        who.flash(FlashKind::Good, "The invitations are on their way.");
    } else {
        who.flash(FlashKind::Attention, "This was already decided. Nothing was changed.");
    }
    Ok(see_other(&path))
}

async fn undo(
    app: Data<AppState>,
    Found(who, (_, bulk_move)): Found<Colleague, (Integration, BulkMove)>,
    _form: Form<NoFields>,
) -> PageResult {
    let (user, actor, path) = (who.user.id, who.actor(), path_of(&bulk_move));
    let undone = app.db.write(move |conn| release::undo(conn, &bulk_move, &user, &actor)).await?;
    app.work.notify_one();
    let counted = |n: usize| if n == 1 { "1 invitation".to_owned() } else { format!("{n} invitations") };
    let (kind, text) = match undone {
        Undone::Now { held, sent: 0 } => (FlashKind::Good, format!("Cancelled {}.", counted(held))),
        Undone::Now { held: 0, sent } => {
            (FlashKind::Good, format!("Cancelled {} that had been sent.", counted(sent)))
        }
        Undone::Now { held, sent } => {
            (FlashKind::Good, format!("Cancelled {} on hold and {sent} already sent.", counted(held)))
        }
        Undone::Before => (FlashKind::Attention, "It was already undone.".to_owned()),
        Undone::TooLate => (
            FlashKind::Failed,
            "These invitations went out more than a day ago. Cancel them on the candidates' pages."
                .to_owned(),
        ),
    };
    who.flash(kind, text);
    Ok(see_other(&path))
}
