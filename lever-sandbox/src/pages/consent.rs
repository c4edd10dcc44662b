//! The page on which a user lets an app in, or doesn't.

use askama::Template;

use super::words;

/// What the consent page shows and sends back.
#[derive(Debug, Clone)]
pub struct ConsentView {
    /// The app that asks.
    pub app_name: String,
    /// The account it would be let into.
    pub account: String,
    /// The user who decides.
    pub user_email: String,
    /// The scopes asked for, by their technical names.
    pub scopes: Vec<String>,
    /// Where the browser goes afterwards, as a person should see it.
    pub returns_to: String,
    /// Where the decision is posted: field `decision` is `accept` or `deny`.
    pub action: String,
    /// Hidden fields to post along, the session's `csrf` token among them.
    pub fields: Vec<(String, String)>,
}

/// A scope in technical and in plain words.
pub(super) struct ScopeView {
    pub(super) name: String,
    pub(super) words: String,
}

impl ScopeView {
    pub(super) fn all(scopes: &[String]) -> Vec<Self> {
        scopes.iter().map(|name| Self { name: name.clone(), words: words::scope_in_words(name) }).collect()
    }
}

#[derive(Template)]
#[template(path = "consent.html")]
struct ConsentPage<'a> {
    view: &'a ConsentView,
    scopes: Vec<ScopeView>,
}

/// The page on which a user accepts or denies an app's access, as HTML.
pub fn consent_page(view: &ConsentView) -> String {
    let scopes = ScopeView::all(&view.scopes);
    ConsentPage { view, scopes }.render().expect("writing to a string does not fail")
}
