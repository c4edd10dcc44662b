//! One running sandbox: its state and the parts around it.

mod consents;
pub mod home;
mod sessions;

pub use consents::{Pending, Transactions};
pub use sessions::{Session, Sessions};

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use actix_web::{FromRequest, HttpRequest, web};

use crate::clock::Clock;
use crate::delivery::{Deliverer, DeliveryOptions};
use crate::faults::Faults;
use crate::mail::Mailbox;
use crate::options::Options;
use crate::ratelimit::RateLimiter;
use crate::requests::{Creates, RequestLog};
use crate::state::{Actor, Events, OpError, Seed, State};
use crate::switches::Board;

/// As recorded tokens of Lever have it.
const FIRST_OFFSET_NUMBER: i64 = 3;

/// What every handler works with.
pub struct Sandbox {
    pub options: Options,
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub url: String,
    /// What OAuth clients must name as `audience`.
    pub audience: String,
    pub clock: Clock,
    pub faults: Arc<Faults>,
    pub limiter: RateLimiter,
    pub requests: RequestLog,
    pub mailbox: Arc<Mailbox>,
    pub deliveries: Deliverer,
    pub transactions: Transactions,
    pub sessions: Sessions,
    pub switches: Board,
    pub creates: Creates,
    state: RwLock<State>,
    /// What the offset tokens given out now begin with.
    offset_number: AtomicI64,
    /// Set by each write, taken by the keeper of the state file.
    changed: AtomicBool,
}

/// The sandbox as an argument of a handler.
#[derive(Clone)]
pub struct Shared(pub Arc<Sandbox>);

impl std::ops::Deref for Shared {
    type Target = Sandbox;

    fn deref(&self) -> &Sandbox {
        &self.0
    }
}

impl FromRequest for Shared {
    type Error = actix_web::Error;
    type Future = std::future::Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut actix_web::dev::Payload) -> Self::Future {
        std::future::ready(Ok(Self(Sandbox::of(request))))
    }
}

impl Sandbox {
    pub(crate) fn new(options: Options, url: String, state: Option<State>) -> Result<Self, reqwest::Error> {
        let clock = Clock::default();
        let faults = Arc::new(Faults::new(options.seed));
        // An account that goes on from its file has sent deliveries before: their ids must not come again,
        // for a receiver takes such a one for a repetition.
        let seed = match &state {
            Some(_) => options.seed ^ clock.now_ms().unsigned_abs(),
            None => options.seed,
        };
        let deliveries = Deliverer::new(
            DeliveryOptions {
                token_mode: options.token_mode,
                timeout: options.answer_timeout,
                retry_after_ms: options
                    .retry_schedule
                    .iter()
                    .map(|wait| i64::try_from(wait.as_millis()).unwrap_or(i64::MAX))
                    .collect(),
                fresh_retries: options.retry_fresh_token,
            },
            clock.clone(),
            faults.clone(),
            seed,
        )?;
        let audience = options.audience.clone().unwrap_or_else(|| format!("{url}/v1/"));
        let mut state = state.unwrap_or_else(|| {
            State::seeded(Seed {
                seed,
                opportunities: options.opportunities,
                postings: options.postings,
                events_on: options.events_on,
                now: clock.now_ms(),
            })
        });
        with_key(&mut state, options.api_key.as_deref());
        Ok(Self {
            url,
            audience,
            clock,
            faults,
            limiter: RateLimiter::new(options.rate_limit),
            requests: RequestLog::default(),
            mailbox: Arc::default(),
            deliveries,
            transactions: Transactions::default(),
            sessions: Sessions::default(),
            switches: Board::new(options.switches.clone()),
            creates: Creates::default(),
            state: RwLock::new(state),
            offset_number: AtomicI64::new(FIRST_OFFSET_NUMBER),
            changed: AtomicBool::new(false),
            options,
        })
    }

    /// The sandbox that serves this request.
    pub fn of(request: &HttpRequest) -> Arc<Self> {
        request.app_data::<web::Data<Self>>().expect("the server puts it there").clone().into_inner()
    }

    /// Now, ms UTC.
    pub fn now(&self) -> i64 {
        self.clock.now_ms()
    }

    /// What the offset tokens given out now begin with.
    pub fn offset_number(&self) -> i64 {
        self.offset_number.load(Ordering::SeqCst)
    }

    /// Makes every offset token given out so far a stale one.
    pub fn end_offsets(&self) {
        self.offset_number.fetch_add(1, Ordering::SeqCst);
    }

    /// What access tokens name as their issuer and audience.
    pub fn issuer(&self) -> (&str, &str) {
        (&self.url, &self.audience)
    }

    /// Looks at the account. Don't hold it over an `await`.
    pub fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the account without telling any webhook. Don't hold it over an `await`.
    pub fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.changed.store(true, Ordering::Release);
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether something changed since this was asked last.
    pub(crate) fn take_changed(&self) -> bool {
        self.changed.swap(false, Ordering::AcqRel)
    }

    /// Does something to the account and tells the webhooks, in the order it was done.
    pub fn act<T>(
        &self,
        user: Option<&str>,
        operation: impl FnOnce(&mut State, Actor<'_>) -> Result<(T, Events), OpError>,
    ) -> Result<T, OpError> {
        let mut state = self.write();
        let (result, events) = operation(&mut state, Actor::new(user, self.now()))?;
        self.deliveries.publish(&state, &events);
        Ok(result)
    }

    /// Like [`Sandbox::act`], for operations that answer nothing but events.
    pub fn act_only(
        &self,
        user: Option<&str>,
        operation: impl FnOnce(&mut State, Actor<'_>) -> Result<Events, OpError>,
    ) -> Result<(), OpError> {
        self.act(user, |state, actor| Ok(((), operation(state, actor)?)))
    }

    /// Starts over with a new account: forgets deliveries, mails, calls and faults too.
    pub fn reset(&self, seed: Seed) {
        let mut fresh = State::seeded(seed);
        with_key(&mut fresh, self.options.api_key.as_deref());
        *self.write() = fresh;
        self.deliveries.reset(seed.seed);
        self.faults.reset(seed.seed);
        self.mailbox.clear();
        self.requests.clear();
        self.limiter.set(self.limiter.limit());
        self.transactions.clear();
        self.sessions.clear();
    }
}

/// Puts this in the place of the first API key, also of an account that was kept.
fn with_key(state: &mut State, key: Option<&str>) {
    if let (Some(key), Some(first)) = (key, state.api_keys.first_mut()) {
        key.clone_into(&mut first.key);
    }
}
