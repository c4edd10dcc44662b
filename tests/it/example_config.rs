//! `alva-portal.example.toml` is what the code says: each setting, what it means, and its default.

use alva_portal::config::Settings;
use clap::{Args as _, Command};
use std::fs;
use std::path::{Path, PathBuf};

const HEADER: &str = "\
# Every setting of the portal. Copy this file to alva-portal.toml, and remove the # in front of what you set.
# Where there is a default, the line shows it. Secrets are better kept in the environment, under the name in
# capitals: DATABASE_URL for database_url. Environment variables override this file, and flags override both.
# A copy that contains secrets is refused if everyone on the machine can read it: chmod o= alva-portal.toml.
# `alva-portal check` shows what is missing or wrong.
";

/// What to write where there is no default, or one that is no value.
const SAMPLES: [(&str, &str); 14] = [
    ("base_url", "https://alva.example.com"),
    ("lever_client_id", "the id that Lever shows"),
    ("lever_client_secret", "the secret that Lever shows"),
    ("lever_auth_url", "https://auth.lever.co"),
    ("lever_api_url", "https://api.lever.co/v1"),
    ("lever_audience", "https://api.lever.co/v1/"),
    ("extra_ca_file", "/etc/ssl/our-authority.pem"),
    ("calibration_file", "calibration.json"),
    ("tests_url", "https://tests.example.com/v1"),
    ("tests_token", "the token that the provider gave you"),
    ("tests_signing_secret", "whsec_…"),
    ("trusted_proxies", "10.0.0.0/8"),
    ("metrics_token", "16 characters or more"),
    ("security_contact", "mailto:security@example.com"),
];

/// The file as the settings say it should be.
fn example() -> String {
    let command = Settings::augment_args(Command::new("alva-portal"));
    let mut text = HEADER.to_owned();
    for argument in command.get_arguments() {
        let name = argument.get_id().as_str();
        let help = argument.get_help().unwrap().to_string();
        let sample = SAMPLES.iter().find(|(known, _)| *known == name).map(|(_, sample)| *sample);
        let (meaning, default) = match help.split_once(" [default: ") {
            Some((meaning, rest)) => (meaning, rest.strip_suffix(']')),
            None => (help.as_str(), None),
        };
        text.push_str(&format!("\n# {meaning}\n"));
        let value = match (sample, default) {
            (Some(sample), Some(default)) => {
                text.push_str(&format!("# Default: {default}\n"));
                sample
            }
            (Some(sample), None) => {
                text.push_str("# Default: none\n");
                sample
            }
            (None, Some(default)) => default,
            (None, None) => panic!("{name} has neither a default in its help nor a sample here"),
        };
        text.push_str(&format!("# {name} = \"{value}\"\n"));
    }
    text
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("alva-portal.example.toml")
}

/// The example with those settings switched on that `which` chooses.
fn switched_on(which: impl Fn(&str) -> bool) -> Settings {
    let lines = example();
    let chosen = lines
        .lines()
        .filter_map(|line| line.strip_prefix("# "))
        .filter(|line| line.split_once(" = \"").is_some_and(|(name, _)| !name.contains(' ') && which(name)));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("portal.toml");
    fs::write(&file, chosen.collect::<Vec<_>>().join("\n")).unwrap();
    // As the first lines say.
    fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o640)).unwrap();
    Settings::from_file(Some(&file)).unwrap().unwrap().1
}

#[test]
fn the_example_file_lists_every_setting_with_its_default() {
    assert_eq!(fs::read_to_string(path()).unwrap(), example(), "alva-portal.example.toml is out of date");
}

#[test]
fn the_example_can_be_read_with_everything_switched_on() {
    let command = Settings::augment_args(Command::new("alva-portal"));
    let names: Vec<String> =
        command.get_arguments().map(|argument| argument.get_id().as_str().to_uppercase()).collect();
    assert_eq!(switched_on(|_| true).given(), names);
}

#[test]
fn the_defaults_in_the_example_are_those_of_the_code() {
    use secrecy::ExposeSecret as _;
    let is_default = |name: &str| SAMPLES.iter().all(|(sample, _)| *sample != name);
    let shown = switched_on(is_default).check().unwrap();
    let real = Settings::default().check().unwrap();
    assert_eq!(shown.database_url.expose_secret(), real.database_url.expose_secret());
    assert_eq!(shown.smtp_url.expose_secret(), real.smtp_url.expose_secret());
    assert_eq!(format!("{shown:?}"), format!("{real:?}"));
}
