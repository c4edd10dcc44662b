//! Lever's language: how the portal talks with Lever and understands what Lever says.
//!
//! - [`Hosts`]: where Lever is — production, its sandbox, the EU, or a stand-in.
//! - [`OAuth`]: asking a Super Admin for access, and keeping it fresh.
//! - [`Scope`], [`ScopeSet`]: what the portal asks for, and what does not work without it.
//! - [`Client`] and [`Api`]: typed calls, the rate limit, and a [`Trace`] of what was asked and answered.
//! - [`Delivery`] and [`signature`]: what a webhook says, and whether Lever signed it.
//! - [`types`]: Lever's objects, read leniently.
//!
//! The room knows nothing of the portal: it imports no other room, keeps no state beyond the
//! rate limit, and writes nothing down. Errors are sorted by what the caller can do about them
//! ([`Error`], [`OAuthError`]). Every instant on Lever's wire is in milliseconds since 1970 UTC.

pub mod client;
pub mod delivery;
pub mod error;
pub mod hosts;
pub mod http;
pub mod oauth;
pub mod scopes;
pub mod signature;
pub mod types;

pub use client::{
    Api, CallRecord, Client, Expand, NewNote, OpportunityFilter, Page, Pages, RateLimit, TimeRange, Trace,
    Upload,
};
pub use delivery::{Delivery, DeliveryData, Malformed};
pub use error::Error;
pub use hosts::{Hosts, HostsError};
pub use oauth::{Authorization, Grant, OAuth, OAuthError, SetupError};
pub use scopes::{Scope, ScopeSet};
pub use types::{
    AccountId, Application, ApplicationId, ArchiveReason, ArchiveReasonId, ArchiveReasonKind, Archived,
    Categories, Confidentiality, Contact, ContactId, Event, Expandable, File, FileId, InterviewId, Note,
    NoteId, Opportunity, OpportunityId, Origin, PanelId, Phone, Posting, PostingId, PostingState, ShowUrl,
    Source, Stage, StageChange, StageId, Tag, User, UserId, Webhook, WebhookId,
};
