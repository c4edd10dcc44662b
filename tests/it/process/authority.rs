//! A company's own authority, and a mail server that is tried as far as a mail can be taken back.

use super::place::{Ended, Place, Process, ended};
use crate::support::mailbox::take_mail;
use crate::support::portal::PASSWORD;
use crate::support::tls;
use crate::support::visitor::Visitor;
use crate::support::wait::{PATIENCE, until};
use alva_portal::db::Backend;
use std::sync::{Arc, Mutex};
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

fn line<'e>(done: &'e Ended, what: &str) -> &'e str {
    let found = done.stdout.lines().find(|line| line.contains(&format!(" {what}:")));
    found.unwrap_or_else(|| panic!("{what} in {done:?}"))
}

async fn checked(place: &Place, settings: &[(&str, &str)]) -> Ended {
    let mut command = place.command(&["check"]);
    command.envs(settings.iter().copied());
    ended(command).await
}

#[tokio::test]
async fn an_authority_of_the_companys_own_is_trusted_when_it_is_named() {
    let place = Place::new(Backend::Sqlite);
    let lever = MockServer::start().await;
    let lever = format!("https://localhost:{}", tls::before(lever.address().port()).await);
    let mail = take_mail(Arc::default(), Arc::default()).await;
    let mail = url::Url::parse(&mail).unwrap().port().unwrap();
    let mail = format!("smtps://localhost:{}", tls::before(mail).await);
    let settings = [("LEVER_AUTH_URL", lever.as_str()), ("LEVER_API_URL", &lever), ("SMTP_URL", &mail)];
    let done = checked(&place, &settings).await;
    for what in ["Lever's sign-in service", "Lever's API", "mail server"] {
        let line = line(&done, what);
        assert!(line.contains('\u{2717}') && line.contains("certificate"), "{line}");
        assert!(line.contains("not trusted") && line.contains("EXTRA_CA_FILE"), "{line}");
    }
    let authority = tls::authority();
    let named = ("EXTRA_CA_FILE", authority.to_str().unwrap());
    let done = checked(&place, &[settings.as_slice(), &[named]].concat()).await;
    for what in ["Lever's sign-in service", "Lever's API", "mail server"] {
        assert!(line(&done, what).contains('\u{2713}'), "{}", line(&done, what));
    }
    assert!(line(&done, "mail server").contains("the connection is encrypted"), "{done:?}");
}

#[tokio::test]
async fn a_file_that_names_no_authority_is_refused() {
    let place = Place::new(Backend::Sqlite);
    let file = place.file("ca.pem");
    let path = file.to_str().unwrap().to_owned();
    for text in [
        None,
        Some(""),
        Some("no certificate"),
        Some("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
    ] {
        if let Some(text) = text {
            std::fs::write(&file, text).unwrap();
        }
        let mut command = place.command(&["--json"]);
        command.env("EXTRA_CA_FILE", &path);
        let done = ended(command).await;
        assert!(!done.status.success() && done.stderr.contains(&path), "{text:?}: {done:?}");
    }
}

#[tokio::test]
async fn mail_leaves_this_machine_in_the_open_only_by_an_explicit_word() {
    let place = Place::new(Backend::Sqlite);
    for url in ["smtp://mail.example", "smtp://u:GEHEIM@mail.example:25", "smtp://192.0.2.1"] {
        let mut command = place.command(&["--json"]);
        command.env("SMTP_URL", url);
        let done = ended(command).await;
        assert!(!done.status.success() && done.stderr.contains("?tls=none"), "{url}: {done:?}");
        assert!(!done.stderr.contains("GEHEIM"), "{done:?}");
        let done = checked(&place, &[("SMTP_URL", url)]).await;
        assert!(line(&done, "mail server").contains("?tls=none"), "{done:?}");
    }
    let mut command = place.command(&["--json"]);
    command.env("SMTP_URL", "smtp://192.0.2.1?tls=none");
    let process = Process::of(command).await;
    process.signal("TERM").await;
    assert!(process.end().await.0.success());
}

#[tokio::test]
async fn the_mail_server_is_tried_without_sending_anything() {
    let place = Place::new(Backend::Sqlite);
    let said = Arc::<Mutex<Vec<String>>>::default();
    let port = tls::mail_server(said.clone()).await;
    let sender = ("MAIL_FROM", "Alva <no-reply@portal.example>");
    // The server answers, and would refuse every mail.
    let done = checked(&place, &[("SMTP_URL", &format!("smtp://localhost:{port}")), sender]).await;
    let found = line(&done, "mail server");
    assert!(found.contains('\u{2717}') && found.contains("530"), "{found}");
    assert!(found.contains("add ?tls=required to SMTP_URL"), "{found}");
    said.lock().unwrap().clear();

    let authority = tls::authority();
    let settings = [
        ("SMTP_URL", format!("smtp://localhost:{port}?tls=required")),
        ("EXTRA_CA_FILE", authority.to_str().unwrap().to_owned()),
        ("MAIL_FROM", sender.1.to_owned()),
    ];
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let done = checked(&place, &settings).await;
    let found = line(&done, "mail server");
    assert!(found.contains('\u{2713}') && found.contains("encrypted with STARTTLS"), "{found}");
    let told = said.lock().unwrap().clone();
    let told: Vec<&str> = told.iter().map(String::as_str).filter(|line| !line.starts_with("EHLO")).collect();
    assert_eq!(
        told[..4],
        ["STARTTLS", "MAIL FROM:<no-reply@portal.example>", "RCPT TO:<no-reply@portal.example>", "RSET"]
    );
    assert!(!told.contains(&"DATA"), "{told:?}");

    // Refused as a recipient: in the server's words.
    let refusals = [("no-reply@portal.example".to_owned(), "550 5.7.1 relaying denied".to_owned())];
    let refusing = take_mail(Arc::default(), Arc::new(Mutex::new(refusals.into()))).await;
    let done = checked(&place, &[("SMTP_URL", &refusing), sender]).await;
    let found = line(&done, "mail server");
    assert!(found.contains('\u{2717}') && found.contains("relaying denied"), "{found}");
}

/// Somebody on the way says the server's answers before the connection is encrypted: they are not taken for the server's,
/// neither by `check` nor when a mail goes out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_before_encryption_is_not_taken_for_said_under_it() {
    const INJECTED: &str = "220 go on\r\n250-test\r\n250 AUTH PLAIN\r\n250 taken\r\n250 taken\r\n250 taken";
    let said = Arc::<Mutex<Vec<String>>>::default();
    for way in ["required", "opportunistic"] {
        let place = Place::new(Backend::Sqlite);
        let port = tls::mail_server_saying(said.clone(), INJECTED).await;
        let (url, authority) = (format!("smtp://localhost:{port}?tls={way}"), tls::authority());
        let settings = [("SMTP_URL", url.as_str()), ("EXTRA_CA_FILE", authority.to_str().unwrap())];
        let done = checked(&place, &settings).await;
        let found = line(&done, "mail server");
        assert!(found.contains('\u{2717}') && found.contains("somebody may be intercepting it"), "{found}");
        assert!(!found.contains("set SMTP_URL to a server"), "{found}");
        let told = said.lock().unwrap().clone();
        assert!(told.iter().all(|line| line.starts_with("EHLO") || line == "STARTTLS"), "{told:?}");

        let mut command = place.command(&["--json"]);
        command.envs(settings);
        let process = Process::of(command).await;
        let email = format!("dana@{way}.example");
        let made = place.run(&["user", "add", &email, "--new-company", "Acme"]).await;
        let link = made.stdout.split_whitespace().find(|word| word.contains("/invite/")).expect("a link");
        let path = url::Url::parse(link).unwrap().path().to_owned();
        let dana = Visitor::of(process.url.clone());
        let form = [("your_name", "Dana Smith"), ("password", PASSWORD)];
        dana.post(&path, &form).await.leads_to("/settings/integrations");
        let before = said.lock().unwrap().len();
        let kim = format!("kim@{way}.example");
        dana.post("/settings/team/invite", &[("email", kim.as_str()), ("role", "member")]).await;
        until("the attempt", PATIENCE, async || (said.lock().unwrap().len() >= before + 2).then_some(()))
            .await;
        process.signal("TERM").await;
        process.end().await;
        let told = said.lock().unwrap().clone();
        assert!(told.iter().all(|line| line.starts_with("EHLO") || line == "STARTTLS"), "{told:?}");
    }
}

/// Each fault of a certificate has a remedy of its own, and another mail server is none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_fault_of_a_certificate_has_its_own_remedy() {
    let place = Place::new(Backend::Sqlite);
    let check_with = async |certificate: &str| {
        let url = format!("smtp://localhost:{}?tls=required", tls::mail_server_with(certificate).await);
        let named = tls::certificate(certificate);
        let settings = [("SMTP_URL", url.as_str()), ("EXTRA_CA_FILE", named.to_str().unwrap())];
        let done = checked(&place, &settings).await;
        line(&done, "mail server").to_owned()
    };
    for (certificate, remedy) in [
        ("self-signed-authority", "CA:FALSE"),
        ("self-signed-expired", "renew it on that server"),
        ("self-signed-other-name", "it is for another name"),
    ] {
        let found = check_with(certificate).await;
        assert!(found.contains('\u{2717}') && found.contains("certificate is not trusted"), "{found}");
        assert!(found.contains(remedy), "{certificate}: {found}");
        assert!(!found.contains("set SMTP_URL to a server"), "{certificate}: {found}");
        assert_eq!(found.contains("EXTRA_CA_FILE"), remedy == "CA:FALSE", "{certificate}: {found}");
    }
    // As the remedy says: once it is named, one that is no authority's is trusted.
    let found = check_with("self-signed").await;
    assert!(found.contains('\u{2713}'), "{found}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_goes_out_over_a_connection_that_the_companys_authority_vouches_for() {
    let place = Place::new(Backend::Sqlite);
    let said = Arc::<Mutex<Vec<String>>>::default();
    let port = tls::mail_server(said.clone()).await;
    let mut command = place.command(&["--json"]);
    command
        .env("SMTP_URL", format!("smtp://localhost:{port}?tls=required"))
        .env("EXTRA_CA_FILE", tls::authority());
    let process = Process::of(command).await;
    let made = place.run(&["user", "add", "dana@acme.example", "--new-company", "Acme"]).await;
    let link = made.stdout.split_whitespace().find(|word| word.contains("/invite/")).expect("a link");
    let path = url::Url::parse(link).unwrap().path().to_owned();
    let dana = Visitor::of(process.url.clone());
    let form = [("your_name", "Dana Smith"), ("password", PASSWORD)];
    dana.post(&path, &form).await.leads_to("/settings/integrations");
    let form = [("email", "sam@acme.example"), ("role", "member")];
    dana.post("/settings/team/invite", &form).await.leads_to("/settings/team");
    until("the mail", PATIENCE, async || {
        said.lock().unwrap().iter().any(|line| line.contains("Join Acme on Alva")).then_some(())
    })
    .await;
    process.signal("TERM").await;
    assert!(process.end().await.0.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alerts_are_posted_to_a_receiver_that_the_companys_authority_vouches_for() {
    let receiver = MockServer::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(200)).mount(&receiver).await;
    let receiver_url = format!("https://localhost:{}/alerts", tls::before(receiver.address().port()).await);
    let authority = tls::authority();
    for (named, words) in [(None, "certificate is not trusted"), (Some(&authority), "The test was accepted")]
    {
        let place = Place::new(Backend::Sqlite);
        let mut command = place.command(&["--json"]);
        command.envs(named.map(|file| ("EXTRA_CA_FILE", file)));
        let process = Process::of(command).await;
        let made = place.run(&["user", "add", "dana@acme.example", "--new-company", "Acme"]).await;
        let link = made.stdout.split_whitespace().find(|word| word.contains("/invite/")).expect("a link");
        let path = url::Url::parse(link).unwrap().path().to_owned();
        let dana = Visitor::of(process.url.clone());
        let form = [("your_name", "Dana Smith"), ("password", PASSWORD)];
        dana.post(&path, &form).await.leads_to("/settings/integrations");
        let page = dana.get("/settings/company/alerts").await;
        let saved = dana.press(&page, "Save address", &[("alert_url", &receiver_url)]).await;
        assert_eq!(saved.status, 200, "{}", saved.html);
        let page = dana.get("/settings/company/alerts").await;
        dana.press(&page, "Send a test", &[]).await.leads_to("/settings/company/alerts");
        let page = dana.get("/settings/company/alerts").await;
        let said = page.text(".flash");
        assert!(said.contains(words), "{named:?}: {said}");
        assert_eq!(named.is_none(), said.contains("EXTRA_CA_FILE"), "{said}");
        process.signal("TERM").await;
        assert!(process.end().await.0.success());
    }
    assert_eq!(receiver.received_requests().await.unwrap().len(), 1);
}

/// The default build has a libpq without TLS, so no authority can vouch for PostgreSQL; it says so and what helps.
#[cfg(not(feature = "postgres-tls"))]
#[tokio::test]
async fn without_tls_to_postgres_it_says_how_to_get_it() {
    let place = Place::new(Backend::Sqlite);
    let authority = tls::authority();
    let url = "postgres://alva:GEHEIM@127.0.0.1:1/alva?sslmode=verify-full";
    let settings = [("DATABASE_URL", url), ("EXTRA_CA_FILE", authority.to_str().unwrap())];
    let done = checked(&place, &settings).await;
    let found = line(&done, "database");
    assert!(found.contains('\u{2717}') && found.contains("--features postgres-tls"), "{found}");
    assert!(found.contains("EXTRA_CA_FILE") && !found.contains("GEHEIM"), "{found}");
    let mut command = place.command(&["--json"]);
    command.envs(settings);
    let done = ended(command).await;
    assert!(!done.status.success() && done.stderr.contains("--features postgres-tls"), "{done:?}");
}

/// Packages speak TLS to PostgreSQL, and the company's own authority vouches for it once it is named.
#[cfg(feature = "postgres-tls")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_is_reached_over_tls_when_its_authority_is_named() {
    let place = Place::new(Backend::Postgres);
    let mut url = url::Url::parse(&place.database_url).unwrap();
    let port = tls::before_postgres(url.port().unwrap_or(5432)).await;
    url.set_host(Some("localhost")).unwrap();
    url.set_port(Some(port)).unwrap();
    url.set_query(Some("sslmode=verify-full"));
    let authority = tls::authority();
    let settings = [("DATABASE_URL", url.as_str()), ("EXTRA_CA_FILE", authority.to_str().unwrap())];
    let done = checked(&place, &settings).await;
    let found = line(&done, "database");
    assert!(found.contains('\u{2713}'), "{found}");
    let mut command = place.command(&["--json"]);
    command.envs(settings);
    let process = Process::of(command).await;
    process.signal("TERM").await;
    assert!(process.end().await.0.success());
    // Nobody vouches for it.
    let done = checked(&place, &settings[..1]).await;
    let found = line(&done, "database");
    assert!(found.contains('\u{2717}') && found.contains("certificate"), "{found}");
    assert!(found.contains("EXTRA_CA_FILE"), "{found}");
}
