//! `/settings/mail`: how candidates are written to, and the texts of their mails.

mod edit;

use crate::candidate_email;
use crate::candidate_email::{CustomText, EmailKind, Languages, MailSettings};
use crate::db::{Conn, DbResult};
use crate::i18n::Messages;
use crate::ids::CompanyId;
use crate::state::AppState;
use crate::web::{
    Admin, FieldErrors, Form, InCompany, Layout, Overtaken, PageResult, Saving, Section, SignedIn, next_mark,
    path_id, render_with, save_unless_overtaken,
};
use actix_web::dev::{Path, Url};
use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use askama::Template;
use serde::{Deserialize, Serialize};

const PAGE: &str = "/settings/mail";

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/settings/mail", web::get().to(page));
    cfg.route("/settings/mail", web::post().to(save));
    cfg.route("/settings/mail/{kind}/{language}", web::get().to(edit::page));
    cfg.route("/settings/mail/{kind}/{language}", web::post().to(edit::submit));
    cfg.route("/settings/mail/{kind}/{language}/default", web::post().to(edit::back_to_default));
}

#[derive(Template)]
#[template(path = "mail/page.html")]
struct MailPage {
    layout: Layout,
    errors: FieldErrors,
    form: SettingsForm,
    own: Vec<CustomText>,
    overtaken: Option<Overtaken>,
    /// The mark of what is saved.
    shown: String,
}

impl MailPage {
    fn languages(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        Languages::all()
    }

    fn language_name(&self) -> &'static str {
        Languages::all().find(|(code, _)| *code == self.form.language).map_or("", |(_, name)| name)
    }

    fn kinds(&self) -> &'static [EmailKind] {
        EmailKind::ALL
    }

    /// The company's own text, when there is one.
    fn own(&self, kind: &EmailKind, language: &str) -> Option<&CustomText> {
        self.own.iter().find(|own| own.kind == *kind && own.language == language)
    }
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
struct SettingsForm {
    language: String,
    good_for: String,
    /// A checkbox: there when it is ticked.
    remind: Option<String>,
    reminders: String,
    /// The mark of what the form showed.
    #[serde(skip_serializing)]
    shown: String,
}

impl From<&MailSettings> for SettingsForm {
    fn from(settings: &MailSettings) -> Self {
        let most = match settings.reminders_most {
            0 => MailSettings::default().reminders_most,
            most => most,
        };
        Self {
            language: settings.language.clone(),
            good_for: settings.good_for_days.to_string(),
            remind: (settings.reminders_most > 0).then(|| "yes".to_owned()),
            reminders: most.to_string(),
            shown: String::new(),
        }
    }
}

impl SettingsForm {
    fn parse(&self) -> Result<MailSettings, FieldErrors> {
        let mut errors = FieldErrors::default();
        let language = errors.keep("language", MailSettings::parse_language(&self.language));
        let days = errors.keep("good_for", MailSettings::parse_days(&self.good_for));
        let most = match self.remind {
            Some(_) => errors.keep("reminders", MailSettings::parse_reminders(&self.reminders)),
            None => Some(0),
        };
        match (language, days, most) {
            (Some(language), Some(good_for_days), Some(reminders_most)) => {
                Ok(MailSettings { language, good_for_days, reminders_most })
            }
            _ => Err(errors),
        }
    }
}

/// A way to show the page: as it is saved, or with what was typed.
#[derive(Default)]
struct Show {
    form: Option<SettingsForm>,
    errors: FieldErrors,
    overtaken: Option<Overtaken>,
}

impl Show {
    async fn answer(self, app: &AppState, who: &SignedIn, status: StatusCode) -> PageResult {
        let company = *who.company_id();
        let read = move |conn: &mut Conn| {
            Ok((candidate_email::settings(conn, &company)?, candidate_email::own_texts(conn, &company)?))
        };
        let (settings, own) = app.db.read(read).await?;
        let saved = SettingsForm::from(&settings);
        let page = MailPage {
            layout: who.layout("Candidate email", Section::Mail)?,
            errors: self.errors,
            shown: next_mark(
                &saved,
                self.form.as_ref().map(|form| form.shown.as_str()),
                self.overtaken.is_some(),
            ),
            form: self.form.unwrap_or(saved),
            own,
            overtaken: self.overtaken,
        };
        render_with(status, &page)
    }
}

async fn page(app: Data<AppState>, who: SignedIn) -> PageResult {
    Show::default().answer(&app, &who, StatusCode::OK).await
}

/// Saves the settings. 422 gives the form back with what was typed, 409 when somebody else saved meanwhile.
async fn save(app: Data<AppState>, who: Admin, Form(form): Form<SettingsForm>) -> PageResult {
    let (company, actor) = (*who.company_id(), who.actor());
    let settings = match form.parse() {
        Ok(settings) => settings,
        Err(errors) => {
            let show = Show { form: Some(form), errors, overtaken: None };
            return show.answer(&app, &who, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    let saving = save_unless_overtaken(
        &app,
        &company,
        form.shown.clone(),
        move |conn| Ok(SettingsForm::from(&candidate_email::settings(conn, &company)?)),
        move |conn| candidate_email::configure(conn, &actor, &company, &settings),
    );
    match saving.await? {
        Saving::Done(changed) => who.saved(changed, PAGE),
        Saving::Overtaken(saved) => {
            let overtaken = Some(Overtaken::new(&form, &saved));
            let show = Show { form: Some(form), errors: FieldErrors::default(), overtaken };
            show.answer(&app, &who, StatusCode::CONFLICT).await
        }
    }
}

/// The mail that an address names, in a language. Every company has each of them.
#[derive(Clone, Copy)]
struct InLanguage(EmailKind, &'static Messages);

impl InCompany for InLanguage {
    type Key = Self;

    fn key(path: &Path<Url>) -> Option<Self> {
        let words = Messages::all().iter().find(|words| path.get("language") == Some(words.code()))?;
        Some(Self(path_id(path, "kind", EmailKind::parse)?, words))
    }

    fn load(_: &mut Conn, _: &CompanyId, named: &Self) -> DbResult<Option<Self>> {
        Ok(Some(*named))
    }
}
