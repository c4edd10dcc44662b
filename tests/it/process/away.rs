//! The database is away, or its disk is full: said at once, and over as soon as it is.

use super::place::{Place, Process, delivery};
use crate::support::portal::PASSWORD;
use crate::support::visitor::Visitor;
use crate::support::wait::{PATIENCE, until};
use alva_portal::db::Backend;
use reqwest::StatusCode;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// So soon somebody who waits has an answer.
pub const SOON: Duration = Duration::from_secs(2);

/// Stands between the portal and its PostgreSQL.
pub struct Relay {
    pub url: String,
    port: u16,
    to: String,
    connections: Arc<Mutex<JoinSet<()>>>,
    /// Whether what comes is passed on.
    flows: watch::Sender<bool>,
}

/// Passes on what comes, while it flows.
async fn carry(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut flows: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let mut buffer = vec![0; 16_384];
    loop {
        let length = from.read(&mut buffer).await?;
        let _ = flows.wait_for(|flows| *flows).await;
        match length {
            0 => return to.shutdown().await,
            length => to.write_all(&buffer[..length]).await?,
        }
    }
}

impl Relay {
    pub async fn before(database_url: &str) -> Self {
        let mut url: url::Url = database_url.parse().unwrap();
        let to = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(port)).unwrap();
        let relay =
            Self { url: url.into(), port, to, connections: Arc::default(), flows: watch::Sender::new(true) };
        relay.listen(listener);
        relay
    }

    fn listen(&self, listener: TcpListener) {
        let (to, connections, flows) = (self.to.clone(), self.connections.clone(), self.flows.subscribe());
        self.connections.lock().unwrap().spawn(async move {
            while let Ok((from, _)) = listener.accept().await {
                let (to, flows) = (to.clone(), flows.clone());
                connections.lock().unwrap().spawn(async move {
                    let Ok(server) = TcpStream::connect(to).await else { return };
                    let ((from, back), (answers, server)) = (from.into_split(), server.into_split());
                    // An end of one side ends both, as it does where somebody else is in between.
                    tokio::select! {
                        _ = carry(from, server, flows.clone()) => {}
                        _ = carry(answers, back, flows) => {}
                    }
                });
            }
        });
    }

    /// Connections stay, new ones are taken, and nothing is passed on: a network that was cut, a machine that stands
    /// still.
    pub fn freeze(&self) {
        self.flows.send_replace(false);
    }

    pub fn thaw(&self) {
        self.flows.send_replace(true);
    }

    /// Connections end, and new ones are refused, as when the server is stopped.
    pub fn cut(&self) {
        self.connections.lock().unwrap().abort_all();
    }

    pub async fn remedy(&self) {
        let listener = until("the port to be free", PATIENCE, async || {
            TcpListener::bind(("127.0.0.1", self.port)).await.ok()
        })
        .await;
        self.listen(listener);
    }
}

/// Somebody who logs in at this process.
pub async fn somebody(place: &Place, process: &Process) -> Visitor {
    let made = place.run(&["user", "add", "dana@acme.example", "--new-company", "Acme"]).await;
    let link = made.stdout.split_whitespace().find(|word| word.contains("/invite/")).expect("a link");
    let path = url::Url::parse(link).unwrap().path().to_owned();
    let dana = Visitor::of(process.url.clone());
    let form = [("your_name", "Dana Smith"), ("password", PASSWORD)];
    dana.post(&path, &form).await.leads_to("/settings/integrations");
    dana
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_postgres_is_away_everybody_is_told_so_within_two_seconds() {
    let place = Place::new(Backend::Postgres);
    let account = place.account("http://127.0.0.1:9").await;
    let relay = Relay::before(&place.database_url).await;
    let mut command = place.command(&["--json"]);
    command.env("DATABASE_URL", &relay.url);
    let process = Process::of(command).await;
    let dana = somebody(&place, &process).await;
    let stranger = Visitor::of(process.url.clone());
    assert_eq!(stranger.get("/readyz").await.status, StatusCode::OK);
    let client = reqwest::Client::new();
    let deliver = async |token: &str| {
        let body = delivery("candidateDeleted", token).to_string();
        client.post(account.url(&process)).body(body).send().await.unwrap()
    };
    assert_eq!(deliver("t-before").await.status(), StatusCode::OK);

    relay.cut();
    for round in 0..3 {
        for (who, path) in [
            (&stranger, "/login"),
            (&stranger, "/assessment/x"),
            (&dana, "/settings/team"),
            (&dana, "/events.csv"),
            (&stranger, "/readyz"),
        ] {
            let began = Instant::now();
            let page = who.get(path).await;
            assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{path}: {}", page.html);
            assert!(began.elapsed() < SOON, "{path} in round {round}: {:?}", began.elapsed());
            if path != "/readyz" {
                assert_eq!(page.text("h1"), "The portal cannot reach its database", "{path}");
                assert_eq!(page.retry_after, Some(5), "{path}");
            }
        }
        let began = Instant::now();
        let events = process.url.join("/api/v1/events").unwrap();
        let answer = client.get(events).bearer_auth(format!("alva_{}", "0".repeat(64))).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        assert_eq!(answer.headers()["retry-after"], "5");
        assert!(answer.text().await.unwrap().contains("\"code\":\"away\""));
        assert!(began.elapsed() < SOON, "a call of the API in round {round}: {:?}", began.elapsed());
        let began = Instant::now();
        let answer = deliver("t-away").await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.headers().contains_key("retry-after"));
        assert!(began.elapsed() < SOON, "a delivery in round {round}: {:?}", began.elapsed());
    }
    assert_eq!(stranger.get("/healthz").await.status, StatusCode::OK, "the process itself lives");

    relay.remedy().await;
    until("the portal to be ready again", PATIENCE, async || {
        (stranger.get("/readyz").await.status == StatusCode::OK).then_some(())
    })
    .await;
    assert!(dana.is_signed_in().await, "nobody was logged out by it");
    assert_eq!(deliver("t-after").await.status(), StatusCode::OK);
    let kept: Vec<String> = account.events().await.into_iter().map(|event| event.dedupe_key).collect();
    assert!(!kept.iter().any(|key| key.contains("t-away")), "what was refused is not kept");
}

/// The program in a file system of six megabytes that it alone sees, or none where that is not allowed here.
async fn in_little_room(place: &Place) -> Option<Process> {
    let room = place.file("room");
    std::fs::create_dir(&room).unwrap();
    let mount = format!("mount -t tmpfs -o size=6m none '{}'", room.display());
    let unshare = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script]);
        command
    };
    let is_allowed = unshare(&mount).output().await.is_ok_and(|output| output.status.success());
    if !is_allowed {
        eprintln!("skipped: this machine lets nobody mount a file system of their own");
        return None;
    }
    let mut command = unshare(&format!("{mount} && exec '{}' --json", env!("CARGO_BIN_EXE_alva-portal")));
    command
        .env("DATABASE_URL", format!("sqlite://{}", room.join("portal.sqlite").display()))
        .env("SECRET_KEY_FILE", place.file("key"))
        .env("BIND", "127.0.0.1:0")
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .kill_on_drop(true);
    Some(Process::of(command).await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_not_ready() {
    let place = Place::new(Backend::Sqlite);
    let Some(process) = in_little_room(&place).await else { return };
    let stranger = Visitor::of(process.url.clone());
    assert_eq!(stranger.get("/readyz").await.status, StatusCode::OK);
    // The process's own view of the files.
    let view = format!("/proc/{}/root{}", process.pid(), place.file("room").display());
    let filler = format!("{view}/filler");
    let mut file = std::fs::File::create(&filler).unwrap();
    while std::io::Write::write_all(&mut file, &[0xa1; 4096]).is_ok() {}
    until("the portal to be not ready", SOON, async || {
        let began = Instant::now();
        let page = stranger.get("/readyz").await;
        assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
        (page.status == StatusCode::SERVICE_UNAVAILABLE && page.html.contains("no room")).then_some(())
    })
    .await;
    assert_eq!(stranger.get("/healthz").await.status, StatusCode::OK);
    drop(file);
    std::fs::remove_file(filler).unwrap();
    until("the portal to be ready again", PATIENCE, async || {
        (stranger.get("/readyz").await.status == StatusCode::OK).then_some(())
    })
    .await;
}
