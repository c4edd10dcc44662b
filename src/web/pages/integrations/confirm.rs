//! The page that asks before a change of the rules invites very many: who, by posting, and the form's
//! fields as they were typed.

use crate::integrations::settings::preview::Preview;
use crate::web::{Admin, FormText, Layout, PageResult, Section, render};
use askama::Template;

/// What is asked about.
pub(super) struct Confirm {
    /// The form, as it was typed.
    pub fields: FormText,
    /// Whom it would invite.
    pub preview: Preview,
    /// Where the form goes when it is agreed to.
    pub action: String,
    /// Where it goes to be shown again.
    pub back: String,
    /// What else the button does: `save`, `delete the rule`.
    pub verb: &'static str,
}

#[derive(Template)]
#[template(path = "integrations/confirm.html")]
struct ConfirmPage {
    layout: Layout,
    ask: Confirm,
    above: i32,
}

impl Confirm {
    pub(super) fn answer(self, who: &Admin) -> PageResult {
        let many = if self.preview.count() == 1 { "candidate" } else { "candidates" };
        let title = format!("Invite {} {many}?", self.preview.describe_count());
        let layout = who.layout(&title, Section::Integrations)?;
        render(&ConfirmPage { layout, ask: self, above: who.company.ask_again_above })
    }
}
