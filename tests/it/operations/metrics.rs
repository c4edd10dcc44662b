//! The table of metrics is what `/metrics` prints, and alerts and dashboard ask for nothing else.

use super::{read, yaml};
use crate::process::place::{Account, Place, Process, delivery};
use crate::support::mailbox::take_mail;
use crate::support::portal::PASSWORD;
use crate::support::visitor::Visitor;
use crate::support::wait::{PATIENCE, until};
use alva_portal::db::schema::{integrations, jobs};
use alva_portal::db::{Backend, Conn, DbError};
use alva_portal::job_queue::{self, JobKind, JobState, NewJob};
use alva_portal::time::Timestamp;
use diesel::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// A metric's type and labels.
type Shape = (String, BTreeSet<String>);

/// By name: what stands in the table of the page for operators.
fn documented() -> BTreeMap<String, Shape> {
    let page = read("docs/operations.md");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `alva_"));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [name, kind, labels, meaning, ..] = cells[..] else { panic!("{row}") };
        assert!(!meaning.is_empty(), "{name} has no meaning");
        let labels = labels.split(", ").map(|label| label.trim_matches('`').to_owned());
        let labels = labels.filter(|label| !label.is_empty()).collect();
        (format!("alva_{}", name.trim_matches('`')), (kind.to_owned(), labels))
    })
    .collect()
}

/// By name: what an answer of `/metrics` has. A counter's name ends as its samples' do.
fn printed(text: &str) -> BTreeMap<String, Shape> {
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
    types
        .map(|(name, kind)| {
            let labels = text.lines().filter(|line| line.starts_with(name)).filter_map(|line| {
                let (_, rest) = line.split_once('{')?;
                Some(rest.rsplit_once('}')?.0.to_owned())
            });
            // Values hold commas and equals signs only within quotes, and each label is followed by one.
            let labels = labels
                .flat_map(|labels| {
                    let names =
                        labels.split("=\"").map(|part| part.rsplit([',', '"']).next().unwrap().to_owned());
                    names.collect::<Vec<_>>()
                })
                .filter(|label| !label.is_empty() && label != "le")
                .collect();
            let name = if kind == "counter" { format!("{name}_total") } else { name.to_owned() };
            (name, (kind.to_owned(), labels))
        })
        .collect()
}

/// Names as queries use them.
fn samples(shapes: &BTreeMap<String, Shape>) -> BTreeSet<String> {
    let of = |(name, (kind, _)): (&String, &Shape)| match kind.as_str() {
        "histogram" => ["_bucket", "_sum", "_count"].map(|end| format!("{name}{end}")).to_vec(),
        _ => vec![name.clone()],
    };
    shapes.iter().flat_map(of).collect()
}

/// A mail is sent: a link to a new password.
async fn send_a_mail(place: &Place, process: &Process) {
    let made = place.run(&["user", "add", "dana@acme.example", "--new-company", "Acme"]).await;
    let link = made.stdout.split_whitespace().find(|word| word.contains("/invite/")).expect("a link");
    let path = url::Url::parse(link).unwrap().path().to_owned();
    let form = [("your_name", "Dana Smith"), ("password", PASSWORD)];
    Visitor::of(process.url.clone()).post(&path, &form).await.leads_to("/settings/integrations");
    Visitor::of(process.url.clone()).post("/password/forgot", &[("email", "dana@acme.example")]).await;
}

/// One job that was given up, and one that may run, of an account that another worker has.
async fn leave_work(account: &Account) {
    let id = account.id;
    let change = move |conn: &mut Conn| -> Result<(), DbError> {
        let company = integrations::table.find(id).select(integrations::company_id).first(conn)?;
        let job = |kind| NewJob::of_integration(kind, company, id, Timestamp(0));
        diesel::update(integrations::table.find(id))
            .set((
                integrations::lease_owner.eq(Some("another")),
                integrations::lease_until.eq(Timestamp(i64::MAX)),
            ))
            .execute(conn)?;
        job_queue::add(conn, job(JobKind::CheckAccess))?;
        job_queue::add(conn, job(JobKind::ReadPostings))?;
        let given_up = jobs::table.filter(jobs::kind.eq(JobKind::ReadPostings.as_str()));
        diesel::update(given_up).set(jobs::state.eq(JobState::Failed)).execute(conn)?;
        Ok(())
    };
    account.db.write(change).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_table_has_every_metric_and_no_other() {
    let place = Place::new(Backend::Sqlite);
    let lever = crate::process::survival::slow_lever(Duration::ZERO).await;
    let mail = take_mail(Arc::default(), Arc::default()).await;
    let account = place.account(&lever.uri()).await;
    let mut command = place.command(&["--json"]);
    command.env("SMTP_URL", mail);
    let process = Process::of(command).await;
    let body = delivery("candidateStageChange", "t1").to_string();
    let posted = reqwest::Client::new().post(account.url(&process)).body(body).send().await.unwrap();
    assert_eq!(posted.status(), 200);
    let nobodys = process.url.join("webhooks/lever/nobodys").unwrap();
    assert_eq!(reqwest::Client::new().post(nobodys).body("{}").send().await.unwrap().status(), 404);
    account.worked().await;
    send_a_mail(&place, &process).await;
    leave_work(&account).await;
    let documented = documented();
    assert!(!documented.is_empty(), "the page has a table");
    let mut last = BTreeMap::new();
    // A mail is on its way for a moment.
    crate::support::wait::within(PATIENCE, async || {
        let text = reqwest::get(process.url.join("metrics").unwrap()).await.unwrap().text().await.unwrap();
        last = printed(&text);
        (last.len() >= documented.len()).then_some(())
    })
    .await;
    assert_eq!(documented, last);
}

/// Names of metrics in a query of Prometheus.
fn asked_for(query: &str) -> Vec<String> {
    let words = query.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("alva_")).map(str::to_owned).collect()
}

#[test]
fn alerts_ask_for_metrics_that_there_are_and_lead_to_the_page() {
    let known = samples(&documented());
    let page = read("docs/operations.md");
    let anchors: BTreeSet<String> = page
        .lines()
        .filter_map(|line| line.strip_prefix("### ").or_else(|| line.strip_prefix("## ")))
        .map(|title| title.to_lowercase().replace(' ', "-"))
        .collect();
    let mut rules = 0;
    for group in yaml("packaging/alerts.yml")[0]["groups"].as_array().unwrap() {
        for rule in group["rules"].as_array().unwrap() {
            rules += 1;
            for name in asked_for(rule["expr"].as_str().unwrap()) {
                assert!(known.contains(&name), "{name} in {}", rule["alert"]);
            }
            let runbook = rule["annotations"]["runbook"].as_str().unwrap();
            let anchor = runbook.strip_prefix("operations.md#").expect("a part of the page for operators");
            assert!(anchors.contains(anchor), "{runbook} of {}", rule["alert"]);
        }
    }
    assert!(rules > 0);
}

#[test]
fn the_dashboard_asks_for_metrics_that_there_are() {
    let known = samples(&documented());
    let dashboard: serde_json::Value =
        serde_json::from_str(&read("packaging/grafana-dashboard.json")).unwrap();
    let mut shown = BTreeSet::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().unwrap() {
            for name in asked_for(target["expr"].as_str().unwrap()) {
                assert!(known.contains(&name), "{name} in {}", panel["title"]);
                shown.insert(name);
            }
        }
    }
    for (name, (kind, _)) in documented() {
        let is_shown = if kind == "histogram" {
            shown.iter().any(|it| it.starts_with(&name))
        } else {
            shown.contains(&name)
        };
        assert!(is_shown, "{name} is on no panel");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_container_asks_the_program_itself_whether_it_answers() {
    let place = Place::new(Backend::Sqlite);
    let process = place.start().await;
    let port = process.url.port().unwrap();
    let probe = async |bind: String, arguments: &[&str]| {
        let mut command = place.command(arguments);
        command.env("BIND", bind);
        crate::process::place::ended(command).await
    };
    for arguments in [&["probe"][..], &["probe", "--ready"]] {
        // As it is asked in a container, where the portal listens on every address.
        let done = probe(format!("0.0.0.0:{port}"), arguments).await;
        assert!(done.status.success(), "{done:?}");
    }
    let nobody = probe("127.0.0.1:9".into(), &["probe"]).await;
    assert!(!nobody.status.success() && nobody.stderr.contains("http://127.0.0.1:9/healthz"), "{nobody:?}");

    // It lives, and can keep nothing: the database is locked by somebody else.
    use diesel::connection::SimpleConnection as _;
    let file = place.file("portal.sqlite");
    let mut other = diesel::SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    other.batch_execute("BEGIN IMMEDIATE").unwrap();
    let bind = format!("127.0.0.1:{port}");
    assert!(probe(bind.clone(), &["probe"]).await.status.success());
    // An answer is good for a quarter of a second.
    let not_ready = until("it to be not ready", PATIENCE, async || {
        let done = probe(bind.clone(), &["probe", "--ready"]).await;
        (!done.status.success()).then_some(done)
    })
    .await;
    assert!(not_ready.stderr.contains("/readyz: answered 503"), "{not_ready:?}");
    other.batch_execute("ROLLBACK").unwrap();
    until("it to be ready again", PATIENCE, async || {
        probe(bind.clone(), &["probe", "--ready"]).await.status.success().then_some(())
    })
    .await;
}
