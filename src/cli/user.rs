//! `alva-portal user …`: people, from the server's terminal. Passwords are never typed here: the
//! person sets their own through a link that works once.

#![allow(clippy::print_stdout, reason = "what a command answers goes to standard output")]

use super::CliError;
use crate::audit::Actor;
use crate::config::Config;
use crate::db::search::name_key;
use crate::db::{Conn, Db};
use crate::people::{
    self, Company, CompanySettings, Email, Name, PeopleError, Role, begin_reset, found_company, invite,
    members,
};
use crate::secrets::Code;

/// What to do with people.
#[derive(Debug, clap::Subcommand)]
pub enum UserCommand {
    /// Add a person and print a link to choose their name and password
    Add {
        /// Their email address
        email: String,
        /// Their role: admin, member or auditor
        #[arg(long, default_value = "admin", value_parser = role)]
        role: Role,
        /// Name of their company; required if there are several
        #[arg(long, conflicts_with = "new_company")]
        company: Option<String>,
        /// Create a company with this name for them
        #[arg(long)]
        new_company: Option<String>,
    },
    /// List everyone, by company
    List,
    /// Print a link for a person to set a new password
    ResetPassword {
        /// Their email address
        email: String,
    },
    /// Remove the second factor of a person who has lost it
    ResetSecondFactor {
        /// Their email address
        email: String,
    },
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| "use admin, member or auditor".to_owned())
}

/// Runs the command.
///
/// # Errors
/// Says what was wrong and what would be right.
pub async fn run(command: UserCommand, config: Config) -> Result<(), CliError> {
    if !matches!(command, UserCommand::Add { .. }) {
        // Somebody is added before the portal is served first; nobody else is there then.
        super::state(&config).await?;
    }
    let db = super::open_with_key(&config).await?;
    match command {
        UserCommand::Add { email, role, company, new_company } => {
            let email = Email::parse(&email).map_err(|why| refused(format!("{email:?}: {why}")))?;
            let shown = email.clone();
            let code = db
                .try_write(move |conn| {
                    let company = choose_company(conn, company, new_company)?;
                    invite(conn, &Actor::CommandLine, &company.id, &email, role)
                        .and_then(|invitation| invitation.code.ok_or(PeopleError::AddressInUse))
                        .map_err(|why| explain(why, &email))
                })
                .await?;
            println!("{shown} can join as {role} with this link, once, within seven days:");
            println!("{}", link(&config, "invite", &code));
        }
        UserCommand::List => list(&db).await?,
        UserCommand::ResetPassword { email } => {
            let email = Email::parse(&email).map_err(|why| refused(format!("{email:?}: {why}")))?;
            let shown = email.clone();
            let made = db.write(move |conn| begin_reset(conn, &Actor::CommandLine, &email, false)).await?;
            let Some((_, code)) = made else {
                return Err(refused(format!("there is no account for {shown}; see `alva-portal user list`")));
            };
            println!("{shown} can set a new password with this link, once, within an hour:");
            println!("{}", link(&config, "password/reset", &code));
        }
        UserCommand::ResetSecondFactor { email } => {
            let email = Email::parse(&email).map_err(|why| refused(format!("{email:?}: {why}")))?;
            let shown = email.clone();
            let reset = db.try_write(move |conn| {
                let Some(user) = people::user_by_email(conn, email.as_str())? else { return Ok(None) };
                people::reset_factor(conn, &Actor::CommandLine, &user.company_id, &user.id)
            });
            let reset = reset.await.map_err(|why| explain(why, &shown))?;
            if reset.is_none() {
                return Err(refused(format!("{shown} has no second factor; see `alva-portal user list`")));
            }
            println!("{shown} now logs in with only the password, and can set up a new second factor.");
        }
    }
    Ok(())
}

async fn list(db: &Db) -> Result<(), CliError> {
    let lines = db
        .try_read(|conn| {
            let mut lines = Vec::new();
            for company in people::companies(conn)? {
                for member in members(conn, &company.id)? {
                    let state = if member.has_joined() { "active" } else { "invited" };
                    let user = member.user;
                    lines.push(format!(
                        "{}\t{}\t{}\t{state}\t{}",
                        company.name, user.email, user.role, user.name
                    ));
                }
            }
            Ok::<_, CliError>(lines)
        })
        .await?;
    if lines.is_empty() {
        println!("No users yet. Start the portal and open /setup, or use `alva-portal user add`.");
    }
    lines.iter().for_each(|line| println!("{line}"));
    Ok(())
}

fn choose_company(conn: &mut Conn, named: Option<String>, new: Option<String>) -> Result<Company, CliError> {
    let mut companies = people::companies(conn)?;
    let names = companies.iter().map(|c| format!("{:?}", c.name)).collect::<Vec<_>>().join(", ");
    if let Some(new) = new {
        let name = Name::parse(&new).map_err(|why| refused(format!("{new:?}: {why}")))?;
        if companies.iter().any(|company| name_key(&company.name) == name_key(name.as_str())) {
            return Err(refused(format!("there is already a company {new:?}; use --company")));
        }
        return Ok(found_company(conn, &Actor::CommandLine, &CompanySettings::new(name))?);
    }
    if let Some(named) = named {
        companies.retain(|company| company.name == named);
        return match companies.len() {
            1 => Ok(companies.remove(0)),
            0 => Err(refused(format!("there is no company {named:?}; there is: {names}"))),
            _ => Err(refused(format!("several companies are called {named:?}; invite from the portal"))),
        };
    }
    match companies.len() {
        1 => Ok(companies.remove(0)),
        0 => Err(refused("there is no company yet; name one with --new-company".to_owned())),
        _ => Err(refused(format!("there are several companies; choose with --company: {names}"))),
    }
}

fn refused(text: String) -> CliError {
    CliError::Refused(text)
}

fn explain(cause: PeopleError, email: &Email) -> CliError {
    match cause {
        PeopleError::Db(cause) => cause.into(),
        PeopleError::InTeamAlready => refused(format!("{email} is already in the team")),
        PeopleError::AddressInUse => refused(format!("{email} belongs to another company")),
        other => refused(other.to_string()),
    }
}

fn link(config: &Config, path: &str, code: &Code) -> String {
    let base = config
        .base_url
        .as_ref()
        .map_or_else(|| format!("http://localhost:{}/", config.bind.port()), ToString::to_string);
    format!("{base}{path}/{}", code.expose())
}
