//! A company and its settings.

use super::values::line;
use super::{Company, Name, ValueError, store};
use crate::audit::{self, Actor};
use crate::db::{Conn, DbResult, dialect};
use crate::ids::CompanyId;
use crate::time::Timestamp;
use serde_json::{Map, Value, json};

/// The settings that a company chooses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanySettings {
    /// Its name, as candidates read it.
    pub name: Name,
    /// Where candidates turn to with questions; may be empty.
    pub support_contact: String,
    /// IANA name of a time zone.
    pub time_zone: String,
    /// Months after which candidates' data is erased.
    pub retention_months: i32,
}

impl CompanySettings {
    /// Months that can be chosen: a month to ten years.
    pub const RETENTION: std::ops::RangeInclusive<i32> = 1..=120;

    /// What a new company starts with.
    pub fn new(name: Name) -> Self {
        Self { name, support_contact: String::new(), time_zone: "UTC".into(), retention_months: 24 }
    }

    /// A mail address, a telephone number, a web page: one line.
    ///
    /// # Errors
    /// Says what would be right.
    pub fn parse_support_contact(text: &str) -> Result<String, ValueError> {
        line(text, 200)
    }

    /// The name of a time zone, in whatever case; answers the zone's own spelling.
    ///
    /// # Errors
    /// Says what would be right.
    pub fn parse_time_zone(text: &str) -> Result<String, ValueError> {
        let unknown = || ValueError::Other("Choose a time zone from the list, such as Europe/Stockholm.");
        let text = line(text, 60)?;
        if text.is_empty() {
            return Err(ValueError::Missing);
        }
        let zone = jiff::tz::TimeZone::get(&text).map_err(|_| unknown())?;
        zone.iana_name().map(str::to_owned).ok_or_else(unknown)
    }

    /// A number of months.
    ///
    /// # Errors
    /// Says what would be right.
    pub fn parse_retention(text: &str) -> Result<i32, ValueError> {
        let months = text.trim().parse().ok().filter(|months| Self::RETENTION.contains(months));
        months.ok_or(ValueError::Other("Enter a whole number of months from 1 to 120."))
    }
}

/// Makes a company.
///
/// # Errors
/// When the database refuses.
pub fn found_company(conn: &mut Conn, actor: &Actor, settings: &CompanySettings) -> DbResult<Company> {
    let company = Company {
        id: CompanyId::new(),
        name: settings.name.to_string(),
        support_contact: settings.support_contact.clone(),
        time_zone: settings.time_zone.clone(),
        retention_months: settings.retention_months,
        created_at: Timestamp::now(),
    };
    store::insert_company(conn, &company)?;
    audit::record(conn, &company.id, actor, "company.created", &company.name, &json!({}))?;
    Ok(company)
}

/// Changes a company's settings. `false`: they were so already, and nothing is logged.
///
/// # Errors
/// When the database refuses.
pub fn configure(
    conn: &mut Conn,
    actor: &Actor,
    company: &CompanyId,
    settings: &CompanySettings,
) -> DbResult<bool> {
    dialect::lock_company(conn, company)?;
    let old = store::company(conn, company)?;
    let new = Company {
        name: settings.name.to_string(),
        support_contact: settings.support_contact.clone(),
        time_zone: settings.time_zone.clone(),
        retention_months: settings.retention_months,
        ..old.clone()
    };
    let changes = changes(&old, &new);
    if changes.is_empty() {
        return Ok(false);
    }
    store::update_company(conn, &new)?;
    audit::record(conn, company, actor, "company.configured", &new.name, &Value::Object(changes))?;
    Ok(true)
}

/// What differs, each with its value before and after.
fn changes(old: &Company, new: &Company) -> Map<String, Value> {
    [
        ("name", json!(old.name), json!(new.name)),
        ("support_contact", json!(old.support_contact), json!(new.support_contact)),
        ("time_zone", json!(old.time_zone), json!(new.time_zone)),
        ("retention_months", json!(old.retention_months), json!(new.retention_months)),
    ]
    .into_iter()
    .filter(|(_, before, after)| before != after)
    .map(|(field, before, after)| (field.to_owned(), json!({ "from": before, "to": after })))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_zones_are_known_by_their_own_spelling() {
        assert_eq!(CompanySettings::parse_time_zone(" europe/stockholm "), Ok("Europe/Stockholm".into()));
        assert!(CompanySettings::parse_time_zone("Europe/Atlantis").is_err());
        assert!(CompanySettings::parse_time_zone("../../etc/passwd").is_err());
    }

    #[test]
    fn retention_is_a_month_to_ten_years() {
        assert_eq!(CompanySettings::parse_retention(" 24 "), Ok(24));
        for wrong in ["", "0", "121", "-3", "2.5", "99999999999"] {
            assert!(CompanySettings::parse_retention(wrong).is_err(), "{wrong}");
        }
    }
}
