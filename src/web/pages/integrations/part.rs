//! The parts of an integration's page. Each has an address of its own; one navigation leads to all.

use super::page_of;
use crate::forms::FormText;
use crate::ids::IntegrationId;
use crate::integrations::Integration;
use crate::monitoring::verdict::Judged;
use crate::web::{Layout, PageError, Section, SignedIn};

/// A part of an integration's page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Part {
    /// How it is doing; the set-up while it is not active yet.
    #[default]
    Overview,
    Webhooks,
    Rules,
    Postings,
    Activity,
    Settings,
}

impl Part {
    /// In the order of the navigation.
    pub(super) const ALL: [Self; 6] =
        [Self::Overview, Self::Webhooks, Self::Rules, Self::Postings, Self::Activity, Self::Settings];

    /// The word in addresses and in the hidden field `part` of forms.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Webhooks => "webhooks",
            Self::Rules => "rules",
            Self::Postings => "postings",
            Self::Activity => "activity",
            Self::Settings => "settings",
        }
    }

    /// The part from which a form comes; the first one where it does not say.
    pub(super) fn of_form(form: &FormText) -> Self {
        Self::named(form.text("part"))
    }

    /// The same, for a word.
    pub(super) fn named(word: &str) -> Self {
        Self::ALL.into_iter().find(|part| part.word() == word).unwrap_or_default()
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Webhooks => "Webhooks",
            Self::Rules => "Rules",
            Self::Postings => "Postings",
            Self::Activity => "Activity",
            Self::Settings => "Settings",
        }
    }

    pub(super) fn path(self, id: &IntegrationId) -> String {
        match self {
            Self::Overview => page_of(id),
            part => format!("{}/{}", page_of(id), part.word()),
        }
    }

    /// What refreshes this part of the page.
    pub(super) fn live_path(self, id: &IntegrationId) -> String {
        match self {
            Self::Overview => format!("{}/live", page_of(id)),
            part => format!("{}/live?part={}", page_of(id), part.word()),
        }
    }

    /// The title of the page: `Lever · Acme – Webhooks`.
    pub(super) fn title(self, integration: &Integration) -> String {
        match self {
            Self::Overview => format!("Lever · {}", integration.account_name),
            part => format!("Lever · {} – {}", integration.account_name, part.label()),
        }
    }

    /// The frame around this part of an integration's page.
    ///
    /// # Errors
    /// When the session cannot be used.
    pub(super) fn layout(self, who: &SignedIn, status: &Judged) -> Result<Layout, PageError> {
        let mut layout = who.layout(&self.title(&status.integration), Section::Integrations)?;
        layout.live_standing = Some(self.live_path(&status.integration.id));
        Ok(layout)
    }
}
