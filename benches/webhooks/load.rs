//! The callers: plain HTTP/1.1 on connections that stay open, from one thread, so that most of the
//! machine is the server's. Deliveries are signed beforehand.

use alva_portal::time::Timestamp;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What deliveries are signed with.
pub const TOKEN: &str = "the-signing-token";

/// Callers that each wait for their answer before they call again.
pub const CONNECTIONS: usize = 64;

/// Signed deliveries in stock; more than are needed in the time.
const STOCK: usize = 400_000;

/// Deliveries with their signatures, without the part that makes them unique to a run.
pub struct Load {
    mac: Hmac<Sha256>,
}

/// What was measured.
pub struct Measured {
    pub per_second: f64,
    median: Duration,
    slow: Duration,
    refused: usize,
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:>8.0} deliveries/s, median {:.1} ms, 99 % within {:.1} ms",
            self.per_second,
            self.median.as_secs_f64() * 1000.0,
            self.slow.as_secs_f64() * 1000.0
        )?;
        if self.refused > 0 { write!(f, "; {} NOT answered 200", self.refused) } else { Ok(()) }
    }
}

impl Load {
    pub fn prepare() -> Self {
        Self { mac: Hmac::new_from_slice(TOKEN.as_bytes()).unwrap() }
    }

    /// Calls for so long. `run` makes the deliveries unlike those of other runs.
    pub fn run(&self, port: u16, path: &str, run: &str, span: Duration) -> Measured {
        let requests: Vec<String> = (0..STOCK).map(|n| self.request(path, &format!("{run}-{n}"))).collect();
        let next = AtomicUsize::new(0);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let began = Instant::now();
        let callers = (0..CONNECTIONS).map(|_| call(port, &requests, &next, began + span));
        let answers = runtime.block_on(futures_util::future::join_all(callers));
        let took = began.elapsed();
        let refused = answers.iter().map(|(_, refused)| refused).sum();
        let mut times: Vec<Duration> = answers.into_iter().flat_map(|(times, _)| times).collect();
        assert!(!times.is_empty(), "nothing was answered");
        times.sort_unstable();
        Measured {
            per_second: times.len() as f64 / took.as_secs_f64(),
            median: times[times.len() / 2],
            slow: times[times.len() * 99 / 100],
            refused,
        }
    }

    fn request(&self, path: &str, token: &str) -> String {
        let (mut mac, at) = (self.mac.clone(), Timestamp::now().0);
        mac.update(format!("{token}{at}").as_bytes());
        let signature = hex::encode(mac.finalize().into_bytes());
        let body = format!(
            r#"{{"id":"{token}","event":"candidateStageChange","triggeredAt":{at},"token":"{token}","signature":"{signature}","data":{{"opportunityId":"o-{token}","contactId":"c-{token}","candidateId":"o-{token}","fromStageId":"lead-new","toStageId":"7f2a51a0-0c59-4a4c-a5cd-2d0dd2f4c95e"}}}}"#
        );
        format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nUser-Agent: load\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }
}

async fn call(port: u16, requests: &[String], next: &AtomicUsize, until: Instant) -> (Vec<Duration>, usize) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (mut times, mut refused) = (Vec::new(), 0);
    let mut answer = Vec::with_capacity(4096);
    while Instant::now() < until {
        let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
        let sent = Instant::now();
        stream.write_all(request.as_bytes()).await.unwrap();
        answer.clear();
        while !is_whole(&answer) {
            assert!(stream.read_buf(&mut answer).await.unwrap() > 0, "the server hung up");
        }
        if answer.starts_with(b"HTTP/1.1 200") {
            times.push(sent.elapsed());
        } else {
            refused += 1;
        }
    }
    (times, refused)
}

/// Whether the head and as many bytes as it promises are there.
fn is_whole(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|window| window == b"\r\n\r\n") else { return false };
    let head = std::str::from_utf8(&answer[..end]).unwrap();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
    });
    answer.len() >= end + 4 + length.unwrap_or(0)
}
