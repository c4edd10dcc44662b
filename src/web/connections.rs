//! Connections: so many of one place that others have room, and none that waits for a reader without end.
//!
//! A connection costs its sender nothing, and the portal a file and memory. Those of one network get a part of what
//! there is; those of a proxy that is trusted are of many people, and get most of it. What is more is closed at once.

pub mod heads;

use crate::config::TrustedProxies;
use crate::web::place::Place;
use actix_http::Protocol;
use actix_http::error::DispatchError;
use heads::Heads;
use std::collections::HashMap;
use std::future::Future as _;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

/// A reader takes this much in [`SLOWEST`], or all that is left: 3.2 KiB a second.
const ENOUGH: usize = 64 * 1024;

/// See [`ENOUGH`].
const SLOWEST: Duration = Duration::from_secs(20);

/// A request has this much longer than silence has until something is answered: as long as a body may take.
const UNANSWERED: Duration = SLOWEST;

/// Bytes that are read before what was read is looked at. The server decodes every request that it has at once, which
/// takes fifty times the room, so who sends many without a word from us (pipelining) gets few of them in.
const AT_ONCE: usize = 4 * 1024;

/// Requests that are taken in before a byte of an answer goes out. Nobody but an attacker sends more: browsers and Lever
/// wait for each answer. The server would work on all of them, and keep the answers.
const UNANSWERED_AT_ONCE: u32 = 4;

/// Bytes that the system keeps for a reader, about. More than a page has, and far less than its own limit of megabytes.
const KEPT_FOR_A_READER: usize = 128 * 1024;

/// Connections of one network, at most, however many there may be.
const MOST_OF_A_NETWORK: usize = 1_000;

/// The log says at most so often that connections are turned away.
const SAID_EVERY: Duration = Duration::from_secs(60);

/// Decides who gets a connection.
pub struct Admission {
    total: usize,
    /// A connection on which nothing goes either way for so long is closed.
    idle: Duration,
    of_a_network: usize,
    of_a_proxy: usize,
    proxies: TrustedProxies,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    all: usize,
    by_place: HashMap<String, usize>,
    said_at: Option<Instant>,
}

/// A place among the connections; free again when it is dropped.
struct Permit {
    admission: Arc<Admission>,
    place: String,
}

impl Admission {
    /// So many connections in all. One network gets a quarter, a trusted proxy three.
    /// On none of them may there be silence for longer than `idle`.
    pub fn new(total: usize, idle: Duration, proxies: TrustedProxies) -> Arc<Self> {
        let of_a_network = (total / 4).clamp(16, MOST_OF_A_NETWORK);
        let of_a_proxy = total / 4 * 3;
        Arc::new(Self { total, idle, of_a_network, of_a_proxy, proxies, held: Mutex::default() })
    }

    /// Takes a connection in.
    ///
    /// # Errors
    /// When its place has as many as it may, or all are taken: it is closed.
    pub fn admit(
        self: &Arc<Self>,
        stream: TcpStream,
    ) -> Result<(Connection, Protocol, Option<SocketAddr>), DispatchError> {
        let peer = stream.peer_addr()?;
        let Some(permit) = self.permit(peer.ip()) else {
            // A sender of more than it may is not waited for.
            let _ = stream.set_zero_linger();
            return Err(io::Error::from(io::ErrorKind::ConnectionRefused).into());
        };
        // A page goes out in several pieces, and the last would wait 40 ms for the browser's word about the first.
        stream.set_nodelay(true)?;
        socket2::SockRef::from(&stream).set_send_buffer_size(KEPT_FOR_A_READER)?;
        let connection = Connection {
            stream,
            late: None,
            taken: 0,
            idle: self.idle,
            active_at: Instant::now(),
            answered_at: Instant::now(),
            silence: None,
            read: 0,
            heads: Heads::default(),
            unanswered: 0,
            ahead: Vec::new(),
            holds_back: false,
            _permit: permit,
        };
        Ok((connection, Protocol::Http1, Some(peer)))
    }

    fn permit(self: &Arc<Self>, peer: IpAddr) -> Option<Permit> {
        let (place, most) = match self.proxies.trusts(peer) {
            true => (peer.to_string(), self.of_a_proxy),
            false => (Place(Some(peer)).network(), self.of_a_network),
        };
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let of_place = held.by_place.get(&place).copied().unwrap_or(0);
        if of_place >= most || held.all >= self.total {
            if held.said_at.is_none_or(|at| at.elapsed() >= SAID_EVERY) {
                held.said_at = Some(Instant::now());
                tracing::warn!(%place, of_place, most, all = held.all, "connections are turned away");
            }
            return None;
        }
        held.all += 1;
        *held.by_place.entry(place.clone()).or_default() += 1;
        Some(Permit { admission: Arc::clone(self), place })
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut held = self.admission.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.all -= 1;
        if let Some(count) = held.by_place.get_mut(&self.place) {
            *count -= 1;
            if *count == 0 {
                held.by_place.remove(&self.place);
            }
        }
    }
}

/// A connection that ends when its reader takes too little.
pub struct Connection {
    stream: TcpStream,
    /// Until when the reader must have taken enough; none while it keeps up.
    late: Option<Pin<Box<Sleep>>>,
    /// Bytes that it took since.
    taken: usize,
    /// Silence may last so long.
    idle: Duration,
    /// When a byte went either way last.
    active_at: Instant,
    /// When we wrote a byte last. A sender who only drips, into a body that was answered already or before a first
    /// line, is never silent, and is waited for by none of the server's own limits.
    answered_at: Instant,
    /// Rings when there was silence for too long; made when there is first something to wait for.
    silence: Option<Pin<Box<Sleep>>>,
    /// Bytes that were read since the server looked at them; see [`AT_ONCE`].
    read: usize,
    /// Where the requests end.
    heads: Heads,
    /// Requests that were taken in since a byte was written; see [`UNANSWERED_AT_ONCE`].
    unanswered: u32,
    /// Read, and not handed on yet: what came behind the end of a request's head.
    ahead: Vec<u8>,
    /// Nothing more is read until the reader has taken what was answered.
    holds_back: bool,
    _permit: Permit,
}

impl Connection {
    fn time_out<T>(&self) -> Poll<io::Result<T>> {
        // The system would keep what nobody reads for minutes.
        let _ = self.stream.set_zero_linger();
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    /// What was read before, or what comes now.
    fn poll_next(&mut self, cx: &mut Context<'_>, part: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.ahead.is_empty() {
            return Pin::new(&mut self.stream).poll_read(cx, part);
        }
        let length = part.remaining().min(self.ahead.len());
        part.put_slice(&self.ahead[..length]);
        self.ahead.drain(..length);
        Poll::Ready(Ok(()))
    }

    /// How much of what was read the server gets now: up to the end of a head. The rest is kept.
    fn hand_on(&mut self, read: &[u8]) -> usize {
        let (length, ended) = self.heads.advance(read);
        self.unanswered += u32::from(ended);
        self.ahead.splice(..0, read[length..].iter().copied());
        length
    }

    /// Waits for the end of the connection, and throws away what comes behind the last request: nobody may answer it
    /// (RFC 9112, section 9.6).
    fn poll_end(&mut self, cx: &mut Context<'_>, rest: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.ahead.clear();
        let length = rest.remaining().min(AT_ONCE);
        let mut part = ReadBuf::new(rest.initialize_unfilled_to(length));
        match Pin::new(&mut self.stream).poll_read(cx, &mut part) {
            Poll::Pending => self.poll_silence(cx),
            ready if part.filled().is_empty() => ready,
            _ if self.answered_at.elapsed() > self.idle + UNANSWERED => self.time_out(),
            _ => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    /// Ends a connection on which nothing goes either way for too long. The server's own limits count from what it
    /// expects next; a body that is never finished is waited for by none of them.
    fn poll_silence(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            let until = self.active_at + self.idle;
            let silence =
                self.silence.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(until.into())));
            ready!(silence.as_mut().poll(cx));
            if Instant::now() >= until {
                return self.time_out();
            }
            silence.as_mut().reset(until.into());
        }
    }

    fn keeps_up(&mut self) {
        (self.late, self.taken) = (None, 0);
    }

    fn written(&mut self, cx: &mut Context<'_>, how: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match how {
            Poll::Ready(Ok(bytes)) => {
                let now = Instant::now();
                (self.active_at, self.answered_at, self.unanswered) = (now, now, 0);
                self.taken += bytes;
                if self.taken >= ENOUGH {
                    self.keeps_up();
                }
                how
            }
            Poll::Ready(Err(_)) => how,
            Poll::Pending => {
                if self.late.is_none() {
                    self.taken = 0;
                }
                let late = self.late.get_or_insert_with(|| Box::pin(tokio::time::sleep(SLOWEST)));
                ready!(late.as_mut().poll(cx));
                self.time_out()
            }
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.heads.are_over() {
            return self.poll_end(cx, buffer);
        }
        let has_enough = self.unanswered >= UNANSWERED_AT_ONCE && !self.heads.is_in_body();
        if self.late.is_some() || has_enough {
            // The writing side wakes the task.
            self.holds_back = true;
            return Poll::Pending;
        }
        if self.read >= AT_ONCE {
            self.read = 0;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let length = buffer.remaining().min(AT_ONCE);
        let mut part = ReadBuf::new(buffer.initialize_unfilled_to(length));
        if let ready @ Poll::Ready(_) = self.poll_next(cx, &mut part) {
            let read = self.hand_on(part.filled());
            buffer.advance(read);
            self.read += read;
            if self.answered_at.elapsed() > self.idle + UNANSWERED {
                return self.time_out();
            }
            self.active_at = Instant::now();
            return ready;
        }
        self.read = 0;
        self.poll_silence(cx)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let how = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.written(cx, how)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let how = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.written(cx, how)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Called when all that there was is written.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = ready!(Pin::new(&mut self.stream).poll_flush(cx));
        self.keeps_up();
        if std::mem::take(&mut self.holds_back) {
            cx.waker().wake_by_ref();
        }
        Poll::Ready(flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn a_network_and_a_proxy_leave_room_for_others() {
        let admission = Admission::new(100, Duration::from_secs(60), "192.0.2.7".parse().expect("proxies"));
        let take = |peer: &str, times: usize| -> Vec<Permit> {
            (0..times).filter_map(|_| admission.permit(ip(peer))).collect()
        };
        let one = take("198.51.100.1", 60);
        assert_eq!(one.len(), 25, "a quarter");
        assert!(admission.permit(ip("198.51.100.200")).is_none(), "of the same network");
        let proxy = take("192.0.2.7", 200);
        assert_eq!(proxy.len(), 75, "three quarters");
        assert!(admission.permit(ip("203.0.113.1")).is_none(), "all are taken");
        drop(one);
        assert_eq!(take("203.0.113.1", 1).len(), 1);
        drop(proxy);
        assert_eq!(admission.held.lock().expect("held").by_place.len(), 0, "nothing is remembered");
    }

    #[tokio::test]
    async fn few_requests_are_taken_in_before_the_first_is_answered() {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let mut sender = TcpStream::connect(listener.local_addr().expect("bound")).await.expect("connects");
        let (accepted, _) = listener.accept().await.expect("accepts");
        let request = b"GET /login HTTP/1.1\r\nHost: x\r\n\r\n";
        let sent = request.repeat(60);
        sender.write_all(&sent).await.expect("sent");
        let mut seen = vec![0; sent.len()];
        while accepted.peek(&mut seen).await.expect("readable") < sent.len() {
            tokio::task::yield_now().await;
        }
        let admission = Admission::new(100, Duration::from_secs(60), TrustedProxies::default());
        let (mut connection, ..) = admission.admit(accepted).expect("room");
        let mut taken = Vec::new();
        for round in 1..=15 {
            // Until it waits.
            loop {
                let mut part = [0; 4096];
                let mut read = Box::pin(connection.read(&mut part));
                match futures_util::poll!(read.as_mut()) {
                    Poll::Ready(bytes) => {
                        let bytes = bytes.expect("read");
                        drop(read);
                        taken.extend_from_slice(&part[..bytes]);
                    }
                    Poll::Pending => break,
                }
            }
            assert_eq!(taken.len(), round * 4 * request.len(), "four and no more");
            connection.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.expect("answered");
            connection.flush().await.expect("flushed");
        }
        assert_eq!(taken, sent, "nothing is lost");
    }
}
