//! An OpenID provider that is not ours, from npm: `tests/assets/oidc-provider.mjs`.

use serde_json::{Value, json};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// A provider that runs until it is dropped.
pub struct OidcProvider {
    pub issuer: String,
    _process: Child,
}

impl OidcProvider {
    /// Starts one for a client that comes back to `redirect`, with these people: the name that they log in with, and their
    /// claims. `None`, and words about it, where it cannot be had: without Node, or without npm's registry.
    pub async fn start(redirect: &str, people: Value) -> Option<Self> {
        let root = env!("CARGO_MANIFEST_DIR");
        let fetched = Command::new(format!("{root}/script/oidc-provider")).output().await.unwrap();
        if fetched.status.code() == Some(75) {
            eprintln!("left out: {}", String::from_utf8_lossy(&fetched.stderr).trim());
            return None;
        }
        assert!(fetched.status.success(), "{}", String::from_utf8_lossy(&fetched.stderr));
        let module = String::from_utf8(fetched.stdout).unwrap();
        let origin = url::Url::parse(redirect).unwrap().origin().ascii_serialization();
        let client = json!({
            "client_id": "alva",
            "client_secret": crate::sso::SECRET,
            "redirect_uris": [redirect],
            "post_logout_redirect_uris": [format!("{origin}/login")],
            "backchannel_logout_uri": format!("{origin}/sso/back-channel-logout"),
            "backchannel_logout_session_required": true,
        });
        let settings = json!({ "client": client, "people": people }).to_string();
        let mut process = Command::new("node")
            .args([&format!("{root}/tests/assets/oidc-provider.mjs"), module.trim(), &settings])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let ready = lines.next_line().await.unwrap().expect("the provider says where it is");
        let ready: Value = serde_json::from_str(&ready).unwrap();
        // It goes on to write; nobody may close its pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Some(Self { issuer: ready["issuer"].as_str().unwrap().to_owned(), _process: process })
    }
}
