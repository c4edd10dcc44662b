//! `/help`: the pages of `docs/help` with this portal's own addresses, and a search through them.

mod book;

use crate::integrations::State;
use crate::state::AppState;
use crate::web::{Layout, PageError, PageResult, Params, Section, SignedIn, render};
use actix_web::web::{self, Data, Path};
use askama::Template;
use book::{Found, HelpPage};

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/help", web::get().to(contents));
    cfg.route("/help/{page}", web::get().to(page));
}

#[derive(Template)]
#[template(path = "help/contents.html")]
struct ContentsPage {
    layout: Layout,
    pages: &'static [HelpPage],
    query: String,
    found: Vec<Found>,
}

/// The contents; with `?q=` what was found.
async fn contents(who: SignedIn, params: Params) -> PageResult {
    let params = params.strictly(&["q"]);
    let query = params.text("q").to_owned();
    let found = book::search(&query);
    let layout = who.layout("Help", Section::Help)?;
    render(&ContentsPage { layout, pages: book::pages(), query, found })
}

#[derive(Template)]
#[template(path = "help/page.html")]
struct Page {
    layout: Layout,
    page: &'static HelpPage,
    pages: &'static [HelpPage],
    /// With this portal's own addresses.
    html: String,
    /// Name and webhook URL of each integration that is connected: for admins, beside the steps that need them.
    urls: Vec<(String, String)>,
}

async fn page(app: Data<AppState>, who: SignedIn, slug: Path<String>) -> PageResult {
    let page = book::page(&slug).ok_or(PageError::NotFound)?;
    let layout = who.layout(&page.title, Section::Help)?;
    let html = page.at(app.base_url.as_str());
    let is_shown = page.slug == book::SET_UP && layout.may_configure();
    let all = who.integrations.iter().map(|judged| &judged.integration);
    let urls = all
        .filter(|one| is_shown && one.state != State::Disconnected)
        .map(|one| (one.account_name.clone(), app.link(&one.webhook_path()).to_string()))
        .collect();
    render(&Page { layout, page, pages: book::pages(), html, urls })
}
