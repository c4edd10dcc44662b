//! The preview, "why", a reconciliation and the worker decide alike: a table of situations, and what each of the four
//! says of every one.

use super::*;
use crate::support::on_both_databases;
use alva_portal::integrations::signing::tokens;
use alva_portal::integrations::{lever_webhooks, store};
use alva_portal::time::Timestamp;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::ExposeSecret as _;
use sha2::Sha256;

/// Somebody in Lever, and what is said of them.
struct Situation {
    name: &'static str,
    /// What the sandbox makes.
    made: Value,
    /// What is done in Lever afterwards.
    then: &'static str,
    /// The event that Lever would send.
    kind: &'static str,
    /// The outcome of that event.
    outcome: &'static str,
    /// What "why" says.
    why: &'static str,
    shown: Shown,
}

/// How a preview, which looks at the trigger stage and at the candidate tag, shows somebody.
#[derive(PartialEq)]
enum Shown {
    Invited,
    /// As not invited, for the reason that "why" gives.
    Refused,
    /// In neither list of Lever's.
    Absent,
}

/// The postings that the table names.
struct Jobs {
    plain: String,
    screening: String,
    confidential: String,
    without_tests: String,
}

fn table(jobs: &Jobs) -> Vec<Situation> {
    let row = |name, made, outcome, why, shown| {
        let (then, kind) = ("", "candidateStageChange");
        Situation { name, made, then, kind, outcome, why, shown }
    };
    let applied = |row| Situation { kind: "applicationCreated", ..row };
    use Shown::{Absent, Invited, Refused};
    vec![
        row(
            "Staged",
            json!({"stage": "Assessment", "posting": jobs.plain}),
            "invited",
            "is in the trigger stage",
            Invited,
        ),
        row("Tagged", json!({"tags": ["Alva: Invite"]}), "invited", "was given the tag", Invited),
        row(
            "Wished",
            json!({"tags": ["Alva: Invite"], "origin": "agency"}),
            "invited",
            "was given the tag",
            Invited,
        ),
        applied(row(
            "Screened",
            json!({"posting": jobs.screening}),
            "invited",
            "applied to a posting with the tag",
            Absent,
        )),
        row("Elsewhere", json!({"posting": jobs.plain}), "nothing_to_do", "the trigger stage is", Absent),
        row(
            "Postingless",
            json!({"posting": jobs.without_tests, "stage": "Assessment"}),
            "posting_without_tests",
            "belongs to a posting without tests",
            Refused,
        ),
        row(
            "Discreet",
            json!({"posting": jobs.confidential, "stage": "Assessment"}),
            "confidential",
            "it is confidential",
            Absent,
        ),
        row(
            "Secret",
            json!({"stage": "Assessment", "confidential": true}),
            "confidential",
            "it is confidential",
            Absent,
        ),
        row(
            "Archived",
            json!({"stage": "Assessment", "archived": "Underqualified"}),
            "archived",
            "is archived in Lever",
            Absent,
        ),
        Situation {
            then: "anonymize",
            ..row("Nameless", json!({"stage": "Assessment"}), "anonymized", "was anonymised", Refused)
        },
        row(
            "Blocked",
            json!({"stage": "Assessment", "origin": "agency"}),
            "origin_blocked",
            "has the origin “agency”",
            Refused,
        ),
        row(
            "Unreachable",
            json!({"stage": "Assessment", "emails": []}),
            "no_email",
            "has no email address",
            Refused,
        ),
        applied(row(
            "Prospect",
            json!({"stage": "New lead", "posting": jobs.screening}),
            "lead",
            "is a lead",
            Absent,
        )),
    ]
}

impl Ruled {
    /// The postings of the table; the last has a rule that nobody is invited for it.
    async fn jobs(&self) -> Jobs {
        let with = |tag: &str| {
            self.postings
                .iter()
                .find(|(.., tags)| tags.iter().any(|there| there == tag))
                .expect(tag)
                .0
                .clone()
        };
        let mut plain =
            self.postings.iter().filter(|(.., tags)| !tags.iter().any(|tag| tag == "Alva: Screening"));
        let (plain, without_tests) = (plain.next().unwrap().0.clone(), plain.next().unwrap().0.clone());
        self.added(&[("postings", &format!("posting:{without_tests}")), ("tests", "none")]).await;
        let all = self.api(Method::GET, "postings?confidentiality=all", Value::Null).await;
        let confidential = all["data"]
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["confidentiality"] == "confidential" && row["state"] == "published");
        let confidential = confidential.expect("a confidential posting")["id"].as_str().unwrap().to_owned();
        Jobs { plain, screening: with("Alva: Screening"), confidential, without_tests }
    }

    /// What the form, as it is saved, would do: whom it would invite, and for what reasons not.
    async fn previewed(&self) -> String {
        let form = self.admin.get(&self.settings()).await;
        let (_, filled) = form.form("Preview who is invited");
        let filled: Vec<(&str, &str)> =
            filled.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.admin.post(&format!("{}/preview", self.page()), &filled).await.text("#preview")
    }

    async fn why(&self, person: &Value) -> String {
        let path = format!("/candidates/why?q={}", person["id"].as_str().unwrap());
        self.admin.get(&path).await.text("main")
    }

    /// Lever sends an event, signed with the token of the webhook for events of this kind.
    async fn event(&self, kind: &str, person: &Value) {
        // As a delivery that Lever sent again: what Lever shows now is final.
        let (at, token) = (Timestamp::now().0 - 1_200_000, alva_portal::secrets::random_text(12));
        let (id, of_kind) = (self.integration, kind.to_owned());
        let (account, made, tokens) = (self.portal.running.db)
            .read(move |conn| {
                let made = lever_webhooks::made(conn, &id)?.into_iter().find(|made| made.kind == of_kind);
                Ok((store::get(conn, &id)?, made.unwrap(), tokens::valid(conn, &id)?))
            })
            .await
            .unwrap();
        let key = tokens
            .iter()
            .find(|token| token.id == made.signing_token_id)
            .unwrap()
            .open(&self.portal.sealer())
            .unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes()).unwrap();
        mac.update(format!("{token}{at}").as_bytes());
        let body = json!({
            "event": kind, "triggeredAt": at, "token": token,
            "signature": hex::encode(mac.finalize().into_bytes()),
            "data": {"opportunityId": person["id"], "contactId": person["contact"]},
        });
        let url = self.portal.running.url.join(&account.webhook_path()).unwrap();
        assert_eq!(
            reqwest::Client::new().post(url).json(&body).send().await.unwrap().status(),
            StatusCode::OK
        );
    }

    /// The outcome of the newest event of somebody, once all are processed; none without an event.
    async fn outcome(&self, person: &Value) -> Option<String> {
        let all = self.settled().await;
        let of_them = all.iter().rfind(|event| event.opportunity_id.as_deref() == person["id"].as_str());
        of_them.map(|event| event.outcome.to_string())
    }
}

on_both_databases!(Ruled::start => preview_why_reconciliation_and_worker_decide_alike);
async fn preview_why_reconciliation_and_worker_decide_alike(ruled: Ruled) {
    let jobs = ruled.jobs().await;
    let form = ruled.admin.get(&ruled.settings()).await;
    ruled
        .admin
        .press_and_agree(&form, "Save", &[("blocked_origins", "agency")])
        .await
        .leads_to(&ruled.settings());
    let table = table(&jobs);
    let mut people = Vec::new();
    for situation in &table {
        let person = ruled.applicant(situation.name, situation.made.clone()).await;
        if !situation.then.is_empty() {
            let path = format!("opportunities/{}/{}", person["id"].as_str().unwrap(), situation.then);
            ruled.control(Method::POST, &path, json!({})).await;
        }
        people.push(person);
    }

    let preview = ruled.previewed().await;
    for (situation, person) in table.iter().zip(&people) {
        let Situation { name, why, shown, .. } = situation;
        assert_eq!(preview.contains(name), *shown == Shown::Invited, "preview of {name}: {preview}");
        assert!(*shown != Shown::Refused || preview.contains(why), "preview of {name}: {preview}");
        let said = ruled.why(person).await;
        assert!(said.contains(why), "why {name}: {said}");
        assert_eq!(ruled.outcome(person).await, None, "nobody told of {name}");
    }

    let report = ruled.sync().await.text("table");
    for (situation, person) in table.iter().zip(&people) {
        let Situation { name, outcome, .. } = situation;
        let is_invited = *outcome == "invited";
        assert_eq!(report.contains(name), is_invited, "reconciliation of {name}: {report}");
        let found = ruled.outcome(person).await;
        assert_eq!(
            found.as_deref(),
            is_invited.then_some("invited"),
            "the worker, of what was found of {name}"
        );
    }

    for (situation, person) in table.iter().zip(&people) {
        let Situation { name, kind, outcome, .. } = situation;
        ruled.event(kind, person).await;
        let expected = if *outcome == "invited" { "already_invited" } else { outcome };
        assert_eq!(
            ruled.outcome(person).await.as_deref(),
            Some(expected),
            "the worker, of an event of {name}"
        );
        assert_eq!(ruled.invitations(person).await.len(), usize::from(*outcome == "invited"), "{name}");
    }
}

on_both_databases!(Ruled::start => a_person_who_takes_the_tests_through_another_opportunity_is_left_alone_by_all_four);
async fn a_person_who_takes_the_tests_through_another_opportunity_is_left_alone_by_all_four(ruled: Ruled) {
    let jobs = ruled.jobs().await;
    let made = json!({"stage": "Assessment", "posting": jobs.plain});
    let first = ruled.applicant("Original", made.clone()).await;
    ruled.event("candidateStageChange", &first).await;
    ruled.invited(&first).await;
    let mut again = made;
    again["contact"] = first["contact"].clone();
    let second = ruled.applicant("Original", again).await;

    let preview = ruled.previewed().await;
    for reason in ["1 is the same person", "1 was invited for this posting before"] {
        assert!(preview.contains(reason), "{reason}: {preview}");
    }
    assert!(ruled.why(&second).await.contains("is the same person"));
    let report = ruled.sync().await;
    assert!(report.text(".badge").contains("nothing missed"), "{}", report.html);
    assert_eq!(ruled.outcome(&second).await, None);
    ruled.event("candidateStageChange", &second).await;
    assert_eq!(ruled.outcome(&second).await.as_deref(), Some("same_person"));
    assert!(ruled.invitations(&second).await.is_empty());
}
