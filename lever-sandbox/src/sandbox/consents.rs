//! Consents that wait for a decision.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::state::Code;

/// A question that was put to a user.
#[derive(Clone, Debug)]
pub struct Pending {
    /// What the code will stand for if the user accepts.
    pub code: Code,
    pub state: Option<String>,
}

/// The questions asked and not answered yet.
#[derive(Debug, Default)]
pub struct Transactions {
    open: Mutex<HashMap<String, Pending>>,
}

impl Transactions {
    /// Questions older than this are forgotten, ms.
    const LIFE_MS: i64 = 60 * 60 * 1_000;

    pub fn ask(&self, pending: Pending) -> String {
        let id = hex::encode(rand::random::<[u8; 16]>());
        let now = pending.code.created_at;
        let mut open = self.lock();
        open.retain(|_, old| now - old.code.created_at <= Self::LIFE_MS);
        open.insert(id.clone(), pending);
        id
    }

    /// Takes a question out to answer it; each can be answered once.
    pub fn answer(&self, id: &str, user: &str) -> Option<Pending> {
        let mut open = self.lock();
        open.get(id).filter(|pending| pending.code.user == user).cloned().inspect(|_| {
            open.remove(id);
        })
    }

    pub fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Pending>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
