//! What goes wrong on purpose: calls and deliveries that break, in the sandbox.

use super::plan::{Astray, At, Behind, Broken};
use super::play::Play;
use reqwest::Method;
use serde_json::{Value, json};

impl Play<'_> {
    /// Takes away the faults that did not strike, and counts those that did.
    pub(super) async fn end_faults(&mut self) {
        let left = self.world.control(Method::GET, "faults", Value::Null).await;
        self.world.control(Method::DELETE, "faults", Value::Null).await;
        for fault in left.as_array().unwrap() {
            let times = usize::try_from(fault["next"].as_u64().unwrap_or_default()).unwrap();
            let counted = self.tally.0.get_mut(&fault_name(fault)).expect("it was ordered");
            *counted -= times;
        }
    }

    pub(super) async fn fault(&mut self, target: &str, pattern: Option<&str>, broken: Broken, times: u8) {
        let mut fault = json!({ "target": target, "next": times });
        if let Some(pattern) = pattern {
            fault["match"] = pattern.into();
        }
        fault["kind"] = match broken {
            Broken::Status(status) => {
                fault["status"] = status.into();
                "status"
            }
            Broken::CloseBefore => "close_before",
            Broken::CloseAfter => "close_after",
            Broken::Truncate => "truncate",
            Broken::Latency(ms) => {
                fault["ms"] = ms.into();
                "latency"
            }
        }
        .into();
        self.order(fault, times).await;
    }

    pub(super) async fn fall_behind(&mut self, behind: Behind, times: u8) {
        let (kind, pattern) = match behind {
            Behind::Absent => ("absent", At::Look.pattern()),
            Behind::Stale => ("stale", At::Look.pattern()),
            Behind::OddRows => ("odd_rows", "GET /v1/*"),
            Behind::Repeated => ("repeat", "POST /v1/*"),
        };
        if !matches!(behind, Behind::OddRows | Behind::Repeated) {
            self.is_behind = true;
            self.people.iter_mut().for_each(|person| person.facts.is_behind = true);
        }
        self.order(json!({ "target": "api", "kind": kind, "match": pattern, "next": times }), times).await;
    }

    pub(super) async fn deliver_badly(&mut self, astray: Astray, times: u8) {
        let mut fault = json!({ "target": "deliveries", "next": times });
        fault["kind"] = match astray {
            Astray::Duplicate => "duplicate",
            Astray::Reorder => "reorder",
            Astray::Withhold => "withhold",
            Astray::Delay(ms) => {
                fault["ms"] = ms.into();
                "delay"
            }
            Astray::Unsigned => "unsigned",
            Astray::OldToken => "old_token",
        }
        .into();
        self.order(fault, times).await;
    }

    async fn order(&mut self, fault: Value, times: u8) {
        self.tally.add(fault_name(&fault), usize::from(times));
        self.world.control(Method::POST, "faults", fault).await;
    }
}

/// What a fault is called in the report.
fn fault_name(fault: &Value) -> String {
    let word = |field: &str| fault[field].as_str().unwrap_or_default().to_owned();
    match word("kind").as_str() {
        "status" => format!("fault {}: {}", word("target"), fault["status"]),
        kind => format!("fault {}: {kind}", word("target")),
    }
}
