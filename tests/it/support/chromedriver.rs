//! One Chromium with its chromedriver, and their certain end.

use super::wait;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// How long a browser may take to go when asked.
const FAREWELL: Duration = Duration::from_secs(5);

/// What it says.
const LOG: &str = "chromedriver.log";

/// A running chromedriver with one session; dropping it ends both and Chromium.
pub struct Chromedriver {
    process: Child,
    port: u16,
    session: Option<String>,
    /// Chromium's profile and the driver's log; removed last.
    folder: TempDir,
}

impl Chromedriver {
    /// Starts chromedriver on a free port and opens a session with a fresh profile.
    ///
    /// `CHROMEDRIVER` and `CHROMIUM` name other programs than those in the `PATH`.
    pub async fn start() -> (Self, Client) {
        // It chooses a port for IPv6, and finds it taken for IPv4 now and then: then another one is free.
        let mut driver = loop {
            let mut driver = Self::spawn();
            let log = driver.log();
            let started = wait::within(wait::PATIENCE, async || {
                let said = fs::read_to_string(&log).ok()?;
                port(&said).map(Some).or_else(|| said.contains("port not available").then_some(None))
            });
            match started.await {
                Some(Some(port)) => {
                    driver.port = port;
                    break driver;
                }
                Some(None) => {}
                None => {
                    panic!("chromedriver named no port: {}", fs::read_to_string(&log).unwrap_or_default())
                }
            }
        };

        let profile = driver.folder.path().join("profile");
        let Value::Object(capabilities) = capabilities(&profile.to_string_lossy()) else {
            unreachable!("capabilities are an object")
        };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", driver.port))
            .await
            .unwrap_or_else(|e| {
                panic!(
                    "Chromium does not start: {e}\n{}",
                    fs::read_to_string(driver.log()).unwrap_or_default()
                )
            });
        driver.session = client.session_id().await.unwrap();
        (driver, client)
    }

    fn spawn() -> Self {
        let program = std::env::var("CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".into());
        let folder = tempfile::Builder::new().prefix("alva-browser-").tempdir().unwrap();
        let output = File::create(folder.path().join(LOG)).unwrap();
        let process = Command::new(&program)
            .args(["--port=0", "--log-level=SEVERE"])
            // Whatever Chromium leaves behind goes with the folder.
            .env("TMPDIR", folder.path())
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn()
            .unwrap_or_else(|e| panic!("cannot start {program} ({e}): run `script/test`, which installs it"));
        // From here on a panic ends the process, too.
        Self { process, port: 0, session: None, folder }
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join(LOG)
    }

    /// Chromium's profile lies in it, so every process of Chromium names it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A request over a plain socket: it needs no runtime, so it works while a test unwinds.
    fn ask(&self, method: &str, path: &str) -> std::io::Result<()> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(FAREWELL))?;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            self.port
        )?;
        stream.read_exact(&mut [0; 12])
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        let started = descendants(self.process.id());
        if let Some(session) = self.session.take() {
            // Ends Chromium; what does not end is killed below.
            let _ = self.ask("DELETE", &format!("/session/{session}"));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
        for (pid, birth) in started {
            // The same number may by now be another process: its start time tells.
            if born(pid) == Some(birth) {
                // The shell's own `kill`: the program is not on every machine.
                let _ = Command::new("sh")
                    .args(["-c", &format!("kill -KILL {pid}")])
                    .stderr(Stdio::null())
                    .status();
            }
        }
    }
}

/// "ChromeDriver was started successfully on port 40213."
fn port(log: &str) -> Option<u16> {
    let (_, rest) = log.split_once("started successfully on port ")?;
    rest.split_once('.')?.0.parse().ok()
}

fn capabilities(profile: &str) -> Value {
    let mut options = json!({
        "args": [
            "--headless",
            // Root in a container has no sandbox; the pages are our own.
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-extensions",
            "--disable-features=Translate,MediaRouter,OptimizationHints",
            "--password-store=basic",
            "--lang=en",
            format!("--user-data-dir={profile}"),
        ],
        "prefs": {
            "credentials_enable_service": false,
            "profile.password_manager_enabled": false,
            "profile.password_manager_leak_detection": false,
        },
    });
    if let Ok(binary) = std::env::var("CHROMIUM") {
        options["binary"] = binary.into();
    }
    json!({
        "browserName": "chrome",
        "goog:chromeOptions": options,
        "goog:loggingPrefs": { "browser": "ALL" },
    })
}

/// Every process below `root` with its start time, as /proc tells it.
fn descendants(root: u32) -> BTreeSet<(u32, String)> {
    let mut found = BTreeSet::new();
    let mut parents = vec![root];
    while let Some(parent) = parents.pop() {
        let Ok(tasks) = fs::read_dir(format!("/proc/{parent}/task")) else {
            continue;
        };
        for task in tasks.flatten() {
            let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            for pid in children.split_whitespace().filter_map(|pid| pid.parse().ok()) {
                if let Some(birth) = born(pid) {
                    found.insert((pid, birth));
                    parents.push(pid);
                }
            }
        }
    }
    found
}

/// Field 22 of `/proc/PID/stat` (proc(5)): when the process started, in ticks since boot.
fn born(pid: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let after_name = stat.rsplit_once(") ")?.1;
    after_name.split(' ').nth(19).map(str::to_owned)
}
