//! What a portal asks its database: each statement's text, without its values, and how often.

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, Mutex, MutexGuard};

/// By the address of the database, as its connections were opened. Only those are kept that somebody watches.
static WATCHED: LazyLock<Mutex<BTreeMap<String, Counts>>> = LazyLock::new(Mutex::default);

/// How often each statement was asked.
type Counts = BTreeMap<String, usize>;

fn watched() -> MutexGuard<'static, BTreeMap<String, Counts>> {
    WATCHED.lock().unwrap()
}

/// One connection's ear.
#[derive(Default)]
struct Ear {
    url: String,
}

impl Instrumentation for Ear {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => self.url = address(url),
            InstrumentationEvent::StartQuery { query, .. } => {
                if let Some(heard) = watched().get_mut(&self.url) {
                    let said = query.to_string();
                    let text = said.split(" -- binds: ").next().unwrap_or_default().trim().to_owned();
                    *heard.entry(text).or_default() += 1;
                }
            }
            _ => {}
        }
    }
}

/// From now on new connections of this process can be watched. Before the portal starts.
pub fn listen() {
    set_default_instrumentation(|| Some(Box::new(Ear::default()))).expect("nobody panicked with it");
}

/// Keeps what is asked of this database from now on.
pub fn watch(database_url: &str) {
    watched().insert(address(database_url), Counts::new());
}

/// What was asked since, and no more.
pub fn heard(database_url: &str) -> BTreeSet<String> {
    counted(database_url).into_keys().collect()
}

/// The same, and how often.
pub fn counted(database_url: &str) -> Counts {
    watched().remove(&address(database_url)).unwrap_or_default()
}

/// As the connection was opened: of SQLite it is a path, of PostgreSQL without what is said about the connection.
fn address(database_url: &str) -> String {
    let address = database_url.strip_prefix("sqlite://").unwrap_or(database_url);
    address.split('?').next().unwrap_or(address).to_owned()
}
