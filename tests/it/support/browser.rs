//! A person at a browser: finds things by what they are called, waits until they are there,
//! and sees what is visible.
//!
//! Every step waits for what it needs, up to [`PATIENCE`]; when it does not come, the test ends
//! with the page's address, its text, what could have been pressed, and a screenshot in
//! `target/screenshots`.

mod devtools;

pub use devtools::{DESKTOP, Line, Look, PHONE};

use super::chromedriver::Chromedriver;
use super::wait::{self, PATIENCE};
use fantoccini::Client;
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::wd::WindowHandle;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use url::Url;

const PAGE: &str = include_str!("../../assets/page.js");
const CONTROL: &str = "return control(...arguments)";
const BUTTON: &str = "return button(...arguments)";

/// A browser window with an empty profile: no cookies, nothing remembered.
pub struct Browser {
    client: Client,
    look: std::cell::Cell<Look>,
    _driver: Chromedriver,
}

impl Browser {
    /// Opens a browser at a desk.
    pub async fn open() -> Self {
        Self::with(DESKTOP).await
    }

    /// Opens a browser that looks so.
    pub async fn with(look: Look) -> Self {
        let (driver, client) = Chromedriver::start().await;
        let browser = Self { client, look: look.into(), _driver: driver };
        browser.apply().await;
        browser
    }

    /// Changes size, colours or scripts from now on; scripts with the next page.
    pub async fn look(&self, look: Look) {
        self.look.set(look);
        self.apply().await;
    }

    /// The WebDriver client, for what is not here.
    pub fn client(&self) -> &Client {
        &self.client
    }

    // --- Where one is ---

    /// Goes to an address and waits until the page is loaded.
    pub async fn goto(&self, url: impl AsRef<str>) {
        let url = url.as_ref();
        if let Err(e) = self.client.goto(url).await {
            self.fail(&format!("{url} to open, but {e}")).await;
        }
    }

    /// The address of the page.
    pub async fn url(&self) -> Url {
        self.client.current_url().await.unwrap()
    }

    /// Waits until the page's path is this.
    pub async fn is_at(&self, path: &str) {
        self.wait_for(&format!("the path {path}"), async || {
            (self.client.current_url().await.ok()?.path() == path).then_some(())
        })
        .await;
    }

    /// Loads the page again.
    pub async fn reload(&self) {
        self.client.refresh().await.unwrap();
    }

    /// Goes back to the page before.
    pub async fn back(&self) {
        self.client.back().await.unwrap();
    }

    /// The title of the window.
    pub async fn title(&self) -> String {
        self.client.title().await.unwrap()
    }

    /// Opens an empty tab and turns to it; the one left is returned.
    pub async fn new_tab(&self) -> WindowHandle {
        let before = self.client.window().await.unwrap();
        let tab = self.client.new_window(true).await.unwrap();
        self.turn_to(tab.handle).await;
        before
    }

    /// Turns to another tab.
    pub async fn turn_to(&self, tab: WindowHandle) {
        self.client.switch_to_window(tab).await.unwrap();
        self.apply().await;
    }

    // --- What one does ---

    /// Types into the field with this label, in place of what stands there.
    pub async fn fill(&self, label: &str, text: &str) {
        self.doing(&format!("to type into the field {label:?}"), CONTROL, &[label], async |field| {
            match field.attr("type").await?.as_deref() {
                // Keys in these depend on the language of the browser.
                Some("date" | "time" | "datetime-local" | "month" | "week" | "color" | "range") => {
                    let set = "const [field, value] = arguments; field.value = value;
                        for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, { bubbles: true }))";
                    self.client.execute(set, vec![serde_json::to_value(&field)?, text.into()]).await?;
                    Ok(())
                }
                _ => {
                    field.clear().await?;
                    field.send_keys(text).await
                }
            }
        })
        .await;
    }

    /// Presses the button or follows the link with this name.
    pub async fn press(&self, name: &str) {
        self.doing(&format!("to press {name:?}"), BUTTON, &[name], async |button| button.click().await).await;
    }

    /// Presses the button or link with this name that stands nearest to the text `place`:
    /// in its row, its card, its section.
    pub async fn press_at(&self, place: &str, name: &str) {
        self.doing(&format!("to press {name:?} at {place:?}"), BUTTON, &[name, place], async |button| {
            button.click().await
        })
        .await;
    }

    /// Chooses from a list, or among the radio buttons of a group.
    pub async fn choose(&self, label: &str, option: &str) {
        self.doing(
            &format!("to choose {option:?} as {label:?}"),
            "return option(...arguments)",
            &[label, option],
            async |found| self.tick(found).await,
        )
        .await;
    }

    /// Ticks the box with this label; a ticked one stays.
    pub async fn check(&self, label: &str) {
        self.set_box(label, true).await;
    }

    /// Unticks the box with this label.
    pub async fn uncheck(&self, label: &str) {
        self.set_box(label, false).await;
    }

    /// Presses a key, such as `fantoccini::key::Key::Escape`, on what has the focus.
    pub async fn key(&self, key: fantoccini::key::Key) {
        let focused = self.client.active_element().await.unwrap();
        focused.send_keys(&char::from(key).to_string()).await.unwrap();
    }

    /// Types on what has the focus, be it the page itself.
    pub async fn types(&self, text: &str) {
        self.client.active_element().await.unwrap().send_keys(text).await.unwrap();
    }

    // --- What one sees ---

    /// Waits until the page shows this text.
    pub async fn sees(&self, text: &str) {
        self.wait_for(&format!("to see {text:?}"), async || self.text().await.contains(text).then_some(()))
            .await;
    }

    /// Waits until the page does not show this text.
    pub async fn sees_no(&self, text: &str) {
        self.wait_for(&format!("to see no {text:?}"), async || {
            (!self.text().await.contains(text)).then_some(())
        })
        .await;
    }

    /// Waits until a script in the page, as the body of a function, answers `true`.
    pub async fn until(&self, script: &str, what: &str) {
        self.wait_for(what, async || (self.client.execute(script, vec![]).await.ok()? == true).then_some(()))
            .await;
    }

    /// The page's visible text, white space collapsed.
    pub async fn text(&self) -> String {
        let text = self.client.execute(&page("return seen()"), vec![]).await;
        text.ok().and_then(|text| Some(text.as_str()?.to_owned())).unwrap_or_default()
    }

    /// What stands in the field with this label.
    pub async fn value(&self, label: &str) -> String {
        self.find(&format!("the field {label:?}"), CONTROL, &[label])
            .await
            .prop("value")
            .await
            .unwrap()
            .unwrap_or_default()
    }

    /// Whether the box or radio button with this label is ticked.
    pub async fn is_checked(&self, label: &str) -> bool {
        self.find(&format!("the box {label:?}"), CONTROL, &[label]).await.is_selected().await.unwrap()
    }

    /// What the list with this label offers.
    pub async fn options(&self, label: &str) -> Vec<String> {
        self.find(&format!("the list {label:?}"), CONTROL, &[label]).await;
        serde_json::from_value(self.run(&page("return options(...arguments)"), vec![label.into()]).await)
            .unwrap()
    }

    // --- What the rest stands on ---

    /// Runs a script in the page, as the body of a function; its `return` is the value.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(script, arguments).await.unwrap_or_else(|e| panic!("the script failed: {e}"))
    }

    /// Runs a script that calls its last argument with its value.
    pub async fn run_async(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client
            .execute_async(script, arguments)
            .await
            .unwrap_or_else(|e| panic!("the script failed: {e}"))
    }

    /// Ends the test: says what was wanted, what is there instead, and keeps a picture of it.
    pub async fn fail(&self, wanted: &str) -> ! {
        let url = self.client.current_url().await.map(String::from).unwrap_or_else(|e| e.to_string());
        let offers = self.client.execute(&page("return offers()"), vec![]).await.unwrap_or_default();
        let text = self.client.execute(&page("return document.body?.innerText"), vec![]).await;
        let text = text.unwrap_or_default();
        let picture = self.keep_evidence().await;
        panic!(
            "wanted {wanted}\n  at {url}\n  picture: {picture}\n  to press: {}\n  to fill: {}\n  text:\n{}",
            offers["buttons"],
            offers["fields"],
            text.as_str().unwrap_or_default()
        );
    }

    async fn keep_evidence(&self) -> String {
        let thread = std::thread::current();
        let test = thread.name().unwrap_or("test").replace("::", "-");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("screenshots");
        let path: PathBuf = folder.join(format!("{test}-{}.png", std::process::id()));
        let kept = match self.client.screenshot().await {
            Ok(picture) => std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, picture)),
            Err(e) => return format!("none ({e})"),
        };
        kept.map_or_else(|e| format!("none ({e})"), |()| path.display().to_string())
    }

    async fn wait_for(&self, what: &str, attempt: impl AsyncFnMut() -> Option<()>) {
        if wait::within(PATIENCE, attempt).await.is_none() {
            self.fail(what).await;
        }
    }

    async fn find(&self, what: &str, script: &str, names: &[&str]) -> Element {
        let found = wait::within(PATIENCE, async || self.look_for(script, json!(names)).await.ok().flatten());
        match found.await {
            Some(element) => element,
            None => self.fail(what).await,
        }
    }

    /// Finds something and does something with it, again and again until it succeeds: the page may
    /// change in between.
    async fn doing(
        &self,
        what: &str,
        script: &str,
        names: &[&str],
        mut act: impl AsyncFnMut(Element) -> Result<(), CmdError>,
    ) {
        let mut reason = String::new();
        let done = wait::within(PATIENCE, async || {
            let result = match self.look_for(script, json!(names)).await {
                Ok(Some(element)) => act(element).await.map_err(|e| e.to_string()),
                Ok(None) => Err("nothing that can be used is called so".into()),
                Err(e) => Err(e.to_string()),
            };
            result.map_err(|e| reason = e).ok()
        })
        .await;
        if done.is_none() {
            self.fail(&format!("{what}, but {reason}")).await;
        }
    }

    /// What a function of `page.js` finds.
    async fn look_for(&self, script: &str, arguments: Value) -> Result<Option<Element>, CmdError> {
        let Value::Array(arguments) = arguments else { unreachable!("arguments are a list") };
        let found = self.client.execute(&page(script), arguments).await?;
        // The element's id stands under a key that the WebDriver standard fixes.
        let id = found.get("element-6066-11e4-a52e-4f735466cecf").and_then(Value::as_str);
        Ok(id.map(|id| Element::from_element_id(self.client.clone(), id.to_owned().into())))
    }

    async fn set_box(&self, label: &str, wanted: bool) {
        let what = if wanted { "to tick" } else { "to untick" };
        self.doing(&format!("{what} {label:?}"), CONTROL, &[label], async |found| {
            if found.is_selected().await? == wanted { Ok(()) } else { self.tick(found).await }
        })
        .await;
    }

    /// Presses a box; where the page draws its own, its label.
    async fn tick(&self, found: Element) -> Result<(), CmdError> {
        let Err(reason) = found.click().await else {
            return Ok(());
        };
        match self.look_for("return labelOf(...arguments)", json!([found])).await? {
            Some(label) => label.click().await,
            None => Err(reason),
        }
    }
}

fn page(script: &str) -> String {
    format!("{PAGE}\n{script}")
}
