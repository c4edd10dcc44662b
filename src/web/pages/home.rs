//! `/`: to the dashboard, which is the list of integrations, or to the log-in page.

use crate::web::{SignedIn, see_other};
use actix_web::{HttpResponse, web};

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/", web::get().to(home));
}

async fn home(who: Result<SignedIn, crate::web::PageError>) -> HttpResponse {
    see_other(if who.is_ok() { "/settings/integrations" } else { "/login" })
}
