//! The stylesheet and the scripts, from the binary, under addresses that change with their content.

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
    include_str!("../../static/css/5-overview.css"),
    include_str!("../../static/css/6-lists.css"),
);

static CSS: LazyLock<Asset> = LazyLock::new(|| Asset::new("app.css", STYLES, "text/css; charset=utf-8"));
static JS: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("app.js", include_str!("../../static/app.js"), "text/javascript; charset=utf-8")
});

static DESK: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("desk.js", include_str!("../../static/desk.js"), "text/javascript; charset=utf-8")
});

static PASSKEYS: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("passkeys.js", include_str!("../../static/passkeys.js"), "text/javascript; charset=utf-8")
});

pub fn css_path() -> &'static str {
    &CSS.path
}

pub fn js_path() -> &'static str {
    &JS.path
}

/// The script of the pages that candidates do not see.
pub fn desk_path() -> &'static str {
    &DESK.path
}

/// The script of the pages on which a passkey is asked.
pub fn passkeys_path() -> &'static str {
    &PASSKEYS.path
}

/// Draws the icon of a window on a square of this colour.
macro_rules! icon {
    ($colour:literal, $shape:literal) => {
        concat!(
            "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E",
            "%3Crect width='32' height='32' rx='7' fill='%23",
            $colour,
            "'/%3E",
            $shape,
            "%3C/svg%3E"
        )
    };
}

/// The icon of a window, by the stylesheet's word for a state: an A, with a sign where somebody is needed.
pub fn icon(badge: &str) -> &'static str {
    match badge {
        "attention" => {
            icon!(
                "b35f00",
                "%3Cpath d='M16 5 29 27H3z' fill='white'/%3E%3Cpath d='M15 13h2v7h-2zm0 8h2v2h-2z' fill='%23b35f00'/%3E"
            )
        }
        "failed" => icon!("ad1f1f", "%3Cpath d='m9 9 14 14M23 9 9 23' stroke='white' stroke-width='5'/%3E"),
        "good" => icon!(
            "17663a",
            "%3Cpath d='M16 6 26 26h-4.400l-2-4.300h-7.200l-2 4.300H6zm0 8-2 4.400h4z' fill='white'/%3E"
        ),
        _ => icon!(
            "3f4fc4",
            "%3Cpath d='M16 6 26 26h-4.400l-2-4.300h-7.200l-2 4.300H6zm0 8-2 4.400h4z' fill='white'/%3E"
        ),
    }
}

/// `/static/…`
pub fn routes(cfg: &mut web::ServiceConfig) {
    // They are the heaviest thing that travels to a candidate on a slow line.
    cfg.service(
        web::scope("/static")
            .wrap(Compress::default())
            .route("/app.css", web::get().to(|| async { serve(&CSS) }))
            .route("/app.js", web::get().to(|| async { serve(&JS) }))
            .route("/desk.js", web::get().to(|| async { serve(&DESK) }))
            .route("/passkeys.js", web::get().to(|| async { serve(&PASSKEYS) })),
    );
}

fn serve(asset: &Asset) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(asset.kind)
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(asset.body)
}
