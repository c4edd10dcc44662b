//! Before settings or rules are saved: whom they would invite now, and whether the person who saves is asked.

use super::preview::{self, Preview};
use crate::i18n::{number, portal};
use crate::ids::IntegrationId;
use crate::integrations::oauth::connections::{CallError, Connections};
use crate::integrations::schedule::watch::Follow;
use crate::invitations::Settings;
use crate::people::Company;
use crate::time::Timestamp;

/// What is to be done about a save.
#[derive(Debug)]
pub enum Confirmation {
    /// Save, with what it means for those who meet the rules already.
    Save(Follow),
    /// Ask first, and show whom it would invite.
    Ask(Preview),
    /// Lever does not tell who is there. If it is saved, those who are there are left alone.
    Blind(CallError),
}

/// Looks at whom these settings would invite now. A person is asked when somebody would be invited, and when an account
/// that is active would invite by other settings than now (`differ`). `confirmed`: so many were agreed to before.
pub async fn look(
    connections: &Connections,
    company: &Company,
    id: &IntegrationId,
    settings: &Settings,
    differ: bool,
    confirmed: Option<usize>,
) -> Confirmation {
    match preview::preview(connections, id, settings, kept_since(company)).await {
        Ok(preview) => {
            let count = preview.count();
            match confirmed {
                // A few more than were agreed to meanwhile are no other question.
                Some(agreed) if count <= agreed + agreed / 10 => Confirmation::Save(Follow::Those(count)),
                None if count == 0 && !differ => Confirmation::Save(Follow::Those(0)),
                _ => Confirmation::Ask(preview),
            }
        }
        Err(cause) => {
            tracing::info!(integration = %id, %cause, "nobody can be shown before rules are saved");
            Confirmation::Blind(cause)
        }
    }
}

/// Who was invited before this may have been erased, by the company's retention period.
pub fn kept_since(company: &Company) -> Timestamp {
    Timestamp::now().months_back(company.retention_months)
}

impl Follow {
    /// For the person who saved: to follow another sentence.
    pub fn sentence(self) -> String {
        match self {
            Self::Unchanged | Self::Those(0) => String::new(),
            Self::Those(count) => {
                format!(" {}", portal().message("follow-those", &[("count", number(count))]))
            }
            Self::Nobody => format!(" {}", portal().message("follow-nobody", &[])),
        }
    }
}
