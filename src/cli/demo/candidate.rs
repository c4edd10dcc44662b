//! A candidate of the demo's history: opens the link in the mail and takes the tests, or declines.

use super::visitor::{Page, Visitor, attribute};
use super::world::World;
use crate::cli::CliError;
use assessment::personality::Statement;
use std::time::Duration;

/// More pages than both tests have.
const MOST_PAGES: usize = 120;

/// The forms of a candidate's way, by the end of their address.
const FORMS: [&str; 5] = ["/begin", "/clock", "/practice", "/answer", "/statements"];

/// How long a page takes them.
const PER_PAGE: Duration = Duration::from_secs(24);

/// Takes the tests from the link in the mail to the end.
pub(super) async fn takes_the_tests(world: &mut World, link: &str, name: &str) -> Result<(), CliError> {
    let candidate = Visitor::new(&world.portal)?;
    let mut page = candidate.get(link).await?;
    let path = page.url.path().to_owned();
    candidate.submit(&page, &mark(&path, "/opened"), &[]).await?;
    for number in 0..MOST_PAGES {
        let form = FORMS.into_iter().find(|form| page.html.contains(&mark(&path, form)));
        let Some(form) = form else { break };
        world.pass(PER_PAGE).await?;
        let given = answers(&page, form, name, number);
        let given: Vec<(&str, &str)> =
            given.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        candidate.submit(&page, &mark(&path, form), &given).await?;
        page = candidate.get(&path).await?;
    }
    Ok(())
}

/// Opens the link, and declines.
pub(super) async fn withdraws(world: &World, link: &str) -> Result<(), CliError> {
    let candidate = Visitor::new(&world.portal)?;
    let page = candidate.get(link).await?;
    let path = page.url.path().to_owned();
    candidate.submit(&page, &mark(&path, "/opened"), &[]).await?;
    let asked = candidate.get(&format!("{path}/withdraw")).await?;
    candidate.submit(&asked, &mark(&path, "/withdraw"), &[]).await.map(drop)
}

/// What stands in the form with this address.
fn mark(path: &str, end: &str) -> String {
    format!("action=\"{path}{end}\"")
}

/// What they answer on a page.
fn answers(page: &Page, form: &str, name: &str, number: usize) -> Vec<(String, String)> {
    let one = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    match form {
        "/begin" => one("form", "figures"),
        "/answer" => one("choice", &(mix(name, number) % 4).to_string()),
        "/statements" => statements(page).map(|n| (format!("s{n}"), opinion(name, n).to_string())).collect(),
        _ => Vec::new(),
    }
}

/// The numbers of the statements on a page.
fn statements(page: &Page) -> impl Iterator<Item = u8> {
    let inputs = page.html.split("<input").skip(1).filter_map(|rest| rest.split('>').next());
    let firsts = inputs.filter(|input| input.contains(r#"value="1""#));
    firsts.filter_map(|input| attribute(input, "name")?.strip_prefix('s')?.parse().ok())
}

/// From 1 to 5: what they think of a statement. It follows what they are like, so that the answers fit together.
fn opinion(name: &str, number: u8) -> usize {
    let statement = Statement::all().find(|one| one.number() == number);
    let facet = statement.map(|one| format!("{:?}", one.facet())).unwrap_or_default();
    let level = 2 + mix(&format!("{name}{facet}"), 0) % 3 + mix(name, usize::from(number)) % 2;
    if statement.is_some_and(Statement::reversed) { 6 - level.min(5) } else { level.min(5) }
}

/// A number that is the same for the same person and place on every machine.
fn mix(text: &str, number: usize) -> usize {
    let seed = 7 + number * 131;
    text.bytes().fold(seed, |sum, byte| (sum * 31 + usize::from(byte)) % 1_000_003) / 7
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opinions_are_on_the_scale_and_fit_together() {
        for statement in Statement::all() {
            for name in ["Amara Okafor", "Jonas Lind", "Mei Tanaka"] {
                let given = opinion(name, statement.number());
                assert!((1..=5).contains(&given), "{name}: {given}");
                assert_eq!(given, opinion(name, statement.number()));
            }
        }
    }
}
