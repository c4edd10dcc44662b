//! The SMTP server: mailin's state machine, one task per connection, stopped with the sandbox.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use mailin::{Action, Handler, Response, SessionBuilder, response};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::mailbox::Mailbox;
use super::message::Envelope;
use crate::clock::Clock;

/// The largest message taken, in bytes.
const LARGEST_MESSAGE: usize = 10 * 1024 * 1024;
/// RFC 5321's code for a message that exceeds the storage.
const REFUSED_SIZE: u16 = 552;
/// The longest run of bytes read at once while waiting for a line's end.
const LONGEST_LINE: u64 = 1024 * 1024;

/// A running SMTP server. Takes mail for any recipient, without TLS or authentication.
#[derive(Debug)]
pub struct SmtpServer {
    address: SocketAddr,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl SmtpServer {
    /// Listens on `address` (port 0 picks a free one) and puts what arrives into `mailbox`,
    /// stamped by `clock`. Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub fn start(address: SocketAddr, mailbox: Arc<Mailbox>, clock: Clock) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let server = Self {
            address: listener.local_addr()?,
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        mailbox.set_address(server.address);
        let (stop, tasks) = (server.stop.clone(), server.tasks.clone());
        server.tasks.spawn(async move {
            loop {
                let accepted = tokio::select! {
                    () = stop.cancelled() => return,
                    accepted = listener.accept() => accepted,
                };
                let Ok((stream, peer)) = accepted else {
                    continue;
                };
                let inbound = Inbound::new(Arc::clone(&mailbox), clock.clone());
                let stop = stop.clone();
                tasks.spawn(async move {
                    tokio::select! {
                        () = stop.cancelled() => {}
                        ended = converse(stream, peer.ip(), inbound) => {
                            if let Err(error) = ended {
                                tracing::debug!(%error, "an SMTP connection broke off");
                            }
                        }
                    }
                });
            }
        });
        Ok(server)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops listening, closes every connection and returns when all is ended.
    pub async fn stop(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn converse(mut stream: TcpStream, peer: IpAddr, inbound: Inbound) -> io::Result<()> {
    let (read, mut write) = stream.split();
    let mut lines = BufReader::new(read);
    let mut session = SessionBuilder::new("lever-sandbox").build(peer, inbound);
    answer(&mut write, &session.greeting()).await?;
    while let Some(line) = next_line(&mut lines).await? {
        let reply = session.process(&line);
        match reply.action {
            Action::NoReply => {}
            // After a refused message the state machine still waits for data: start afresh.
            Action::Reply if reply.code == REFUSED_SIZE => return answer(&mut write, &reply).await,
            Action::Reply => answer(&mut write, &reply).await?,
            // STARTTLS is never offered, so an upgrade cannot be asked for.
            Action::Close | Action::UpgradeTls => return answer(&mut write, &reply).await,
        }
    }
    Ok(())
}

async fn next_line(lines: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::with_capacity(128);
    let read = lines.take(LONGEST_LINE).read_until(b'\n', &mut line).await?;
    Ok((read > 0).then_some(line))
}

async fn answer(write: &mut (impl AsyncWrite + Unpin), reply: &Response) -> io::Result<()> {
    let mut bytes = Vec::with_capacity(64);
    reply.write_to(&mut bytes)?;
    write.write_all(&bytes).await?;
    write.flush().await
}

/// What one connection has said so far.
struct Inbound {
    mailbox: Arc<Mailbox>,
    clock: Clock,
    envelope: Envelope,
    message: Vec<u8>,
    too_large: bool,
}

impl Inbound {
    fn new(mailbox: Arc<Mailbox>, clock: Clock) -> Self {
        Self { mailbox, clock, envelope: Envelope::default(), message: Vec::new(), too_large: false }
    }
}

impl Handler for Inbound {
    fn data_start(&mut self, _domain: &str, from: &str, _is8bit: bool, to: &[String]) -> Response {
        self.envelope = Envelope { from: bare(from), to: to.iter().map(|to| bare(to)).collect() };
        self.message.clear();
        self.too_large = false;
        response::OK
    }

    fn data(&mut self, line: &[u8]) -> io::Result<()> {
        // The rest of an oversized message is read and dropped: SMTP has no way to interrupt.
        if self.message.len() + line.len() > LARGEST_MESSAGE {
            self.too_large = true;
        } else {
            self.message.extend_from_slice(line);
        }
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        let message = std::mem::take(&mut self.message);
        if self.too_large {
            return response::NO_STORAGE;
        }
        let mail = self.mailbox.receive(&self.envelope, &message, self.clock.now_ms());
        tracing::debug!(id = mail.id, to = %mail.to, "mail received");
        response::OK
    }
}

fn bare(path: &str) -> String {
    path.trim_start_matches('<').trim_end_matches('>').to_owned()
}
