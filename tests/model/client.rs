//! People without scripts, who talk HTTP to a server that may be gone at any moment.

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{RequestBuilder, StatusCode};
use scraper::{ElementRef, Html, Selector};
use std::sync::Mutex;
use std::time::Duration;

/// Why there was no page.
pub type Gone = String;

/// An answer.
pub struct Page {
    pub url: url::Url,
    pub status: StatusCode,
    pub html: String,
    pub location: Option<String>,
}

fn selector(css: &str) -> Selector {
    Selector::parse(css).unwrap()
}

impl Page {
    /// An attribute of the first element that the selector finds.
    pub fn attribute(&self, css: &str, name: &str) -> Option<String> {
        Html::parse_document(&self.html).select(&selector(css)).next()?.attr(name).map(str::to_owned)
    }

    /// The text of the first element that the selector finds.
    pub fn text(&self, css: &str) -> String {
        let html = Html::parse_document(&self.html);
        let found = html.select(&selector(css)).next();
        let text = found.map(|element| element.text().collect::<String>()).unwrap_or_default();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The address of the form that leads there, or has this button, and what the form holds.
    fn form(&self, is_it: impl Fn(&ElementRef) -> bool) -> Option<(url::Url, Vec<(String, String)>)> {
        let html = Html::parse_document(&self.html);
        let form = html.select(&selector("form")).find(is_it)?;
        let mut fields = Vec::new();
        for input in form.select(&selector("input[name]")) {
            let is_choice = matches!(input.attr("type"), Some("checkbox" | "radio"));
            if !is_choice || input.attr("checked").is_some() {
                let value = input.attr("value").unwrap_or(if is_choice { "on" } else { "" });
                fields.push((input.attr("name")?.to_owned(), value.to_owned()));
            }
        }
        for area in form.select(&selector("textarea[name]")) {
            fields.push((area.attr("name")?.to_owned(), area.text().collect::<String>().trim().to_owned()));
        }
        for choice in form.select(&selector("select[name]")) {
            let chosen = choice.select(&selector("option[selected]")).next();
            if let Some(chosen) = chosen.or_else(|| choice.select(&selector("option")).next()) {
                let value = chosen.attr("value").unwrap_or("").to_owned();
                fields.push((choice.attr("name")?.to_owned(), value));
            }
        }
        Some((self.url.join(form.attr("action").unwrap_or("")).ok()?, fields))
    }
}

/// Somebody with a browser that keeps the session's cookie.
pub struct Client {
    base: url::Url,
    http: reqwest::Client,
    cookie: Mutex<Option<String>>,
}

impl Client {
    pub fn of(base: url::Url, cookie: Option<String>) -> Self {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(60))
            // A kept connection may belong to a process that is gone.
            .pool_max_idle_per_host(0)
            .build();
        Self { base, http: http.unwrap(), cookie: Mutex::new(cookie) }
    }

    pub fn cookie(&self) -> Option<String> {
        self.cookie.lock().unwrap().clone()
    }

    pub async fn get(&self, path: &str) -> Result<Page, Gone> {
        self.send(self.http.get(self.base.join(path).unwrap())).await
    }

    /// Presses a button: sends the form that it stands in, with what the form holds and these fields.
    pub async fn press(&self, page: &Page, button: &str, fields: &[(&str, &str)]) -> Result<Page, Gone> {
        let has_button = |form: &ElementRef| {
            form.select(&selector("button")).any(|b| b.text().collect::<String>().trim() == button)
        };
        self.fill(page.form(has_button).ok_or_else(|| format!("no button {button:?}"))?, fields).await
    }

    /// Sends the form whose address ends like this.
    pub async fn submit(&self, page: &Page, end: &str, fields: &[(&str, &str)]) -> Result<Page, Gone> {
        let leads = |form: &ElementRef| form.attr("action").is_some_and(|action| action.ends_with(end));
        self.fill(page.form(leads).ok_or_else(|| format!("no form to …{end}"))?, fields).await
    }

    async fn fill(
        &self,
        (action, mut filled): (url::Url, Vec<(String, String)>),
        fields: &[(&str, &str)],
    ) -> Result<Page, Gone> {
        for (name, _) in fields {
            filled.retain(|(known, _)| known != name);
        }
        filled.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.send(self.http.post(action).form(&filled)).await
    }

    /// Sends a form without having seen its page, with a token of the session from another one.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Result<Page, Gone> {
        let mut page = self.get("/settings/team").await?;
        // When the portal says that something went wrong, people try again; it is printed, not hidden.
        for _ in 0..20 {
            if !page.status.is_server_error() {
                break;
            }
            println!("{}: {} {}", page.url, page.status, page.text("main"));
            tokio::time::sleep(Duration::from_millis(500)).await;
            page = self.get("/settings/team").await?;
        }
        let token = page.attribute("input[name=csrf]", "value").ok_or_else(|| {
            format!("no token of the session: {} {:?} {}", page.status, page.location, page.text("main"))
        })?;
        let fields: Vec<_> = fields.iter().copied().chain([("csrf", token.as_str())]).collect();
        self.send(self.http.post(self.base.join(path).unwrap()).form(&fields)).await
    }

    async fn send(&self, request: RequestBuilder) -> Result<Page, Gone> {
        let request = match self.cookie() {
            Some(cookie) => request.header(COOKIE, cookie),
            None => request,
        };
        let answer = request.send().await.map_err(|e| e.to_string())?;
        // The session's; the other one only says that the device is known.
        let session = |set: &&str| !set.starts_with("alva_device");
        let mut set = answer.headers().get_all(SET_COOKIE).iter().filter_map(|set| set.to_str().ok());
        if let Some(set) = set.find(session) {
            let pair = set.split(';').next().unwrap_or_default().to_owned();
            *self.cookie.lock().unwrap() = (!set.contains("Max-Age=0")).then_some(pair);
        }
        let location = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok()).map(str::to_owned);
        let (url, status) = (answer.url().clone(), answer.status());
        Ok(Page { url, status, location, html: answer.text().await.map_err(|e| e.to_string())? })
    }
}
