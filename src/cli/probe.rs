//! `alva-portal probe`: whether the portal on this machine answers, for containers that have no other program to ask
//! with.

use super::CliError;
use crate::config::Config;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A portal that takes longer is as good as none. `/readyz` itself takes a second at most.
const PATIENCE: Duration = Duration::from_secs(2);

/// More than the head of the answer takes (bytes).
const LONGEST: u64 = 4096;

/// What to ask.
#[derive(Debug, clap::Args)]
pub struct ProbeArgs {
    /// Check that it can store deliveries (/readyz), not only that it is running (/healthz)
    #[arg(long)]
    ready: bool,
}

/// Runs the command.
///
/// # Errors
/// When nobody answers at `BIND`, or the answer is not 200; says which.
pub async fn run(args: ProbeArgs, config: &Config) -> Result<(), CliError> {
    let address = from_here(config.bind);
    let path = if args.ready { "/readyz" } else { "/healthz" };
    let refused = |why: String| CliError::Refused(format!("http://{address}{path}: {why}"));
    let answer = tokio::time::timeout(PATIENCE, ask(address, path)).await;
    let answer = answer.map_err(|_| refused(format!("no answer within {} s", PATIENCE.as_secs())))?;
    let answer = answer.map_err(|failure| refused(failure.to_string()))?;
    let status = answer.split_whitespace().nth(1).unwrap_or("no HTTP");
    if status == "200" { Ok(()) } else { Err(refused(format!("answered {status}"))) }
}

/// Who listens on every address is asked on this machine's own.
fn from_here(bind: SocketAddr) -> SocketAddr {
    let ip = match bind.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, bind.port())
}

/// By hand, so that no proxy of the environment is asked and no certificate store is read every few seconds.
async fn ask(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n").as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(LONGEST).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
