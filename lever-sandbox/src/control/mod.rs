//! The control API below `/sandbox`.

use actix_web::web;

pub fn configure(_cfg: &mut web::ServiceConfig) {}
