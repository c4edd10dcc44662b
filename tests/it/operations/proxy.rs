//! `packaging/nginx.conf`, with Debian's nginx as a process of its own before the portal.

use super::read;
use crate::process::place::{Account, Place, Process, delivery};
use crate::support::tls;
use crate::support::visitor::Visitor;
use crate::support::wait::{PATIENCE, until};
use alva_portal::db::Backend;
use reqwest::StatusCode;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::process::Stdio;
use tokio::process::{Child, Command};

/// The most that the portal takes of a webhook's body (bytes).
const LONGEST: usize = 256 * 1024;

/// nginx with the file that operators get, before a portal whose address is https.
struct Proxied {
    place: Place,
    process: Process,
    account: Account,
    plain: u16,
    secure: u16,
    nginx: Child,
}

impl Drop for Proxied {
    fn drop(&mut self) {
        // The master, which ends its workers; `kill` alone leaves them.
        if let Some(pid) = self.nginx.id() {
            let _ = std::process::Command::new("kill").args(["-s", "TERM", &pid.to_string()]).status();
        }
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Proxied {
    async fn start() -> Self {
        let place = Place::new(Backend::Sqlite);
        let (plain, secure) = (free_port(), free_port());
        place.write_key("5e".repeat(32));
        let account = place.account("http://127.0.0.1:9").await;
        let base = format!("https://localhost:{secure}");
        let bind = format!("127.0.0.1:{}", free_port());
        let mut command = place.command(&["--json"]);
        command.env("BASE_URL", &base).env("BIND", &bind);
        let mut process = Process::of(command).await;
        process.url = format!("http://{bind}/").parse().unwrap();
        fs::write(place.file("nginx.conf"), configuration(&place, plain, secure, &bind)).unwrap();
        let nginx = Command::new("nginx")
            .args(["-e", "stderr", "-p", place.folder.path().to_str().unwrap(), "-c", "nginx.conf"])
            .stdin(Stdio::null())
            .spawn()
            .expect("nginx is installed: script/test installs it");
        let proxied = Self { place, process, account, plain, secure, nginx };
        until("nginx to answer", PATIENCE, async || {
            proxied.client(Ipv4Addr::LOCALHOST).get(&base).send().await.ok()
        })
        .await;
        proxied
    }

    /// Somebody on the network, at this address.
    fn client(&self, from: Ipv4Addr) -> reqwest::Client {
        self.builder(from).build().unwrap()
    }

    fn builder(&self, from: Ipv4Addr) -> reqwest::ClientBuilder {
        let authority = reqwest::Certificate::from_pem(&fs::read(tls::authority()).unwrap()).unwrap();
        reqwest::Client::builder()
            .add_root_certificate(authority)
            .resolve("localhost", (Ipv4Addr::LOCALHOST, self.secure).into())
            .local_address(IpAddr::V4(from))
    }

    fn url(&self, path: &str) -> url::Url {
        format!("https://localhost:{}{path}", self.secure).parse().unwrap()
    }

    /// Where Lever would post to.
    fn webhook(&self) -> url::Url {
        self.url(&format!("/webhooks/lever/key-{}", self.account.id))
    }
}

/// The operators' file, with this test's names, ports and certificate, inside the least that nginx needs around it.
fn configuration(place: &Place, plain: u16, secure: u16, portal: &str) -> String {
    let file = read("packaging/nginx.conf");
    let certificate = tls::authority().with_file_name("server.pem");
    let key = tls::authority().with_file_name("server-key.pem");
    let (log, errors) = (place.file("access.log"), place.file("error.log"));
    let mut site = file;
    for (theirs, ours) in [
        ("alva.example.com", "localhost"),
        ("server 127.0.0.1:8080;", &format!("server {portal};")),
        ("listen 80;", &format!("listen 127.0.0.1:{plain};")),
        ("listen 443 ssl http2;", &format!("listen 127.0.0.1:{secure} ssl http2;")),
        ("    listen [::]:80;\n", ""),
        ("    listen [::]:443 ssl http2;\n", ""),
        ("/etc/ssl/alva/fullchain.pem", certificate.to_str().unwrap()),
        ("/etc/ssl/alva/privkey.pem", key.to_str().unwrap()),
        ("/var/log/nginx/alva-portal.log", log.to_str().unwrap()),
        ("/var/log/nginx/alva-portal-error.log", errors.to_str().unwrap()),
    ] {
        assert!(site.contains(theirs), "{theirs} is in the file");
        site = site.replace(theirs, ours);
    }
    let folder = place.folder.path().display();
    let paths: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {folder}/{kind};\n"))
        .concat();
    let user = if fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0) {
        "user root;\n"
    } else {
        ""
    };
    format!(
        "{user}daemon off;\nworker_processes 1;\npid {folder}/nginx.pid;\nerror_log stderr error;\n\
         events {{ worker_connections 512; }}\nhttp {{\n{paths}{site}}}\n"
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deliveries_come_through_nginx_up_to_the_portal_s_own_limit() {
    let there = Proxied::start().await;
    let client = there.client(Ipv4Addr::LOCALHOST);
    let post = async |body: Vec<u8>| client.post(there.webhook()).body(body).send().await.unwrap();
    // A burst, over connections that are kept.
    let burst =
        (0..200).map(|n| post(delivery("interviewCreated", &format!("t{n}")).to_string().into_bytes()));
    for answer in futures_util::future::join_all(burst).await {
        assert_eq!(answer.status(), StatusCode::OK);
    }
    assert_eq!(there.account.worked().await.len(), 200);
    // The largest that the portal takes, and one byte more: the portal's own words, not nginx's.
    let mut largest = delivery("interviewCreated", "large").to_string().into_bytes();
    largest.resize(LONGEST, b' ');
    assert_eq!(post(largest.clone()).await.status(), StatusCode::OK);
    largest.push(b' ');
    let too_large = post(largest).await;
    assert_eq!(too_large.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert!(too_large.text().await.unwrap().contains("larger than 256 KiB"), "the portal says it");
    // What is far too large does not reach it.
    let refused = post(vec![b' '; 2 * 1024 * 1024]).await;
    assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert!(refused.text().await.unwrap().contains("nginx"));
    // Who knows a webhook's address can post to it, so it is in no log.
    let log = until("the log", PATIENCE, async || {
        let log = fs::read_to_string(there.place.file("access.log")).unwrap_or_default();
        (log.lines().count() > 200).then_some(log)
    })
    .await;
    assert!(log.contains("\"POST /webhooks/lever/(hidden)\" 200"), "{log}");
    let log = log + &fs::read_to_string(there.place.file("error.log")).unwrap();
    assert!(!log.contains(&there.account.id.to_string()), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_portal_sees_who_connected_to_nginx_whatever_they_say() {
    let there = Proxied::start().await;
    let somebody = |from| {
        let builder = there.builder(from).redirect(reqwest::redirect::Policy::none());
        Visitor::with(there.url("/"), builder.build().unwrap())
    };
    let guess = [("email", "dana@acme.example"), ("password", "guess")];
    let eve = somebody(Ipv4Addr::new(127, 0, 0, 1));
    // Another address in the header each time; ten tries are let through from one.
    let mut tries = 0;
    while eve.post_from(&format!("198.51.100.{tries}"), "/login", &guess).await.status
        != StatusCode::TOO_MANY_REQUESTS
    {
        tries += 1;
        assert!(tries < 40, "a header hides where a guesser is");
    }
    // From another address of the network: not slowed down.
    let other = somebody(Ipv4Addr::new(127, 0, 0, 2));
    let answer = other.post_from("198.51.100.200", "/login", &guess).await;
    assert_ne!(answer.status, StatusCode::TOO_MANY_REQUESTS, "everybody is taken for one");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_come_over_https_alone_and_what_operators_ask_stays_inside() {
    let there = Proxied::start().await;
    let client =
        there.builder(Ipv4Addr::LOCALHOST).redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let plain = client.get(format!("http://127.0.0.1:{}/login?next=1", there.plain)).send().await.unwrap();
    assert_eq!(plain.status(), StatusCode::MOVED_PERMANENTLY);
    assert!(plain.headers()["location"].to_str().unwrap().starts_with("https://"));
    let page = client.get(there.url("/login")).send().await.unwrap();
    assert_eq!((page.status(), page.version()), (StatusCode::OK, reqwest::Version::HTTP_2));
    // As the portal sends it: pages that change by themselves are asked for again, and kept nowhere.
    assert_eq!(page.headers()["cache-control"], "no-store");
    assert!(page.headers().contains_key("strict-transport-security"));
    assert!(page.headers().get_all("strict-transport-security").iter().count() == 1);
    for inside in ["/metrics", "/healthz", "/readyz"] {
        assert_eq!(
            client.get(there.url(inside)).send().await.unwrap().status(),
            StatusCode::NOT_FOUND,
            "{inside}"
        );
        let own = there.process.url.join(inside).unwrap();
        assert_eq!(reqwest::get(own).await.unwrap().status(), StatusCode::OK, "{inside}");
    }
}

#[test]
fn proxies_let_go_of_idle_connections_before_the_portal_does() {
    let settings = alva_portal::config::Settings::default().check().unwrap();
    let upstream = read("packaging/nginx.conf").split_once("upstream").unwrap().1.to_owned();
    let seconds = |text: &str, before: &str| -> u64 {
        let rest = text.split_once(before).unwrap().1.trim_start();
        rest.split('s').next().unwrap().parse().unwrap()
    };
    assert!(seconds(&upstream, "keepalive_timeout") < settings.keep_alive.as_secs());
    assert!(seconds(&read("packaging/Caddyfile"), "\t\t\tkeepalive ") < settings.keep_alive.as_secs());
}
