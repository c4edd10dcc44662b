//! Starting and stopping a sandbox.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServerHandle, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::{App, Error, HttpServer, web};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::call::ApiError;
use crate::mail::SmtpServer;
use crate::options::Options;
use crate::sandbox::{Sandbox, home};
use crate::state::{ADMIN_PASSWORD, State};
use crate::{api, control, oauth, pages, watch};

/// The largest body that is taken: files go up to 30 MB.
const MAX_BODY: usize = 32 * 1024 * 1024;
/// How often a changed account is written to its file.
const SAVE_EVERY: Duration = Duration::from_secs(1);

/// Why a sandbox could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken, or the address is not of this machine.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Where it should have listened.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The state file can't be read.
    #[error("cannot use the state file {path}: {source}")]
    StateFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: io::Error,
    },
    /// The client for webhook deliveries can't be set up.
    #[error("cannot set up the HTTP client: {0}")]
    Client(#[from] reqwest::Error),
}

/// A sandbox that runs, until [`Running::stop`] or until it is dropped.
#[derive(Debug)]
pub struct Running {
    /// Where it answers, `http://127.0.0.1:PORT`. The API is below `/v1`.
    pub url: String,
    /// Where it takes mail.
    pub smtp_addr: SocketAddr,
    /// What OAuth clients must name as `audience`.
    pub audience: String,
    /// E-mail address of the account's Super Admin.
    pub admin_email: String,
    /// Password of the Super Admin, and of every other user.
    pub admin_password: String,
    /// A key for Basic auth that reaches everything.
    pub api_key: String,
    handle: ServerHandle,
    server: Option<JoinHandle<io::Result<()>>>,
    keeper: Option<JoinHandle<()>>,
    parts: Parts,
}

struct Parts {
    sandbox: Arc<Sandbox>,
    smtp: SmtpServer,
    ending: CancellationToken,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Parts")
    }
}

/// Starts a sandbox on the current Tokio runtime and answers when it can be called.
///
/// # Errors
/// See [`StartError`].
pub async fn start(options: Options) -> Result<Running, StartError> {
    let saved = match &options.state_file {
        Some(path) => {
            read_state(path).map_err(|source| StartError::StateFile { path: path.clone(), source })?
        }
        None => None,
    };
    let address = SocketAddr::new(options.host, options.port);
    let failed = |address| move |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).map_err(failed(address))?;
    let address = listener.local_addr().map_err(failed(address))?;
    let smtp_address = SocketAddr::new(options.host, options.smtp_port);
    let workers = options.workers;

    let sandbox = Arc::new(Sandbox::new(options, format!("http://{address}"), saved)?);
    let smtp = SmtpServer::start(smtp_address, sandbox.mailbox.clone(), sandbox.clock.clone())
        .map_err(failed(smtp_address))?;

    let data = web::Data::from(sandbox.clone());
    let server = HttpServer::new(move || {
        App::new()
            .wrap(from_fn(called_by_our_name))
            .wrap(from_fn(watch::tidy))
            .app_data(data.clone())
            .app_data(web::PayloadConfig::new(MAX_BODY))
            .configure(oauth::configure)
            .configure(control::configure)
            .service(api::scope())
            .configure(pages::configure)
    })
    .on_connect(watch::keep_hold)
    .workers(workers)
    .disable_signals()
    .shutdown_timeout(1)
    .listen(listener)
    .map_err(failed(address))?
    .run();

    let handle = server.handle();
    let server = tokio::spawn(server);
    let ending = CancellationToken::new();
    let keeper = tokio::spawn(keep_state(sandbox.clone(), ending.clone()));
    let (admin_email, api_key) = {
        let state = sandbox.read();
        let key = state.api_keys.first().map(|key| key.key.clone());
        (state.admin().email.clone(), key.unwrap_or_default())
    };
    Ok(Running {
        url: sandbox.url.clone(),
        smtp_addr: smtp.address(),
        audience: sandbox.audience.clone(),
        admin_email,
        admin_password: ADMIN_PASSWORD.to_owned(),
        api_key,
        handle,
        server: Some(server),
        keeper: Some(keeper),
        parts: Parts { sandbox, smtp, ending },
    })
}

/// Answers nobody who calls by a name that is not this machine's.
async fn called_by_our_name(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let lever = Sandbox::of(request.request());
    if let Err(foreign) = home::check_name(request.headers(), &lever.options) {
        return Ok(request.into_response(ApiError::forbidden(foreign.to_string()).answer()));
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

impl Running {
    /// Stops everything and waits for its end; the state file is written once more.
    pub async fn stop(mut self) {
        self.handle.stop(false).await;
        if let Some(server) = self.server.take() {
            // It was told to stop; an error now changes nothing.
            let _ = server.await;
        }
        self.parts.smtp.stop().await;
        self.parts.sandbox.deliveries.stop().await;
        self.parts.ending.cancel();
        if let Some(keeper) = self.keeper.take() {
            let _ = keeper.await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.parts.ending.cancel();
        if self.server.is_some() {
            // Sends the command at once; there is nobody to wait for the answer.
            drop(self.handle.stop(false));
        }
    }
}

fn read_state(path: &Path) -> io::Result<Option<State>> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    serde_json::from_slice(&text).map(Some).map_err(io::Error::from)
}

/// Writes the account to its file after changes, and a last time at the end.
async fn keep_state(sandbox: Arc<Sandbox>, ending: CancellationToken) {
    let Some(path) = sandbox.options.state_file.clone() else {
        return;
    };
    loop {
        let last = tokio::select! {
            () = ending.cancelled() => true,
            () = tokio::time::sleep(SAVE_EVERY) => false,
        };
        if sandbox.take_changed() || last {
            let sandbox = sandbox.clone();
            let path = path.clone();
            let written = tokio::task::spawn_blocking(move || write_state(&sandbox, &path)).await;
            if let Ok(Err(error)) = written {
                tracing::error!(%error, "the state file can't be written");
            }
        }
        if last {
            return;
        }
    }
}

/// Writes beside the file and renames, so that there is always a whole one.
fn write_state(sandbox: &Sandbox, path: &Path) -> io::Result<()> {
    let text = serde_json::to_vec(&*sandbox.read())?;
    let beside = path.with_extension("new");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    // People's data, and keys: for the owner alone.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    // One that somebody left there keeps its mode otherwise.
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    io::Write::write_all(&mut file, &text)?;
    std::fs::rename(beside, path)
}
