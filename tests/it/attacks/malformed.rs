//! Requests that two servers could read in two ways, and what else is no HTTP: one refusal, and the connection ends.

use crate::process::place::{Place, Process};
use alva_portal::db::Backend;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Everything that is answered until the connection ends; nothing more is sent.
async fn answered(process: &Process, request: &[u8]) -> String {
    let address = process.url.socket_addrs(|| None).unwrap()[0];
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The portal may have enough before it has all.
    let _ = stream.write_all(request).await;
    let _ = stream.shutdown().await;
    let mut answer = Vec::new();
    let read =
        tokio::time::timeout(std::time::Duration::from_secs(30), stream.read_to_end(&mut answer)).await;
    assert!(read.is_ok(), "held: {}", String::from_utf8_lossy(request));
    String::from_utf8_lossy(&answer).into_owned()
}

/// RFC 9112, sections 5.1, 5.2, 6.3 and 7.1. Behind each stands a request that nobody may answer: it is the body of the
/// one before for a server that reads the other length.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_could_be_read_in_two_ways_is_refused() {
    let place = Place::new(Backend::Sqlite);
    let process = place.start().await;
    let smuggled = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Smuggled: yes\r\n\r\n";
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let post = |headers: &str, body: &str| {
        format!("POST /login HTTP/1.1\r\nHost: localhost\r\n{form}{headers}\r\n{body}{smuggled}")
    };
    let long = "a".repeat(200_000);
    let cases: Vec<(&str, String)> = vec![
        ("both lengths", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")),
        (
            "both lengths, the other way",
            post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
        ),
        ("two lengths", post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello")),
        ("a list of lengths", post("Content-Length: 5, 6\r\n", "hello")),
        ("a length with a sign", post("Content-Length: +5\r\n", "hello")),
        ("a negative length", post("Content-Length: -5\r\n", "hello")),
        ("a length in hexadecimal", post("Content-Length: 0x5\r\n", "hello")),
        ("another coding", post("Transfer-Encoding: xchunked\r\n", "5\r\nhello\r\n0\r\n\r\n")),
        (
            "chunked is not the last",
            post("Transfer-Encoding: chunked, identity\r\n", "5\r\nhello\r\n0\r\n\r\n"),
        ),
        ("two codings", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n")),
        ("a space before the colon", post("Content-Length : 5\r\n", "hello")),
        ("a folded header", post("Content-Length: 5\r\n X: 6\r\n", "hello")),
        (
            "a chunk that is too large",
            post("Transfer-Encoding: chunked\r\n", "ffffffffffffffffff\r\nhello\r\n"),
        ),
        ("a chunk that is no number", post("Transfer-Encoding: chunked\r\n", "zz\r\nhello\r\n0\r\n\r\n")),
        (
            "U+0000 in a header",
            format!("GET /login HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n{smuggled}"),
        ),
        (
            "a line feed alone in a value",
            format!("GET /login HTTP/1.1\r\nHost: localhost\r\nX: a\rb\r\n\r\n{smuggled}"),
        ),
        ("a method that is none", format!("GE T /login HTTP/1.1\r\nHost: localhost\r\n\r\n{smuggled}")),
        ("no version", format!("GET /login\r\nHost: localhost\r\n\r\n{smuggled}")),
        (
            "a head without an end",
            format!("GET /login HTTP/1.1\r\nHost: localhost\r\nX: {long}\r\n\r\n{smuggled}"),
        ),
        ("an address without an end", format!("GET /{long} HTTP/1.1\r\nHost: localhost\r\n\r\n{smuggled}")),
        ("a thousand headers", {
            let headers: String = (0..1_000).map(|n| format!("X-{n}: y\r\n")).collect();
            format!("GET /login HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n{smuggled}")
        }),
    ];
    let mut wrong = Vec::new();
    for (what, request) in cases {
        let answer = answered(&process, request.as_bytes()).await;
        let answers = answer.matches("HTTP/1.1 ").count();
        let status = answer.get(9..12).unwrap_or_default().to_owned();
        let is_refused = answer.is_empty() || status.starts_with('4');
        if answers > 1 || !is_refused || answer.contains("alive") {
            wrong.push(format!("{what}: {answers} answers, {status}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(reqwest::get(process.url.join("/healthz").unwrap()).await.unwrap().status(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_methods_and_targets_open_nothing() {
    let place = Place::new(Backend::Sqlite);
    let process = place.start().await;
    for line in [
        "TRACE /login",
        "CONNECT evil.example:443",
        "OPTIONS *",
        "PUT /login",
        "DELETE /settings/team",
        "PRI *",
    ] {
        let request = format!(
            "{line} HTTP/1.1\r\nHost: localhost\r\nCookie: alva_session=secret-of-mine\r\nConnection: close\r\n\r\n"
        );
        let answer = answered(&process, request.as_bytes()).await;
        assert!(!answer.contains("secret-of-mine"), "{line} gives back what it was sent: {answer}");
        let status = answer.get(9..12).unwrap_or("400");
        assert!(status.starts_with('4') || status == "303", "{line}: {answer}");
    }
    // Absolute addresses name a host as well.
    let request = "GET http://evil.example/login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let answer = answered(&process, request.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 421"), "{answer}");
}
