//! Builds the parts, starts the server and the worker, stops both.

use crate::alert_webhooks::{self, Sender};
use crate::api_tokens;
use crate::audit;
use crate::blocking::Few;
use crate::config::Config;
use crate::db::{Backend, Db, DbError, OpenError, Serving};
use crate::export;
use crate::integrations::Connections;
use crate::invitations::test_orders::Providers;
use crate::jobs::{JobContext, Worker};
use crate::mail::Mailer;
use crate::people::{RefusedAttempts, Throttle, trial};
use crate::secrets::rotation::{self, RotationError};
use crate::secrets::{Code, PasswordChecks, Sealer};
use crate::sso::SsoClient;
use crate::state::{AppState, Readiness, Standings};
use crate::test_sessions::builtin_provider::BuiltinTests;
use crate::test_sessions::{self, TestEngine};
use crate::web;
use crate::web::connections::Admission;
use crate::webhooks::Intake;
use actix_http::HttpService;
use actix_service::{ServiceFactoryExt as _, fn_service, map_config};
use actix_web::App;
use actix_web::dev::{AppConfig, Server, ServerHandle};
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::Data;
use assessment::http_provider::HttpProvider;
use lever_client::Hosts;
use secrecy::ExposeSecret as _;
use std::future::ready;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing_actix_web::TracingLogger;
use url::Url;

/// Threads that answer.
const WORKERS: usize = 2;

/// Files and connections that the process asks the system for.
const FILES: u64 = 65_536;

/// Files that are not for connections: the database's, the log's, calls to others.
const FILES_FOR_OURSELVES: u64 = 256;

/// Connections, at most, however many files there may be.
const MOST_CONNECTIONS: usize = 40_000;

/// How long the end of a connection may take.
const GOODBYE: Duration = Duration::from_secs(1);

/// A client that sends the head of its request more slowly is let go.
const HEADERS: Duration = Duration::from_secs(10);

/// Silence on a connection may last this much longer than the server's own limits.
const GRACE: Duration = Duration::from_secs(20);

/// Why the portal did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// What is fine for a trial only.
    #[error(transparent)]
    Config(#[from] crate::config::ConfigError),
    /// The demo's accounts are in a database that is served otherwise.
    #[error(
        "this is the database of a demo: {email} can log in with the demo's password, which everybody knows. Use \
         another database (DATABASE_URL); `alva-portal demo --data-dir` goes on with this one. (BASE_URL is {base_url})"
    )]
    TrialAccount { base_url: Url, email: &'static str },
    #[error(transparent)]
    Key(#[from] RotationError),
    #[error(transparent)]
    Database(#[from] crate::db::OpenError),
    /// The mail server's address.
    #[error(transparent)]
    Mail(#[from] crate::mail::MailerError),
    /// A first query that failed.
    #[error("the database (DATABASE_URL) cannot be used: {0}")]
    Query(#[from] DbError),
    /// The client for Lever.
    #[error("the HTTP client for Lever cannot be set up: {0}")]
    Lever(#[from] lever_client::http::HttpError),
    /// The client for alerts or the provider of tests.
    #[error("an HTTP client cannot be set up: {0}")]
    Client(#[from] reqwest::Error),
    /// The address to listen on.
    #[error("cannot listen on {address} (BIND): {source}. Is another program using the port?")]
    Listen {
        address: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The server itself.
    #[error("the server cannot start: {0}")]
    Server(#[from] std::io::Error),
}

/// A portal that answers.
pub struct Running {
    pub url: Url,
    /// What opens the first set-up; `None` when there is a company already.
    pub setup_code: Option<Code>,
    /// The database, for whoever started it.
    pub db: Db,
    /// The checks of passwords, for whoever started it.
    pub passwords: PasswordChecks,
    /// Lever's door, for whoever started it.
    pub intake: Intake,
    server: ServerHandle,
    /// Connections that wait for a request end when it is cancelled.
    stopping: CancellationToken,
    serving: tokio::task::JoinHandle<std::io::Result<()>>,
    worker: Worker,
    _held: Serving,
}

/// Listens on the configured address.
///
/// # Errors
/// When the port is taken, or the address is not this machine's.
pub fn listen(config: &Config) -> Result<TcpListener, StartError> {
    TcpListener::bind(config.bind)
        .map_err(|source| StartError::Listen { address: config.bind.to_string(), source })
}

/// Starts the portal on a listener (port 0 is resolved by then).
///
/// # Errors
/// Says what is wrong and how to remedy it.
pub async fn start(config: Config, listener: TcpListener) -> Result<Running, StartError> {
    let port = listener.local_addr()?.port();
    let base_url = config.base_url.clone().unwrap_or_else(|| local_url(port));
    config.check_production()?;
    let is_demo = config.is_demo;
    Sealer::existing(&config.secret_key_file).map_err(RotationError::from)?;
    let extra = config.extra_authorities;
    let mailer = Mailer::new(&config.smtp_url, config.mail_from, &extra)?;
    let database_url = config.database_url;
    let open = move || {
        let url = database_url.expose_secret();
        Ok::<_, OpenError>((Serving::begin(url)?, Db::open(url)?))
    };
    let (held, db) = tokio::task::spawn_blocking(open).await.map_err(std::io::Error::other)??;
    let sealer = rotation::settle(&db, &config.secret_key_file).await?;
    audit::keys::carry(&db, &sealer).await?;
    for (company, rows) in db.write(audit::authenticate_older).await? {
        tracing::warn!(
            %company, rows, "rows of an earlier version in the audit log got their codes now: until now only their \
             hashes speak for them"
        );
    }
    let companies = db.write(audit::count_companies).await?;
    if companies != audit::Companies::AllThere {
        audit::tell_missing(companies);
    }
    let for_addresses = sealer.clone();
    db.write(move |conn| alert_webhooks::seal_addresses(conn, &for_addresses)).await?;
    let sealed = test_sessions::seal_older(&db, &sealer).await?;
    if sealed > 0 {
        tracing::info!(sealed, "results of an earlier version are sealed now");
    }
    if !is_demo && let Some(email) = trial::open_account(&db).await? {
        return Err(StartError::TrialAccount { base_url, email });
    }
    db.write(crate::people::carry_addresses).await?;
    let setup_code = crate::people::setup::prepare(&db).await?;
    let (app, hosts) = (config.lever_app, config.lever_hosts);
    let connections = Connections::new(db.clone(), sealer.clone(), app, hosts.clone(), &base_url, &extra)?;
    let alerts = Sender::new(&base_url, &extra)?;
    let sso = SsoClient::new(&base_url, alerts.is_trial(), &extra)?;
    let work = Arc::new(Notify::new());
    if db.backend() == Backend::Sqlite {
        // Nobody else serves this file, so a lease in it is a dead process's.
        db.write(crate::jobs::forget_leases).await?;
    }
    let client = reqwest::Client::builder().use_preconfigured_tls(lever_client::http::tls(&extra)?);
    let provider = config.tests.map(|address| HttpProvider::over(client, address));
    let outside_tests = provider.transpose()?.map(Arc::new);
    let own = BuiltinTests::new(db.clone(), sealer.clone(), base_url.clone());
    let providers = Providers { own: Arc::new(own), outside: outside_tests.clone() };
    let ctx = JobContext {
        db: db.clone(),
        sealer: sealer.clone(),
        mailer: mailer.clone(),
        connections: connections.clone(),
        alerts: alerts.clone(),
        providers,
        base_url: base_url.clone(),
    };
    let worker = Worker::start(ctx, work.clone());
    let intake = Intake::open(db.clone(), sealer.clone(), work.clone());
    let door = intake.clone();
    let engine = Arc::new(TestEngine::new(config.calibration, sealer.clone()));
    let passwords = PasswordChecks::default();
    let app = Data::new(AppState {
        db: db.clone(),
        sealer,
        mailer,
        connections,
        alerts,
        sso,
        intake,
        engine,
        outside_tests,
        work,
        passwords: passwords.clone(),
        throttle: Throttle::default(),
        refused_attempts: RefusedAttempts::default(),
        repeats: audit::repeats::Repeats::default(),
        exports: Few::new(export::AT_ONCE),
        api_limits: api_tokens::Limits::default(),
        metrics_token: config.metrics_token,
        security_contact: config.security_contact,
        readiness: Readiness::default(),
        standings: Standings::default(),
        trusted_proxies: config.trusted_proxies,
        base_url: base_url.clone(),
    });
    let stopping = CancellationToken::new();
    let server = serve(app, hosts, listener, config.keep_alive, stopping.clone())?;
    let handle = server.handle();
    let serving = tokio::spawn(server);
    Ok(Running {
        url: base_url,
        setup_code,
        db,
        passwords,
        intake: door,
        server: handle,
        stopping,
        serving,
        worker,
        _held: held,
    })
}

fn local_url(port: u16) -> Url {
    Url::parse(&format!("http://localhost:{port}")).expect("host and port make an address")
}

fn serve(
    app: Data<AppState>,
    hosts: Option<Hosts>,
    listener: TcpListener,
    keep_alive: Duration,
    stopping: CancellationToken,
) -> std::io::Result<actix_web::dev::Server> {
    let https = app.base_url.scheme() == "https";
    let lever = hosts.map_or_else(|| vec![Hosts::production(), Hosts::sandbox()], |hosts| vec![hosts]);
    // Connections end before files do, so that the database and the log can always be opened.
    let files = rlimit::increase_nofile_limit(FILES).unwrap_or(1_024);
    let most = usize::try_from(files.saturating_sub(FILES_FOR_OURSELVES)).unwrap_or(usize::MAX);
    let most = most.clamp(64, MOST_CONNECTIONS);
    let admission = Admission::new(most, keep_alive.max(HEADERS) + GRACE, app.trusted_proxies.clone());
    let pages = move || {
        App::new()
            .app_data(app.clone())
            .app_data(web::readable_queries())
            // Lever's door is outside of sessions: it has no use for them, and must be quick.
            .configure(web::webhook_receiver)
            .configure(web::callbacks)
            .configure(web::ops::routes)
            .configure(web::assets::routes)
            // Neither has the API: its callers bring a token with each request.
            .configure(web::api::routes)
            .service(
                actix_web::web::scope("")
                    // Inside of the session, and before any guard.
                    .wrap(from_fn(web::forms_first))
                    .wrap(from_fn(web::with_navigation))
                    .wrap(from_fn(web::write_down))
                    .wrap(web::sessions(app.db.clone(), app.sealer.clone(), &app.base_url))
                    .wrap(from_fn(web::sessions_away))
                    .wrap(Compress::default())
                    .configure(web::pages::routes)
                    .default_service(actix_web::web::to(web::pages::nothing_here)),
            )
            .wrap(from_fn(web::readable_addresses))
            .wrap(from_fn(web::limited_reads))
            .wrap(web::security_headers(lever.iter().map(|hosts| &hosts.auth_url), https))
            .wrap(from_fn(web::only_at_home))
            .wrap(from_fn(web::api::only_problems))
            .wrap(from_fn(web::ops::measure))
            .wrap(TracingLogger::<web::RequestSpan>::new())
    };
    let server = Server::build()
        .workers(WORKERS)
        .shutdown_timeout(10)
        .disable_signals()
        // Who is turned away is turned away by `Admission`; a worker that is full would accept nobody.
        .max_concurrent_connections(most);
    let service = move || {
        let (admission, stopping) = (Arc::clone(&admission), stopping.clone());
        let http = HttpService::build()
            .keep_alive(keep_alive)
            .client_request_timeout(HEADERS)
            .client_disconnect_timeout(GOODBYE)
            .graceful_shutdown_signal(move || stopping.clone().cancelled_owned())
            .finish(map_config(pages(), |()| AppConfig::default()));
        fn_service(move |stream| ready(admission.admit(stream))).and_then(http)
    };
    Ok(server.listen("portal", listener, service)?.run())
}

impl Running {
    /// Stops: requests that were begun are answered, events in work are finished, leases given back.
    pub async fn stop(self) {
        self.stopping.cancel();
        self.server.stop(true).await;
        let _ = self.serving.await;
        self.worker.stop().await;
    }
}
