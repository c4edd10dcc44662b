//! The filters of opportunity lists (Lever's wire notes §5).

use utoipa::IntoParams;

use crate::call::{ApiError, Caller, Confidentiality, Params, confidentiality, range};
use crate::state::{Key, Opportunity, Origin, Select, State};
use crate::views::kept_update;

/// What a list of opportunities is limited to. Parameters that come several times
/// widen it, different ones narrow it.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, style = Form)]
#[expect(dead_code, reason = "describes the parameters; `Filter::read` reads them")]
pub struct FilterParams {
    #[param(nullable = false)]
    tag: Option<Vec<String>>,
    #[param(nullable = false)]
    email: Option<Vec<String>>,
    #[param(nullable = false)]
    origin: Option<Vec<Origin>>,
    #[param(nullable = false)]
    source: Option<Vec<String>>,
    /// `non-confidential` unless given.
    #[param(nullable = false, inline)]
    confidentiality: Option<Confidentiality>,
    #[param(nullable = false)]
    stage_id: Option<Vec<String>>,
    #[param(nullable = false)]
    posting_id: Option<Vec<String>>,
    /// Archived ones of these postings.
    #[param(nullable = false)]
    archived_posting_id: Option<Vec<String>>,
    #[param(nullable = false)]
    archived: Option<bool>,
    #[param(nullable = false)]
    archive_reason_id: Option<Vec<String>>,
    #[param(nullable = false)]
    snoozed: Option<bool>,
    #[param(nullable = false)]
    contact_id: Option<Vec<String>>,
    /// Places of postings; `unspecified` for those without.
    #[param(nullable = false)]
    location: Option<Vec<String>>,
    #[param(nullable = false)]
    created_at_start: Option<i64>,
    #[param(nullable = false)]
    created_at_end: Option<i64>,
    #[param(nullable = false)]
    updated_at_start: Option<i64>,
    #[param(nullable = false)]
    updated_at_end: Option<i64>,
    #[param(nullable = false)]
    advanced_at_start: Option<i64>,
    #[param(nullable = false)]
    advanced_at_end: Option<i64>,
    #[param(nullable = false)]
    archived_at_start: Option<i64>,
    #[param(nullable = false)]
    archived_at_end: Option<i64>,
}

/// From and to, both included.
type Range = (i64, i64);

/// The filters of one call.
#[derive(Debug)]
pub struct Filter {
    tags: Vec<String>,
    emails: Vec<String>,
    origins: Vec<Origin>,
    sources: Vec<String>,
    /// `None`: both kinds.
    confidential: Option<bool>,
    stages: Vec<String>,
    postings: Vec<String>,
    archived_postings: Vec<String>,
    archived: Option<bool>,
    reasons: Vec<String>,
    snoozed: Option<bool>,
    contacts: Vec<String>,
    locations: Vec<String>,
    created: Option<Range>,
    updated: Option<Range>,
    advanced: Option<Range>,
    archived_at: Option<Range>,
    now: i64,
}

impl Filter {
    pub fn read(params: &Params, caller: &Caller, now: i64) -> Result<Self, ApiError> {
        let origins = params
            .all("origin")
            .iter()
            .map(|text| {
                Origin::parse(text)
                    .ok_or_else(|| ApiError::bad(format!("Invalid parameter: origin {text} is not known")))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            tags: params.all("tag"),
            emails: params.all("email"),
            origins,
            sources: params.all("source"),
            confidential: confidentiality(params, caller)?,
            stages: params.all("stage_id"),
            postings: params.all("posting_id"),
            archived_postings: params.all("archived_posting_id"),
            archived: params.flag("archived")?,
            reasons: params.all("archive_reason_id"),
            snoozed: params.flag("snoozed")?,
            contacts: params.all("contact_id"),
            locations: params.all("location"),
            created: range(params, "created_at")?,
            updated: range(params, "updated_at")?,
            advanced: range(params, "advanced_at")?,
            archived_at: range(params, "archived_at")?,
            now,
        })
    }

    /// Where to look for what this filter wants.
    pub fn select(&self, state: &State) -> Select {
        let group = |values: &[String], key: fn(String) -> Key| -> Option<Vec<Key>> {
            (!values.is_empty()).then(|| values.iter().cloned().map(key).collect())
        };
        let emails = (!self.emails.is_empty()).then(|| {
            let people = self.emails.iter().flat_map(|email| {
                let ids = state.contacts_with_email(email).iter().cloned();
                ids.map(Key::Contact)
            });
            people.collect()
        });
        Select {
            groups: [
                group(&self.tags, |tag| Key::tag(&tag)),
                group(&self.sources, |source| Key::source(&source)),
                group(&self.stages, Key::Stage),
                group(&self.postings, Key::Posting),
                group(&self.archived_postings, Key::Posting),
                group(&self.reasons, Key::Reason),
                group(&self.contacts, Key::Contact),
                emails,
                (self.archived == Some(true) || self.archived_at.is_some()).then(|| vec![Key::Archived]),
                (self.confidential == Some(true)).then(|| vec![Key::Confidential]),
            ]
            .into_iter()
            .flatten()
            .collect(),
            created: self.created,
            updated: self.updated,
            from: None,
            limit: 0,
        }
    }

    /// Whether an opportunity belongs in the list.
    pub fn wants(&self, state: &State, row: &Opportunity) -> bool {
        let any = |wanted: &[String], there: &dyn Fn(&String) -> bool| {
            wanted.is_empty() || wanted.iter().any(there)
        };
        let within = |range: Option<Range>, at: Option<i64>| {
            range.is_none_or(|(start, end)| at.is_some_and(|at| start <= at && at <= end))
        };
        let is_archived = row.archived.is_some();
        let posting = row.application.as_ref().map(|application| &application.posting);
        let snoozed = row.snoozed_until.is_some_and(|until| until > self.now);
        self.confidential.is_none_or(|wanted| wanted == row.confidential)
            && self.archived.is_none_or(|wanted| wanted == is_archived)
            && self.snoozed.is_none_or(|wanted| wanted == snoozed)
            && (self.origins.is_empty() || self.origins.contains(&row.origin))
            && within(self.created, Some(row.created_at))
            && within(self.updated, kept_update(row))
            && within(self.advanced, Some(row.last_advanced_at))
            && within(self.archived_at, row.archived.as_ref().map(|archived| archived.at))
            && any(&self.stages, &|id| row.stage.as_ref() == Some(id))
            && any(&self.postings, &|id| posting == Some(id))
            && any(&self.archived_postings, &|id| is_archived && posting == Some(id))
            && any(&self.reasons, &|id| {
                let reason = row.archived.as_ref().map(|archived| &archived.reason);
                reason == Some(id)
            })
            && any(&self.contacts, &|id| row.contact == *id)
            && any(&self.locations, &|place| match &row.location {
                Some(there) => there == place,
                None => place == "unspecified",
            })
            && any(&self.tags, &|tag| row.tags.contains(tag))
            && any(&self.sources, &|source| row.sources.contains(source))
            && any(&self.emails, &|email| {
                let contact = state.contact_of(row);
                let mut emails = contact.emails.iter();
                emails.any(|there| there.eq_ignore_ascii_case(email))
            })
    }
}
