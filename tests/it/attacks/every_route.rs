//! Every route of people's pages: strangers, each role, another company, and forms without the token of their session.
//! The routes are read from the source, so a page that is new has to say here who may come in.

mod confirmed;
mod furnished;
pub mod table;

use crate::lists::Tenant;
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use crate::support::visitor::{Visitor, bare_token};
use diesel::prelude::*;
use furnished::{Furnished, is_of_a_company};
use reqwest::StatusCode;
use reqwest::header::{CONTENT_DISPOSITION, COOKIE, LOCATION};
use std::collections::{BTreeMap, BTreeSet};
use table::Least::{Elsewhere, Public};
use table::{NOT_THERE, ROUTES};

/// Tables that everybody's requests, or the portal's own work, write to.
const WRITTEN_ANYWAY: [&str; 7] =
    ["audit_log", "audit_ends", "noted_accesses", "sessions", "person_devices", "jobs", "audit_checkpoints"];

/// Forms that are refused without a field, before or after it is looked at who sends them.
const NEEDS_FIELDS: [&str; 2] =
    ["/settings/integrations/{id}/webhook-url", "/settings/integrations/{id}/completeness"];

fn is_no_form(route: &str, status: StatusCode) -> bool {
    NEEDS_FIELDS.contains(&route) && status == StatusCode::BAD_REQUEST
}

/// What was answered.
#[derive(Debug)]
struct Answer {
    status: StatusCode,
    location: String,
    is_file: bool,
}

/// Asks as a browser does.
struct Asks<'p> {
    portal: &'p Portal,
    client: reqwest::Client,
}

impl Asks<'_> {
    async fn answer(&self, request: reqwest::RequestBuilder, who: &Visitor) -> Answer {
        let request =
            who.cookie().into_iter().fold(request, |request, cookie| request.header(COOKIE, cookie));
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        // To its end: what comes late may fail.
        answer.bytes().await.unwrap();
        let location = headers.get(LOCATION).map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
        Answer { status, location, is_file: headers.contains_key(CONTENT_DISPOSITION) }
    }

    async fn get(&self, who: &Visitor, path: &str) -> Answer {
        self.answer(self.client.get(self.portal.running.url.join(path).unwrap()), who).await
    }

    async fn post(&self, who: &Visitor, path: &str, form: &[(&str, &str)]) -> Answer {
        self.answer(self.client.post(self.portal.running.url.join(path).unwrap()).form(form), who).await
    }
}

async fn kept(portal: &Portal) -> BTreeMap<String, BTreeSet<String>> {
    let mut all = portal.rows().await;
    all.retain(|table, _| !WRITTEN_ANYWAY.contains(&table.as_str()));
    all
}

/// How often the audit log says that data was taken.
async fn taken_from(portal: &Portal, acme: &Tenant<'_>) -> i64 {
    use alva_portal::db::schema::audit_log;
    let id = acme.company.id;
    let count = move |conn: &mut alva_portal::db::Conn| {
        let rows =
            audit_log::table.filter(audit_log::company_id.eq(id).and(audit_log::action.eq("data.taken")));
        Ok::<i64, alva_portal::db::DbError>(rows.count().get_result(conn)?)
    };
    portal.running.db.read(count).await.unwrap()
}

on_both_databases!(Portal::start => each_route_lets_in_whom_it_should_and_nobody_else);
async fn each_route_lets_in_whom_it_should_and_nobody_else(portal: Portal) {
    let there = Furnished::of(&portal).await;
    let other = Tenant::of(&portal, "Other").await.admin().await;
    let asks = Asks {
        portal: &portal,
        client: reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap(),
    };
    let people = [
        ("admin", there.acme.admin().await),
        ("member", there.acme.member().await),
        ("auditor", there.acme.auditor().await),
    ];
    let nobody = portal.visitor();
    let (mut tokens, of_nobody, of_other) = (BTreeMap::new(), nobody.token().await, other.token().await);
    for (role, person) in &people {
        tokens.insert(*role, person.token().await);
    }
    let mut wrong = Vec::new();
    for (method, route, least) in ROUTES {
        let address = there.address(route);
        let form = |token: &str| vec![("csrf", token.to_owned())];
        let ask = async |who: &Visitor, token: &str| match method {
            "GET" => asks.get(who, &address).await,
            _ => {
                let form = form(token);
                let form: Vec<(&str, &str)> =
                    form.iter().map(|(name, value)| (*name, value.as_str())).collect();
                asks.post(who, &address, &form).await
            }
        };
        if least == Public || (method == "POST" && route == "/logout") {
            continue;
        }
        let turned_away = ask(&nobody, &of_nobody).await;
        if least != Elsewhere
            && (turned_away.status != StatusCode::SEE_OTHER || !turned_away.location.starts_with("/login"))
        {
            wrong.push(format!("{method} {route} by a stranger: {turned_away:?}"));
        }
        for (role, person) in &people {
            let may = least.lets_in(role);
            if may && method == "POST" {
                // What it does is for the tests of its page.
                continue;
            }
            let taken = taken_from(&portal, &there.acme).await;
            let answer = ask(person, &tokens[role]).await;
            let is_right = match may {
                false => answer.status == StatusCode::FORBIDDEN || is_no_form(route, answer.status),
                true => {
                    let is_there = answer.status.is_success() || answer.status.is_redirection();
                    (is_there || NOT_THERE.contains(&route))
                        && answer.status != StatusCode::FORBIDDEN
                        && !answer.status.is_server_error()
                        && !answer.location.starts_with("/login")
                }
            };
            if !is_right {
                wrong.push(format!("{method} {route} by a {role}: {answer:?}"));
            }
            // What leaves as a file is written down, each time.
            let more = taken_from(&portal, &there.acme).await - taken;
            if may && more != i64::from(answer.is_file) {
                wrong.push(format!("{route} is a file: {}, and {more} rows say so", answer.is_file));
            }
        }
        if is_of_a_company(route) && least != Elsewhere {
            let answer = ask(&other, &of_other).await;
            // Work that is not there is told on the list of one's own.
            let is_led_back = route == "/settings/background-work/{id}/run"
                && answer.location == "/settings/background-work";
            if answer.status != StatusCode::NOT_FOUND && !is_led_back && !is_no_form(route, answer.status) {
                wrong.push(format!("{method} {route} by another company's admin: {answer:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

on_both_databases!(Portal::start => no_form_is_taken_without_the_token_of_its_session);
async fn no_form_is_taken_without_the_token_of_its_session(portal: Portal) {
    let there = Furnished::of(&portal).await;
    let asks = Asks {
        portal: &portal,
        client: reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap(),
    };
    let (admin, member) = (there.acme.admin().await, there.acme.member().await);
    let (own, foreign) = (admin.token().await, member.token().await);
    let bare = bare_token(&own);
    let before = kept(&portal).await;
    let mut wrong = Vec::new();
    for (method, route, _) in ROUTES {
        if method != "POST" {
            continue;
        }
        let address = there.address(route);
        let queried = format!("{address}?csrf={own}");
        let tries: [(&str, &[(&str, &str)]); 5] = [
            (&address, &[]),
            (&address, &[("csrf", "")]),
            (&address, &[("csrf", &foreign)]),
            (&address, &[("csrf", &bare)]),
            (&queried, &[]),
        ];
        // Candidates' pages say in the frame of the tests that the form is stale, or that nobody has the link, or lead back to
        // the page; the log-in leads on who is signed in.
        let expected = match route {
            "/login" | "/login/passkey" | "/verify/{code}/language" => StatusCode::SEE_OTHER,
            _ if route.starts_with("/verify/") => StatusCode::NOT_FOUND,
            _ if route.starts_with("/assessment/") => StatusCode::CONFLICT,
            _ => StatusCode::FORBIDDEN,
        };
        for (number, (path, form)) in tries.iter().enumerate() {
            let answer = asks.post(&admin, path, form).await;
            if answer.status != expected {
                wrong.push(format!("{route}, try {number}: {answer:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let after = kept(&portal).await;
    for (table, rows) in before {
        assert_eq!(after[&table], rows, "{table} was changed");
    }
    assert!(admin.is_signed_in().await);
}

/// What runs in a page that shows it as it is.
const MARKUP: &str = "'\"><img src=x onerror=alert(1)><script>alert(1)</script>{{7*7}}";

on_both_databases!(Portal::start => nothing_that_is_stored_is_shown_as_markup);
/// Names, titles, stages and tags are Lever's and colleagues' to choose.
async fn nothing_that_is_stored_is_shown_as_markup(portal: Portal) {
    use alva_portal::db::schema::{
        candidates, companies, integrations, invitations, lever_stages, postings, role_profiles, rules, users,
    };
    let there = Furnished::of(&portal).await;
    let admin = there.acme.admin().await;
    let account = there.acme.account;
    portal
        .write(move |conn| {
            let mut write = || {
                diesel::update(candidates::table)
                    .set((candidates::name.eq(MARKUP), candidates::posting_title.eq(MARKUP)))
                    .execute(conn)?;
                diesel::update(candidates::table).set(candidates::origin.eq(MARKUP)).execute(conn)?;
                diesel::update(invitations::table)
                    .set(invitations::posting_title.eq(MARKUP))
                    .execute(conn)?;
                diesel::update(companies::table).set(companies::name.eq(MARKUP)).execute(conn)?;
                diesel::update(integrations::table)
                    .set(integrations::account_name.eq(MARKUP))
                    .execute(conn)?;
                diesel::update(users::table).set(users::name.eq(MARKUP)).execute(conn)?;
                diesel::update(role_profiles::table).set(role_profiles::name.eq(MARKUP)).execute(conn)?;
                diesel::update(rules::table)
                    .set((rules::title.eq(MARKUP), rules::scope_value.eq(MARKUP)))
                    .execute(conn)?;
                for stage in ["s2", "lead-new"] {
                    diesel::delete(lever_stages::table.filter(lever_stages::stage_id.eq(stage)))
                        .execute(conn)?;
                    diesel::insert_into(lever_stages::table)
                        .values((
                            lever_stages::integration_id.eq(account),
                            lever_stages::stage_id.eq(stage),
                            lever_stages::name.eq(MARKUP),
                            lever_stages::position.eq(1),
                            lever_stages::seen_at.eq(alva_portal::time::Timestamp::now()),
                        ))
                        .execute(conn)?;
                }
                diesel::insert_into(postings::table)
                    .values((
                        postings::integration_id.eq(account),
                        postings::posting_id.eq("p1"),
                        postings::title.eq(MARKUP),
                        postings::tags.eq(serde_json::json!([MARKUP, format!("Alva: {MARKUP}")]).to_string()),
                        postings::confidentiality.eq("non-confidential"),
                        postings::state.eq("published"),
                        postings::lever_url.eq("javascript:alert(1)"),
                        postings::alva_tags.eq(1),
                        postings::findings.eq(1),
                        postings::seen_at.eq(alva_portal::time::Timestamp::now()),
                    ))
                    .execute(conn)?;
                Ok::<_, alva_portal::db::DbError>(())
            };
            Ok(write()?)
        })
        .await;
    let (mut wrong, mut shown) = (Vec::new(), 0);
    let addresses =
        ROUTES.iter().filter(|(method, ..)| *method == "GET").map(|(_, route, _)| there.address(route));
    let more = [
        "/events?q=%27%22%3E%3Cimg+src%3Dx+onerror%3Dalert(1)%3E",
        "/candidates?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    ];
    for address in addresses.chain(more.map(str::to_owned)) {
        let page = admin.get(&address).await;
        if page.status.is_server_error() {
            wrong.push(format!("{address}: {}", page.status));
        }
        shown += usize::from(page.html.contains("onerror"));
        let is_page = page.html.trim_start().starts_with('<');
        if is_page
            && ["<img src=x", "<script>alert(1)", "href=\"javascript:"]
                .iter()
                .any(|raw| page.html.contains(raw))
        {
            wrong.push(format!("{address} shows it as it is"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(shown > 30, "the names are on {shown} pages");
}
