//! Moving, archiving and labelling opportunities.

use actix_web::web::{Json, Path};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::call::{ApiError, Body, BodyFailures, Caller, Failures, Params, PerformAs, Single};
use crate::sandbox::Shared;
use crate::state::{Actor, Events, ListChange, OpError, Opportunity, State};
use crate::views::{OpportunityView, Show};

/// What a write answers: the opportunity as it is now, most of them without the person.
type Answer = Result<Json<Single<OpportunityView>>, ApiError>;

/// How a write shows the opportunity.
type View = fn(&State, &Opportunity, &Show) -> OpportunityView;

/// Does a write to an opportunity this caller may change.
fn write(
    (lever, caller, params): (&Shared, &Caller, &Params),
    id: &str,
    view: View,
    operation: impl FnOnce(&mut State, Actor<'_>) -> Result<Events, OpError>,
) -> Answer {
    caller.needs("opportunities:write:admin")?;
    caller.opportunity(&lever.read(), id)?;
    let show = Show::read(params, &lever.url, Show::OPPORTUNITY)?;
    lever.act_only(caller.user(), operation)?;
    let state = lever.read();
    let row = state.opportunity(id)?;
    Ok(Single::of(view(&state, row, &show)))
}

/// Where to.
#[derive(Debug, Deserialize, ToSchema)]
pub struct StageBody {
    /// Id of a stage.
    stage: String,
}

/// Moves to a stage.
#[utoipa::path(put, path = "/v1/opportunities/{id}/stage", tag = "Opportunities",
    params(("id" = String, Path), PerformAs), request_body = StageBody,
    responses((status = 200, body = Single<OpportunityView>), Failures, BodyFailures))]
pub async fn stage(
    lever: Shared,
    caller: Caller,
    params: Params,
    id: Path<String>,
    Body(body): Body<StageBody>,
) -> Answer {
    write((&lever, &caller, &params), &id, OpportunityView::blank, |state, actor| {
        state.move_to_stage(&id, &body.stage, actor)
    })
}

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ArchivedBody {
    /// Id of an archive reason; `null` takes out of the archive.
    reason: Option<String>,
    /// Whether scheduled interviews are taken away.
    #[serde(default)]
    clean_interviews: bool,
    /// What a hire was made for.
    requisition_id: Option<String>,
}

/// Archives, hires (with a reason of type hired), or takes out of the archive.
#[utoipa::path(put, path = "/v1/opportunities/{id}/archived", tag = "Opportunities",
    params(("id" = String, Path), PerformAs), request_body = ArchivedBody,
    responses((status = 200, body = Single<OpportunityView>), Failures, BodyFailures))]
pub async fn archived(
    lever: Shared,
    caller: Caller,
    params: Params,
    id: Path<String>,
    Body(body): Body<ArchivedBody>,
) -> Answer {
    write((&lever, &caller, &params), &id, OpportunityView::blank, |state, actor| {
        let Some(reason) = &body.reason else {
            return state.unarchive(&id, actor);
        };
        let requisition = body.requisition_id.as_deref();
        if let Some(unknown) = requisition.filter(|id| state.requisitions.iter().all(|there| there.id != *id))
        {
            return Err(OpError::Invalid(format!("Requisition {unknown} was not found")));
        }
        let mut events = state.archive(&id, reason, requisition, actor)?;
        if body.clean_interviews {
            let now = actor.now;
            let ahead: Vec<String> = state
                .papers(&id)
                .panels
                .iter()
                .flat_map(|panel| &panel.interviews)
                .filter(|interview| interview.at > now)
                .map(|interview| interview.id.clone())
                .collect();
            for interview in ahead {
                events.extend(state.delete_interview(&id, &interview, actor)?);
            }
        }
        Ok(events)
    })
}

/// Tags.
#[derive(Debug, Deserialize, ToSchema)]
pub struct TagsBody {
    tags: Vec<String>,
}

/// Links.
#[derive(Debug, Deserialize, ToSchema)]
pub struct LinksBody {
    links: Vec<String>,
}

/// Sources.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SourcesBody {
    sources: Vec<String>,
}

fn silent(done: Result<(), OpError>) -> Result<Events, OpError> {
    done.map(|()| Vec::new())
}

macro_rules! list_write {
    ($(#[$doc:meta])* $name:ident, $verb:ident, $path:literal, $body:ident . $field:ident, $list:ident, $view:ident, $operation:ident) => {
        $(#[$doc])*
        #[utoipa::path($verb, path = $path, tag = "Opportunities",
            params(("id" = String, Path), PerformAs), request_body = $body,
            responses((status = 200, body = Single<OpportunityView>), Failures, BodyFailures))]
        pub async fn $name(
            lever: Shared,
            caller: Caller,
            params: Params,
            id: Path<String>,
            Body(body): Body<$body>,
        ) -> Answer {
            write((&lever, &caller, &params), &id, OpportunityView::$view, |state, actor| {
                silent(state.$operation(&id, ListChange::$list, &body.$field, actor))
            })
        }
    };
}

list_write!(
    /// Adds tags; those that are there already stay as they are.
    add_tags, post, "/v1/opportunities/{id}/addTags", TagsBody.tags, Tags, blank, add_to_list
);
list_write!(
    /// Takes tags away.
    remove_tags, post, "/v1/opportunities/{id}/removeTags", TagsBody.tags, Tags, blank, remove_from_list
);
list_write!(
    /// Adds links.
    add_links, post, "/v1/opportunities/{id}/addLinks", LinksBody.links, Links, new, add_to_list
);
list_write!(
    /// Takes links away.
    remove_links, post, "/v1/opportunities/{id}/removeLinks", LinksBody.links, Links, new, remove_from_list
);
list_write!(
    /// Adds sources.
    add_sources, post, "/v1/opportunities/{id}/addSources", SourcesBody.sources, Sources, blank, add_to_list
);
list_write!(
    /// Takes sources away.
    remove_sources, post, "/v1/opportunities/{id}/removeSources", SourcesBody.sources, Sources, blank, remove_from_list
);
