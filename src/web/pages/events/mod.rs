//! The event log: the list with its files, one event, and putting an event back to work.

mod chart;
mod deletion;
mod detail;
pub(crate) mod filters;
mod list;
mod replay;
pub(crate) mod timeline;

use actix_web::web;

/// The path of the list.
const LIST: &str = "/events";

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/events", web::get().to(list::page));
    cfg.route("/events.csv", web::get().to(list::csv));
    cfg.route("/events.ndjson", web::get().to(list::ndjson));
    cfg.route("/events/{id}", web::get().to(detail::page));
    cfg.route("/events/{id}/body", web::get().to(detail::body));
    cfg.route("/events/{id}/deletion", web::post().to(deletion::decide));
    cfg.route("/events/{id}/replay", web::post().to(replay::replay));
}
