//! What every sequence begins from: a database in which the portal was set up, with an admin who is
//! logged in. Made once through the front door, then copied.

use super::client::Client;
use super::process::{Port, Portal};
use alva_portal::db::Backend;
use diesel::prelude::*;
use std::path::{Path, PathBuf};
use uuid::Uuid;

pub const ADMIN: &str = "ada@model.example";
pub const PASSWORD: &str = "lantern-orbit-walrus-42";
pub const CLIENT_ID: &str = "model-client";
pub const CLIENT_SECRET: &str = "model-client-secret-5b0c7e";

/// The least that the tests can be: one task after practice. Statements cannot be left out.
const CALIBRATION: &str =
    r#"{"logic": {"bank_size": 40, "stop": {"min_items": 1, "max_items": 1, "precision": 0.3}}}"#;

/// A database of one sequence; gone with this value.
pub struct Database {
    pub url: String,
    name: Option<String>,
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(name) = &self.name
            && let Err(e) = on_cluster(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        {
            eprintln!("cannot drop the database {name}: {e}");
        }
    }
}

fn cluster() -> url::Url {
    let url = std::env::var("TEST_POSTGRES_URL").expect("TEST_POSTGRES_URL names a cluster; see script/test");
    url.parse().expect("TEST_POSTGRES_URL is a URL")
}

fn on_cluster(statement: &str) -> Result<usize, String> {
    let mut conn = PgConnection::establish(cluster().as_str()).map_err(|e| e.to_string())?;
    diesel::sql_query(statement).execute(&mut conn).map_err(|e| e.to_string())
}

/// What every sequence begins from.
pub struct Ground {
    pub folder: tempfile::TempDir,
    first: Database,
}

impl Ground {
    pub async fn prepare(backend: Backend) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("calibration.json"), CALIBRATION).unwrap();
        let first = match backend {
            Backend::Sqlite => sqlite(&folder.path().join("first.sqlite")),
            Backend::Postgres => postgres("template0"),
        };
        let portal =
            Portal::start(&folder.path().join("key"), &first.url, folder.path(), Port::free(), None).await;
        let ada = Client::of(portal.url.clone(), None);
        let page = ada.get("/setup").await.unwrap();
        let code = portal.said().await["setup_code"].as_str().expect("a set-up code").to_owned();
        let fields = [
            ("setup_code", code.as_str()),
            ("company_name", "Model Inc"),
            ("your_name", "Ada"),
            ("email", ADMIN),
            ("password", PASSWORD),
        ];
        let done = ada.press(&page, "Create company", &fields).await.unwrap();
        assert_eq!(done.status, 303, "{}", done.html);
        log_in(&ada).await;
        // The model knows no mass moves, which would wait for the admin.
        let company = ada.get("/settings/company").await.unwrap();
        let saved = ada.press(&company, "Save these rules", &[("hold_above", "0")]).await.unwrap();
        assert_eq!(saved.status, 303, "{}", saved.html);
        // So that the copy holds all of it.
        portal.stop().await;
        Self { folder, first }
    }

    /// A copy of the database, for one sequence.
    pub fn database(&self, folder: &Path) -> Database {
        match &self.first.name {
            Some(name) => postgres(name),
            None => {
                let copy = folder.join("portal.sqlite");
                for end in ["", "-wal"] {
                    let from =
                        PathBuf::from(format!("{}{end}", self.folder.path().join("first.sqlite").display()));
                    if from.exists() {
                        std::fs::copy(from, format!("{}{end}", copy.display())).unwrap();
                    }
                }
                sqlite(&copy)
            }
        }
    }
}

fn sqlite(file: &Path) -> Database {
    Database { url: format!("sqlite://{}", file.display()), name: None }
}

fn postgres(template: &str) -> Database {
    let name = format!("alva_model_{}", Uuid::new_v4().simple());
    on_cluster(&format!("CREATE DATABASE {name} TEMPLATE {template}"))
        .unwrap_or_else(|e| panic!("cannot create the database {name}: {e}"));
    let mut url = cluster();
    url.set_path(&name);
    Database { url: url.into(), name: Some(name) }
}

/// The admin logs in, where that was not done yet. Each portal has its own session: the cookie is named by the port.
pub async fn log_in(ada: &Client) {
    let login = ada.get("/login").await.unwrap();
    if login.status == 200 {
        let there = ada.press(&login, "Log in", &[("email", ADMIN), ("password", PASSWORD)]).await.unwrap();
        assert_eq!(there.status, 303, "{}", there.html);
    }
}
