//! What an admin does on the portal's pages, and a colleague on a candidate's.

use super::client::{Client, Gone, Page};
use super::plan::{Plan, Posting, Stage};
use super::world::{EVENTS, WISH, World};
use alva_portal::db::Conn;
use alva_portal::db::schema::invitations;
use alva_portal::ids::{CandidateId, IntegrationId, InvitationId};
use diesel::prelude::*;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

impl World {
    fn page(&self) -> String {
        format!("/settings/integrations/{}", self.integration)
    }

    pub async fn set_up(&self, plan: &Plan) {
        let made = self.admin.post(&format!("{}/webhooks", self.page()), &[]).await.unwrap();
        assert_eq!(made.status, 303, "{}", made.html);
        let toggles = json!({ "candidateArchiveChange": plan.archives });
        self.control(Method::POST, "events", toggles).await;
        if plan.doubles {
            let hooks = self.control(Method::GET, "webhooks", Value::Null).await;
            for event in EVENTS {
                let by_hand = json!({"event": event, "url": hooks[0]["url"]});
                self.control(Method::POST, "webhooks", by_hand).await;
            }
        }
        self.paste().await.expect("the first Save");
        self.rule(Posting::Ruled, "both").await;
        self.rule(Posting::Untested, "none").await;
    }

    /// A rule for one posting, with the posting's trigger stage.
    async fn rule(&self, kind: Posting, tests: &str) {
        let form = self.admin.get(&format!("{}/rules/new", self.page())).await.unwrap();
        let posting = format!("posting:{}", self.posting(kind).expect("it is")["id"].as_str().unwrap());
        let trigger = kind.trigger().map_or("", |stage| self.stages[stage.name()].as_str());
        let fields = [("postings", posting.as_str()), ("tests", tests), ("trigger_stage", trigger)];
        let asked = self.admin.press(&form, "Save rule", &fields).await.unwrap();
        let saved = self.agree(asked).await.unwrap();
        assert_eq!(saved.status, 303, "{}", saved.text("main"));
    }

    /// **Save**, with the tokens that Lever shows now.
    pub async fn paste(&self) -> Result<(), Gone> {
        let hooks = self.control(Method::GET, "webhooks", Value::Null).await;
        let tokens: BTreeSet<String> = hooks
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|hook| hook["signatureToken"].as_str().map(str::to_owned))
            .collect();
        self.secrets.lock().unwrap().extend(tokens.iter().cloned());
        let tokens = tokens.into_iter().collect::<Vec<_>>().join("\n");
        // While the integration is being set up, its page has one form; later the tokens have a part of their own.
        let mut form = self.admin.get(&self.page()).await?;
        if form.attribute("#settings", "action").is_none() {
            form = self.admin.get(&format!("{}/webhooks", self.page())).await?;
        }
        let progression = if self.progression { self.stages[Stage::Progression.name()].as_str() } else { "" };
        let fields = [
            ("webhook_signature_token", tokens.as_str()),
            ("trigger_stage", self.stages[Stage::Trigger.name()].as_str()),
            ("progression_stage", progression),
            ("blocked_origins", "internal"),
            ("candidate_tag", WISH),
        ];
        let mut saved = self.admin.press(&form, "Save", &fields).await?;
        // What came without a signature matches no token: then the admin has to say that they are sure.
        if saved.status == 422 && saved.attribute("input[name=insist]", "name").is_some() {
            saved = self.admin.press(&saved, "Save", &[("insist", "yes")]).await?;
        }
        let saved = self.agree(saved).await?;
        if saved.status == 303 {
            Ok(())
        } else {
            Err(format!("Save: {} {}", saved.status, saved.text("main")))
        }
    }

    /// Agrees where a page shows what changes and whom that invites.
    async fn agree(&self, asked: Page) -> Result<Page, Gone> {
        let button = asked.text("main button.primary");
        match asked.attribute("main input[name=confirmed]", "value").filter(|_| asked.status == 200) {
            Some(count) => self.admin.press(&asked, &button, &[("confirmed", &count)]).await,
            None => Ok(asked),
        }
    }

    /// **Grant Access**, through Lever's log-in and consent, and back.
    pub async fn grant(&self, what: (&str, &str)) -> Result<IntegrationId, Gone> {
        let elsewhere =
            |page: Page| page.location.clone().ok_or_else(|| format!("{}: {}", page.url, page.text("main")));
        let to_lever = elsewhere(self.admin.post("/settings/integrations/lever/grant", &[what]).await?)?;
        let dana = Client::of(self.lever.url.parse().unwrap(), None);
        let mut page = dana.get(&to_lever).await?;
        if let Some(login) = &page.location {
            page = dana.get(login).await?;
        }
        let (email, password) = (self.lever.admin_email.as_str(), self.lever.admin_password.as_str());
        let consent = dana.press(&page, "Log in", &[("email", email), ("password", password)]).await?;
        let consent = dana.get(&elsewhere(consent)?).await?;
        // Who granted the same before is not asked again.
        let back = match consent.location.clone() {
            Some(back) => back,
            None => elsewhere(dana.press(&consent, "Accept", &[("decision", "accept")]).await?)?,
        };
        let code = url::Url::parse(&back).ok().and_then(|url| {
            url.query_pairs().find(|(name, _)| name == "code").map(|(_, code)| code.into_owned())
        });
        self.secrets.lock().unwrap().extend(code);
        let done = elsewhere(self.admin.get(&back).await?)?;
        let id = done.trim_start_matches("/settings/integrations/").split(['?', '#', '/']).next();
        id.and_then(IntegrationId::parse).ok_or_else(|| format!("no account's page: {done}"))
    }

    /// Grants access again for the account that there is.
    pub async fn reconnect(&self) -> Result<(), Gone> {
        self.grant(("integration", self.integration.as_str())).await.map(drop)
    }

    /// **Cancel invitation**, or **Resend invitation**, on the page of an invited candidate; `None` where
    /// nobody is invited yet.
    pub async fn by_hand(&self, opportunity: &str, is_cancel: bool) -> Option<Result<(), Gone>> {
        let opportunity = opportunity.to_owned();
        let columns = (invitations::candidate_id, invitations::id, invitations::mailing);
        let query = move |conn: &mut Conn| {
            let of = invitations::table.filter(invitations::opportunity_id.eq(opportunity));
            Ok(of.select(columns).first(conn).optional()?)
        };
        let found: Option<(CandidateId, InvitationId, i32)> = self.read(query).await;
        let (candidate, invitation, mailing) = found?;
        let (page, mailing) = (format!("/candidates/{candidate}"), mailing.to_string());
        let done = if is_cancel {
            self.admin.post(&format!("{page}/cancel/{invitation}"), &[]).await
        } else {
            let fields = [("invitation", invitation.as_str()), ("mailing", mailing.as_str())];
            self.admin.post(&format!("{page}/resend"), &fields).await
        };
        let is_done = |page: Page| {
            if page.status == 303 { Ok(()) } else { Err(format!("{} {}", page.url, page.status)) }
        };
        Some(done.and_then(is_done))
    }

    /// **Sync now**.
    pub async fn sync(&self) -> Result<(), Gone> {
        let begun = self.admin.post(&format!("{}/sync", self.page()), &[]).await?;
        let is_begun = begun.location.as_ref().is_some_and(|to| to.contains("/reconciliations/"));
        if is_begun { Ok(()) } else { Err(format!("Sync now: {} {:?}", begun.status, begun.location)) }
    }
}
