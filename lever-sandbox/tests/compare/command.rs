//! The command as a process.

use std::process::Stdio;
use std::sync::Arc;

use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::sync::Notify;

use crate::support::{Proxy, sandbox};

/// What the process said.
struct Said {
    status: i32,
    out: String,
    err: String,
}

fn compare(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lever-sandbox"));
    command.arg("compare").args(arguments);
    command.env_remove("LEVER_COMPARE_KEY").env_remove("LEVER_COMPARE_WITH_KEY");
    command.kill_on_drop(true);
    command
}

async fn run(command: &mut Command, input: &str) -> Said {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A process that ended before it read is one that refused its arguments.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes()).await;
    let ended = child.wait_with_output().await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said { status: ended.status.code().unwrap(), out: text(ended.stdout), err: text(ended.stderr) }
}

#[tokio::test]
async fn compare_as_a_command_takes_its_key_from_anywhere_and_never_prints_it() {
    let sandbox = sandbox().await;
    let few = ["--against", &sandbox.url, "--calls", "15", "--per-second", "10"];
    let key = sandbox.api_key.as_str();

    let by_argument = run(compare(&few).args(["--key", key]), "").await;
    let by_variable = run(compare(&few).env("LEVER_COMPARE_KEY", key).arg("--json"), "").await;
    let by_input = run(compare(&few).args(["--key", "-"]), &format!("{key}\n")).await;
    let both = ["--key", "-", "--with-key", "-", "--with", &sandbox.url];
    let both_by_input = run(compare(&few).args(both), &format!("{key}\n{key}\n")).await;
    for said in [&by_argument, &by_variable, &by_input, &both_by_input] {
        assert_eq!(said.status, 0, "{}{}", said.out, said.err);
        assert!(!said.out.contains(key) && !said.err.contains(key));
    }
    assert!(by_argument.out.contains("No differences."), "{}", by_argument.out);
    assert!(
        by_argument.out.contains("here   a sandbox started for this comparison, 15 calls"),
        "{}",
        by_argument.out
    );
    assert!(both_by_input.out.contains(&format!("here   {}/v1, 15 calls", sandbox.url)));
    let json: Value = serde_json::from_str(&by_variable.out).unwrap();
    assert_eq!((&json["same"], &json["differences"]), (&true.into(), &Value::Array(Vec::new())));
    assert_eq!((&json["with"]["started"], &json["against"]["cutShort"]), (&true.into(), &true.into()));

    let help = run(compare(&["--help"]).env("LEVER_COMPARE_KEY", key), "").await;
    assert!(help.out.contains("LEVER_COMPARE_KEY") && !help.out.contains(key), "{}", help.out);
}

#[tokio::test]
async fn compare_as_a_command_ends_with_1_when_something_differs() {
    let sandbox = sandbox().await;
    let proxy = Proxy::start(&sandbox.url, |asked, answer| {
        if asked.path == "/v1/stages" {
            answer.each(|stage| stage["order"] = 1.into());
        }
    });
    let few = ["--against", &proxy.url, "--calls", "12", "--per-second", "10", "--json"];
    let said = run(compare(&few).env("LEVER_COMPARE_KEY", &sandbox.api_key), "").await;
    assert_eq!(said.status, 1, "{}{}", said.out, said.err);
    let json: Value = serde_json::from_str(&said.out).unwrap();
    let one = &json["differences"][0];
    assert_eq!((&one["subject"], &one["path"]), (&"stage".into(), &"order".into()));
    assert_eq!((&one["aspect"], &json["same"]), (&"field".into(), &false.into()));
}

#[tokio::test]
async fn compare_as_a_command_ends_with_2_when_it_could_not_compare() {
    let sandbox = sandbox().await;
    let secret = "a-secret-key";
    let cases = [
        (vec!["--against", "http://api.lever.co/v1", "--key", secret], "must begin with https"),
        (vec!["--against", "http://127.0.0.1:1", "--key", secret], "can't be reached"),
        (vec!["--against", &sandbox.url, "--key", secret], "refuses the key (status 401)"),
        (vec!["--against", &sandbox.url], "LEVER_COMPARE_KEY"),
        (vec!["--against", "a-secret-key", "--key", secret], "it is no URL"),
        (vec!["--against", "https://a-secret-key@api.lever.co", "--key", secret], "not in the URL"),
        (vec!["--against", &sandbox.url, "--key", "a-secret-key with space"], "no API key has"),
        (vec!["--against", &sandbox.url, "--key", "-"], "the key is empty"),
        (vec!["--against", &sandbox.url, "--key", secret, "--per-second", "11"], "11"),
        (vec!["--key", secret], "--against"),
    ];
    for (arguments, wanted) in cases {
        let said = run(&mut compare(&arguments), "").await;
        assert_eq!(said.status, 2, "{arguments:?}: {}{}", said.out, said.err);
        assert!(said.err.contains(wanted), "{arguments:?}: {}", said.err);
        assert!(said.out.is_empty() && !said.err.contains(secret), "{arguments:?}: {}", said.err);
    }
}

#[tokio::test]
async fn compare_as_a_command_ends_when_it_is_interrupted() {
    let sandbox = sandbox().await;
    let reads = Arc::new(Notify::new());
    let told = reads.clone();
    let proxy = Proxy::start(&sandbox.url, move |asked, _| {
        if asked.nth == 5 {
            told.notify_one();
        }
    });
    let mut command = compare(&["--against", &proxy.url]);
    command.env("LEVER_COMPARE_KEY", &sandbox.api_key);
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    reads.notified().await;
    let interrupt = ["-INT".to_owned(), child.id().unwrap().to_string()];
    assert!(Command::new("kill").args(interrupt).status().await.unwrap().success());
    let ended = child.wait_with_output().await.unwrap();
    assert_eq!(ended.status.code(), Some(2));
    assert!(ended.stdout.is_empty());
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(said.ends_with("lever-sandbox compare: interrupted\n"), "{said}");
    assert!(proxy.calls() < 20, "{}", proxy.calls());
}
