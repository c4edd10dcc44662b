//! Somebody who can write the database, but has no key, rewrites and cuts the audit log.

use crate::process::place::Place;
use crate::support::portal::Portal;
use crate::support::{on_both_databases, tamper, wait};
use alva_portal::audit::{self, Action, Actor, Fault, Verdict};
use alva_portal::db::schema::{audit_ends, audit_log, codes, companies, jobs, users};
use alva_portal::db::{Conn, DbError, DbResult};
use alva_portal::ids::CompanyId;
use alva_portal::people::Company;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use serde_json::json;

/// Rows of each log: the company's creation, and these.
const ROWS: i64 = 6;

async fn append(portal: &Portal, company: &CompanyId, subject: &'static str) {
    let (company, actor) = (*company, Actor::CommandLine);
    let row = move |conn: &mut Conn| {
        audit::record(conn, &company, &actor, Action::TeamInvited, subject, &json!({"role": "member"}))
    };
    portal.running.db.write(row).await.unwrap();
}

async fn company(portal: &Portal, name: &str) -> Company {
    let company = portal.company(name).await;
    for subject in ["Ada", "Bea", "Cleo", "Dana", "Eve"] {
        append(portal, &company.id, subject).await;
    }
    company
}

async fn verdict(portal: &Portal, company: &Company) -> Verdict {
    let id = company.id;
    portal.running.db.read(move |conn| audit::verify(conn, &id)).await.unwrap()
}

type Attack = fn(&mut Conn, &CompanyId) -> DbResult<()>;

fn edited(conn: &mut Conn, company: &CompanyId) -> DbResult<()> {
    let row = audit_log::table.filter(audit_log::company_id.eq(company).and(audit_log::seq.eq(3)));
    diesel::update(row).set(audit_log::subject.eq("somebody else")).execute(conn)?;
    Ok(())
}

fn edited_with_new_hashes(conn: &mut Conn, company: &CompanyId) -> DbResult<()> {
    let mut rows = tamper::rows(conn, company)?;
    rows[2].subject = "somebody else".to_owned();
    tamper::rewrite(conn, company, rows)
}

/// As rows of an earlier version are.
fn edited_without_codes(conn: &mut Conn, company: &CompanyId) -> DbResult<()> {
    let mut rows = tamper::rows(conn, company)?;
    rows[2].subject = "somebody else".to_owned();
    for row in &mut rows {
        (row.mac, row.mac_key) = (String::new(), String::new());
    }
    tamper::rewrite(conn, company, rows)
}

fn taken_out_with_new_hashes(conn: &mut Conn, company: &CompanyId) -> DbResult<()> {
    let mut rows = tamper::rows(conn, company)?;
    rows.remove(3);
    tamper::rewrite(conn, company, rows)
}

fn cut(conn: &mut Conn, company: &CompanyId) -> DbResult<()> {
    tamper::remove(conn, company, 5)
}

fn cut_and_end_moved(conn: &mut Conn, company: &CompanyId) -> DbResult<()> {
    let last = tamper::rows(conn, company)?.remove(3);
    tamper::remove(conn, company, 5)?;
    tamper::move_end(conn, company, &last)
}

fn cut_and_end_removed(conn: &mut Conn, company: &CompanyId) -> DbResult<()> {
    tamper::remove(conn, company, 5)?;
    tamper::forget_end(conn, company)
}

fn emptied(conn: &mut Conn, company: &CompanyId) -> DbResult<()> {
    tamper::remove(conn, company, 1)?;
    tamper::forget_end(conn, company)
}

fn emptied_but_for_the_end(conn: &mut Conn, company: &CompanyId) -> DbResult<()> {
    tamper::remove(conn, company, 1)
}

/// The row, and what is wrong with it.
type Found = (i64, Fault);

/// What is done, what is found, and what is found when the log has gone on.
const ATTACKS: [(&str, Attack, Found, Found); 9] = [
    ("edited", edited, (3, Fault::Changed), (3, Fault::Changed)),
    ("edited anew", edited_with_new_hashes, (3, Fault::NotAuthentic), (3, Fault::NotAuthentic)),
    ("edited as of old", edited_without_codes, (1, Fault::NotAuthentic), (1, Fault::NotAuthentic)),
    ("taken out", taken_out_with_new_hashes, (4, Fault::NotAuthentic), (4, Fault::NotAuthentic)),
    ("cut", cut, (5, Fault::EndMissing), (5, Fault::Missing)),
    ("cut, end moved", cut_and_end_moved, (4, Fault::EndUnknown), (5, Fault::EndLost)),
    ("cut, end removed", cut_and_end_removed, (4, Fault::EndUnknown), (5, Fault::EndLost)),
    ("emptied", emptied, (1, Fault::Emptied), (1, Fault::Emptied)),
    ("emptied but for the end", emptied_but_for_the_end, (1, Fault::Emptied), (1, Fault::Missing)),
];

on_both_databases!(Portal::start => whatever_is_done_to_the_log_is_found);
async fn whatever_is_done_to_the_log_is_found(portal: Portal) {
    portal.running.db.write(tamper::unguard).await.unwrap();
    let untouched = company(&portal, "untouched").await;
    for (name, attack, at_once, later) in ATTACKS {
        let company = company(&portal, name).await;
        match verdict(&portal, &company).await {
            Verdict::Intact(whole) => assert_eq!((whole.rows, whole.later), (ROWS, None), "{name}"),
            broken => panic!("{name}: {broken:?} before anything was done"),
        }
        let id = company.id;
        portal.running.db.write(move |conn| attack(conn, &id)).await.unwrap();
        for (found, when) in [(at_once, "at once"), (later, "when the log has gone on")] {
            let (row, fault) = found;
            assert_eq!(verdict(&portal, &company).await, Verdict::BrokenAt { row, fault }, "{name} {when}");
            append(&portal, &id, "afterwards").await;
        }
    }
    assert!(matches!(verdict(&portal, &untouched).await, Verdict::Intact(_)));
    let (done, said) = portal.command(&["audit", "verify"]).await;
    assert!(!done && said.contains("untouched: intact, 6 rows"), "{said}");
    assert_eq!(said.lines().filter(|line| line.contains("BROKEN at row")).count(), ATTACKS.len(), "{said}");
}

on_both_databases!(Portal::start => the_database_itself_takes_no_change_of_a_row);
async fn the_database_itself_takes_no_change_of_a_row(portal: Portal) {
    let id = company(&portal, "Acme").await.id;
    let attacks: [(Attack, &str); 9] = [
        (edited, "only ever added"),
        (|conn, company| tamper::remove(conn, company, 2), "only ever added"),
        (
            |conn, company| {
                // Codes are given once, and to a row as it is.
                let row =
                    audit_log::table.filter(audit_log::company_id.eq(company).and(audit_log::seq.eq(3)));
                diesel::update(row).set(audit_log::mac.eq("00")).execute(conn)?;
                Ok(())
            },
            "only ever added",
        ),
        (
            |conn, company| {
                // The same row once more, with another actor.
                let replaced = match &*conn {
                    Conn::Sqlite(_) => "INSERT OR REPLACE INTO audit_log SELECT * FROM eve",
                    Conn::Postgres(_) => {
                        "INSERT INTO audit_log SELECT * FROM eve ON CONFLICT (company_id, seq) DO UPDATE SET \
                         actor = excluded.actor"
                    }
                };
                let copied = format!(
                    "CREATE TEMPORARY TABLE eve AS SELECT * FROM audit_log WHERE company_id = '{company}' AND seq = 3; \
                     UPDATE eve SET actor = 'eve', id = 'another'"
                );
                conn.batch_execute(&copied)?;
                conn.batch_execute(replaced)?;
                Ok(())
            },
            "only ever added",
        ),
        (tamper::forget_end, "only ever moves on"),
        (
            |conn, company| {
                let end = audit_ends::table.find(company);
                diesel::update(end).set(audit_ends::seq.eq(2)).execute(conn)?;
                Ok(())
            },
            "only ever moves on",
        ),
        (
            |conn, company| {
                // An end of before, in the place of the last.
                let replaced = match &*conn {
                    Conn::Sqlite(_) => format!(
                        "INSERT OR REPLACE INTO audit_ends SELECT company_id, 2, hash, mac, mac_key FROM audit_ends \
                         WHERE company_id = '{company}'"
                    ),
                    Conn::Postgres(_) => format!(
                        "INSERT INTO audit_ends SELECT company_id, 2, hash, mac, mac_key FROM audit_ends WHERE \
                         company_id = '{company}' ON CONFLICT (company_id) DO UPDATE SET seq = excluded.seq"
                    ),
                };
                conn.batch_execute(&replaced)?;
                Ok(())
            },
            "only ever moves on",
        ),
        (|conn, _| tamper::forget_count(conn), "only ever grows"),
        (|conn, _| tamper::recount(conn, 0), "only ever grows"),
    ];
    for (attack, why) in attacks {
        let refused = portal.running.db.write(move |conn| attack(conn, &id)).await.unwrap_err();
        assert!(matches!(&refused, DbError::Query(cause) if cause.to_string().contains(why)), "{refused}");
    }
    assert_eq!(portal.audit(&id).await.len(), 6);
}

on_both_databases!(threads: Place::new => rows_of_an_earlier_version_get_their_codes_at_the_start_and_are_marked);
async fn rows_of_an_earlier_version_get_their_codes_at_the_start_and_are_marked(place: Place) {
    // Without a key nobody makes a code, as earlier versions did not.
    let account = place.account("http://127.0.0.1:9").await;
    let unverified = place.run(&["audit", "verify"]).await;
    assert!(unverified.stderr.contains("companies have not been counted yet"), "{unverified:?}");
    assert!(
        unverified.stdout.contains("BROKEN at row 1: the hashes match, but the portal did not"),
        "{unverified:?}"
    );
    let process = place.start().await;
    wait::until("a line about them", wait::PATIENCE, async || {
        process.shown_log().contains("rows of an earlier version").then_some(())
    })
    .await;
    process.signal("TERM").await;
    assert!(process.end().await.0.success());
    let whole = place.run(&["audit", "verify"]).await;
    assert!(whole.status.success() && whole.stdout.contains("Acme Inc: intact, 2 rows"), "{whole:?}");
    assert!(
        whole.stdout.contains("1 rows, the last of them row 1, got their codes later, on 2"),
        "{whole:?}"
    );

    // A start later they keep the time of theirs, and a key later they can still be checked without the old key.
    let codes = |conn: &mut Conn| {
        let all = audit_log::table.order(audit_log::seq.asc());
        Ok::<_, DbError>(all.select((audit_log::mac, audit_log::mac_at)).load::<(String, Option<i64>)>(conn)?)
    };
    let before = account.db.read(codes).await.unwrap();
    let again = place.start().await;
    again.signal("TERM").await;
    assert!(again.end().await.0.success());
    assert_eq!(account.db.read(codes).await.unwrap(), before);
    let rotated = place.run(&["keys", "rotate"]).await;
    assert!(rotated.status.success(), "{rotated:?}");
    std::fs::remove_file(alva_portal::secrets::rotation::old_file(&place.file("key"))).unwrap();
    let whole = place.run(&["audit", "verify"]).await;
    assert!(whole.status.success() && whole.stdout.contains("intact, 3 rows"), "{whole:?}");
    std::fs::remove_file(place.file("key")).unwrap();
    let refused = place.run(&["audit", "verify"]).await;
    assert!(!refused.status.success() && refused.stderr.contains("SECRET_KEY_FILE"), "{refused:?}");
    assert!(!place.file("key").exists(), "checking makes no key");
}

on_both_databases!(Portal::start => a_database_without_a_company_proves_nothing);
async fn a_database_without_a_company_proves_nothing(portal: Portal) {
    let acme = company(&portal, "Acme Inc").await;
    let (done, said) = portal.command(&["audit", "verify"]).await;
    assert!(done, "{said}");
    portal
        .write(move |conn| {
            tamper::unguard(conn)?;
            diesel::delete(audit_log::table).execute(conn)?;
            diesel::delete(audit_ends::table).execute(conn)?;
            diesel::delete(jobs::table).execute(conn)?;
            diesel::delete(companies::table.find(acme.id)).execute(conn)?;
            Ok(())
        })
        .await;
    let (done, said) = portal.command(&["audit", "verify"]).await;
    assert!(!done && said.contains("NOT PROVEN") && said.contains("no company"), "{said}");
}

/// Whether `audit verify` passes, and what it says.
async fn verified(portal: &Portal) -> (bool, String) {
    portal.command(&["audit", "verify"]).await
}

on_both_databases!(Portal::start => a_company_that_is_gone_with_its_log_is_missed);
async fn a_company_that_is_gone_with_its_log_is_missed(portal: Portal) {
    company(&portal, "Acme Inc").await;
    let (other, third) = (company(&portal, "Other Ltd").await, company(&portal, "Third Ltd").await);
    portal.running.db.write(tamper::unguard).await.unwrap();
    let (done, said) = verified(&portal).await;
    assert!(done, "{said}");
    portal.running.db.write(move |conn| tamper::remove_company(conn, &other.id)).await.unwrap();
    let (done, said) = verified(&portal).await;
    assert!(!done && said.contains("NOT PROVEN: companies counted: 3, companies here: 2"), "{said}");
    assert!(said.contains("Acme Inc: intact, 6 rows"), "{said}");
    // A new one does not take its place.
    company(&portal, "Fourth Ltd").await;
    let (done, said) = verified(&portal).await;
    assert!(!done && said.contains("companies counted: 4, companies here: 3"), "{said}");
    // A number of their own, or none, which a start does not learn anew.
    portal.running.db.write(|conn| tamper::recount(conn, 3)).await.unwrap();
    for when in ["at once", "when a company came", "without the number"] {
        let (done, said) = verified(&portal).await;
        assert!(!done && said.contains("the count of companies was removed or rewritten"), "{when}: {said}");
        if when == "at once" {
            portal.company("Fifth Ltd").await;
        } else {
            portal.running.db.write(tamper::forget_count).await.unwrap();
            let learned = portal.running.db.write(audit::count_companies).await.unwrap();
            assert_eq!(learned, audit::Companies::Unknown);
        }
    }
    // Nor with the log of another one that is left.
    portal.running.db.write(move |conn| tamper::remove_company(conn, &third.id)).await.unwrap();
    assert!(!verified(&portal).await.0);
}

on_both_databases!(threads: Place::new => companies_of_an_earlier_version_are_counted_at_the_start_and_once);
async fn companies_of_an_earlier_version_are_counted_at_the_start_and_once(place: Place) {
    // Without a key nobody counts them, as earlier versions did not.
    let account = place.account("http://127.0.0.1:9").await;
    let start_and_end = async |said: &str| {
        let process = place.start().await;
        wait::until(said, wait::PATIENCE, async || process.shown_log().contains(said).then_some(())).await;
        process.signal("TERM").await;
        assert!(process.end().await.0.success());
    };
    start_and_end("rows of an earlier version").await;
    let added = ["user", "add", "olga@other.example", "--new-company", "Other Ltd"];
    let added = place.run(&added).await;
    assert!(added.status.success(), "{added:?}");
    let whole = place.run(&["audit", "verify"]).await;
    assert!(whole.status.success() && whole.stdout.contains("Other Ltd: intact"), "{whole:?}");
    start_and_end("").await;
    let gone = |conn: &mut Conn| {
        tamper::unguard(conn)?;
        let other = companies::table.filter(companies::name.eq("Other Ltd")).select(companies::id);
        let other: CompanyId = other.first(conn)?;
        diesel::delete(codes::table).execute(conn)?;
        diesel::delete(users::table.filter(users::company_id.eq(&other))).execute(conn)?;
        tamper::remove_company(conn, &other)?;
        tamper::forget_count(conn)
    };
    account.db.write(gone).await.unwrap();
    start_and_end("the count of companies was removed or rewritten").await;
    let less = place.run(&["audit", "verify"]).await;
    assert!(!less.status.success() && less.stdout.contains("Acme Inc: intact"), "{less:?}");
    assert!(less.stderr.contains("NOT PROVEN: the count of companies was removed"), "{less:?}");
}
