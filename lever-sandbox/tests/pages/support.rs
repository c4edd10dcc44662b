//! A person's browser, as far as forms and links go.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use lever_sandbox::{Options, Running};
use reqwest::header::{HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Client, Response, StatusCode, redirect};
use scraper::{ElementRef, Html, Selector};

/// A sandbox and someone at its pages.
pub struct World {
    pub lever: Running,
    pub browser: Browser,
}

/// A sandbox with these options and its Super Admin logged in.
pub async fn world(options: Options) -> World {
    let lever = lever_sandbox::start(options).await.unwrap();
    let mut browser = Browser::at(&lever.url);
    browser.log_in(&lever.admin_email, &lever.admin_password).await;
    World { lever, browser }
}

/// Options that make retries quick.
pub fn quick() -> Options {
    Options { retry_schedule: vec![Duration::from_millis(20); 5], ..Options::default() }
}

/// Keeps cookies, follows redirects, knows the last page.
pub struct Browser {
    pub url: String,
    client: Client,
    cookies: BTreeMap<String, String>,
}

/// A page as it was answered, after redirects.
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub path: String,
    pub body: String,
}

impl Browser {
    pub fn at(url: &str) -> Self {
        let client = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
        Self { url: url.to_owned(), client, cookies: BTreeMap::new() }
    }

    pub async fn log_in(&mut self, email: &str, password: &str) -> Page {
        self.post("/login", &[("email", email), ("password", password), ("next", "/")]).await
    }

    pub async fn get(&mut self, path: &str) -> Page {
        let request = self.client.get(format!("{}{path}", self.url));
        let answer = request.header("cookie", self.cookie_header()).send().await.unwrap();
        self.follow(path, answer).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = self.client.post(format!("{}{path}", self.url)).form(fields);
        let answer = request.header("cookie", self.cookie_header()).send().await.unwrap();
        self.follow(path, answer).await
    }

    /// Sends a form as it is on the page, with these fields put in or changed.
    pub async fn submit(&mut self, form: &Form, changes: &[(&str, &str)]) -> Page {
        let mut fields: Vec<(&str, &str)> =
            form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        fields.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        fields.extend_from_slice(changes);
        self.post(&form.action, &fields).await
    }

    async fn follow(&mut self, path: &str, mut answer: Response) -> Page {
        let mut path = path.to_owned();
        for _ in 0..5 {
            self.keep_cookies(&answer);
            let Some(to) = answer.headers().get(LOCATION) else {
                break;
            };
            path = to.to_str().unwrap().to_owned();
            if !path.starts_with('/') {
                // To another site: the test looks at the address only.
                break;
            }
            let request = self.client.get(format!("{}{path}", self.url));
            answer = request.header("cookie", self.cookie_header()).send().await.unwrap();
        }
        self.keep_cookies(&answer);
        let (status, headers) = (answer.status(), answer.headers().clone());
        Page { status, headers, path, body: answer.text().await.unwrap() }
    }

    fn keep_cookies(&mut self, answer: &Response) {
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let text = cookie.to_str().unwrap();
            let (name, value) = text.split(';').next().unwrap().split_once('=').unwrap();
            if text.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    fn cookie_header(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }
}

/// A form with what it holds before anything is typed.
#[derive(Debug, Clone)]
pub struct Form {
    pub action: String,
    pub fields: Vec<(String, String)>,
    pub buttons: Vec<String>,
}

impl Page {
    pub fn html(&self) -> Html {
        Html::parse_document(&self.body)
    }

    /// The text of the page, white space folded.
    pub fn text(&self) -> String {
        folded(&self.html().root_element())
    }

    pub fn texts(&self, selector: &str) -> Vec<String> {
        self.html().select(&css(selector)).map(|element| folded(&element)).collect()
    }

    pub fn attrs(&self, selector: &str, name: &str) -> Vec<String> {
        self.html()
            .select(&css(selector))
            .filter_map(|element| element.attr(name))
            .map(str::to_owned)
            .collect()
    }

    /// The form that is sent to this path.
    pub fn form(&self, action: &str) -> Form {
        let forms = self.forms();
        let found = forms.iter().find(|form| form.action == action).cloned();
        found.unwrap_or_else(|| {
            panic!("no form to {action} among {:?}", forms.iter().map(|f| &f.action).collect::<Vec<_>>())
        })
    }

    /// The form in an element with this selector that has a button of this name.
    pub fn form_with_button(&self, inside: &str, button: &str) -> Form {
        let html = self.html();
        let place = html.select(&css(inside)).next().unwrap_or_else(|| panic!("no {inside}"));
        let every = css("form");
        let mut forms = place.select(&every).map(|form| read_form(&form));
        forms
            .find(|form| form.buttons.iter().any(|b| b == button))
            .unwrap_or_else(|| panic!("no {button} in {inside}"))
    }

    pub fn forms(&self) -> Vec<Form> {
        self.html().select(&css("form")).map(|form| read_form(&form)).collect()
    }
}

fn css(selector: &str) -> Selector {
    Selector::parse(selector).unwrap()
}

fn folded(element: &ElementRef<'_>) -> String {
    element.text().flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

fn read_form(form: &ElementRef<'_>) -> Form {
    let mut fields = Vec::new();
    for field in form.select(&css("input[name], textarea[name], select[name]")) {
        let name = field.attr("name").unwrap().to_owned();
        let kind = field.attr("type").unwrap_or_default();
        if kind == "checkbox" && field.attr("checked").is_none() {
            continue;
        }
        let value = match field.value().name() {
            "select" => {
                let chosen = field.select(&css("option[selected]")).next();
                let option = chosen.or(field.select(&css("option")).next());
                option.and_then(|option| option.attr("value")).unwrap_or_default().to_owned()
            }
            "textarea" => folded(&field),
            _ => field.attr("value").unwrap_or_default().to_owned(),
        };
        fields.push((name, value));
    }
    Form {
        action: form.attr("action").unwrap_or_default().to_owned(),
        fields,
        buttons: form.select(&css("button")).map(|button| folded(&button)).collect(),
    }
}

/// Waits until something holds, ten seconds at most.
pub async fn wait<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let end = Instant::now() + Duration::from_secs(10);
    while !holds().await {
        assert!(Instant::now() < end, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
