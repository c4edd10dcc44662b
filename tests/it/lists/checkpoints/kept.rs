//! Checkpoints of every day, and the evidence pack.

use super::*;

on_both_databases!(threads: Place::new => one_is_signed_every_day);
async fn one_is_signed_every_day(place: Place) {
    let account = place.account("http://127.0.0.1:9").await;
    let process = place.start().await;
    let companies = account.db.read(alva_portal::people::companies).await.unwrap();
    let id = companies[0].id;
    // A row that runs is held for two minutes. A company that was just made is signed for ten minutes later.
    let kind = alva_portal::job_queue::JobKind::SignCheckpoint;
    wait::until("the work", wait::PATIENCE, async || {
        let due =
            move |conn: &mut Conn| alva_portal::job_queue::hasten(conn, kind, id.as_str(), Timestamp(0));
        account.db.write(due).await.unwrap().then_some(())
    })
    .await;
    let first = wait::until("a checkpoint", wait::PATIENCE, async || {
        account.db.read(move |conn| checkpoints::newest(conn, &id)).await.unwrap()
    })
    .await;
    // That the company was founded, and that companies are counted.
    assert_eq!(first.seq, 2);
    let next = wait::until("its next time", wait::PATIENCE, async || {
        let job =
            account.db.read(move |conn| alva_portal::job_queue::find(conn, kind, id.as_str())).await.unwrap();
        job.map(|job| job.next_attempt_at).filter(|next| next.since(first.made_at) > 3_600_000)
    })
    .await;
    let hours = next.since(first.made_at) / 3_600_000;
    assert!((23..=24).contains(&hours), "{hours} hours");
    process.signal("TERM").await;
    assert!(process.end().await.0.success());
}

/// The members of a ZIP file, as Python reads them, which also checks each sum.
pub async fn unpacked(bytes: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("evidence.zip"), bytes).unwrap();
    let mut python = tokio::process::Command::new("python3");
    python.args(["-m", "zipfile", "-e", "evidence.zip", "."]).current_dir(folder.path());
    let output = python.output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    folder
}

on_both_databases!(Portal::start => evidence_is_one_file_that_can_be_checked_elsewhere);
async fn evidence_is_one_file_that_can_be_checked_elsewhere(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let other = Tenant::of(&portal, "Other").await;
    let of = |tenant: &Tenant<'_>, opportunity: &str, ago: u64| Event {
        opportunity_id: Some(opportunity.to_owned()),
        ..tenant.event(ago)
    };
    let events = [of(&acme, "op-1", 60), of(&acme, "op-2", 4 * 86_400), of(&other, "op-1", 60)];
    let [mine, old, theirs] = events.each_ref().map(|event| event.id);
    let [first, second, third] = events;
    acme.keep(vec![first, second]).await;
    other.keep(vec![third]).await;
    let candidate = acme.candidate("op-1", "Nova Fischer", "Cook").await;
    for event in [mine, old] {
        portal
            .write(move |conn| {
                use alva_portal::events::{NewStep, StepKind, steps};
                Ok(steps::add(conn, &event, NewStep::good(StepKind::Fetched, Reason::None))?)
            })
            .await;
    }
    let auditor = acme.auditor().await;
    let page = auditor.get("/audit/evidence").await;
    assert_eq!(acme.member().await.get("/audit/evidence").await.status, StatusCode::FORBIDDEN);
    let (path, hidden) = page.form("Download evidence");
    let token = hidden.iter().find(|(name, _)| name == "csrf").unwrap().1.clone();
    let all = auditor.download(&path, &[("csrf", &token)]).await;
    let folder = unpacked(&all).await;
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let (events, timelines, audit) = (read("events.ndjson"), read("timelines.ndjson"), read("audit.ndjson"));
    assert_eq!((events.lines().count(), timelines.lines().count()), (2, 2), "{events}{timelines}");
    assert!(read("actions.ndjson").is_empty());
    assert!(events.contains(mine.as_str()) && !events.contains(theirs.as_str()), "{events}");
    assert!(audit.contains("POST /audit/evidence.zip"), "that it was taken is in it");
    let readme = read("README.txt");
    assert!(readme.contains("portal of Acme") && readme.contains("all events, all time"), "{readme}");
    let check = |folder: std::path::PathBuf| async move {
        let key = std::fs::read_to_string(folder.join("public-key.txt")).unwrap();
        let mut python = tokio::process::Command::new("python3");
        python.args([
            "verify_audit.py",
            "--public-key",
            key.trim(),
            "--checkpoint",
            "checkpoint.txt",
            "audit.ndjson",
        ]);
        let output = python.current_dir(folder).output().await.unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    let (proven, said) = check(folder.path().to_owned()).await;
    assert!(proven && said.starts_with("Rows 1 to "), "{said}");

    // Of one candidate, and of a span.
    let own = auditor.get(&format!("/audit/evidence?candidate={candidate}")).await;
    assert!(own.text("main").contains("Nova Fischer"), "{}", own.html);
    let id = candidate.to_string();
    let of_one = unpacked(&auditor.download(&path, &[("csrf", &token), ("candidate", &id)]).await).await;
    let events = std::fs::read_to_string(of_one.path().join("events.ndjson")).unwrap();
    assert!(events.lines().count() == 1 && events.contains(mine.as_str()), "{events}");
    let (proven, said) = check(of_one.path().to_owned()).await;
    assert!(proven, "{said}");
    let yesterday = Timestamp::now().minus(std::time::Duration::from_secs(86_400)).rfc3339();
    let recent = unpacked(&auditor.download(&path, &[("csrf", &token), ("from", &yesterday)]).await).await;
    let events = std::fs::read_to_string(recent.path().join("events.ndjson")).unwrap();
    assert!(events.lines().count() == 1 && events.contains(mine.as_str()), "{events}");
    let wrong = auditor.post(&path, &[("from", "soon")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let stranger = other.admin().await;
    assert_eq!(
        stranger.get(&format!("/audit/evidence?candidate={candidate}")).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(stranger.post(&path, &[("candidate", &id)]).await.status, StatusCode::NOT_FOUND);
}
