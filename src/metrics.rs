//! What is counted, for Prometheus. One set for the process; no label names a person, an address or
//! an account.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

/// The content type of [`Metrics::text`]: OpenMetrics.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// How a call was answered.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    status: u16,
}

/// A call to Lever; `status` is empty when there was no answer.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Called {
    method: String,
    status: String,
}

/// How something ended, in one word.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Ended {
    outcome: String,
}

/// A kind of background work.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct JobOf {
    kind: String,
}

/// A company's audit log, by the company's id.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct LogOf {
    company: String,
}

/// How an integration is doing, in one word.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct StandingAs {
    state: String,
}

/// A request by its route, which is the pattern and never the address.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Requested {
    route: String,
    status: u16,
}

/// Everything that is counted.
pub struct Metrics {
    registry: Registry,
    deliveries: Family<Answered, Counter>,
    events: Family<Ended, Counter>,
    queued: Gauge,
    database_up: Gauge,
    lever_calls: Family<Called, Counter>,
    lever_seconds: Histogram,
    mails: Family<Ended, Counter>,
    requests: Family<Requested, Histogram>,
    jobs_waiting: Family<JobOf, Gauge>,
    jobs_failed: Family<JobOf, Gauge>,
    jobs_oldest: Gauge,
    audit_rows: Family<LogOf, Gauge>,
    audit_head: Family<LogOf, Gauge>,
    integrations: Family<StandingAs, Gauge>,
    decisions: Family<JobOf, Gauge>,
    refused: Family<JobOf, Counter>,
}

/// The counters of this process.
pub fn metrics() -> &'static Metrics {
    static METRICS: LazyLock<Metrics> = LazyLock::new(Metrics::new);
    &METRICS
}

/// From a millisecond to eight seconds, or a quarter of a second to eight minutes.
fn seconds(first: f64) -> Histogram {
    Histogram::new(exponential_buckets(first, 2.0, 14))
}

impl Metrics {
    fn new() -> Self {
        let metrics = Self {
            registry: Registry::with_prefix("alva"),
            deliveries: Family::default(),
            events: Family::default(),
            queued: Gauge::default(),
            database_up: Gauge::default(),
            lever_calls: Family::default(),
            lever_seconds: seconds(0.01),
            mails: Family::default(),
            requests: Family::new_with_constructor(|| seconds(0.001)),
            jobs_waiting: Family::default(),
            jobs_failed: Family::default(),
            jobs_oldest: Gauge::default(),
            audit_rows: Family::default(),
            audit_head: Family::default(),
            integrations: Family::default(),
            decisions: Family::default(),
            refused: Family::default(),
        };
        metrics.registered()
    }

    fn registered(mut self) -> Self {
        let registry = &mut self.registry;
        registry.register("deliveries", "Deliveries to Lever's webhooks, by answer", self.deliveries.clone());
        registry.register("events_worked", "Events processed, by outcome", self.events.clone());
        registry.register("events_queued", "Events waiting to be processed", self.queued.clone());
        registry.register("database_up", "1 if the database answers", self.database_up.clone());
        registry.register("lever_calls", "Calls to Lever's API, by answer", self.lever_calls.clone());
        registry.register_with_unit(
            "lever_call",
            "How long Lever's API took",
            Unit::Seconds,
            self.lever_seconds.clone(),
        );
        registry.register("mails", "Emails handed to the mail server, by outcome", self.mails.clone());
        registry.register_with_unit(
            "http_request",
            "Request duration, by route and status",
            Unit::Seconds,
            self.requests.clone(),
        );
        registry.register("jobs_waiting", "Background jobs ready to run, by kind", self.jobs_waiting.clone());
        registry.register(
            "jobs_failed",
            "Background jobs that failed for good, by kind",
            self.jobs_failed.clone(),
        );
        registry.register_with_unit(
            "jobs_oldest",
            "Waiting time of the oldest background job",
            Unit::Seconds,
            self.jobs_oldest.clone(),
        );
        registry.register("audit_rows", "Rows in a company's audit log", self.audit_rows.clone());
        let head = "The last row of a company's audit log: the first 52 bits of its hash as a number";
        registry.register("audit_head", head, self.audit_head.clone());
        registry.register("integrations", "Integrations, by verdict", self.integrations.clone());
        let decisions = "Candidates waiting for a colleague's decision, by question";
        registry.register("decisions_waiting", decisions, self.decisions.clone());
        registry.register("refused", "Refused requests from strangers, by kind", self.refused.clone());
        self
    }

    /// Counts a call at Lever's door.
    pub fn delivered(&self, status: u16) {
        self.deliveries.get_or_create(&Answered { status }).inc();
    }

    /// Counts requests of nobody that were refused.
    pub fn refused(&self, kind: &str, times: u64) {
        self.refused.get_or_create(&JobOf { kind: kind.to_owned() }).inc_by(times);
    }

    /// Counts an event that was dealt with.
    pub fn worked(&self, outcome: &str) {
        self.events.get_or_create(&Ended { outcome: outcome.to_owned() }).inc();
    }

    /// Counts a call to Lever; `None` when no answer came.
    pub fn called_lever(&self, method: &str, status: Option<u16>, took: Duration) {
        let status = status.map_or_else(String::new, |status| status.to_string());
        self.lever_calls.get_or_create(&Called { method: method.to_owned(), status }).inc();
        self.lever_seconds.observe(took.as_secs_f64());
    }

    /// Counts a mail: `sent`, `refused` or `postponed`.
    pub fn mailed(&self, outcome: &str) {
        self.mails.get_or_create(&Ended { outcome: outcome.to_owned() }).inc();
    }

    /// Counts a request.
    pub fn requested(&self, route: String, status: u16, took: Duration) {
        self.requests.get_or_create(&Requested { route, status }).observe(took.as_secs_f64());
    }

    /// Notes how many events wait; `None` when the database did not say.
    pub fn waiting(&self, events: Option<i64>) {
        self.database_up.set(i64::from(events.is_some()));
        if let Some(events) = events {
            self.queued.set(events);
        }
    }

    /// Notes how the background work stands: how much waits and how much was given up, by kind, and for how many
    /// seconds the oldest has waited.
    pub fn background_work(
        &self,
        waiting: &BTreeMap<String, i64>,
        failed: &BTreeMap<String, i64>,
        oldest_seconds: i64,
    ) {
        for (family, counts) in [(&self.jobs_waiting, waiting), (&self.jobs_failed, failed)] {
            family.clear();
            for (kind, count) in counts {
                family.get_or_create(&JobOf { kind: kind.clone() }).set(*count);
            }
        }
        self.jobs_oldest.set(oldest_seconds);
    }

    /// Notes where audit logs end: the company's id, the number of rows and the last row's hash. The hash becomes a number:
    /// its first 13 hexadecimal digits, as many as a float holds exactly.
    pub fn audit_ends<'e>(&self, ends: impl IntoIterator<Item = (&'e str, i64, &'e str)>) {
        for (company, rows, hash) in ends {
            let log = LogOf { company: company.to_owned() };
            let head = hash.get(..13).and_then(|digits| i64::from_str_radix(digits, 16).ok());
            self.audit_rows.get_or_create(&log).set(rows);
            self.audit_head.get_or_create(&log).set(head.unwrap_or_default());
        }
    }

    /// Notes how many integrations there are of each verdict.
    pub fn integrations(&self, counts: &BTreeMap<String, i64>) {
        for (state, count) in counts {
            self.integrations.get_or_create(&StandingAs { state: state.clone() }).set(*count);
        }
    }

    /// Notes how many candidates wait for a colleague's decision, by what is asked.
    pub fn decisions(&self, counts: &BTreeMap<String, i64>) {
        for (kind, count) in counts {
            self.decisions.get_or_create(&JobOf { kind: kind.clone() }).set(*count);
        }
    }

    /// All of it, in Prometheus's text format.
    pub fn text(&self) -> String {
        let mut text = String::new();
        encode(&mut text, &self.registry).expect("a String takes everything");
        text
    }
}
