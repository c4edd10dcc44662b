//! `alva-portal`: serves until it is told to stop.

use super::{CliError, logging};
use crate::app;
use crate::config::{Config, LogFormat};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

/// Serves until Ctrl-C or SIGTERM. With `json`, prints one line when the portal answers.
///
/// # Errors
/// When it cannot start; says what to remedy.
pub async fn run(config: Config, json: bool) -> Result<(), CliError> {
    let log_format = config.log_format;
    logging::start(log_format);
    let stopped = told_to_stop()?;
    let listener = app::listen(&config)?;
    let portal = app::start(config, listener).await?;
    announce(&portal, log_format, json);
    stopped.await;
    tracing::info!("stopping: requests that were begun are answered");
    portal.stop().await;
    Ok(())
}

#[allow(clippy::print_stdout, clippy::print_stderr, reason = "what --json promises; the way in, for people")]
fn announce(portal: &app::Running, log_format: LogFormat, json: bool) {
    tracing::info!(url = %portal.url, "the portal answers");
    let code = portal.setup_code.as_ref().map(crate::secrets::Code::expose);
    // Whoever reads the server's log owns the installation, until the set-up is done.
    match (code, log_format) {
        (Some(code), LogFormat::Text) => eprintln!("{}", way_in(portal.url.as_str(), code)),
        (Some(code), LogFormat::Json) => {
            tracing::info!("first start: open {}setup?code={code} (set-up code: {code})", portal.url);
        }
        (None, _) => {}
    }
    if json {
        println!("{}", json!({ "portal": portal.url, "setup_code": code }));
    }
}

/// What stands out of the log at the first start: a person has to act on it.
fn way_in(portal: &str, code: &str) -> String {
    format!(
        "\n  First start: create the first company and its admin\n    open         {portal}setup?code={code}\n    \
         set-up code  {code}\n  The code works once. Until then, anyone who can read this output can use it.\n"
    )
}

/// Resolves at Ctrl-C or SIGTERM. The handlers are in place when this returns.
pub(super) fn told_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
