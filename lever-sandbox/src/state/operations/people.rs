//! People and their candidacies: creating, applying, changing contact data.

use super::edit::ListChange;
use crate::state::account::{Actor, Events, OpError, State};
use crate::state::entities::{
    Application, ApplicationType, Contact, EventKind, Opportunity, Origin, Phone, StageChange,
};
use crate::state::events;
use crate::state::opportunities::Key;

/// A new opportunity. Empty fields get what Lever would fill in.
#[derive(Clone, Debug, Default)]
pub struct NewOpportunity {
    pub name: Option<String>,
    pub headline: Option<String>,
    pub emails: Vec<String>,
    pub phones: Vec<Phone>,
    pub location: Option<String>,
    pub links: Vec<String>,
    pub tags: Vec<String>,
    pub sources: Vec<String>,
    /// `sourced` when missing.
    pub origin: Option<Origin>,
    /// `lead-new` when missing, or `applicant-new` for somebody who applied.
    pub stage: Option<String>,
    pub owner: Option<String>,
    pub followers: Vec<String>,
    pub posting: Option<String>,
    pub application_type: Option<ApplicationType>,
    pub company: Option<String>,
    pub comments: Option<String>,
    /// An existing person; otherwise one with the same e-mail address, or a new one.
    pub contact: Option<String>,
    pub confidential: bool,
    pub created_at: Option<i64>,
    /// Where, of the posting's places.
    pub opportunity_location: Option<String>,
    pub ip_address: Option<String>,
    /// Archived from the start, with this reason.
    pub archive_reason: Option<String>,
    /// When it was archived; now when missing.
    pub archived_at: Option<i64>,
}

/// What an applicant sends.
#[derive(Clone, Debug, Default)]
pub struct NewApplication {
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub company: Option<String>,
    pub links: Vec<String>,
    pub comments: Option<String>,
    pub source: Option<String>,
    /// `applied` when missing.
    pub origin: Option<Origin>,
    pub ip_address: Option<String>,
}

/// New contact data; `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub struct ContactPatch {
    pub name: Option<String>,
    pub headline: Option<String>,
    pub location: Option<String>,
    pub emails: Option<Vec<String>>,
    pub phones: Option<Vec<Phone>>,
}

impl State {
    /// Creates an opportunity; answers its id.
    pub fn create_opportunity(
        &mut self,
        new: NewOpportunity,
        actor: Actor<'_>,
    ) -> Result<(String, Events), OpError> {
        self.check_new(&new)?;
        let mut caused = Vec::new();
        let now = actor.now;
        let created_at = new.created_at.unwrap_or(now);
        let posting = new.posting.as_deref().and_then(|id| self.posting(id));
        let mut tags = new.tags.clone();
        let (mut confidential, mut location) = (new.confidential, None);
        if let Some(posting) = posting {
            tags.extend(posting.tags.iter().chain(posting.words()).cloned());
            confidential |= posting.confidential;
            location = new.opportunity_location.clone().or_else(|| posting.categories.location.clone());
        }
        // Who makes somebody a candidate follows them.
        let mut followers = new.followers.clone();
        followers.extend(actor.user.map(str::to_owned).filter(|user| !new.followers.contains(user)));
        let contact = self.find_or_create_contact(&new, now, &mut caused)?;
        let kind = new.application_type.unwrap_or(ApplicationType::User);
        let stage = new.stage.unwrap_or_else(|| {
            let applied = kind == ApplicationType::Posting;
            if applied { "applicant-new" } else { "lead-new" }.to_owned()
        });
        let application = new.posting.map(|posting| Application {
            id: self.draw.uuid(),
            kind,
            posting,
            user: match kind {
                ApplicationType::Posting => None,
                _ => actor.user.map(str::to_owned),
            },
            name: new.name.clone(),
            email: new.emails.first().cloned(),
            phone: new.phones.first().cloned(),
            company: new.company,
            links: new.links.clone(),
            comments: new.comments,
            ip_address: new.ip_address,
            created_at,
        });
        let application_id = application.as_ref().map(|application| application.id.clone());
        let id = self.draw.uuid();
        let opportunity = Opportunity {
            id: id.clone(),
            serial: self.opportunities.next_serial(),
            contact,
            confidential,
            links: new.links,
            archived: None,
            created_at,
            updated_at: now,
            last_interaction_at: now,
            last_advanced_at: created_at,
            snoozed_until: None,
            stage_changes: vec![StageChange {
                to_index: self.stage_index(&stage).unwrap_or_default(),
                to_stage: stage.clone(),
                at: created_at,
                user: actor.user.map(str::to_owned),
            }],
            stage: Some(stage),
            origin: new.origin.unwrap_or(Origin::Sourced),
            sourced_by: match new.origin {
                Some(Origin::Applied) => None,
                _ => actor.user.map(str::to_owned),
            },
            owner: new.owner.or_else(|| actor.user.map(str::to_owned)),
            followers,
            tags: Vec::new(),
            sources: Vec::new(),
            application,
            resume: None,
            data_protection: None,
            location,
        };
        self.opportunities.insert(opportunity);
        self.add_to_list(&id, ListChange::Tags, &tags, actor)?;
        self.add_to_list(&id, ListChange::Sources, &new.sources, actor)?;
        if let Some(application) = application_id {
            caused.push(events::application_created(self.opportunity(&id)?, &application));
        }
        if let Some(reason) = new.archive_reason {
            let at = Actor { now: new.archived_at.unwrap_or(now), ..actor };
            caused.extend(self.archive(&id, &reason, None, at)?);
            self.opportunities.edit(&id, |row| row.updated_at = now);
        }
        Ok((id, caused))
    }

    fn check_new(&self, new: &NewOpportunity) -> Result<(), OpError> {
        let invalid = |text: String| Err(OpError::Invalid(text));
        if let Some(stage) = new.stage.as_deref().filter(|id| self.stage(id).is_none()) {
            return invalid(format!("Stage {stage} was not found"));
        }
        if let Some(posting) = new.posting.as_deref().filter(|id| self.posting(id).is_none()) {
            return invalid(format!("Posting {posting} was not found"));
        }
        if let Some(reason) = new.archive_reason.as_deref().filter(|id| self.archive_reason(id).is_none()) {
            return invalid(format!("Archive reason {reason} was not found"));
        }
        let mut users = new.owner.iter().chain(&new.followers);
        match users.find(|id| self.user(id).is_none()) {
            Some(user) => invalid(format!("User {user} was not found")),
            None => Ok(()),
        }
    }

    fn find_or_create_contact(
        &mut self,
        new: &NewOpportunity,
        now: i64,
        caused: &mut Events,
    ) -> Result<String, OpError> {
        if let Some(id) = &new.contact {
            let Some(mut known) = self.contacts.get(id).cloned() else {
                return Err(OpError::Invalid(format!("Contact {id} was not found")));
            };
            // What is known wins; what is new is added.
            let there = |email: &String| known.emails.iter().any(|old| old.eq_ignore_ascii_case(email));
            let emails: Vec<String> = new.emails.iter().filter(|email| !there(email)).cloned().collect();
            let phones: Vec<Phone> =
                new.phones.iter().filter(|phone| !known.phones.contains(phone)).cloned().collect();
            if !emails.is_empty() || !phones.is_empty() {
                known.emails.extend(emails);
                known.phones.extend(phones);
                self.put_contact(known);
            }
            return Ok(id.clone());
        }
        let known = new.emails.iter().find_map(|email| self.contacts_with_email(email).first().cloned());
        if let Some(id) = known {
            return Ok(id);
        }
        let contact = Contact {
            id: self.draw.uuid(),
            name: new.name.clone(),
            headline: new.headline.clone(),
            location: new.location.clone(),
            emails: new.emails.clone(),
            phones: new.phones.clone(),
            is_anonymized: false,
            created_at: new.created_at.unwrap_or(now),
            updated_at: now,
        };
        let id = contact.id.clone();
        caused.push(events::contact(EventKind::ContactCreated, &contact, &self.account.id));
        self.put_contact(contact);
        Ok(id)
    }

    /// Applies to a posting as a candidate does; answers opportunity and application.
    pub fn apply(
        &mut self,
        posting: &str,
        new: NewApplication,
        actor: Actor<'_>,
    ) -> Result<(String, String, Events), OpError> {
        if self.posting(posting).is_none() {
            return Err(OpError::not_found("Posting", posting));
        }
        let opportunity = NewOpportunity {
            name: Some(new.name),
            headline: new.company.clone(),
            emails: new.email.into_iter().collect(),
            phones: new.phone.into_iter().map(|value| Phone { kind: None, value }).collect(),
            links: new.links,
            sources: vec![new.source.unwrap_or_else(|| "Posting".to_owned())],
            origin: Some(new.origin.unwrap_or(Origin::Applied)),
            stage: Some("applicant-new".to_owned()),
            owner: self.posting(posting).map(|posting| posting.owner.clone()),
            posting: Some(posting.to_owned()),
            application_type: Some(ApplicationType::Posting),
            company: new.company,
            comments: new.comments,
            ip_address: new.ip_address,
            ..NewOpportunity::default()
        };
        let nobody = Actor::new(None, actor.now);
        let (id, caused) = self.create_opportunity(opportunity, nobody)?;
        let application = self
            .opportunity(&id)?
            .application
            .as_ref()
            .map(|application| application.id.clone())
            .expect("made with a posting");
        Ok((id, application, caused))
    }

    /// Ids of the contacts with this e-mail address.
    pub fn contacts_with_email(&self, email: &str) -> &[String] {
        self.contacts_by_email.get(&email.to_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// All opportunities of one person, newest first.
    pub fn opportunities_of(&self, contact: &str) -> impl Iterator<Item = &Opportunity> + use<'_> {
        self.opportunities.under(&Key::Contact(contact.to_owned()))
    }

    /// Adds a person, or puts one in the place of what was there.
    pub(crate) fn put_contact(&mut self, contact: Contact) {
        self.forget_contact(&contact.id);
        for email in &contact.emails {
            self.contacts_by_email.entry(email.to_lowercase()).or_default().push(contact.id.clone());
        }
        self.contacts.insert(contact.id.clone(), contact);
    }

    pub(crate) fn forget_contact(&mut self, id: &str) {
        let Some(contact) = self.contacts.remove(id) else {
            return;
        };
        for email in &contact.emails {
            let email = email.to_lowercase();
            if let Some(ids) = self.contacts_by_email.get_mut(&email) {
                ids.retain(|other| other != id);
                if ids.is_empty() {
                    self.contacts_by_email.remove(&email);
                }
            }
        }
    }

    /// Changes contact data.
    pub fn update_contact(
        &mut self,
        id: &str,
        patch: ContactPatch,
        actor: Actor<'_>,
    ) -> Result<Events, OpError> {
        let mut contact = self.contacts.get(id).cloned().ok_or_else(|| OpError::not_found("Contact", id))?;
        contact.name = patch.name.or(contact.name);
        contact.headline = patch.headline.or(contact.headline);
        contact.location = patch.location.or(contact.location);
        contact.emails = patch.emails.unwrap_or(contact.emails);
        contact.phones = patch.phones.unwrap_or(contact.phones);
        contact.updated_at = actor.now;
        self.touch_opportunities_of(id, actor.now);
        let event = events::contact(EventKind::ContactUpdated, &contact, &self.account.id);
        self.put_contact(contact);
        Ok(vec![event])
    }

    /// Takes away everything that tells who a person is.
    pub fn anonymize(&mut self, contact: &str, actor: Actor<'_>) -> Result<Events, OpError> {
        let mut person =
            self.contacts.get(contact).cloned().ok_or_else(|| OpError::not_found("Contact", contact))?;
        person.name = None;
        person.headline = None;
        person.location = None;
        person.emails.clear();
        person.phones.clear();
        person.is_anonymized = true;
        person.updated_at = actor.now;
        let ids: Vec<String> =
            self.opportunities_of(contact).map(|opportunity| opportunity.id.clone()).collect();
        for id in ids {
            self.papers.remove(&id);
            self.opportunities.edit(&id, |opportunity| {
                opportunity.links.clear();
                opportunity.resume = None;
                opportunity.updated_at = actor.now;
                if let Some(application) = &mut opportunity.application {
                    application.name = None;
                    application.email = None;
                    application.phone = None;
                    application.company = None;
                    application.links.clear();
                    application.comments = None;
                }
            });
        }
        let event = events::contact(EventKind::ContactUpdated, &person, &self.account.id);
        self.put_contact(person);
        Ok(vec![event])
    }

    fn touch_opportunities_of(&mut self, contact: &str, now: i64) {
        let ids: Vec<String> =
            self.opportunities_of(contact).map(|opportunity| opportunity.id.clone()).collect();
        for id in ids {
            self.opportunities.edit(&id, |opportunity| opportunity.updated_at = now);
        }
    }
}
