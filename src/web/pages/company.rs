//! `/settings/company`: what candidates read, and how long their data stays.

use crate::invitations::Tests;
use crate::people::{self, Company, CompanySettings, InvitationPolicy, Name, configure};
use crate::state::AppState;
use crate::test_selection::{NormGroup, Questionnaire};
use crate::web::{
    Admin, FieldErrors, FormToConfirm, Layout, Overtaken, PageResult, Saving, Section, SignedIn, next_mark,
    render_with, save_unless_overtaken,
};
use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use askama::Template;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/settings/company", web::get().to(page));
    cfg.route("/settings/company", web::post().to(save));
}

#[derive(Template)]
#[template(path = "company.html")]
struct CompanyPage {
    layout: Layout,
    errors: FieldErrors,
    form: CompanyForm,
    zones: &'static [String],
    /// What is saved, in words.
    saved: InvitationPolicy,
    invitation_policy: PolicyForm,
    overtaken: Option<Overtaken>,
    /// The marks of what is saved, of both forms.
    shown: (String, String),
}

impl CompanyPage {
    /// The questionnaire that is chosen.
    fn questionnaire(&self) -> String {
        let chosen = Questionnaire::ALL.iter().find(|one| self.form.asks(one));
        chosen.map(|one| one.label().to_string()).unwrap_or_default()
    }

    /// With whom its answers are compared.
    fn norm_group(&self) -> &'static str {
        NormGroup::ALL.iter().find(|one| self.form.compares(one)).map(|one| one.label()).unwrap_or_default()
    }
}

/// A way to show the page: as it is saved, or with what was typed into one of its forms.
#[derive(Default)]
pub(super) struct Page {
    pub(super) form: Option<CompanyForm>,
    pub(super) invitation_policy: Option<PolicyForm>,
    pub(super) errors: FieldErrors,
    pub(super) overtaken: Option<Overtaken>,
}

impl Page {
    pub(super) async fn answer(self, app: &AppState, who: &SignedIn, status: StatusCode) -> PageResult {
        let company = *who.company_id();
        let saved = app.db.read(move |conn| people::invitation_policy(conn, &company)).await?;
        let is_overtaken = self.overtaken.is_some();
        let (as_saved, policy) = (CompanyForm::from(&who.company), PolicyForm::from(&saved));
        let page = CompanyPage {
            shown: (
                next_mark(&as_saved, self.form.as_ref().map(|form| form.shown.as_str()), is_overtaken),
                next_mark(
                    &policy,
                    self.invitation_policy.as_ref().map(|form| form.shown.as_str()),
                    is_overtaken,
                ),
            ),
            overtaken: self.overtaken,
            layout: who.layout("Company", Section::Company)?,
            errors: self.errors,
            form: self.form.unwrap_or(as_saved),
            zones: &ZONES,
            invitation_policy: self.invitation_policy.unwrap_or(policy),
            saved,
        };
        render_with(status, &page)
    }
}

/// The form that `policy` saves, as it was typed or as it is saved.
#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct PolicyForm {
    pub(super) reuse_results: String,
    pub(super) hold_above: String,
    pub(super) hold_for: String,
    /// None: not asked, and stays as it is.
    pub(super) daily_limit: Option<String>,
    /// The mark of what the form showed.
    #[serde(skip_serializing)]
    pub(super) shown: String,
}

impl From<&InvitationPolicy> for PolicyForm {
    fn from(invitation_policy: &InvitationPolicy) -> Self {
        Self {
            reuse_results: invitation_policy.reuse_months.to_string(),
            hold_above: invitation_policy.hold_above.to_string(),
            hold_for: invitation_policy.hold_minutes.to_string(),
            daily_limit: Some(invitation_policy.daily_limit.to_string()),
            shown: String::new(),
        }
    }
}

impl PolicyForm {
    fn daily(&self) -> &str {
        self.daily_limit.as_deref().unwrap_or_default()
    }
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct CompanyForm {
    company_name: String,
    support_contact: String,
    time_zone: String,
    retention: String,
    /// None: not asked, and stays as it is.
    default_tests: Option<String>,
    /// None: not asked, and stays as it is.
    ask_again_above: Option<String>,
    /// None: not asked, and stays as it is.
    privacy_notice: Option<String>,
    /// None: not asked, and stays as it is.
    data_notice: Option<String>,
    /// None: not asked, and stays as it is.
    questionnaire: Option<String>,
    /// None: not asked, and stays as it is.
    norm_group: Option<String>,
    /// None: not asked, and stays as it is.
    counts_groups: Option<String>,
    /// The mark of what the form showed.
    #[serde(skip_serializing)]
    shown: String,
    /// None: not asked, and stays as it is.
    pilot_tasks: Option<String>,
}

impl From<&Company> for CompanyForm {
    fn from(company: &Company) -> Self {
        Self {
            company_name: company.name.clone(),
            support_contact: company.support_contact.clone(),
            time_zone: company.time_zone.clone(),
            retention: company.retention_months.to_string(),
            default_tests: Some(company.default_tests.to_string()),
            ask_again_above: Some(company.ask_again_above.to_string()),
            privacy_notice: Some(company.privacy_url.clone()),
            data_notice: Some(company.data_notice.clone()),
            questionnaire: Some(company.questionnaire.to_string()),
            norm_group: Some(company.norm_group.to_string()),
            counts_groups: Some(if company.does_count_groups() { "yes" } else { "no" }.to_owned()),
            shown: String::new(),
            pilot_tasks: Some(company.pilot_tasks.to_string()),
        }
    }
}

impl CompanyForm {
    /// What a form that does not ask for everything leaves as it is.
    fn completed(self, company: &Company) -> Self {
        let saved = Self::from(company);
        Self {
            default_tests: self.default_tests.or(saved.default_tests),
            ask_again_above: self.ask_again_above.or(saved.ask_again_above),
            privacy_notice: self.privacy_notice.or(saved.privacy_notice),
            data_notice: self.data_notice.or(saved.data_notice),
            questionnaire: self.questionnaire.or(saved.questionnaire),
            norm_group: self.norm_group.or(saved.norm_group),
            counts_groups: self.counts_groups.or(saved.counts_groups),
            pilot_tasks: self.pilot_tasks.or(saved.pilot_tasks),
            ..self
        }
    }

    fn chose(&self, tests: &Tests) -> bool {
        self.default_tests.as_deref() == Some(tests.as_str())
    }

    fn asks(&self, questionnaire: &Questionnaire) -> bool {
        self.questionnaire.as_deref() == Some(questionnaire.as_str())
    }

    fn compares(&self, group: &NormGroup) -> bool {
        self.norm_group.as_deref() == Some(group.as_str())
    }

    fn notice(&self) -> &str {
        self.data_notice.as_deref().unwrap_or_default()
    }

    fn privacy(&self) -> &str {
        self.privacy_notice.as_deref().unwrap_or_default()
    }

    fn does_count(&self) -> bool {
        self.counts_groups.as_deref() == Some("yes")
    }

    fn pilots(&self) -> &str {
        self.pilot_tasks.as_deref().unwrap_or_default()
    }

    fn ask_again(&self) -> &str {
        self.ask_again_above.as_deref().unwrap_or_default()
    }

    fn describe_tests(&self) -> String {
        self.default_tests.as_deref().and_then(Tests::parse).map(Tests::sentence).unwrap_or_default()
    }

    fn parse(&self) -> Result<CompanySettings, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.keep("company_name", Name::parse(&self.company_name));
        let contact = CompanySettings::parse_support_contact(&self.support_contact);
        let contact = errors.keep("support_contact", contact);
        let zone = errors.keep("time_zone", CompanySettings::parse_time_zone(&self.time_zone));
        let months = errors.keep("retention", CompanySettings::parse_retention(&self.retention));
        let tests = CompanySettings::parse_tests(self.default_tests.as_deref().unwrap_or_default());
        let tests = errors.keep("default_tests", tests);
        let above = errors.keep("ask_again_above", CompanySettings::parse_ask_again(self.ask_again()));
        let privacy = errors.keep("privacy_notice", CompanySettings::parse_privacy_url(self.privacy()));
        let notice = errors.keep("data_notice", CompanySettings::parse_data_notice(self.notice()));
        let asked = self.questionnaire.as_deref().unwrap_or_default();
        let asked = errors.keep("questionnaire", CompanySettings::parse_questionnaire(asked));
        let group = CompanySettings::parse_norm_group(self.norm_group.as_deref().unwrap_or_default());
        let group = errors.keep("norm_group", group);
        let pilots = errors.keep("pilot_tasks", CompanySettings::parse_pilot_tasks(self.pilots()));
        match (name, contact, zone, months, tests, above, privacy.zip(notice), asked.zip(group), pilots) {
            (
                Some(name),
                Some(support_contact),
                Some(time_zone),
                Some(retention_months),
                Some(default_tests),
                Some(ask_again_above),
                Some((privacy_url, data_notice)),
                Some((questionnaire, norm_group)),
                Some(pilot_tasks),
            ) => Ok(CompanySettings {
                name,
                support_contact,
                time_zone,
                retention_months,
                default_tests,
                ask_again_above,
                privacy_url,
                data_notice,
                questionnaire,
                norm_group,
                counts_groups: self.does_count(),
                pilot_tasks,
            }),
            _ => Err(errors),
        }
    }
}

/// The zones that are worth offering: cities, and UTC.
static ZONES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let named = jiff::tz::db().available().map(|name| name.to_string());
    let mut zones: Vec<String> = named
        .filter(|name| name == "UTC" || (name.contains('/') && !name.starts_with("Etc/")))
        .filter(|name| !["SystemV/", "US/", "posix/", "right/"].iter().any(|old| name.starts_with(old)))
        .collect();
    zones.sort_unstable();
    zones
});

async fn page(app: Data<AppState>, who: SignedIn) -> PageResult {
    Page::default().answer(&app, &who, StatusCode::OK).await
}

/// Saves the settings. 422 gives the form back with what was typed.
async fn save(app: Data<AppState>, who: Admin, form: FormToConfirm<CompanyForm>) -> PageResult {
    // What a shorter period erases is gone.
    let saved = who.company.retention_months.to_string();
    let form = form.confirmed_if(&who, |form| form.retention.trim() != saved)?.completed(&who.company);
    let settings = match form.parse() {
        Ok(settings) => settings,
        Err(errors) => {
            let page = Page { form: Some(form), errors, ..Page::default() };
            return page.answer(&app, &who, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    let (actor, company) = (who.actor(), *who.company_id());
    let saving = save_unless_overtaken(
        &app,
        &company,
        form.shown.clone(),
        move |conn| Ok(CompanyForm::from(&people::company(conn, &company)?)),
        move |conn| configure(conn, &actor, &company, &settings),
    );
    match saving.await? {
        Saving::Done(changed) => who.saved(changed, "/settings/company"),
        Saving::Overtaken(saved) => {
            let overtaken = Some(Overtaken::new(&form, &saved));
            Page { form: Some(form), overtaken, ..Page::default() }
                .answer(&app, &who, StatusCode::CONFLICT)
                .await
        }
    }
}
