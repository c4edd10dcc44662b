//! PostgreSQL behind PgBouncer, as Debian packages it, with `pool_mode=transaction`.

use super::place::{Place, Process, delivery, ended};
use crate::support::portal::PASSWORD;
use crate::support::visitor::Visitor;
use crate::support::wait::{PATIENCE, until};
use alva_portal::db::Backend;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

/// Where packages put it.
const PROGRAM: &str = "/usr/sbin/pgbouncer";

/// The user "nobody" of Debian: PgBouncer refuses to run as root.
const NOBODY: u32 = 65_534;

/// A pooler before the database of a place; ends with this value.
pub struct Pooler {
    pub url: String,
    _child: Child,
    _folder: tempfile::TempDir,
}

impl Pooler {
    /// None where PgBouncer is not installed.
    async fn before(place: &Place) -> Option<Self> {
        Self::of(&place.database_url, "transaction", 4).await
    }

    /// Before the server of this URL, with so many connections to it.
    pub async fn of(server: &str, pool_mode: &str, pool_size: usize) -> Option<Self> {
        if !Path::new(PROGRAM).exists() {
            eprintln!("skipped: PgBouncer is not installed (Debian: pgbouncer)");
            return None;
        }
        let server: url::Url = server.parse().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let password = server.password().map(|word| format!(" password={word}")).unwrap_or_default();
        let settings = format!(
            "[databases]\n* = host={} port={} user={}{password}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = {pool_mode}\n\
             default_pool_size = {pool_size}\nmax_client_conn = 200\n",
            server.host_str().unwrap(),
            server.port().unwrap_or(5432),
            server.username(),
        );
        let file = folder.path().join("pgbouncer.ini");
        std::fs::write(&file, settings).unwrap();
        let mut command = Command::new(PROGRAM);
        command.arg(&file).kill_on_drop(true).stdout(std::process::Stdio::null());
        if std::fs::metadata("/proc/self").unwrap().uid() == 0 {
            command.uid(NOBODY);
        }
        let child = command.spawn().unwrap();
        until("PgBouncer to listen", PATIENCE, async || TcpStream::connect(("127.0.0.1", port)).await.ok())
            .await;
        let mut url = server;
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(port)).unwrap();
        Some(Self { url: url.into(), _child: child, _folder: folder })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_pgbouncer_it_works_or_says_what_to_set() {
    let place = Place::new(Backend::Postgres);
    let Some(pooler) = Pooler::before(&place).await else { return };
    let with = |url: &str, arguments: &[&str]| {
        let mut command = place.command(arguments);
        command.env("DATABASE_URL", url);
        command
    };
    for arguments in [&["--json"][..], &["check"]] {
        let done = ended(with(&pooler.url, arguments)).await;
        let said = format!("{}{}", done.stdout, done.stderr);
        assert!(!done.status.success() && said.contains("?pgbouncer=true"), "{done:?}");
    }

    // The first start, with its migrations, through the pooler.
    let url = format!("{}?pgbouncer=true", pooler.url);
    let process = Process::of(with(&url, &["--json"])).await;
    // A Lever that knows nobody, so that each event is worked to its end.
    let lever = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(404)).mount(&lever).await;
    let account = place.account(&lever.uri()).await;
    let client = reqwest::Client::new();
    let deliveries = (0..200).map(|number| {
        let body = delivery("candidateDeleted", &format!("t-{number}")).to_string();
        let (client, url) = (client.clone(), account.url(&process));
        async move { client.post(url).body(body).send().await.unwrap().status() }
    });
    for status in futures_util::future::join_all(deliveries).await {
        assert_eq!(status, 200);
    }
    let worked = account.worked().await;
    assert_eq!(worked.len(), 200);

    let made = ended(with(&url, &["user", "add", "dana@acme.example", "--new-company", "Acme"])).await;
    let link = made.stdout.split_whitespace().find(|word| word.contains("/invite/")).expect("a link");
    let path = url::Url::parse(link).unwrap().path().to_owned();
    let dana = Visitor::of(process.url.clone());
    let form = [("your_name", "Dana Smith"), ("password", PASSWORD)];
    dana.post(&path, &form).await.leads_to("/settings/integrations");
    for _ in 0..5 {
        let pages =
            ["/settings/team", "/events", "/candidates", "/audit", "/settings/integrations", "/readyz"];
        for page in futures_util::future::join_all(pages.map(|path| dana.get(path))).await {
            assert_eq!(page.status, 200, "{}: {}", page.url, page.html);
        }
    }

    // Two serve it together, and no key is changed meanwhile: the locks hold.
    let second = Process::of(with(&url, &["--json"])).await;
    let rotated = ended(with(&url, &["keys", "rotate"])).await;
    assert!(!rotated.status.success() && rotated.stderr.contains("is being served"), "{rotated:?}");
    let checked = ended(with(&url, &["check"])).await;
    assert!(checked.stdout.contains("opens through a pooler, and is up to date"), "{checked:?}");
    for process in [process, second] {
        let log = process.shown_log();
        assert!(!log.contains("prepared statement"), "{log}");
        process.signal("TERM").await;
        assert!(process.end().await.0.success());
    }
    // The server hears of the end of its clients a moment later.
    until("the locks to be given back", PATIENCE, async || {
        ended(with(&url, &["keys", "rotate"])).await.status.success().then_some(())
    })
    .await;
}
