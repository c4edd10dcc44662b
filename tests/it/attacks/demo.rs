//! The demo's password is public, so the demo is for the person at this machine alone.

use crate::process::place::{Place, Process};
use crate::support::visitor::Visitor;
use alva_portal::db::Backend;
use reqwest::StatusCode;
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_is_for_this_machine_and_no_page_of_the_internet() {
    let place = Place::new(Backend::Sqlite);
    let folder = place.file("demo");
    let arguments =
        ["demo", "--port", "0", "--lever-port", "0", "--data-dir", folder.to_str().unwrap(), "--json"];
    let process = Process::of(place.command(&arguments)).await;
    let lever: url::Url =
        process.said["lever"].as_str().unwrap().replace("localhost", "127.0.0.1").parse().unwrap();
    // Nobody else reaches it. The address by which this machine goes out; nothing is sent.
    let out = UdpSocket::bind("0.0.0.0:0").and_then(|socket| {
        socket.connect("192.0.2.1:9")?;
        socket.local_addr()
    });
    if let Some(outside) = out.ok().map(|address| address.ip()).filter(|ip| !ip.is_loopback()) {
        for url in [&process.url, &lever] {
            let address = SocketAddr::new(outside, url.port().unwrap());
            let reached = TcpStream::connect_timeout(&address, Duration::from_secs(2));
            assert!(reached.is_err(), "{address} answers");
        }
    }
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    for host in ["evil.example", "localhost.evil.example", "203.0.113.9"] {
        for path in ["login", "candidates", "api/v1/events", "static/app.js"] {
            let answer =
                client.get(process.url.join(path).unwrap()).header("host", host).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::MISDIRECTED_REQUEST, "{host} {path}");
        }
    }
    // Everybody knows the password; a page that is visited meanwhile has no use for it.
    let account = &process.said["accounts"][0];
    let (email, password) = (account["email"].as_str().unwrap(), account["password"].as_str().unwrap());
    let visitor = Visitor::of(process.url.clone());
    let (token, cookie) = (visitor.token().await, visitor.cookie().unwrap());
    let form = [("email", email), ("password", password), ("csrf", token.as_str())];
    let log_in = async |header: &str, value: &str| {
        let request = client.post(process.url.join("login").unwrap()).form(&form).header("cookie", &cookie);
        request.header(header, value).send().await.unwrap().status()
    };
    for (header, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        assert_eq!(log_in(header, value).await, StatusCode::FORBIDDEN, "{header}: {value}");
    }
    assert_eq!(log_in("sec-fetch-site", "same-origin").await, StatusCode::SEE_OTHER, "the portal's own page");
    process.signal("TERM").await;
    assert!(process.end().await.0.success());
}
