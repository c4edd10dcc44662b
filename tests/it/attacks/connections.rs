//! Connections that are held, and answers that nobody reads.

use crate::process::place::{Place, Process};
use crate::support::wait::until;
use alva_portal::db::Backend;
use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::process::Command;

/// Longer than a reader may take nothing (20 s).
const UNREAD: Duration = Duration::from_secs(90);

/// The program with so few files that a thousand connections would take all of them.
async fn with_few_files(place: &Place) -> Process {
    let program = env!("CARGO_BIN_EXE_alva-portal");
    let mut command = Command::new("sh");
    let run = place.command(&[]);
    let settings = run.as_std().get_envs().filter_map(|(name, value)| Some((name, value?)));
    command
        .args(["-c", "ulimit -n 1024; exec \"$0\" --json", program])
        .env_clear()
        .envs(settings)
        .current_dir(place.folder.path())
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .kill_on_drop(true);
    Process::of(command).await
}

fn address(process: &Process) -> SocketAddr {
    process.url.socket_addrs(|| None).unwrap()[0]
}

async fn try_connect(from: &str, to: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(from.parse::<IpAddr>().unwrap(), 0))?;
    socket.connect(to).await
}

async fn connect(from: &str, to: SocketAddr) -> TcpStream {
    try_connect(from, to).await.unwrap()
}

/// Asks from an address; answers the status line and how long it took.
async fn ask(from: &str, to: SocketAddr, request: &str) -> (String, Duration) {
    let began = Instant::now();
    let mut stream = connect(from, to).await;
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await;
    let line = String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned();
    assert!(read.is_ok(), "no answer to others within five seconds: {line}");
    (line, began.elapsed())
}

/// 2,000 connections of one place are held open; another place is answered within a second: the door of the webhooks,
/// the check of health, and pages. Whoever held them can come back.
#[actix_web::test]
async fn two_thousand_held_connections_leave_room_for_others() {
    let place = Place::new(Backend::Sqlite);
    let account = place.account("http://127.0.0.1:9").await;
    let process = with_few_files(&place).await;
    let to = address(&process);
    let mut held = Vec::new();
    let door = account.url(&process).parse::<url::Url>().unwrap().path().to_owned();
    let ways = [
        // Half a head, half a body, a whole page that nobody reads, and nothing more behind an answer.
        "GET /login HTTP/1.1\r\nHost: localhost\r\n".to_owned(),
        format!("POST {door} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4000\r\n\r\n{{"),
        "GET /login HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
    ];
    for number in 0..2_000 {
        // One too many is let go while it still connects.
        let Ok(mut stream) = try_connect("127.0.0.1", to).await else { continue };
        let _ = stream.write_all(ways[number % ways.len()].as_bytes()).await;
        held.push(stream);
    }
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let body = r#"{"event": "candidateStageChange"}"#;
    let delivery = format!(
        "POST {door} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    for (request, expected) in
        [(get("/healthz"), "HTTP/1.1 200"), (get("/login"), "HTTP/1.1 200"), (delivery, "HTTP/1.1 400")]
    {
        let (line, took) = ask("127.0.0.2", to, &request).await;
        assert!(line.starts_with(expected), "{request}: {line}");
        assert!(took < Duration::from_secs(1), "{request}: {took:?}");
    }
    assert!(process.shown_log().contains("connections are turned away"), "{}", process.shown_log());
    drop(held);
    until("an answer to who held them", Duration::from_secs(20), async || {
        let mut stream = try_connect("127.0.0.1", to).await.ok()?;
        stream.write_all(get("/healthz").as_bytes()).await.ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.ok()?;
        answer.starts_with(b"HTTP/1.1 200").then_some(())
    })
    .await;
}

/// Who asks for a lot and reads nothing is let go.
#[actix_web::test]
async fn an_answer_that_nobody_reads_ends() {
    let place = Place::new(Backend::Sqlite);
    let process = place.start().await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stream = socket.connect(address(&process)).await.unwrap();
    let page = reqwest::get(process.url.join("/login").unwrap()).await.unwrap().text().await.unwrap();
    let style = page.split('"').find(|part| part.contains(".css")).expect("a stylesheet").to_owned();
    let mut requests = String::new();
    for _ in 0..2_000 {
        write!(requests, "GET {style} HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    }
    // More than the buffers of both sides hold: at some point nothing is taken any more.
    let sent = tokio::time::timeout(Duration::from_secs(2), stream.write_all(requests.as_bytes())).await;
    let began = Instant::now();
    until("the end of the connection", UNREAD, async || match stream.try_write(b"GET") {
        Err(failure) if failure.kind() == std::io::ErrorKind::WouldBlock => None,
        Err(_closed) => Some(()),
        Ok(_) => None,
    })
    .await;
    assert!(began.elapsed() > Duration::from_secs(5), "a slow reader has time: {sent:?}");
    assert_eq!(reqwest::get(process.url.join("/healthz").unwrap()).await.unwrap().status(), 200);
}

/// A body that is begun in pieces and never finished holds its connection for a time, and not without end: neither
/// where somebody reads it, nor where the answer went out without it.
#[actix_web::test]
async fn a_body_that_is_never_finished_ends() {
    let place = Place::new(Backend::Sqlite);
    let mut command = place.command(&["--json"]);
    command.env("KEEP_ALIVE", "1");
    let process = Process::of(command).await;
    let mut held = Vec::new();
    for path in ["/nothing", "/login", "/webhooks/lever/none"] {
        let mut stream = connect("127.0.0.1", address(&process)).await;
        let begun =
            format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\na");
        stream.write_all(begun.as_bytes()).await.unwrap();
        held.push((path, stream));
    }
    for (path, mut stream) in held {
        let end = async {
            let mut some = [0; 1024];
            // What was answered meanwhile, then the end.
            while stream.read(&mut some).await.is_ok_and(|read| read > 0) {}
        };
        assert!(tokio::time::timeout(UNREAD, end).await.is_ok(), "{path} is held");
    }
}

/// Half a head is waited for ten seconds.
#[actix_web::test]
async fn half_a_head_is_not_waited_for() {
    let place = Place::new(Backend::Sqlite);
    let process = place.start().await;
    let mut stream = connect("127.0.0.1", address(&process)).await;
    stream.write_all(b"GET /login HTTP/1.1\r\nHost: localhost\r\n").await.unwrap();
    let began = Instant::now();
    let mut answer = Vec::new();
    let read = tokio::time::timeout(UNREAD, stream.read_to_end(&mut answer)).await;
    assert!(read.is_ok(), "held");
    // Silence alone would end it after `KEEP_ALIVE` and 20 seconds: 95.
    assert!((5..30).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
}

/// The limit of files that a shell gives is raised as far as the system lets it.
#[actix_web::test]
async fn the_limit_of_files_is_raised_at_the_start() {
    let place = Place::new(Backend::Sqlite);
    let mut command = Command::new("sh");
    let run = place.command(&[]);
    let settings = run.as_std().get_envs().filter_map(|(name, value)| Some((name, value?)));
    command
        .args(["-c", "ulimit -Sn 256; exec \"$0\" --json", env!("CARGO_BIN_EXE_alva-portal")])
        .env_clear()
        .envs(settings)
        .current_dir(place.folder.path())
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .kill_on_drop(true);
    let process = Process::of(command).await;
    let to = address(&process);
    let mut held = Vec::new();
    for number in 0..400 {
        // Networks of their own, so that none has too many.
        let mut stream = connect(&format!("127.0.{}.1", 1 + number % 8), to).await;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
        let mut line = [0; 12];
        tokio::time::timeout(Duration::from_secs(5), stream.read_exact(&mut line)).await.unwrap().unwrap();
        assert_eq!(&line, b"HTTP/1.1 200", "the connection {number}");
        held.push(stream);
    }
    assert_eq!(held.len(), 400);
}

/// Who sends a byte now and then is never silent, and is not waited for without end all the same: neither into a body
/// that was answered long ago, nor before a first line.
#[actix_web::test]
async fn who_only_drips_is_not_waited_for() {
    let place = Place::new(Backend::Sqlite);
    let mut command = place.command(&["--json"]);
    command.env("KEEP_ALIVE", "1");
    let process = Process::of(command).await;
    let chunked =
        |line: &str| format!("{line} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    let drips = [
        (chunked("POST /login"), "1\r\nx\r\n"),
        (chunked("GET /static/app.js"), "1\r\nx\r\n"),
        (chunked("POST /webhooks/lever/none"), "1\r\nx\r\n"),
        ("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(), "\r\n"),
    ];
    let held = drips.map(|(head, drop)| {
        let to = address(&process);
        async move {
            let mut stream = connect("127.0.0.1", to).await;
            stream.write_all(head.as_bytes()).await.unwrap();
            let mut some = [0; 4096];
            let ended = async {
                let mut every = tokio::time::interval(Duration::from_millis(500));
                loop {
                    tokio::select! {
                        _ = every.tick() => if stream.write_all(drop.as_bytes()).await.is_err() { return },
                        read = stream.read(&mut some) => if !read.is_ok_and(|read| read > 0) { return },
                    }
                }
            };
            assert!(tokio::time::timeout(UNREAD, ended).await.is_ok(), "held: {head}");
        }
    });
    futures_util::future::join_all(held).await;
}

/// Thousands of requests in one go by somebody who reads no answer cost the portal little memory, and others nothing.
#[actix_web::test]
async fn requests_whose_answers_nobody_reads_take_little_memory() {
    let place = Place::new(Backend::Sqlite);
    let process = Process::of(place.command(&["--json"])).await;
    let to = address(&process);
    let get = "GET /static/app.js HTTP/1.1\r\nHost: localhost\r\n\r\n";
    ask("127.0.0.1", to, &get.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")).await;
    let before = resident(&process);
    let many = get.repeat(2_000);
    let held = futures_util::future::join_all((0..60).map(async |_| {
        let mut stream = connect("127.0.0.1", to).await;
        // What the portal does not take in stays on our side.
        let sent = tokio::time::timeout(Duration::from_secs(2), stream.write_all(many.as_bytes())).await;
        (stream, sent.is_ok())
    }))
    .await;
    let (status, _) =
        ask("127.0.0.2", to, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await;
    assert!(status.contains("200"), "{status}");
    let more = resident(&process).saturating_sub(before);
    assert!(more < 60 * 1_024, "{more} KiB for {} connections", held.len());
    // Who reads after all gets every answer.
    let mut stream = connect("127.0.0.3", to).await;
    let asked = format!("{}{}", get.repeat(300), get.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
    let (mut reads, mut writes) = stream.split();
    let mut answers = Vec::new();
    let (sent, read) = tokio::join!(writes.write_all(asked.as_bytes()), reads.read_to_end(&mut answers));
    sent.unwrap();
    read.unwrap();
    let answered = String::from_utf8_lossy(&answers).matches("HTTP/1.1 200").count();
    assert_eq!(answered, 301);
}

/// Resident memory of a process, in KiB.
fn resident(process: &Process) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("Linux says it");
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// 400 log-ins at once raise memory by at most 100 MB, and a delivery that comes meanwhile is kept: within a second by an
/// optimized build, and within five by another.
#[actix_web::test]
async fn four_hundred_log_ins_at_once_cost_little_memory() {
    let place = Place::new(Backend::Sqlite);
    let account = place.account("http://127.0.0.1:9").await;
    let process = place.start().await;
    let visitor = crate::support::visitor::Visitor::of(process.url.clone());
    let token = visitor.token().await;
    let before = resident(&process);
    let log_ins = (0..400_u32).map(async |n| {
        let email = format!("{n}@acme.example");
        let fields = [("email", email.as_str()), ("password", "guess"), ("csrf", token.as_str())];
        let network = format!("192.0.{}.{}", n / 250, n % 250);
        visitor.post_as_is_from(&network, "/login", &fields).await.status.as_u16()
    });
    let url = account.url(&process);
    let delivered = async {
        let began = Instant::now();
        let body = crate::process::place::delivery("candidateStageChange", "amid-log-ins");
        let sent = reqwest::Client::new().post(&url).json(&body).send().await.unwrap();
        (sent.status().as_u16(), began.elapsed())
    };
    let mut peak = before;
    let log_ins = futures_util::future::join_all(log_ins);
    tokio::pin!(log_ins, delivered);
    let (mut acked, mut sampled) = (None, tokio::time::interval(Duration::from_millis(20)));
    let answers = loop {
        tokio::select! {
            answers = &mut log_ins => break answers,
            there = &mut delivered, if acked.is_none() => acked = Some(there),
            _ = sampled.tick() => peak = peak.max(resident(&process)),
        }
    };
    let (status, took) = match acked {
        Some(there) => there,
        None => delivered.await,
    };
    let count = |wanted: u16| answers.iter().filter(|status| **status == wanted).count();
    eprintln!(
        "resident before {before} KiB, peak {peak} KiB; {} checked, {} told to come back; a delivery acked in {took:?}",
        count(422),
        count(503)
    );
    assert_eq!(count(422) + count(503), 400, "{answers:?}");
    assert!(count(503) > 0, "nobody is told to come back");
    assert!(peak - before < 100_000, "{before} KiB before, {peak} KiB at most");
    assert_eq!(status, 200);
    let soon = Duration::from_secs(if cfg!(debug_assertions) { 5 } else { 1 });
    assert!(took < soon, "a delivery was acked after {took:?}");
}

/// RFC 9112, sections 9.3 and 9.6: what comes behind the request that ends a connection is answered by nobody.
#[actix_web::test]
async fn nothing_is_answered_behind_the_last_request() {
    let place = Place::new(Backend::Sqlite);
    let account = place.account("http://127.0.0.1:9").await;
    let process = place.start().await;
    let door = account.url(&process).parse::<url::Url>().unwrap().path().to_owned();
    let body = r#"{"event": "candidateStageChange"}"#;
    let length = body.len();
    let post = format!("POST {door} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    for last in [
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".to_owned(),
        "GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n".to_owned(),
        format!("{post}Content-Length: {length}\r\n\r\n{body}"),
        format!("{post}Transfer-Encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n"),
    ] {
        let mut stream = connect("127.0.0.1", address(&process)).await;
        let next = "GET /nosuch HTTP/1.1\r\nHost: localhost\r\n\r\n";
        let sent = format!("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n{last}{next}{next}");
        stream.write_all(sent.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(15), stream.read_to_end(&mut answer)).await;
        assert!(read.is_ok(), "the portal ends the connection: {last}");
        let answer = String::from_utf8_lossy(&answer);
        assert_eq!(answer.matches("HTTP/1.").count(), 2, "{last}: {answer}");
        assert!(!answer.contains("404 Not Found"), "{last}: {answer}");
    }
}
