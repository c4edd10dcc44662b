//! Background work: made due, and waited for.

use super::Connected;
use crate::support::visitor::Page;
use crate::support::wait::{PATIENCE, until};
use alva_portal::events::{Event, State};
use reqwest::StatusCode;

impl Connected {
    /// Waits until no event is in work; answers all.
    pub async fn settled(&self) -> Vec<Event> {
        until("the end of the work", PATIENCE, async || {
            let all = self.events().await;
            all.iter().all(|event| event.state != State::Queued).then_some(all)
        })
        .await
    }

    /// Presses **Sync now** and waits for the end of the run; answers its page.
    pub async fn sync(&self) -> Page {
        let list = self.admin.get(&format!("{}/reconciliations", self.page())).await;
        let begun = self.admin.press(&list, "Sync now", &[]).await;
        let path = begun.location.unwrap_or_else(|| panic!("to the run: {}", begun.html));
        self.ended(&path).await
    }

    /// Waits for the end of a run and of what it found; answers its page.
    pub async fn ended(&self, path: &str) -> Page {
        until("the end of the reconciliation", PATIENCE, async || {
            // The events first: the page, asked later, then says what came of them.
            let in_work = self.events().await.iter().any(|event| event.state == State::Queued);
            let page = self.admin.get(path).await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.html);
            (!page.html.contains("data-live=") && !in_work).then_some(page)
        })
        .await
    }
}
