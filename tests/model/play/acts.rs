//! What candidates, colleagues, Lever and the operator do in a sequence.

use super::*;

impl Play<'_> {
    /// Somebody changes something of a candidate in Lever.
    pub(super) async fn change(
        &mut self,
        who: usize,
        what: &str,
        body: Value,
        change: impl FnOnce(&mut Standing),
    ) {
        let Some(who) = self.alive(who) else { return };
        let path = format!("opportunities/{}/{what}", self.people[who].opportunity);
        let from = now();
        self.world.control(Method::POST, &path, body).await;
        self.spell(who, from, what == "move", change);
        self.tally.add(format!("step {what}"), 1);
    }

    pub(super) async fn delete(&mut self, who: usize) {
        let Some(who) = self.alive(who) else { return };
        let path = format!("opportunities/{}", self.people[who].opportunity);
        let from = now();
        self.world.control(Method::DELETE, &path, Value::Null).await;
        self.spell(who, from, false, |at| at.deleted = true);
        self.tally.add("step delete", 1);
    }

    pub(super) fn spell(&mut self, who: usize, from: i64, is_put: bool, change: impl FnOnce(&mut Standing)) {
        let spells = &mut self.people[who].facts.spells;
        let mut standing = spells.last().unwrap().standing.clone();
        change(&mut standing);
        spells.push(Spell { from, sure: now(), standing, is_put });
    }

    /// One of those who are invited, or may be about to be.
    pub(super) fn expected(&self, who: usize) -> Option<usize> {
        let is_expected = |person: &Person| {
            let facts = &person.facts;
            facts.is_in_trigger_now()
                || facts.is_applicant_all_along()
                || facts.is_wished_now()
                || person.link.is_some()
        };
        let all: Vec<usize> = (0..self.people.len()).filter(|who| is_expected(&self.people[*who])).collect();
        who.checked_rem(all.len()).map(|nth| all[nth])
    }

    /// A candidate follows the link in the mail.
    pub(super) async fn take_tests(&mut self, who: usize, until: candidate::Until) {
        let Some(who) = self.expected(who) else { return };
        let Some(email) = self.people[who].email.clone() else { return };
        for _ in 0..if self.is_revoked { 1 } else { LOOKS_FOR_MAIL } {
            self.people[who].link = self.world.link(&email).await;
            if self.people[who].link.is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
        let Some(link) = self.people[who].link.clone() else { return };
        let came = candidate::go(&link, until).await;
        self.took(who, came);
    }

    /// The candidate was seen to come so far.
    pub fn took(&mut self, who: usize, came: Taken) {
        let facts = &mut self.people[who].facts;
        if came == Taken::Completed && facts.completed_in.is_none() {
            facts.completed_in = Some(facts.spells.len() - 1);
            self.tally.add("tests completed", 1);
        }
        facts.taken = facts.taken.max(came);
    }

    /// A colleague cancels an invitation, or sends it again.
    pub(super) async fn by_hand(&mut self, who: usize, is_cancel: bool) {
        let Some(who) = self.expected(who).and_then(|who| self.alive(who)) else { return };
        let Some(outcome) = self.world.by_hand(&self.people[who].opportunity, is_cancel).await else {
            return;
        };
        let by_hand = &mut self.people[who].facts.by_hand;
        by_hand.is_cancelled = is_cancel && outcome.is_ok();
        by_hand.cancelled |= is_cancel;
        by_hand.resent += usize::from(!is_cancel);
        self.done(if is_cancel { "cancelled" } else { "sent again" }, outcome);
    }

    pub(super) async fn rotate(&mut self, hook: Option<usize>) {
        let hooks = self.world.control(Method::GET, "webhooks", Value::Null).await;
        for (n, there) in hooks.as_array().unwrap().iter().enumerate() {
            if hook.is_none_or(|hook| hook == n % 4) {
                let id = there["id"].as_str().unwrap();
                self.world.control(Method::POST, &format!("webhooks/{id}/regenerate"), json!({})).await;
            }
        }
        self.world.control(Method::POST, "regenerate", json!({})).await;
        self.tally.add("tokens rotated", 1);
    }

    pub(super) async fn reconnect(&mut self) {
        let outcome = self.world.reconnect().await;
        self.is_revoked &= outcome.is_err();
        self.done("reconnected", outcome);
    }

    pub(super) async fn kill(&mut self, after: u16, down: u16) {
        self.is_up().await;
        self.may_lose_access |= self.is_expired;
        let portal = self.world.portal.clone();
        self.kill = Some(tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(u64::from(after))).await;
            portal.kill(Duration::from_millis(u64::from(down))).await;
        }));
    }

    /// The database refuses to store somebody until the faults end; one who is stored already stays.
    pub(super) async fn refuse(&mut self, who: usize) {
        let who = who % (self.people.len() + 1);
        self.world.refuse(&format!("Candidate Number{who}"), who).await;
        self.tally.add(REFUSED, 1);
    }

    /// A scanner of the candidate's mail looks at the link, four times, with and without a body.
    pub(super) async fn scan(&mut self, who: usize) {
        let Some(who) = self.expected(who) else { return };
        let Some(email) = self.people[who].email.clone() else { return };
        let Some(link) = self.world.link(&email).await else { return };
        for method in [Method::HEAD, Method::GET, Method::HEAD, Method::GET] {
            // The portal may be down: then the scanner goes its way.
            let _ = reqwest::Client::new().request(method, &link).send().await;
        }
        self.tally.add("links scanned", 1);
    }
}
