//! Companies, the people who sign in, and how they come in: set-up, log-in, invitation, new password.
//!
//! What changes something is one function, called inside one write transaction, with its row in the
//! audit log. Codes are handed out once and kept as hashes.

mod access;
mod account;
mod codes;
mod company;
pub(crate) mod email;
mod factor;
mod notices;
mod outside;
pub mod passkeys;
pub(crate) mod policy;
mod recovery;
mod refused_attempts;
pub(crate) mod sessions;
pub mod setup;
mod store;
mod team;
mod throttle;
pub mod trial;
mod values;
mod watchful;

pub use access::{AccessPolicy, FactorDemand, access_policy, company_and_access, set_access_policy};
pub use account::{
    LogInError, NewPassword, Proved, begin_reset, change_password, check_credentials, is_password, rename,
    reset_password,
};
pub use codes::{CodeKind, forget_reset, who_holds};
pub use company::{CompanySettings, configure, found_company};
pub use email::{invitation_email, known_elsewhere_email, reset_email};
pub use factor::{
    Factor, FactorError, Proof, check_code, enrol, factor, log_in_with_code, renew_recovery_codes,
    reset_factor, turn_factor_off,
};
pub use notices::{Notice, notified, unnotified};
pub use outside::{add_outside, join_outside, person_with_address};
pub use policy::{InvitationPolicy, invitation_policy, set_invitation_policy};
pub use recovery::{Factors, factors, recovery_codes_left};
pub use refused_attempts::{RefusedAttempts, TOGETHER};
pub use sessions::{
    AT_ONCE as SESSIONS_AT_ONCE, Session, end_oldest, end_other_sessions, end_session, hold_session,
    log_out_person, note_confirmed, note_use, open_session, open_sessions,
};
pub use store::{
    Company, User, carry_addresses, companies, company, everybody, has_password, password_mark, person,
    sweep_sessions, user, user_by_email,
};
pub use team::{Invitation, Member, add, change_role, invite, join, members, remove, renew_invitation};
pub use throttle::{Attempt, Quota, Throttle};
pub use values::{Email, Name, ValueError, known_as};
pub use watchful::{
    Refused, Times, code_refused, factor_off_email, factor_on_email, factor_reset_email, is_new_device,
    log_in_refused, logged_out, many_codes_email, many_failures_email, new_device_email, new_password_email,
    passkey_added_email, passkey_copied_email, passkey_removed_email, recovery_code_email, whose_address,
};

use crate::db::DbError;
use crate::i18n::portal;
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
    pub fn label(self) -> String {
        portal().name("role", self.as_str())
    }

    /// What the role is for, in a sentence.
    pub fn explanation(self) -> String {
        portal().name("role-explanation", self.as_str())
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

/// Why a change to people did not happen.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// The code is unknown, used or too old.
    #[error("the code is unknown, used or too old")]
    CodeNotValid,
    /// A company is there already: set-up is over.
    #[error("the portal is set up already")]
    SetUpAlready,
    /// The address belongs to somebody in this company.
    #[error("the address is in the team already")]
    InTeamAlready,
    /// The address logs in to another company. Only who owns the address, or the server, may read that.
    #[error("the address is in use")]
    AddressInUse,
    /// Without this person nobody could change the settings any more.
    #[error("the last admin stays")]
    LastAdmin,
    /// There is no such person in this company.
    #[error("no such person")]
    NoSuchPerson,
    /// The invitation has been taken up.
    #[error("the person has joined already")]
    JoinedAlready,
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<diesel::result::Error> for PeopleError {
    fn from(cause: diesel::result::Error) -> Self {
        Self::Db(cause.into())
    }
}
