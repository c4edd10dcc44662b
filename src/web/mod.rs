//! The pages, the API and the receivers: routes, sessions, guards, and how errors look.

pub mod api;
pub mod assets;
pub mod browser;
mod callbacks;
mod circumstances;
pub mod confirm;
pub mod connections;
mod csrf;
mod device;
mod download;
mod error;
mod guard;
mod headers;
mod home;
mod in_company;
pub mod labels;
mod layout;
pub mod ops;
mod overtaken;
pub mod pages;
mod params;
mod place;
pub mod qr;
pub(crate) mod refusals;
mod refused;
mod session;
mod trace;
pub(crate) mod webhook;
mod witness;

pub use crate::forms::{FieldErrors, FormText};
pub use callbacks::routes as callbacks;
pub use circumstances::Seen;
pub use confirm::{Confirmed, FormToConfirm};
pub use csrf::{Form, NoFields, TabForm, forms_first};
pub use download::{download, one_of_few};
pub use error::{PageError, READS, limited_reads, readable_addresses, readable_queries, sessions_away};
pub use guard::{Admin, Auditing, Colleague, SignedIn, Visitor};
pub use headers::security_headers;
pub use home::{is_local, only_at_home};
pub use in_company::{Found, InCompany, absent_is_none, chosen_id, form_id, path_id};
pub use layout::{Flash, FlashKind, Layout, Section, render, render_with, see_other};
pub use overtaken::{Overtaken, Saving, is_overtaken, next_mark, save_unless_overtaken};
pub use params::{Params, TimeFilter};
pub use place::Place;
pub use refused::with_navigation;
pub use session::sessions;
pub use trace::RequestSpan;
pub use webhook::routes as webhook_receiver;
pub use witness::write_down;

/// What a handler answers.
pub type PageResult = Result<actix_web::HttpResponse, PageError>;
