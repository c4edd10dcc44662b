//! Whose password is checked next: so many at once, people whom the portal knows first, and no queue without an end.

use super::argon;
use super::refusal::Overloaded;
use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use tokio::sync::oneshot;

/// More checks than so many, with those that run, do not wait for their turn: they would be answered too late to be of
/// use. Each of the two queues has as many places.
const QUEUE: usize = 24;

/// Of them, one person has so many at a time: who has an account, or a link, cannot take the places of the others.
const EACH: usize = 2;

/// And the people of one company so many together: who invites many, or buys them, does not take the places of others.
const OF_A_COMPANY: usize = 8;

/// After so many checks of known people, one of somebody else has its turn.
const IN_A_ROW: usize = 4;

/// For whom a password is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asker {
    /// Anybody on the Internet.
    Stranger,
    /// Who is logged in, has a link, or sits at a device that is known for the address: by the name of the session or the
    /// device, or of the person, and their company's. Strangers never stand before them.
    Known { name: String, company: String },
}

/// Tells the one who waits; called when the place is free again.
type Reply = Box<dyn FnOnce() + Send>;

struct Job {
    asker: Asker,
    work: Box<dyn FnOnce() -> Reply + Send>,
    /// Whether somebody waits for the answer. A connection that was closed leaves its check behind.
    waits: Weak<()>,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    running: usize,
}

impl Queue {
    fn is_full(&self) -> bool {
        self.jobs.len() + self.running >= QUEUE.max(PasswordChecks::at_once())
    }

    fn forget_abandoned(&mut self) {
        self.jobs.retain(|job| job.waits.strong_count() > 0);
    }
}

#[derive(Default)]
struct Turns {
    known: Queue,
    strangers: Queue,
    /// Checks that run, of each known name and each company.
    running: HashMap<String, usize>,
    /// Checks of known people since the last one of a stranger.
    in_a_row: usize,
    most: usize,
    is_over: bool,
}

impl Turns {
    fn queue(&mut self, asker: &Asker) -> &mut Queue {
        match asker {
            Asker::Stranger => &mut self.strangers,
            Asker::Known { .. } => &mut self.known,
        }
    }

    fn accept(&mut self, job: Job) -> Result<(), Overloaded> {
        if self.queue(&job.asker).is_full() {
            self.queue(&job.asker).forget_abandoned();
        }
        let is_too_much = match &job.asker {
            Asker::Stranger => false,
            Asker::Known { name, company } => {
                self.held(name, |known, _| known == name) >= EACH
                    || self.held(company, |_, of| of == company) >= OF_A_COMPANY
            }
        };
        let queue = self.queue(&job.asker);
        if is_too_much || queue.is_full() {
            return Err(Overloaded);
        }
        queue.jobs.push_back(job);
        Ok(())
    }

    /// How many checks wait or run: those that wait are looked through, those that run are counted under this key.
    fn held(&self, key: &str, is_theirs: impl Fn(&str, &str) -> bool) -> usize {
        let is_theirs = |job: &&Job| {
            let is_known = matches!(&job.asker, Asker::Known { name, company } if is_theirs(name, company));
            is_known && job.waits.strong_count() > 0
        };
        self.known.jobs.iter().filter(is_theirs).count() + self.running.get(key).copied().unwrap_or(0)
    }

    /// The next one that somebody waits for.
    fn next(&mut self) -> Option<Job> {
        self.known.forget_abandoned();
        self.strangers.forget_abandoned();
        let is_strangers_turn = self.in_a_row >= IN_A_ROW && !self.strangers.jobs.is_empty();
        let known = if is_strangers_turn { None } else { self.known.jobs.pop_front() };
        let job = known.or_else(|| self.strangers.jobs.pop_front())?;
        match &job.asker {
            Asker::Stranger => self.in_a_row = 0,
            Asker::Known { name, company } => {
                self.in_a_row += 1;
                for key in [name, company] {
                    *self.running.entry(key.clone()).or_default() += 1;
                }
            }
        }
        self.queue(&job.asker).running += 1;
        self.most = self.most.max(self.known.running + self.strangers.running);
        Some(job)
    }

    /// A check has run.
    fn done(&mut self, asker: &Asker) {
        self.queue(asker).running -= 1;
        let Asker::Known { name, company } = asker else { return };
        for key in [name, company] {
            if let Some(running) = self.running.get_mut(key) {
                *running -= 1;
                if *running == 0 {
                    self.running.remove(key);
                }
            }
        }
    }
}

#[derive(Default)]
struct Shared {
    turns: Mutex<Turns>,
    changed: Condvar,
}

impl Shared {
    fn turns(&self) -> MutexGuard<'_, Turns> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does checks until the last handle is dropped.
    fn run(&self) {
        let mut turns = self.turns();
        while !turns.is_over {
            let Some(Job { asker, work, .. }) = turns.next() else {
                turns = self.changed.wait(turns).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            drop(turns);
            let reply = work();
            // The place is free before the one who waits hears of it.
            self.turns().done(&asker);
            reply();
            turns = self.turns();
        }
    }
}

/// Ends the threads.
struct Handle(Arc<Shared>);

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.turns().is_over = true;
        self.0.changed.notify_all();
    }
}

/// Checks of passwords. Each takes 19 MiB and a core for tens of milliseconds, so as many run at once as there are
/// cores, on threads of their own, with two short queues: known people, and strangers. Clones share them.
#[derive(Clone)]
pub struct PasswordChecks(Arc<Handle>);

impl std::fmt::Debug for PasswordChecks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PasswordChecks").field("most_at_once", &self.most_at_once()).finish_non_exhaustive()
    }
}

impl Default for PasswordChecks {
    fn default() -> Self {
        let shared = Arc::<Shared>::default();
        for _ in 0..Self::at_once() {
            let shared = Arc::clone(&shared);
            // Without one more thread there is still the first; without any, all are overloaded.
            let _ = std::thread::Builder::new().name("passwords".to_owned()).spawn(move || shared.run());
        }
        Self(Arc::new(Handle(shared)))
    }
}

impl PasswordChecks {
    /// So many run at the same time: one for each core.
    pub fn at_once() -> usize {
        argon::cores()
    }

    /// So many ran at the same time at most, since the start.
    pub fn most_at_once(&self) -> usize {
        self.0.0.turns().most
    }

    /// So many checks of known people wait for their turn.
    pub fn known_waiting(&self) -> usize {
        self.0.0.turns().known.jobs.len()
    }

    /// Does a check off the server's threads, in its turn: known people before strangers, of whom one has a turn after
    /// every four of the known.
    ///
    /// # Errors
    /// When the queue is full, or two checks of this person are under way.
    pub async fn in_turn<T: Send + 'static>(
        &self,
        asker: Asker,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Overloaded> {
        let waits = Arc::new(());
        let (answer, answered) = oneshot::channel();
        let work = move || -> Reply {
            // A panic must not take the thread away from others, and is answered as late as a check: when the place is
            // free.
            let done = catch_unwind(AssertUnwindSafe(work));
            Box::new(move || drop(done.map(|done| answer.send(done))))
        };
        let job = Job { asker, work: Box::new(work), waits: Arc::downgrade(&waits) };
        self.0.0.turns().accept(job)?;
        self.0.0.changed.notify_one();
        let outcome = answered.await;
        drop(waits);
        outcome.map_err(|_| Overloaded)
    }
}

#[cfg(test)]
mod tests;
