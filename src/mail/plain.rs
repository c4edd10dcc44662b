//! The way to a mail server until it is encrypted: its answers are passed on line by line, so that nothing that was said
//! before encryption is taken for said under it (the "STARTTLS injection" of CVE-2011-0411).

use lettre::transport::smtp::client::AsyncTokioStream;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// How a TLS handshake begins (RFC 8446 §5.1: the type of the first record). No command of SMTP begins so.
const HANDSHAKE: u8 = 22;

/// Why nothing is sent.
const INJECTED: &str = "the server sent extra data before the connection was encrypted with STARTTLS: \
                        somebody may be intercepting it, so nothing is sent";

/// A connection that hands over one line at a time until the TLS handshake, and refuses that where more was said.
#[derive(Debug)]
pub(super) struct Plain {
    tcp: TcpStream,
    /// Read from the connection, and not passed on yet.
    said: Vec<u8>,
    /// The command was given.
    is_asked: bool,
    is_encrypted: bool,
}

impl Plain {
    pub(super) fn new(tcp: TcpStream) -> Self {
        Self { tcp, said: Vec::new(), is_asked: false, is_encrypted: false }
    }
}

impl AsyncRead for Plain {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.is_encrypted {
            return Pin::new(&mut this.tcp).poll_read(cx, into);
        }
        if this.said.is_empty() {
            let mut bytes = [0; 4096];
            let mut read = ReadBuf::new(&mut bytes);
            ready!(Pin::new(&mut this.tcp).poll_read(cx, &mut read))?;
            this.said.extend_from_slice(read.filled());
        }
        let line = this.said.iter().position(|byte| *byte == b'\n').map_or(this.said.len(), |at| at + 1);
        let length = line.min(into.remaining());
        into.put_slice(&this.said[..length]);
        this.said.drain(..length);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Plain {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.is_asked |= bytes.starts_with(b"STARTTLS");
        if this.is_asked && !this.is_encrypted && bytes.first() == Some(&HANDSHAKE) {
            if !this.said.is_empty() {
                return Poll::Ready(Err(io::Error::other(INJECTED)));
            }
            this.is_encrypted = true;
        }
        Pin::new(&mut this.tcp).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().tcp).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().tcp).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for Plain {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.peer_addr()
    }
}
