//! Plays a sequence: does each step, and writes down what happened to whom.

mod acts;

use super::candidate;
use super::client::Gone;
use super::model::{ByHand, Facts, Spell, Standing, Taken};
use super::plan::{Broken, Plan, Posting, Stage, Step};
use super::world::{WISH, World};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::task::JoinHandle;

/// How long a candidate looks for a mail that should be on its way.
const LOOKS_FOR_MAIL: usize = 25;

/// In the report: how often the database was made to refuse somebody.
pub(super) const REFUSED: &str = "database refuses somebody";

/// Somebody in Lever, with all that is known of them without asking the portal.
pub struct Person {
    pub name: String,
    pub email: Option<String>,
    pub opportunity: String,
    /// Tags that are not the portal's.
    pub tags: Vec<String>,
    pub link: Option<String>,
    pub facts: Facts,
}

/// What a sequence did, for the report.
#[derive(Debug, Default, Clone)]
pub struct Tally(pub BTreeMap<String, usize>);

impl Tally {
    pub fn add(&mut self, what: impl Into<String>, times: usize) {
        *self.0.entry(what.into()).or_default() += times;
    }

    pub fn join(&mut self, other: Self) {
        other.0.into_iter().for_each(|(what, times)| self.add(what, times));
    }
}

pub struct Play<'w> {
    pub world: &'w World,
    pub people: Vec<Person>,
    pub tally: Tally,
    /// Access was revoked, and not granted again.
    pub is_revoked: bool,
    /// Why access may have been lost without being revoked.
    pub may_lose_access: bool,
    /// New access tokens were asked for in the middle of it: whoever dies then has lost them.
    is_expired: bool,
    /// Access tokens ended a moment ago: new ones may be on their way.
    is_fresh: bool,
    /// Lever's API did not show what was so.
    pub is_behind: bool,
    /// A kill that is on its way.
    kill: Option<JoinHandle<()>>,
    progression: bool,
}

fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

impl<'w> Play<'w> {
    pub fn of(world: &'w World, plan: &Plan) -> Self {
        Self {
            world,
            people: Vec::new(),
            tally: Tally::default(),
            is_revoked: false,
            may_lose_access: false,
            is_expired: false,
            is_fresh: false,
            is_behind: false,
            kill: None,
            progression: plan.progression,
        }
    }

    /// Does every step, and then everything that a person would do to have peace: faults end, the
    /// portal runs, access is granted, tokens are pasted, and **Sync now** is pressed.
    pub async fn run(&mut self, plan: &Plan) -> Result<(), String> {
        for (step, pause) in &plan.steps {
            tokio::time::sleep(Duration::from_millis(u64::from(*pause))).await;
            self.step(*step).await;
        }
        self.end_faults().await;
        if self.tally.0.contains_key(REFUSED) {
            self.world.refuse_nobody().await;
        }
        self.is_up().await;
        let mut peace = self.peace().await;
        // That access was lost may show only when it is used.
        for _ in 0..2 {
            if peace.is_ok() || !self.may_lose_access || self.world.is_connected().await {
                break;
            }
            peace = self.peace().await;
        }
        peace
    }

    async fn peace(&mut self) -> Result<(), String> {
        self.mend().await?;
        self.world.rest().await?;
        self.world.sync().await?;
        self.world.rest().await
    }

    /// Waits for a kill that is on its way, and the process after it.
    async fn is_up(&mut self) {
        if let Some(kill) = self.kill.take() {
            kill.await.unwrap();
        }
    }

    async fn mend(&mut self) -> Result<(), String> {
        use alva_portal::integrations::State;
        let (state, why) = self.world.account_state().await;
        if state != State::Active && !self.is_revoked && !self.may_lose_access {
            return Err(format!("access was lost for no reason: {why}"));
        }
        if state != State::Active || self.is_revoked {
            self.world.keep_tokens_secret().await;
            self.world.reconnect().await.map_err(|e| format!("reconnecting: {e}"))?;
            self.is_revoked = false;
        }
        self.world.paste().await.map_err(|e| format!("pasting: {e}"))
    }

    async fn step(&mut self, step: Step) {
        match step {
            Step::Enter { posting, stage, internal, email } => {
                self.enter(posting, stage, internal, email).await
            }
            Step::Apply { posting } => self.apply(posting).await,
            Step::Move { who, stage } => {
                let id = self.world.stages[stage.name()].clone();
                self.change(who, "move", json!({ "stage": id }), |at| at.stage = stage).await;
            }
            Step::Tag { who } => {
                let Some(who) = self.alive(who) else { return };
                let tag = format!("own {}", self.people[who].tags.len());
                if self.world.tag(&self.people[who].opportunity, &tag).await.is_ok() {
                    self.people[who].tags.push(tag);
                }
            }
            Step::Wish { who } => {
                let Some(who) = self.alive(who) else { return };
                let from = now();
                // The call may meet a fault after its effect; the tag is there once, however often it is set.
                while self.world.tag(&self.people[who].opportunity, WISH).await.is_err() {}
                self.people[who].tags.push(WISH.to_owned());
                self.spell(who, from, false, |at| at.wished = true);
                self.tally.add("step wish", 1);
            }
            Step::Archive { who } => {
                self.change(who, "archive", json!({}), |at| (at.archived, at.hired) = (true, false)).await;
            }
            Step::Unarchive { who } => {
                self.change(who, "unarchive", json!({}), |at| (at.archived, at.hired) = (false, false)).await;
            }
            Step::Hire { who } => {
                self.change(who, "hire", json!({}), |at| (at.archived, at.hired) = (true, true)).await;
            }
            Step::Delete { who } => self.delete(who).await,
            Step::Anonymize { who } => {
                self.change(who, "anonymize", json!({}), |at| at.anonymized = true).await;
            }
            Step::Confidential { who, on } => {
                self.change(who, "confidential", json!({ "confidential": on }), |at| at.confidential = on)
                    .await;
            }
            Step::Open { who } => self.take_tests(who, candidate::Until::Opened).await,
            Step::Begin { who } => self.take_tests(who, candidate::Until::Begun).await,
            Step::Complete { who } => self.take_tests(who, candidate::Until::Completed).await,
            Step::Rotate { hook } => self.rotate(hook).await,
            Step::Paste => self.done("token pasted", self.world.paste().await),
            Step::Revoke => {
                self.world.control(Method::POST, "revoke", json!({})).await;
                self.is_revoked = true;
                self.tally.add("access revoked", 1);
            }
            Step::Reconnect => self.reconnect().await,
            // Twice at once is no hour: a token that is refused as soon as it is given means that access ended.
            Step::Expire if self.is_fresh => {}
            Step::Expire => {
                self.is_fresh = true;
                self.may_lose_access |= self.kill.is_some();
                self.world.control(Method::POST, "expire", json!({})).await;
                self.is_expired = true;
                self.tally.add("access tokens expired", 1);
            }
            Step::Cancel { who } => self.by_hand(who, true).await,
            Step::Resend { who } => self.by_hand(who, false).await,
            Step::Call { at, broken, times } => {
                self.fault("api", Some(at.pattern()), broken, times).await;
            }
            Step::SignIn { broken, times } => {
                // A refresh token that Lever has given and the portal never got ends the grant.
                self.may_lose_access |= matches!(broken, Broken::CloseAfter | Broken::Truncate);
                self.fault("oauth", Some("/oauth/token"), broken, times).await;
            }
            Step::Delivery { astray, times } => self.deliver_badly(astray, times).await,
            Step::Behind { behind, times } => self.fall_behind(behind, times).await,
            Step::Refuse { who } => self.refuse(who).await,
            Step::Scan { who } => self.scan(who).await,
            Step::Kill { after, down } => self.kill(after, down).await,
            Step::Settle => self.settle().await,
            Step::Sync => self.done("synced", self.world.sync().await),
        }
    }

    fn done(&mut self, what: &str, outcome: Result<(), Gone>) {
        // The portal may be down, or without access: then it is not done.
        self.tally.add(if outcome.is_ok() { what.to_owned() } else { format!("{what}: in vain") }, 1);
    }

    fn alive(&self, who: usize) -> Option<usize> {
        let who = who.checked_rem(self.people.len())?;
        (!self.people[who].facts.spells.last()?.standing.deleted).then_some(who)
    }

    async fn enter(&mut self, posting: Posting, stage: Stage, internal: bool, has_email: bool) {
        let (name, email) = self.somebody(has_email);
        let origin = if internal { "internal" } else { "sourced" };
        let mut body = json!({
            "name": name, "emails": email.iter().collect::<Vec<_>>(), "origin": origin,
            "stage": self.world.stages[stage.name()], "tags": ["own"],
        });
        if let Some(posting) = self.world.posting(posting) {
            body["posting"] = posting["id"].clone();
        }
        let from = now();
        let made = self.world.control(Method::POST, "opportunities", body).await;
        self.add(name, email, &made, posting, stage, internal, from);
    }

    async fn apply(&mut self, posting: Posting) {
        let (name, email) = self.somebody(true);
        let to = self.world.posting(posting).expect("a posting to apply to")["id"].clone();
        let from = now();
        let body = json!({ "posting": to, "name": name, "email": email });
        let made = self.world.control(Method::POST, "apply", body).await;
        self.add(name, email, &made["opportunity"], posting, Stage::New, false, from);
    }

    fn somebody(&self, has_email: bool) -> (String, Option<String>) {
        let n = self.people.len();
        (format!("Candidate Number{n}"), has_email.then(|| format!("number{n}@people.example")))
    }

    #[allow(clippy::too_many_arguments, reason = "each is one fact of the person")]
    fn add(
        &mut self,
        name: String,
        email: Option<String>,
        made: &Value,
        posting: Posting,
        stage: Stage,
        internal: bool,
        from: i64,
    ) {
        let standing = Standing {
            stage,
            wished: false,
            archived: false,
            hired: false,
            anonymized: false,
            // A confidential posting makes its candidates confidential.
            confidential: posting == Posting::Confidential,
            deleted: false,
        };
        self.tally.add("candidates", 1);
        self.people.push(Person {
            name,
            opportunity: made["id"].as_str().unwrap_or_else(|| panic!("an opportunity: {made}")).to_owned(),
            tags: made["tags"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            link: None,
            facts: Facts {
                has_email: email.is_some(),
                origin_is_blocked: internal,
                posting,
                spells: vec![Spell { from, sure: now(), standing, is_put: true }],
                looked: Vec::new(),
                deletion_was_told: false,
                settled: false,
                is_behind: self.is_behind,
                by_hand: ByHand::default(),
                taken: Taken::Not,
                completed_in: None,
                progression: self.progression,
            },
            email,
        });
    }

    /// Waits for rest where there can be any; who is to be invited then, and of whom Lever told, must be.
    async fn settle(&mut self) {
        self.is_up().await;
        if self.is_revoked || self.world.rest_soon().await.is_err() {
            self.tally.add("settled: in vain", 1);
            return;
        }
        self.tally.add("settled", 1);
        self.is_fresh = false;
        let deliveries = self.world.control(Method::GET, "deliveries", Value::Null).await;
        for person in &mut self.people {
            let trigger = person.facts.posting.trigger().map(|stage| &self.world.stages[stage.name()]);
            let since = person.facts.spells.last().unwrap().from;
            let told = |event: &str, stage: Option<&String>| {
                deliveries.as_array().unwrap().iter().any(|delivery| {
                    let data = &delivery["body"]["data"];
                    delivery["event"] == event
                        && data["opportunityId"] == person.opportunity.as_str()
                        && stage.is_none_or(|stage| data["toStageId"] == stage.as_str())
                        && delivery["createdAt"].as_i64().unwrap() >= since
                        && delivery["state"] == "delivered"
                })
            };
            let facts = &person.facts;
            let is_due = (facts.is_in_trigger_now() && told("candidateStageChange", trigger))
                || (facts.is_applicant_all_along() && told("applicationCreated", None));
            // What was final may rest on an answer that was late.
            person.facts.settled |= is_due && !facts.is_behind;
        }
    }
}
