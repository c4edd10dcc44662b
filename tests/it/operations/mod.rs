//! What operators get beside the program: files in `packaging/` and `docs/operations.md`.

mod metrics;
mod packaging;
mod proxy;

use std::path::{Path, PathBuf};

/// A file of the repository.
fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap_or_else(|failure| panic!("{name}: {failure}"))
}

/// The documents of a YAML file, as JSON.
fn yaml(name: &str) -> Vec<serde_json::Value> {
    use serde::Deserialize as _;
    let text = read(name);
    serde_yaml_ng::Deserializer::from_str(&text)
        .map(|document| serde_json::Value::deserialize(document).unwrap_or_else(|e| panic!("{name}: {e}")))
        .collect()
}
