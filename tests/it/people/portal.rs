//! A portal with people in it, and visitors who talk HTTP to it.

use crate::support::{postgres, wait};
use alva_portal::app::{self, Running};
use alva_portal::audit::{self, Actor};
use alva_portal::config::Settings;
use alva_portal::db::{Backend, DbError};
use alva_portal::ids::CompanyId;
use alva_portal::people::{
    self, Company, CompanySettings, Email, Name, NewPassword, PeopleError, Role, User,
};
use reqwest::StatusCode;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use scraper::{Html, Selector};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

/// Strong enough for everyone here.
pub const PASSWORD: &str = "lantern-orbit-walrus-42";

/// Runs a test on both databases.
macro_rules! both {
    ($(#[$doc:meta])* $name:ident, $test:expr) => {
        $(#[$doc])*
        mod $name {
            use super::*;

            #[actix_web::test]
            async fn sqlite() {
                $test(Portal::start(Backend::Sqlite).await).await;
            }

            #[actix_web::test]
            async fn postgres() {
                $test(Portal::start(Backend::Postgres).await).await;
            }
        }
    };
}
pub(super) use both;

/// A portal that runs, with an empty database and a mail server of its own.
pub struct Portal {
    pub running: Running,
    pub letters: Arc<Mutex<Vec<String>>>,
    _folder: tempfile::TempDir,
    _database: Option<postgres::TestDatabase>,
}

impl Portal {
    pub async fn start(backend: Backend) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = (backend == Backend::Postgres).then(postgres::create);
        let sqlite = || format!("sqlite://{}", folder.path().join("portal.sqlite").display());
        let letters = Arc::<Mutex<Vec<String>>>::default();
        let settings = Settings {
            database_url: Some(database.as_ref().map_or_else(sqlite, |database| database.url.clone())),
            secret_key_file: Some(folder.path().join("key")),
            smtp_url: Some(take_mail(letters.clone()).await.into()),
            ..Settings::default()
        };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let running = app::start(settings.check().unwrap(), listener).await.unwrap();
        Self { running, letters, _folder: folder, _database: database }
    }

    pub fn visitor(&self) -> Visitor {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Visitor { base: self.running.url.clone(), client, cookie: Mutex::default() }
    }

    pub async fn company(&self, name: &str) -> Company {
        let settings = CompanySettings::new(Name::parse(name).unwrap());
        self.write(move |conn| Ok(people::found_company(conn, &Actor::CommandLine, &settings)?)).await
    }

    /// Somebody of this company who can log in with [`PASSWORD`].
    pub async fn person(&self, company: &Company, email: &str, role: Role) -> User {
        let password = NewPassword::parse(PASSWORD.to_owned().into(), vec![]).await.unwrap();
        let (company, email) = (company.id.clone(), Email::parse(email).unwrap());
        let name = Name::parse(email.as_str().split('@').next().unwrap()).unwrap();
        let actor = Actor::CommandLine;
        self.write(move |conn| people::add(conn, &actor, &company, &email, &name, role, &password)).await
    }

    /// Somebody who is logged in.
    pub async fn signed_in(&self, email: &str) -> Visitor {
        let visitor = self.visitor();
        let answer = visitor.log_in(email, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{email} logs in: {}", answer.html);
        visitor
    }

    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut alva_portal::db::Conn) -> Result<T, PeopleError> + Send + 'static,
    ) -> T {
        self.running.db.write(work).await.unwrap()
    }

    /// The address of everyone in the company, with their role, in the order in which they came.
    pub async fn team(&self, company: &CompanyId) -> Vec<(String, Role)> {
        let company = company.clone();
        let members = self.running.db.read(move |conn| people::members(conn, &company)).await.unwrap();
        members.into_iter().map(|member| (member.user.email, member.user.role)).collect()
    }

    /// What the company's audit log says was done, oldest first.
    pub async fn audit(&self, company: &CompanyId) -> Vec<String> {
        let id = company.clone();
        let rows = self.running.db.read(move |conn| audit::page(conn, &id, None, 100)).await.unwrap();
        let company = company.clone();
        let verdict =
            self.running.db.read(move |conn| Ok::<_, DbError>(audit::verify(conn, &company)?)).await.unwrap();
        assert_eq!(verdict, audit::Verdict::Intact(rows.len() as i64));
        rows.into_iter().rev().map(|row| row.action).collect()
    }

    /// Waits for a mail to this address and answers the first link in it.
    pub async fn mailed_link(&self, to: &str) -> String {
        let mark = format!("To: {to}");
        let letter = wait::until(&format!("a mail to {to}"), wait::PATIENCE, async || {
            self.letters.lock().unwrap().iter().rev().find(|mail| mail.contains(&mark)).cloned()
        })
        .await;
        let line = letter.lines().find(|line| line.starts_with("http")).expect("a link in the mail");
        line.strip_prefix(self.running.url.as_str().trim_end_matches('/')).expect("our link").to_owned()
    }
}

/// An answer.
pub struct Page {
    pub status: StatusCode,
    pub html: String,
    pub location: Option<String>,
    pub retry_after: Option<u64>,
}

impl Page {
    /// The visible text of what the selector finds, parts joined by a line break.
    pub fn text(&self, selector: &str) -> String {
        let html = Html::parse_document(&self.html);
        let found = html.select(&Selector::parse(selector).unwrap());
        let parts: Vec<String> = found
            .map(|part| part.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        parts.join("\n")
    }

    /// An attribute of the first element that the selector finds.
    pub fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        let html = Html::parse_document(&self.html);
        html.select(&Selector::parse(selector).unwrap()).next()?.attr(name).map(str::to_owned)
    }

    /// That it leads there.
    #[track_caller]
    pub fn leads_to(&self, path: &str) {
        assert_eq!(
            (self.status, self.location.as_deref()),
            (StatusCode::SEE_OTHER, Some(path)),
            "{}",
            self.html
        );
    }
}

/// Somebody with a browser that keeps the session's cookie.
pub struct Visitor {
    base: url::Url,
    client: reqwest::Client,
    cookie: Mutex<Option<String>>,
}

impl Visitor {
    pub fn cookie(&self) -> Option<String> {
        self.cookie.lock().unwrap().clone()
    }

    pub fn set_cookie(&self, cookie: Option<String>) {
        *self.cookie.lock().unwrap() = cookie;
    }

    pub async fn get(&self, path: &str) -> Page {
        self.send(self.client.get(self.base.join(path).unwrap())).await
    }

    /// Sends a form as the browser does, with the token of the session.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.post_from("127.0.0.1", path, fields).await
    }

    /// The same, through a proxy on this machine, from that address.
    pub async fn post_from(&self, place: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.token().await;
        let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("csrf", token.as_str())]).collect();
        let request = self.client.post(self.base.join(path).unwrap());
        self.send(request.header("x-forwarded-for", place).form(&fields)).await
    }

    /// Sends a form as somebody else's page would make the browser do.
    pub async fn post_as_is(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.send(self.client.post(self.base.join(path).unwrap()).form(fields)).await
    }

    pub async fn log_in(&self, email: &str, password: &str) -> Page {
        self.post("/login", &[("email", email), ("password", password)]).await
    }

    /// Whether the portal knows who this is.
    pub async fn is_signed_in(&self) -> bool {
        self.get("/settings/team").await.status == StatusCode::OK
    }

    /// The token of the session, from the first page that has one.
    pub async fn token(&self) -> String {
        for path in ["/settings/team", "/password/forgot"] {
            if let Some(token) = self.get(path).await.attribute("input[name=csrf]", "value") {
                return token;
            }
        }
        panic!("no page has a token");
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Page {
        let request = match self.cookie() {
            Some(cookie) => request.header(COOKIE, cookie),
            None => request,
        };
        let answer = request.send().await.unwrap();
        if let Some(set) = answer.headers().get(SET_COOKIE) {
            let set = set.to_str().unwrap();
            let pair = set.split(';').next().unwrap();
            assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
            self.set_cookie((!set.contains("Max-Age=0")).then(|| pair.to_owned()));
        }
        let header = |name| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let location = header(LOCATION);
        let retry_after = header(reqwest::header::RETRY_AFTER).map(|seconds| seconds.parse().unwrap());
        Page { status: answer.status(), location, retry_after, html: answer.text().await.unwrap() }
    }
}

/// A mail server (RFC 5321) that takes everything; answers its URL.
async fn take_mail(letters: Arc<Mutex<Vec<String>>>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(take_letters(stream, letters.clone()));
        }
    });
    url
}

async fn take_letters(stream: tokio::net::TcpStream, letters: Arc<Mutex<Vec<String>>>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 test\r\n").await.unwrap();
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = match line.get(..4) {
            Some("DATA") => {
                write.write_all(b"354 go on\r\n").await.unwrap();
                let mut letter = String::new();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    letter.push_str(&line);
                    letter.push('\n');
                }
                letters.lock().unwrap().push(letter);
                "250 taken\r\n"
            }
            Some("QUIT") => "221 bye\r\n",
            _ => "250 fine\r\n",
        };
        if write.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}
