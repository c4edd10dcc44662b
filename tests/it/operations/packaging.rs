//! The files that start the portal name settings that there are, and what they promise of it.

use super::{path, read, yaml};
use crate::process::place::{Place, ended};
use alva_portal::config::Settings;
use alva_portal::db::Backend;
use clap::{Args as _, Command};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

/// Where the portal listens in a container.
const PORT: u64 = 8080;

/// The user that it is there.
const USER: u64 = 65532;

/// The names of all settings, as the environment spells them.
fn settings() -> BTreeSet<String> {
    let command = Settings::augment_args(Command::new("alva-portal"));
    command.get_arguments().map(|argument| argument.get_id().as_str().to_uppercase()).collect()
}

fn assert_settings<'n>(file: &str, names: impl IntoIterator<Item = &'n str>) {
    let known = settings();
    let mut any = false;
    for name in names {
        assert!(known.contains(name), "{file} sets {name}, which is no setting");
        any = true;
    }
    assert!(any, "{file} sets something");
}

fn keys(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn the_package_s_settings_can_be_read_with_everything_switched_on() {
    let text = read("packaging/alva-portal.toml");
    let switched_on: Vec<&str> = text
        .lines()
        .map(|line| line.strip_prefix("# ").filter(|it| it.contains(" = \"")).unwrap_or(line))
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("alva-portal.toml");
    fs::write(&file, switched_on.join("\n")).unwrap();
    // As the package installs it.
    fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o640)).unwrap();
    let on = Settings::from_file(Some(&file)).unwrap().unwrap().1;
    assert_eq!(
        on.given(),
        [
            "DATABASE_URL",
            "BIND",
            "BASE_URL",
            "LEVER_CLIENT_ID",
            "LEVER_CLIENT_SECRET",
            "SMTP_URL",
            "MAIL_FROM"
        ]
    );
    on.check().unwrap();
    // As it is installed.
    let as_is = Settings::from_file(Some(&path("packaging/alva-portal.toml"))).unwrap().unwrap().1;
    assert_eq!(as_is.given(), ["DATABASE_URL", "BIND"]);
}

#[test]
fn the_unit_gives_the_key_as_a_credential() {
    let unit = read("packaging/alva-portal.service");
    let values = |name: &str| -> Vec<String> {
        let lines = unit.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(values("LoadCredential"), ["secret-key:/etc/alva-portal/secret.key"]);
    assert_eq!(values("Environment"), ["SECRET_KEY_FILE=%d/secret-key"]);
    assert_settings("the unit", values("Environment").iter().map(|it| it.split_once('=').unwrap().0));
    assert_eq!(values("User"), ["alva-portal"]);
}

#[test]
fn the_image_runs_as_nobody_in_particular_and_asks_the_program_for_its_health() {
    let file = read("Containerfile");
    let last = file.rsplit_once("\nFROM ").unwrap().1;
    assert!(last.starts_with("scratch\n"), "nothing but the portal is in it");
    assert!(last.contains(&format!("\nUSER {USER}:{USER}\n")));
    assert!(last.contains(&format!("\nEXPOSE {PORT}\n")));
    assert!(last.contains("CMD [\"/usr/bin/alva-portal\", \"probe\"]"));
    let words = last.split_once("\nENV ").unwrap().1.split("\nWORKDIR").next().unwrap().to_owned();
    let pairs: Vec<(&str, &str)> = words
        .split_whitespace()
        .filter(|word| *word != "\\")
        .map(|word| word.split_once('=').unwrap())
        .collect();
    // The one that is the certificates' library's.
    assert_settings(
        "Containerfile",
        pairs.iter().map(|(name, _)| *name).filter(|name| *name != "SSL_CERT_FILE"),
    );
    assert!(pairs.contains(&("BIND", "0.0.0.0:8080")), "{pairs:?}");
    assert!(!file.contains("ARG "), "nothing secret, and nothing else, is given to the build");
}

#[test]
fn compose_starts_it_after_its_database_and_lets_it_write_nowhere() {
    let compose = &yaml("packaging/compose.yaml")[0];
    let portal = &compose["services"]["portal"];
    assert_settings("compose.yaml", keys(&portal["environment"]));
    assert_eq!(portal["read_only"], true);
    assert_eq!(portal["cap_drop"], serde_json::json!(["ALL"]));
    assert_eq!(portal["depends_on"]["database"]["condition"], "service_healthy");
    assert!(compose["services"]["database"]["healthcheck"]["test"].is_array());
    assert_eq!(compose["networks"]["inside"]["internal"], true, "the database reaches nobody");
    assert_eq!(compose["services"]["database"]["networks"], serde_json::json!(["inside"]));
    assert_eq!(compose["services"]["proxy"]["environment"]["ALVA_PORTAL"], format!("portal:{PORT}"));
    let env = read("packaging/compose.env.example");
    let given: BTreeSet<&str> = env.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
    let text = read("packaging/compose.yaml");
    let asked: BTreeSet<&str> =
        text.split("${").skip(1).map(|rest| rest.split(':').next().unwrap()).collect();
    assert_eq!(given, asked, "the example fills in what the file asks for");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kubernetes_asks_where_the_portal_answers() {
    let all = yaml("packaging/kubernetes.yaml");
    let of_kind =
        |kind: &str| all.iter().find(|it| it["kind"] == kind).unwrap_or_else(|| panic!("no {kind}"));
    let settings = &of_kind("ConfigMap")["data"];
    assert_settings("kubernetes.yaml", keys(settings));
    assert_eq!(settings["BIND"], format!("0.0.0.0:{PORT}"));
    let pod = &of_kind("Deployment")["spec"]["template"]["spec"];
    let portal = &pod["containers"][0];
    assert_eq!(portal["ports"][0]["containerPort"], PORT);
    assert_eq!(of_kind("Service")["spec"]["ports"][0]["targetPort"], portal["ports"][0]["name"]);
    assert_eq!(
        (&pod["securityContext"]["runAsNonRoot"], &pod["securityContext"]["runAsUser"]),
        (&true.into(), &USER.into())
    );
    assert_eq!(portal["securityContext"]["readOnlyRootFilesystem"], true);
    assert_eq!(portal["securityContext"]["allowPrivilegeEscalation"], false);
    for what in ["requests", "limits"] {
        assert!(portal["resources"][what]["memory"].is_string(), "{what}");
    }
    let key = settings["SECRET_KEY_FILE"].as_str().unwrap();
    let mounts = portal["volumeMounts"].as_array().unwrap();
    assert!(mounts.iter().any(|mount| key.starts_with(mount["mountPath"].as_str().unwrap())), "{key}");

    let place = Place::new(Backend::Sqlite);
    let process = place.start().await;
    for (probe, path) in
        [("startupProbe", "healthz"), ("livenessProbe", "healthz"), ("readinessProbe", "readyz")]
    {
        let asked = &portal[probe]["httpGet"];
        assert_eq!(asked["path"], format!("/{path}"), "{probe}");
        assert_eq!(asked["port"], portal["ports"][0]["name"], "{probe}");
        assert_eq!(reqwest::get(process.url.join(path).unwrap()).await.unwrap().status(), 200);
    }
}

#[tokio::test]
async fn a_key_that_root_gives_out_can_be_read_and_not_written() {
    // As a credential of systemd and a secret of Kubernetes are: a file in a folder where nothing can be made.
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new(Backend::Sqlite);
    let folder = place.file("credentials");
    fs::create_dir(&folder).unwrap();
    let key = folder.join("secret-key");
    fs::write(&key, "5e".repeat(32)).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o400)).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o500)).unwrap();
    let mut command = place.command(&["migrate"]);
    command.env("SECRET_KEY_FILE", &key);
    let done = ended(command).await;
    let process = crate::process::place::Process::of({
        let mut command = place.command(&["--json"]);
        command.env("SECRET_KEY_FILE", &key);
        command
    })
    .await;
    assert!(done.status.success(), "{done:?}");
    process.signal("TERM").await;
    assert!(process.end().await.0.success());
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing was made beside it");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn what_is_shipped_has_no_demo_and_says_what_it_is_made_of() {
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let deb = &manifest["package"]["metadata"]["deb"];
    assert_eq!(deb["default-features"].as_bool(), Some(false), "the demo is a default feature");
    assert_eq!(deb["features"].as_array().unwrap(), &[toml::Value::from("postgres-tls")]);
    let assets = deb["assets"].as_array().unwrap().iter().filter_map(|asset| asset[0].as_str());
    assert!(
        assets.clone().any(|asset| asset == "target/alva-portal.cdx.json"),
        "{:?}",
        assets.collect::<Vec<_>>()
    );
    let image = read("Containerfile");
    let built = image.lines().find(|line| line.contains("cargo rustc")).expect("it is built there");
    for flag in ["--locked", "--no-default-features", "--features postgres-tls"] {
        assert!(built.contains(flag), "{flag}: {built}");
    }
    assert!(image.contains("script/sbom >/image/usr/share/doc/alva-portal/alva-portal.cdx.json"), "{image}");
}

#[tokio::test]
async fn the_list_of_parts_is_that_of_what_is_shipped() {
    let list = tokio::process::Command::new(path("script/sbom")).env("CARGO_NET_OFFLINE", "true").output();
    let list = list.await.unwrap();
    assert!(list.status.success(), "{}", String::from_utf8_lossy(&list.stderr));
    let list: Value = serde_json::from_slice(&list.stdout).unwrap();
    assert_eq!((&list["bomFormat"], &list["specVersion"]), (&"CycloneDX".into(), &"1.5".into()));
    let lock: toml::Table = read("Cargo.lock").parse().unwrap();
    let locked = |name: &str| {
        let mut all = lock["package"].as_array().unwrap().iter();
        let package = all.find(|package| package["name"].as_str() == Some(name));
        package.unwrap_or_else(|| panic!("{name} is in Cargo.lock")).clone()
    };
    let components = list["components"].as_array().unwrap();
    // C libraries are built from source into the program: what is wrong with them is wrong with it.
    for name in ["openssl-src", "openssl-sys", "libsqlite3-sys", "pq-src", "rustls", "actix-web"] {
        let package = locked(name);
        let component = components.iter().find(|part| part["name"] == name);
        let component = component.unwrap_or_else(|| panic!("{name} is not in the list"));
        assert_eq!(component["version"].as_str(), package["version"].as_str(), "{name}");
        assert_eq!(component["hashes"][0]["content"].as_str(), package["checksum"].as_str(), "{name}");
    }
    for absent in ["lever-sandbox", "fantoccini", "wiremock"] {
        assert!(components.iter().all(|part| part["name"] != absent), "{absent} is not shipped");
    }
}
