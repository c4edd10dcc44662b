//! Who is answered: each scope at each route, of this company and another; tokens that ended, and none at all.

use super::{ALL, Program, furnished, made};
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use alva_portal::db::DbError;
use alva_portal::db::schema::api_tokens::dsl;
use alva_portal::time::Timestamp;
use diesel::prelude::*;
use reqwest::{Method, StatusCode};

on_both_databases!(Portal::start => each_route_takes_its_scope_alone);
async fn each_route_takes_its_scope_alone(portal: Portal) {
    let (acme, routes) = furnished(&portal, "Acme").await;
    for scope in ALL {
        let program = Program::of(&portal, Some(&made(&portal, &acme.company.id, &[scope]).await));
        for (path, needed) in &routes {
            let answer = program.get(path).await;
            if scope == *needed {
                assert_eq!(answer.status, StatusCode::OK, "{scope} at {path}: {}", answer.text);
                assert_eq!(answer.header("content-type"), "application/json", "{path}");
            } else {
                let said = answer.is_problem(403, "scope_missing");
                assert!(said.contains(needed), "{said}");
                // RFC 6750, section 3.1.
                let challenge = answer.header("www-authenticate");
                assert!(challenge.contains("error=\"insufficient_scope\""), "{challenge}");
                assert!(challenge.contains(&format!("scope=\"{needed}\"")), "{challenge}");
            }
        }
    }
}

on_both_databases!(Portal::start => nobody_is_answered_without_a_good_token);
async fn nobody_is_answered_without_a_good_token(portal: Portal) {
    let (acme, routes) = furnished(&portal, "Acme").await;
    let (revoked, expired) =
        (made(&portal, &acme.company.id, &ALL).await, made(&portal, &acme.company.id, &ALL).await);
    let ends = [revoked.clone(), expired.clone()].map(|token| token[65..].to_owned());
    portal
        .write(move |conn| {
            let now = Timestamp::now();
            diesel::update(dsl::api_tokens.filter(dsl::hint.eq(&ends[0])))
                .set(dsl::revoked_at.eq(Some(now)))
                .execute(conn)
                .map_err(DbError::from)?;
            diesel::update(dsl::api_tokens.filter(dsl::hint.eq(&ends[1])))
                .set(dsl::expires_at.eq(now))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
    // The session of an admin is none of a program.
    let admin = acme.admin().await;
    let cookie = admin.cookie().unwrap();
    let unknown = format!("alva_{}", "0".repeat(64));
    for (path, _) in &routes {
        for (token, code) in [
            (None, "token_missing"),
            (Some(revoked.as_str()), "token_revoked"),
            (Some(&expired), "token_expired"),
            (Some(&unknown), "token_unknown"),
            (Some("alva_"), "token_unknown"),
            (Some("no token"), "token_unknown"),
        ] {
            let answer =
                Program::of(&portal, token).ask_with(Method::GET, path, &[("cookie", &cookie)]).await;
            answer.is_problem(401, code);
            let challenge = answer.header("www-authenticate");
            assert!(challenge.starts_with("Bearer realm="), "{challenge}");
            assert_eq!(challenge.contains("error=\"invalid_token\""), token.is_some(), "{challenge}");
        }
        let nobody = Program::of(&portal, None);
        for header in ["Basic YTpi", "Bearer", "alva_", ""] {
            let answer = nobody.ask_with(Method::GET, path, &[("authorization", header)]).await;
            answer.is_problem(401, "token_missing");
        }
        // Addresses are written down in many places: no token is taken from one.
        let mark = if path.contains('?') { '&' } else { '?' };
        let good = made(&portal, &acme.company.id, &ALL).await;
        nobody.get(&format!("{path}{mark}access_token={good}")).await.is_problem(401, "token_missing");
    }
    let log = portal.audit(&acme.company.id).await;
    assert!(log.contains(&"api.refused".to_owned()), "a token that ended is in the log: {log:?}");
}

on_both_databases!(Portal::start => no_company_reads_another_s);
async fn no_company_reads_another_s(portal: Portal) {
    let (acme, theirs) = furnished(&portal, "Acme").await;
    let (other, own) = furnished(&portal, "Other").await;
    let program = Program::of(&portal, Some(&made(&portal, &other.company.id, &ALL).await));
    for ((path, _), (own, _)) in theirs.iter().zip(&own) {
        if path == own {
            let answer = program.get(path).await;
            answer.data();
            assert!(!answer.text.contains("acme.example"), "{path}: {}", answer.text);
            assert!(!answer.text.contains(acme.account.as_str()), "{path}: {}", answer.text);
            continue;
        }
        let answer = program.get(path).await;
        if path.contains("completeness") {
            answer.is_problem(400, "bad_parameter");
        } else {
            answer.is_problem(404, "not_found");
        }
        assert_eq!(program.get(own).await.status, StatusCode::OK, "{own}");
    }
    let filtered = program.get(&format!("/api/v1/events?integration={}", acme.account)).await;
    assert!(filtered.data().is_empty(), "{}", filtered.text);
}
