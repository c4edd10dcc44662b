//! The parts of a verdict, each from what is known of it: here what belongs to the connection, in [`work`] what becomes
//! of what arrives.

mod work;

use super::known::{Chosen, Known, Webhook};
use super::{By, Fix, For, Level, Part, PartCode};
use crate::i18n::{Arg, number, portal};
use crate::ids::IntegrationId;
use crate::integrations::State;
use crate::integrations::checklist::Arrival;
use crate::integrations::lever_webhooks::beside;
use crate::integrations::schedule::watch;
use crate::monitoring::check::{Checkup, Point, Standing, What};
use crate::time::Timestamp;

/// Clocks that differ by more than this are wrong (seconds): answers take some, too.
const MOST_WRONG: i64 = 60;

/// All parts of an integration. One that is disconnected has one: what was known of the others is of before.
pub(super) fn all(known: &Known) -> Vec<Part> {
    if known.state == State::Disconnected {
        return vec![disconnected(known)];
    }
    let mut parts = vec![
        access(known),
        clock(known),
        permissions(known),
        writes_as(known),
        trigger(known),
        signatures(known),
        webhooks(known),
    ];
    parts.extend(same_account(known));
    parts.extend(stages(known));
    parts.extend(work::all(known));
    let place = |code: PartCode| PartCode::ALL.iter().position(|one| *one == code);
    parts.sort_by_key(|part| place(part.code));
    parts
}

/// A part as `part-CODE-ID` of the portal's words says it.
fn part(code: PartCode, level: Level, id: &str, values: &[(&str, Arg)]) -> Part {
    let words = portal().message(&format!("part-{code}-{id}"), values);
    Part { code, level, words, since: None, fix: None }
}

fn good(code: PartCode, values: &[(&str, Arg)]) -> Part {
    part(code, Level::Good, "good", values)
}

impl Part {
    fn since(self, since: Option<Timestamp>) -> Self {
        Self { since, ..self }
    }

    fn fix(self, id: &str, path: String, by: By, who: For) -> Self {
        let words = portal().name("fix", id);
        Self { fix: Some(Fix { words, path, by, who }), ..self }
    }

    /// A page below the integration's.
    fn link(self, id: &str, known: &Known, below: &str) -> Self {
        self.fix(id, page(known, below), By::Link, For::Everybody)
    }

    /// A form of the integration's page.
    fn press(self, id: &str, known: &Known, below: &str) -> Self {
        self.fix(id, page(known, below), By::Button, For::Admins)
    }

    fn grant(self, id: &str) -> Self {
        self.fix(id, "/settings/integrations/lever/grant".to_owned(), By::Grant, For::Admins)
    }
}

/// Where a control of a part of the page is: while the integration is being set up, on its first part.
fn control(known: &Known, part: &str, id: &str) -> String {
    match known.state {
        State::SettingUp => format!("#{id}"),
        State::Active | State::Disconnected => format!("/{part}#{id}"),
    }
}

fn page(known: &Known, below: &str) -> String {
    format!("/settings/integrations/{}{below}", known.id)
}

fn disconnected(known: &Known) -> Part {
    let why = known.state_reason.sentence(portal());
    let id = if known.state_reason.is_none() { "ended" } else { "disconnected" };
    part(PartCode::Access, Level::Failed, id, &[("why", why.into())])
        .since(Some(known.updated_at))
        .grant("reconnect")
}

fn access(known: &Known) -> Part {
    // What was found before access was granted again says nothing of it.
    let is_of_this_grant = |at: Timestamp| known.granted_at.is_none_or(|granted| at >= granted);
    let checked = known.checked_at.filter(|at| is_of_this_grant(*at));
    if let Some(at) = checked
        && !known.check_failure.is_none()
    {
        let why = [("why", known.check_failure.sentence(portal()).into())];
        return part(PartCode::Access, Level::Failed, "failing", &why)
            .since(Some(at))
            .press("test", known, "/check");
    }
    // A test that was made after the last check knows better.
    let tested = known.checkup.as_ref().filter(|test| is_of_this_grant(test.at));
    let tested = tested.filter(|test| checked.is_none_or(|checked| test.at > checked));
    if let Some(test) = tested
        && let Some(point) = point(test, What::Access).filter(|point| point.standing == Standing::Failed)
    {
        let why = [("why", point.found.sentence(portal()).into())];
        return part(PartCode::Access, Level::Failed, "test", &why)
            .since(Some(test.at))
            .press("test", known, "/check");
    }
    match checked.max(tested.map(|test| test.at)).or(known.granted_at) {
        Some(at) => good(PartCode::Access, &[]).since(Some(at)),
        None => part(PartCode::Access, Level::Unproven, "unchecked", &[]).press("test", known, "/check"),
    }
}

/// Deliveries are not from the future, so a clock that is behind refuses them all.
fn clock(known: &Known) -> Part {
    let seconds = known.clock_ahead_s.unsigned_abs();
    let minutes = [("minutes", number(usize::try_from(seconds / 60).unwrap_or(usize::MAX)))];
    let (level, id) = match known.clock_ahead_s {
        behind if behind <= -watch::REFUSED_BEHIND => (Level::Failed, "refuses"),
        behind if behind < -MOST_WRONG => (Level::Attention, "behind"),
        ahead if ahead > MOST_WRONG => (Level::Attention, "ahead"),
        _ => return good(PartCode::Clock, &[]),
    };
    part(PartCode::Clock, level, id, &minutes).since(known.checked_at)
}

fn point(test: &Checkup, what: What) -> Option<&Point> {
    test.report.points.iter().find(|point| point.what == what)
}

fn permissions(known: &Known) -> Part {
    if known.missing.is_empty() {
        return good(PartCode::Permissions, &[]);
    }
    let titles: Vec<&str> = known.missing.iter().map(|scope| scope.title()).collect();
    part(PartCode::Permissions, Level::Attention, "missing", &[("titles", titles.join(", ").into())])
        .grant("grant")
}

fn writes_as(known: &Known) -> Part {
    if !known.has_nobody {
        return good(PartCode::WritesAs, &[]);
    }
    let fix = page(known, "/acting-as");
    part(PartCode::WritesAs, Level::Attention, "nobody", &[]).fix("choose", fix, By::Link, For::Admins)
}

fn same_account(known: &Known) -> Vec<Part> {
    let twin = |(id, name): &(IntegrationId, String)| {
        let path = format!("/settings/integrations/{id}");
        part(PartCode::SameAccount, Level::Attention, "twin", &[("name", name.into())]).fix(
            "other",
            path,
            By::Link,
            For::Everybody,
        )
    };
    known.twins.iter().map(twin).collect()
}

fn trigger(known: &Known) -> Part {
    let stage = |id: &str| control(known, "settings", id);
    match &known.trigger {
        Chosen::There => good(PartCode::Trigger, &[]),
        Chosen::Nothing => part(PartCode::Trigger, Level::Unproven, "nothing", &[]).link(
            "stage",
            known,
            &stage("trigger_stage"),
        ),
        Chosen::Gone { name, since } => {
            part(PartCode::Trigger, Level::Failed, "gone", &[("name", name.into())]).since(Some(*since)).link(
                "stage",
                known,
                &stage("trigger_stage"),
            )
        }
    }
}

fn stages(known: &Known) -> Vec<Part> {
    let gone = |id: &str, name: &String, since: Timestamp| {
        part(PartCode::Stages, Level::Attention, id, &[("name", name.into())]).since(Some(since))
    };
    let mut parts = Vec::new();
    if let Chosen::Gone { name, since } = &known.progression {
        parts.push(gone("progression", name, *since).link(
            "stage",
            known,
            &control(known, "settings", "progression_stage"),
        ));
    }
    for (name, since) in &known.gone_in_rules {
        parts.push(gone("rule", name, *since).link("rules", known, "/rules"));
    }
    parts
}

/// What arrives and no saved token verifies.
fn signatures(known: &Known) -> Part {
    let code = PartCode::Signatures;
    let paste = &control(known, "webhooks", "webhook_signature_token");
    if known.tokens == 0 {
        return part(code, Level::Unproven, "no_token", &[]).link("token", known, paste);
    }
    if !known.beside.is_empty() {
        let values = beside::values(&known.beside);
        return part(code, Level::Attention, "beside", &values)
            .since(known.failing_since)
            .link("token", known, paste);
    }
    // Lever has a token for each webhook: one that never matched was never pasted.
    let is_missing = |webhook: &&Webhook| {
        webhook.token_is_missing
            || (matches!(webhook.arrival, Arrival::Unverified(_)) && !webhook.was_verified)
    };
    let missing: Vec<&Webhook> = known.webhooks.iter().filter(is_missing).collect();
    if !missing.is_empty() {
        let since = missing.iter().filter_map(|webhook| webhook.arrival.at().copied()).min();
        let names: Vec<&str> = missing.iter().map(|webhook| webhook.label.as_str()).collect();
        let values = [("count", number(names.len())), ("events", names.join(", ").into())];
        return part(code, Level::Attention, "missing", &values).since(since).link("token", known, paste);
    }
    if let Some(since) = known.failing_since {
        // What it is, Lever's list says; before it was read, it may be either.
        let id = if known.webhooks_listed_at >= Some(since) { "failing" } else { "unclear" };
        return part(code, Level::Attention, id, &[]).since(Some(since)).link("token", known, paste);
    }
    let verified = |webhook: &Webhook| match webhook.arrival {
        Arrival::Verified(at) => Some(at).max(webhook.tested_at),
        _ => webhook.tested_at,
    };
    match known.webhooks.iter().filter_map(verified).max() {
        Some(at) => good(code, &[]).since(Some(at)),
        None => part(code, Level::Unproven, "nothing", &[]),
    }
}

/// Whether each webhook was heard from. What the portal made counts once another has shown that deliveries arrive.
fn webhooks(known: &Known) -> Part {
    let code = PartCode::Webhooks;
    let is_verified = |webhook: &Webhook| webhook.was_verified || webhook.tested_at.is_some();
    let is_silent = |webhook: &&Webhook| !webhook.is_heard() && !webhook.is_made;
    let (all, verified) =
        (known.webhooks.len(), known.webhooks.iter().filter(|webhook| is_verified(webhook)).count());
    let silent: Vec<&str> =
        known.webhooks.iter().filter(is_silent).map(|webhook| webhook.label.as_str()).collect();
    if silent.is_empty() {
        let unsaved: Vec<&str> = known
            .webhooks
            .iter()
            .filter(|webhook| webhook.is_heard() && !is_verified(webhook))
            .map(|webhook| webhook.label.as_str())
            .collect();
        if verified == 0 && !unsaved.is_empty() {
            let values = [("count", number(unsaved.len())), ("events", unsaved.join(", ").into())];
            let paste = control(known, "webhooks", "webhook_signature_token");
            return part(code, Level::Unproven, "unsaved", &values).link("token", known, &paste);
        }
        let counts = [("count", number(verified)), ("all", number(all))];
        let are_others_made = known.webhooks.iter().all(|webhook| is_verified(webhook) || webhook.is_made);
        let (level, id) = match verified {
            0 => (Level::Unproven, "no_event"),
            n if n < all && are_others_made => (Level::Good, "made"),
            _ => (Level::Good, "good"),
        };
        return part(code, level, id, &counts);
    }
    let heard = known.webhooks.iter().filter(|webhook| webhook.is_heard()).count();
    let values = [("verified", number(heard)), ("all", number(all)), ("events", silent.join(", ").into())];
    part(code, Level::Unproven, "silent", &values).link(
        "webhooks",
        known,
        &control(known, "webhooks", "checklist"),
    )
}
