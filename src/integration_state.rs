//! Where an integration is in its life. It stands below the rooms that only ask whether it may act.

use crate::text_enum;

text_enum! {
    /// Where a connected account is in its life.
    State {
        /// Access is granted; something is missing before it works.
        SettingUp => "setting_up",
        /// Deliveries are worked.
        Active => "active",
        /// Access ended; its webhooks are answered 410.
        Disconnected => "disconnected",
    }
}

impl State {
    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::SettingUp => "Setting up",
            Self::Active => "Active",
            Self::Disconnected => "Disconnected",
        }
    }

    /// The stylesheet's word for it.
    pub fn badge(self) -> &'static str {
        match self {
            Self::SettingUp => "waiting",
            Self::Active => "good",
            Self::Disconnected => "failed",
        }
    }
}
