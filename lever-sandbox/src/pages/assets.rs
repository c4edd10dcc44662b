//! Stylesheet, script and icon, built into the binary.

use actix_web::http::header;
use actix_web::{HttpResponse, web};

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.route("/static/sandbox.css", web::get().to(css))
        .route("/static/sandbox.js", web::get().to(js))
        .route("/static/icon.svg", web::get().to(icon))
        .route("/favicon.ico", web::get().to(icon));
}

async fn css() -> HttpResponse {
    asset("text/css; charset=utf-8", include_str!("../../static/sandbox.css"))
}

async fn js() -> HttpResponse {
    asset("text/javascript; charset=utf-8", include_str!("../../static/sandbox.js"))
}

async fn icon() -> HttpResponse {
    asset("image/svg+xml", include_str!("../../static/icon.svg"))
}

fn asset(kind: &'static str, body: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, kind))
        .insert_header((header::CACHE_CONTROL, "public, max-age=60"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(body)
}
