//! `alva-portal`: serves until it is told to stop.

use super::{CliError, logging};
use crate::app;
use crate::config::Config;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

/// Serves until Ctrl-C or SIGTERM. With `json`, prints one line when the portal answers.
///
/// # Errors
/// When it cannot start; says what to remedy.
pub async fn run(config: Config, json: bool) -> Result<(), CliError> {
    logging::start(config.log_format);
    let stopped = told_to_stop()?;
    let listener = app::listen(&config)?;
    let portal = app::start(config, listener).await?;
    announce(&portal, json);
    stopped.await;
    tracing::info!("stopping: requests that were begun are answered");
    portal.stop().await;
    Ok(())
}

#[allow(clippy::print_stdout, reason = "what --json promises")]
fn announce(portal: &app::Running, json: bool) {
    tracing::info!(url = %portal.url, "the portal answers");
    let code = portal.setup_code.as_ref().map(crate::secrets::Code::expose);
    if let Some(code) = code {
        // Whoever reads the server's log owns the installation, until the set-up is done.
        tracing::info!(
            "first run: open {}setup?code={code} to set up the portal (set-up code: {code})",
            portal.url
        );
    }
    if json {
        println!("{}", json!({ "portal": portal.url, "setup_code": code }));
    }
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
