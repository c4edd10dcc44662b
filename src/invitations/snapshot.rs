//! An opportunity as Lever describes it now, with its posting. The worker, "why" and the rest look at the same, because
//! it is fetched here and nowhere else.

use lever_client::{
    Api, ApplicationId, AppliedFor, Error, Expand, Opportunity, OpportunityId, Posting, PostingId,
};

/// What Lever shows of the posting that somebody applied to.
#[derive(Debug, Clone, PartialEq)]
pub enum SeenPosting {
    /// There is none.
    None,
    /// Lever shows it.
    Visible(Box<Posting>),
    /// There is one, and Lever keeps it from the portal: it is confidential.
    Hidden,
}

impl SeenPosting {
    /// The posting, where Lever shows it.
    pub fn visible(&self) -> Option<&Posting> {
        match self {
            Self::Visible(posting) => Some(posting),
            Self::None | Self::Hidden => None,
        }
    }

    /// Whether there is one that Lever does not show.
    pub fn is_hidden(&self) -> bool {
        matches!(self, Self::Hidden)
    }

    /// Its tags, as far as they are seen.
    pub fn tags(&self) -> &[String] {
        self.visible().map_or(&[], |posting| &posting.tags)
    }

    /// Asks Lever for a posting. Lever says 403 or 404 of one that is confidential.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn fetch(api: &Api, id: &PostingId) -> Result<Self, Error> {
        match api.posting(id).await {
            Ok(posting) => Ok(posting.into()),
            Err(Error::Forbidden { .. } | Error::NotFound { .. }) => Ok(Self::Hidden),
            Err(other) => Err(other),
        }
    }
}

impl From<Posting> for SeenPosting {
    fn from(posting: Posting) -> Self {
        Self::Visible(Box::new(posting))
    }
}

/// An opportunity with its posting.
#[derive(Debug, Clone, PartialEq)]
pub struct OpportunitySnapshot {
    /// As Lever describes it now, with its application.
    pub opportunity: Opportunity,
    /// The posting of the application.
    pub posting: SeenPosting,
}

/// What came of asking for an opportunity.
#[derive(Debug, Clone, PartialEq)]
pub enum Fetched {
    /// Everything is known that a decision rests on.
    Seen(Box<OpportunitySnapshot>),
    /// Lever does not show the application, so the posting is not known: not the same as no posting, and nothing can be
    /// decided.
    ApplicationHidden(ApplicationId),
}

impl OpportunitySnapshot {
    /// Asks Lever for the opportunity, its application and the posting of that.
    ///
    /// # Errors
    /// See [`Error`]; 403 and 404 are about the opportunity.
    pub async fn fetch(api: &Api, id: &OpportunityId) -> Result<Fetched, Error> {
        let mut opportunity = api.opportunity(id, &[Expand::Applications]).await?;
        api.complete_application(&mut opportunity).await?;
        let posting = match opportunity.applied_for() {
            AppliedFor::Posting(posting) => SeenPosting::fetch(api, posting).await?,
            AppliedFor::Nothing => SeenPosting::None,
            AppliedFor::Unexpanded(application) => {
                return Ok(Fetched::ApplicationHidden(application.clone()));
            }
        };
        Ok(Fetched::Seen(Box::new(Self { opportunity, posting })))
    }

    /// Asks for one opportunity as every invitation does, to find out whether Lever answers: one that its list has, or
    /// one that was seen before, which may be gone or confidential meanwhile.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn try_one(
        api: &Api,
        listed: Option<OpportunityId>,
        seen_before: Option<OpportunityId>,
    ) -> Result<(), Error> {
        let is_listed = listed.is_some();
        let Some(one) = listed.or(seen_before) else { return Ok(()) };
        match Self::fetch(api, &one).await {
            Ok(_) | Err(Error::NotFound { .. }) => Ok(()),
            Err(Error::Forbidden { .. }) if !is_listed => Ok(()),
            Err(failure) => Err(failure),
        }
    }
}
