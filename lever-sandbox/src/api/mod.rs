//! The API below `/v1`.

pub mod wire;

use actix_web::{Scope, web};

pub fn scope() -> Scope {
    web::scope("/v1")
}
