//! A company and its settings.

use super::values::line;
use super::{Company, Name, ValueError, store};
use crate::audit::{self, Actor};
use crate::db::{Conn, DbResult, dialect};
use crate::ids::CompanyId;
use crate::test_selection::{NormGroup, Questionnaire, Tests};
use crate::time::Timestamp;
use assessment::session::PilotTasks;
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
    /// The tests of candidates for whom no rule says otherwise.
    pub default_tests: Tests,
    /// A change of the rules that would invite more candidates than this is asked about again.
    pub ask_again_above: i32,
    /// The address of its privacy notice; may be empty.
    pub privacy_url: String,
    /// Who else receives candidates' data and on what legal basis, in its own words; may be empty.
    pub data_notice: String,
    /// Which statements its personality test asks.
    pub questionnaire: Questionnaire,
    /// With whom its answers are compared.
    pub norm_group: NormGroup,
    /// Whether candidates may say, apart from their result, which groups they belong to.
    pub counts_groups: bool,
    /// How many tasks that do not count a logic test carries.
    pub pilot_tasks: PilotTasks,
}

impl CompanySettings {
    /// Months that can be chosen: a month to ten years.
    pub const RETENTION: std::ops::RangeInclusive<i32> = 1..=120;

    /// Where asking again can begin: at the first candidate, or beyond any crowd.
    pub const ASK_AGAIN: std::ops::RangeInclusive<i32> = 0..=10_000;

    /// What a new company starts with.
    pub fn new(name: Name) -> Self {
        Self {
            name,
            support_contact: String::new(),
            time_zone: "UTC".into(),
            retention_months: 24,
            default_tests: Tests::Both,
            ask_again_above: 20,
            privacy_url: String::new(),
            data_notice: String::new(),
            questionnaire: Questionnaire::Own,
            norm_group: NormGroup::General,
            counts_groups: false,
            pilot_tasks: PilotTasks::default(),
        }
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
        let zone = jiff::tz::TimeZone::get(&text).ok().or_else(|| zone_of_city(&text)).ok_or_else(unknown)?;
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

    /// A number of candidates.
    ///
    /// # Errors
    /// Says what would be right.
    pub fn parse_ask_again(text: &str) -> Result<i32, ValueError> {
        let number = text.trim().parse().ok().filter(|number| Self::ASK_AGAIN.contains(number));
        number
            .ok_or(ValueError::Other("Enter a whole number from 0 to 10000; 0 always asks for confirmation."))
    }

    /// The address of a page: nothing, or one that begins with `https://` or `http://`.
    ///
    /// # Errors
    /// Says what would be right.
    pub fn parse_privacy_url(text: &str) -> Result<String, ValueError> {
        let text = line(text, 500)?;
        let is_page = |text: &str| {
            url::Url::parse(text).is_ok_and(|url| ["https", "http"].contains(&url.scheme()) && url.has_host())
        };
        if text.is_empty() || is_page(&text) {
            return Ok(text);
        }
        Err(ValueError::Other("Enter the full address of a page, such as https://example.com/privacy."))
    }

    /// A line for candidates about recipients and the legal basis.
    ///
    /// # Errors
    /// Says what would be right.
    pub fn parse_data_notice(text: &str) -> Result<String, ValueError> {
        line(text, 600)
    }

    /// A number of tasks that do not count.
    ///
    /// # Errors
    /// Says what would be right.
    pub fn parse_pilot_tasks(text: &str) -> Result<PilotTasks, ValueError> {
        let count = text.trim().parse::<u8>().ok().and_then(|count| count.try_into().ok());
        count.ok_or(ValueError::Other("Enter a whole number from 0 to 3; 0 leaves them out."))
    }

    /// Which questionnaire.
    ///
    /// # Errors
    /// Says what would be right.
    pub fn parse_questionnaire(word: &str) -> Result<Questionnaire, ValueError> {
        Questionnaire::parse(word).ok_or(ValueError::Other("Choose a questionnaire."))
    }

    /// With whom answers are compared.
    ///
    /// # Errors
    /// Says what would be right.
    pub fn parse_norm_group(word: &str) -> Result<NormGroup, ValueError> {
        NormGroup::parse(word).ok_or(ValueError::Other("Choose who to compare with."))
    }

    /// Which tests.
    ///
    /// # Errors
    /// Says what would be right.
    pub fn parse_tests(word: &str) -> Result<Tests, ValueError> {
        Tests::parse(word).ok_or(ValueError::Other("Choose at least one test."))
    }
}

/// Makes a company.
pub fn found_company(conn: &mut Conn, actor: &Actor, settings: &CompanySettings) -> DbResult<Company> {
    let company = Company {
        id: CompanyId::new(),
        name: settings.name.to_string(),
        support_contact: settings.support_contact.clone(),
        time_zone: settings.time_zone.clone(),
        retention_months: settings.retention_months,
        created_at: Timestamp::now(),
        default_tests: settings.default_tests,
        ask_again_above: settings.ask_again_above,
        privacy_url: settings.privacy_url.clone(),
        data_notice: settings.data_notice.clone(),
        questionnaire: settings.questionnaire,
        norm_group: settings.norm_group,
        counts_groups: i32::from(settings.counts_groups),
        pilot_tasks: u8::from(settings.pilot_tasks).into(),
    };
    store::insert_company(conn, &company)?;
    let detail = audit::founded(conn, &company.id)?;
    audit::record(conn, &company.id, actor, audit::Action::CompanyCreated, &company.name, &detail)?;
    Ok(company)
}

/// Changes a company's settings. `false`: they were so already, and nothing is logged.
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
        default_tests: settings.default_tests,
        ask_again_above: settings.ask_again_above,
        privacy_url: settings.privacy_url.clone(),
        data_notice: settings.data_notice.clone(),
        questionnaire: settings.questionnaire,
        norm_group: settings.norm_group,
        counts_groups: i32::from(settings.counts_groups),
        pilot_tasks: u8::from(settings.pilot_tasks).into(),
        ..old.clone()
    };
    let changes = changes(&old, &new);
    if changes.is_empty() {
        return Ok(false);
    }
    store::update_company(conn, &new)?;
    audit::record(
        conn,
        company,
        actor,
        audit::Action::CompanyConfigured,
        &new.name,
        &Value::Object(changes),
    )?;
    Ok(true)
}

/// What differs, each with its value before and after.
fn changes(old: &Company, new: &Company) -> Map<String, Value> {
    [
        ("name", json!(old.name), json!(new.name)),
        ("support_contact", json!(old.support_contact), json!(new.support_contact)),
        ("time_zone", json!(old.time_zone), json!(new.time_zone)),
        ("retention_months", json!(old.retention_months), json!(new.retention_months)),
        ("default_tests", json!(old.default_tests.as_str()), json!(new.default_tests.as_str())),
        ("ask_again_above", json!(old.ask_again_above), json!(new.ask_again_above)),
        ("privacy_url", json!(old.privacy_url), json!(new.privacy_url)),
        ("data_notice", json!(old.data_notice), json!(new.data_notice)),
        ("questionnaire", json!(old.questionnaire.as_str()), json!(new.questionnaire.as_str())),
        ("norm_group", json!(old.norm_group.as_str()), json!(new.norm_group.as_str())),
        ("counts_groups", json!(old.does_count_groups()), json!(new.does_count_groups())),
        ("pilot_tasks", json!(old.pilot_tasks), json!(new.pilot_tasks)),
    ]
    .into_iter()
    .filter(|(_, before, after)| before != after)
    .map(|(field, before, after)| (field.to_owned(), json!({ "from": before, "to": after })))
    .collect()
}

/// The zone that is named after a city, as people write the city. Regions that only repeat others are left out.
fn zone_of_city(city: &str) -> Option<jiff::tz::TimeZone> {
    const REGIONS: [&str; 10] = [
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    ];
    let city = city.replace(' ', "_");
    let names = jiff::tz::db().available().map(|name| name.to_string());
    let found = names.filter(|name| {
        let parts = name.rsplit_once('/');
        parts.is_some_and(|(region, last)| {
            last.eq_ignore_ascii_case(&city)
                && REGIONS.contains(&region.split('/').next().unwrap_or_default())
        })
    });
    let name = found.min()?;
    jiff::tz::TimeZone::get(&name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_zones_are_known_by_their_own_spelling() {
        assert_eq!(CompanySettings::parse_time_zone(" europe/stockholm "), Ok("Europe/Stockholm".into()));
        assert_eq!(CompanySettings::parse_time_zone("Stockholm"), Ok("Europe/Stockholm".into()));
        assert_eq!(CompanySettings::parse_time_zone("new york"), Ok("America/New_York".into()));
        assert_eq!(CompanySettings::parse_time_zone("UTC"), Ok("UTC".into()));
        assert!(CompanySettings::parse_time_zone("Atlantis").is_err());
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
