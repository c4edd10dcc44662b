use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::{
    self, ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

use crate::client::tests::*;
use crate::{Hosts, OAuth, OAuthError};

const AUTHORITY: &[u8] = include_bytes!("../../../tests/tls/authority.pem");

/// A server on loopback whose certificate is of an authority of its own; answers an empty list to each call.
async fn server() -> String {
    let certificate =
        CertificateDer::from_pem_slice(include_bytes!("../../../tests/tls/server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("../../../tests/tls/server-key.pem")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(socket).await else { continue };
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let answer = "HTTP/1.1 200 OK\r\ncontent-length: 11\r\nconnection: close\r\n\r\n{\"data\":[]}";
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });
    address
}

fn api_with(http: reqwest::Client, address: &str) -> Api {
    let url = Url::parse(&format!("{address}/v1")).unwrap();
    Client::new(http, url, RateLimit::default()).read_retries(0).with_token(&"a token".into())
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_told_as_one() {
    let address = server().await;
    let http = http::client(Duration::from_secs(5)).unwrap();
    let error = api_with(http, &address).stages().await.unwrap_err();
    assert!(matches!(error, Error::Certificate { .. }), "{error:?}");
    assert!(error.is_transient() && !error.maybe_done());
    assert!(
        error.to_string().starts_with("Lever's certificate is not trusted (invalid peer certificate"),
        "{error}"
    );

    let hosts = Hosts::from_settings(&address, &address, None).unwrap();
    let oauth = OAuth::new(hosts, "id", "secret".into(), "https://portal.test/back").unwrap();
    let error = oauth.refresh(&"a token".into()).await.unwrap_err();
    assert!(matches!(error, OAuthError::Certificate { .. }), "{error:?}");
}

#[tokio::test]
async fn an_authority_of_a_companys_own_can_be_trusted() {
    let address = server().await;
    let settings =
        http::Settings { extra_roots: AUTHORITY.to_vec(), ..http::Settings::new(Duration::from_secs(5)) };
    let http = settings.client().unwrap();
    assert!(api_with(http.clone(), &address).stages().await.unwrap().is_empty());
    let hosts = Hosts::from_settings(&address, &address, None).unwrap();
    let oauth = OAuth::over(http, hosts, "id", "secret".into(), "https://portal.test/back").unwrap();
    // It is reached, and what it answers is no token.
    let error = oauth.exchange("code", &"verifier".into()).await.unwrap_err();
    assert!(matches!(error, OAuthError::Malformed { .. }), "{error:?}");
}
