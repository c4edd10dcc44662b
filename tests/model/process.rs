//! The portal's program: started, killed with `kill -9`, started again at the same address.

use super::ground::{CLIENT_ID, CLIENT_SECRET};
use serde_json::Value;
use std::collections::BTreeSet;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// How long a process has until it answers.
const PATIENCE: Duration = Duration::from_secs(90);

/// The Lever that a portal is for.
#[derive(Clone)]
pub struct LeverAt {
    pub url: String,
    pub smtp: String,
}

/// A portal that may be killed at any time.
pub struct Portal {
    pub url: url::Url,
    pub kills: AtomicUsize,
    settings: Vec<(&'static str, String)>,
    folder: PathBuf,
    _port: Port,
    child: tokio::sync::Mutex<Option<Child>>,
    said: tokio::sync::Mutex<Value>,
    log: Arc<Mutex<String>>,
}

/// A port that stays ours also while nobody listens: below those that the kernel hands out, apart from
/// other processes of this test, and given to nobody else until it is dropped.
pub struct Port(pub u16);

/// Ports of one process of this test.
const PORTS: u16 = 200;

/// The first of them, and those that are in use.
type Ours = (u16, BTreeSet<u16>);

fn ours() -> MutexGuard<'static, Ours> {
    /// Whoever listens here has the ports that belong to it.
    static ANCHOR: OnceLock<TcpListener> = OnceLock::new();
    static OURS: LazyLock<Mutex<Ours>> = LazyLock::new(|| {
        let place = (0..40).find_map(|n| {
            let anchor = TcpListener::bind(("127.0.0.1", 10_900 + n)).ok()?;
            ANCHOR.set(anchor).ok().map(|()| n)
        });
        Mutex::new((11_000 + PORTS * place.expect("a place for one more process"), BTreeSet::new()))
    });
    OURS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Port {
    pub fn free() -> Self {
        let mut ours = ours();
        let (first, used) = &mut *ours;
        let is_free = |port: &u16| !used.contains(port) && TcpListener::bind(("127.0.0.1", *port)).is_ok();
        let port = (*first..*first + PORTS).find(is_free).expect("a free port");
        used.insert(port);
        Self(port)
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        ours().1.remove(&self.0);
    }
}

impl Portal {
    /// Starts it and waits until it answers.
    pub async fn start(
        key: &Path,
        database_url: &str,
        folder: &Path,
        port: Port,
        lever: Option<LeverAt>,
    ) -> Self {
        let bind = format!("127.0.0.1:{}", port.0);
        let url = format!("http://{bind}");
        let calibration = key.with_file_name("calibration.json");
        let mut settings = vec![
            ("DATABASE_URL", database_url.to_owned()),
            ("SECRET_KEY_FILE", key.display().to_string()),
            ("CALIBRATION_FILE", calibration.display().to_string()),
            ("BIND", bind),
            ("BASE_URL", url.clone()),
        ];
        if let Some(lever) = lever {
            settings.extend([
                ("LEVER_CLIENT_ID", CLIENT_ID.to_owned()),
                ("LEVER_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
                ("LEVER_AUTH_URL", lever.url.clone()),
                ("LEVER_API_URL", lever.url),
                ("SMTP_URL", lever.smtp),
            ]);
        }
        let portal = Self {
            url: url.parse().unwrap(),
            kills: AtomicUsize::new(0),
            settings,
            folder: folder.to_owned(),
            _port: port,
            child: tokio::sync::Mutex::default(),
            said: tokio::sync::Mutex::default(),
            log: Arc::default(),
        };
        portal.run().await;
        portal
    }

    /// What it printed when it answered.
    pub async fn said(&self) -> Value {
        self.said.lock().await.clone()
    }

    /// Starts the program unless it runs.
    pub async fn run(&self) {
        let mut child = self.child.lock().await;
        if child.is_none() {
            *child = Some(self.spawn().await);
        }
    }

    async fn spawn(&self) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_alva-portal"));
        command
            .arg("--json")
            .env_clear()
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let kept = self.log.clone();
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                let mut kept = kept.lock().unwrap();
                kept.push_str(&line);
                kept.push('\n');
            }
        });
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        let read = tokio::time::timeout(PATIENCE, stdout.read_line(&mut line)).await;
        assert!(matches!(read, Ok(Ok(1..))), "the portal says nothing; its log: {}", self.log());
        *self.said.lock().await = serde_json::from_str(&line).unwrap();
        child
    }

    /// `kill -9`, and so much later a new process.
    pub async fn kill(&self, down: Duration) {
        let mut child = self.child.lock().await;
        if let Some(mut running) = child.take() {
            running.kill().await.unwrap();
            self.kills.fetch_add(1, Ordering::Relaxed);
        }
        tokio::time::sleep(down).await;
        *child = Some(self.spawn().await);
    }

    /// Tells it to stop, and waits for its end.
    pub async fn stop(&self) {
        let Some(mut child) = self.child.lock().await.take() else { return };
        let pid = child.id().expect("it runs").to_string();
        assert!(Command::new("kill").args(["-s", "TERM", &pid]).status().await.unwrap().success());
        let ended = tokio::time::timeout(PATIENCE, child.wait()).await;
        assert!(ended.is_ok_and(|status| status.unwrap().success()), "it ends: {}", self.log());
    }

    /// All that it wrote to its log, in all its lives.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }
}
