//! What somebody at the server's terminal does with people, and with the audit log.

use crate::support::portal::{PASSWORD, Portal};
use crate::support::{on_both_databases, tamper};
use alva_portal::db::DbError;
use alva_portal::people::{self, Role};
use diesel::prelude::*;
use reqwest::StatusCode;

/// The path of the link that a command printed.
fn link(portal: &Portal, printed: &str) -> String {
    let base = portal.running.url.as_str().trim_end_matches('/');
    printed.lines().find_map(|line| line.strip_prefix(base)).expect("a link").to_owned()
}

on_both_databases!(Portal::start => people_are_added_and_let_in_again);
async fn people_are_added_and_let_in_again(portal: Portal) {
    let (done, said) = portal.command(&["user", "add", "dana@acme.example"]).await;
    assert!(!done && said.contains("--new-company"), "{said}");
    let add = ["user", "add", "Dana@acme.example", "--new-company", "Acme Inc"];
    let (done, said) = portal.command(&add).await;
    assert!(done, "{said}");
    let dana = portal.visitor();
    let joined =
        dana.post(&link(&portal, &said), &[("your_name", "Dana Smith"), ("password", PASSWORD)]).await;
    joined.leads_to("/settings/integrations");
    assert_eq!(portal.visitor().get("/login").await.status, StatusCode::OK, "set-up is over");

    let (done, said) = portal.command(&["user", "add", "kim@acme.example", "--role", "auditor"]).await;
    assert!(done, "{said}");
    for (wrong, why) in [
        (&["user", "add", "dana@acme.example"][..], "already"),
        (&["user", "add", "nonsense"], "mail address"),
        (&["user", "add", "x@acme.example", "--role", "owner"], "admin, member or auditor"),
        (&["user", "add", "x@acme.example", "--company", "Nobody"], "\"Acme Inc\""),
        (&["user", "reset-password", "x@acme.example"], "there is no account"),
    ] {
        let (done, said) = portal.command(wrong).await;
        assert!(!done && said.contains(why), "{wrong:?}: {said}");
    }
    let (_, list) = portal.command(&["user", "list"]).await;
    assert_eq!(
        list.lines().collect::<Vec<_>>(),
        [
            "Acme Inc\tdana@acme.example\tadmin\tactive\tDana Smith",
            "Acme Inc\tkim@acme.example\tauditor\tinvited\t"
        ]
    );

    let (done, said) = portal.command(&["user", "reset-password", "dana@acme.example"]).await;
    assert!(done, "{said}");
    let reset = [("password", "velvet-canyon-otter-77")];
    portal.visitor().post(&link(&portal, &said), &reset).await.leads_to("/login");
    assert!(!dana.is_signed_in().await);

    let company = portal.running.db.read(people::companies).await.unwrap().remove(0);
    assert_eq!(
        portal.audit(&company.id).await,
        [
            "company.created",
            "team.invited",
            "team.joined",
            "team.invited",
            "person.reset_asked",
            "person.password_set"
        ]
    );
}

on_both_databases!(Portal::start => an_altered_audit_log_is_found_out);
async fn an_altered_audit_log_is_found_out(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.company("Other Ltd").await;
    for email in ["ada@acme.example", "kim@acme.example"] {
        portal.person(&acme, email, Role::Member).await;
    }
    let (done, said) = portal.command(&["audit", "verify"]).await;
    assert!(done, "{said}");
    assert!(
        said.contains("Acme Inc: intact, 3 rows") && said.contains("Other Ltd: intact, 1 rows"),
        "{said}"
    );

    portal
        .running
        .db
        .write(|conn| {
            use alva_portal::db::schema::audit_log::dsl::{audit_log, seq, subject};
            tamper::unguard(conn)?;
            diesel::update(audit_log.filter(seq.eq(2))).set(subject.eq("eve")).execute(conn)?;
            Ok::<_, DbError>(())
        })
        .await
        .unwrap();
    let (done, said) = portal.command(&["audit", "verify"]).await;
    assert!(!done && said.contains("Acme Inc: BROKEN at row 2"), "{said}");
    assert!(said.contains("Other Ltd: intact"), "{said}");

    portal
        .running
        .db
        .write(|conn| {
            diesel::delete(alva_portal::db::schema::audit_log::table).execute(conn)?;
            Ok::<_, DbError>(())
        })
        .await
        .unwrap();
    let (done, said) = portal.command(&["audit", "verify"]).await;
    assert!(!done && said.contains("Other Ltd: BROKEN at row 1"), "an emptied log is none: {said}");
}
