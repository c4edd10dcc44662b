//! The list of connected accounts, and **Add Integration**: two dialogs that are pages of their own
//! without script.

use super::Connect;
use crate::monitoring::verdict::Judged;
use crate::state::AppState;
use crate::web::{Admin, Layout, PageResult, Section, SignedIn, render};
use actix_web::web::Data;
use askama::Template;

#[derive(Template)]
#[template(path = "integrations/list.html")]
struct ListPage {
    layout: Layout,
    items: Vec<Judged>,
    connect: Connect,
}

#[derive(Template)]
#[template(path = "integrations/add.html")]
struct AddPage {
    layout: Layout,
}

#[derive(Template)]
#[template(path = "integrations/add_lever.html")]
struct AddLeverPage {
    layout: Layout,
    connect: Connect,
}

pub(super) async fn list(app: Data<AppState>, who: SignedIn) -> PageResult {
    let layout = who.layout("Integrations", Section::Integrations)?;
    render(&ListPage { layout, items: who.integrations, connect: Connect::with(&app.connections) })
}

pub(super) async fn add(who: Admin) -> PageResult {
    render(&AddPage { layout: who.layout("Add an integration", Section::Integrations)? })
}

pub(super) async fn add_lever(app: Data<AppState>, who: Admin) -> PageResult {
    let layout = who.layout("Connect Lever", Section::Integrations)?;
    render(&AddLeverPage { layout, connect: Connect::with(&app.connections) })
}
