//! **Disconnect**: a page that names what follows, and the act.

use super::page_of;
use crate::db::DbError;
use crate::integrations::oauth::disconnect as act;
use crate::integrations::{Integration, State};
use crate::state::AppState;
use crate::web::{
    Admin, FlashKind, FormToConfirm, Found, Layout, NoFields, PageError, PageResult, Section, render,
    see_other,
};
use actix_web::web::Data;
use askama::Template;

#[derive(Template)]
#[template(path = "integrations/disconnect.html")]
struct DisconnectPage {
    layout: Layout,
    integration: Integration,
}

pub(super) async fn confirm(Found(who, integration): Found<Admin, Integration>) -> PageResult {
    if integration.state == State::Disconnected {
        return Ok(see_other(&page_of(&integration.id)));
    }
    let layout = who.layout(&format!("Disconnect {}?", integration.account_name), Section::Integrations)?;
    render(&DisconnectPage { layout, integration })
}

pub(super) async fn disconnect(
    app: Data<AppState>,
    Found(who, integration): Found<Admin, Integration>,
    form: FormToConfirm<NoFields>,
) -> PageResult {
    form.confirmed(&who)?;
    let ended = act::disconnect(&app.connections, &integration, &who.actor()).await?;
    let (kind, text) = match ended {
        act::Ended::Clean => (FlashKind::Good, "Disconnected. The portal no longer has access to Lever."),
        act::Ended::Later => (
            FlashKind::Attention,
            "Disconnected. Lever could not be notified yet: for an hour the portal keeps trying to remove its webhooks and \
             to give up its access. To end that now, revoke the app in Lever under Settings, Integrations and API, \
             Authorized Apps.",
        ),
        act::Ended::WebhooksLeft => (
            FlashKind::Attention,
            "Disconnected. The webhooks that the portal made could not be removed from Lever; their \
             deliveries are refused.",
        ),
        act::Ended::Before => (FlashKind::Attention, "It was already disconnected."),
    };
    who.flash(kind, text);
    Ok(see_other(&page_of(&integration.id)))
}

impl From<act::DisconnectError> for PageError {
    fn from(cause: act::DisconnectError) -> Self {
        match cause {
            act::DisconnectError::Db(cause) => DbError::into(cause),
        }
    }
}
