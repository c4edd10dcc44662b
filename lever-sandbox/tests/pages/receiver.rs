//! Who takes webhook calls: one that answers as told, one that nobody vouches for.

use std::sync::{Arc, Mutex};

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::support::wait;

/// One webhook call as it came in.
#[derive(Debug, Clone)]
pub struct Call {
    pub path: String,
    pub content_type: String,
    pub body: Value,
}

impl Call {
    /// Whether the signature is right under this signing token, computed here anew.
    pub fn signed_with(&self, signing_token: &str) -> bool {
        let token = self.body["token"].as_str().unwrap();
        let triggered_at = self.body["triggeredAt"].as_i64().unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(signing_token.as_bytes()).unwrap();
        mac.update(format!("{token}{triggered_at}").as_bytes());
        let expected: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        self.body["signature"] == expected.as_str()
    }
}

/// A server that takes webhook calls and answers as told.
pub struct Receiver {
    pub url: String,
    shared: Arc<Book>,
    handle: ServerHandle,
}

#[derive(Default)]
struct Book {
    calls: Mutex<Vec<Call>>,
    answers: Mutex<Vec<u16>>,
}

impl Receiver {
    /// Answers 200 to everything.
    pub fn start() -> Self {
        Self::answering(&[])
    }

    /// Answers these statuses in turn, and 200 from then on.
    pub fn answering(statuses: &[u16]) -> Self {
        let shared = Arc::new(Book::default());
        shared.answers.lock().unwrap().extend(statuses.iter().rev());
        let data = web::Data::from(shared.clone());
        let server =
            HttpServer::new(move || App::new().app_data(data.clone()).default_service(web::to(take)))
                .workers(1)
                .disable_signals()
                .bind("127.0.0.1:0")
                .unwrap();
        let url = format!("http://{}", server.addrs()[0]);
        let server = server.run();
        let handle = server.handle();
        tokio::spawn(server);
        Self { url, shared, handle }
    }

    pub fn calls(&self) -> Vec<Call> {
        self.shared.calls.lock().unwrap().clone()
    }

    /// Waits until there are so many calls.
    pub async fn wait_for(&self, count: usize) -> Vec<Call> {
        wait(&format!("{count} webhook calls"), || async { self.calls().len() >= count }).await;
        self.calls()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

async fn take(request: HttpRequest, body: web::Bytes, book: web::Data<Book>) -> HttpResponse {
    let header = request.headers().get("content-type");
    book.calls.lock().unwrap().push(Call {
        path: request.path().to_owned(),
        content_type: header.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default(),
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    });
    let status = book.answers.lock().unwrap().pop().unwrap_or(200);
    let status = actix_web::http::StatusCode::from_u16(status).unwrap();
    HttpResponse::build(status).insert_header(("location", "/elsewhere")).finish()
}

/// A receiver behind a self-signed certificate.
pub struct SelfSigned {
    pub url: String,
}

impl SelfSigned {
    /// Shakes hands with whoever accepts its certificate, until the test ends.
    pub async fn start() -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://localhost:{}/", listener.local_addr().unwrap().port());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // The caller hangs up during the handshake: that is the point.
                let _ = acceptor.accept(stream).await;
            }
        });
        Self { url }
    }
}
