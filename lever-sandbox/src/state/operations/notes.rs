//! Notes of an opportunity, and the comments in their threads.

use crate::state::account::{Actor, OpError, State};
use crate::state::entities::{Comment, Note};

/// A new note.
#[derive(Clone, Debug, Default)]
pub struct NewNote {
    pub text: String,
    pub secret: bool,
    pub score: Option<i64>,
    /// In the past; now when missing.
    pub created_at: Option<i64>,
    pub by_api: bool,
}

/// A comment of a note that is written anew.
#[derive(Clone, Debug)]
pub struct CommentPatch {
    pub text: String,
    pub created_at: Option<i64>,
}

/// What a note is to be; the whole of it is replaced.
#[derive(Clone, Debug)]
pub struct NotePatch {
    pub comments: Vec<CommentPatch>,
    pub user: Option<String>,
    pub secret: bool,
    pub score: Option<i64>,
    pub created_at: Option<i64>,
    pub completed_at: Option<i64>,
}

fn check_score(score: Option<i64>) -> Result<(), OpError> {
    match score {
        None | Some(1..=4) => Ok(()),
        Some(_) => Err(OpError::Invalid("score must be from 1 to 4".into())),
    }
}

fn check_time(at: Option<i64>, now: i64) -> Result<i64, OpError> {
    match at {
        Some(at) if at > now => Err(OpError::Invalid("createdAt must not be in the future".into())),
        at => Ok(at.unwrap_or(now)),
    }
}

impl State {
    fn comment(
        &self,
        opportunity: &str,
        text: &str,
        at: i64,
        user: Option<&str>,
    ) -> Result<Comment, OpError> {
        if text.trim().is_empty() {
            return Err(OpError::Invalid("value must not be empty".into()));
        }
        Ok(Comment {
            text: text.to_owned(),
            user: user.map(str::to_owned),
            stage: self.opportunity(opportunity)?.stage.clone(),
            created_at: at,
        })
    }

    /// Adds a note; answers its id.
    pub fn add_note(
        &mut self,
        opportunity: &str,
        new: &NewNote,
        actor: Actor<'_>,
    ) -> Result<String, OpError> {
        check_score(new.score)?;
        let at = check_time(new.created_at, actor.now)?;
        let comment = self.comment(opportunity, &new.text, at, actor.user)?;
        let id = self.draw.uuid();
        let note = Note {
            id: id.clone(),
            comments: vec![comment],
            score: new.score,
            user: actor.user.map(str::to_owned),
            secret: new.secret,
            by_api: new.by_api,
            created_at: at,
            completed_at: Some(at),
            deleted_at: None,
        };
        self.papers_mut(opportunity)?.notes.push(note);
        self.touch(opportunity, actor.now);
        Ok(id)
    }

    fn note_mut(&mut self, opportunity: &str, note: &str) -> Result<&mut Note, OpError> {
        let mut notes = self.papers_mut(opportunity)?.notes.iter_mut();
        notes
            .find(|there| there.id == note && there.deleted_at.is_none())
            .ok_or_else(|| OpError::not_found("Note", note))
    }

    /// A note that the API made and may change.
    fn own_note(&mut self, opportunity: &str, note: &str) -> Result<&mut Note, OpError> {
        let found = self.note_mut(opportunity, note)?;
        if found.by_api {
            return Ok(found);
        }
        Err(OpError::Forbidden("Only notes that were created via the API can be changed there".into()))
    }

    /// Adds a comment to a note's thread.
    pub fn add_comment(
        &mut self,
        opportunity: &str,
        note: &str,
        new: &NewNote,
        actor: Actor<'_>,
    ) -> Result<(), OpError> {
        let at = check_time(new.created_at, actor.now)?;
        self.note_mut(opportunity, note)?;
        let comment = self.comment(opportunity, &new.text, at, actor.user)?;
        self.note_mut(opportunity, note)?.comments.push(comment);
        self.touch(opportunity, actor.now);
        Ok(())
    }

    /// Replaces a note that the API made.
    pub fn update_note(
        &mut self,
        opportunity: &str,
        note: &str,
        patch: NotePatch,
        actor: Actor<'_>,
    ) -> Result<(), OpError> {
        check_score(patch.score)?;
        let before = self.own_note(opportunity, note)?.clone();
        if let Some(stranger) = patch.user.as_deref().filter(|id| self.user(id).is_none()) {
            return Err(OpError::Invalid(format!("User {stranger} was not found")));
        }
        let user = patch.user.or(before.user);
        let created_at = check_time(patch.created_at, actor.now)?.min(before.created_at);
        let mut comments = Vec::with_capacity(patch.comments.len());
        for comment in patch.comments {
            let at = check_time(comment.created_at.or(Some(created_at)), actor.now)?;
            comments.push(self.comment(opportunity, &comment.text, at, user.as_deref())?);
        }
        if comments.is_empty() {
            return Err(OpError::Invalid("values must have at least one comment".into()));
        }
        let found = self.own_note(opportunity, note)?;
        found.comments = comments;
        found.user = user;
        found.secret = patch.secret;
        found.score = patch.score;
        found.created_at = created_at;
        found.completed_at = patch.completed_at.or(found.completed_at);
        self.touch(opportunity, actor.now);
        Ok(())
    }

    /// Deletes a note that the API made.
    pub fn delete_note(&mut self, opportunity: &str, note: &str, actor: Actor<'_>) -> Result<(), OpError> {
        self.own_note(opportunity, note)?.deleted_at = Some(actor.now);
        self.touch(opportunity, actor.now);
        Ok(())
    }
}
