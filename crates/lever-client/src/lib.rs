//! A typed client for Lever's API, for anybody who integrates with Lever.
//!
//! - [`Hosts`]: where Lever is — production, its sandbox, the EU, or a stand-in.
//! - [`OAuth`]: asking a Super Admin for access, and keeping it fresh; [`Claims`]: whom a token is for.
//! - [`Scope`], [`ScopeSet`]: what an integration asks for, and what does not work without it.
//! - [`Client`] and [`Api`]: typed calls, the rate limit, and a [`Trace`] of what was asked and answered.
//! - [`Delivery`] and [`signature`]: what a webhook says, and whether Lever signed it.
//! - [`types`]: Lever's objects, read leniently; [`text`]: how their texts are cleaned and bounded.
//!
//! The crate keeps no state beyond the rate limit, and writes nothing down. Errors are sorted by what
//! the caller can do about them ([`Error`], [`OAuthError`]). Secrets are in types that don't print, and
//! are taken out of what Lever repeats. Every instant on Lever's wire is in milliseconds since 1970 UTC.
//!
//! ```no_run
//! use std::time::Duration;
//! use lever_client::{Client, Hosts, OpportunityFilter, RateLimit, http};
//!
//! # async fn list() -> Result<(), Box<dyn std::error::Error>> {
//! let http = http::client(Duration::from_secs(30))?;
//! let client = Client::new(http, Hosts::production().api_url, RateLimit::default());
//! let api = client.with_api_key(&std::env::var("LEVER_API_KEY")?.into());
//! let filter = OpportunityFilter { archived: Some(false), ..OpportunityFilter::default() };
//! let mut pages = api.opportunities(&filter);
//! while let Some(page) = pages.next().await? {
//!     for opportunity in page.items {
//!         println!("{} {}", opportunity.id, opportunity.name.unwrap_or_default());
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! *Lever's wire notes* in these pages are the facts about Lever's API that the crate rests on, by section:
//! §1 addresses, §2 OAuth, §3 conventions, §4 objects, §5 calls, §6 webhooks, §7 what integrators stumble
//! over, §8 what was settled by recorded answers.

#![warn(missing_docs)]

pub mod client;
pub mod delivery;
pub mod error;
pub mod hosts;
pub mod http;
mod json;
pub mod oauth;
mod redirect;
pub mod scopes;
pub mod signature;
pub mod text;
pub mod types;

pub use client::{
    Api, CallRecord, Client, Created, Expand, NewNote, NewOpportunity, OpportunityFilter, Page, Pages,
    RateLimit, Skipped, TimeRange, Trace, Upload,
};
pub use delivery::{Delivery, DeliveryData, Implausible, Malformed};
pub use error::Error;
pub use hosts::{Hosts, HostsError};
pub use oauth::{Authorization, Claims, Grant, OAuth, OAuthError, SetupError};
pub use scopes::{Scope, ScopeSet};
pub use types::{
    AccountId, Application, ApplicationId, AppliedFor, ArchiveReason, ArchiveReasonId, ArchiveReasonKind,
    Archived, Categories, Confidentiality, Contact, ContactId, Event, Expandable, File, FileId, InterviewId,
    Note, NoteId, Opportunity, OpportunityId, Origin, PanelId, Phone, Posting, PostingId, PostingState,
    ShowUrl, Source, Stage, StageChange, StageId, Tag, User, UserId, Webhook, WebhookId,
};
