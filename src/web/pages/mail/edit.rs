//! One mail in one language: changing it, looking at it, mailing it to oneself.

use super::{InLanguage, PAGE};
use crate::candidate_email;
use crate::candidate_email::{About, EmailKind, EmailMessage, MailSettings, PLACEHOLDERS, Placeholder, Text};
use crate::i18n::Messages;
use crate::mail::MailError;
use crate::state::AppState;
use crate::time::Timestamp;
use crate::web::{
    Admin, FieldErrors, FlashKind, Form, Found, Layout, NoFields, Overtaken, PageError, PageResult, Saving,
    Section, SignedIn, next_mark, render, render_with, save_unless_overtaken, see_other,
};
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use serde::{Deserialize, Serialize};

#[derive(Template)]
#[template(path = "mail/edit.html")]
struct EditPage {
    layout: Layout,
    errors: FieldErrors,
    kind: EmailKind,
    words: &'static Messages,
    form: TextForm,
    /// The company has a text of its own.
    is_own: bool,
    preview: Option<Preview>,
    /// Where a test goes.
    me: String,
    overtaken: Option<Overtaken>,
    /// The mark of what is saved.
    shown: String,
}

impl EditPage {
    fn placeholders(&self) -> &'static [Placeholder] {
        &PLACEHOLDERS
    }
}

/// A mail as the sample candidate would get it.
struct Preview {
    from: String,
    reply_to: Option<String>,
    subject: String,
    html: String,
    plain: String,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct TextForm {
    subject: String,
    text: String,
    /// The button: save, preview or test.
    #[serde(skip_serializing)]
    r#do: String,
    /// The mark of what the form showed.
    #[serde(skip_serializing)]
    shown: String,
}

impl TextForm {
    fn of_text(text: Text) -> Self {
        Self { subject: text.subject, text: text.body, ..Self::default() }
    }

    fn parse(&self) -> Result<Text, FieldErrors> {
        let mut errors = FieldErrors::default();
        let subject = errors.keep("subject", Text::parse_subject(&self.subject));
        let body = errors.keep("text", Text::parse_body(&self.text));
        match (subject, body) {
            (Some(subject), Some(body)) => Ok(Text { subject, body }),
            _ => Err(errors),
        }
    }
}

/// What is kept of this mail.
async fn kept(
    app: &AppState,
    who: &SignedIn,
    kind: EmailKind,
    words: &'static Messages,
) -> Result<(Text, bool, MailSettings), PageError> {
    let company = *who.company_id();
    let read = move |conn: &mut crate::db::Conn| {
        let (text, is_own) = candidate_email::text(conn, &company, kind, words)?;
        Ok((text, is_own, candidate_email::settings(conn, &company)?))
    };
    Ok(app.db.read(read).await?)
}

fn title(kind: EmailKind, words: &Messages) -> String {
    format!("{} in {}", kind.label(), words.texts.name)
}

pub(super) async fn page(
    app: Data<AppState>,
    Found(who, InLanguage(kind, words)): Found<SignedIn, InLanguage>,
) -> PageResult {
    let (text, is_own, settings) = kept(&app, &who, kind, words).await?;
    // Who may not change the text sees the mail.
    let preview = match who.user.role.may_configure() {
        true => None,
        false => Some(preview(&app, &who, kind, words, &text, &settings)?),
    };
    let layout = who.layout(&title(kind, words), Section::Mail)?;
    let (form, me) = (TextForm::of_text(text), who.user.email.clone());
    let (errors, shown) = (FieldErrors::default(), next_mark(&form, None, false));
    render(&EditPage { layout, errors, kind, words, form, is_own, preview, me, overtaken: None, shown })
}

/// Ada Byron, who has been invited just now.
fn sample<'l>(who: &'l SignedIn, link: &'l str, settings: &MailSettings) -> About<'l> {
    About {
        company: &who.company,
        name: "Ada Byron",
        posting: "Backend engineer",
        logic: who.company.default_tests.logic(),
        personality: who.company.default_tests.personality(),
        until: Timestamp::now().plus(settings.good_for()),
        link,
        is_started: false,
        time_percent: 100,
    }
}

fn sample_link(app: &AppState) -> String {
    app.link("/assessment/sample").to_string()
}

fn preview(
    app: &AppState,
    who: &SignedIn,
    kind: EmailKind,
    words: &'static Messages,
    text: &Text,
    settings: &MailSettings,
) -> Result<Preview, PageError> {
    let link = sample_link(app);
    let message = EmailMessage::new(kind, text, words, sample(who, &link, settings));
    let sender = candidate_email::sender(&who.company);
    Ok(Preview {
        from: app.mailer.name_of(&sender),
        reply_to: sender.reply_to.map(|address| address.to_string()),
        html: message.html().map_err(PageError::internal)?,
        plain: message.plain().map_err(PageError::internal)?,
        subject: message.subject,
    })
}

/// Saves, shows or mails what was typed. 422 gives the form back with it.
pub(super) async fn submit(
    app: Data<AppState>,
    Found(who, InLanguage(kind, words)): Found<Admin, InLanguage>,
    form: Form<TextForm>,
) -> PageResult {
    let (saved, is_own, settings) = kept(&app, &who, kind, words).await?;
    let me = who.user.email.clone();
    let shown = next_mark(&TextForm::of_text(saved), Some(&form.0.shown), false);
    let text = match form.0.parse() {
        Ok(text) => text,
        Err(errors) => {
            let layout = who.layout(&title(kind, words), Section::Mail)?;
            let (form, preview, overtaken) = (form.0, None, None);
            let page = EditPage { layout, errors, kind, words, form, is_own, preview, me, overtaken, shown };
            return render_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    match form.0.r#do.as_str() {
        "preview" => {}
        "test" => send_test(&app, &who, kind, words, &text, &settings).await?,
        _ => {
            let (actor, company) = (who.actor(), *who.company_id());
            let saving = save_unless_overtaken(
                &app,
                &company,
                form.0.shown.clone(),
                move |conn| Ok(TextForm::of_text(candidate_email::text(conn, &company, kind, words)?.0)),
                move |conn| candidate_email::save_text(conn, &actor, &company, kind, words, &text),
            );
            let saved = match saving.await? {
                Saving::Done(changed) => return who.saved(changed, PAGE),
                Saving::Overtaken(saved) => saved,
            };
            let (form, errors, preview) = (form.0, FieldErrors::default(), None);
            let (overtaken, shown) = (Some(Overtaken::new(&form, &saved)), next_mark(&saved, None, true));
            let layout = who.layout(&title(kind, words), Section::Mail)?;
            let page = EditPage { layout, errors, kind, words, form, is_own, preview, me, overtaken, shown };
            return render_with(StatusCode::CONFLICT, &page);
        }
    }
    let preview = Some(preview(&app, &who, kind, words, &text, &settings)?);
    let layout = who.layout(&title(kind, words), Section::Mail)?;
    render(&EditPage {
        layout,
        errors: FieldErrors::default(),
        kind,
        words,
        form: form.0,
        is_own,
        preview,
        me,
        overtaken: None,
        shown,
    })
}

/// Mails what was typed to whoever typed it, and says on the page how that went.
async fn send_test(
    app: &AppState,
    who: &SignedIn,
    kind: EmailKind,
    words: &'static Messages,
    text: &Text,
    settings: &MailSettings,
) -> Result<(), PageError> {
    app.throttle.count(&format!("test-mail:{}", who.user.id)).map_err(PageError::TooMany)?;
    let link = sample_link(app);
    let message = EmailMessage::new(kind, text, words, sample(who, &link, settings));
    let host = app.base_url.host_str().unwrap_or("localhost");
    let id = format!("test-{}@{host}", crate::secrets::random_text(12));
    let mail = message.to_mail(&who.user.email, "Ada Byron", id).map_err(PageError::internal)?;
    match app.mailer.send_as(candidate_email::sender(&who.company), mail).await {
        Ok(_) => {
            let text = format!("A test is on its way to {}. Nothing was saved.", who.user.email);
            who.flash(FlashKind::Good, text);
        }
        Err(failure @ (MailError::Refused(_) | MailError::Address(_))) => {
            who.flash(FlashKind::Failed, format!("The test was not sent: {failure}."));
        }
        Err(failure) => who.flash(FlashKind::Attention, format!("The test was not sent: {failure}.")),
    }
    Ok(())
}

/// Forgets the company's own text.
pub(super) async fn back_to_default(
    app: Data<AppState>,
    Found(who, InLanguage(kind, words)): Found<Admin, InLanguage>,
    _form: Form<NoFields>,
) -> PageResult {
    let (actor, company) = (who.actor(), *who.company_id());
    let changed =
        app.db.write(move |conn| candidate_email::forget_text(conn, &actor, &company, kind, words)).await?;
    let text = if changed {
        "The default text is back. Your previous text is in the audit log."
    } else {
        "It was already the default text."
    };
    who.flash(FlashKind::Good, text);
    Ok(see_other(&format!("{PAGE}/{kind}/{}", words.code())))
}
