//! Wrong parameters, wrong credentials, wrong paths.

use reqwest::Method;

use super::{Asker, id};
use crate::compare::CompareError;
use crate::compare::client::{Answer, Call, Caller};
use crate::compare::seen::rows;

/// Parameters that make no sense, or name what isn't there.
const WRONG: &[(&str, &str, &str)] = &[
    ("/opportunities", "limit", "0"),
    ("/opportunities", "limit", "-1"),
    ("/opportunities", "limit", "101"),
    ("/opportunities", "limit", "many"),
    ("/opportunities", "limit", "1.5"),
    ("/opportunities", "limit", ""),
    ("/opportunities", "offset", "nonsense"),
    ("/opportunities", "offset", ""),
    ("/opportunities", "created_at_start", "yesterday"),
    ("/opportunities", "created_at_start", "-1"),
    ("/opportunities", "updated_at_end", "1.5"),
    ("/opportunities", "archived", "perhaps"),
    ("/opportunities", "snoozed", "perhaps"),
    ("/opportunities", "confidentiality", "perhaps"),
    ("/opportunities", "origin", "nowhere"),
    ("/opportunities", "stage_id", "no-such-id"),
    ("/opportunities", "posting_id", "no-such-id"),
    ("/opportunities", "contact_id", "no-such-id"),
    ("/opportunities", "email", "nobody@lever-sandbox.invalid"),
    ("/opportunities", "tag", "no such tag of lever-sandbox compare"),
    ("/opportunities", "include", "nothing"),
    ("/opportunities", "no_such_parameter", "1"),
    ("/opportunities/deleted", "deleted_at_start", "1"),
    ("/opportunities/deleted", "deleted_at_start", "yesterday"),
    ("/candidates", "limit", "0"),
    ("/postings", "limit", "0"),
    ("/postings", "state", "perhaps"),
    ("/postings", "confidentiality", "perhaps"),
    ("/postings", "tag", "no such tag of lever-sandbox compare"),
    ("/users", "limit", "0"),
    ("/users", "email", "nobody@lever-sandbox.invalid"),
    ("/users", "includeDeactivated", "perhaps"),
    ("/stages", "limit", "0"),
    ("/stages", "limit", "101"),
    ("/stages", "offset", "nonsense"),
    ("/stages", "perform_as", "no-such-id"),
    ("/archive_reasons", "type", "perhaps"),
    ("/requisitions", "status", "perhaps"),
    ("/webhooks", "limit", "0"),
];

/// Paths that lead nowhere, or to what is there by another spelling.
const PATHS: &[&str] =
    &["/", "/nothing", "/opportunity", "/stages/", "//stages", "/Stages", "/webhooks/", "/stages/a/b"];

/// Asks in ways that aren't right.
pub(super) async fn ask(asker: &mut Asker) -> Result<(), CompareError> {
    for (path, name, value) in WRONG {
        let call = Call::get(path).with("limit", "1");
        let call = if *name == "limit" { Call::get(path) } else { call };
        let call = call.with(name, value);
        if let Some(answer) = asker.ask(&call).await?.filter(Answer::is_success) {
            let found =
                if rows(answer.json()).is_empty() { "nothing is found" } else { "something is found" };
            asker.outcome(&call, "rows", found);
        }
    }
    if let Some(offset) = asker.account.foreign_offset.clone() {
        let call = Call::get("/opportunities").of("offset", offset).note("of another list");
        asker.ask(&call).await?;
    }
    for path in PATHS {
        asker.ask(&Call::get(path)).await?;
    }
    if let Some(id) = asker.account.opportunities.first().and_then(id).map(str::to_owned) {
        for template in ["/opportunities/{id}/nothing", "/opportunities/{id}/", "/opportunities/{id}/notes/"]
        {
            asker.ask(&Call::new(Method::GET, template, &[&id])).await?;
        }
        let caller = Caller::Nobody;
        asker.ask(&Call::new(Method::GET, "/opportunities/{id}", &[&id]).caller(caller)).await?;
    }
    for caller in [Caller::Nobody, Caller::UnknownKey, Caller::UnknownToken, Caller::KeyWithPassword] {
        asker.ask(&Call::get("/stages").caller(caller)).await?;
    }
    asker.ask(&Call::get("/nothing").caller(Caller::Nobody)).await?;
    for method in [Method::HEAD, Method::OPTIONS] {
        asker.ask(&Call::new(method, "/stages", &[])).await?;
    }
    for media in ["text/html", "application/xml"] {
        asker.ask(&Call::get("/stages").accept(media)).await?;
    }
    Ok(())
}
