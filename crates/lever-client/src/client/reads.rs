//! The calls that read.

use serde::de::DeserializeOwned;

use crate::client::api::Api;
use crate::client::filter::{Expand, OpportunityFilter, TimeRange};
use crate::client::pages::Pages;
use crate::client::request::Call;
use crate::error::Error;
use crate::types::{
    Application, ApplicationId, AppliedFor, ArchiveReason, Contact, ContactId, Expandable, File, Note,
    Opportunity, OpportunityId, Posting, PostingId, PostingState, Source, Stage, Tag, User, UserId,
    application_in,
};

/// A list of published postings leaves out those of the internal site unless both are named (Lever's
/// wire notes §8).
const CHANNELS: [(&str, &str); 2] = [("distributionChannel", "public"), ("distributionChannel", "internal")];

impl Api {
    /// The stages, in the pipeline's order.
    ///
    /// # Errors
    /// See [`Error`], as for every call.
    pub async fn stages(&self) -> Result<Vec<Stage>, Error> {
        Pages::new(self, Call::get(["stages"])).all().await
    }

    /// The users who can log in.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn users(&self) -> Result<Vec<User>, Error> {
        Pages::new(self, Call::get(["users"])).all().await
    }

    /// The users with this address, deactivated ones included.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn users_by_email(&self, email: &str) -> Result<Vec<User>, Error> {
        let call = Call::get(["users"]).query([("email", email.to_owned())]);
        Pages::new(self, call).all().await
    }

    /// A user.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn user(&self, id: &UserId) -> Result<User, Error> {
        self.get_object(Call::get(["users", id.as_str()])).await
    }

    /// The postings, in all states or in one, those of the internal site included.
    pub fn postings(&self, state: Option<&PostingState>) -> Pages<'_, Posting> {
        let state = state.map(|state| ("state", state.to_string()));
        let channels = CHANNELS.map(|(name, value)| (name, value.to_owned()));
        Pages::new(self, Call::get(["postings"]).query(state).query(channels))
    }

    /// A posting.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn posting(&self, id: &PostingId) -> Result<Posting, Error> {
        self.get_object(Call::get(["postings", id.as_str()])).await
    }

    /// An opportunity, archived ones included.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn opportunity(&self, id: &OpportunityId, expand: &[Expand]) -> Result<Opportunity, Error> {
        self.get_object(Call::get(["opportunities", id.as_str()]).query(Expand::query(expand))).await
    }

    /// The opportunities that the filter lets through.
    pub fn opportunities(&self, filter: &OpportunityFilter) -> Pages<'_, Opportunity> {
        Pages::new(self, Call::get(["opportunities"]).query(filter.query()))
    }

    /// The opportunities that were deleted in `deleted`.
    pub fn deleted_opportunities(&self, deleted: TimeRange) -> Pages<'_, Opportunity> {
        let range = deleted.query("deleted_at_start", "deleted_at_end");
        Pages::new(self, Call::get(["opportunities", "deleted"]).query(range))
    }

    /// The applications of an opportunity.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn applications(&self, id: &OpportunityId) -> Result<Vec<Application>, Error> {
        self.pages_below(id, "applications").all().await
    }

    /// An application, for where an opportunity names it by its id alone
    /// ([`AppliedFor::Unexpanded`](crate::AppliedFor::Unexpanded)).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn application(
        &self,
        id: &OpportunityId,
        application: &ApplicationId,
    ) -> Result<Application, Error> {
        self.get_object(application_call(id, application)).await
    }

    /// Asks for the application where the opportunity names it without its posting, and puts it in its place.
    /// Where Lever does not show it, or still says nothing of a posting that can be read, it stays as it is:
    /// [`Opportunity::applied_for`] says so.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn complete_application(&self, opportunity: &mut Opportunity) -> Result<(), Error> {
        let AppliedFor::Unexpanded(application) = opportunity.applied_for() else {
            return Ok(());
        };
        match self.get_object(application_call(&opportunity.id, application)).await {
            Ok(answered) => {
                if let Some(full @ Expandable::Full(_)) = application_in(answered) {
                    opportunity.applications = vec![full];
                }
            }
            Err(Error::Forbidden { .. } | Error::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// The notes on an opportunity: look here before writing one again.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn notes(&self, id: &OpportunityId) -> Result<Vec<Note>, Error> {
        self.pages_below(id, "notes").all().await
    }

    /// The files on an opportunity: look here before uploading one again. Lever's documentation
    /// prints this list as a bare array, which is taken too.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn files(&self, id: &OpportunityId) -> Result<Vec<File>, Error> {
        self.pages_below(id, "files").or_bare().all().await
    }

    /// A person.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn contact(&self, id: &ContactId) -> Result<Contact, Error> {
        self.get_object(Call::get(["contacts", id.as_str()])).await
    }

    /// The reasons for archiving, hired ones included.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn archive_reasons(&self) -> Result<Vec<ArchiveReason>, Error> {
        Pages::new(self, Call::get(["archive_reasons"])).all().await
    }

    /// The sources. Needs `sources:read:admin`, which is not among [`Scope::ASKED`](crate::Scope::ASKED).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn sources(&self) -> Result<Vec<Source>, Error> {
        Pages::new(self, Call::get(["sources"])).all().await
    }

    /// The tags. Needs `tags:read:admin`, which is not among [`Scope::ASKED`](crate::Scope::ASKED).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn tags(&self) -> Result<Vec<Tag>, Error> {
        Pages::new(self, Call::get(["tags"])).all().await
    }

    async fn get_object<T: DeserializeOwned>(&self, call: Call) -> Result<T, Error> {
        self.read_as(&call, |answer| answer.object()).await
    }

    fn pages_below<T: DeserializeOwned>(&self, id: &OpportunityId, what: &str) -> Pages<'_, T> {
        Pages::new(self, Call::get(["opportunities", id.as_str(), what]))
    }
}

fn application_call(id: &OpportunityId, application: &ApplicationId) -> Call {
    Call::get(["opportunities", id.as_str(), "applications", application.as_str()])
}
