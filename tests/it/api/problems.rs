//! Each refusal is a problem (RFC 9457), whoever refuses, and says what would be right.

use super::{Program, program};
use crate::lists::Tenant;
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use reqwest::Method;

on_both_databases!(Portal::start => every_refusal_is_a_problem);
async fn every_refusal_is_a_problem(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let program = program(&acme).await;
    let nobody = Program::of(&portal, None);
    for path in
        ["/api", "/api/", "/api/v1", "/api/v1/", "/api/v2/events", "/api/v1/events/", "/api/v1/nothing"]
    {
        nobody.get(path).await.is_problem(404, "not_found");
        nobody.ask(Method::POST, path).await.is_problem(404, "not_found");
    }
    for id in ["none", "0198c0de-0000-7000-8000-000000000000", "..%2f..%2fetc", "%F0%9F%98%80", "%ff"] {
        program.get(&format!("/api/v1/events/{id}")).await.is_problem(404, "not_found");
        program.get(&format!("/api/v1/candidates/{id}")).await.is_problem(404, "not_found");
        program.get(&format!("/api/v1/invitations/{id}")).await.is_problem(404, "not_found");
    }
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
        let answer = program.ask(method.clone(), "/api/v1/events").await;
        answer.is_problem(405, "method_not_allowed");
        // RFC 9110, section 15.5.6.
        assert_eq!(answer.header("allow"), "GET, HEAD", "{method}");
    }
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
        let path = "/api/v1/invitations/0198c0de-0000-7000-8000-000000000000/cancel";
        let answer = program.ask(method.clone(), path).await;
        answer.is_problem(405, "method_not_allowed");
        assert_eq!(answer.header("allow"), "POST", "{method}");
    }
    for (path, parameter, words) in [
        ("/api/v1/events?sate=done", "sate", "There is no parameter sate."),
        (
            "/api/v1/events?before=1",
            "before",
            "Known parameters: integration, event, state, from, to, q, limit, cursor.",
        ),
        ("/api/v1/events?state=wrong", "state", "There is no such state."),
        ("/api/v1/events?integration=x", "integration", "There is no such integration."),
        ("/api/v1/events?from=yesterday", "from", "is not a date"),
        ("/api/v1/events?from=2026-11-23&to=2026-11-22", "to", "ends before it begins"),
        ("/api/v1/events?limit=0", "limit", "from 1 to 100"),
        ("/api/v1/events?limit=101", "limit", "from 1 to 100"),
        ("/api/v1/events?cursor=abc", "cursor", "This cursor does not belong to this list."),
        ("/api/v1/events?q=a&q=b", "q", "is given twice"),
        ("/api/v1/candidates?state=wrong", "state", "Known: held, pending, sent"),
        ("/api/v1/invitations?state=wrong", "state", "Known: held, pending, sent"),
        ("/api/v1/invitations?candidate=ada", "candidate", "no id of a candidate"),
        ("/api/v1/audit?to=soon", "to", "is not a date"),
        ("/api/v1/integrations?q=a", "q", "Known parameters: none."),
    ] {
        let answer = program.get(path).await;
        let said = answer.is_problem(400, "bad_parameter");
        assert!(said.contains(words), "{path}: {said}");
        let errors = answer.json()["errors"].clone();
        assert_eq!(errors[0]["parameter"], parameter, "{path}: {errors}");
    }
    // A cursor of one list is none of another.
    acme.keep((0..3).map(|n| acme.event(n)).collect()).await;
    let next = program.get("/api/v1/events?limit=1").await.json()["next"].as_str().unwrap().to_owned();
    program.get(&next.replace("/events", "/audit")).await.is_problem(400, "bad_parameter");
    // What refuses before every route.
    program.get("/api/v1/events?q=%00").await.is_problem(400, "unreadable");
    program.get("/api/v1/events/%00").await.is_problem(404, "not_found");
    let elsewhere = program.ask_with(Method::GET, "/api/v1/events", &[("host", "evil.example")]).await;
    elsewhere.is_problem(421, "other_host");
}
