//! The mails that arrived at the sandbox's SMTP server.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::html::{Frame, Place, not_found, time_tag};
use super::session::{Posted, SignedIn};
use crate::mail::Mail;

/// A mail may style itself and show pictures it brought along. It runs no script, loads
/// nothing, and is boxed in even when its address is opened by itself.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
    frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";

/// How many mails the list shows.
const SHOWN: usize = 200;

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.route("/inbox", web::get().to(list))
        .route("/inbox/clear", web::post().to(clear))
        .route("/inbox/{id}", web::get().to(show))
        .route("/inbox/{id}/html", web::get().to(html));
}

struct Row {
    id: u64,
    to: String,
    subject: String,
    at: String,
}

#[derive(Template)]
#[template(path = "inbox.html")]
struct InboxPage {
    frame: Frame,
    smtp: String,
    mails: Vec<Row>,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct MailPage {
    frame: Frame,
    subject: String,
    at: String,
    mail: Mail,
}

fn subject(mail: &Mail) -> String {
    if mail.subject.is_empty() { "(no subject)".to_owned() } else { mail.subject.clone() }
}

async fn list(me: SignedIn) -> HttpResponse {
    let now = me.sandbox.now();
    let row = |mail: Mail| Row {
        id: mail.id,
        subject: subject(&mail),
        at: time_tag(mail.received_at, now),
        to: mail.to,
    };
    me.page(&InboxPage {
        frame: me.frame(Place::Inbox),
        smtp: me.sandbox.mailbox.address().map(|address| address.to_string()).unwrap_or_default(),
        mails: me.sandbox.mailbox.newest(SHOWN).into_iter().map(row).collect(),
    })
}

async fn show(me: SignedIn, id: web::Path<u64>) -> HttpResponse {
    let Some(mail) = me.sandbox.mailbox.get(*id) else {
        return not_found("mail");
    };
    me.page(&MailPage {
        frame: me.frame(Place::Inbox),
        subject: subject(&mail),
        at: time_tag(mail.received_at, me.sandbox.now()),
        mail,
    })
}

async fn html(me: SignedIn, id: web::Path<u64>) -> HttpResponse {
    let Some(html) = me.sandbox.mailbox.get(*id).and_then(|mail| mail.html) else {
        return not_found("mail");
    };
    HttpResponse::Ok()
        .content_type(header::ContentType::html())
        .insert_header((header::CONTENT_SECURITY_POLICY, MAIL_POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        // Links open beside the inbox, not within the frame.
        .body(format!("<base target=\"_blank\">{html}"))
}

async fn clear(posted: Posted) -> HttpResponse {
    posted.sandbox.mailbox.clear();
    posted.done("/inbox", "The inbox is empty.")
}
