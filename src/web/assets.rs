//! The stylesheet and the script, from the binary, under addresses that change with their content.

use actix_web::http::header;
use actix_web::middleware::Compress;
use actix_web::{HttpResponse, web};
use std::sync::LazyLock;

struct Asset {
    path: String,
    body: &'static str,
    kind: &'static str,
}

impl Asset {
    fn new(name: &str, body: &'static str, kind: &'static str) -> Self {
        let hash = crate::secrets::hash_of(body);
        Self { path: format!("/static/{name}?v={}", &hash[..12]), body, kind }
    }
}

/// The parts of the stylesheet, in the order in which they build on each other.
const STYLES: &str = concat!(
    include_str!("../../static/css/1-base.css"),
    include_str!("../../static/css/2-controls.css"),
    include_str!("../../static/css/3-parts.css"),
    include_str!("../../static/css/4-assessment.css"),
);

static CSS: LazyLock<Asset> = LazyLock::new(|| Asset::new("app.css", STYLES, "text/css; charset=utf-8"));
static JS: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("app.js", include_str!("../../static/app.js"), "text/javascript; charset=utf-8")
});

pub fn css_path() -> &'static str {
    &CSS.path
}

pub fn js_path() -> &'static str {
    &JS.path
}

/// `/static/…`
pub fn routes(cfg: &mut web::ServiceConfig) {
    // They are the heaviest thing that travels to a candidate on a slow line.
    cfg.service(
        web::scope("/static")
            .wrap(Compress::default())
            .route("/app.css", web::get().to(|| async { serve(&CSS) }))
            .route("/app.js", web::get().to(|| async { serve(&JS) })),
    );
}

fn serve(asset: &Asset) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(asset.kind)
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(asset.body)
}
