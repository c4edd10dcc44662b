//! The pages and the doors: routes, sessions, guards, and how errors look.

pub mod assets;
mod callbacks;
mod csrf;
mod device;
mod download;
mod error;
mod fields;
mod guard;
mod headers;
pub mod labels;
mod layout;
pub mod ops;
pub mod pages;
mod params;
mod place;
mod session;
mod trace;
pub(crate) mod webhook;

pub use callbacks::routes as callbacks;
pub use csrf::{Form, TabForm};
pub use download::download;
pub use error::{PageError, readable_queries, sessions_away};
pub use fields::FieldErrors;
pub use guard::{Admin, Auditing, Colleague, SignedIn, Visitor};
pub use headers::security_headers;
pub use layout::{Flash, FlashKind, Layout, Section, render, render_with, see_other};
pub use params::{FilterError, Params, span};
pub use place::Place;
pub use session::sessions;
pub use trace::RequestSpan;
pub use webhook::routes as door;

/// What a handler answers.
pub type PageResult = Result<actix_web::HttpResponse, PageError>;
