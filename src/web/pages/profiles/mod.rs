//! `/settings/profiles`: what postings ask of candidates, which is how role fit is weighed.

mod form;

use crate::db::{Conn, DbResult, dialect};
use crate::ids::{CompanyId, PostingRowId, RoleProfileId};
use crate::profiles::{self, Posting, ProfilesError, RoleProfile, STANDARD, Selection};
use crate::report::profile_summary;
use crate::state::AppState;
use crate::web::{
    Admin, FieldErrors, FlashKind, Form, Found, InCompany, Layout, NoFields, Overtaken, PageError,
    PageResult, Params, Saving, Section, SignedIn, chosen_id, form_id, is_overtaken, next_mark, path_id,
    render, render_with, see_other,
};
use actix_web::dev::{Path, Url};
use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use askama::Template;
use assessment::Profile;
use form::ProfileForm;

const LIST: &str = "/settings/profiles";

/// The value of a choice that stands for the default, or for the standard profile as the default.
const NONE: &str = "";

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::scope(LIST)
            .route("", web::get().to(list))
            .route("/new", web::get().to(new_page))
            .route("/new", web::post().to(add))
            .route("/default", web::post().to(set_default))
            .route("/default", web::get().to(super::nothing_here))
            .route("/postings", web::post().to(assign))
            .route("/postings", web::get().to(super::nothing_here))
            .route("/{id}", web::get().to(edit_page))
            .route("/{id}", web::post().to(change))
            .route("/{id}/delete", web::get().to(delete_page))
            .route("/{id}/delete", web::post().to(delete))
            .default_service(web::to(super::nothing_here)),
    );
}

impl From<ProfilesError> for PageError {
    fn from(cause: ProfilesError) -> Self {
        match cause {
            ProfilesError::NoSuchProfile => Self::NotFound,
            ProfilesError::Db(cause) => cause.into(),
            other => Self::internal(other),
        }
    }
}

#[derive(Template)]
#[template(path = "profiles/list.html")]
struct ListPage {
    layout: Layout,
    profiles: Vec<RoleProfile>,
    /// The standard profile in words.
    standard: String,
    postings: Vec<Posting>,
    params: Params,
    newer: Option<String>,
    older: Option<String>,
}

impl ListPage {
    fn profile_summary(&self, profile: &RoleProfile) -> String {
        profile_summary(&profile.profile)
    }

    fn has_own_default(&self) -> bool {
        self.profiles.iter().any(|profile| profile.is_default)
    }

    fn default_name(&self) -> &str {
        self.profiles.iter().find(|profile| profile.is_default).map_or(STANDARD, |profile| &profile.name)
    }

    fn is_chosen(&self, posting: &Posting, profile: &RoleProfile) -> bool {
        posting.profile_id.as_ref() == Some(&profile.id)
    }

    fn chosen_name(&self, posting: &Posting) -> Option<&str> {
        self.profiles.iter().find(|profile| self.is_chosen(posting, profile)).map(|p| p.name.as_str())
    }
}

async fn list(app: Data<AppState>, who: SignedIn, params: Params) -> PageResult {
    let params = params.only(&["q"]);
    let selection = Selection { text: params.get("q").map(str::to_owned) };
    let (company, cursor) = (*who.company_id(), params.cursor(PostingRowId::parse));
    let (profiles, page) = app
        .db
        .read(move |conn| {
            let all = profiles::all(conn, &company)?;
            Ok((all, profiles::page(conn, &company, &selection, cursor.as_ref())?))
        })
        .await?;
    let newer = page.rows.first().filter(|_| page.newer).map(|row| params.newer(LIST, &row.id));
    let older = page.rows.last().filter(|_| page.older).map(|row| params.older(LIST, &row.id));
    let layout = who.layout("Role profiles", Section::Profiles)?;
    let standard = profile_summary(&Profile::default());
    render(&ListPage { layout, profiles, standard, postings: page.rows, params, newer, older })
}

#[derive(Template)]
#[template(path = "profiles/edit.html")]
struct EditPage {
    layout: Layout,
    errors: FieldErrors,
    form: ProfileForm,
    /// Where the form goes.
    path: String,
    /// Whether it is there already, so that it can be deleted.
    is_known: bool,
    overtaken: Option<Overtaken>,
    /// The mark of what is saved; empty for a new one.
    shown: String,
}

impl EditPage {
    fn new(
        who: &SignedIn,
        known: Option<&RoleProfileId>,
        form: ProfileForm,
        errors: FieldErrors,
    ) -> Result<Self, PageError> {
        let title = if known.is_some() { "Change a role profile" } else { "Add a role profile" };
        let path = known.map_or_else(|| format!("{LIST}/new"), |id| format!("{LIST}/{id}"));
        let layout = who.layout(title, Section::Profiles)?;
        let shown = form.shown.clone();
        Ok(Self { layout, errors, form, path, is_known: known.is_some(), overtaken: None, shown })
    }

    /// What the standard profile is called, for the explanation.
    fn standard(&self) -> &'static str {
        STANDARD
    }
}

async fn new_page(who: Admin) -> PageResult {
    render(&EditPage::new(&who, None, ProfileForm::fresh(), FieldErrors::default())?)
}

async fn edit_page(Found(who, profile): Found<Admin, RoleProfile>) -> PageResult {
    let mut form = ProfileForm::of_profile(&profile);
    form.shown = next_mark(&form.fields(), None, false);
    render(&EditPage::new(&who, Some(&profile.id), form, FieldErrors::default())?)
}

impl InCompany for RoleProfile {
    type Key = RoleProfileId;

    fn key(path: &Path<Url>) -> Option<RoleProfileId> {
        path_id(path, "id", RoleProfileId::parse)
    }

    fn load(conn: &mut Conn, company: &CompanyId, id: &RoleProfileId) -> DbResult<Option<Self>> {
        profiles::find(conn, company, id)
    }
}

/// Adds a profile. 422 gives the form back.
async fn add(app: Data<AppState>, who: Admin, form: Form<Vec<(String, String)>>) -> PageResult {
    keep(app, who, None, &form.0).await
}

/// Changes a profile. 422 gives the form back.
async fn change(
    app: Data<AppState>,
    Found(who, known): Found<Admin, RoleProfile>,
    form: Form<Vec<(String, String)>>,
) -> PageResult {
    keep(app, who, Some(known.id), &form.0).await
}

async fn keep(
    app: Data<AppState>,
    who: Admin,
    known: Option<RoleProfileId>,
    fields: &[(String, String)],
) -> PageResult {
    let form = ProfileForm::read(fields);
    let shown = form.shown.clone();
    let mut errors = match form.parse() {
        Err(errors) => errors,
        Ok(draft) => {
            let (actor, company, id) = (who.actor(), *who.company_id(), known);
            let name = draft.name.clone();
            let kept = app
                .db
                .try_write(move |conn| match id {
                    Some(id) => {
                        dialect::lock_company(conn, &company)?;
                        let now = profiles::find(conn, &company, &id)?.ok_or(ProfilesError::NoSuchProfile)?;
                        let now = ProfileForm::of_profile(&now).fields();
                        if is_overtaken(&shown, &now) {
                            return Ok(Saving::Overtaken(now));
                        }
                        profiles::change(conn, &actor, &company, &id, &draft).map(Saving::Done)
                    }
                    None => profiles::add(conn, &actor, &company, &draft).map(|_| Saving::Done(true)),
                })
                .await;
            match kept {
                Ok(Saving::Overtaken(now)) => {
                    let overtaken = Some(Overtaken::new(&form.fields(), &now));
                    let page = EditPage::new(&who, known.as_ref(), form, FieldErrors::default())?;
                    let shown = next_mark(&now, None, true);
                    return render_with(StatusCode::CONFLICT, &EditPage { overtaken, shown, ..page });
                }
                Ok(Saving::Done(true)) => {
                    who.flash(FlashKind::Good, format!("Saved the profile {name}."));
                    return Ok(see_other(LIST));
                }
                Ok(Saving::Done(false)) => {
                    who.flash(FlashKind::Good, "No changes to save.");
                    return Ok(see_other(LIST));
                }
                Err(taken @ ProfilesError::NameTaken) => {
                    let mut errors = FieldErrors::default();
                    errors.add("profile_name", taken.to_string());
                    errors
                }
                Err(full @ ProfilesError::TooMany) => FieldErrors::of_form(full.to_string()),
                Err(other) => return Err(other.into()),
            }
        }
    };
    if errors.is_empty() {
        errors = FieldErrors::of_form("The profile could not be read.");
    }
    render_with(StatusCode::UNPROCESSABLE_ENTITY, &EditPage::new(&who, known.as_ref(), form, errors)?)
}

#[derive(Template)]
#[template(path = "profiles/delete.html")]
struct DeletePage {
    layout: Layout,
    profile: RoleProfile,
    /// Titles of the first postings that have it.
    postings: Vec<String>,
    /// Whether there are more than these.
    has_more: bool,
}

/// Postings that are named on the page that asks whether to delete.
const NAMED: usize = 20;

async fn delete_page(app: Data<AppState>, Found(who, profile): Found<Admin, RoleProfile>) -> PageResult {
    let (company, id) = (*who.company_id(), profile.id);
    let limit = i64::try_from(NAMED + 1).unwrap_or(i64::MAX);
    let mut postings = app.db.read(move |conn| profiles::using(conn, &company, &id, limit)).await?;
    let has_more = postings.len() > NAMED;
    postings.truncate(NAMED);
    let layout = who.layout(&format!("Delete the profile {}?", profile.name), Section::Profiles)?;
    render(&DeletePage { layout, profile, postings, has_more })
}

async fn delete(
    app: Data<AppState>,
    Found(who, profile): Found<Admin, RoleProfile>,
    _form: Form<NoFields>,
) -> PageResult {
    let (actor, company, id) = (who.actor(), *who.company_id(), profile.id);
    let gone = app.db.try_write(move |conn| profiles::delete(conn, &actor, &company, &id)).await?;
    who.flash(FlashKind::Good, format!("Deleted the profile {}.", gone.name));
    Ok(see_other(LIST))
}

/// Chooses the default.
async fn set_default(app: Data<AppState>, who: Admin, form: Form<Vec<(String, String)>>) -> PageResult {
    let chosen = form.0.iter().find(|(name, _)| name == "profile").map_or(NONE, |(_, value)| value);
    let id = chosen_id(chosen, NONE, RoleProfileId::parse)?;
    let (actor, company) = (who.actor(), *who.company_id());
    let changed =
        app.db.try_write(move |conn| profiles::set_default(conn, &actor, &company, id.as_ref())).await?;
    who.flash(FlashKind::Good, if changed { "Saved the default." } else { "No changes to save." });
    Ok(see_other(LIST))
}

/// Chooses profiles for the postings on the page.
async fn assign(app: Data<AppState>, who: Admin, form: Form<Vec<(String, String)>>) -> PageResult {
    let mut choices = Vec::new();
    let mut back = LIST.to_owned();
    for (name, value) in &form.0 {
        if name == "back" && value.starts_with(&format!("{LIST}?")) {
            back.clone_from(value);
        }
        let Some(posting) = name.strip_prefix("posting-") else { continue };
        let profile = chosen_id(value, NONE, RoleProfileId::parse)?;
        choices.push((form_id(posting, PostingRowId::parse)?, profile));
    }
    if choices.len() > profiles::PAGE {
        return Err(PageError::BadForm(format!("more than {} postings at a time", profiles::PAGE)));
    }
    let (actor, company) = (who.actor(), *who.company_id());
    let changed = app.db.try_write(move |conn| profiles::assign(conn, &actor, &company, &choices)).await?;
    who.flash(
        FlashKind::Good,
        match changed {
            0 => "No changes to save.".to_owned(),
            1 => "Saved: 1 posting has a different profile.".to_owned(),
            n => format!("Saved: {n} postings have different profiles."),
        },
    );
    Ok(see_other(&back))
}
