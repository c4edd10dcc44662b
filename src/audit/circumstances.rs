//! From where something was done.

use serde_json::{Map, Value};

/// From where a request came; empty where nobody's browser was involved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// The network, not the address: `192.0.2.0/24`.
    pub network: String,
    /// A name of the session; opens nothing.
    pub session: String,
    /// What the browser calls itself.
    pub browser: String,
    /// By which the server's log is searched.
    pub request: String,
}

impl Circumstances {
    /// Adds what is known to the detail of a row.
    pub(super) fn add_to(&self, detail: &Value) -> Value {
        let mut fields = match detail {
            Value::Object(fields) => fields.clone(),
            Value::Null => Map::new(),
            other => Map::from_iter([("detail".to_owned(), other.clone())]),
        };
        let known = [
            ("network", &self.network),
            ("session", &self.session),
            ("browser", &self.browser),
            ("request", &self.request),
        ];
        for (name, value) in known {
            if !value.is_empty() && !fields.contains_key(name) {
                fields.insert(name.to_owned(), value.as_str().into());
            }
        }
        Value::Object(fields)
    }
}
