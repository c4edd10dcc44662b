//! Access to a connected Lever account: asking for it, keeping its tokens fresh, and giving it back.

pub mod access_tokens;
pub mod acting;
mod app;
mod call_error;
mod connection;
pub mod connections;
pub mod disconnect;
pub(crate) mod flows;
pub mod grant;
mod granted_user;
pub mod lever_account;
pub mod permissions;
pub mod refusal;
