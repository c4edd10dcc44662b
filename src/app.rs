//! Builds the parts, starts the server and the worker, stops both.

use crate::config::Config;
use crate::db::Db;
use crate::integrations::Connections;
use crate::lever::Hosts;
use crate::mail::Mailer;
use crate::people::Throttle;
use crate::secrets::Sealer;
use crate::web;
use actix_web::dev::ServerHandle;
use actix_web::middleware::Compress;
use actix_web::{App as Router, HttpServer};
use std::net::TcpListener;
use tracing_actix_web::TracingLogger;
use url::Url;

/// What every handler and the worker can reach.
pub struct App {
    /// The database.
    pub db: Db,
    /// Seals and opens stored secrets.
    pub sealer: Sealer,
    /// Sends mail.
    pub mailer: Mailer,
    /// Slows down who tries passwords.
    pub throttle: Throttle,
    /// How people and Lever reach the portal.
    pub base_url: Url,
    /// The way to connected accounts.
    pub connections: Connections,
}

impl App {
    /// The full address of one of the portal's pages, for mails and messages.
    pub fn link(&self, path: &str) -> Url {
        self.base_url.join(path).expect("our paths are valid")
    }
}

/// Why the portal did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting that cannot be used.
    #[error(transparent)]
    Config(#[from] crate::config::ConfigError),
    /// The key file.
    #[error(transparent)]
    Key(#[from] crate::secrets::KeyError),
    /// The database.
    #[error(transparent)]
    Database(#[from] crate::db::OpenError),
    /// The mail server's address.
    #[error(transparent)]
    Mail(#[from] crate::mail::MailerError),
    /// TLS, for calls to Lever.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] reqwest::Error),
    /// A first query that failed.
    #[error(transparent)]
    Query(#[from] crate::db::DbError),
    /// The address to listen on.
    #[error("cannot listen on {address} (BIND): {source}. Is another program using the port?")]
    Listen {
        /// The address.
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
    /// Its address.
    pub url: Url,
    server: ServerHandle,
    serving: tokio::task::JoinHandle<std::io::Result<()>>,
}

/// Starts the portal on an address that is listened on already (port 0 is resolved by then).
///
/// # Errors
/// Says what is wrong and how to mend it.
pub async fn start(config: Config, listener: TcpListener) -> Result<Running, StartError> {
    let address = listener.local_addr()?;
    let base_url = config.base_url.clone().unwrap_or_else(|| {
        Url::parse(&format!("http://localhost:{}", address.port())).expect("host and port make an address")
    });
    let (sealer, _) = Sealer::from_file(&config.secret_key_file)?;
    let url = {
        use secrecy::ExposeSecret as _;
        config.database_url.clone().expose_secret().to_owned()
    };
    let db = tokio::task::spawn_blocking(move || Db::open(&url)).await.map_err(std::io::Error::other)??;
    let https = base_url.scheme() == "https";
    let hosts =
        config.lever_hosts.clone().map_or_else(|| vec![Hosts::production(), Hosts::sandbox()], |h| vec![h]);
    let (lever_app, lever_hosts) = (config.lever_app, config.lever_hosts);
    let connections = Connections::new(db.clone(), sealer.clone(), lever_app, lever_hosts, &base_url)?;
    let app = actix_web::web::Data::new(App {
        db,
        sealer,
        mailer: Mailer::new(&config.smtp_url, config.mail_from)?,
        throttle: Throttle::default(),
        base_url: base_url.clone(),
        connections,
    });
    let state = app.clone();
    let server = HttpServer::new(move || {
        Router::new()
            .app_data(state.clone())
            .wrap(web::sessions(state.db.clone(), state.sealer.clone(), https))
            .wrap(web::security_headers(hosts.iter().map(|h| &h.auth_url), https))
            .wrap(Compress::default())
            .wrap(TracingLogger::<web::RequestSpan>::new())
            .configure(web::assets::routes)
            .configure(web::pages::routes)
            .default_service(actix_web::web::to(web::pages::nothing_here))
    })
    .workers(2)
    .disable_signals()
    .listen(listener)?
    .run();
    Ok(Running { url: base_url, server: server.handle(), serving: tokio::spawn(server) })
}

impl Running {
    /// Stops: requests that were begun are answered, the worker gives its leases back.
    pub async fn stop(self) {
        self.server.stop(true).await;
        let _ = self.serving.await;
    }
}
