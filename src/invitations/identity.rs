//! Who is the same person. Lever's contact says it; an address does so only together with the name, because agencies,
//! families and front desks share theirs.

use super::candidates::{Candidate, address_key, address_of, keep_address};
use crate::db::schema::candidates;
use crate::db::search::name_key;
use crate::db::{Conn, DbResult};
use crate::ids::{CandidateId, IntegrationId};
use diesel::prelude::*;
use lever_client::Opportunity;
use std::collections::BTreeSet;

/// So many different people with one address: it is an agency's or a front desk's, and says nothing about who is who.
const SHARED: usize = 3;

/// Candidates that are looked at for one address.
const AT_ONE_ADDRESS: i64 = 500;

/// Somebody else who has the same address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namesake {
    /// The candidate.
    pub id: CandidateId,
    /// The name in Lever; may be empty.
    pub name: String,
}

/// The people around an address.
#[derive(Debug, Default)]
pub struct People {
    /// The same person as the candidate, the candidate included.
    pub same: Vec<CandidateId>,
    /// Other names or none, with the same address. Empty when the address is shared by many.
    pub others: Vec<Namesake>,
}

/// Everyone in the company who is the same person as this candidate, the candidate included: the same contact in one
/// account, or the same address with the same name.
pub fn same_person(conn: &mut Conn, candidate: &Candidate) -> DbResult<Vec<CandidateId>> {
    Ok(people(conn, candidate)?.same)
}

/// The same person, and those of whom nobody but a colleague can say it.
pub fn people(conn: &mut Conn, candidate: &Candidate) -> DbResult<People> {
    let mut found = People { same: vec![candidate.id], ..People::default() };
    if let Some(contact) = &candidate.contact_id {
        let by_contact: Vec<CandidateId> = candidates::table
            .filter(candidates::integration_id.eq(&candidate.integration_id))
            .filter(candidates::contact_id.eq(contact))
            .select(candidates::id)
            .load(conn)?;
        found.same.extend(by_contact);
    }
    let key = address_key(&candidate.email);
    if !key.is_empty() {
        let by_address: Vec<(CandidateId, String)> = candidates::table
            .filter(candidates::company_id.eq(&candidate.company_id).and(candidates::email_key.eq(key)))
            .order(candidates::id.desc())
            .limit(AT_ONE_ADDRESS)
            .select((candidates::id, candidates::name))
            .load(conn)?;
        // Those who came later change nothing about a question that was asked before.
        let earlier = by_address.iter().filter(|(id, _)| *id <= candidate.id);
        let names: BTreeSet<Vec<String>> = earlier.map(|(_, name)| name_parts(name)).collect();
        for (id, name) in by_address {
            if same_name(&candidate.name, &name) {
                found.same.push(id);
            } else if names.len() < SHARED && !found.same.contains(&id) {
                found.others.push(Namesake { id, name });
            }
        }
    }
    found.same.sort_unstable();
    found.same.dedup();
    Ok(found)
}

/// The name that somebody gave who applied, where it is not the name of Lever's contact: Lever joins whoever applies with an
/// address that it knows to that address's contact, and shows the contact's name. Then the contact says as little about
/// who it is as the address.
pub fn other_name(opportunity: &Opportunity) -> Option<&str> {
    let given = opportunity.application()?.name.as_deref().map(str::trim).filter(|name| !name.is_empty())?;
    let shown = opportunity.name.as_deref().map(str::trim).filter(|name| !name.is_empty())?;
    (name_key(given) != name_key(shown) && !same_name(given, shown)).then_some(given)
}

/// Keeps the contact, the name and the address that Lever shows of those candidates of a page who are stored: where people
/// merge contacts in Lever, its opportunities move to the one that is left, and no webhook says so.
pub fn follow(conn: &mut Conn, integration: &IntegrationId, page: &[Opportunity]) -> DbResult<()> {
    let stored: Vec<Candidate> = candidates::table
        .filter(candidates::integration_id.eq(integration))
        .filter(candidates::opportunity_id.eq_any(page.iter().map(|shown| shown.id.as_str())))
        .select(Candidate::as_select())
        .load(conn)?;
    for known in &stored {
        if let Some(shown) = page.iter().find(|shown| shown.id.as_str() == known.opportunity_id) {
            follow_one(conn, known, shown)?;
        }
    }
    Ok(())
}

fn follow_one(conn: &mut Conn, known: &Candidate, shown: &Opportunity) -> DbResult<()> {
    let Some(contact) = shown.contact_id().filter(|_| !shown.is_anonymized) else { return Ok(()) };
    if known.contact_id.is_none() && other_name(shown).is_some() {
        return Ok(());
    }
    let (name, email) = (shown.name.as_deref().unwrap_or_default().trim(), address_of(shown));
    if (known.name.as_str(), known.email.as_str()) != (name, email.as_str()) {
        keep_address(conn, known, name, &email)?;
    }
    if known.contact_id.as_deref() != Some(contact.as_str()) {
        diesel::update(candidates::table.find(&known.id))
            .set(candidates::contact_id.eq(Some(contact.as_str())))
            .execute(conn)?;
    }
    Ok(())
}

/// Whether two names are one person's: the same words in any order, or one goes on where the other ends (a second family
/// name). What stands between the first and the last word may be another first name, and what joins names makes them two
/// people's: there a colleague is asked. Somebody without a name is nobody's double.
pub fn same_name(one: &str, other: &str) -> bool {
    let (one, other) = (parts_in_order(one), parts_in_order(other));
    if [&one, &other].iter().any(|words| words.is_empty() || words.iter().any(|word| is_joint(word))) {
        return false;
    }
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    if sorted(short.clone()) == sorted(long.clone()) {
        return true;
    }
    let rest = long.get(short.len()..).unwrap_or_default();
    let is_family_name = |word: &String| {
        word.chars().count() > 1 && !short.contains(word) && !OF_ANOTHER.contains(&word.as_str())
    };
    short.len() >= 2 && long.starts_with(&short) && rest.iter().all(is_family_name)
}

/// Joins the names of two people.
fn is_joint(word: &str) -> bool {
    JOINTS.contains(&word)
}

/// Signs and words between the names of two people, in the languages of those who keep such lists. What is also a part of
/// one person's name, such as *y*, is not among them: it counts as every word.
const JOINTS: [&str; 9] = ["&", "+", "/", "|", "and", "und", "och", "og", "et"];

/// What follows on a name and makes it that of a parent, a child or a partner.
const OF_ANOTHER: [&str; 14] =
    ["jr", "sr", "junior", "senior", "jun", "sen", "ii", "iii", "iv", "in", "en", "ja", "mit", "med"];

/// Titles, which some write and others don't.
const TITLES: [&str; 9] = ["dr", "prof", "mr", "mrs", "ms", "phd", "msc", "mba", "mx"];

/// The words of a name in small letters, the first name first where a comma says that it stands behind.
fn parts_in_order(name: &str) -> Vec<String> {
    let name = name_key(name);
    let turned = match name.split_once(',') {
        Some((family, first)) if !first.contains(',') => format!("{first} {family}"),
        _ => name,
    };
    let mut spaced = String::with_capacity(turned.len());
    for c in turned.chars() {
        match c {
            '&' | '+' | '/' | '|' => spaced.extend([' ', c, ' ']),
            c if c.is_alphanumeric() || c == '\'' => spaced.push(c),
            _ => spaced.push(' '),
        }
    }
    spaced.split_whitespace().filter(|word| !TITLES.contains(word)).map(str::to_owned).collect()
}

fn sorted(mut words: Vec<String>) -> Vec<String> {
    words.sort_unstable();
    words.dedup();
    words
}

/// The words of a name, in small letters and in order.
fn name_parts(name: &str) -> Vec<String> {
    sorted(parts_in_order(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_person() {
        for (one, other) in [
            ("Anna Andersson", "anna ANDERSSON"),
            ("Anna Andersson", "Andersson, Anna"),
            ("Anna Andersson Berg", "Anna Andersson"),
            ("José García López", "José García"),
            ("José García López", "López, José García"),
            ("José Ortega y Gasset", "Ortega y Gasset, José"),
            ("Dr. Anna Andersson", "Anna Andersson, PhD"),
            ("Martin King Jr.", "Martin King Jr"),
            ("O\u{2019}Neil, Shaun", "Shaun O'Neil"),
            ("Madonna", "madonna"),
            ("Zoe\u{308} Groß", "ZOË GROSS"),
            ("Ａｎｎａ Ａｎｄｅｒｓｓｏｎ", "Anna Andersson"),
            ("Anna-Lena Berg", "Anna Lena Berg"),
        ] {
            assert!(same_name(one, other) && same_name(other, one), "{one} and {other}");
        }
    }

    #[test]
    fn names_of_two_people() {
        for (one, other) in [
            ("Anna Andersson", "Bertil Bengtsson"),
            ("Anna Andersson", "Bertil Andersson"),
            ("Anna Andersson", "Andersson"),
            ("Anna", "Anna Andersson"),
            ("Anna & Bertil Andersson", "Anna Andersson"),
            ("Anna & Bertil Andersson", "Anna & Bertil Andersson"),
            ("Anna &amp; Bertil Andersson", "Bertil Andersson"),
            ("Anna＆Bertil Andersson", "Anna Andersson"),
            ("Anna+Bertil Andersson", "Anna Andersson"),
            ("Anna/Bertil Andersson", "Anna Andersson"),
            ("Anna Andersson / Bertil Bengtsson", "Anna Andersson"),
            ("Anna och Bertil Andersson", "Anna Andersson"),
            ("Anna Andersson och Bertil", "Anna Andersson"),
            ("Anna und Bertil Andersson", "Andersson, Bertil"),
            ("Mr and Mrs Anna Andersson", "Anna Andersson"),
            ("Anna e Bertil Andersson", "Anna Andersson"),
            ("Anna Andersson y Bertil", "Anna Andersson"),
            ("Anna B Andersson", "Anna Andersson"),
            ("Anna Andersson B", "Anna Andersson"),
            ("Anna Bertil Andersson", "Anna Andersson"),
            ("Andersson, Anna Bertil", "Anna Andersson"),
            ("Anna Andersson Bertil Andersson", "Anna Andersson"),
            ("Anna Andersson, Bertil Bengtsson", "Anna Andersson"),
            ("Martin King Jr", "Martin King"),
            ("Martin King III", "Martin King"),
            ("", ""),
            ("", "Anna"),
            ("-", "."),
        ] {
            assert!(!same_name(one, other) && !same_name(other, one), "{one} and {other}");
        }
    }
}
