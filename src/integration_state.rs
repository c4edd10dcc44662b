//! Where an integration is in its life. It stands below the rooms that only ask whether it may act.

use crate::text_enum;

text_enum! {
    /// Where a connected account is in its life.
    State {
        /// Access is granted; something is missing before it works.
        SettingUp => "setting_up",
        /// Deliveries are processed.
        Active => "active",
        /// Access ended; its webhooks are answered 410.
        Disconnected => "disconnected",
    }
}
