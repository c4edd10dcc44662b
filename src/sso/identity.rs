//! What a provider says of a person, once its word is proved.

use super::settings::SsoSettings;
use super::{Preset, SsoError};
use crate::people::Role;
use crate::time::Timestamp;
use openidconnect::AdditionalClaims;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Claims that the standard does not name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct MoreClaims {
    #[serde(flatten)]
    all: Map<String, Value>,
}

impl AdditionalClaims for MoreClaims {}

impl MoreClaims {
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.all.get(name)?.as_str().map(str::to_owned)
    }

    /// A claim that is set, however the provider writes it.
    fn is_on(&self, name: &str) -> bool {
        match self.all.get(name) {
            Some(Value::Bool(is_on)) => *is_on,
            Some(Value::Number(number)) => number.as_i64() == Some(1),
            Some(Value::String(text)) => text == "true" || text == "1",
            _ => false,
        }
    }

    /// What stands under the claim of groups.
    pub(super) fn groups(&self, claim: &str) -> Groups {
        let names = |list: &[Value]| list.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        match self.all.get(claim) {
            Some(Value::Array(list)) => Groups::Listed(names(list)),
            Some(Value::String(one)) => Groups::Listed(vec![one.clone()]),
            _ if self.is_on("hasgroups") => Groups::TooMany,
            _ => match self.all.get("_claim_names").and_then(|names| names.get(claim)) {
                Some(_) => Groups::TooMany,
                None => Groups::Missing,
            },
        }
    }

    /// Whether the provider vouches for the address, in its own way beside `email_verified`.
    pub(super) fn is_vouched_for(&self, settings: &SsoSettings) -> bool {
        // Whether the domain of the address is one that the tenant owns.
        settings.preset == Preset::Entra && self.is_on("xms_edov")
    }
}

/// The groups of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Groups {
    Listed(Vec<String>),
    /// The provider left them out, because there are too many (Entra, above 200).
    TooMany,
    /// The provider says nothing of groups.
    Missing,
}

/// Who somebody is, by the word of the provider.
#[derive(Debug, Clone)]
pub struct Identity {
    pub issuer: String,
    /// What the provider calls the person, for good.
    pub subject: String,
    /// The address, as the provider wrote it.
    pub address: Option<String>,
    /// The provider vouches for it.
    pub is_verified: bool,
    /// The customer of Google that the person belongs to.
    pub hosted_domain: Option<String>,
    /// What the person is called; may be empty.
    pub name: String,
    pub groups: Groups,
    /// The provider's own name for the session; may be empty.
    pub sid: String,
    /// When the person showed the provider who they are, where it says so.
    pub authenticated_at: Option<Timestamp>,
    /// The token itself, by which the provider knows whom to log out.
    pub id_token: String,
}

impl Identity {
    /// The role that the groups give; `None` where the company lets no group decide.
    ///
    /// # Errors
    /// When the person is in none of the groups, and nobody is let in without, or the groups are not known.
    pub fn role(&self, settings: &SsoSettings) -> Result<Option<Role>, SsoError> {
        if settings.group_roles.is_empty() {
            return Ok(None);
        }
        let listed = match &self.groups {
            Groups::Listed(listed) => listed.as_slice(),
            Groups::Missing => &[],
            // To leave the role as it was would keep one that the provider may have taken away.
            Groups::TooMany => return Err(SsoError::TooManyGroups),
        };
        let fits = settings.group_roles.iter().find(|one| listed.contains(&one.group));
        fits.map(|one| one.role).or(settings.role_without_group).map(Some).ok_or(SsoError::NoRole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sso::GroupRole;
    use serde_json::json;

    fn claims(value: Value) -> MoreClaims {
        serde_json::from_value(value).expect("claims")
    }

    fn with(groups: Groups) -> Identity {
        Identity {
            issuer: String::new(),
            subject: String::new(),
            address: None,
            is_verified: false,
            hosted_domain: None,
            name: String::new(),
            groups,
            sid: String::new(),
            authenticated_at: None,
            id_token: String::new(),
        }
    }

    fn settings(roles: &[(&str, Role)], without: Option<Role>) -> SsoSettings {
        SsoSettings {
            preset: Preset::Entra,
            issuer: String::new(),
            client_id: String::new(),
            domains: Vec::new(),
            groups_claim: "groups".to_owned(),
            group_roles: roles
                .iter()
                .map(|(group, role)| GroupRole { group: (*group).to_owned(), role: *role })
                .collect(),
            role_without_group: without,
        }
    }

    #[test]
    fn groups_are_read_as_providers_write_them() {
        let listed = |names: &[&str]| Groups::Listed(names.iter().map(|name| (*name).to_owned()).collect());
        assert_eq!(claims(json!({"groups": ["a", "b", 7]})).groups("groups"), listed(&["a", "b"]));
        assert_eq!(claims(json!({"groups": "a"})).groups("groups"), listed(&["a"]));
        assert_eq!(claims(json!({"roles": ["a"]})).groups("roles"), listed(&["a"]));
        assert_eq!(claims(json!({})).groups("groups"), Groups::Missing);
        // "Groups overage claim", Microsoft identity platform, ID token claims reference.
        let overage =
            json!({"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": "x"}}});
        assert_eq!(claims(overage).groups("groups"), Groups::TooMany);
        assert_eq!(claims(json!({"hasgroups": true})).groups("groups"), Groups::TooMany);
    }

    #[test]
    fn the_first_group_that_fits_gives_the_role() {
        let roles = [("Owners", Role::Admin), ("Recruiting", Role::Member)];
        let of = |groups: &[&str], without| {
            let groups = groups.iter().map(|name| (*name).to_owned()).collect();
            with(Groups::Listed(groups)).role(&settings(&roles, without))
        };
        assert!(matches!(of(&["Recruiting", "Owners"], None), Ok(Some(Role::Admin))));
        assert!(matches!(of(&["Recruiting"], None), Ok(Some(Role::Member))));
        assert!(matches!(of(&["recruiting"], None), Err(SsoError::NoRole)), "letters count");
        assert!(matches!(of(&[], Some(Role::Auditor)), Ok(Some(Role::Auditor))));
        let too_many = with(Groups::TooMany);
        assert!(matches!(
            too_many.role(&settings(&roles, Some(Role::Auditor))),
            Err(SsoError::TooManyGroups)
        ));
        assert!(matches!(too_many.role(&settings(&[], None)), Ok(None)), "where no group decides");
    }

    #[test]
    fn only_entra_vouches_by_the_owner_of_the_domain() {
        let entra = settings(&[], None);
        for on in [json!(true), json!(1), json!("1"), json!("true")] {
            assert!(claims(json!({"xms_edov": on})).is_vouched_for(&entra));
            let other = SsoSettings { preset: Preset::Other, ..entra.clone() };
            assert!(!claims(json!({"xms_edov": on})).is_vouched_for(&other));
        }
        for off in [json!(false), json!(0), json!("0"), json!(null)] {
            assert!(!claims(json!({"xms_edov": off})).is_vouched_for(&entra));
        }
    }
}
