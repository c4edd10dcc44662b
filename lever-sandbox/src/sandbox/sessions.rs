//! The sessions of people who are logged in to the pages.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The open sessions.
#[derive(Debug, Default)]
pub struct Sessions {
    open: Mutex<HashMap<String, Session>>,
}

/// One person's session.
#[derive(Debug, Clone)]
pub struct Session {
    /// The user's id.
    pub user: String,
    /// What each form of the session carries.
    pub csrf: String,
}

impl Sessions {
    /// Opens a session for a user; answers the cookie's value.
    pub fn open(&self, user: &str) -> String {
        let id = random();
        self.lock().insert(id.clone(), Session { user: user.to_owned(), csrf: random() });
        id
    }

    /// The session with this cookie.
    pub fn get(&self, id: &str) -> Option<Session> {
        self.lock().get(id).cloned()
    }

    /// Logs one out.
    pub fn close(&self, id: &str) {
        self.lock().remove(id);
    }

    /// Logs everybody out.
    pub fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Session>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// 256 random bits in hex; from the system, not from the seed: a session is nobody's guess.
fn random() -> String {
    hex::encode(rand::random::<[u8; 32]>())
}
