//! Tests that somebody else gives, over HTTP: ordered, asked after, and erased again.

use super::*;
use crate::support::fixture::Fixture;
use crate::support::lever::Connected;
use crate::support::on_both_databases;
use crate::support::wait::{PATIENCE, until};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use alva_portal::db::Backend;
use alva_portal::db::schema::test_orders;
use alva_portal::job_queue::{self, JobKind};
use assessment::http_provider::callback::SigningSecret;
use assessment::provider::{Invited as Ordered, Order, TestResult};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

pub(super) const TOKEN: &str = "t0ken-of-the-portal";
pub(super) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// The pages of `docs/test-providers.md`: its examples are what this provider says.
const DOCS: &str = include_str!("../../../docs/test-providers.md");

/// The example of the docs behind these words.
fn example(named: &str) -> Value {
    let behind = DOCS.split(named).nth(1).unwrap_or_else(|| panic!("{named} in the docs"));
    let block = behind.split("```json").nth(1).and_then(|block| block.split("```").next());
    serde_json::from_str(block.unwrap_or_else(|| panic!("an example behind {named}"))).unwrap()
}

/// What the provider knows of an order.
#[derive(Clone, Default)]
pub(super) struct Known {
    pub order: Value,
    pub state: &'static str,
    pub orders: usize,
}

/// A provider of tests, with the orders that it has.
#[derive(Clone, Default)]
pub(super) struct Elsewhere {
    pub orders: Arc<Mutex<BTreeMap<String, Known>>>,
    asked: Arc<Mutex<Vec<String>>>,
    /// Answers 503 to so many calls.
    pub unwell: Arc<Mutex<usize>>,
}

impl Elsewhere {
    pub async fn start() -> (Self, String) {
        let there = Self::default();
        let shared = web::Data::new(there.clone());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .route("/v1/orders", web::post().to(order))
                .route("/v1/orders/{id}", web::get().to(progress))
                .route("/v1/orders/{id}/result", web::get().to(result))
                .route("/v1/orders/{id}", web::delete().to(erase))
        });
        let server = server.workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/v1", server.addrs()[0]);
        actix_web::rt::spawn(server.run());
        (there, url)
    }

    pub fn set(&self, id: &str, state: &'static str) {
        self.orders.lock().unwrap().get_mut(id).unwrap().state = state;
    }

    pub fn of(&self, id: &str) -> Option<Known> {
        self.orders.lock().unwrap().get(id).cloned()
    }

    pub fn asked(&self, what: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| *asked == what).count()
    }

    /// `None`: as it should be.
    fn refuses(&self, request: &HttpRequest) -> Option<HttpResponse> {
        let path = request.path().trim_start_matches("/v1");
        self.asked.lock().unwrap().push(format!("{} {path}", request.method()));
        let mut unwell = self.unwell.lock().unwrap();
        if *unwell > 0 {
            *unwell -= 1;
            return Some(HttpResponse::ServiceUnavailable().json(json!({"message": "back soon"})));
        }
        let given = request.headers().get("authorization").map(|value| value.to_str().unwrap().to_owned());
        (given.as_deref() != Some(&format!("Bearer {TOKEN}"))).then(|| HttpResponse::Unauthorized().finish())
    }
}

async fn order(there: web::Data<Elsewhere>, request: HttpRequest, order: web::Json<Value>) -> HttpResponse {
    if let Some(refused) = there.refuses(&request) {
        return refused;
    }
    let id = order["reference"].as_str().unwrap().to_owned();
    let mut orders = there.orders.lock().unwrap();
    let known = orders.entry(id.clone()).or_insert(Known { state: "invited", ..Known::default() });
    known.order = order.into_inner();
    known.orders += 1;
    let link = format!("http://tests.example/take/{id}");
    HttpResponse::Created().json(json!({"reference": id, "link": link}))
}

async fn progress(there: web::Data<Elsewhere>, request: HttpRequest, id: web::Path<String>) -> HttpResponse {
    if let Some(refused) = there.refuses(&request) {
        return refused;
    }
    let Some(known) = there.of(&id) else { return HttpResponse::NotFound().finish() };
    let mut answer = example("The answer to *progress*:");
    answer["reference"] = id.as_str().into();
    answer["state"] = known.state.into();
    HttpResponse::Ok().json(answer)
}

async fn result(there: web::Data<Elsewhere>, request: HttpRequest, id: web::Path<String>) -> HttpResponse {
    if let Some(refused) = there.refuses(&request) {
        return refused;
    }
    match there.of(&id) {
        None => HttpResponse::NotFound().finish(),
        Some(known) if known.state != "completed" => HttpResponse::NoContent().finish(),
        Some(_) => {
            let mut answer = example("The answer to *result*:");
            answer["reference"] = id.as_str().into();
            HttpResponse::Ok().json(answer)
        }
    }
}

async fn erase(there: web::Data<Elsewhere>, request: HttpRequest, id: web::Path<String>) -> HttpResponse {
    if let Some(refused) = there.refuses(&request) {
        return refused;
    }
    match there.orders.lock().unwrap().remove(id.as_str()) {
        Some(_) => HttpResponse::NoContent().finish(),
        None => HttpResponse::NotFound().finish(),
    }
}

pub(super) fn now_s() -> i64 {
    Timestamp::now().0 / 1000
}

/// Sends a callback; answers its status.
pub(super) async fn call_back(portal: &Portal, id: &str, at: i64, signature: &str, body: &str) -> StatusCode {
    let url = portal.running.url.join("/callbacks/tests").unwrap();
    let request = reqwest::Client::new()
        .post(url)
        .header("webhook-id", id)
        .header("webhook-timestamp", at)
        .header("webhook-signature", signature)
        .header("content-type", "application/json")
        .body(body.to_owned());
    request.send().await.unwrap().status()
}

/// When the portal asks about an order next by itself; none when it has no order.
pub(super) async fn next_at(portal: &Portal, id: &str) -> Option<Timestamp> {
    let id = id.to_owned();
    portal
        .write(move |conn| {
            let query = test_orders::table.find(&id).select(test_orders::reference);
            let known: Option<String> = query.first(conn).optional().map_err(DbError::from)?;
            let job = job_queue::find(conn, JobKind::PollTestOrder, &id)?;
            // One of which nothing more is to come is not asked about.
            Ok(known.map(|_| job.map_or(Timestamp(i64::MAX), |job| job.next_attempt_at)))
        })
        .await
}

/// The hour of asking has come.
pub(super) async fn ask_now(portal: &Portal, id: &str) {
    let id = id.to_owned();
    portal
        .write(move |conn| {
            job_queue::hasten(conn, JobKind::PollTestOrder, &id, Timestamp(0))?;
            Ok(())
        })
        .await;
}

/// Somebody in Lever who is invited; answers the opportunity, and the reference of the order.
pub(super) async fn invited(there: &Connected, elsewhere: &Elsewhere, name: &str) -> (String, String) {
    let address = format!("{}@people.example", name.to_lowercase());
    let fields = json!({"name": name, "email": address, "origin": "applied", "stage": "New applicant",
        "silent": true});
    let person = there.candidate(fields).await;
    there.move_to(&person, "Assessment").await;
    there.worked(&person, 1).await;
    let reference = {
        let orders = elsewhere.orders.lock().unwrap();
        let found = orders.iter().find(|(_, known)| known.order["candidate_name"] == name);
        found.unwrap_or_else(|| panic!("an order for {name}")).0.clone()
    };
    let mails = there.mails_to(&address).await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    let link = format!("http://tests.example/take/{reference}");
    assert!(mails[0]["links"].as_array().unwrap().iter().any(|there| *there == link.as_str()), "{mails:?}");
    (person["id"].as_str().unwrap().to_owned(), reference)
}

pub(super) async fn state(portal: &Portal, reference: &str) -> Option<InvitationState> {
    let id = InvitationId::parse(reference).unwrap();
    portal
        .write(move |conn| {
            let query = invitations::table.find(&id).select(invitations::state);
            Ok(query.first(conn).optional().map_err(DbError::from)?)
        })
        .await
}

pub(super) async fn is_in(portal: &Portal, reference: &str, wanted: InvitationState) {
    until(&format!("{reference} to be {wanted}"), PATIENCE, async || {
        (state(portal, reference).await == Some(wanted)).then_some(())
    })
    .await;
}

/// An active portal whose tests somebody else gives.
pub(super) struct WithProvider {
    pub(super) connected: Connected,
    pub(super) elsewhere: Elsewhere,
}

impl WithProvider {
    pub(super) async fn active(backend: Backend) -> Self {
        let (elsewhere, url) = Elsewhere::start().await;
        let fixture = Fixture::on(backend).with_people().with_tests_at([&url, TOKEN, SECRET]).unlimited();
        Self { connected: fixture.active().await, elsewhere }
    }
}

on_both_databases!(WithProvider::active => tests_from_elsewhere);
async fn tests_from_elsewhere(WithProvider { connected: there, elsewhere }: WithProvider) {
    *elsewhere.unwell.lock().unwrap() = 1;
    let portal = &there.portal;

    // It is unwell at the first call, so the mail waits; then the mail holds its link.
    let (ada, order) = invited(&there, &elsewhere, "Ada").await;
    let known = elsewhere.of(&order).unwrap();
    serde_json::from_value::<Order>(known.order.clone()).expect("an order as the docs say");
    let wanted = example("An order:");
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&known.order), keys(&wanted));
    assert_eq!(known.order["plan"], wanted["plan"]);
    let text = known.order.to_string();
    assert!(!text.contains("people.example"), "no more than is needed to address somebody: {text}");

    // Callbacks that are forged, old or broken change nothing; nor does a genuine one that is wrong.
    let secret = SigningSecret::parse(&SECRET.to_owned().into()).unwrap();
    let body = json!({"type": "order.changed", "reference": order}).to_string();
    let due = next_at(portal, &order).await.unwrap();
    elsewhere.set(&order, "started");
    let (at, good) = (now_s(), |id: &str, at: i64| secret.sign(id, at, body.as_bytes()));
    let forged = SigningSecret::parse(&"whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned().into()).unwrap();
    let forged = forged.sign("c1", at, body.as_bytes());
    assert_eq!(call_back(portal, "c1", at, &forged, &body).await, StatusCode::UNAUTHORIZED);
    assert_eq!(call_back(portal, "c1", at, "", &body).await, StatusCode::BAD_REQUEST);
    let old = at - 301;
    assert_eq!(call_back(portal, "c1", old, &good("c1", old), &body).await, StatusCode::UNAUTHORIZED);
    let other = json!({"type": "order.changed", "reference": InvitationId::new()}).to_string();
    assert_eq!(call_back(portal, "c1", at, &good("c1", at), &other).await, StatusCode::UNAUTHORIZED);
    let signed = secret.sign("c0", at, other.as_bytes());
    assert_eq!(call_back(portal, "c0", at, &signed, &other).await, StatusCode::NO_CONTENT);
    assert_eq!(next_at(portal, &order).await, Some(due), "nothing of this is a reason to ask");
    assert_eq!(elsewhere.asked(&format!("GET /orders/{order}")), 0);

    // A genuine one is a reason to ask; the same again is none.
    assert_eq!(call_back(portal, "c1", at, &good("c1", at), &body).await, StatusCode::NO_CONTENT);
    is_in(portal, &order, InvitationState::Started).await;
    let asked_again = async || {
        let next = next_at(portal, &order).await.unwrap();
        (next > Timestamp::now().plus(std::time::Duration::from_secs(400))).then_some(next)
    };
    let due = until("the order to wait again", PATIENCE, asked_again).await;
    assert_eq!(call_back(portal, "c1", at, &good("c1", at), &body).await, StatusCode::NO_CONTENT);
    assert_eq!(next_at(portal, &order).await, Some(due), "a repetition is recognised");
    assert_eq!(elsewhere.asked(&format!("GET /orders/{order}")), 1);

    // Done: the same follows as with the portal's own tests.
    elsewhere.set(&order, "completed");
    assert_eq!(call_back(portal, "c2", at, &good("c2", at), &body).await, StatusCode::NO_CONTENT);
    is_in(portal, &order, InvitationState::Completed).await;
    let api = async |path: &str| there.api(reqwest::Method::GET, path, Value::Null).await;
    until("the file in Lever", PATIENCE, async || {
        let files = api(&format!("opportunities/{ada}/files")).await.to_string();
        files.contains("Alva test summary").then_some(())
    })
    .await;
    let notes = api(&format!("opportunities/{ada}/notes")).await.to_string();
    assert!(notes.contains("Alva: tests completed") && notes.contains("Logic: 7 of 10"), "{notes}");
    let tags = api(&format!("opportunities/{ada}")).await["data"]["tags"].to_string();
    assert!(tags.contains("Alva: Completed") && !tags.contains("Alva: Started"), "{tags}");

    // The callback is lost: the portal asks by itself. More time is told before the tests begin.
    let (_, order) = invited(&there, &elsewhere, "Grace").await;
    let path = {
        let list = there.admin.get("/candidates?q=Grace").await;
        list.attribute("td[data-label=Candidate] a", "href").unwrap()
    };
    let time = [("invitation", order.as_str()), ("time", "150")];
    there.admin.post(&format!("{path}/time"), &time).await.leads_to(&path);
    until("the time to be told", PATIENCE, async || {
        let known = elsewhere.of(&order).unwrap();
        (known.order["plan"]["extra_time"] == 150 && known.orders == 2).then_some(())
    })
    .await;
    elsewhere.set(&order, "completed");
    ask_now(portal, &order).await;
    is_in(portal, &order, InvitationState::Completed).await;
    let report = there.admin.get(&path).await.text("section[id^=result]");
    assert!(report.contains("Role fit: ") && report.contains("Scored with the profile Standard"), "{report}");

    // Withdrawn there is withdrawn here.
    let (linus, order) = invited(&there, &elsewhere, "Linus").await;
    elsewhere.set(&order, "withdrawn");
    ask_now(portal, &order).await;
    is_in(portal, &order, InvitationState::Withdrawn).await;
    until("the tag", PATIENCE, async || {
        let now = api(&format!("opportunities/{linus}")).await["data"]["tags"].to_string();
        now.contains("Alva: Withdrawn").then_some(())
    })
    .await;

    // Deleted in Lever: erased there too, though it is unwell at first.
    let (hedy, order) = invited(&there, &elsewhere, "Hedy").await;
    *elsewhere.unwell.lock().unwrap() = 1;
    there.control(reqwest::Method::DELETE, &format!("opportunities/{hedy}"), Value::Null).await;
    until("the order to be erased", PATIENCE, async || elsewhere.of(&order).is_none().then_some(())).await;
    until("nothing to be left of it", PATIENCE, async || {
        next_at(portal, &order).await.is_none().then_some(())
    })
    .await;
}

#[actix_web::test]
async fn without_a_provider_no_callback_is_taken() {
    let portal = Portal::start(Backend::Sqlite).await;
    assert_eq!(call_back(&portal, "c", now_s(), "v1,AAAA", "{}").await, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn the_check_asks_the_provider() {
    let (elsewhere, url) = Elsewhere::start().await;
    let portal = Portal::start(Backend::Sqlite).await;
    let check = async |url: &str, token: &str, secret: &str| {
        let (url, token, secret) = (
            format!("--tests-url={url}"),
            format!("--tests-token={token}"),
            format!("--tests-signing-secret={secret}"),
        );
        portal.command(&["check", &url, &token, &secret]).await.1
    };
    let good = check(&url, TOKEN, SECRET).await;
    assert!(good.contains("✓ test provider") && good.contains("knows the token"), "{good}");
    assert_eq!(elsewhere.orders.lock().unwrap().len(), 0, "nothing is ordered by it");
    let wrong = check(&url, "another", SECRET).await;
    assert!(wrong.contains("✗ test provider") && wrong.contains("check TESTS_TOKEN"), "{wrong}");
    assert!(!wrong.contains("another"), "{wrong}");
    let gone = check("http://127.0.0.1:9/v1", TOKEN, SECRET).await;
    assert!(gone.contains("✗ test provider") && gone.contains("no connection"), "{gone}");
    let open = check("http://tests.example/v1", TOKEN, SECRET).await;
    assert!(open.contains("TESTS_URL") && open.contains("https"), "{open}");
    let short = check(&url, TOKEN, "whsec_AAAA").await;
    assert!(short.contains("TESTS_SIGNING_SECRET") && !short.contains("whsec_AAAA"), "{short}");
}

#[test]
fn the_examples_of_the_docs_are_what_the_portal_reads() {
    let result: TestResult = serde_json::from_value(example("The answer to *result*:")).unwrap();
    result.check().unwrap();
    let mut wrong = result.clone();
    wrong.logic.as_mut().unwrap().score.value = 11.0;
    assert!(wrong.check().is_err());
    // A range goes past the end of the scale where the truth may, and not past everything.
    let mut beyond = result.clone();
    beyond.logic.as_mut().unwrap().score.high = 11.0;
    beyond.check().unwrap();
    beyond.logic.as_mut().unwrap().score.high = 40.0;
    assert!(beyond.check().is_err());
    serde_json::from_value::<Ordered>(example("The answer to *invite*:")).unwrap();
    assert_eq!(example("A callback's body:")["type"], "order.changed");
}
