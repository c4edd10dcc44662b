//! Where each setting came from, so that a complaint about one can say where to remedy it.

use crate::config::Settings;
use clap::ArgMatches;
use clap::parser::ValueSource;
use std::fmt;
use std::path::PathBuf;

/// The names of all settings, as the environment spells them.
pub(super) const NAMES: [&str; 21] = [
    "DATABASE_URL",
    "BIND",
    "BASE_URL",
    "SECRET_KEY_FILE",
    "LEVER_CLIENT_ID",
    "LEVER_CLIENT_SECRET",
    "LEVER_AUTH_URL",
    "LEVER_API_URL",
    "LEVER_AUDIENCE",
    "SMTP_URL",
    "EXTRA_CA_FILE",
    "MAIL_FROM",
    "CALIBRATION_FILE",
    "TESTS_URL",
    "TESTS_TOKEN",
    "TESTS_SIGNING_SECRET",
    "TRUSTED_PROXIES",
    "KEEP_ALIVE",
    "METRICS_TOKEN",
    "SECURITY_CONTACT",
    "LOG_FORMAT",
];

/// Where a setting came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// The command line.
    Flag(String),
    /// The environment.
    Environment,
    /// The configuration file.
    File(PathBuf),
    /// Nobody set it.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "from {flag}"),
            Self::Environment => f.write_str("from the environment"),
            Self::File(path) => write!(f, "from {}", path.display()),
            Self::Default => f.write_str("not set, so its default"),
        }
    }
}

/// Where all of them came from.
#[derive(Debug, Clone, Default)]
pub(super) struct Sources(Vec<(&'static str, Source)>);

impl Sources {
    /// From what was typed and, where that says nothing, from the configuration file.
    pub fn new(typed: &ArgMatches, file: Option<&(PathBuf, Settings)>) -> Self {
        let in_file = file.map(|(_, settings)| settings.given()).unwrap_or_default();
        let source = |name: &'static str| match (typed.value_source(&name.to_lowercase()), file) {
            (Some(ValueSource::CommandLine), _) => {
                Source::Flag(format!("--{}", name.to_lowercase().replace('_', "-")))
            }
            (Some(ValueSource::EnvVariable), _) => Source::Environment,
            (_, Some((path, _))) if in_file.contains(&name) => Source::File(path.clone()),
            _ => Source::Default,
        };
        Self(NAMES.iter().map(|name| (*name, source(name))).collect())
    }

    /// Where this setting came from.
    pub fn source_of(&self, name: &str) -> &Source {
        self.0.iter().find(|(known, _)| *known == name).map_or(&Source::Default, |(_, source)| source)
    }

    /// For a complaint: where the first setting that it names came from, of those that are set if any is.
    pub fn of_what_is_named_in(&self, complaint: &str) -> Option<String> {
        let places = self.0.iter().filter_map(|(name, source)| Some((complaint.find(name)?, name, source)));
        places
            .min_by_key(|(place, _, source)| (**source == Source::Default, *place))
            .map(|(_, name, source)| format!("{name}: {source}"))
    }
}
