//! What a browser is told beside the page: size, colours and scripts, clipboard, log, picture.

use super::Browser;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use fantoccini::wd::WebDriverCompatibleCommand;
use serde_json::{Value, json};
use std::path::Path;
use url::Url;

/// What kind of browser the person has.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Width and height of the page, in CSS pixels.
    pub size: (u32, u32),
    /// Whether the system prefers dark colours.
    pub dark: bool,
    /// Whether the pages' scripts run.
    pub scripts: bool,
}

/// A common laptop.
pub const DESKTOP: Look = Look { size: (1280, 900), dark: false, scripts: true };
/// A common phone, upright.
pub const PHONE: Look = Look { size: (390, 844), ..DESKTOP };

/// How the browser is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// As it is.
    Good,
    /// As in a train: 50 kB a second, each answer 800 ms late.
    Slow,
    /// Not at all.
    Dead,
}

impl Browser {
    /// Changes the line from now on.
    pub async fn line(&self, line: Line) {
        self.cdp("Network.enable", json!({})).await;
        let (latency, bytes) = if line == Line::Slow { (800, 50 * 1024) } else { (0, -1) };
        let conditions = json!({ "offline": line == Line::Dead, "latency": latency,
            "downloadThroughput": bytes, "uploadThroughput": bytes });
        self.cdp("Network.emulateNetworkConditions", conditions).await;
    }

    /// What the clipboard holds.
    pub async fn clipboard(&self) -> String {
        self.cdp(
            "Browser.grantPermissions",
            json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] }),
        )
        .await;
        self.cdp("Emulation.setFocusEmulationEnabled", json!({ "enabled": true })).await;
        let read = "const done = arguments[0]; navigator.clipboard.readText().then(done, (error) => done(String(error)))";
        self.run_async(read, vec![]).await.as_str().unwrap_or_default().to_owned()
    }

    /// What the browser complained about since last asked: script errors, breaches of the content
    /// security policy, loads that failed.
    pub async fn complaints(&self) -> Vec<String> {
        let log =
            self.client.issue_cmd(Post { path: "se/log", body: json!({ "type": "browser" }) }).await.unwrap();
        log.as_array()
            .into_iter()
            .flatten()
            .filter(|entry| entry["level"] == "SEVERE")
            .map(|entry| entry["message"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// Keeps a picture of the whole page.
    pub async fn screenshot(&self, path: impl AsRef<Path>) {
        let path = path.as_ref();
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).unwrap();
        }
        let parameters = json!({ "format": "png", "captureBeyondViewport": true });
        let answer = self.cdp("Page.captureScreenshot", parameters).await;
        let picture = BASE64.decode(answer["data"].as_str().expect("Chromium answers with a picture"));
        std::fs::write(path, picture.unwrap()).unwrap();
    }

    pub(super) async fn apply(&self) {
        let Look { size: (width, height), dark, scripts } = self.look.get();
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.cdp("Emulation.setDeviceMetricsOverride", metrics).await;
        let features = json!([
            { "name": "prefers-color-scheme", "value": if dark { "dark" } else { "light" } },
            // Nothing moves, so nothing is judged or pictured half-way.
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.cdp("Emulation.setEmulatedMedia", json!({ "features": features })).await;
        self.cdp("Emulation.setScriptExecutionDisabled", json!({ "value": !scripts })).await;
    }

    /// A command of the Chrome DevTools Protocol.
    pub async fn cdp(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        self.client
            .issue_cmd(Post { path: "goog/cdp/execute", body })
            .await
            .unwrap_or_else(|e| panic!("{command} failed: {e}"))
    }
}

/// A command of chromedriver's own.
#[derive(Debug)]
struct Post {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Post {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (reqwest::Method, Option<String>) {
        (reqwest::Method::POST, Some(self.body.to_string()))
    }
}
