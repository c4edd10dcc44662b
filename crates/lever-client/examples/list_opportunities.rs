//! Lists the opportunities that are not archived, with an API key:
//!
//! ```sh
//! LEVER_API_KEY=… cargo run -p lever-client --example list_opportunities
//! ```
//!
//! `LEVER_API_URL` names another Lever, such as `http://127.0.0.1:4000` for the sandbox.

use std::{env, error::Error, io::Write, time::Duration};

use lever_client::{Client, Expand, Hosts, OpportunityFilter, RateLimit, http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let key = env::var("LEVER_API_KEY").map_err(|_| "set LEVER_API_KEY to a key of your Lever account")?;
    let api_url = match env::var("LEVER_API_URL") {
        Ok(url) => Hosts::from_settings(&url, &url, None)?.api_url,
        Err(_) => Hosts::production().api_url,
    };
    let client = Client::new(http::client(Duration::from_secs(30))?, api_url, RateLimit::default());
    let api = client.with_api_key(&key.into());

    let mut out = std::io::stdout().lock();
    let filter = OpportunityFilter {
        archived: Some(false),
        expand: vec![Expand::Stage],
        ..OpportunityFilter::default()
    };
    let mut pages = api.opportunities(&filter);
    while let Some(page) = pages.next().await? {
        for opportunity in page.items {
            let stage = opportunity.stage.as_ref().and_then(|stage| stage.full());
            let stage = stage.map_or("", |stage| stage.text.as_str());
            writeln!(out, "{}\t{}\t{stage}", opportunity.id, opportunity.name.as_deref().unwrap_or(""))?;
        }
        for row in page.skipped {
            writeln!(out, "row {} can't be read: {}", row.place, row.why)?;
        }
    }
    Ok(())
}
