//! What a piece of work finds beside its connection, such as a key: put in once, when the process starts
//! ([`super::Db::carry`]), and there for everything that runs on this database.

use std::any::Any;
use std::cell::RefCell;
use std::sync::Arc;

/// Of any type; who put it in knows which.
pub(super) type Carried = Arc<dyn Any + Send + Sync>;

thread_local! {
    static HERE: RefCell<Option<Carried>> = const { RefCell::new(None) };
}

/// As long as it lives, [`carried`] finds the value on this thread.
pub(super) struct Scope(Option<Carried>);

/// Makes a value to be found on this thread.
pub(super) fn enter(value: Option<Carried>) -> Scope {
    Scope(HERE.with(|here| here.replace(value)))
}

impl Drop for Scope {
    fn drop(&mut self) {
        let before = self.0.take();
        HERE.with(|here| *here.borrow_mut() = before);
    }
}

/// What the database carries that this work runs on; none when it carries no value of this type.
pub fn carried<T: Send + Sync + 'static>() -> Option<Arc<T>> {
    HERE.with(|here| here.borrow().clone())?.downcast().ok()
}
