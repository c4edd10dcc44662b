//! `/audit`: who did what in the portal, and whether the log is whole.

mod names;
mod row;

use crate::audit::view::{self, Record, Selection};
use crate::audit::{self, Action, Row, Verdict};
use crate::db;
use crate::export::Format;
use crate::i18n::portal;
use crate::ids::AuditId;
use crate::state::AppState;
use crate::time::Timestamp;
use crate::web::{
    Auditing, Confirmed, FieldErrors, Layout, PageError, PageResult, Params, Section, TimeFilter, download,
    one_of_few, render, render_with,
};
use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use askama::Template;
use jiff::tz::TimeZone;
use names::Names;
use std::collections::BTreeSet;

const LIST: &str = "/audit";
/// The filters, by their names in the address.
pub(crate) const FIELDS: &[&str] = &["who", "action", "object", "q", "from", "to"];

/// What a drop-down offers: the value, and what it is called.
type Choices = Vec<(String, String)>;

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/audit", web::get().to(list));
    cfg.route("/audit/verify", web::get().to(verify));
    cfg.route("/audit/rows/{number}", web::get().to(row::show));
    cfg.route("/audit.csv", web::get().to(csv));
    cfg.route("/audit.ndjson", web::get().to(ndjson));
}

#[derive(Template)]
#[template(path = "audit.html")]
struct ListPage {
    layout: Layout,
    params: Params,
    errors: FieldErrors,
    verdict: Option<Verdict>,
    names: Names,
    rows: Vec<Row>,
    newer: Option<String>,
    older: Option<String>,
}

impl ListPage {
    fn company(&self) -> &str {
        self.layout.who.as_ref().map_or("", |(_, company)| company.name.as_str())
    }

    /// The choices of a filter; what was asked for in another way is one more.
    fn choices(&self, field: &str, mut known: Choices) -> Choices {
        if let Some(asked) =
            self.params.get(field).filter(|asked| known.iter().all(|(word, _)| word != asked))
        {
            known.push((asked.to_owned(), asked.to_owned()));
        }
        known
    }

    /// The drop-downs: name, label, what stands for no choice, and choices.
    fn filters(&self) -> [(&'static str, &'static str, &'static str, Choices); 3] {
        [
            ("who", "Person", "Everyone", self.doers()),
            ("action", "Action", "All actions", self.actions()),
            ("object", "Object", "All objects", self.objects()),
        ]
    }

    fn doers(&self) -> Choices {
        self.choices("who", self.names.doers())
    }

    /// Everything that can be done, by its words.
    fn actions(&self) -> Choices {
        let mut all: Vec<(String, String)> = Action::ALL
            .iter()
            .map(|action| (action.as_str().to_owned(), view::action_text(action.as_str())))
            .collect();
        all.sort_by(|(_, one), (_, other)| one.cmp(other));
        self.choices("action", all)
    }

    /// Everything that it can be done to.
    fn objects(&self) -> Choices {
        let words: BTreeSet<&str> =
            Action::ALL.iter().filter_map(|action| Some(action.as_str().split_once('.')?.0)).collect();
        let mut all: Vec<(String, String)> =
            words.into_iter().map(|word| (word.to_owned(), portal().name("audit-object", word))).collect();
        all.sort_by(|(_, one), (_, other)| one.cmp(other));
        self.choices("object", all)
    }

    /// What is shown, for paper.
    fn span(&self) -> String {
        let named = [
            ("who", "by"),
            ("action", "action"),
            ("object", "object"),
            ("q", "with"),
            ("from", "from"),
            ("to", "to"),
        ];
        let parts: Vec<String> = named
            .iter()
            .filter_map(|(field, word)| Some(format!("{word} \u{201c}{}\u{201d}", self.params.get(field)?)))
            .collect();
        if parts.is_empty() { "all rows".to_owned() } else { parts.join(", ") }
    }

    /// Enough of a hash to compare by eye.
    fn short<'r>(&self, row: &'r Row) -> &'r str {
        row.hash.get(..8).unwrap_or(&row.hash)
    }
}

/// The selection that an address names.
///
/// # Errors
/// Says which filter cannot be read.
pub(crate) fn selection(params: &Params, zone: &TimeZone) -> Result<Selection, FieldErrors> {
    let TimeFilter { from, until } = TimeFilter::parse(params, zone)?;
    let text = |name| params.get(name).map(str::to_owned);
    let object = text("object").filter(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
    Ok(Selection { who: text("who"), action: text("action"), object, text: text("q"), from, until })
}

/// The log, newest first. 422 says which filter cannot be read.
async fn list(app: Data<AppState>, who: Auditing, params: Params) -> PageResult {
    show(&app, &who, params, None).await
}

/// The same, after a walk along the whole chain.
async fn verify(app: Data<AppState>, who: Auditing, params: Params) -> PageResult {
    let company = *who.company_id();
    // A walk has no limit of time, and keeps a connection as an export does.
    let _until_the_end = one_of_few(&app, company)?;
    let walk = app.db.read(move |conn| audit::verify(conn, &company));
    let verdict = db::limit::without(walk).await?;
    show(&app, &who, params, Some(verdict)).await
}

async fn show(app: &AppState, who: &Auditing, params: Params, verdict: Option<Verdict>) -> PageResult {
    let params = params.only(FIELDS);
    let layout = who.layout("Audit", Section::Audit)?;
    let company = *who.company_id();
    let selection = match selection(&params, &who.company.zone()) {
        Ok(selection) => selection,
        Err(errors) => {
            let names = app.db.read(move |conn| Names::of_company(conn, &company)).await?;
            let page =
                ListPage { layout, params, errors, verdict, names, rows: vec![], newer: None, older: None };
            return render_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let cursor = params.cursor(AuditId::parse);
    let (page, names) = app
        .db
        .read(move |conn| {
            let page = view::search(conn, &company, &selection, cursor.as_ref())?;
            Ok((page, Names::of_company(conn, &company)?))
        })
        .await?;
    let newer = page.rows.first().filter(|_| page.newer).map(|row| params.newer(LIST, &row.id));
    let older = page.rows.last().filter(|_| page.older).map(|row| params.older(LIST, &row.id));
    render(&ListPage {
        layout,
        params,
        errors: FieldErrors::default(),
        verdict,
        names,
        rows: page.rows,
        newer,
        older,
    })
}

async fn csv(app: Data<AppState>, who: Confirmed<Auditing>, params: Params) -> PageResult {
    export(&app, &who, &params, Format::Csv).await
}

async fn ndjson(app: Data<AppState>, who: Confirmed<Auditing>, params: Params) -> PageResult {
    export(&app, &who, &params, Format::Ndjson).await
}

/// The selection as a file.
async fn export(app: &AppState, who: &Auditing, params: &Params, format: Format) -> PageResult {
    let selection = selection(params, &who.company.zone()).map_err(|errors| PageError::Explained {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        title: "This selection cannot be exported".to_owned(),
        text: errors.sentences(),
    })?;
    let company = *who.company_id();
    let day = Timestamp::now().date_in(&who.company.zone());
    download(app, company, &format!("audit-{day}"), format, move |conn, last: Option<&Record>| {
        view::lines(conn, &company, &selection, last.and_then(|record| AuditId::parse(&record.id)))
    })
    .await
}
