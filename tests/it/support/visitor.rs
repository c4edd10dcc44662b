//! Visitors: people without scripts, who talk HTTP.

use reqwest::StatusCode;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use scraper::{ElementRef, Html, Selector};
use std::sync::Mutex;

/// An answer.
pub struct Page {
    pub url: url::Url,
    pub status: StatusCode,
    pub html: String,
    pub location: Option<String>,
    pub retry_after: Option<u64>,
}

impl Page {
    /// The visible text of what the selector finds, parts joined by a line break.
    pub fn text(&self, selector: &str) -> String {
        let html = Html::parse_document(&self.html);
        let selector = Selector::parse(selector).unwrap();
        let found = html.select(&selector);
        let parts: Vec<String> = found
            .map(|part| part.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        parts.join("\n")
    }

    /// An attribute of the first element that the selector finds.
    pub fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        let html = Html::parse_document(&self.html);
        html.select(&Selector::parse(selector).unwrap()).next()?.attr(name).map(str::to_owned)
    }

    /// The address of the form with this button, and what the form holds.
    /// Where the form with this button goes, and what is filled in.
    pub fn form(&self, button: &str) -> (String, Vec<(String, String)>) {
        let html = Html::parse_document(&self.html);
        let select = |css: &str| Selector::parse(css).unwrap();
        let text = |element: ElementRef| element.text().collect::<String>().trim().to_owned();
        let form = html
            .select(&select("form"))
            .find(|form| form.select(&select("button")).any(|there| text(there) == button))
            .unwrap_or_else(|| panic!("no form with the button {button:?} in: {}", self.html));
        let mut fields = Vec::new();
        for input in form.select(&select("input[name]")) {
            let is_choice = matches!(input.attr("type"), Some("checkbox" | "radio"));
            if !is_choice || input.attr("checked").is_some() {
                let value = input.attr("value").unwrap_or(if is_choice { "on" } else { "" });
                fields.push((input.attr("name").unwrap().to_owned(), value.to_owned()));
            }
        }
        for area in form.select(&select("textarea[name]")) {
            fields.push((area.attr("name").unwrap().to_owned(), text(area)));
        }
        for choice in form.select(&select("select[name]")) {
            let chosen = choice.select(&select("option[selected]")).next();
            let chosen = chosen.or_else(|| choice.select(&select("option")).next());
            if let Some(chosen) = chosen {
                fields.push((
                    choice.attr("name").unwrap().to_owned(),
                    chosen.attr("value").unwrap_or("").to_owned(),
                ));
            }
        }
        (form.attr("action").unwrap_or("").to_owned(), fields)
    }

    /// That it leads there.
    #[track_caller]
    pub fn leads_to(&self, path: &str) {
        assert_eq!(
            (self.status, self.location.as_deref()),
            (StatusCode::SEE_OTHER, Some(path)),
            "{}",
            self.html
        );
    }
}

/// The token of a session, out of a form: in front of it stands the mask that it is behind.
pub fn bare_token(masked: &str) -> String {
    let both = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, masked).unwrap();
    let (mask, behind) = both.split_at(both.len() / 2);
    String::from_utf8(mask.iter().zip(behind).map(|(mask, behind)| mask ^ behind).collect()).unwrap()
}

/// Somebody with a browser that keeps the session's cookie.
pub struct Visitor {
    base: url::Url,
    client: reqwest::Client,
    cookie: Mutex<Option<String>>,
    /// What a log-in leaves behind, so that the device is known the next time.
    device: Mutex<Option<String>>,
}

impl Visitor {
    /// Somebody new at this address.
    pub fn of(base: url::Url) -> Self {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self::with(base, client)
    }

    /// Somebody new at this address, who connects in their own way and follows no redirect.
    pub fn with(base: url::Url, client: reqwest::Client) -> Self {
        Self { base, client, cookie: Mutex::default(), device: Mutex::default() }
    }

    /// Presses a button: sends the form that it stands in, with what the form holds and these fields.
    pub async fn press(&self, page: &Page, button: &str, fields: &[(&str, &str)]) -> Page {
        let (action, mut filled) = page.form(button);
        for (name, value) in fields {
            filled.retain(|(known, _)| known != name);
            filled.push(((*name).to_owned(), (*value).to_owned()));
        }
        let action = page.url.join(&action).unwrap();
        self.send(self.client.post(action).form(&filled)).await
    }

    /// The same, and agrees where a page then asks.
    pub async fn press_and_agree(&self, page: &Page, button: &str, fields: &[(&str, &str)]) -> Page {
        let answer = self.press(page, button, fields).await;
        self.agree(answer).await
    }

    /// Agrees where a page asks before it saves settings or rules; what did not ask is answered as it is.
    pub async fn agree(&self, asked: Page) -> Page {
        let title = asked.text("h1");
        let does_ask = title == "Save these changes?" || title.starts_with("Invite ");
        let confirmed = asked.attribute("main input[name=confirmed]", "value");
        match confirmed.filter(|_| does_ask && asked.status == StatusCode::OK) {
            Some(count) => {
                let button = asked.text("main button.primary");
                self.press(&asked, &button, &[("confirmed", &count)]).await
            }
            None => asked,
        }
    }

    pub fn cookie(&self) -> Option<String> {
        self.cookie.lock().unwrap().clone()
    }

    /// The cookie by which a device is known.
    pub fn device(&self) -> Option<String> {
        self.device.lock().unwrap().clone()
    }

    pub fn set_cookie(&self, cookie: Option<String>) {
        *self.cookie.lock().unwrap() = cookie;
    }

    /// A file, with its media type and the name that it is to be kept under.
    pub async fn file(&self, path: &str) -> (StatusCode, String, String, Vec<u8>) {
        let mut request = self.client.get(self.base.join(path).unwrap());
        if let Some(cookie) = self.cookie() {
            request = request.header(COOKIE, cookie);
        }
        let answer = request.send().await.unwrap();
        let header = |name: &str| {
            answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
        };
        let (kind, disposition) = (header("content-type"), header("content-disposition"));
        (answer.status(), kind, disposition, answer.bytes().await.unwrap().to_vec())
    }

    /// The file that a form answers with.
    pub async fn download(&self, path: &str, fields: &[(&str, &str)]) -> Vec<u8> {
        let mut request = self.client.post(self.base.join(path).unwrap()).form(fields);
        if let Some(cookie) = self.cookie() {
            request = request.header(COOKIE, cookie);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        answer.bytes().await.unwrap().to_vec()
    }

    pub async fn get(&self, path: &str) -> Page {
        self.send(self.client.get(self.base.join(path).unwrap())).await
    }

    /// Sends a form as the browser does, with the token of the session.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.post_from("127.0.0.1", path, fields).await
    }

    /// The same, through a proxy on this machine, from that address.
    pub async fn post_from(&self, place: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.token().await;
        let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("csrf", token.as_str())]).collect();
        let request = self.client.post(self.base.join(path).unwrap());
        self.send(request.header("x-forwarded-for", place).form(&fields)).await
    }

    /// Sends a form as somebody else's page would make the browser do.
    pub async fn post_as_is(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.send(self.client.post(self.base.join(path).unwrap()).form(fields)).await
    }

    /// The same, through a proxy on this machine, from that address.
    pub async fn post_as_is_from(&self, place: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = self.client.post(self.base.join(path).unwrap());
        self.send(request.header("x-forwarded-for", place).form(fields)).await
    }

    /// Sends a form of that page without a token, as a tab does that was left open overnight.
    pub async fn post_late(&self, page: &str, path: &str) -> Page {
        let page = self.base.join(page).unwrap();
        self.send(self.client.post(self.base.join(path).unwrap()).header("referer", page.as_str())).await
    }

    /// Asks with any method, without a body.
    pub async fn ask(&self, method: reqwest::Method, path: &str) -> Page {
        self.send(self.client.request(method, self.base.join(path).unwrap())).await
    }

    pub async fn log_in(&self, email: &str, password: &str) -> Page {
        self.post("/login", &[("email", email), ("password", password)]).await
    }

    /// Whether the portal knows who this is.
    pub async fn is_signed_in(&self) -> bool {
        self.get("/settings/team").await.status == StatusCode::OK
    }

    /// The token of the session, from the first page that has one.
    pub async fn token(&self) -> String {
        for path in ["/settings/team", "/password/forgot"] {
            if let Some(token) = self.get(path).await.attribute("input[name=csrf]", "value") {
                return token;
            }
        }
        panic!("no page has a token");
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Page {
        let cookies: Vec<String> =
            self.cookie().into_iter().chain(self.device.lock().unwrap().clone()).collect();
        let request = if cookies.is_empty() { request } else { request.header(COOKIE, cookies.join("; ")) };
        let answer = request.send().await.unwrap();
        for set in answer.headers().get_all(SET_COOKIE) {
            let set = set.to_str().unwrap();
            let pair = set.split(';').next().unwrap();
            assert!(set.contains("HttpOnly") && set.contains("SameSite="), "{set}");
            let kept = (!set.contains("Max-Age=0")).then(|| pair.to_owned());
            if pair.starts_with("alva_device") {
                *self.device.lock().unwrap() = kept;
            } else {
                self.set_cookie(kept);
            }
        }
        let header = |name| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let location = header(LOCATION);
        let retry_after = header(reqwest::header::RETRY_AFTER).map(|seconds| seconds.parse().unwrap());
        let url = answer.url().clone();
        Page { url, status: answer.status(), location, retry_after, html: answer.text().await.unwrap() }
    }
}
