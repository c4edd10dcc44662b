//! `alva-portal check`: checks the configuration. Says where each setting came from, tries what it
//! names, and says how to remedy what does not work. Changes nothing.

#![allow(clippy::print_stdout, reason = "what a command answers goes to standard output")]

use super::sources::{NAMES, Sources};
use super::{CliError, machine};
use crate::config::{Config, Settings};
use crate::db::{self, State};
use crate::mail::Mailer;
use crate::secrets::Sealer;
use crate::web;
use assessment::http_provider::HttpProvider;
use jiff::Timestamp;
use lever_client;
use lever_client::Hosts;
use reqwest::header::DATE;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use std::time::Duration;
use url::Url;

/// How long Lever and the mail server may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// What was found of one thing.
struct Finding {
    what: &'static str,
    /// What is so, or what is wrong and how to fix it.
    outcome: Result<String, String>,
}

/// How it is said.
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// Print one line of JSON instead of the lists
    #[arg(long)]
    pub(super) json: bool,
}

/// Runs the command.
///
/// # Errors
/// When something is missing without which the portal cannot do its work.
pub(super) async fn run(args: CheckArgs, settings: Settings, sources: &Sources) -> Result<(), CliError> {
    let given = settings.given();
    if !args.json {
        println!("Settings");
        for name in NAMES {
            let is_set = if given.contains(&name) { "set" } else { "   " };
            println!("  {name:<20} {is_set}  {}", sources.source_of(name));
        }
        println!("Checks");
    }
    let checked = settings.check();
    let findings = match &checked {
        Ok(config) => findings(config).await,
        Err(failure) if args.json => vec![Finding { what: "settings", outcome: Err(failure.to_string()) }],
        Err(_) => vec![],
    };
    if args.json {
        println!("{}", as_json(&given, sources, &findings));
    } else {
        for Finding { what, outcome } in &findings {
            match outcome {
                Ok(is) => println!("  \u{2713} {what}: {is}"),
                Err(is) => println!("  \u{2717} {what}: {is}"),
            }
        }
    }
    checked?;
    match findings.iter().filter(|finding| finding.outcome.is_err()).count() {
        0 => Ok(()),
        1 => Err(CliError::Refused("1 problem found; see above how to fix it".to_owned())),
        n => Err(CliError::Refused(format!("{n} problems found; see above how to fix them"))),
    }
}

/// For programs: each setting with where it came from, and each check with what it found. No value of a setting.
fn as_json(given: &[&'static str], sources: &Sources, findings: &[Finding]) -> Value {
    let settings = NAMES.map(
        |name| json!({ "name": name, "set": given.contains(&name), "source": sources.source_of(name).to_string() }),
    );
    let check = |Finding { what, outcome }: &Finding| {
        let says = match outcome {
            Ok(is) | Err(is) => is,
        };
        json!({ "what": what, "ok": outcome.is_ok(), "says": says })
    };
    json!({ "settings": settings, "checks": findings.iter().map(check).collect::<Vec<_>>() })
}

async fn findings(config: &Config) -> Vec<Finding> {
    let hosts = config.lever_hosts.clone().unwrap_or_else(Hosts::production);
    let extra = config.extra_authorities.as_slice();
    let (sign_in, api, mail, tests) = tokio::join!(
        reach(&hosts.auth_url, extra),
        reach(&hosts.api_url, extra),
        mail(config),
        tests(config)
    );
    let date = api.as_ref().ok().and_then(|answer| answer.date.as_deref());
    let clock = machine::clock(date, Timestamp::now());
    let mut found = vec![
        Finding { what: "database", outcome: database(config).await },
        Finding { what: "key", outcome: key(config) },
        Finding { what: "address", outcome: address(config, &hosts) },
        Finding { what: "Lever's app", outcome: app(config) },
        Finding { what: "Lever's sign-in service", outcome: sign_in.map(|answer| answer.says) },
        Finding { what: "Lever's API", outcome: api.map(|answer| answer.says) },
        Finding { what: "mail server", outcome: mail },
        Finding { what: "trusted proxies", outcome: Ok(config.trusted_proxies.to_string()) },
        Finding { what: "metrics", outcome: Ok(metrics(config).to_owned()) },
    ];
    found.extend(clock.map(|outcome| Finding { what: "clock", outcome }));
    let disk = machine::disk(config.database_url.expose_secret());
    found.extend(disk.map(|outcome| Finding { what: "disk", outcome }));
    found.extend(tests.map(|outcome| Finding { what: "test provider", outcome }));
    found
}

/// Who is answered at `/metrics`.
fn metrics(config: &Config) -> &'static str {
    let is_here = config.base_url.as_ref().is_none_or(web::is_local) && !config.trusted_proxies.is_nobody();
    match (&config.metrics_token, is_here) {
        (Some(_), _) => "answered with METRICS_TOKEN",
        (None, true) => "answered on this machine only",
        (None, false) => "answered to nobody; set METRICS_TOKEN to use them",
    }
}

/// The outside provider of tests, when there is one: whether it answers, and knows the token.
async fn tests(config: &Config) -> Option<Result<String, String>> {
    let address = config.tests.clone()?;
    let shown = address.url.clone();
    let tls = match lever_client::http::tls(&config.extra_authorities) {
        Ok(tls) => tls,
        Err(failure) => return Some(Err(failure.to_string())),
    };
    let client = reqwest::Client::builder().use_preconfigured_tls(tls);
    let provider = match HttpProvider::over(client, address) {
        Ok(provider) => provider,
        Err(failure) => return Some(Err(failure.to_string())),
    };
    Some(match tokio::time::timeout(PATIENCE, provider.greet()).await {
        Ok(Ok(())) => Ok(format!("{shown} answers and knows the token; new invitations use it")),
        Ok(Err(failure)) => Err(format!("{shown}: {failure}")),
        Err(_) => Err(format!("{shown}: no answer within {} s", PATIENCE.as_secs())),
    })
}

async fn database(config: &Config) -> Result<String, String> {
    let url = config.database_url.expose_secret().to_owned();
    let (_, is_pooled) = db::pooler::split(&url);
    let state = tokio::task::spawn_blocking(move || db::inspect(&url)).await.map_err(|e| e.to_string())?;
    match state {
        Ok(State::New) => Ok("not there yet; it is created at the first start".to_owned()),
        Ok(State::Current) if is_pooled => {
            Ok("opens through a pooler, and is up to date; no statement is kept between transactions"
                .to_owned())
        }
        Ok(State::Current) => Ok("opens, and is up to date".to_owned()),
        Ok(State::Pending(n)) => {
            Ok(format!("opens; the next start makes {n} schema changes, so back it up first"))
        }
        Err(failure) => Err(failure.to_string()),
    }
}

fn key(config: &Config) -> Result<String, String> {
    config.check_demo().and_then(|()| config.check_secrets()).map_err(|failure| failure.to_string())?;
    let file = config.secret_key_file.display();
    match Sealer::existing(&config.secret_key_file) {
        Ok(Some(_)) if Sealer::was_generated(&config.secret_key_file) => Ok(format!(
            "{file} holds the key created at the first start, which is fine for trying out the portal"
        )),
        Ok(Some(_)) => Ok(format!("{file} holds a key; keep a copy of it in a safe place")),
        Ok(None) => Ok(format!("{file} is not there yet; it is created at the first start")),
        Err(failure) => Err(failure.to_string()),
    }
}

/// Lever and candidates must be able to reach the portal, and their connection must be private.
fn address(config: &Config, hosts: &Hosts) -> Result<String, String> {
    let lever_is_here = is_here(&hosts.api_url);
    match &config.base_url {
        None if lever_is_here => Ok("not set, so this machine's; the configured Lever is on this machine too".to_owned()),
        Some(url) if is_here(url) && lever_is_here => Ok(format!("{url}, on this machine, like the configured Lever")),
        None => Err("BASE_URL is not set; set it to the address at which Lever and candidates reach the portal, such as https://alva.example.com".to_owned()),
        Some(url) if is_here(url) => Err(format!("BASE_URL is {url}, which only works on this machine; set it to the address at which Lever and candidates reach the portal")),
        Some(url) if url.scheme() == "http" => Err(format!("BASE_URL is {url}: passwords and candidates' answers would be sent unencrypted; put the portal behind https")),
        Some(url) => Ok(url.to_string()),
    }
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

fn app(config: &Config) -> Result<String, String> {
    match &config.lever_app {
        Some(app) => Ok(format!("LEVER_CLIENT_ID is {}, and its secret is set", app.client_id)),
        None => {
            Err("LEVER_CLIENT_ID and LEVER_CLIENT_SECRET are not set; set both to the values of the app \
             registered with Lever"
                .to_owned())
        }
    }
}

/// What came back, whatever its status.
struct Reached {
    says: String,
    /// The server's clock, as its `Date` has it.
    date: Option<String>,
}

/// Any answer will do: what is asked for here needs no permission to be there.
async fn reach(url: &Url, authorities: &[u8]) -> Result<Reached, String> {
    let shown = url.origin().ascii_serialization();
    let refused =
        |why: String| format!("{shown} cannot be reached: {why}; is there a firewall or proxy in between?");
    let settings = lever_client::http::Settings {
        extra_roots: authorities.to_owned(),
        ..lever_client::http::Settings::new(PATIENCE)
    };
    let client = settings.client().map_err(|e| refused(e.to_string()))?;
    match client.get(url.clone()).send().await {
        Ok(answer) => {
            let date = answer.headers().get(DATE).and_then(|date| date.to_str().ok()).map(str::to_owned);
            Ok(Reached { says: format!("{shown} answers"), date })
        }
        Err(failure) if failure.is_timeout() => {
            Err(refused(format!("no answer within {} s", PATIENCE.as_secs())))
        }
        Err(failure) if failure.is_connect() => Err(match lever_client::http::certificate_fault(&failure) {
            Some(why) => {
                let remedy = lever_client::http::certificate_remedy(&why);
                format!("the certificate of {shown} is not trusted ({why}); {remedy}")
            }
            None => refused("no connection".to_owned()),
        }),
        Err(failure) => Err(refused(failure.without_url().to_string())),
    }
}

async fn mail(config: &Config) -> Result<String, String> {
    let mailer = Mailer::new(&config.smtp_url, config.mail_from.clone(), &config.extra_authorities)
        .map_err(|e| e.to_string())?;
    match tokio::time::timeout(PATIENCE, mailer.try_sending()).await {
        Ok(Ok(way)) => Ok(format!("accepts mail from {}; the connection is {way}", config.mail_from)),
        // Where it is said what to do, another server is no advice.
        Ok(Err(failure)) if failure.has_remedy() => Err(failure.to_string()),
        Ok(Err(failure)) => {
            Err(format!("{failure}; set SMTP_URL to a server that accepts the portal's mail"))
        }
        Err(_) => Err(format!(
            "no answer within {} s; set SMTP_URL to a server that accepts the portal's mail",
            PATIENCE.as_secs()
        )),
    }
}
