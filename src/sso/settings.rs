//! What a company says of its provider, as typed and as kept.

use super::Preset;
use crate::alert_webhooks::guard;
use crate::people::{Email, Role, ValueError};
use std::fmt;
use url::{Host, Url};

/// Google's own issuer, for all of its customers.
const GOOGLE: &str = "https://accounts.google.com";

/// Where Entra's tenants are.
const ENTRA: &str = "https://login.microsoftonline.com/";

/// Names in place of a tenant, under which Entra lets people of every tenant in.
const ANY_TENANT: [&str; 3] = ["common", "organizations", "consumers"];

/// Domains, at most.
const DOMAINS: usize = 50;

/// Groups with a role, at most.
const GROUPS: usize = 200;

/// Domains of mail services: their addresses are anybody's.
const PUBLIC: [&str; 14] = [
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "msn.com",
    "yahoo.com",
    "icloud.com",
    "me.com",
    "aol.com",
    "gmx.com",
    "gmx.net",
    "proton.me",
    "protonmail.com",
];

/// A group of the provider, and the role that it gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRole {
    pub group: String,
    pub role: Role,
}

/// A company's provider, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SsoSettings {
    pub preset: Preset,
    /// Exactly as the provider calls itself in its tokens.
    pub issuer: String,
    pub client_id: String,
    /// Whose addresses it may vouch for; in small letters.
    pub domains: Vec<String>,
    /// Where the ID token lists groups.
    pub groups_claim: String,
    /// The first that fits counts. Empty: the provider says nothing of roles.
    pub group_roles: Vec<GroupRole>,
    /// The role of people in none of these groups; `None`: they are not let in.
    pub role_without_group: Option<Role>,
}

/// Why an issuer is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadIssuer {
    /// It is no address to call.
    Address(guard::BadAddress),
    /// It has a query or a fragment.
    Query,
    /// Entra lets people of every tenant in there.
    AnyTenant,
    /// It is not one of Entra's.
    NotEntra,
    /// It is not Google's.
    NotGoogle,
}

impl fmt::Display for BadIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Address(guard::BadAddress::Missing) => "Enter the address of your provider.",
            Self::Address(guard::BadAddress::Unreadable) => {
                "This is no address. Enter one such as https://example.okta.com."
            }
            Self::Address(guard::BadAddress::Password) => "Leave user name and password out of the address.",
            Self::Address(other) => return f.write_str(&other.sentence()),
            Self::Query => "Leave out what stands behind ? or #.",
            Self::AnyTenant => {
                "This address lets people of every company in. Enter the id of your own tenant: Entra shows it as \
                 Directory (tenant) ID."
            }
            Self::NotEntra => {
                "Enter the Directory (tenant) ID that Entra shows, or \
                 https://login.microsoftonline.com/{tenant id}/v2.0."
            }
            Self::NotGoogle => "Google's address is https://accounts.google.com. Leave the field empty to use it.",
        })
    }
}

/// Reads the address of a provider. `is_trial`: the portal is served at localhost, and may ask this machine.
///
/// # Errors
/// What is wrong with it.
pub fn parse_issuer(preset: Preset, text: &str, is_trial: bool) -> Result<String, BadIssuer> {
    let text = text.trim();
    let text = match preset {
        Preset::Google if text.trim_end_matches('/') == GOOGLE || text.is_empty() => GOOGLE.to_owned(),
        Preset::Google => return Err(BadIssuer::NotGoogle),
        Preset::Entra => entra_issuer(text)?,
        Preset::Okta | Preset::Other => text.to_owned(),
    };
    let url = guard::parse(&text, is_trial).map_err(BadIssuer::Address)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(BadIssuer::Query);
    }
    Ok(text)
}

/// The issuer of one tenant: of its id alone, or as Entra writes it.
fn entra_issuer(text: &str) -> Result<String, BadIssuer> {
    let tenant = match text.strip_prefix(ENTRA) {
        Some(path) => path.trim_end_matches('/').trim_end_matches("/v2.0"),
        None => text,
    };
    if ANY_TENANT.contains(&tenant) {
        return Err(BadIssuer::AnyTenant);
    }
    match uuid::Uuid::try_parse(tenant) {
        Ok(tenant) => Ok(format!("{ENTRA}{}/v2.0", tenant.hyphenated())),
        Err(_) => Err(BadIssuer::NotEntra),
    }
}

/// Reads a client's id: one line, at most 300 characters.
///
/// # Errors
/// Says what would be right.
pub fn parse_client_id(text: &str) -> Result<String, ValueError> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(ValueError::Missing),
        has if has > 300 => Err(ValueError::TooLong { most: 300, has }),
        _ if text.chars().any(|c| c.is_control() || c.is_whitespace()) => {
            Err(ValueError::Other("A client ID has no spaces."))
        }
        _ => Ok(text.to_owned()),
    }
}

/// Reads domains, separated by spaces, commas or line breaks.
///
/// # Errors
/// Says what would be right.
pub fn parse_domains(text: &str) -> Result<Vec<String>, String> {
    let mut all = Vec::new();
    for word in text.split([' ', ',', ';', '\n', '\r', '\t']).filter(|word| !word.is_empty()) {
        let word = word.trim_start_matches('@');
        let address = Email::parse(&format!("someone@{word}"));
        let domain = address.ok().and_then(|address| domain_of(address.as_str()).map(str::to_owned));
        let Some(domain) = domain.filter(|domain| matches!(Host::parse(domain), Ok(Host::Domain(_)))) else {
            return Err(format!("{word:?} is no domain. Enter what stands behind the @ of your addresses."));
        };
        if PUBLIC.contains(&domain.as_str()) {
            return Err(format!(
                "Addresses at {domain} are not your company's alone, so they cannot be let in."
            ));
        }
        if !all.contains(&domain) {
            all.push(domain);
        }
    }
    match all.len() {
        0 => Err("Enter at least one domain of your company's addresses.".to_owned()),
        many if many > DOMAINS => Err(format!("Enter at most {DOMAINS} domains.")),
        _ => Ok(all),
    }
}

/// What stands behind the @.
pub(super) fn domain_of(address: &str) -> Option<&str> {
    address.rsplit_once('@').map(|(_, domain)| domain).filter(|domain| domain.contains('.'))
}

/// Reads groups with their roles: a line each, `group = role`.
///
/// # Errors
/// Says which line is not right.
pub fn parse_group_roles(text: &str) -> Result<Vec<GroupRole>, String> {
    let mut all: Vec<GroupRole> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let read = line.rsplit_once('=').and_then(|(group, role)| {
            let role = Role::parse(role.trim().to_lowercase().as_str())?;
            Some(GroupRole { group: group.trim().to_owned(), role })
        });
        let Some(read) = read.filter(|read| !read.group.is_empty() && read.group.chars().count() <= 300)
        else {
            return Err(format!(
                "{line:?} is not like: Recruiting = member. The role is admin, member or auditor."
            ));
        };
        if all.iter().any(|known| known.group == read.group) {
            return Err(format!("{:?} stands there twice.", read.group));
        }
        all.push(read);
    }
    if all.len() > GROUPS {
        return Err(format!("Enter at most {GROUPS} groups."));
    }
    Ok(all)
}

/// The name of a provider for people: its host.
pub(super) fn host_of(issuer: &str) -> String {
    Url::parse(issuer).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_one_company_s_alone() {
        let entra = |text: &str| parse_issuer(Preset::Entra, text, false);
        let tenant = "6babcaad-604b-40ac-a9d7-9fd97c0b779f";
        let whole = format!("https://login.microsoftonline.com/{tenant}/v2.0");
        assert_eq!(entra(tenant), Ok(whole.clone()));
        assert_eq!(entra(&whole), Ok(whole.clone()));
        for any in ["common", "organizations", "consumers"] {
            assert_eq!(entra(any), Err(BadIssuer::AnyTenant));
            assert_eq!(
                entra(&format!("https://login.microsoftonline.com/{any}/v2.0")),
                Err(BadIssuer::AnyTenant)
            );
        }
        assert_eq!(entra("acme.example"), Err(BadIssuer::NotEntra));
        assert_eq!(entra("https://acme.okta.com"), Err(BadIssuer::NotEntra));
        let google = |text: &str| parse_issuer(Preset::Google, text, false);
        assert_eq!(google(""), Ok("https://accounts.google.com".to_owned()));
        assert_eq!(google("https://accounts.google.com/"), Ok("https://accounts.google.com".to_owned()));
        assert_eq!(google("https://evil.example"), Err(BadIssuer::NotGoogle));
        let other = |text: &str| parse_issuer(Preset::Other, text, false);
        assert_eq!(
            other(" https://acme.okta.com/oauth2/default "),
            Ok("https://acme.okta.com/oauth2/default".into())
        );
        for private in
            ["http://acme.example", "https://10.0.0.1", "https://169.254.169.254/", "https://localhost:1"]
        {
            assert!(matches!(other(private), Err(BadIssuer::Address(_))), "{private}");
        }
        assert_eq!(other("https://acme.example/?a=1"), Err(BadIssuer::Query));
        assert!(
            parse_issuer(Preset::Other, "http://localhost:4000", true).is_ok(),
            "a trial asks its own machine"
        );
        assert!(parse_issuer(Preset::Other, "http://acme.example", true).is_err());
    }

    #[test]
    fn domains_are_the_company_s_own() {
        assert_eq!(
            parse_domains("Acme.example, @acme.test\nacme.example"),
            Ok(vec!["acme.example".into(), "acme.test".into()])
        );
        for wrong in [
            "",
            " ,",
            "acme",
            "https://acme.example",
            "acme.example/x",
            "gmail.com",
            "acme.example Outlook.com",
            "192.0.2.1",
        ] {
            assert!(parse_domains(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn groups_have_one_role_each() {
        let read = parse_group_roles("Alva = Admins = admin\n\n 0d5f-1 =Auditor ").expect("two lines");
        let pairs: Vec<(&str, Role)> = read.iter().map(|one| (one.group.as_str(), one.role)).collect();
        assert_eq!(pairs, [("Alva = Admins", Role::Admin), ("0d5f-1", Role::Auditor)]);
        assert_eq!(parse_group_roles(""), Ok(Vec::new()));
        for wrong in ["Recruiting", "Recruiting = owner", "= member", "a = member\na = admin"] {
            assert!(parse_group_roles(wrong).is_err(), "{wrong}");
        }
    }
}
