//! `/settings/integrations`: connecting Lever accounts and setting them up.

mod acting;
mod activity;
mod callback;
mod check;
mod completeness;
mod confirm;
mod diagnostics;
mod disconnect;
mod grant;
mod list;
mod live;
mod part;
mod postings;
mod receiver;
mod reconciliations;
mod rules;
mod save;
mod show;
mod test_event;
mod webhooks;
mod write_again;

use crate::db::{Conn, DbResult};
use crate::ids::{CompanyId, IntegrationId};
use crate::integrations::{Connections, Environment, Integration, store};
use crate::web::pages::bulk_moves;
use crate::web::{InCompany, path_id};
use actix_web::dev::{Path, Url};
use actix_web::web;

const LIST: &str = "/settings/integrations";

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(
        bulk_moves::below_integration(web::scope(LIST))
            .route("", web::get().to(list::list))
            .route("/add", web::get().to(list::add))
            .route("/add/lever", web::get().to(list::add_lever))
            .route("/lever/grant", web::post().to(grant::grant))
            .route("/{id}", web::get().to(show::overview))
            .route("/{id}", web::post().to(save::save))
            .route("/{id}/live", web::get().to(live::live))
            .route("/{id}/name", web::post().to(save::rename))
            .route("/{id}/preview", web::post().to(save::preview))
            .route("/{id}/check", web::post().to(check::check))
            .route("/{id}/sync", web::post().to(reconciliations::sync))
            .route("/{id}/write-again", web::post().to(write_again::write_again))
            .route("/{id}/reconciliations", web::get().to(reconciliations::list))
            .route("/{id}/reconciliations/{run}", web::get().to(reconciliations::run_detail))
            .route("/{id}/postings", web::get().to(postings::list))
            .route("/{id}/postings", web::post().to(postings::read))
            .route("/{id}/completeness", web::get().to(completeness::list))
            .route("/{id}/completeness", web::post().to(completeness::count))
            .route("/{id}/completeness/{day}", web::get().to(completeness::day))
            .route("/{id}/rules", web::get().to(rules::list))
            .route("/{id}/rules", web::post().to(rules::add))
            .route("/{id}/rules/new", web::get().to(rules::fresh))
            .route("/{id}/rules/preview", web::post().to(rules::preview))
            .route("/{id}/rules/preview", web::get().to(super::nothing_here))
            .route("/{id}/rules/{rule}", web::get().to(rules::edit))
            .route("/{id}/rules/{rule}", web::post().to(rules::change))
            .route("/{id}/rules/{rule}/delete", web::get().to(rules::confirm_delete))
            .route("/{id}/rules/{rule}/delete", web::post().to(rules::delete))
            .route("/{id}/acting-as", web::get().to(acting::choose))
            .route("/{id}/acting-as", web::post().to(acting::save))
            .route("/{id}/webhooks", web::get().to(show::webhooks))
            .route("/{id}/webhooks", web::post().to(webhooks::set_up))
            .route("/{id}/webhooks/test", web::post().to(test_event::send))
            .route("/{id}/activity", web::get().to(activity::activity))
            .route("/{id}/settings", web::get().to(show::settings))
            .route("/{id}/webhook-url", web::post().to(receiver::rotate))
            .route("/{id}/unverified/empty", web::post().to(receiver::empty))
            .route("/{id}/disconnect", web::get().to(disconnect::confirm))
            .route("/{id}/disconnect", web::post().to(disconnect::disconnect))
            // Also for addresses that take forms only: whoever reloads one sees a page.
            .default_service(web::to(super::nothing_here)),
    )
    .route("/oauth/lever/callback", web::get().to(callback::callback));
}

impl InCompany for Integration {
    type Key = IntegrationId;

    fn key(path: &Path<Url>) -> Option<IntegrationId> {
        path_id(path, "id", IntegrationId::parse)
    }

    fn load(conn: &mut Conn, company: &CompanyId, id: &IntegrationId) -> DbResult<Option<Self>> {
        store::by_id(conn, company, id)
    }
}

/// The page of an account.
fn page_of(id: &IntegrationId) -> String {
    format!("{LIST}/{id}")
}

/// What the dialog **Connect Lever** needs.
struct Connect {
    is_configured: bool,
    redirect_uri: String,
    environments: &'static [Environment],
}

impl Connect {
    fn with(connections: &Connections) -> Self {
        Self {
            is_configured: connections.has_app(),
            redirect_uri: connections.redirect_uri().to_string(),
            environments: connections.environments(),
        }
    }
}
