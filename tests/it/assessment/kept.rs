//! Results as they lie in the database: sealed as the answers are, also those of an earlier version, under each new key.

use super::*;
use crate::support::lever::unconnected;
use crate::support::on_both_databases;
use alva_portal::db::{Conn, DbResult};
use alva_portal::integrations::State;
use alva_portal::people::Role;
use alva_portal::secrets::{Sealed, Sealer, rotation};
use alva_portal::test_sessions::seal_older;
use secrecy::ExposeSecret as _;
use serde_json::Value;

fn place(id: &InvitationId) -> String {
    format!("sittings.result:{id}")
}

fn result_of(conn: &mut Conn, sealer: &Sealer, id: &InvitationId) -> DbResult<String> {
    use alva_portal::db::schema::sittings::dsl;
    let sealed: Option<Sealed> = dsl::sittings.find(id).select(dsl::result_sealed).first(conn)?;
    Ok(sealer.open(&sealed.expect("a result"), &place(id)).expect("it opens").expose_secret().to_owned())
}

/// Changes the JSON of a result that is kept.
pub fn change_result(
    conn: &mut Conn,
    sealer: &Sealer,
    id: &InvitationId,
    change: impl FnOnce(&mut Value),
) -> DbResult<()> {
    use alva_portal::db::schema::sittings::dsl;
    let mut result: Value = serde_json::from_str(&result_of(conn, sealer, id)?).unwrap();
    change(&mut result);
    let sealed = sealer.seal(&result.to_string().into(), &place(id));
    diesel::update(dsl::sittings.find(id)).set(dsl::result_sealed.eq(Some(sealed))).execute(conn)?;
    Ok(())
}

/// A result and what was said of it, as an earlier version kept them.
fn as_before(conn: &mut Conn, sealer: &Sealer, id: &InvitationId, review: &str) -> DbResult<()> {
    use alva_portal::db::schema::sittings::dsl;
    let json = result_of(conn, sealer, id)?;
    let row = diesel::update(dsl::sittings.find(id));
    row.set((
        dsl::result.eq(Some(json)),
        dsl::result_sealed.eq(None::<Sealed>),
        dsl::review_text.eq(review),
        dsl::review_sealed.eq(None::<Sealed>),
    ))
    .execute(conn)?;
    Ok(())
}

on_both_databases!(Portal::start => results_are_sealed_also_those_of_an_earlier_version);
async fn results_are_sealed_also_those_of_an_earlier_version(portal: Portal) {
    let acme = portal.company("Acme").await;
    portal.person(&acme, "max@acme.example", Role::Member).await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let grace = invite(&portal, &acme, &account, "o2").await;
    let visitor = portal.visitor();
    let page = through_both(&visitor, &ada).await;
    through_both(&portal.visitor(), &grace).await;
    let page = go_on(&visitor, &ada, &page, "Save the comment", &[("comment", "the line broke twice")]).await;
    go_on(&visitor, &ada, &page, "Ask for a review", &[("text", "task two was cut off")]).await;
    let max = portal.signed_in("max@acme.example").await;
    let report_page = format!("/candidates/{}", ada.candidate);
    let data_file = format!("{}/data.json", ada.path);
    let shown = async || {
        let report = max.get(&report_page).await;
        let compared = max.get("/candidates/compare?posting=p1").await;
        let data: Value = serde_json::from_str(&visitor.get(&data_file).await.html).unwrap();
        let list = max.get("/candidates").await.text("td[data-label=Scores]");
        let data = (data["result"].clone(), data["review"]["text"].clone());
        (report.text("section[id^=result]"), report.text("blockquote"), compared.text("main"), list, data)
    };
    let before = shown().await;
    assert!(
        before.0.contains("the line broke twice") || before.1.contains("the line broke twice"),
        "{before:?}"
    );
    assert!(before.1.contains("task two was cut off"), "{}", before.1);
    // What the rows hold, as the databases write them out: no scores, and nothing that was said.
    let is_readable = async || {
        let rows = portal.rows().await;
        let all = rows["sittings"].iter().cloned().collect::<String>();
        ["completed_at_ms", "Extraversion", "extraversion", "line broke", "cut off"]
            .iter()
            .any(|part| all.contains(part))
    };
    assert!(!is_readable().await);

    let sealer = portal.sealer();
    let (ids, with) = ([ada.invitation, grace.invitation], sealer.clone());
    portal
        .write(move |conn| {
            as_before(conn, &with, &ids[0], "task two was cut off")?;
            Ok(as_before(conn, &with, &ids[1], "")?)
        })
        .await;
    assert!(is_readable().await);
    let db = &portal.running.db;
    assert_eq!(seal_older(db, &sealer).await.unwrap(), 2);
    assert_eq!(seal_older(db, &sealer).await.unwrap(), 0);
    assert!(!is_readable().await);
    assert_eq!(shown().await, before);

    // A result belongs to its row.
    let (from, to, with) = (ada.invitation, grace.invitation, sealer.clone());
    portal
        .write(move |conn| {
            use alva_portal::db::schema::sittings::dsl;
            let sealed: Option<Sealed> = dsl::sittings.find(&from).select(dsl::result_sealed).first(conn)?;
            let own = result_of(conn, &with, &to)?;
            let row = dsl::sittings.find(&to);
            diesel::update(row).set(dsl::result_sealed.eq(&sealed)).execute(conn)?;
            assert!(with.open(&sealed.unwrap(), &place(&to)).is_err());
            let own = with.seal(&own.into(), &place(&to));
            diesel::update(row).set(dsl::result_sealed.eq(Some(own))).execute(conn)?;
            Ok(())
        })
        .await;

    // Under a new key all opens, and with the old one nothing.
    let (new, with, ids) = (Sealer::new(&[9; 32]), sealer.clone(), [ada.invitation, grace.invitation]);
    portal
        .write(move |conn| {
            rotation::reseal(conn, &with, &new).expect("all opens with the old key");
            for id in ids {
                let result: Value = serde_json::from_str(&result_of(conn, &new, &id)?).unwrap();
                assert!(result["logic"]["score"]["value"].is_number());
            }
            use alva_portal::db::schema::sittings::dsl;
            let review: Option<Sealed> =
                dsl::sittings.find(&ids[0]).select(dsl::review_sealed).first(conn)?;
            let review = new.open(&review.unwrap(), &format!("sittings.review:{}", ids[0])).unwrap();
            assert_eq!(review.expose_secret(), "task two was cut off");
            Ok(())
        })
        .await;
}
