//! Connected Lever accounts: their configuration, the tokens that reach them, the tokens that
//! their deliveries are signed with, and their stages.

pub mod alerts;
pub mod checklist;
pub mod former_keys;
pub mod lever_webhooks;
pub mod lifecycle;
pub mod oauth;
pub mod schedule;
pub mod settings;
pub mod signing;
pub mod stages;
pub mod store;

pub use crate::integration_state::State;
pub use oauth::connections::Connections;
pub use signing::tokens::SigningToken;
pub use store::Integration;

use crate::i18n::portal;
use crate::text_enum;

text_enum! {
    /// Which Lever an account lives in.
    Environment {
        /// Lever itself.
        Production => "production",
        /// Lever's own sandbox, where partners try their integrations.
        Sandbox => "sandbox",
        /// Lever's data centre in the EU.
        Eu => "eu",
        /// The one that the portal's configuration names.
        Custom => "custom",
    }
}

impl Environment {
    /// For people.
    pub fn label(self) -> String {
        portal().name("environment", self.as_str())
    }
}
