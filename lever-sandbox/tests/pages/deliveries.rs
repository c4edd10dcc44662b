//! Retries by the sandbox's clock, and deliveries that go wrong on request.

use std::time::Duration;

use lever_sandbox::Options;
use serde_json::{Value, json};

use crate::receiver::{Call, Receiver};
use crate::support::{World, quick, wait, world};

/// What a test does beside the pages.
struct Control {
    url: String,
    key: String,
    client: reqwest::Client,
}

impl Control {
    fn of(world: &World) -> Self {
        Self {
            url: world.lever.url.clone(),
            key: world.lever.api_key.clone(),
            client: reqwest::Client::new(),
        }
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let request = self.client.post(format!("{}{path}", self.url)).basic_auth(&self.key, Some(""));
        let answer = request.json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap_or(Value::Null)
    }

    async fn fault(&self, kind: &str, more: Value) {
        let mut fault = json!({"target": "deliveries", "kind": kind, "next": 1});
        fault.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.post("/sandbox/faults", fault).await;
    }

    /// Makes so many opportunities, each of which causes one applicationCreated.
    async fn applications(&self, posting: &str, names: &[&str]) {
        for name in names {
            let body = json!({"personalInformation": [
                {"name": "fullName", "value": name},
                {"name": "email", "value": format!("{name}@example.com")},
            ]});
            self.post(&format!("/v1/postings/{posting}/apply"), body).await;
        }
    }

    async fn list(&self) -> Vec<Value> {
        let answer = self.client.get(format!("{}/sandbox/deliveries", self.url)).send().await.unwrap();
        answer.json::<Value>().await.unwrap()["data"].as_array().unwrap().clone()
    }

    async fn states(&self) -> Vec<String> {
        self.list().await.iter().map(|delivery| delivery["state"].as_str().unwrap().to_owned()).collect()
    }
}

/// A world that tells the receiver of applications, and the id of a posting.
async fn listening(receiver: &Receiver, options: Options) -> (World, Control, String) {
    let mut world = world(Options { rate_limit: lever_sandbox::RateLimit::default(), ..options }).await;
    let form = world
        .browser
        .get("/settings/integrations")
        .await
        .form_with_button("#applicationCreated", "Save webhook");
    world.browser.submit(&form, &[("url", &receiver.url)]).await;
    let posting = world.browser.get("/postings").await.attrs("td a", "href")[0].clone();
    let control = Control::of(&world);
    (world, control, posting.trim_start_matches("/postings/").to_owned())
}

/// Someone applies by hand, which has no rate limit.
async fn apply(world: &mut World, posting: &str, names: &[&str]) {
    let path = format!("/postings/{posting}");
    let form = world.browser.get(&path).await.form(&format!("{path}/apply"));
    for name in names {
        assert_eq!(world.browser.submit(&form, &[("name", name)]).await.texts("h1"), [*name]);
    }
}

fn ids(calls: &[Call]) -> Vec<String> {
    calls.iter().map(|call| call.body["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn anything_but_2xx_is_tried_again_five_times_with_the_same_signature() {
    let receiver = Receiver::answering(&[500, 302, 404, 410, 429, 503]);
    let (mut world, control, posting) = listening(&receiver, quick()).await;
    apply(&mut world, &posting, &["Ada"]).await;
    wait("the delivery to be given up", || async { control.states().await == ["failed"] }).await;
    let calls = receiver.calls();
    assert_eq!(calls.len(), 6);
    assert!(calls.iter().all(|call| call.body == calls[0].body));
    let attempts = control.list().await[0]["attempts"].clone();
    let statuses: Vec<i64> =
        attempts.as_array().unwrap().iter().map(|a| a["status"].as_i64().unwrap()).collect();
    assert_eq!(statuses, [500, 302, 404, 410, 429, 503]);
}

#[tokio::test]
async fn a_retry_can_have_a_fresh_token() {
    let receiver = Receiver::answering(&[500]);
    let options = Options { retry_fresh_token: true, ..quick() };
    let (mut world, _, posting) = listening(&receiver, options).await;
    let page = world.browser.get("/settings/integrations").await;
    let signing_token = page.texts("#applicationCreated .secret code")[0].clone();
    apply(&mut world, &posting, &["Ada"]).await;
    let calls = receiver.wait_for(2).await;
    assert_eq!(calls[0].body["id"], calls[1].body["id"]);
    assert_ne!(calls[0].body["token"], calls[1].body["token"]);
    assert!(calls.iter().all(|call| call.signed_with(&signing_token)));
}

#[tokio::test]
async fn retries_wait_by_the_sandbox_s_clock() {
    let receiver = Receiver::answering(&[500, 500, 500, 500, 500]);
    let (mut world, control, posting) = listening(&receiver, Options::default()).await;
    apply(&mut world, &posting, &["Ada"]).await;
    // Notes on the wire, section 6: 1, 5, 25, 125, 625 s.
    for (made, seconds) in [(1, 1), (2, 5), (3, 25), (4, 125), (5, 625)] {
        receiver.wait_for(made).await;
        wait("the next retry to be planned", || async {
            let delivery = control.list().await.remove(0);
            let attempts = delivery["attempts"].as_array().unwrap();
            let last = attempts.last().map_or(0, |attempt| attempt["time"].as_i64().unwrap());
            let next = delivery["nextAttemptAt"].as_i64();
            let planned = |next: i64| (seconds * 1_000..seconds * 1_000 + 900).contains(&(next - last));
            attempts.len() == made && next.is_some_and(planned)
        })
        .await;
        control.post("/sandbox/clock", json!({"advance_ms": seconds * 1_000})).await;
    }
    receiver.wait_for(6).await;
    wait("success", || async { control.states().await == ["delivered"] }).await;
}

#[tokio::test]
async fn a_silent_receiver_counts_as_failed_after_the_time_out() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let receiver = Receiver::start();
    let options =
        Options { answer_timeout: Duration::from_millis(100), retry_schedule: vec![], ..Options::default() };
    let (mut world, control, posting) = listening(&receiver, options).await;
    let form = world
        .browser
        .get("/settings/integrations")
        .await
        .form_with_button("#applicationCreated", "Save webhook");
    world.browser.submit(&form, &[("url", &url)]).await;
    apply(&mut world, &posting, &["Ada", "Ben"]).await;
    // The other webhook does not wait for the silent one.
    receiver.wait_for(2).await;
    wait("the time-out", || async {
        control.states().await.iter().filter(|state| *state == "failed").count() == 2
    })
    .await;
    let failed = control.list().await.into_iter().find(|delivery| delivery["state"] == "failed").unwrap();
    assert_eq!(failed["attempts"][0]["error"], "no answer within 100 ms");
    assert!(failed["attempts"][0]["status"].is_null());
}

#[tokio::test]
async fn first_attempts_keep_the_order_of_the_events() {
    let receiver = Receiver::start();
    let (mut world, control, posting) = listening(&receiver, Options::default()).await;
    apply(&mut world, &posting, &["A", "B", "C", "D", "E", "F", "G", "H"]).await;
    let came = ids(&receiver.wait_for(8).await);
    let made: Vec<String> =
        control.list().await.iter().map(|delivery| delivery["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(came, made);
}

#[tokio::test]
async fn a_duplicate_comes_twice_and_a_reordered_one_after_the_next() {
    let receiver = Receiver::start();
    let (mut world, control, posting) = listening(&receiver, Options::default()).await;
    control.fault("duplicate", json!({})).await;
    apply(&mut world, &posting, &["Ada"]).await;
    let calls = receiver.wait_for(2).await;
    assert_eq!(calls[0].body, calls[1].body);

    control.fault("reorder", json!({})).await;
    apply(&mut world, &posting, &["First", "Second"]).await;
    let came = ids(&receiver.wait_for(4).await);
    let made: Vec<String> =
        control.list().await.iter().map(|delivery| delivery["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(came[2..], [made[2].clone(), made[1].clone()]);
}

#[tokio::test]
async fn a_delayed_one_waits_by_the_clock_and_a_withheld_one_for_good() {
    let receiver = Receiver::start();
    let (mut world, control, posting) = listening(&receiver, Options::default()).await;
    control.fault("delay", json!({"ms": 3_600_000})).await;
    control.fault("withhold", json!({})).await;
    apply(&mut world, &posting, &["Late", "Never", "Now"]).await;
    receiver.wait_for(1).await;
    wait("all but one to be settled", || async {
        control.states().await == ["waiting", "withheld", "delivered"]
    })
    .await;
    control.post("/sandbox/clock", json!({"advance_ms": 3_600_000})).await;
    receiver.wait_for(2).await;
    wait("the late one", || async { control.states().await == ["delivered", "withheld", "delivered"] }).await;

    let withheld = control.list().await[1]["id"].as_str().unwrap().to_owned();
    control.post(&format!("/sandbox/deliveries/{withheld}/resend"), json!({})).await;
    assert_eq!(ids(&receiver.wait_for(3).await)[2], withheld);
}

#[tokio::test]
async fn signatures_go_missing_or_are_old_on_request() {
    let receiver = Receiver::start();
    let (mut world, control, posting) = listening(&receiver, Options::default()).await;
    let page = world.browser.get("/settings/integrations").await;
    let old = page.texts("#applicationCreated .secret code")[0].clone();
    world.browser.submit(&page.form_with_button("#applicationCreated", "regenerate token"), &[]).await;
    control.fault("unsigned", json!({})).await;
    control.fault("old_token", json!({"match": "applicationCreated"})).await;
    apply(&mut world, &posting, &["Bare", "Stale"]).await;
    let calls = receiver.wait_for(2).await;
    assert!(calls[0].body.get("signature").is_none());
    assert!(calls[0].body["token"].is_string());
    assert!(calls[1].signed_with(&old));
}

#[tokio::test]
async fn what_the_api_does_is_told_as_well() {
    let receiver = Receiver::start();
    let (_world, control, posting) = listening(&receiver, Options::default()).await;
    control.applications(&posting, &["ada"]).await;
    assert_eq!(receiver.wait_for(1).await[0].body["event"], "applicationCreated");
}

#[tokio::test]
async fn stopping_does_not_wait_for_retries() {
    let receiver = Receiver::answering(&[500; 6]);
    let (mut world, _, posting) = listening(&receiver, Options::default()).await;
    apply(&mut world, &posting, &["Ada"]).await;
    receiver.wait_for(1).await;
    tokio::time::timeout(Duration::from_secs(5), world.lever.stop()).await.unwrap();
}
