//! Whatever name a request gives the portal, links and redirects lead to the address that it was set up with.

use crate::process::place::{Place, Process};
use crate::support::mailbox::{Refusals, take_mail};
use crate::support::visitor::Visitor;
use crate::support::wait::{PATIENCE, until};
use alva_portal::db::Backend;
use reqwest::header::LOCATION;
use std::sync::{Arc, Mutex};

const HEADERS: [(&str, &str); 6] = [
    ("host", "evil.example"),
    ("x-forwarded-host", "evil.example"),
    ("x-forwarded-server", "evil.example"),
    ("forwarded", "for=192.0.2.1;host=evil.example;proto=https"),
    ("x-forwarded-proto", "http"),
    ("x-original-url", "//evil.example/"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_and_redirects_lead_to_the_portal_alone() {
    let place = Place::new(Backend::Sqlite);
    place.write_key("ab".repeat(32));
    let letters = Arc::<Mutex<Vec<String>>>::default();
    let mail = take_mail(Arc::clone(&letters), Refusals::default()).await;
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = place.command(&["--json", "--base-url", "https://alva.example.com"]);
    command.env("BIND", address.to_string()).env("SMTP_URL", mail);
    let process = Process::of(command).await;
    let at: url::Url = format!("http://{address}").parse().unwrap();
    process.set_up(&Visitor::of(at.clone()), "walrus-lantern-orbit-77").await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    for (name, value) in HEADERS {
        for path in ["/settings/team", "/", "/login/", "/settings/team?x=//evil.example", "/password/forgot"]
        {
            let answer = client.get(at.join(path).unwrap()).header(name, value).send().await.unwrap();
            let to =
                answer.headers().get(LOCATION).map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
            assert!(to.is_empty() || (to.starts_with('/') && !to.starts_with("//")), "{name} {path}: {to}");
            let html = answer.text().await.unwrap();
            assert!(!html.contains("//evil.example"), "{name} {path}: {html}");
        }
        // A link to a new password goes where people are, whoever asked for it.
        let visitor = Visitor::of(at.clone());
        let token = visitor.token().await;
        let before = letters.lock().unwrap().len();
        let form = [("csrf", token.as_str()), ("email", "ada@acme.example")];
        let request = client.post(at.join("/password/forgot").unwrap()).form(&form).header(name, value);
        let answer = request.header("cookie", visitor.cookie().unwrap()).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{name}");
        // A person has three good links; while there are three, no further one is mailed.
        if before >= 3 {
            continue;
        }
        let letter = until("the mail", PATIENCE, async || letters.lock().unwrap().get(before).cloned()).await;
        assert!(!letter.contains("evil.example"), "{name}: {letter}");
        assert!(letter.contains("https://alva.example.com/password/reset/"), "{name}: {letter}");
    }
    process.signal("TERM").await;
    assert!(process.end().await.0.success());
}
