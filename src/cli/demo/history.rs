//! `demo --with-history`: a week of a company that uses the portal, made through the doors that people, candidates and
//! Lever use. Each day has the same events on every machine; only their dates follow the calendar.

use super::candidate;
use super::visitor::{Visitor, stopped};
use super::world::World;
use crate::cli::CliError;
use crate::clock;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// How long the history is.
const DAYS: i64 = 7;

const DAY_MS: i64 = 86_400_000;
const HOUR_MS: i64 = 3_600_000;

const ADMIN: &str = "admin@alva.example";
const AUDITOR: &str = "auditor@alva.example";

/// Where candidates are invited, and where they go on to.
const TRIGGER: &str = "Assessment";
const GOAL: &str = "Phone interview";

/// Something that happens.
#[derive(Clone, Copy)]
enum Act {
    /// Somebody applies and is moved to the trigger stage.
    Move(&'static str),
    /// The same for somebody who came in another way.
    MoveFrom(&'static str, &'static str),
    /// The same for somebody of whom Lever has no address.
    MoveWithoutAddress(&'static str),
    /// Somebody takes the tests.
    Test(&'static str),
    /// Somebody declines.
    Withdraw(&'static str),
    Hire(&'static str),
    Archive(&'static str),
    /// Lever does not answer for a moment.
    Outage,
    /// Many are moved together; an admin looks and sends their invitations.
    MassMove,
    /// An admin adds a rule for a posting.
    Rule,
    /// An admin presses **Sync now**.
    Sync,
    /// An auditor looks at the logs.
    Audit,
}

use Act::{
    Archive, Audit, Hire, MassMove, Move, MoveFrom, MoveWithoutAddress, Outage, Rule, Sync, Test, Withdraw,
};

/// What happens: how many days ago, at which hour UTC, what.
const STORY: [(i64, i64, &[Act]); 17] = [
    (7, 10, &[Move("Amara Okafor"), Move("Jonas Lind")]),
    (7, 14, &[Move("Mei Tanaka"), Test("Amara Okafor")]),
    (6, 9, &[Move("Luca Moretti"), MoveFrom("Priya Raman", "agency")]),
    (6, 13, &[Test("Jonas Lind"), Move("Sofia Marques")]),
    (5, 8, &[Outage, Move("Henrik Dahl"), MoveFrom("Nora Weiss", "referred")]),
    (5, 15, &[Test("Mei Tanaka"), MoveWithoutAddress("Theo Laurent"), Sync]),
    (4, 10, &[Test("Sofia Marques"), Withdraw("Luca Moretti")]),
    (4, 16, &[Rule, Move("Ingrid Berg")]),
    (3, 9, &[MassMove]),
    (3, 14, &[Test("Henrik Dahl"), Test("Ewa Nowak")]),
    (2, 10, &[Hire("Amara Okafor"), Archive("Jonas Lind"), Test("Omar Haddad")]),
    (2, 15, &[Move("Tuva Strand"), Test("Nora Weiss"), Audit]),
    (1, 9, &[Move("Samuel Adeyemi"), Move("Klara Novak")]),
    (1, 14, &[Test("Ingrid Berg"), Test("Rosa Delgado")]),
    (1, 17, &[Test("Tuva Strand")]),
    (0, 7, &[Move("Anton Sjöberg"), Test("Samuel Adeyemi")]),
    (0, 9, &[Move("Leila Farouk")]),
];

/// Those who are moved together.
const CROWD: [&str; 12] = [
    "Ewa Nowak",
    "Omar Haddad",
    "Rosa Delgado",
    "Pavel Dvořák",
    "Hanna Koskinen",
    "Diego Fuentes",
    "Aisha Bello",
    "Marek Zieliński",
    "Chloé Bernard",
    "Jin-ho Park",
    "Fatima Zahra",
    "Erik Lund",
];

/// Turns the clock back to where the history begins. Before anything is made: ids are in the order of time.
pub(super) fn turn_back() {
    let present = clock::machine_ms();
    clock::set_behind(present - begins_at(present));
}

/// At eight in the morning, UTC.
fn begins_at(present: i64) -> i64 {
    present - present.rem_euclid(DAY_MS) - DAYS * DAY_MS + 8 * HOUR_MS
}

/// Lives the week through, up to the present.
///
/// # Errors
/// Says where it stopped.
pub(super) async fn make(world: &mut World) -> Result<(), CliError> {
    let present = clock::machine_ms();
    let begin = begins_at(present);
    let at = |days: i64, hours: i64| begin + (DAYS - days) * DAY_MS + (hours - 8) * HOUR_MS;
    world.go_to(begin).await?;
    world.control(Method::POST, "reset", json!({})).await?;
    world.control(Method::POST, "limits", json!({ "enabled": false })).await?;
    let mut story = Story::begin(world).await?;
    for (days, hours, acts) in STORY {
        // What is still to come today has not happened yet.
        if at(days, hours) + HOUR_MS > present {
            break;
        }
        story.world.go_to(at(days, hours)).await?;
        for act in acts {
            story.happens(*act).await?;
            story.world.settle().await?;
            story.world.pass(Duration::from_secs(7 * 60)).await?;
        }
    }
    story.world.control(Method::POST, "limits", json!({ "enabled": true })).await?;
    story.world.control(Method::DELETE, "requests", Value::Null).await?;
    world.come_to_the_present().await?;
    world.settle().await
}

struct Story<'w> {
    world: &'w mut World,
    /// The address of the integration's page.
    page: String,
    /// Postings that everybody may see: Lever's id and the title.
    postings: Vec<(String, String)>,
    /// Lever's ids of the stage that invites, and of the one where candidates go on to.
    trigger: String,
    goal: String,
    /// Name and Lever's id of everybody so far.
    people: Vec<(&'static str, String)>,
}

impl<'w> Story<'w> {
    /// An admin connects Lever and sets it up.
    async fn begin(world: &'w mut World) -> Result<Self, CliError> {
        let account = world.control(Method::GET, "", Value::Null).await?;
        let named = |list: &str, name: &str| {
            let all = account[list].as_array()?;
            Some(all.iter().find(|one| one["text"] == name)?["id"].as_str()?.to_owned())
        };
        let stage = |name: &str| {
            named("stages", name).ok_or_else(|| stopped("the sandbox's stages", &format!("no {name}")))
        };
        let (trigger, goal) = (stage(TRIGGER)?, stage(GOAL)?);
        let open = |one: &&Value| one["confidential"] != true && one["state"] == "published";
        let postings = account["postings"].as_array().into_iter().flatten().filter(open);
        let text = |one: &Value, field: &str| one[field].as_str().map(str::to_owned);
        let postings = postings.filter_map(|one| Some((text(one, "id")?, text(one, "text")?))).collect();
        let admin = world.signed_in(ADMIN).await?;
        let page = connect(world, &admin).await?;
        let set_up = admin.get(&page).await?;
        admin
            .submit_to(&set_up, &format!("{page}/webhooks"), r#"name="trigger_stage""#, &[])
            .await?
            .leads()?;
        let form = admin.get(&page).await?;
        let fields = [
            ("trigger_stage", trigger.as_str()),
            ("progression_stage", &goal),
            ("blocked_origins", "agency"),
            ("candidate_tag", "Alva: Invite"),
        ];
        world.save(&admin, &form, r#"name="trigger_stage""#, &fields).await?;
        world.settle().await?;
        Ok(Self { world, page, postings, trigger, goal, people: Vec::new() })
    }

    async fn happens(&mut self, act: Act) -> Result<(), CliError> {
        match act {
            Move(name) => self.applies(name, "applied").await,
            MoveFrom(name, origin) => self.applies(name, origin).await,
            MoveWithoutAddress(name) => {
                let id = self.added(name, "applied", &[], self.people.len()).await?;
                self.moved(&id).await
            }
            Test(name) => {
                let link = self.link_of(name).await?;
                candidate::takes_the_tests(self.world, &link, name).await
            }
            Withdraw(name) => {
                let link = self.link_of(name).await?;
                candidate::withdraws(self.world, &link).await
            }
            Hire(name) => self.in_lever(name, "hire").await,
            Archive(name) => self.in_lever(name, "archive").await,
            Outage => {
                let fault = json!({"target": "api", "kind": "status", "status": 503, "match": "/v1/opportunities/*", "next": 1});
                self.world.control(Method::POST, "faults", fault).await.map(drop)
            }
            MassMove => self.mass_move().await,
            Rule => self.rule().await,
            Sync => {
                let admin = self.world.signed_in(ADMIN).await?;
                let page = admin.get(&format!("{}/reconciliations", self.page)).await?;
                admin.submit(&page, "Sync now", &[]).await?.leads().map(drop)
            }
            Audit => {
                let auditor = self.world.signed_in(AUDITOR).await?;
                for path in ["/events", "/events.csv", "/audit", "/candidates"] {
                    auditor.get(path).await?;
                }
                Ok(())
            }
        }
    }

    async fn applies(&mut self, name: &'static str, origin: &str) -> Result<(), CliError> {
        let id = self.added(name, origin, &[address_of(name)], self.people.len()).await?;
        self.moved(&id).await
    }

    /// Adds somebody in Lever, who applied for a posting; after the last one follows the first.
    async fn added(
        &mut self,
        name: &'static str,
        origin: &str,
        emails: &[String],
        posting: usize,
    ) -> Result<String, CliError> {
        let posting = self.postings.get(posting % self.postings.len().max(1));
        let posting = posting.map(|(_, title)| title);
        let body = json!({
            "name": name, "emails": emails, "origin": origin, "stage": "New applicant", "posting": posting,
        });
        let made = self.world.control(Method::POST, "opportunities", body).await?;
        let made = if made.is_array() { &made[0] } else { &made };
        let id = made["id"].as_str().ok_or_else(|| stopped(name, &"Lever has no such candidate"))?.to_owned();
        self.people.push((name, id.clone()));
        // The application is dealt with before anybody looks at it.
        self.world.settle().await?;
        self.world.pass(Duration::from_secs(11 * 60)).await?;
        Ok(id)
    }

    async fn moved(&self, id: &str) -> Result<(), CliError> {
        let path = format!("opportunities/{id}/move");
        self.world.control(Method::POST, &path, json!({ "stage": TRIGGER })).await.map(drop)
    }

    async fn in_lever(&self, name: &str, what: &str) -> Result<(), CliError> {
        let id = self.people.iter().find(|(known, _)| *known == name).map(|(_, id)| id.as_str());
        let path = format!("opportunities/{}/{what}", id.unwrap_or_default());
        self.world.control(Method::POST, &path, json!({})).await.map(drop)
    }

    /// The link in the mail that somebody got last.
    async fn link_of(&self, name: &str) -> Result<String, CliError> {
        let mails = self.world.control(Method::GET, "mail", Value::Null).await?;
        let address = address_of(name);
        let theirs =
            mails.as_array().into_iter().flatten().rfind(|mail| mail["to"].to_string().contains(&address));
        let links = theirs.and_then(|mail| mail["links"].as_array());
        let link =
            links.into_iter().flatten().filter_map(Value::as_str).find(|link| link.contains("/assessment/"));
        link.map(str::to_owned).ok_or_else(|| stopped(name, &"no invitation was mailed"))
    }

    async fn mass_move(&mut self) -> Result<(), CliError> {
        let mut ids = Vec::new();
        for name in CROWD {
            // A posting that invites nobody for applying: all of them wait for the move.
            ids.push(self.added(name, "applied", &[address_of(name)], 0).await?);
        }
        for id in &ids {
            self.moved(id).await?;
        }
        self.world.settle().await?;
        self.world.pass(Duration::from_secs(2 * 60)).await?;
        let admin = self.world.signed_in(ADMIN).await?;
        let page = admin.get("/candidates").await?;
        admin.submit(&page, "/send\"", &[]).await?.leads().map(drop)
    }

    async fn rule(&mut self) -> Result<(), CliError> {
        let admin = self.world.signed_in(ADMIN).await?;
        let form = admin.get(&format!("{}/rules/new", self.page)).await?;
        let last = self.postings.last().map(|(id, _)| format!("posting:{id}")).unwrap_or_default();
        let fields = [
            ("postings", last.as_str()),
            ("tests", "personality"),
            ("trigger_stage", &self.trigger),
            ("progression_stage", &self.goal),
        ];
        self.world.save(&admin, &form, r#"name="postings""#, &fields).await
    }
}

/// `amara.okafor@people.example`.
fn address_of(name: &str) -> String {
    let plain = |c: char| match c {
        'é' => 'e',
        'ö' => 'o',
        'á' => 'a',
        'ř' => 'r',
        'ń' => 'n',
        ' ' => '.',
        c => c.to_ascii_lowercase(),
    };
    format!("{}@people.example", name.chars().map(plain).collect::<String>())
}

/// Through **Grant Access**, Lever's log-in and consent, and back; answers the address of the integration's page.
async fn connect(world: &World, admin: &Visitor) -> Result<String, CliError> {
    let page = admin.get("/settings/integrations/add/lever").await?;
    let to_lever =
        admin.submit(&page, "/settings/integrations/lever/grant", &[("environment", "custom")]).await?;
    let lever = Visitor::new(&world.lever)?;
    let mut page = lever.get(to_lever.leads()?).await?;
    if let Some(log_in) = page.location.clone() {
        page = lever.get(&log_in).await?;
    }
    let (email, password) = &world.consents;
    let fields = [("email", email.as_str()), ("password", password)];
    let consent = lever.submit(&page, r#"name="password""#, &fields).await?;
    let consent = lever.get(consent.leads()?).await?;
    let accepted = lever.submit(&consent, r#"name="decision""#, &[("decision", "accept")]).await?;
    let done = admin.get(accepted.leads()?).await?;
    let path = done.leads()?.split(['?', '#']).next().unwrap_or_default();
    Ok(path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_story_is_in_order_and_knows_its_people() {
        let mut known: BTreeSet<&str> = BTreeSet::new();
        let mut last = (DAYS + 1, 0);
        for (days, hours, acts) in STORY {
            assert!(days < last.0 || (days == last.0 && hours > last.1), "{days} days ago, {hours}:00");
            last = (days, hours);
            for act in acts {
                match *act {
                    Move(name) | MoveFrom(name, _) | MoveWithoutAddress(name) => {
                        assert!(known.insert(name), "{name} comes twice");
                    }
                    MassMove => known.extend(CROWD),
                    Test(name) | Withdraw(name) | Hire(name) | Archive(name) => {
                        assert!(known.contains(name), "{name} is not there yet");
                    }
                    Outage | Rule | Sync | Audit => {}
                }
            }
        }
        let addresses: BTreeSet<String> = known.iter().map(|name| address_of(name)).collect();
        assert_eq!(addresses.len(), known.len());
        assert!(addresses.iter().all(|address| address.is_ascii()), "{addresses:?}");
    }
}
