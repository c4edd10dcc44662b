//! The table of known postings.

use crate::support::lever::unconnected;
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use alva_portal::db::{Conn, DbError};
use alva_portal::integrations::State;
use alva_portal::postings::{self, Cursor, Visibility, Which};
use alva_portal::time::Timestamp;
use lever_client::Posting;
use serde_json::json;

fn posting(id: &str, title: &str, tags: &[&str]) -> Posting {
    serde_json::from_value(json!({"id": id, "text": title, "tags": tags, "state": "published"})).unwrap()
}

async fn with<T: Send + 'static>(
    portal: &Portal,
    work: impl FnOnce(&mut Conn) -> Result<T, DbError> + Send + 'static,
) -> T {
    portal.running.db.write(work).await.unwrap()
}

on_both_databases!(Portal::start => postings_are_kept_listed_and_removed);
/// What Lever said last counts; what it lists no more is gone from the lists, and can still be named.
async fn postings_are_kept_listed_and_removed(portal: Portal) {
    let company = portal.company("Acme Inc").await;
    let account = unconnected(&portal, &company, State::Active, &[]).await;
    let other = unconnected(&portal, &company, State::Active, &[]).await;
    with(&portal, move |conn| {
        postings::save(conn, &account, &posting("p1", "Chef", &["alva: screening"]))?;
        postings::save(conn, &account, &posting("p1", "Head chef", &["Alva: Screening"]))?;
        postings::save(conn, &account, &posting("p2", "Waiter", &["Alva:Screening", "Remote"]))?;
        postings::save(conn, &account, &posting("p3", "Porter", &[]))?;
        postings::keep_hidden(conn, &account, "p4", &[])?;
        postings::save(conn, &other, &posting("p1", "Elsewhere", &["alva: screening"]))?;
        let titles = |conn: &mut Conn, which| -> Result<Vec<String>, DbError> {
            Ok(postings::list(conn, &account, which, None)?.rows.into_iter().map(|p| p.title).collect())
        };
        assert_eq!(titles(conn, Which::All)?, ["", "Head chef", "Porter", "Waiter"]);
        assert_eq!(titles(conn, Which::Alva)?, ["Head chef", "Waiter"]);
        assert_eq!(titles(conn, Which::Findings)?, ["Waiter"]);
        assert_eq!(postings::count_with_findings(conn, &account, 10)?, 1);
        let waiter = postings::get(conn, &account, "p2")?.unwrap();
        assert_eq!(waiter.tags(), ["Alva:Screening", "Remote"]);
        assert_eq!(waiter.visibility, Visibility::Open);
        // Lever keeps it from the portal now: its tag is in vain.
        postings::keep_hidden(conn, &account, "p1", &[])?;
        assert_eq!(titles(conn, Which::Findings)?, ["Head chef", "Waiter"]);
        let later = Timestamp(Timestamp::now().0 + 1);
        assert_eq!(postings::remove_unseen(conn, &account, later)?, 2, "hidden ones are never listed");
        assert_eq!(titles(conn, Which::All)?, ["", "Head chef"]);
        assert!(postings::get(conn, &account, "p3")?.unwrap().removed_at.is_some());
        postings::save(conn, &account, &posting("p3", "Porter", &[]))?;
        assert_eq!(titles(conn, Which::All)?, ["", "Head chef", "Porter"]);
        Ok(())
    })
    .await;
}

on_both_databases!(Portal::start => pages_of_postings_lead_there_and_back);
/// Pages run forwards by title and back, also through titles that are the same.
async fn pages_of_postings_lead_there_and_back(portal: Portal) {
    let company = portal.company("Acme Inc").await;
    let account = unconnected(&portal, &company, State::Active, &[]).await;
    with(&portal, move |conn| {
        for nth in 0..120 {
            let title = if nth % 2 == 0 { "Engineer" } else { "Designer" };
            postings::save(conn, &account, &posting(&format!("p{nth:03}"), title, &[]))?;
        }
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let page = postings::list(conn, &account, Which::All, cursor.as_ref())?;
            seen.extend(page.rows.iter().map(|p| (p.title.clone(), p.posting_id.clone())));
            if !page.older {
                break;
            }
            cursor = seen.last().cloned().map(Cursor::Before);
        }
        assert_eq!(seen.len(), 120);
        assert!(seen.is_sorted());
        let back = postings::list(conn, &account, Which::All, Some(&Cursor::After(seen[100].clone())))?;
        let back: Vec<_> = back.rows.into_iter().map(|p| (p.title, p.posting_id)).collect();
        assert_eq!(back, seen[50..100]);
        Ok(())
    })
    .await;
}
