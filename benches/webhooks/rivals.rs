//! What the portal is compared with: the same server with less to do, and with a simpler way to do it.

use super::load::TOKEN;
use actix_web::web::{Bytes, Data};
use actix_web::{App, HttpResponse, HttpServer, web};
use alva_portal::db::Db;
use alva_portal::events::{Event, EventKind, Outcome, State, store};
use alva_portal::ids::{CompanyId, EventId, IntegrationId, SigningTokenId};
use alva_portal::integrations::signing::verdict::{OpenToken, Verdict, judge};
use alva_portal::reasons::Reason;
use alva_portal::time::Timestamp;
use tokio::runtime::{Handle, Runtime};

/// A server that runs until the process ends.
pub struct Rival {
    pub port: u16,
}

fn tokens() -> Vec<OpenToken> {
    vec![OpenToken {
        id: SigningTokenId::new(),
        secret: TOKEN.to_owned().into(),
        kind: None,
        verified_kind: None,
    }]
}

/// Checks the signature and answers; keeps nothing.
pub fn check_only() -> Rival {
    let tokens = Data::new(tokens());
    let check = |tokens: Data<Vec<OpenToken>>, body: Bytes| async move {
        match judge(&body, &tokens, Timestamp::now()).0 {
            Verdict::Event(_) => HttpResponse::Ok().finish(),
            _ => HttpResponse::Unauthorized().finish(),
        }
    };
    serve(move |cfg| {
        cfg.app_data(tokens.clone()).route("/", web::post().to(check));
    })
}

struct Simple {
    db: Db,
    runtime: Handle,
    company: CompanyId,
    integration: IntegrationId,
    tokens: Vec<OpenToken>,
}

/// Checks and keeps each delivery in a transaction of its own.
pub fn transaction_each(runtime: &Runtime, db: Db, company: CompanyId, integration: IntegrationId) -> Rival {
    let runtime = runtime.handle().clone();
    let simple = Data::new(Simple { db, runtime, company, integration, tokens: tokens() });
    serve(move |cfg| {
        cfg.app_data(simple.clone()).route("/", web::post().to(keep));
    })
}

async fn keep(simple: Data<Simple>, body: Bytes) -> HttpResponse {
    let now = Timestamp::now();
    let (Verdict::Event(token), Some(delivery)) = judge(&body, &simple.tokens, now) else {
        return HttpResponse::Unauthorized().finish();
    };
    let row = Event {
        id: EventId::new(),
        company_id: simple.company,
        integration_id: simple.integration,
        dedupe_key: delivery.token,
        lever_id: delivery.id,
        kind: delivery.event.as_ref().map_or_else(EventKind::unnamed, EventKind::from),
        state: State::Queued,
        outcome: Outcome::None,
        reason: Reason::None,
        opportunity_id: delivery.data.opportunity_id.map(|id| id.to_string()),
        contact_id: delivery.data.contact_id.map(|id| id.to_string()),
        from_stage_id: delivery.data.from_stage_id.map(|id| id.to_string()),
        to_stage_id: delivery.data.to_stage_id.map(|id| id.to_string()),
        triggered_at: Some(Timestamp(delivery.triggered_at_ms)),
        received_at: now,
        verified_at: Some(now),
        kept_at: now,
        answered_status: 200,
        signing_token_id: Some(token),
        headers: "{}".into(),
        body: body.to_vec(),
        duplicates: 0,
        attempts: 0,
        next_attempt_at: Timestamp(0),
        finished_at: None,
    };
    let db = simple.db.clone();
    let write = async move { db.write(move |conn| store::keep_new(conn, &[row])).await };
    match simple.runtime.spawn(write).await.unwrap() {
        Ok(_) => HttpResponse::Ok().finish(),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

fn serve(routes: impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static) -> Rival {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let server =
            HttpServer::new(move || App::new().configure(routes.clone())).workers(2).disable_signals();
        actix_web::rt::System::new().block_on(server.listen(listener).unwrap().run()).unwrap();
    });
    Rival { port }
}
