//! Results over the API are those of the pages, with their ranges.

use super::program;
use crate::assessment::{Invited, through_both};
use crate::lists::Tenant;
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use alva_portal::db::DbError;
use alva_portal::db::schema::invitations::dsl;
use alva_portal::invitations::InvitationState;
use alva_portal::secrets::Code;
use diesel::prelude::*;

on_both_databases!(Portal::start => a_complete_result_has_the_ranges_of_the_page);
async fn a_complete_result_has_the_ranges_of_the_page(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let program = program(&acme).await;
    let candidate = acme.candidate("o1", "Ada Byron", "Backend engineer").await;
    let invitation = acme.invitation(&candidate, "p1", InvitationState::Sent).await;
    let code = Code::random();
    let (hash, path) = (code.hash(), format!("/assessment/{}", code.expose()));
    portal
        .write(move |conn| {
            diesel::update(dsl::invitations.find(&invitation))
                .set(dsl::code_hash.eq(hash))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
    through_both(&portal.visitor(), &Invited::at(&path)).await;

    let one = program.get(&format!("/api/v1/candidates/{candidate}")).await.json();
    let result = &one["invitations"][0]["result"];
    let page = acme.member().await.get(&format!("/candidates/{candidate}")).await.text("main");
    let scores = result["scores"].as_array().unwrap();
    assert_eq!(scores[0]["name"], "Logic", "{result}");
    assert!(scores.len() > 5, "logic and traits: {result}");
    for score in scores {
        let (name, range) = (score["name"].as_str().unwrap(), score["range"].as_str().unwrap());
        assert!(page.contains(name) && page.contains(range), "{name} {range} is not in {page}");
        let value = score["value"].as_f64().unwrap();
        let (low, high) = (score["low"].as_f64(), score["high"].as_f64());
        assert!(
            low.is_none_or(|low| low <= value + 0.5) && high.is_none_or(|high| value - 0.5 <= high),
            "{score}"
        );
    }
    assert_eq!(result["comment"], "");
    assert_eq!(result["has_norms"], false);
    let fit = &result["role_fit"];
    assert!(page.contains(fit["range"].as_str().unwrap()), "{fit} is not in {page}");
    let list = program.get("/api/v1/candidates?state=completed").await.data();
    assert_eq!(list[0]["role_fit"], *fit);
    assert_eq!(list[0]["logic"]["range"], scores[0]["range"]);
    assert_eq!(list[0]["invitation"]["state"], "completed");
}
