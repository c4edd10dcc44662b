//! The sandbox itself: starting over, its logs, its clock, its faults, its limits.

use actix_web::HttpResponse;
use actix_web::web::{self, Path};
use serde::{Deserialize, Deserializer};
use serde_json::json;

use super::answer::{Answer, Input, created, data};
use super::summary::summary;
use crate::call::ApiError;
use crate::faults::Fault;
use crate::ratelimit::RateLimit;
use crate::sandbox::Shared;
use crate::state::Seed;
use crate::switches::{Redirect, Switches};

pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.route("/reset", web::post().to(reset))
        .route("/deliveries", web::get().to(deliveries))
        .route("/deliveries/{id}", web::get().to(delivery))
        .route("/deliveries/{id}/resend", web::post().to(resend))
        .route("/requests", web::get().to(requests))
        .route("/requests", web::delete().to(clear_requests))
        .route("/mail", web::get().to(mail))
        .route("/mail", web::delete().to(clear_mail))
        .route("/clock", web::get().to(clock))
        .route("/clock", web::post().to(set_clock))
        .route("/faults", web::get().to(faults))
        .route("/faults", web::post().to(add_fault))
        .route("/faults", web::delete().to(clear_faults))
        .route("/limits", web::get().to(limits))
        .route("/limits", web::post().to(set_limits))
        .route("/switches", web::get().to(switches))
        .route("/switches", web::post().to(set_switches))
        .route("/offsets/expire", web::post().to(expire_offsets));
}

/// What to start over with; what is missing is as at the start.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Reset {
    seed: Option<u64>,
    opportunities: Option<usize>,
    postings: Option<usize>,
    events_on: Option<bool>,
}

/// `POST /sandbox/reset`
async fn reset(lever: Shared, Input(input): Input<Reset>) -> Answer {
    let options = &lever.options;
    let seed = Seed {
        seed: input.seed.unwrap_or(options.seed),
        opportunities: input.opportunities.unwrap_or(options.opportunities),
        postings: input.postings.unwrap_or(options.postings),
        events_on: input.events_on.unwrap_or(options.events_on),
        now: lever.now(),
    };
    let sandbox = lever.0.clone();
    web::block(move || sandbox.reset(seed)).await.map_err(|error| {
        ApiError::new(actix_web::http::StatusCode::SERVICE_UNAVAILABLE, error.to_string())
    })?;
    Ok(data(summary(&lever)))
}

/// `GET /sandbox/deliveries`
async fn deliveries(lever: Shared) -> HttpResponse {
    data(lever.deliveries.list())
}

/// `GET /sandbox/deliveries/{id}`
async fn delivery(lever: Shared, id: Path<String>) -> Answer {
    let found = lever.deliveries.get(&id);
    Ok(data(found.ok_or_else(|| ApiError::not_found("Delivery", &id))?))
}

/// `POST /sandbox/deliveries/{id}/resend`
async fn resend(lever: Shared, id: Path<String>) -> Answer {
    let sent = lever.deliveries.resend(&id).await;
    sent.ok_or_else(|| ApiError::not_found("Delivery", &id))?;
    Ok(data(lever.deliveries.get(&id)))
}

/// `GET /sandbox/requests`
async fn requests(lever: Shared) -> HttpResponse {
    data(lever.requests.list())
}

/// `DELETE /sandbox/requests`
async fn clear_requests(lever: Shared) -> HttpResponse {
    lever.requests.clear();
    HttpResponse::NoContent().finish()
}

/// `GET /sandbox/mail`
async fn mail(lever: Shared) -> HttpResponse {
    data(lever.mailbox.list())
}

/// `DELETE /sandbox/mail`
async fn clear_mail(lever: Shared) -> HttpResponse {
    lever.mailbox.clear();
    HttpResponse::NoContent().finish()
}

fn clock_data(lever: &Shared) -> HttpResponse {
    data(json!({"now": lever.now(), "offset_ms": lever.clock.offset_ms()}))
}

/// `GET /sandbox/clock`
async fn clock(lever: Shared) -> HttpResponse {
    clock_data(&lever)
}

/// A time to set, or one to let pass.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct SetClock {
    /// Ms since 1970 UTC, or as RFC 3339 text.
    now: Option<Moment>,
    advance_ms: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Moment {
    Milliseconds(i64),
    Text(String),
}

/// `POST /sandbox/clock`
async fn set_clock(lever: Shared, Input(input): Input<SetClock>) -> Answer {
    match (input.now, input.advance_ms) {
        (Some(Moment::Milliseconds(now)), None) => lever.clock.set(now),
        (Some(Moment::Text(text)), None) => {
            let now: jiff::Timestamp =
                text.parse().map_err(|error| ApiError::bad(format!("now: {error}")))?;
            lever.clock.set(now.as_millisecond());
        }
        (None, Some(ms)) => lever.clock.advance(ms),
        _ => return Err(ApiError::bad("Either now or advance_ms is required")),
    }
    Ok(clock_data(&lever))
}

/// `GET /sandbox/faults`
async fn faults(lever: Shared) -> HttpResponse {
    data(lever.faults.list())
}

/// `POST /sandbox/faults`
async fn add_fault(lever: Shared, Input(fault): Input<Fault>) -> Answer {
    let added = lever.faults.add(fault);
    Ok(created(added.map_err(|error| ApiError::bad(error.to_string()))?))
}

/// `DELETE /sandbox/faults`
async fn clear_faults(lever: Shared) -> HttpResponse {
    lever.faults.clear();
    HttpResponse::NoContent().finish()
}

/// `GET /sandbox/limits`
async fn limits(lever: Shared) -> HttpResponse {
    data(lever.limiter.limit())
}

/// `POST /sandbox/limits`
async fn set_limits(lever: Shared, Input(limit): Input<RateLimit>) -> Answer {
    let sensible = |number: f64| number.is_finite() && number > 0.0;
    if ![limit.per_second, limit.burst, limit.apply_per_second].into_iter().all(sensible) {
        return Err(ApiError::bad("A limit must be above 0"));
    }
    lever.limiter.set(limit);
    Ok(data(lever.limiter.limit()))
}

/// `GET /sandbox/switches`
async fn switches(lever: Shared) -> HttpResponse {
    data(lever.switches.get())
}

/// What is to be switched; what is missing stays as it is.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct SetSwitches {
    require_perform_as: Option<bool>,
    /// `null` ends it.
    #[serde(deserialize_with = "given")]
    redirect: Option<Option<Redirect>>,
    refresh_leeway: Option<u64>,
    nested_create: Option<bool>,
    bare_files: Option<bool>,
}

/// Tells a `null` from nothing.
fn given<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Option<Redirect>>, D::Error> {
    Option::deserialize(input).map(Some)
}

/// `POST /sandbox/switches`
async fn set_switches(lever: Shared, Input(input): Input<SetSwitches>) -> Answer {
    let before = lever.switches.get();
    let after = Switches {
        require_perform_as: input.require_perform_as.unwrap_or(before.require_perform_as),
        redirect: input.redirect.unwrap_or(before.redirect),
        refresh_leeway: input.refresh_leeway.unwrap_or(before.refresh_leeway),
        nested_create: input.nested_create.unwrap_or(before.nested_create),
        bare_files: input.bare_files.unwrap_or(before.bare_files),
    };
    lever.switches.set(after).map_err(|error| ApiError::bad(error.to_string()))?;
    Ok(data(lever.switches.get()))
}

/// `POST /sandbox/offsets/expire`: every offset token given out so far is a stale one.
async fn expire_offsets(lever: Shared) -> HttpResponse {
    lever.end_offsets();
    HttpResponse::NoContent().finish()
}
