//! A company in which each address leads somewhere.

use crate::lists::Tenant;
use crate::support::portal::Portal;
use alva_portal::db::schema::{batches, jobs, role_profiles, rules, users};
use alva_portal::db::{Conn, DbError};
use alva_portal::ids::{BulkMoveId, JobId, RoleProfileId, RuleId, UserId};
use alva_portal::integrations::schedule::runs::{self, RunCause};
use alva_portal::integrations::settings::rules::RuleRow;
use alva_portal::integrations::store;
use alva_portal::invitations::InvitationState;
use alva_portal::invitations::bulk_moves::BulkMove;
use alva_portal::invitations::bulk_moves::detect::{BulkMoveState, HoldCause};
use alva_portal::time::Timestamp;
use diesel::prelude::*;
use std::collections::BTreeMap;

/// A company in which each of the addresses leads somewhere.
pub struct Furnished<'p> {
    pub acme: Tenant<'p>,
    /// By what stands for it in a route, behind the beginning of its address.
    ids: BTreeMap<&'static str, String>,
}

impl<'p> Furnished<'p> {
    pub async fn of(portal: &'p Portal) -> Self {
        let acme = Tenant::of(portal, "Acme").await;
        let candidate = acme.candidate("o1", "Ada Byron", "Cook").await;
        let invitation = acme.invitation(&candidate, "p1", InvitationState::Sent).await;
        let mut event = acme.event(60);
        event.opportunity_id = Some("o1".to_owned());
        let event_id = event.id;
        acme.keep(vec![event]).await;
        acme.admin().await.post("/audit/checkpoints", &[]).await.leads_to("/audit/checkpoints");
        let (company, account, now) = (acme.company.id, acme.account, Timestamp::now());
        let rule = RuleRow {
            id: RuleId::new(),
            company_id: company,
            integration_id: account,
            scope: "tag".to_owned(),
            scope_value: "Sales".to_owned(),
            title: "Sales".to_owned(),
            trigger_stage_id: "s2".to_owned(),
            progression_stage_id: None,
            tests: "both".to_owned(),
            created_at: now,
            updated_at: now,
        };
        let bulk_move = BulkMove {
            id: BulkMoveId::new(),
            company_id: company,
            integration_id: account,
            stage_id: "s2".to_owned(),
            first_at: now,
            last_at: now,
            opened_at: now,
            release_at: Timestamp(i64::MAX),
            state: BulkMoveState::Held,
            sent_at: None,
            undone_at: None,
            ended_by: None,
            cause: HoldCause::MassMove,
        };
        let weighed = serde_json::to_string(&assessment::Profile::default()).unwrap();
        let (rule_id, bulk_move_id) = (rule.id, bulk_move.id);
        let made = portal
            .write(move |conn: &mut Conn| {
                let integration = store::get(conn, &account)?;
                let run = runs::request_run(conn, &integration, RunCause::Sync, None)?.id.to_string();
                let insert = |conn: &mut Conn| {
                    diesel::insert_into(rules::table).values(&rule).execute(conn)?;
                    diesel::insert_into(batches::table).values(&bulk_move).execute(conn)?;
                    let profile = RoleProfileId::new();
                    diesel::insert_into(role_profiles::table)
                        .values((
                            role_profiles::id.eq(profile),
                            role_profiles::company_id.eq(company),
                            role_profiles::name.eq("Sales"),
                            role_profiles::name_key.eq("sales"),
                            role_profiles::lines.eq(weighed),
                            role_profiles::created_at.eq(now),
                        ))
                        .execute(conn)?;
                    let person: UserId = users::table
                        .filter(users::company_id.eq(company).and(users::email.like("max@%")))
                        .select(users::id)
                        .first(conn)?;
                    let job: JobId =
                        jobs::table.filter(jobs::company_id.eq(company)).select(jobs::id).first(conn)?;
                    Ok::<_, DbError>([profile.to_string(), person.to_string(), job.to_string()])
                };
                let [profile, person, job] = insert(conn)?;
                let checkpoint = alva_portal::checkpoints::newest(conn, &company)?.unwrap().id.to_string();
                Ok([run, profile, person, job, checkpoint])
            })
            .await;
        let [run, profile, person, job, checkpoint] = made;
        let ids = [
            ("/events/{id}", event_id.to_string()),
            ("/candidates/{id}", candidate.to_string()),
            ("{invitation}", invitation.to_string()),
            ("/settings/integrations/{id}", account.to_string()),
            ("{rule}", rule_id.to_string()),
            ("{bulk_move}", bulk_move_id.to_string()),
            ("{run}", run),
            ("/settings/profiles/{id}", profile),
            ("/settings/team/{id}", person),
            ("/settings/background-work/{id}", job),
            ("/audit/checkpoints/{id}", checkpoint),
            ("{company}", company.to_string()),
            ("{day}", "2026-11-20".to_owned()),
            ("{number}", "1".to_owned()),
            ("{kind}", "invitation".to_owned()),
            ("{language}", "en".to_owned()),
            ("{page}", "rules".to_owned()),
            ("{code}", "nobodys".to_owned()),
            ("{name}", "nobodys".to_owned()),
            ("/settings/company/api-tokens/{id}", event_id.to_string()),
            ("/account/passkeys/{id}", event_id.to_string()),
        ];
        Self { acme, ids: ids.into() }
    }

    pub fn address(&self, route: &str) -> String {
        let mut address = route.to_owned();
        for (place, id) in &self.ids {
            let filled = place.rsplit_once('{').unwrap().0;
            if address.starts_with(place) || (filled.is_empty() && address.contains(place)) {
                address = address.replacen(place, &format!("{filled}{id}"), 1);
            }
        }
        assert!(!address.contains('{'), "{address}");
        address
    }
}

/// Whether a route names something of one company.
pub fn is_of_a_company(route: &str) -> bool {
    const OF_EVERYBODY: [&str; 5] =
        ["/audit/rows/", "/settings/mail/", "/help/", "/account/", "/settings/company/api-tokens/"];
    route.contains('{') && !OF_EVERYBODY.iter().any(|begin| route.starts_with(begin))
}
