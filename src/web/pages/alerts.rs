//! `/settings/company/alerts`: the address that alerts are posted to, signed.

use crate::alert_webhooks;
use crate::alert_webhooks::{AlertDelivery, AlertWebhook, guard};
use crate::state::AppState;
use crate::web::labels::{self, Label};
use crate::web::{
    Admin, FieldErrors, FlashKind, Form, FormToConfirm, Layout, NoFields, PageError, PageResult, Section,
    SignedIn, render, render_with, see_other,
};
use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use askama::Template;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

const PATH: &str = "/settings/company/alerts";

pub(super) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::scope(PATH)
            .route("", web::get().to(page))
            .route("", web::post().to(save))
            .route("/secret", web::post().to(rotate))
            .route("/test", web::post().to(test))
            .route("/remove", web::post().to(remove))
            .default_service(web::to(super::nothing_here)),
    );
}

#[derive(Template)]
#[template(path = "alerts.html")]
struct AlertsPage {
    layout: Layout,
    errors: FieldErrors,
    url: String,
    webhook: Option<AlertWebhook>,
    deliveries: Vec<AlertDelivery>,
    /// A new secret, shown this once.
    secret: Option<SecretString>,
}

impl AlertsPage {
    fn secret(&self) -> Option<&str> {
        self.secret.as_ref().map(|secret| secret.expose_secret())
    }

    fn verdict(&self, delivery: &AlertDelivery) -> Label {
        labels::alert_delivery(delivery)
    }

    /// Until when the secret before signs too.
    fn overlap(&self) -> Option<&crate::time::Timestamp> {
        self.webhook.as_ref()?.previous_until.as_ref().filter(|until| **until > self.layout.now)
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AlertWebhookForm {
    alert_url: String,
}

/// A way to show the page.
#[derive(Default)]
struct Show {
    errors: FieldErrors,
    typed: Option<String>,
    secret: Option<SecretString>,
}

impl Show {
    async fn answer(self, app: &AppState, who: &SignedIn) -> PageResult {
        let company = *who.company_id();
        let (webhook, deliveries) = app
            .db
            .read(move |conn| {
                Ok((
                    alert_webhooks::by_company(conn, &company)?,
                    alert_webhooks::last_deliveries(conn, &company)?,
                ))
            })
            .await?;
        let layout = who.layout("Alerts by webhook", Section::Company)?;
        let saved = webhook.as_ref().map(|webhook| alert_webhooks::address(webhook, &app.sealer)).transpose();
        let saved = saved.map_err(PageError::internal)?;
        let saved = saved.as_ref().map(|url| url.expose_secret()).unwrap_or_default();
        // The address opens something at many receivers: who cannot change it does not read it.
        let shown = match layout.may_configure() || saved.is_empty() {
            true => saved.to_owned(),
            false => alert_webhooks::label(saved),
        };
        let url = self.typed.unwrap_or(shown);
        let status = if self.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        let page = AlertsPage { layout, errors: self.errors, url, webhook, deliveries, secret: self.secret };
        if page.secret.is_none() {
            return render_with(status, &page);
        }
        let mut answer = render(&page)?;
        // The secret is for this one look: no copy of the page is kept.
        let no_store = actix_web::http::header::HeaderValue::from_static("no-store");
        answer.headers_mut().insert(actix_web::http::header::CACHE_CONTROL, no_store);
        Ok(answer)
    }
}

async fn page(app: Data<AppState>, who: SignedIn) -> PageResult {
    Show::default().answer(&app, &who).await
}

/// Saves the address. The first time the secret is shown, once.
async fn save(app: Data<AppState>, who: Admin, form: FormToConfirm<AlertWebhookForm>) -> PageResult {
    let typed = form.confirmed(&who)?.alert_url;
    let url = match guard::parse(&typed, app.alerts.is_trial()) {
        Ok(url) => url,
        Err(why) => {
            let mut errors = FieldErrors::default();
            errors.add("alert_url", why.sentence());
            return Show { errors, typed: Some(typed), secret: None }.answer(&app, &who).await;
        }
    };
    let (company, actor, sealer) = (*who.company_id(), who.actor(), app.sealer.clone());
    let secret =
        app.db.write(move |conn| alert_webhooks::save(conn, &sealer, &company, url.as_str(), &actor)).await?;
    if secret.is_some() {
        return Show { secret, ..Show::default() }.answer(&app, &who).await;
    }
    who.flash(FlashKind::Good, "Saved. The secret stays the same.");
    Ok(see_other(PATH))
}

async fn rotate(app: Data<AppState>, who: Admin, form: FormToConfirm<NoFields>) -> PageResult {
    form.confirmed(&who)?;
    let (company, actor, sealer) = (*who.company_id(), who.actor(), app.sealer.clone());
    let secret = app.db.write(move |conn| alert_webhooks::rotate(conn, &sealer, &company, &actor)).await?;
    if secret.is_none() {
        return Err(PageError::NotFound);
    }
    Show { secret, ..Show::default() }.answer(&app, &who).await
}

/// Posts a test at once, and says how it was answered.
async fn test(app: Data<AppState>, who: Admin, _form: Form<NoFields>) -> PageResult {
    let (company, actor) = (*who.company_id(), who.actor());
    let begun = app
        .db
        .write(move |conn| {
            let Some(webhook) = alert_webhooks::by_company(conn, &company)? else { return Ok(None) };
            let delivery = alert_webhooks::add_test(conn, &company, &actor)?;
            Ok(Some((webhook, delivery)))
        })
        .await?;
    let (webhook, delivery) = begun.ok_or(PageError::NotFound)?;
    let secrets = alert_webhooks::secrets(&webhook, &app.sealer).map_err(PageError::internal)?;
    let url = alert_webhooks::address(&webhook, &app.sealer).map_err(PageError::internal)?;
    let answered = app.alerts.send(&url, &secrets, &delivery).await;
    let kept = answered.clone();
    app.db.write(move |conn| alert_webhooks::tried(conn, &delivery, &kept, true)).await?;
    let (kind, before) = match answered.is_taken() {
        true => (FlashKind::Good, "The test was accepted"),
        false => (FlashKind::Failed, "The test was not accepted"),
    };
    who.flash(kind, format!("{before}: {}.", answered.sentence().trim_end_matches('.')));
    Ok(see_other(PATH))
}

async fn remove(app: Data<AppState>, who: Admin, form: FormToConfirm<NoFields>) -> PageResult {
    form.confirmed(&who)?;
    let (company, actor, sealer) = (*who.company_id(), who.actor(), app.sealer.clone());
    app.db.write(move |conn| alert_webhooks::remove(conn, &sealer, &company, &actor)).await?;
    who.flash(FlashKind::Good, "The address was removed: alerts now go out by email only.");
    Ok(see_other(PATH))
}
