//! `alva-portal demo`: portal and Lever sandbox in one process, seeded, on this machine only.

mod candidate;
mod history;
mod visitor;
mod world;

use super::{CliError, logging};
use crate::app;
use crate::audit::Actor;
use crate::config::{Config, LogFormat, Settings};
use crate::db::Db;
use crate::people::trial::{self, ACCOUNTS, PASSWORD};
use crate::people::{self, CompanySettings, Email, Name};
use crate::secrets::Sealer;
use crate::secrets::random_text;
use lever_sandbox::{Client, Options};
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use world::World;

/// How the demo starts.
#[derive(Debug, Clone, clap::Args)]
pub struct DemoArgs {
    /// Port of the portal; 0 picks a free one
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// Port of the Lever sandbox; 0 picks a free one
    #[arg(long, default_value_t = 8081)]
    pub lever_port: u16,
    /// Folder for the data, which is then kept; without it, the data is deleted at the end
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Start connected to Lever, with a week of history
    #[arg(long)]
    pub with_history: bool,
    /// Print one line of JSON on standard output once both answer
    #[arg(long)]
    pub json: bool,
}

const COMPANY: &str = "Northwind Traders";

/// The file of the database, in the folder.
const DATABASE: &str = "portal.sqlite";
const CLIENT_ID: &str = "alva-portal-demo";
const CLIENT_SECRET: &str = "demo-secret-of-the-sandbox";

/// Runs until Ctrl-C or SIGTERM.
///
/// # Errors
/// When a port is taken, or the folder cannot be used.
pub async fn run(args: DemoArgs) -> Result<(), CliError> {
    logging::start(LogFormat::Text);
    let stopped = super::serve::told_to_stop()?;
    let thrown_away = tempfile::Builder::new().prefix("alva-demo-").tempdir()?;
    let folder = args.data_dir.clone().unwrap_or_else(|| thrown_away.path().to_owned());
    std::fs::create_dir_all(&folder)
        .map_err(|e| CliError::Refused(format!("the folder {} cannot be created: {e}", folder.display())))?;
    // What the folder has from an earlier run is not lived again.
    let has_history = args.with_history && !folder.join(DATABASE).exists();
    if has_history {
        history::turn_back();
    }
    // The portal's port is taken first: Lever must know the address to send people back to.
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port));
    let listener = TcpListener::bind(address)
        .map_err(|source| app::StartError::Listen { address: address.to_string(), source })?;
    let portal_url = format!("http://127.0.0.1:{}", listener.local_addr()?.port());
    let lever = lever_sandbox::start(Options {
        port: args.lever_port,
        clients: vec![Client {
            id: CLIENT_ID.to_owned(),
            secret: CLIENT_SECRET.to_owned(),
            name: "Alva Labs".to_owned(),
            redirect_uris: vec![format!("{portal_url}/oauth/lever/callback")],
        }],
        // The account is the same on every machine; a page that somebody visits meanwhile must not know its key.
        api_key: Some(random_text(36)),
        state_file: args.data_dir.as_ref().map(|folder| folder.join("lever.json")),
        ..Options::default()
    })
    .await
    .map_err(|failure| CliError::Refused(failure.to_string()))?;
    let config = config(&folder, &portal_url, &lever)?;
    let portal = app::start(config, listener).await?;
    seed(&portal.db).await?;
    if has_history {
        let mut world = World::new(&portal.url, &lever, &portal.db)?;
        history::make(&mut world).await?;
    }
    if args.json {
        print(&in_json(&portal_url, &lever).to_string());
    } else {
        print(&greeting(&portal_url, &lever));
    }
    stopped.await;
    portal.stop().await;
    lever.stop().await;
    Ok(())
}

#[allow(clippy::print_stdout, reason = "where to go is what the demo is asked for")]
fn print(text: &str) {
    println!("{text}");
}

fn config(
    folder: &std::path::Path,
    portal: &str,
    lever: &lever_sandbox::Running,
) -> Result<Config, CliError> {
    let settings = Settings {
        database_url: Some(format!("sqlite://{}", folder.join(DATABASE).display())),
        base_url: Some(portal.to_owned()),
        secret_key_file: Some(folder.join("portal.key")),
        lever_client_id: Some(CLIENT_ID.to_owned()),
        lever_client_secret: Some(CLIENT_SECRET.into()),
        lever_auth_url: Some(lever.url.clone()),
        lever_api_url: Some(format!("{}/v1", lever.url)),
        lever_audience: Some(lever.audience.clone()),
        smtp_url: Some(format!("smtp://{}", lever.smtp_addr).into()),
        mail_from: Some("Alva <no-reply@alva.example>".to_owned()),
        ..Settings::default()
    };
    let config = Config { is_demo: true, ..settings.check()? };
    Sealer::create_for_demo(&config.secret_key_file)
        .map_err(|failure| CliError::Refused(failure.to_string()))?;
    Ok(config)
}

/// Makes the company and its people, unless the folder has them from an earlier run.
async fn seed(db: &Db) -> Result<(), CliError> {
    if db.read(people::setup::is_open).await? {
        let refused = |failure: &dyn std::fmt::Display| {
            CliError::Refused(format!("the demo's seed is wrong: {failure}"))
        };
        let password = trial::password().map_err(|e| refused(&e))?;
        let company = Name::parse(COMPANY).map_err(|e| refused(&e))?;
        let mut people = Vec::new();
        for account in &ACCOUNTS {
            let email = Email::parse(account.email).map_err(|e| refused(&e))?;
            people.push((email, Name::parse(account.name).map_err(|e| refused(&e))?, account.role));
        }
        db.try_write(move |conn| {
            let settings = CompanySettings::new(company);
            let company = people::found_company(conn, &Actor::CommandLine, &settings)?;
            for (email, name, role) in people {
                people::add(conn, &Actor::CommandLine, &company.id, &email, &name, role, &password)?;
            }
            Ok::<_, people::PeopleError>(())
        })
        .await
        .map_err(|e| refused(&e))?;
    }
    Ok(())
}

fn in_json(portal: &str, lever: &lever_sandbox::Running) -> Value {
    let accounts: Vec<Value> = ACCOUNTS
        .iter()
        .map(|account| json!({ "email": account.email, "password": PASSWORD, "role": account.role.as_str() }))
        .collect();
    json!({
        "portal": portal,
        "lever": lever.url,
        "accounts": accounts,
        "lever_account": { "email": lever.admin_email, "password": lever.admin_password },
        "lever_api_key": lever.api_key,
    })
}

fn greeting(portal: &str, lever: &lever_sandbox::Running) -> String {
    let mut text = format!("\n  The portal     {portal}\n");
    for account in &ACCOUNTS {
        text += &format!("    {:<9}{:<24}{PASSWORD}\n", account.role.as_str(), account.email);
    }
    text += &format!(
        "  Lever sandbox  {url}\n    {role:<9}{email:<24}{password}\n    inbox    {url}/inbox\n\n  \
         Start in the portal: Integrations, Add Integration, Lever. Press Ctrl-C to stop both.\n",
        url = lever.url,
        role = "admin",
        email = lever.admin_email,
        password = lever.admin_password,
    );
    text
}
