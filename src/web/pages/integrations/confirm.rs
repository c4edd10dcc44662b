//! The page that asks before settings or rules are saved: what changes, whom that invites by posting, and the form's
//! fields as they were typed.

use crate::integrations::settings::preview::Preview;
use crate::integrations::settings::values::FieldChange;
use crate::web::{Admin, FormText, Layout, PageResult, Section, render};
use askama::Template;

/// Whom a change invites.
pub(super) enum Whom {
    /// Those who meet it now.
    Shown(Preview),
    /// Lever does not say who is there.
    Unknown,
    /// It is not about who is invited.
    Nobody,
}

/// What is asked about.
pub(super) struct Confirm {
    /// The form, as it was typed.
    pub fields: FormText,
    /// What would change, setting by setting.
    pub changes: Vec<FieldChange>,
    /// Whom it would invite.
    pub whom: Whom,
    /// Where the form goes when it is agreed to.
    pub action: String,
    /// Where it goes to be shown again.
    pub back: String,
}

#[derive(Template)]
#[template(path = "integrations/confirm.html")]
struct ConfirmPage {
    layout: Layout,
    ask: Confirm,
    above: i32,
}

impl ConfirmPage {
    /// Whom it would invite, where somebody would be.
    fn invited(&self) -> Option<&Preview> {
        match &self.ask.whom {
            Whom::Shown(preview) if preview.count() > 0 => Some(preview),
            _ => None,
        }
    }
}

impl Confirm {
    pub(super) fn answer(self, who: &Admin) -> PageResult {
        let title = match &self.whom {
            Whom::Shown(preview) if preview.count() > 0 => {
                let many = if preview.count() == 1 { "candidate" } else { "candidates" };
                format!("Invite {} {many}?", preview.describe_count())
            }
            _ => "Save these changes?".to_owned(),
        };
        let layout = who.layout(&title, Section::Integrations)?;
        render(&ConfirmPage { layout, ask: self, above: who.company.ask_again_above })
    }
}
