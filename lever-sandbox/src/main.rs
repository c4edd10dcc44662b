//! `lever-sandbox`: the sandbox as a program.

use std::io::Write;
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};
use lever_sandbox::{Client, Options, RateLimit, Redirect, Running, Switches, TokenMode, compare, start};
use serde_json::json;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// A stand-in for the applicant tracking system Lever: OAuth, API, webhooks and pages,
/// for tests and demos.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1", env = "LEVER_SANDBOX_HOST")]
    host: IpAddr,
    /// The port of API, OAuth server and pages; 0 takes a free one.
    #[arg(long, default_value_t = 8090, env = "LEVER_SANDBOX_PORT")]
    port: u16,
    /// The port of the SMTP server; 0 takes a free one.
    #[arg(long, default_value_t = 0, env = "LEVER_SANDBOX_SMTP_PORT")]
    smtp_port: u16,
    /// An app that may ask for access, as ID,SECRET,NAME,REDIRECT_URI[,REDIRECT_URI…];
    /// may be given several times.
    #[arg(long = "client", value_parser = parse_client)]
    clients: Vec<Client>,
    /// Whose token signs webhook deliveries.
    #[arg(long, value_enum, default_value_t = Tokens::PerWebhook)]
    token_mode: Tokens,
    /// The same seed makes the same account.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many opportunities to make.
    #[arg(long, default_value_t = 40)]
    opportunities: usize,
    /// How many postings to make.
    #[arg(long, default_value_t = 6)]
    postings: usize,
    /// Webhooks must be HTTPS, also those to this machine.
    #[arg(long)]
    https_only: bool,
    /// Keep the account in this file, over restarts.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// The seconds to wait before each retry of a delivery.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 5, 25, 125, 625])]
    retry_schedule: Vec<u64>,
    /// The seconds a webhook may take to answer.
    #[arg(long, default_value_t = 10)]
    answer_timeout: u64,
    /// A retry gets a new token, time and signature.
    #[arg(long)]
    retry_fresh_token: bool,
    /// Start with every webhook event's toggle off.
    #[arg(long)]
    events_off: bool,
    /// No rate limit.
    #[arg(long)]
    no_rate_limit: bool,
    /// Confidential opportunities answer 404 to those who may not see them, not 403.
    #[arg(long)]
    confidential_404: bool,
    /// What OAuth clients must name as audience; the API's own URL otherwise.
    #[arg(long)]
    audience: Option<String>,
    /// Every POST and PUT under /opportunities needs perform_as, as at some accounts.
    #[arg(long)]
    require_perform_as: bool,
    /// Send every call of the API and the token endpoint on with this status, to another address
    /// or, without one, to /eu of this one.
    #[arg(long, value_name = "STATUS[,URL]", value_parser = parse_redirect)]
    redirect: Option<Redirect>,
    /// The seconds for which a refresh token still works after it was rotated.
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    refresh_leeway: u64,
    /// What was created comes nested twice, as Lever's documentation prints it.
    #[arg(long)]
    nested_create: bool,
    /// The list of an opportunity's files is a bare array, as Lever's documentation prints it.
    #[arg(long)]
    bare_files: bool,
    /// The seconds that an upload may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    upload_timeout: u64,
    /// A name besides those of this machine by which it may be called; may be given several times.
    #[arg(long = "allow-host", value_name = "NAME")]
    allowed_hosts: Vec<String>,
    /// The threads that answer calls.
    #[arg(long, default_value_t = 2)]
    workers: usize,
    /// Say where to go as one line of JSON.
    #[arg(long)]
    json: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Compare(compare::Arguments),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Tokens {
    /// Each webhook has its own.
    PerWebhook,
    /// One for the whole account.
    Account,
}

fn parse_redirect(text: &str) -> Result<Redirect, String> {
    Redirect::parse(text).map_err(|error| error.to_string())
}

fn parse_client(text: &str) -> Result<Client, String> {
    let mut parts = text.split(',').map(str::to_owned);
    let mut next = |what: &str| {
        parts
            .next()
            .filter(|part| !part.is_empty())
            .ok_or_else(|| format!("the {what} is missing: ID,SECRET,NAME,REDIRECT_URI"))
    };
    let (id, secret, name) = (next("id")?, next("secret")?, next("name")?);
    let first = next("redirect URI")?;
    let redirect_uris = std::iter::once(first).chain(parts).collect();
    Ok(Client { id, secret, name, redirect_uris })
}

impl Arguments {
    fn options(self) -> Options {
        Options {
            host: self.host,
            port: self.port,
            smtp_port: self.smtp_port,
            clients: self.clients,
            token_mode: match self.token_mode {
                Tokens::PerWebhook => TokenMode::PerWebhook,
                Tokens::Account => TokenMode::Account,
            },
            seed: self.seed,
            api_key: None,
            opportunities: self.opportunities,
            postings: self.postings,
            allow_http: !self.https_only,
            state_file: self.state,
            retry_schedule: self.retry_schedule.into_iter().map(Duration::from_secs).collect(),
            answer_timeout: Duration::from_secs(self.answer_timeout),
            retry_fresh_token: self.retry_fresh_token,
            events_on: !self.events_off,
            rate_limit: RateLimit { enabled: !self.no_rate_limit, ..RateLimit::default() },
            confidential_status: if self.confidential_404 { 404 } else { 403 },
            audience: self.audience,
            switches: Switches {
                require_perform_as: self.require_perform_as,
                redirect: self.redirect,
                refresh_leeway: self.refresh_leeway,
                nested_create: self.nested_create,
                bare_files: self.bare_files,
            },
            upload_timeout: Duration::from_secs(self.upload_timeout),
            allowed_hosts: self.allowed_hosts,
            workers: self.workers.max(1),
        }
    }
}

#[actix_web::main]
async fn main() -> ExitCode {
    let mut arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    if let Some(Command::Compare(compared)) = arguments.command.take() {
        return compare::main(compared, arguments.options()).await;
    }
    let as_json = arguments.json;
    match run(arguments.options(), as_json).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&mut std::io::stderr(), &format!("lever-sandbox: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options, as_json: bool) -> Result<(), Box<dyn std::error::Error>> {
    // Before anybody can know that it runs, so that no signal finds it unprepared.
    let end = End::listen()?;
    let lever = start(options).await?;
    say(&mut std::io::stdout(), &greeting(&lever, as_json));
    end.wait().await;
    lever.stop().await;
    Ok(())
}

/// A reader that went away is no reason to stop.
fn say(out: &mut dyn Write, text: &str) {
    let _ = writeln!(out, "{text}");
}

fn greeting(lever: &Running, as_json: bool) -> String {
    if as_json {
        return json!({
            "url": lever.url,
            "smtp": lever.smtp_addr.to_string(),
            "audience": lever.audience,
            "admin": {"email": lever.admin_email, "password": lever.admin_password},
            "api_key": lever.api_key,
        })
        .to_string();
    }
    format!(
        "The Lever sandbox answers.\n\
         \n\
         Pages        {url}\n\
         Log in       {email} / {password}\n\
         API          {url}/v1  (audience {audience})\n\
         API key      {key}\n\
         OAuth        {url}/authorize, {url}/oauth/token\n\
         Mail (SMTP)  {smtp}, read at {url}/inbox\n\
         For tests    {url}/sandbox, {url}/sandbox/openapi.json\n\
         \n\
         Ctrl-C ends it.",
        url = lever.url,
        email = lever.admin_email,
        password = lever.admin_password,
        audience = lever.audience,
        key = lever.api_key,
        smtp = lever.smtp_addr,
    )
}

/// Ctrl-C and SIGTERM, heard from the moment this is made.
struct End {
    interrupted: Signal,
    terminated: Signal,
}

impl End {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            interrupted: signal(SignalKind::interrupt())?,
            terminated: signal(SignalKind::terminate())?,
        })
    }

    async fn wait(mut self) {
        tokio::select! {
            _ = self.interrupted.recv() => {}
            _ = self.terminated.recv() => {}
        }
    }
}
