//! A candidate who takes the tests, on the pages that the link in the mail opens.

use super::client::{Client, Gone, Page};
use super::model::Taken;

/// How far the candidate means to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    Opened,
    Begun,
    Completed,
}

/// Goes on from wherever the candidate is. Answers how far the pages said that it went; the portal
/// may be gone at any moment.
pub async fn go(link: &str, until: Until) -> Taken {
    go_timed(link, until).await.0
}

/// The same, and when the last form was sent (ms).
pub async fn go_timed(link: &str, until: Until) -> (Taken, i64) {
    let (mut taken, mut at) = (Taken::Not, 0);
    let Ok(url) = link.parse::<url::Url>() else { return (taken, at) };
    let client = Client::of(url.clone(), None);
    // Begin, three pieces of practice with what was right, the clock, one task, the statements, the result.
    for _ in 0..16 {
        let Ok(page) = client.get(url.path()).await else { return (taken, at) };
        taken = taken.max(shown(&page));
        let is_enough = match until {
            Until::Opened => true,
            Until::Begun => taken >= Taken::Begun,
            Until::Completed => taken == Taken::Completed,
        };
        at = if is_enough { at } else { jiff::Timestamp::now().as_millisecond() };
        if is_enough || page.status != 200 || answer(&client, &page).await.is_err() {
            return (taken, at);
        }
    }
    (taken, at)
}

/// How far a page shows the candidate to be.
fn shown(page: &Page) -> Taken {
    let has = |end: &str| page.attribute(&format!("form[action$='{end}']"), "action").is_some();
    match () {
        () if page.status == 200 && page.text("h1") == "Your result" => Taken::Completed,
        () if has("/answer") || has("/practice") || has("/clock") || has("/statements") => Taken::Begun,
        () => Taken::Not,
    }
}

async fn answer(client: &Client, page: &Page) -> Result<Page, Gone> {
    let is = |end: &str| page.attribute(&format!("form[action$='{end}']"), "action").is_some();
    if is("/begin") {
        return client.submit(page, "/begin", &[("form", "words")]).await;
    }
    if is("/clock") {
        return client.submit(page, "/clock", &[]).await;
    }
    if is("/practice") {
        return client.submit(page, "/practice", &[]).await;
    }
    if is("/answer") {
        return client.submit(page, "/answer", &[("pass", "yes")]).await;
    }
    // All statements in one form: the server takes as many as are sent.
    let names: Vec<String> = (0..90).map(|n| format!("s{n}")).collect();
    let all: Vec<(&str, &str)> = names
        .iter()
        .zip(["4", "2", "3"].into_iter().cycle())
        .map(|(name, value)| (name.as_str(), value))
        .collect();
    client.submit(page, "/statements", &all).await
}
