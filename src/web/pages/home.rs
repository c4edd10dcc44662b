//! `/`: to the dashboard, which is the list of integrations, or to the log-in page.

use crate::web::{PageError, SignedIn, see_other};
use actix_web::{HttpResponse, web};

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/", web::get().to(home));
}

async fn home(who: Result<SignedIn, PageError>) -> HttpResponse {
    let is_known = matches!(who, Ok(_) | Err(PageError::FactorNeeded(_)));
    see_other(if is_known { "/settings/integrations" } else { "/login" })
}
