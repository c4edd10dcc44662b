//! Before rules are saved: whom they would invite now, and whether that is so many that the person who
//! saves is asked again.

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
    /// Ask first: so many would be invited.
    Ask(Preview),
    /// Lever does not tell who is there: save, and leave those who are alone.
    Blind(CallError),
}

/// Looks at whom these settings would invite now. `confirmed`: so many were agreed to before.
pub async fn look(
    connections: &Connections,
    company: &Company,
    id: &IntegrationId,
    settings: &Settings,
    confirmed: Option<usize>,
) -> Confirmation {
    match preview::preview(connections, id, settings, kept_since(company)).await {
        Ok(preview) => {
            let count = preview.count();
            let above = usize::try_from(company.ask_again_above).unwrap_or(0);
            // A few more than were agreed to meanwhile are no other question.
            let is_agreed = confirmed.is_some_and(|agreed| count <= agreed + agreed / 10);
            if count == 0 || is_agreed || count <= above && !preview.is_partial {
                Confirmation::Save(Follow::Those(count))
            } else {
                Confirmation::Ask(preview)
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
