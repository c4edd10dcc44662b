//! Companies and the people who sign in.

mod store;

pub use store::{Company, User, company, user};

use crate::text_enum;

text_enum! {
    /// What a person may do in the company.
    Role {
        /// Changes everything.
        Admin => "admin",
        /// Works with candidates; sees the settings.
        Member => "member",
        /// Sees everything, the logs included; changes nothing.
        Auditor => "auditor",
    }
}

impl Role {
    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Admin => "Admin",
            Self::Member => "Member",
            Self::Auditor => "Auditor",
        }
    }

    /// May change integrations, company and team.
    pub fn may_configure(self) -> bool {
        self == Self::Admin
    }

    /// May resend, cancel and replay.
    pub fn may_act(self) -> bool {
        matches!(self, Self::Admin | Self::Member)
    }

    /// May see the event log, the audit log and their exports.
    pub fn may_audit(self) -> bool {
        matches!(self, Self::Admin | Self::Auditor)
    }
}
