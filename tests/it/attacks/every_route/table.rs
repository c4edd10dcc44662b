//! The routes of people's pages, and who may come in.

use Least::{Act, Admin, Any, Audit, Elsewhere, Public};
use std::collections::BTreeSet;
use std::path::Path;

/// Who may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Least {
    /// Everybody.
    Public,
    /// Who is signed in.
    Any,
    /// Admins and members.
    Act,
    /// Admins and auditors.
    Audit,
    /// Admins.
    Admin,
    /// Nobody: a form's address that was asked for as a page.
    Elsewhere,
}

impl Least {
    pub fn lets_in(self, role: &str) -> bool {
        match self {
            Public | Any | Elsewhere => true,
            Act => role != "auditor",
            Audit => role != "member",
            Admin => role == "admin",
        }
    }
}

/// Every route, and who may come in (`docs/security.md`).
#[rustfmt::skip]
pub const ROUTES: [(&str, &str, Least); 191] = [
    ("GET", "/", Any),
    ("GET", "/account", Any),
    ("GET", "/account/confirm", Any),
    ("POST", "/account/confirm", Any),
    ("POST", "/account/confirm/passkey", Any),
    ("POST", "/account/name", Any),
    ("POST", "/account/password", Any),
    ("GET", "/account/passkeys", Any),
    ("POST", "/account/passkeys/begin", Any),
    ("GET", "/account/passkeys/new", Any),
    ("POST", "/account/passkeys/new", Any),
    ("POST", "/account/passkeys/{id}/remove", Any),
    ("POST", "/account/passkeys/{id}/rename", Any),
    ("GET", "/account/second-factor", Any),
    ("POST", "/account/second-factor/begin", Any),
    ("POST", "/account/second-factor/codes", Any),
    ("POST", "/account/second-factor/off", Any),
    ("GET", "/account/second-factor/set-up", Any),
    ("POST", "/account/second-factor/set-up", Any),
    ("POST", "/account/sessions/end-others", Any),
    ("POST", "/account/sessions/{name}/end", Any),
    ("GET", "/assessment/{code}", Public),
    ("POST", "/assessment/{code}/answer", Public),
    ("POST", "/assessment/{code}/begin", Public),
    ("POST", "/assessment/{code}/clock", Public),
    ("POST", "/assessment/{code}/comment", Public),
    ("GET", "/assessment/{code}/data.json", Public),
    ("POST", "/assessment/{code}/form", Public),
    ("POST", "/assessment/{code}/groups", Public),
    ("POST", "/assessment/{code}/language", Public),
    ("POST", "/assessment/{code}/more-time", Public),
    ("POST", "/assessment/{code}/opened", Public),
    ("POST", "/assessment/{code}/practice", Public),
    ("GET", "/assessment/{code}/result.pdf", Public),
    ("POST", "/assessment/{code}/review", Public),
    ("POST", "/assessment/{code}/statements", Public),
    ("GET", "/assessment/{code}/withdraw", Public),
    ("POST", "/assessment/{code}/withdraw", Public),
    ("GET", "/assessment/{code}/without-more-time", Public),
    ("GET", "/audit", Audit),
    ("GET", "/audit.csv", Audit),
    ("GET", "/audit.ndjson", Audit),
    ("GET", "/audit/checkpoints", Audit),
    ("POST", "/audit/checkpoints", Audit),
    ("POST", "/audit/checkpoints/settings", Admin),
    ("GET", "/audit/checkpoints/{id}.txt", Audit),
    ("GET", "/audit/evidence", Audit),
    ("POST", "/audit/evidence.zip", Audit),
    ("GET", "/audit/rows/{number}", Audit),
    ("GET", "/audit/verify", Audit),
    ("GET", "/candidates", Any),
    ("GET", "/candidates/compare", Any),
    ("GET", "/candidates/resend", Elsewhere),
    ("POST", "/candidates/resend", Act),
    ("GET", "/candidates/why", Any),
    ("GET", "/candidates/{id}", Any),
    ("GET", "/candidates/{id}/cancel/{invitation}", Act),
    ("POST", "/candidates/{id}/cancel/{invitation}", Act),
    ("POST", "/candidates/{id}/decline", Act),
    ("POST", "/candidates/{id}/invite", Act),
    ("POST", "/candidates/{id}/remind", Act),
    ("GET", "/candidates/{id}/report.pdf", Any),
    ("POST", "/candidates/{id}/resend", Act),
    ("GET", "/candidates/{id}/retake", Act),
    ("POST", "/candidates/{id}/retake", Act),
    ("POST", "/candidates/{id}/review", Act),
    ("POST", "/candidates/{id}/time", Act),
    ("POST", "/candidates/{id}/verify", Act),
    ("GET", "/events", Audit),
    ("GET", "/events.csv", Audit),
    ("GET", "/events.ndjson", Audit),
    ("GET", "/events/{id}", Audit),
    ("GET", "/events/{id}/body", Audit),
    ("POST", "/events/{id}/deletion", Admin),
    ("POST", "/events/{id}/replay", Admin),
    ("GET", "/help", Any),
    ("GET", "/help/{page}", Any),
    ("GET", "/invite/{code}", Public),
    ("POST", "/invite/{code}", Public),
    ("GET", "/login", Public),
    ("POST", "/login", Public),
    ("GET", "/login/code", Public),
    ("POST", "/login/code", Public),
    ("POST", "/login/passkey", Public),
    ("POST", "/login/passkey/ask", Public),
    ("GET", "/login/sso", Public),
    ("POST", "/login/sso", Public),
    ("GET", "/login/sso/callback", Public),
    ("GET", "/login/sso/{company}", Public),
    ("POST", "/logout", Public),
    ("GET", "/oauth/lever/callback", Admin),
    ("GET", "/password/forgot", Public),
    ("POST", "/password/forgot", Public),
    ("GET", "/password/reset/{code}", Public),
    ("POST", "/password/reset/{code}", Public),
    ("GET", "/settings/background-work", Audit),
    ("POST", "/settings/background-work/{id}/run", Admin),
    ("GET", "/settings/company", Any),
    ("POST", "/settings/company", Admin),
    ("GET", "/settings/company/access", Any),
    ("POST", "/settings/company/access", Admin),
    ("GET", "/settings/company/alerts", Any),
    ("POST", "/settings/company/alerts", Admin),
    ("POST", "/settings/company/alerts/remove", Admin),
    ("POST", "/settings/company/alerts/secret", Admin),
    ("POST", "/settings/company/alerts/test", Admin),
    ("GET", "/settings/company/api-tokens", Admin),
    ("POST", "/settings/company/api-tokens", Admin),
    ("GET", "/settings/company/api-tokens/reference", Any),
    ("POST", "/settings/company/api-tokens/{id}/revoke", Admin),
    ("GET", "/settings/company/groups", Any),
    ("POST", "/settings/company/invitation-policy", Admin),
    ("GET", "/settings/company/sso", Any),
    ("POST", "/settings/company/sso", Admin),
    ("POST", "/settings/company/sso/remove", Admin),
    ("POST", "/settings/company/sso/state", Admin),
    ("POST", "/settings/company/sso/test", Admin),
    ("POST", "/settings/company/sso/unlink", Admin),
    ("GET", "/settings/integrations", Any),
    ("GET", "/settings/integrations/add", Admin),
    ("GET", "/settings/integrations/add/lever", Admin),
    ("POST", "/settings/integrations/lever/grant", Admin),
    ("GET", "/settings/integrations/{id}", Any),
    ("POST", "/settings/integrations/{id}", Admin),
    ("GET", "/settings/integrations/{id}/acting-as", Admin),
    ("POST", "/settings/integrations/{id}/acting-as", Admin),
    ("GET", "/settings/integrations/{id}/activity", Any),
    ("GET", "/settings/integrations/{id}/batches/{bulk_move}", Any),
    ("POST", "/settings/integrations/{id}/batches/{bulk_move}/send", Act),
    ("POST", "/settings/integrations/{id}/batches/{bulk_move}/undo", Act),
    ("POST", "/settings/integrations/{id}/check", Admin),
    ("GET", "/settings/integrations/{id}/completeness", Any),
    ("POST", "/settings/integrations/{id}/completeness", Admin),
    ("GET", "/settings/integrations/{id}/completeness/{day}", Any),
    ("GET", "/settings/integrations/{id}/disconnect", Admin),
    ("POST", "/settings/integrations/{id}/disconnect", Admin),
    ("GET", "/settings/integrations/{id}/live", Any),
    ("POST", "/settings/integrations/{id}/name", Admin),
    ("GET", "/settings/integrations/{id}/postings", Any),
    ("POST", "/settings/integrations/{id}/postings", Admin),
    ("POST", "/settings/integrations/{id}/preview", Admin),
    ("GET", "/settings/integrations/{id}/reconciliations", Any),
    ("GET", "/settings/integrations/{id}/reconciliations/{run}", Any),
    ("GET", "/settings/integrations/{id}/rules", Any),
    ("POST", "/settings/integrations/{id}/rules", Admin),
    ("GET", "/settings/integrations/{id}/rules/new", Admin),
    ("GET", "/settings/integrations/{id}/rules/preview", Elsewhere),
    ("POST", "/settings/integrations/{id}/rules/preview", Admin),
    ("GET", "/settings/integrations/{id}/rules/{rule}", Admin),
    ("POST", "/settings/integrations/{id}/rules/{rule}", Admin),
    ("GET", "/settings/integrations/{id}/rules/{rule}/delete", Admin),
    ("POST", "/settings/integrations/{id}/rules/{rule}/delete", Admin),
    ("GET", "/settings/integrations/{id}/settings", Any),
    ("POST", "/settings/integrations/{id}/sync", Admin),
    ("POST", "/settings/integrations/{id}/unverified/empty", Admin),
    ("POST", "/settings/integrations/{id}/write-again", Admin),
    ("POST", "/settings/integrations/{id}/webhook-url", Admin),
    ("GET", "/settings/integrations/{id}/webhooks", Any),
    ("POST", "/settings/integrations/{id}/webhooks", Admin),
    ("POST", "/settings/integrations/{id}/webhooks/test", Admin),
    ("GET", "/settings/mail", Any),
    ("POST", "/settings/mail", Admin),
    ("GET", "/settings/mail/{kind}/{language}", Any),
    ("POST", "/settings/mail/{kind}/{language}", Admin),
    ("POST", "/settings/mail/{kind}/{language}/default", Admin),
    ("GET", "/settings/profiles", Any),
    ("GET", "/settings/profiles/default", Elsewhere),
    ("POST", "/settings/profiles/default", Admin),
    ("GET", "/settings/profiles/new", Admin),
    ("POST", "/settings/profiles/new", Admin),
    ("GET", "/settings/profiles/postings", Elsewhere),
    ("POST", "/settings/profiles/postings", Admin),
    ("GET", "/settings/profiles/{id}", Admin),
    ("POST", "/settings/profiles/{id}", Admin),
    ("GET", "/settings/profiles/{id}/delete", Admin),
    ("POST", "/settings/profiles/{id}/delete", Admin),
    ("GET", "/settings/team", Any),
    ("GET", "/settings/team/invite", Admin),
    ("POST", "/settings/team/invite", Admin),
    ("GET", "/settings/team/{id}", Admin),
    ("POST", "/settings/team/{id}/invite", Admin),
    ("POST", "/settings/team/{id}/log-out", Admin),
    ("POST", "/settings/team/{id}/remove", Admin),
    ("POST", "/settings/team/{id}/role", Admin),
    ("POST", "/settings/team/{id}/second-factor/reset", Admin),
    ("GET", "/setup", Public),
    ("POST", "/setup", Public),
    ("GET", "/verify/{code}", Public),
    ("POST", "/verify/{code}/answer", Public),
    ("POST", "/verify/{code}/begin", Public),
    ("POST", "/verify/{code}/language", Public),
];

/// Pages of which an account that Lever never granted has none, or which take results.
pub const NOT_THERE: [&str; 6] = [
    "/candidates/compare",
    "/candidates/{id}/report.pdf",
    "/settings/integrations/{id}/completeness/{day}",
    "/settings/integrations/{id}/acting-as",
    "/account/second-factor/set-up",
    "/oauth/lever/callback",
];

/// The routes in a source file, with the scopes that they stand in.
fn routes_in(file: &Path, text: &str) -> BTreeSet<(String, String)> {
    let constant = |name: &str| {
        let value = text.split(&format!("const {name}: &str = \"")).nth(1)?;
        Some(value.split('"').next()?.to_owned())
    };
    let path = |argument: &str| match argument.trim().strip_prefix('"') {
        Some(literal) => literal.trim_end_matches('"').to_owned(),
        None => constant(argument.trim()).unwrap_or_else(|| panic!("{}: {argument}", file.display())),
    };
    // Its scope is in the file of integrations.
    let mut scope = if file.ends_with("bulk_moves.rs") { "/settings/integrations" } else { "" }.to_owned();
    let mut found = BTreeSet::new();
    for line in text.lines() {
        // One statement a line, as rustfmt leaves them.
        if line.trim_start().starts_with("cfg.route(") || line.starts_with("    .route(") {
            scope.clear();
        }
        if let Some(argument) = line.split("web::scope(").nth(1) {
            scope = path(argument.split(')').next().unwrap());
        }
        for rest in line.split("route(").skip(1) {
            let Some((argument, rest)) = rest.split_once(", web::") else { continue };
            let method = rest.split('(').next().unwrap().to_uppercase();
            found.insert((method, format!("{scope}{}", path(argument))));
        }
    }
    found
}

fn routes_of_source() -> BTreeSet<(String, String)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web/pages")];
    let mut found = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.extend(routes_in(&path, &std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found
}

#[test]
fn every_route_says_who_may_come_in() {
    let listed: BTreeSet<(String, String)> =
        ROUTES.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(listed.len(), ROUTES.len(), "each once");
    assert_eq!(routes_of_source(), listed);
}
