//! The description of the API: OpenAPI 3.1, made from the code of its routes.

use super::problem::ProblemBody;
use super::{audit, candidates, completeness, events, integrations, invitations};
use crate::state::AppState;
use actix_web::HttpResponse;
use actix_web::web::Data;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi as Document, RefOr, ResponseBuilder, Server};
use utoipa::{Modify, OpenApi as _};

/// What each answer from 400 on has, and when it comes.
const REFUSALS: [(&str, &str); 9] = [
    ("400", "A parameter is unknown or invalid."),
    ("401", "The token is missing or invalid."),
    ("403", "The token lacks the scope."),
    ("404", "Not found, or it belongs to another company."),
    ("405", "The address does not support this method."),
    ("421", "The portal is served at another address."),
    ("429", "The token made too many calls."),
    ("500", "The portal failed."),
    ("503", "The database can't be reached."),
];

/// What an answer to something that was asked for has besides.
const REFUSALS_OF_WRITES: [(&str, &str); 5] = [
    ("408", "The body came too slowly."),
    ("409", "It is not possible in the current state, or the first call with this key is not answered yet."),
    ("413", "The body is too long."),
    ("415", "The body is not JSON."),
    ("422", "A field is invalid, or the key was used for another call."),
];

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Alva portal", description = "What the pages show, and invitations, for a company's own programs.", version = "1"),
    modifiers(&Token, &Refusals),
    components(schemas(ProblemBody)),
    paths(
        integrations::list, completeness::list, events::list, events::event, candidates::list, candidates::candidate,
        invitations::list, invitations::invitation, invitations::invite, invitations::resend, invitations::cancel, audit::list,
    )
)]
struct Described;

/// Every route takes a token.
struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut Document) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A token that an admin created at Company → API tokens."))
            .build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(scheme));
        document.security = Some(vec![SecurityRequirement::new("token", Vec::<String>::new())]);
    }
}

/// Every route refuses in the same way.
struct Refusals;

impl Modify for Refusals {
    fn modify(&self, document: &mut Document) {
        for (path, item) in &mut document.paths.paths {
            if let Some(operation) = &mut item.get {
                refuses(operation, "get", path, &REFUSALS);
            }
            if let Some(operation) = &mut item.post {
                refuses(operation, "post", path, &REFUSALS);
                refuses(operation, "post", path, &REFUSALS_OF_WRITES);
            }
        }
    }
}

/// Names an operation, and adds what it refuses.
fn refuses(operation: &mut Operation, method: &str, path: &str, refusals: &[(&str, &str)]) {
    // Functions of different modules share names.
    let words = path.split(['/', '{', '}']).filter(|word| !word.is_empty()).skip(2);
    operation.operation_id = Some(format!("{method}_{}", words.collect::<Vec<_>>().join("_")));
    for (status, words) in refusals {
        let problem = utoipa::openapi::Ref::from_schema_name("Problem");
        let body = ContentBuilder::new().schema(Some(problem)).build();
        let answer =
            ResponseBuilder::new().description(*words).content("application/problem+json", body).build();
        operation.responses.responses.insert((*status).to_owned(), RefOr::T(answer));
    }
}

/// The document, for the portal at this address.
pub fn document(base: &url::Url) -> Document {
    let mut document = Described::openapi();
    document.servers = Some(vec![Server::new(base.as_str().trim_end_matches('/'))]);
    document
}

/// `/api/v1/openapi.json`: for whom it may concern; it names nothing of any company.
pub(super) async fn json(app: Data<AppState>) -> HttpResponse {
    HttpResponse::Ok().json(document(&app.base_url))
}
