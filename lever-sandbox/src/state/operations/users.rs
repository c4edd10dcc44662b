//! The account's users.

use crate::state::account::{OpError, State};
use crate::state::entities::{ADMIN_PASSWORD, AccessRole, User};

/// What a user is made of; all of it is replaced when one is changed.
#[derive(Clone, Debug)]
pub struct UserFields {
    pub name: String,
    pub email: String,
    pub access_role: AccessRole,
    pub job_title: Option<String>,
    pub manager: Option<String>,
    pub external_directory_id: Option<String>,
}

impl State {
    fn check_user(&self, fields: &UserFields, except: Option<&str>) -> Result<(), OpError> {
        let invalid = |text: String| Err(OpError::Invalid(text));
        if fields.name.trim().is_empty() {
            return invalid("name must not be empty".into());
        }
        let has_at =
            fields.email.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty());
        if !has_at {
            return invalid("email must be an email address".into());
        }
        if self.user_by_email(&fields.email).is_some_and(|user| Some(user.id.as_str()) != except) {
            return invalid(format!("There is a user with the email address {}", fields.email));
        }
        match fields.manager.as_deref().filter(|id| self.user(id).is_none()) {
            Some(manager) => invalid(format!("User {manager} was not found")),
            None => Ok(()),
        }
    }

    /// Adds a user.
    pub fn add_user(&mut self, fields: UserFields, now: i64) -> Result<User, OpError> {
        self.check_user(&fields, None)?;
        let user = User {
            id: self.draw.uuid(),
            username: fields.email.split('@').next().unwrap_or_default().to_lowercase(),
            name: fields.name,
            email: fields.email,
            access_role: fields.access_role,
            job_title: fields.job_title,
            manager: fields.manager,
            external_directory_id: fields.external_directory_id,
            created_at: now,
            deactivated_at: None,
            password: ADMIN_PASSWORD.to_owned(),
        };
        self.users.push(user.clone());
        Ok(user)
    }

    /// Replaces what is known of a user.
    pub fn update_user(&mut self, id: &str, fields: UserFields) -> Result<User, OpError> {
        self.user(id).ok_or_else(|| OpError::not_found("User", id))?;
        self.check_user(&fields, Some(id))?;
        let admins = self.users.iter().filter(|user| user.access_role == AccessRole::SuperAdmin);
        let others = admins.filter(|user| user.id != id).count();
        if others == 0 && fields.access_role != AccessRole::SuperAdmin {
            return Err(OpError::Invalid("An account needs a Super Admin".into()));
        }
        self.edit_user(id, |user| {
            user.name = fields.name;
            user.email = fields.email;
            user.access_role = fields.access_role;
            user.job_title = fields.job_title;
            user.manager = fields.manager;
            user.external_directory_id = fields.external_directory_id;
        })
    }

    /// Shuts a user out, or lets them in again.
    pub fn set_user_active(&mut self, id: &str, active: bool, now: i64) -> Result<User, OpError> {
        self.edit_user(id, |user| {
            user.deactivated_at = (!active).then(|| user.deactivated_at.unwrap_or(now));
        })
    }

    fn edit_user(&mut self, id: &str, change: impl FnOnce(&mut User)) -> Result<User, OpError> {
        let mut users = self.users.iter_mut();
        let found = users.find(|user| user.id == id);
        let user = found.ok_or_else(|| OpError::not_found("User", id))?;
        change(user);
        Ok(user.clone())
    }
}
