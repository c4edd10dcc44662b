//! `/audit/rows/{number}`: one row of the audit log, with all that is stored of it.

use super::names::Names;
use crate::audit::{self, Fault, Row};
use crate::checkpoints::{self, Kept};
use crate::state::AppState;
use crate::web::{Auditing, Layout, PageError, PageResult, Section, render};
use actix_web::web::{Data, Path};
use askama::Template;

#[derive(Template)]
#[template(path = "audit_row.html")]
struct RowPage {
    layout: Layout,
    row: Row,
    /// What is wrong with the row, taken by itself.
    fault: Option<Fault>,
    name: Option<String>,
    link: Option<String>,
    /// The first checkpoint that stands for it.
    checkpoint: Option<Kept>,
    has_next: bool,
}

impl RowPage {
    fn company(&self) -> &str {
        self.layout.who.as_ref().map_or("", |(_, company)| company.name.as_str())
    }

    fn sentence(&self) -> String {
        self.row.sentence(self.name.as_deref())
    }
}

pub(super) async fn show(app: Data<AppState>, who: Auditing, number: Path<String>) -> PageResult {
    let company = *who.company_id();
    let number: i64 = number.parse().map_err(|_| PageError::NotFound)?;
    let found = app
        .db
        .read(move |conn| {
            let Some((row, fault)) = audit::row(conn, &company, number)? else { return Ok(None) };
            let names = Names::of_company(conn, &company)?;
            let checkpoint = checkpoints::first_for(conn, &company, number)?;
            let has_next = audit::row(conn, &company, number.saturating_add(1))?.is_some();
            Ok(Some((row, fault, names, checkpoint, has_next)))
        })
        .await?;
    let (row, fault, names, checkpoint, has_next) = found.ok_or(PageError::NotFound)?;
    let layout = who.layout(&format!("Row {number}"), Section::Audit)?;
    let (name, link) = (names.name(&row).map(str::to_owned), names.link(&row));
    render(&RowPage { layout, row, fault, name, link, checkpoint, has_next })
}
