//! Servers whose certificate is of an authority of its own, for the name `localhost`.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, crypto};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("crates/lever-client/tests/tls")
}

/// The file with the authority's certificate.
pub fn authority() -> PathBuf {
    folder().join("authority.pem")
}

/// The file with a certificate that signs itself: `self-signed`, or one with a fault.
pub fn certificate(name: &str) -> PathBuf {
    folder().join(format!("{name}.pem"))
}

fn acceptor() -> TlsAcceptor {
    acceptor_with("server", "server-key")
}

fn acceptor_with(certificate: &str, key: &str) -> TlsAcceptor {
    let read = |name: &str| std::fs::read(self::certificate(name)).unwrap();
    let certificate = CertificateDer::from_pem_slice(&read(certificate)).unwrap();
    let key = PrivateKeyDer::from_pem_slice(&read(key)).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// Takes TLS off what comes and hands it to a server on this machine; answers its own port.
pub async fn before(port: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = listener.local_addr().unwrap().port();
    let acceptor = acceptor();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(socket).await else { return };
                let Ok(mut server) = TcpStream::connect(("127.0.0.1", port)).await else { return };
                let _ = tokio::io::copy_bidirectional(&mut stream, &mut server).await;
            });
        }
    });
    own
}

/// The same for PostgreSQL, whose clients ask for TLS in PostgreSQL's own words (its protocol, "SSL session
/// encryption").
#[cfg(feature = "postgres-tls")]
pub async fn before_postgres(port: u16) -> u16 {
    use tokio::io::AsyncReadExt as _;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = listener.local_addr().unwrap().port();
    let acceptor = acceptor();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut request = [0; 8];
                if socket.read_exact(&mut request).await.is_err() || request != [0, 0, 0, 8, 4, 210, 22, 47] {
                    return;
                }
                let _ = socket.write_all(b"S").await;
                let Ok(mut stream) = acceptor.accept(socket).await else { return };
                let Ok(mut server) = TcpStream::connect(("127.0.0.1", port)).await else { return };
                let _ = tokio::io::copy_bidirectional(&mut stream, &mut server).await;
            });
        }
    });
    own
}

/// A mail server that takes mail after STARTTLS only; answers its port. `said` holds what it was told.
pub async fn mail_server(said: Arc<Mutex<Vec<String>>>) -> u16 {
    serve_mail(said, acceptor(), "220 go on").await
}

/// The same, with a certificate that signs itself.
pub async fn mail_server_with(certificate: &str) -> u16 {
    serve_mail(Arc::default(), acceptor_with(certificate, "self-signed-key"), "220 go on").await
}

/// The same, with this answer to STARTTLS.
pub async fn mail_server_saying(said: Arc<Mutex<Vec<String>>>, to_starttls: &'static str) -> u16 {
    serve_mail(said, acceptor(), to_starttls).await
}

async fn serve_mail(said: Arc<Mutex<Vec<String>>>, acceptor: TlsAcceptor, to_starttls: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let (acceptor, said) = (acceptor.clone(), said.clone());
            tokio::spawn(async move {
                let mut open = BufReader::new(socket);
                if open.write_all(b"220 test\r\n").await.is_err()
                    || !talk(&mut open, false, to_starttls, &said).await
                {
                    return;
                }
                let Ok(stream) = acceptor.accept(open.into_inner()).await else { return };
                talk(&mut BufReader::new(stream), true, to_starttls, &said).await;
            });
        }
    });
    port
}

/// Answers lines; `true` when the rest comes encrypted.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
    is_encrypted: bool,
    to_starttls: &str,
    said: &Mutex<Vec<String>>,
) -> bool {
    let mut line = String::new();
    let mut in_letter = false;
    loop {
        line.clear();
        if !matches!(stream.read_line(&mut line).await, Ok(1..)) {
            return false;
        }
        let told = line.trim_end().to_owned();
        said.lock().unwrap().push(told.clone());
        if in_letter && told != "." {
            continue;
        }
        let answer = match told.get(..4) {
            _ if in_letter => "250 taken",
            Some("EHLO") if is_encrypted => "250 test",
            Some("EHLO") => "250-test\r\n250 STARTTLS",
            Some("STAR") => to_starttls,
            Some("MAIL" | "RCPT" | "DATA") if !is_encrypted => {
                "530 5.7.0 Must issue a STARTTLS command first"
            }
            Some("DATA") => "354 go on",
            Some("QUIT") => "221 bye",
            _ => "250 fine",
        };
        in_letter = answer.starts_with("354");
        if stream.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
            return false;
        }
        if answer.starts_with("220") {
            return true;
        }
    }
}
