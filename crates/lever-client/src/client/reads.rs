//! The calls that read.

use crate::Error;
use crate::client::filter::TimeRange;
use crate::client::request::{Call, Data};
use crate::client::{Api, Expand, OpportunityFilter, Pages};
use crate::types::{
    Application, ArchiveReason, Contact, ContactId, File, Note, Opportunity, OpportunityId, Posting,
    PostingId, PostingState, Source, Stage, Tag, User, UserId,
};

impl Api {
    /// The stages, in the pipeline's order.
    pub async fn stages(&self) -> Result<Vec<Stage>, Error> {
        Pages::new(self, Call::get(["stages"])).all().await
    }

    /// The users who can log in.
    pub async fn users(&self) -> Result<Vec<User>, Error> {
        Pages::new(self, Call::get(["users"])).all().await
    }

    /// The users with this address.
    pub async fn users_by_email(&self, email: &str) -> Result<Vec<User>, Error> {
        let call = Call::get(["users"]).query([("email", email.to_owned())]);
        Pages::new(self, call).all().await
    }

    /// A user.
    pub async fn user(&self, id: &UserId) -> Result<User, Error> {
        self.one(Call::get(["users", id.as_str()])).await
    }

    /// The postings, in all states or in one.
    pub fn postings(&self, state: Option<&PostingState>) -> Pages<'_, Posting> {
        let state = state.map(|state| ("state", state.to_string()));
        Pages::new(self, Call::get(["postings"]).query(state))
    }

    /// A posting.
    pub async fn posting(&self, id: &PostingId) -> Result<Posting, Error> {
        self.one(Call::get(["postings", id.as_str()])).await
    }

    /// An opportunity, archived ones included.
    pub async fn opportunity(&self, id: &OpportunityId, expand: &[Expand]) -> Result<Opportunity, Error> {
        self.one(Call::get(["opportunities", id.as_str()]).query(Expand::query(expand))).await
    }

    /// The opportunities that the filter lets through.
    pub fn opportunities(&self, filter: &OpportunityFilter) -> Pages<'_, Opportunity> {
        Pages::new(self, Call::get(["opportunities"]).query(filter.query()))
    }

    /// The opportunities that were deleted in `deleted`, at most 30 days of them.
    pub fn deleted_opportunities(&self, deleted: TimeRange) -> Pages<'_, Opportunity> {
        let range = deleted.query("deleted_at_start", "deleted_at_end");
        Pages::new(self, Call::get(["opportunities", "deleted"]).query(range))
    }

    /// The applications of an opportunity.
    pub async fn applications(&self, id: &OpportunityId) -> Result<Vec<Application>, Error> {
        self.of(id, "applications").all().await
    }

    /// The notes on an opportunity: look here before writing one again.
    pub async fn notes(&self, id: &OpportunityId) -> Result<Vec<Note>, Error> {
        self.of(id, "notes").all().await
    }

    /// The files on an opportunity: look here before uploading one again.
    pub async fn files(&self, id: &OpportunityId) -> Result<Vec<File>, Error> {
        self.of(id, "files").all().await
    }

    /// A person.
    pub async fn contact(&self, id: &ContactId) -> Result<Contact, Error> {
        self.one(Call::get(["contacts", id.as_str()])).await
    }

    /// The reasons for archiving, hired ones included.
    pub async fn archive_reasons(&self) -> Result<Vec<ArchiveReason>, Error> {
        Pages::new(self, Call::get(["archive_reasons"])).all().await
    }

    /// The sources. Needs `sources:read:admin`, which the portal does not ask for by itself.
    pub async fn sources(&self) -> Result<Vec<Source>, Error> {
        Pages::new(self, Call::get(["sources"])).all().await
    }

    /// The tags. Needs `tags:read:admin`, which the portal does not ask for by itself.
    pub async fn tags(&self) -> Result<Vec<Tag>, Error> {
        Pages::new(self, Call::get(["tags"])).all().await
    }

    pub(super) async fn one<T: serde::de::DeserializeOwned>(&self, call: Call) -> Result<T, Error> {
        self.read::<Data<T>>(&call).await.map(|answer| answer.data)
    }

    fn of<T: serde::de::DeserializeOwned>(&self, id: &OpportunityId, what: &str) -> Pages<'_, T> {
        Pages::new(self, Call::get(["opportunities", id.as_str(), what]))
    }
}
