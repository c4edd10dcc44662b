//! The report as a PDF, read with another library than wrote it.

use super::*;
use crate::support::lever::unconnected;
use crate::support::on_both_databases;
use alva_portal::db::Backend;
use alva_portal::integrations::State;
use alva_portal::people::Role;
use lopdf::{Document, Object};

/// All text of a document, its white space made single.
pub fn text_of(bytes: &[u8]) -> String {
    let document = Document::load_mem(bytes).expect("a PDF");
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    let text = document.extract_text(&pages).expect("text");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Everything in a document: its parts as they are, and unpacked.
fn everything_in(bytes: &[u8]) -> Vec<u8> {
    let document = Document::load_mem(bytes).expect("a PDF");
    let streams = document.objects.values().filter_map(|object| object.as_stream().ok());
    let unpacked = streams.map(|stream| stream.decompressed_content().unwrap_or_default());
    let objects = format!("{:?} {:?}", document.objects, document.trailer).into_bytes();
    let mut all = [bytes.to_vec(), objects, text_of(bytes).into_bytes()].concat();
    all.extend(unpacked.flatten());
    all
}

/// A document that is passed on opens nothing: it has no link to the tests, no session, no path on a disk.
fn opens_nothing(bytes: &[u8], invited: &Invited, who: &Visitor) {
    let all = everything_in(bytes);
    let has = |secret: &str| all.windows(secret.len()).any(|part| part == secret.as_bytes());
    assert!(has("Test results") || has("Your result") || has("Ihr Ergebnis") || has("Ditt resultat"));
    let code = invited.path.rsplit('/').next().unwrap();
    let cookie = who.cookie().unwrap_or_default();
    let session = cookie.split_once('=').map_or("", |(_, value)| value);
    for secret in [code, session, "/home/", "/root/", "/tmp/"] {
        assert!(secret.is_empty() || !has(secret), "{secret} is in a PDF");
    }
}

/// What the catalogue says for those who have it read aloud: language, whether it is tagged, and the title.
fn for_screen_readers(bytes: &[u8]) -> (String, bool, String) {
    let document = Document::load_mem(bytes).expect("a PDF");
    let catalogue = document.catalog().unwrap();
    let language = catalogue.get(b"Lang").and_then(Object::as_str).unwrap();
    let marked = catalogue.get(b"MarkInfo").and_then(|info| document.dereference(info)).unwrap().1;
    let is_tagged = marked.as_dict().and_then(|info| info.get(b"Marked")).and_then(Object::as_bool).unwrap();
    assert!(catalogue.has(b"StructTreeRoot") && catalogue.has(b"Outlines"));
    let info = document.trailer.get(b"Info").and_then(|info| document.dereference(info)).unwrap().1;
    let title = lopdf::decode_text_string(info.as_dict().unwrap().get(b"Title").unwrap()).unwrap();
    (String::from_utf8(language.to_vec()).unwrap(), is_tagged, title)
}

on_both_databases!(Portal::start => a_report_is_a_pdf_once_complete_for_those_who_may_see_it);
async fn a_report_is_a_pdf_once_complete_for_those_who_may_see_it(portal: Portal) {
    let acme = portal.company("Acme & Söner").await;
    let other = portal.company("Other").await;
    for (company, who, role) in [
        (&acme, "max@acme.example", Role::Member),
        (&acme, "aud@acme.example", Role::Auditor),
        (&other, "eve@other.example", Role::Admin),
    ] {
        portal.person(company, who, role).await;
    }
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let path = format!("/candidates/{}/report.pdf", ada.candidate);
    let max = portal.signed_in("max@acme.example").await;
    let candidate = portal.visitor();
    through_logic(&candidate, &ada).await;
    assert_eq!(max.file(&path).await.0, StatusCode::NOT_FOUND, "the tests are not complete");
    for _ in 0..15 {
        let page = candidate.get(&ada.path).await;
        answer_page(&candidate, &ada, &page).await;
    }
    assert_eq!(portal.visitor().file(&path).await.0, StatusCode::SEE_OTHER, "to the log-in");
    let eve = portal.signed_in("eve@other.example").await;
    assert_eq!(eve.file(&path).await.0, StatusCode::NOT_FOUND);
    let unknown = format!("{path}?invitation={}", InvitationId::new());
    assert_eq!(max.file(&unknown).await.0, StatusCode::NOT_FOUND);

    let page = max.get(&format!("/candidates/{}", ada.candidate)).await;
    let button = page.attribute("a[download]", "href").expect("a button to download it");
    for who in ["max@acme.example", "aud@acme.example"] {
        let reader = portal.signed_in(who).await;
        let (status, kind, disposition, bytes) = reader.file(&button).await;
        assert_eq!((status, kind.as_str()), (StatusCode::OK, "application/pdf"));
        opens_nothing(&bytes, &ada, &reader);
        assert!(
            disposition.starts_with("attachment") && disposition.contains("Ada%20Byron"),
            "{disposition}"
        );
        let text = text_of(&bytes);
        let report = page.text("section[id^=result]");
        let fit = report.split("Role fit: ").nth(1).unwrap().split(" %").next().unwrap();
        for part in [
            "Acme & Söner",
            "Test results: Ada Byron",
            "Backend engineer",
            &format!("Role fit: {fit} %"),
            "the profile Standard",
            "Read with care",
            "Protected attributes",
            "A company can count groups separately",
            "Logic: 3 tasks, half of them answered within",
            "no norm sample",
        ] {
            assert!(text.contains(part), "{part:?} is not in {text}");
        }
        // Each line of the page's table stands in it, with the same score and range.
        let html = scraper::Html::parse_document(&page.html);
        let rows = scraper::Selector::parse("section[id^=result] .columns tbody tr").unwrap();
        let rows: Vec<String> = html
            .select(&rows)
            .map(|row| {
                row.text().map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
            })
            .collect();
        assert_eq!(rows.len(), 1 + 5 + 15);
        for row in rows {
            assert!(text.contains(&row), "{row:?} is not in {text}");
        }
        let (language, is_tagged, title) = for_screen_readers(&bytes);
        assert_eq!((language.as_str(), is_tagged), ("en", true));
        assert_eq!(title, "Test results: Ada Byron");
        if portal.running.db.backend() == Backend::Sqlite {
            std::fs::create_dir_all("target/screenshots").unwrap();
            std::fs::write("target/screenshots/report.pdf", &bytes).unwrap();
        }
    }

    // A name that the typeface lacks is drawn as boxes, and read as what it is.
    let id = ada.candidate;
    portal
        .write(move |conn| {
            diesel::update(candidates::table.find(&id))
                .set(candidates::name.eq("李小龍 🎉"))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
    let (status, .., bytes) = max.file(&path).await;
    assert_eq!(status, StatusCode::OK);
    assert!(text_of(&bytes).contains("□□□ □"));
    assert_eq!(for_screen_readers(&bytes).2, "Test results: 李小龍 🎉");

    // Without the personality test there is no role fit to speak of, and it says why.
    let (id, sealer) = (ada.invitation, portal.sealer());
    portal
        .write(move |conn| {
            let without = |result: &mut serde_json::Value| result["personality"] = serde_json::Value::Null;
            Ok(kept::change_result(conn, &sealer, &id, without)?)
        })
        .await;
    let text = text_of(&max.file(&path).await.3);
    assert!(text.contains("asks for a test that was not taken") && !text.contains("Extraversion"), "{text}");
}

// In the language of the page, to be read aloud in it, and without what is the company's.
on_both_databases!(Portal::start => candidates_keep_their_result_as_a_pdf);
async fn candidates_keep_their_result_as_a_pdf(portal: Portal) {
    let acme = portal.company("Acme & Söner").await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let path = format!("{}/result.pdf", ada.path);
    let visitor = portal.visitor();
    through_logic(&visitor, &ada).await;
    assert_eq!(visitor.file(&path).await.0, StatusCode::NOT_FOUND, "the tests are not complete");
    for _ in 0..15 {
        let page = visitor.get(&ada.path).await;
        answer_page(&visitor, &ada, &page).await;
    }
    for (language, title, parts) in [
        (
            "en",
            "Your result: Ada Byron",
            ["no norm sample", "Sociability · 1: at ease alone", "Backend engineer"],
        ),
        ("sv", "Ditt resultat: Ada Byron", ["Sällskaplighet · 1: trivs ensam", "Backend engineer", "Logik"]),
        ("de", "Ihr Ergebnis: Ada Byron", ["Geselligkeit · 1: ist gern allein", "Acme & Söner", "Logik"]),
    ] {
        choose_language(&visitor, &ada.path, language).await;
        let page = visitor.get(&ada.path).await;
        let (status, kind, disposition, bytes) = visitor.file(&path).await;
        assert_eq!((status, kind.as_str()), (StatusCode::OK, "application/pdf"));
        opens_nothing(&bytes, &ada, &visitor);
        assert!(page.html.contains("/result.pdf") && disposition.starts_with("attachment"), "{disposition}");
        assert_eq!(for_screen_readers(&bytes), (language.to_owned(), true, title.to_owned()));
        let text = text_of(&bytes);
        for part in parts {
            assert!(text.contains(part), "{part:?} is not in {text}");
        }
        // Every score and range of the page's table.
        for range in page.text("td[data-label]:last-child").lines() {
            assert!(text.contains(range), "{range:?} is not in {text}");
        }
        assert!(!text.contains("Role fit"), "{text}");
    }
}
