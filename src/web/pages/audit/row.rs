//! `/audit/rows/{number}`: one row of the audit log, with all that is stored of it.

use super::names::Names;
use crate::audit::{self, Fault, Row};
use crate::checkpoints::{self, Kept};
use crate::db::{Conn, DbResult};
use crate::ids::CompanyId;
use crate::web::{Auditing, Found, InCompany, Layout, PageResult, Section, path_id, render};
use actix_web::dev::{Path, Url};
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

/// A row by its number, and what the page says of it.
pub(super) struct Numbered {
    row: Row,
    fault: Option<Fault>,
    names: Names,
    checkpoint: Option<Kept>,
    has_next: bool,
}

impl InCompany for Numbered {
    type Key = i64;

    fn key(path: &Path<Url>) -> Option<i64> {
        path_id(path, "number", |number| number.parse().ok())
    }

    fn load(conn: &mut Conn, company: &CompanyId, number: &i64) -> DbResult<Option<Self>> {
        let Some((row, fault)) = audit::row(conn, company, *number)? else { return Ok(None) };
        let names = Names::of_company(conn, company)?;
        let checkpoint = checkpoints::first_for(conn, company, *number)?;
        let has_next = audit::row(conn, company, number.saturating_add(1))?.is_some();
        Ok(Some(Self { row, fault, names, checkpoint, has_next }))
    }
}

pub(super) async fn show(Found(who, numbered): Found<Auditing, Numbered>) -> PageResult {
    let Numbered { row, fault, names, checkpoint, has_next } = numbered;
    let layout = who.layout(&format!("Row {}", row.seq), Section::Audit)?;
    let (name, link) = (names.name(&row).map(str::to_owned), names.link(&row));
    render(&RowPage { layout, row, fault, name, link, checkpoint, has_next })
}
