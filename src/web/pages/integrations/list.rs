//! The list of connected accounts, and **Add Integration**: two dialogs that are pages of their own
//! without script.

use super::Connect;
use crate::i18n::portal;
use crate::integrations::{Integration, State, checklist, store};
use crate::state::AppState;
use crate::time::Timestamp;
use crate::web::labels;
use crate::web::{Admin, Layout, PageResult, Section, SignedIn, render};
use actix_web::web::Data;
use askama::Template;

struct Item {
    integration: Integration,
    last: Option<Timestamp>,
}

impl Item {
    fn badge(&self) -> &'static str {
        if self.integration.signature_failing_since.is_some() {
            "attention"
        } else {
            labels::integration(self.integration.state).0
        }
    }

    fn label(&self) -> String {
        if self.integration.signature_failing_since.is_some() {
            "Needs you".to_owned()
        } else {
            labels::integration(self.integration.state).1
        }
    }

    fn detail(&self) -> Option<String> {
        match self.integration.state {
            State::Active if self.integration.signature_failing_since.is_some() => {
                Some("signing token changed".to_owned())
            }
            State::SettingUp => Some("not inviting anyone yet".to_owned()),
            State::Disconnected if !self.integration.state_reason.is_none() => {
                Some(self.integration.state_reason.sentence(portal()))
            }
            _ => None,
        }
    }
}

#[derive(Template)]
#[template(path = "integrations/list.html")]
struct ListPage {
    layout: Layout,
    items: Vec<Item>,
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
    let company = *who.company_id();
    let items = app
        .db
        .read(move |conn| {
            let accounts = store::list(conn, &company)?;
            let mut items = Vec::with_capacity(accounts.len());
            for integration in accounts {
                let last = checklist::last(conn, &integration)?;
                items.push(Item { integration, last });
            }
            Ok(items)
        })
        .await?;
    let layout = who.layout("Integrations", Section::Integrations)?;
    render(&ListPage { layout, items, connect: Connect::with(&app.connections) })
}

pub(super) async fn add(who: Admin) -> PageResult {
    render(&AddPage { layout: who.layout("Add an integration", Section::Integrations)? })
}

pub(super) async fn add_lever(app: Data<AppState>, who: Admin) -> PageResult {
    let layout = who.layout("Connect Lever", Section::Integrations)?;
    render(&AddLeverPage { layout, connect: Connect::with(&app.connections) })
}
