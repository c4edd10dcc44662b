//! Junk in every parameter of every route: refused or answered, never a failure of ours.

use super::{ALL, Program, furnished, made};
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use reqwest::StatusCode;

const PARAMETERS: [&str; 14] = [
    "candidate",
    "integration",
    "event",
    "state",
    "from",
    "to",
    "q",
    "who",
    "action",
    "object",
    "limit",
    "cursor",
    "before",
    "",
];

const VALUES: [&str; 30] = [
    "",
    "0",
    "-1",
    "1e999",
    "99999999999999999999",
    "100",
    "null",
    "true",
    "%00",
    "%ff",
    "%F0%9F%98%80",
    "%E2%80%AE",
    "'",
    "%22",
    "%25",
    "_",
    "%5C",
    ";--",
    "..%2F..",
    "2026-11-27",
    "2026-11-27T14:05",
    "-9999-01-01",
    "9999-12-31",
    "done",
    "sent",
    "waiting",
    "none",
    "candidateHired",
    "0198c0de-0000-7000-8000-000000000000",
    "L2FwaS92MS9ldmVudHMgMDE5OGMwZGUtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAw",
];

/// A small generator of numbers (xorshift64*), so that a failure can be played again.
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % end.max(1)
    }

    fn of<'t>(&mut self, all: &[&'t str]) -> &'t str {
        all[self.below(all.len())]
    }
}

on_both_databases!(Portal::start => no_parameter_makes_the_portal_fail);
async fn no_parameter_makes_the_portal_fail(portal: Portal) {
    let (acme, routes) = furnished(&portal, "Acme").await;
    let mut draw = Draw(0x5eed_0000_0000_0002);
    let (mut answered, mut refused) = (0, 0);
    for _ in 0..6 {
        // A token makes 120 calls at once.
        let program = Program::of(&portal, Some(&made(&portal, &acme.company.id, &ALL).await));
        for _ in 0..110 {
            let (route, _) = &routes[draw.below(routes.len())];
            let mut path = route.clone();
            if draw.below(4) == 0 {
                let (before, _) = route.rsplit_once(['/', '=']).unwrap();
                path = format!("{before}{}{}", &route[before.len()..=before.len()], draw.of(&VALUES));
            }
            for _ in 0..draw.below(4) {
                let mark = if path.contains('?') { '&' } else { '?' };
                path += &format!("{mark}{}={}", draw.of(&PARAMETERS), draw.of(&VALUES));
            }
            let answer = program.get(&path).await;
            assert!(answer.status.as_u16() < 500, "{path}: {}", answer.text);
            assert_ne!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{path}");
            if answer.status == StatusCode::OK {
                answered += 1;
            } else {
                let code = answer.json()["code"].as_str().unwrap().to_owned();
                answer.is_problem(answer.status.as_u16(), &code);
                refused += 1;
            }
        }
    }
    assert!(answered > 50 && refused > 50, "{answered} were answered, {refused} refused");
}
