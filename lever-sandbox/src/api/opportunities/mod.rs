//! `/opportunities` and what hangs on them.

pub mod create;
pub mod edit;
pub mod feedback;
pub mod files;
pub mod filter;
pub mod interviews;
pub mod notes;
pub mod panels;
pub mod papers;
pub mod read;

use actix_web::web;

use crate::call::nothing_here;

pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/opportunities").get(read::list).post(create::create))
        .service(web::resource("/opportunities/deleted").get(read::deleted))
        .service(web::resource("/applications/deleted").get(read::deleted_applications))
        .service(
            web::scope("/opportunities/{id}")
                .service(web::resource("").get(read::get))
                .service(web::resource("/stage").put(edit::stage))
                .service(web::resource("/archived").put(edit::archived))
                .service(web::resource("/addTags").post(edit::add_tags))
                .service(web::resource("/removeTags").post(edit::remove_tags))
                .service(web::resource("/addLinks").post(edit::add_links))
                .service(web::resource("/removeLinks").post(edit::remove_links))
                .service(web::resource("/addSources").post(edit::add_sources))
                .service(web::resource("/removeSources").post(edit::remove_sources))
                .service(web::resource("/notes").get(notes::list).post(notes::create))
                .service(
                    web::resource("/notes/{note}").get(notes::get).put(notes::update).delete(notes::delete),
                )
                .service(web::resource("/files").get(files::list).post(files::create))
                .service(web::resource("/files/{file}").get(files::get).delete(files::delete))
                .service(web::resource("/files/{file}/download").get(files::download))
                .service(web::resource("/interviews").get(papers::interviews).post(interviews::create))
                .service(
                    web::resource("/interviews/{item}")
                        .get(papers::interview)
                        .put(interviews::update)
                        .delete(interviews::delete),
                )
                .service(web::resource("/feedback").get(papers::feedback).post(feedback::create))
                .service(
                    web::resource("/feedback/{item}")
                        .get(papers::feedback_form)
                        .put(feedback::update)
                        .delete(feedback::delete),
                )
                .service(web::resource("/panels").get(papers::panels).post(panels::create))
                .service(
                    web::resource("/panels/{item}")
                        .get(papers::panel)
                        .put(panels::update)
                        .delete(panels::delete),
                )
                .configure(papers::configure)
                .default_service(web::to(nothing_here)),
        );
}
