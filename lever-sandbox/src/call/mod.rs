//! What a call of the API is made of: who calls and with what, pages of lists, errors
//! (Lever's wire notes §3).

mod answer;
mod body;
mod caller;
mod error;
mod filters;
mod form;
mod page;
mod params;

pub use answer::{All, BodyFailures, Failures, List, Listed, Single, created, nothing_here};
pub use body::{Body, Upload, WithFiles};
pub use caller::{Caller, PerformAs};
pub use error::{ApiError, ErrorBody};
pub use filters::{Confidentiality, confidentiality, range, within};
pub use page::{PageParams, Paging};
pub use params::Params;
