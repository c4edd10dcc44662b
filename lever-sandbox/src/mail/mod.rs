//! The candidates' mail: a real SMTP server on this machine and what arrived at it.
//!
//! Anything may be sent to any address; nothing is ever delivered further. The
//! inbox page and the control API read the [`Mailbox`].

mod mailbox;
mod message;
mod read;
mod server;

pub use mailbox::Mailbox;
pub use message::Mail;
pub use server::SmtpServer;
