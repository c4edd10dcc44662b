//! Single sign-on: log-in at the company's provider (`/login/sso/…`), and its settings (`/settings/company/sso`).

mod explain;
mod log_in;
mod settings;
mod tried;

use actix_web::web;

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/login/sso", web::get().to(log_in::page));
    cfg.route("/login/sso", web::post().to(log_in::choose));
    // Before the address of one company, which is as long.
    cfg.route("/login/sso/callback", web::get().to(log_in::callback));
    cfg.route("/login/sso/{company}", web::get().to(log_in::of_company));
    cfg.route("/settings/company/sso", web::get().to(settings::page));
    cfg.route("/settings/company/sso", web::post().to(settings::save));
    cfg.route("/settings/company/sso/state", web::post().to(settings::set_state));
    cfg.route("/settings/company/sso/test", web::post().to(settings::test));
    cfg.route("/settings/company/sso/unlink", web::post().to(settings::unlink));
    cfg.route("/settings/company/sso/remove", web::post().to(settings::remove));
}
