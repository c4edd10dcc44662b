//! The OpenAPI document of `/v1`, from the code.

use std::collections::HashMap;
use std::sync::LazyLock;

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AnyOfBuilder, Object, Schema};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::opportunities::{create, edit, feedback, files, interviews, notes, panels, papers, read};
use super::{candidates, contacts, eeo, postings, requisitions, settings, templates, users, webhooks};

/// The document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Lever sandbox",
        description = "The API of a stand-in for the applicant tracking system Lever.",
        version = "1"
    ),
    modifiers(&Security, &Names, &Forms, &Included),
    components(schemas(
        crate::call::ErrorBody,
        crate::state::EventKind,
        crate::state::Origin,
        crate::state::PostingState,
    )),
    paths(
        read::list, read::get, read::deleted, read::deleted_applications, create::create,
        edit::stage, edit::archived, edit::add_tags, edit::remove_tags,
        edit::add_links, edit::remove_links, edit::add_sources, edit::remove_sources,
        notes::list, notes::get, notes::create, notes::update, notes::delete,
        files::list, files::get, files::download, files::create, files::delete,
        interviews::create, interviews::update, interviews::delete,
        papers::applications, papers::application, papers::resumes, papers::resume,
        papers::download_resume, papers::offers, papers::offer, papers::referrals,
        papers::referral, papers::feedback, papers::feedback_form, papers::panels,
        papers::panel, papers::interviews, papers::interview, papers::file_actions,
        feedback::create, feedback::update, feedback::delete,
        panels::create, panels::update, panels::delete,
        contacts::get, contacts::update,
        candidates::list, candidates::get,
        settings::stages, settings::stage, settings::archive_reasons,
        settings::archive_reason, settings::sources, settings::tags,
        settings::disposition_stages,
        users::users, users::user, users::create, users::update, users::deactivate,
        users::reactivate,
        postings::list, postings::get, postings::deleted, postings::access,
        postings::questions, postings::apply,
        requisitions::list, requisitions::get,
        templates::feedback_templates, templates::feedback_template,
        templates::requisition_fields, templates::requisition_field,
        eeo::responses, eeo::responses_with_pii,
        webhooks::list, webhooks::create, webhooks::update, webhooks::delete,
    )
)]
struct Document;

/// Both ways in: an access token, or an API key as the user of Basic auth.
struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let schemes = [("token", HttpAuthScheme::Bearer), ("key", HttpAuthScheme::Basic)];
        let components = document.components.get_or_insert_default();
        let mut ways = Vec::new();
        for (name, scheme) in schemes {
            components.add_security_scheme(name, SecurityScheme::Http(Http::new(scheme)));
            ways.push(SecurityRequirement::new(name, Vec::<String>::new()));
        }
        document.security = Some(ways);
    }
}

/// Operation ids from method and path: functions of different modules share names.
struct Names;

impl Modify for Names {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        for (path, item) in &mut document.paths.paths {
            let operations = [
                ("get", &mut item.get),
                ("put", &mut item.put),
                ("post", &mut item.post),
                ("delete", &mut item.delete),
            ];
            for (method, operation) in operations {
                if let Some(operation) = operation {
                    let words = path.split(['/', '{', '}']).filter(|word| !word.is_empty());
                    let words: Vec<&str> = words.skip(1).collect();
                    operation.operation_id = Some(format!("{method}_{}", words.join("_")));
                }
            }
        }
    }
}

/// Bodies may be forms too, with the same fields.
struct Forms;

impl Modify for Forms {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        const JSON: &str = "application/json";
        for item in document.paths.paths.values_mut() {
            for operation in [&mut item.put, &mut item.post].into_iter().flatten() {
                let Some(RefOr::T(body)) = &mut operation.request_body else {
                    continue;
                };
                if let Some(json) = body.content.get(JSON).cloned() {
                    for form in ["application/x-www-form-urlencoded", "multipart/form-data"] {
                        body.content.entry(form.to_owned()).or_insert_with(|| json.clone());
                    }
                }
            }
        }
    }
}

/// With `include`, any of the fields may be missing.
struct Included;

impl Modify for Included {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        for item in document.paths.paths.values_mut() {
            let Some(operation) = &mut item.get else {
                continue;
            };
            let takes = operation
                .parameters
                .iter()
                .flatten()
                .any(|parameter| matches!(parameter, RefOr::T(parameter) if parameter.name == "include"));
            let Some(RefOr::T(response)) = operation.responses.responses.get_mut("200").filter(|_| takes)
            else {
                continue;
            };
            for content in response.content.values_mut() {
                let RefOr::T(content) = content else {
                    continue;
                };
                if let Some(whole) = content.schema.take() {
                    let either = AnyOfBuilder::new().item(whole).item(Object::new()).build();
                    content.schema = Some(RefOr::T(Schema::AnyOf(either)));
                }
            }
        }
    }
}

/// The methods that a path takes, as the `Allow` header names them. Paths that are not
/// in the document are the old names of things that are only read.
pub fn allowed(pattern: &str) -> String {
    static METHODS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
        let paths = Document::openapi().paths.paths.into_iter();
        let methods = paths.map(|(path, item)| {
            let there = [
                ("GET", item.get.is_some()),
                ("PUT", item.put.is_some()),
                ("POST", item.post.is_some()),
                ("DELETE", item.delete.is_some()),
            ];
            let names = there.into_iter().filter(|(_, there)| *there);
            let names: Vec<&str> = names.map(|(name, _)| name).collect();
            (path, names.join(", "))
        });
        methods.collect()
    });
    METHODS.get(pattern).cloned().unwrap_or_else(|| "GET".into())
}

/// The document for a sandbox that answers at `url`.
pub fn document(url: &str) -> utoipa::openapi::OpenApi {
    let mut document = Document::openapi();
    document.servers = Some(vec![utoipa::openapi::Server::new(url)]);
    document
}
