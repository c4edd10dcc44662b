//! What becomes of a database of an earlier version: nothing that stood there is lost, and everything that waited
//! is done, once. What is expected is read from the old rows themselves before the portal sees them.

mod old;
mod pending;
mod shows;

use old::{Old, Today};

/// Runs a test on both databases of version 0.1.
macro_rules! old_ones {
    ($(#[$doc:meta])* $name:ident, $test:expr) => {
        $(#[$doc])*
        mod $name {
            use super::*;

            #[actix_web::test]
            async fn sqlite() {
                ($test)(Old::load(alva_portal::db::Backend::Sqlite)).await;
            }

            #[actix_web::test]
            async fn postgres() {
                ($test)(Old::load(alva_portal::db::Backend::Postgres)).await;
            }
        }
    };
}
use old_ones;
