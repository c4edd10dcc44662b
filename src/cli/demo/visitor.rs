//! Somebody with a browser, as far as the demo's history needs one: forms, cookies, and no scripts.

use crate::cli::CliError;
use reqwest::header::{COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use std::collections::BTreeMap;
use std::sync::Mutex;
use url::Url;

/// An answer.
pub(super) struct Page {
    pub url: Url,
    pub location: Option<String>,
    pub html: String,
}

/// A form of a page: where it goes, and what its hidden fields hold.
struct Form {
    action: String,
    hidden: Vec<(String, String)>,
}

pub(super) struct Visitor {
    base: Url,
    http: reqwest::Client,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl Visitor {
    /// Somebody new at this address.
    ///
    /// # Errors
    /// When the system lets no connection be made.
    pub(super) fn new(base: &Url) -> Result<Self, CliError> {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
        let http = http.map_err(|cause| stopped("a connection", &cause))?;
        Ok(Self { base: base.clone(), http, cookies: Mutex::default() })
    }

    pub(super) async fn get(&self, path: &str) -> Result<Page, CliError> {
        let url = self.base.join(path).map_err(|cause| stopped(path, &cause))?;
        self.send(self.http.get(url)).await
    }

    /// Sends the form of a page in whose text this stands, with its hidden fields and these.
    pub(super) async fn submit(
        &self,
        page: &Page,
        mark: &str,
        fields: &[(&str, &str)],
    ) -> Result<Page, CliError> {
        self.submit_to(page, "", mark, fields).await
    }

    /// The same with a button that sends the form to another address.
    pub(super) async fn submit_to(
        &self,
        page: &Page,
        address: &str,
        mark: &str,
        fields: &[(&str, &str)],
    ) -> Result<Page, CliError> {
        let form = form_with(&page.html, mark).ok_or_else(|| {
            CliError::Refused(format!("the demo's history: {} has no form with {mark}", page.url))
        })?;
        let address = if address.is_empty() { form.action.as_str() } else { address };
        let url = page.url.join(address).map_err(|cause| stopped(address, &cause))?;
        let mut filled: Vec<(&str, &str)> =
            form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        filled.retain(|(name, _)| fields.iter().all(|(given, _)| given != name));
        filled.extend_from_slice(fields);
        self.send(self.http.post(url).form(&filled)).await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Page, CliError> {
        let cookies = {
            let kept = self.cookies.lock().expect("nobody panics while holding it");
            kept.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
        };
        let request = if cookies.is_empty() { request } else { request.header(COOKIE, cookies) };
        let answer = request.send().await.map_err(|cause| stopped("a page", &cause))?;
        self.keep(answer.headers());
        let location = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok()).map(str::to_owned);
        let (status, url) = (answer.status(), answer.url().clone());
        let html = answer.text().await.map_err(|cause| stopped(url.path(), &cause))?;
        if status.is_client_error() || status.is_server_error() {
            return Err(CliError::Refused(format!("the demo's history: {} answers {status}", url.path())));
        }
        Ok(Page { url, location, html })
    }

    fn keep(&self, headers: &HeaderMap) {
        let mut kept = self.cookies.lock().expect("nobody panics while holding it");
        for set in headers.get_all(SET_COOKIE).iter().filter_map(|set| set.to_str().ok()) {
            let pair = set.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                kept.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

impl Page {
    /// Where it leads.
    ///
    /// # Errors
    /// When it leads nowhere: then it is the page that says what is wrong.
    pub(super) fn leads(&self) -> Result<&str, CliError> {
        let nowhere = || CliError::Refused(format!("the demo's history stops at {}", self.url.path()));
        self.location.as_deref().ok_or_else(nowhere)
    }
}

/// What stopped the history.
pub(super) fn stopped(what: &str, cause: &dyn std::fmt::Display) -> CliError {
    CliError::Refused(format!("the demo's history stops at {what}: {cause}"))
}

/// The first form in whose text this stands.
fn form_with(html: &str, mark: &str) -> Option<Form> {
    let mut forms = html.split("<form").skip(1).map(|rest| rest.split("</form>").next().unwrap_or(rest));
    let form = forms.find(|form| form.contains(mark))?;
    let (tag, inside) = form.split_once('>')?;
    let inputs = inside.split("<input").skip(1).filter_map(|rest| rest.split('>').next());
    let hidden = inputs
        .filter(|input| input.contains(r#"type="hidden""#))
        .filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value").unwrap_or_default())));
    Some(Form { action: attribute(tag, "action").unwrap_or_default(), hidden: hidden.collect() })
}

/// The value of an attribute, as it was before it was escaped.
pub(super) fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?;
    let escapes =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'"), ("&#x27;", "'")];
    let text = escapes.iter().fold(value.to_owned(), |text, (escape, is)| text.replace(escape, is));
    Some(text.replace("&#38;", "&").replace("&amp;", "&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_brings_its_hidden_fields() {
        let html = r#"<form method="get" action="/a"><input name="q" value="x"></form>
            <form method="post" action="/b?a=1&amp;b=2"><input type="hidden" name="csrf" value="t&quot;k">
            <input name="shown" value="no"><button>Save</button></form>"#;
        let form = form_with(html, ">Save<").expect("the second form");
        assert_eq!(form.action, "/b?a=1&b=2");
        assert_eq!(form.hidden, [("csrf".to_owned(), "t\"k".to_owned())]);
        assert!(form_with(html, "Delete").is_none());
    }
}
