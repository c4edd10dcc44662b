//! `/audit/checkpoints`: signed, sent on, and checked on a machine that has nothing of the portal's.

pub mod kept;

use super::Tenant;
use crate::process::place::Place;
use crate::support::portal::Portal;
use crate::support::visitor::Visitor;
use crate::support::{on_both_databases, tamper, wait};
use alva_portal::audit::{self, Action, Actor, Fault, Verdict};
use alva_portal::checkpoints;
use alva_portal::db::schema::audit_log;
use alva_portal::db::{Conn, DbError};
use alva_portal::events::Event;
use alva_portal::reasons::Reason;
use alva_portal::time::Timestamp;
use reqwest::StatusCode;
use serde_json::json;
use std::path::{Path, PathBuf};
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

const PAGE: &str = "/audit/checkpoints";

async fn record(portal: &Portal, acme: &Tenant<'_>, subject: &'static str) {
    let company = acme.company.id;
    let row = move |conn: &mut Conn| {
        let detail = json!({"role": {"from": "member", "to": "admin — åäö"}});
        audit::record(conn, &company, &Actor::CommandLine, Action::TeamRoleChanged, subject, &detail)
    };
    portal.running.db.write(row).await.unwrap();
}

/// What an auditor takes home.
struct Taken {
    folder: tempfile::TempDir,
    key: String,
}

impl Taken {
    async fn by(auditor: &Visitor) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let page = auditor.get(PAGE).await;
        let key = page.attribute("#public_key", "value").expect("the public key");
        let file = page.attribute("tbody tr a[download]", "href").expect("a checkpoint");
        let (status, media, _, note) = auditor.file(&file).await;
        assert_eq!((status, media.as_str()), (StatusCode::OK, "text/plain; charset=utf-8"));
        std::fs::write(folder.path().join("checkpoint.txt"), note).unwrap();
        for name in ["audit.csv", "audit.ndjson"] {
            let (status, _, _, export) = auditor.file(&format!("/{name}")).await;
            assert_eq!(status, StatusCode::OK, "{name}");
            std::fs::write(folder.path().join(name), export).unwrap();
        }
        Self { folder, key }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// What both verifiers say, each in an empty environment: whether all is proven, and their words.
    async fn verified(&self, export: &Path, checkpoint: &Path, key: &str) -> [(bool, String); 2] {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/verify-audit/verify_audit.py");
        let (export, checkpoint) = (export.as_os_str(), checkpoint.as_os_str());
        let mut own = tokio::process::Command::new(env!("CARGO_BIN_EXE_alva-portal"));
        own.args(["audit", "verify", "--public-key", key]);
        own.args(["--export".as_ref(), export, "--checkpoint".as_ref(), checkpoint]).env_clear();
        let mut other = tokio::process::Command::new("python3");
        other.arg(script).args(["--public-key", key]).args(["--checkpoint".as_ref(), checkpoint, export]);
        let mut said = Vec::new();
        for mut command in [own, other] {
            let output = command.current_dir(self.folder.path()).output().await.unwrap();
            let words = [output.stdout, output.stderr].concat();
            said.push((output.status.success(), String::from_utf8(words).unwrap()));
        }
        assert!(!self.path("alva-portal.key").exists(), "checking makes no key");
        said.try_into().unwrap()
    }

    /// Checks that both refuse an export or a checkpoint that was changed.
    async fn refused(&self, what: &str, export: &str, note: &str, ending: &str) {
        let (path, checkpoint) = (self.path(&format!("changed.{ending}")), self.path("changed.txt"));
        std::fs::write(&path, export).unwrap();
        std::fs::write(&checkpoint, note).unwrap();
        for (proven, said) in self.verified(&path, &checkpoint, &self.key).await {
            assert!(!proven, "{what}: {said}");
        }
    }
}

/// The export as somebody without the portal's keys would make it anew: rows that fit each other.
fn rehashed(lines: &[String], company: &str) -> String {
    let mut before = audit::START.to_owned();
    let mut made = Vec::new();
    for (seq, line) in (1..).zip(lines.iter().rev()) {
        let mut row: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |row: &serde_json::Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let at: jiff::Timestamp = text(&row, "at").parse().unwrap();
        let hash = audit::hash(&audit::Hashed {
            id: &text(&row, "id"),
            company,
            seq,
            at: at.as_millisecond(),
            actor: &text(&row, "actor"),
            actor_id: &text(&row, "actor_id"),
            action: &text(&row, "action"),
            subject: &text(&row, "subject"),
            detail: &text(&row, "detail"),
            prev_hash: &before,
        });
        (row["seq"], row["prev_hash"], row["hash"]) = (seq.into(), before.into(), hash.clone().into());
        before = hash;
        made.push(row.to_string());
    }
    made.reverse();
    made.join("\n") + "\n"
}

on_both_databases!(Portal::start => an_export_is_checked_elsewhere_with_the_public_key_alone);
async fn an_export_is_checked_elsewhere_with_the_public_key_alone(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    // As CSV some of these stand behind an apostrophe.
    for subject in ["Ada", "=1+1", "'quoted", "'=1", "a \"b\",\r\nc", "Eve"] {
        record(&portal, &acme, subject).await;
    }
    let auditor = acme.auditor().await;
    let page = auditor.get(PAGE).await;
    assert!(page.text(".empty").contains("No checkpoint yet"), "{}", page.html);
    assert_eq!(page.attribute("#public_key", "value"), None);
    auditor.press(&page, "Sign a checkpoint now", &[]).await.leads_to(PAGE);
    let page = auditor.get(PAGE).await;
    // Who asked for it is the last row under it.
    assert!(page.text(".flash").contains("A checkpoint of 12 rows was signed"), "{}", page.text(".flash"));
    assert_eq!(page.text("td[data-label=Rows]"), "12");
    auditor.press(&page, "Sign a checkpoint now", &[]).await.leads_to(PAGE);
    assert!(auditor.get(PAGE).await.text(".flash").contains("less than a minute old"));

    let taken = Taken::by(&auditor).await;
    let (note, csv, json) =
        (taken.read("checkpoint.txt"), taken.read("audit.csv"), taken.read("audit.ndjson"));
    let begin = format!("alva-portal/audit/{}\n12\n", acme.company.id);
    assert!(note.starts_with(&begin) && note.contains("\ncompany Acme\ntime 20"), "{note}");
    for export in ["audit.csv", "audit.ndjson"] {
        let said = taken.verified(&taken.path(export), &taken.path("checkpoint.txt"), &taken.key).await;
        for (proven, said) in said {
            assert!(
                proven && said.contains("Rows 1 to 1") && said.contains("up to row 12"),
                "{export}: {said}"
            );
        }
    }

    // Whatever is changed is found by both, in both kinds of file.
    let lines: Vec<String> = json.lines().map(str::to_owned).collect();
    let row = |seq: usize| lines.len() - seq;
    let without = |from: usize, to: usize| {
        let kept = lines.iter().enumerate().filter(|(at, _)| !(row(to)..=row(from)).contains(at));
        kept.map(|(_, line)| line.clone()).collect::<Vec<_>>()
    };
    let text = |lines: &[String]| lines.join("\n") + "\n";
    let mut edited = lines.clone();
    edited[row(7)] = edited[row(7)].replace("admin — åäö", "auditor");
    assert_ne!(edited, lines);
    let newest = lines.len();
    for (what, changed) in [
        ("edited", text(&edited)),
        ("edited, hashes made anew", rehashed(&edited, acme.company.id.as_str())),
        ("a row out of the middle", text(&without(6, 6))),
        ("a row out of the middle, hashes made anew", rehashed(&without(6, 6), acme.company.id.as_str())),
        ("the end cut", text(&without(10, newest))),
        ("no rows", String::new()),
    ] {
        taken.refused(what, &changed, &note, "ndjson").await;
    }
    taken.refused("edited CSV", &csv.replace("'=1+1", "'=1+2"), &note, "csv").await;
    let of_csv: Vec<&str> = csv.split_inclusive("\r\n").collect();
    taken
        .refused("CSV without its newest rows", &[&[of_csv[0]], &of_csv[6..]].concat().concat(), &note, "csv")
        .await;
    for (from, to) in [("\n12\n", "\n10\n"), ("company Acme", "company Acne"), ("time 20", "time 19")] {
        let altered = note.replacen(from, to, 1);
        assert_ne!(altered, note);
        taken.refused(to, &csv, &altered, "csv").await;
    }
    let globex = Tenant::of(&portal, "Globex").await;
    let dana = globex.admin().await;
    dana.press(&dana.get(PAGE).await, "Sign a checkpoint now", &[]).await.leads_to(PAGE);
    let theirs = Taken::by(&dana).await;
    taken.refused("another company's checkpoint", &csv, &theirs.read("checkpoint.txt"), "csv").await;
    for (proven, said) in
        theirs.verified(&taken.path("audit.csv"), &theirs.path("checkpoint.txt"), &theirs.key).await
    {
        assert!(!proven, "another company's export: {said}");
    }

    // Of others it says nothing.
    let file = auditor.get(PAGE).await.attribute("tbody tr a[download]", "href").unwrap();
    assert_eq!(dana.get(&file).await.status, StatusCode::NOT_FOUND);
    let member = acme.member().await;
    for path in [PAGE, &file, "/audit.ndjson"] {
        assert_eq!(member.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(member.post(PAGE, &[]).await.status, StatusCode::FORBIDDEN);
}

/// A mail's text without quoted-printable (RFC 2045).
fn plain(letter: &str) -> String {
    let (_, text) = letter.split_once("\n\n").unwrap();
    let text = text.replace("=\n", "");
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        match (first, behind) {
            (b'=', [a, b, ..]) if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => {
                bytes.extend(hex::decode([*a, *b]).unwrap());
                rest = &behind[2..];
            }
            _ => bytes.push(*first),
        }
    }
    String::from_utf8(bytes).unwrap()
}

on_both_databases!(Portal::start => checkpoints_are_mailed_to_auditors_and_posted_where_the_company_says);
async fn checkpoints_are_mailed_to_auditors_and_posted_where_the_company_says(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let (admin, auditor) = (acme.admin().await, acme.auditor().await);
    let receiver = MockServer::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(204)).mount(&receiver).await;
    let page = admin.get(PAGE).await;
    let wrong = admin.press(&page, "Save", &[("checkpoint_url", "http://example.com/x")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!wrong.text("#checkpoint_url-error").is_empty());
    let form = [("checkpoint_url", receiver.uri()), ("mails_auditors", "on".to_owned())];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    admin.press(&page, "Save", &form).await.leads_to(PAGE);
    assert!(!portal.stored_anywhere(&receiver.uri()).await, "the address is sealed");
    assert!(auditor.get(PAGE).await.text("main").contains("127.0.0.1 #"), "auditors read the host");
    assert!(portal.audit(&acme.company.id).await.contains(&"checkpoints.configured".to_owned()));
    assert_eq!(auditor.post("/audit/checkpoints/settings", &[]).await.status, StatusCode::FORBIDDEN);

    auditor.press(&auditor.get(PAGE).await, "Sign a checkpoint now", &[]).await.leads_to(PAGE);
    let page = auditor.get(PAGE).await;
    let file = page.attribute("tbody tr a[download]", "href").unwrap();
    let note = String::from_utf8(auditor.file(&file).await.3).unwrap();
    let letters = wait::until("the mail and the post", wait::PATIENCE, async || {
        let letters: Vec<String> = portal.letters.lock().unwrap().clone();
        let letters: Vec<String> = letters.into_iter().filter(|one| one.contains("heckpoint")).collect();
        let posted = receiver.received_requests().await.unwrap();
        (!letters.is_empty() && !posted.is_empty()).then_some(letters)
    })
    .await;
    assert_eq!(letters.len(), 1, "auditors alone, once: {letters:?}");
    assert!(letters[0].contains("To: ada <ada@acme.example>"), "{}", letters[0]);
    assert!(plain(&letters[0]).contains(&note), "byte for byte: {}", plain(&letters[0]));
    let posted = receiver.received_requests().await.unwrap().remove(0);
    assert_eq!(String::from_utf8(posted.body).unwrap(), note);
    assert_eq!(posted.headers.get("content-type").unwrap(), "text/plain; charset=utf-8");
    let key = checkpoints::note::PublicKey::parse(&page.attribute("#public_key", "value").unwrap()).unwrap();
    assert_eq!(key.open(&note).unwrap().company(), acme.company.id.as_str());
}

on_both_databases!(Portal::start => a_broken_log_is_not_signed_and_a_kept_checkpoint_contradicts_a_new_one);
async fn a_broken_log_is_not_signed_and_a_kept_checkpoint_contradicts_a_new_one(portal: Portal) {
    portal.running.db.write(tamper::unguard).await.unwrap();
    let acme = Tenant::of(&portal, "Acme").await;
    let auditor = acme.auditor().await;
    auditor.press(&auditor.get(PAGE).await, "Sign a checkpoint now", &[]).await.leads_to(PAGE);
    record(&portal, &acme, "Ada").await;
    // As if an earlier version had written all of it: no codes, no end. Only the checkpoint knows better.
    let id = acme.company.id;
    let reset = move |conn: &mut Conn| {
        use diesel::prelude::*;
        let mut rows = tamper::rows(conn, &id)?;
        rows[1].subject = "somebody else".to_owned();
        for row in &mut rows {
            (row.mac, row.mac_key) = (String::new(), String::new());
        }
        tamper::rewrite(conn, &id, rows)?;
        tamper::forget_end(conn, &id)?;
        let all = audit_log::table.filter(audit_log::company_id.eq(&id)).count();
        Ok::<_, DbError>((all.get_result::<i64>(conn)?, audit::authenticate_older(conn)?))
    };
    let (rows, adopted) = portal.running.db.write(reset).await.unwrap();
    assert_eq!(adopted, [(id, rows)], "it passes for an old log");
    let verdict = portal.running.db.read(move |conn| audit::verify(conn, &id)).await.unwrap();
    assert_eq!(verdict, Verdict::BrokenAt { row: rows - 1, fault: Fault::Checkpoint });
    let page = auditor.get("/audit/verify").await;
    assert!(page.text(".banner.failed").contains("signed checkpoint"), "{}", page.text(".banner"));
    // The next one is not signed over that.
    let since = portal.sealer();
    let refused = checkpoints::make(&portal.running.db, &since, id, "Acme").await.unwrap_err();
    assert!(refused.to_string().contains("breaks at row"), "{refused}");
}
