//! What the tests stand on.

pub mod axe;
pub mod browser;
pub mod chromedriver;
pub mod device;
pub mod faces;
pub mod fixture;
pub mod lever;
pub mod mailbox;
pub mod oidc_provider;
pub mod portal;
pub mod postgres;
pub mod proxy;
pub mod statements;
pub mod tamper;
pub mod tls;
pub mod visitor;
pub mod wait;

/// Makes two tests of `async fn NAME(fixture)`: `NAME::sqlite` and `NAME::postgres`. `START(backend).await` makes the
/// fixture; a test of the program as a process runs on several threads (`threads:`).
macro_rules! on_both_databases {
    (threads: $start:expr => $name:ident) => {
        mod $name {
            #[allow(unused_imports, reason = "the fixture may be named by its whole path")]
            use super::*;
            use alva_portal::db::Backend;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(($start)(Backend::Sqlite)).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$name(($start)(Backend::Postgres)).await;
            }
        }
    };
    ($start:expr => $name:ident) => {
        mod $name {
            #[allow(unused_imports, reason = "the fixture may be named by its whole path")]
            use super::*;
            use alva_portal::db::Backend;

            #[actix_web::test]
            async fn sqlite() {
                super::$name(($start)(Backend::Sqlite).await).await;
            }

            #[actix_web::test]
            async fn postgres() {
                super::$name(($start)(Backend::Postgres).await).await;
            }
        }
    };
}
pub(crate) use on_both_databases;
