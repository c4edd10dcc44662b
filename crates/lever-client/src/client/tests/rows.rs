use crate::client::tests::*;

/// A list whose rows are these texts, between two that are sound.
fn list(rows: &[&[u8]]) -> ResponseTemplate {
    let mut body = br#"{"data":[{"id":"first","name":"Ada"},"#.to_vec();
    for row in rows {
        body.extend_from_slice(row);
        body.push(b',');
    }
    body.extend_from_slice(br#"{"id":"last"}],"hasNext":false}"#);
    ResponseTemplate::new(200).set_body_bytes(body)
}

#[tokio::test]
async fn a_row_that_can_not_be_read_costs_no_other() {
    let odd: [&[u8]; 9] = [
        b"null",
        b"\"text\"",
        b"7",
        b"{}",
        b"[]",
        br#"{"name":"no id"}"#,
        br#"{"id":"not an id","name":"x"}"#,
        br#"{"id":null}"#,
        br#"["o","Ada"]"#,
    ];
    let (_server, api) = answering(list(&odd)).await;
    let page = api.opportunities(&OpportunityFilter::default()).next().await.unwrap().unwrap();
    let ids: Vec<_> = page.items.iter().map(|item| item.id.as_str()).collect();
    assert_eq!(ids, ["first", "last"]);
    assert_eq!(page.skipped_count, odd.len());
    let places: Vec<_> = page.skipped.iter().map(|row| row.place).collect();
    assert_eq!(places, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert_eq!(page.skipped[6].id.as_deref(), Some("not an id"));
    assert!(page.skipped.iter().all(|row| !row.why.is_empty()));
    let call = &api.trace().drain()[0];
    assert_eq!((call.skipped_count, &call.skipped), (9, &page.skipped));
}

#[tokio::test]
async fn an_id_with_nothing_in_it_names_no_row() {
    let odd: [&[u8]; 4] =
        [br#"{"id":"","name":"x"}"#, br#"{"id":"  "}"#, br#"{"id":"\u0000"}"#, br#"{"id":"a\u0000b"}"#];
    let (_server, api) = answering(list(&odd)).await;
    let page = api.opportunities(&OpportunityFilter::default()).next().await.unwrap().unwrap();
    let named: Vec<_> = page.skipped.iter().map(|row| row.id.as_deref()).collect();
    assert_eq!(named, [None, None, None, Some("ab")]);
}

#[tokio::test]
async fn a_damaged_text_costs_not_even_its_row() {
    let rows: [&[u8]; 6] = [
        br#"{"id":"a","headline":"Dev \ud83d"}"#,
        br#"{"id":"b","unknown":{"deep":["\udc00\ud83d"]}}"#,
        b"{\"id\":\"c\",\"name\":\"x\xff\"}",
        br#"{"id":"d","createdAt":1e999,"other":-1e999}"#,
        br#"{"id":"e","name":"\u0000"}"#,
        br#"{"id":"f","phones":{"odd":1},"applications":7,"stage":["x"],"urls":"u","archived":[]}"#,
    ];
    let (_server, api) = answering(list(&rows)).await;
    let page = api.opportunities(&OpportunityFilter::default()).next().await.unwrap().unwrap();
    assert_eq!(page.skipped_count, 0, "{:?}", page.skipped);
    assert_eq!(page.items.len(), 8);
    assert_eq!(page.items[1].headline.as_deref(), Some("Dev \u{fffd}"));
    assert_eq!(page.items[5].name, None);
}

#[tokio::test]
async fn what_is_no_json_by_the_letter_costs_not_even_its_row() {
    let rows: [&[u8]; 6] = [
        b"{\"id\":\"a\",\"headline\":\"x\x01y\"}",
        b"{\"id\":\"b\",\"headline\":\"x\ny\0\"}",
        br#"{"id":"c","headline":"\x41"}"#,
        br#"{"id":"d","headline":NaN,"createdAt":007}"#,
        br#"{"id":"e","tags":["x",],}"#,
        br#"{"id":"f","isAnonymized":False,"snoozedUntil":None,"n":-Infinity}"#,
    ];
    let (_server, api) = answering(list(&rows)).await;
    let page = api.opportunities(&OpportunityFilter::default()).next().await.unwrap().unwrap();
    assert_eq!(page.skipped_count, 0, "{:?}", page.skipped);
    assert_eq!(page.items.len(), 8);
    let headlines: Vec<_> = page.items.iter().map(|item| item.headline.as_deref()).collect();
    assert_eq!(headlines[1..5], [Some("xy"), Some("x y"), Some("\\x41"), None]);
    assert_eq!(page.items[5].tags, ["x"]);
    // One object is read alike.
    let one = ResponseTemplate::new(200)
        .set_body_bytes(b"{\"data\":{\"id\":\"a\",\"headline\":\"x\x01y\",\"unknown\":[NaN,]}}".as_slice());
    let (_server, api) = answering(one).await;
    assert_eq!(api.opportunity(&"a".into(), &[]).await.unwrap().headline.as_deref(), Some("xy"));
}

#[tokio::test]
async fn keys_that_come_twice_and_deep_nesting_cost_nothing() {
    let deep = format!("{}{}", "[".repeat(150), "]".repeat(150));
    let rows = [
        r#"{"id":"a","name":"First","name":"Last"}"#.to_owned(),
        r#"{"id":"b","headline":"x","headline":null,"stage":{"id":"s","id":"t"}}"#.to_owned(),
        format!(r#"{{"id":"c","unneeded":{deep},"name":"Deep"}}"#),
        format!(r#"{{"id":"d","headline":{deep},"emails":["d@x.example"]}}"#),
    ];
    let rows: Vec<&[u8]> = rows.iter().map(|row| row.as_bytes()).collect();
    let (_server, api) = answering(list(&rows)).await;
    let page = api.opportunities(&OpportunityFilter::default()).next().await.unwrap().unwrap();
    assert_eq!(page.skipped_count, 0, "{:?}", page.skipped);
    let names: Vec<_> = page.items.iter().map(|item| item.name.as_deref()).collect();
    assert_eq!(names[1..5], [Some("Last"), None, Some("Deep"), None]);
    assert_eq!(page.items[2].stage_id().map(|id| id.as_str()), Some("t"));
    assert_eq!(page.items[4].emails, ["d@x.example"]);
    // The same beside the rows, and of one object.
    let twice = r#"{"data":[],"next":"no","hasNext":false,"data":[{"id":"z"}],"next":"t","hasNext":true}"#;
    let (_server, api) = answering(ResponseTemplate::new(200).set_body_string(twice)).await;
    let page = api.opportunities(&OpportunityFilter::default()).next().await.unwrap().unwrap();
    assert_eq!((page.items.len(), page.next.as_deref()), (1, Some("t")));
    let one = format!(r#"{{"data":{{"id":"a","name":"x","name":"y","deep":{deep}}}}}"#);
    let (_server, api) = answering(ResponseTemplate::new(200).set_body_string(one)).await;
    assert_eq!(api.opportunity(&"a".into(), &[]).await.unwrap().name.as_deref(), Some("y"));
}

#[tokio::test]
async fn a_row_that_is_no_json_is_named_and_costs_no_other() {
    let broken: [&[u8]; 5] = [
        br#"{"id":"broken-one","headline":"Ada "the one" Byron"}"#,
        br#"{"headline":"say "hi", then go","id":"broken-two"}"#,
        br#"{"id":"broken-three","n":0x1F}"#,
        br#"{"id":"broken-four" "headline":"x"}"#,
        br#"{id:1}"#,
    ];
    let (_server, api) = answering(list(&broken)).await;
    let page = api.opportunities(&OpportunityFilter::default()).next().await.unwrap().unwrap();
    let ids: Vec<_> = page.items.iter().map(|item| item.id.as_str()).collect();
    assert_eq!(ids, ["first", "last"]);
    assert_eq!(page.skipped_count, 5);
    let named: Vec<_> = page.skipped.iter().map(|row| row.id.as_deref()).collect();
    assert_eq!(
        named,
        [Some("broken-one"), Some("broken-two"), Some("broken-three"), Some("broken-four"), None]
    );
    assert_eq!(page.skipped.iter().map(|row| row.place).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    // What stands beside the rows is still read, and a page without an end is not taken for a whole one.
    let more = r#"{"next":"t","data":[{"id":"a","n":0x1}],"hasNext":true}"#;
    let (_server, api) = answering(ResponseTemplate::new(200).set_body_string(more)).await;
    let page = api.opportunities(&OpportunityFilter::default()).next().await.unwrap().unwrap();
    assert_eq!((page.skipped_count, page.next.as_deref()), (1, Some("t")));
    let cut = r#"{"data":[{"id":"a"},{"id":"b","n":0x1"#;
    let (_server, api) = answering(ResponseTemplate::new(200).set_body_string(cut)).await;
    let error = api.opportunities(&OpportunityFilter::default()).next().await.unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. }), "{error:?}");
}

#[tokio::test]
async fn every_list_is_read_row_by_row() {
    let row = json!({"id": "i", "text": "t"});
    let (_server, api) = answering(data(json!([null, row, {}]))).await;
    let id = "o".into();
    assert_eq!(api.stages().await.unwrap().len(), 1);
    assert_eq!(api.users().await.unwrap().len(), 1);
    assert_eq!(api.postings(None).all().await.unwrap().len(), 1);
    assert_eq!(api.applications(&id).await.unwrap().len(), 1);
    assert_eq!(api.notes(&id).await.unwrap().len(), 1);
    assert_eq!(api.files(&id).await.unwrap().len(), 1);
    assert_eq!(api.archive_reasons().await.unwrap().len(), 1);
    assert_eq!(api.sources().await.unwrap().len(), 1);
    assert_eq!(api.tags().await.unwrap().len(), 1);
    assert_eq!(api.webhooks().await.unwrap().len(), 1);
    assert_eq!(api.deleted_opportunities(TimeRange::default()).all().await.unwrap().len(), 1);
    assert!(api.trace().drain().iter().all(|call| call.skipped_count == 2));
}

#[tokio::test]
async fn many_odd_rows_are_counted_and_only_some_are_described() {
    let (_server, api) = answering(data(json!(vec![Value::Null; 100]))).await;
    let page = api.opportunities(&OpportunityFilter::default()).next().await.unwrap().unwrap();
    assert_eq!((page.items.len(), page.skipped.len(), page.skipped_count), (0, 20, 100));
}

#[tokio::test]
async fn what_is_no_list_is_unreadable_and_files_may_be_bare() {
    for body in [r#"{"data":null}"#, r#"{"data":{}}"#, "{}", "null", "<html>", "", r#"[{"id":"o"}]"#] {
        let (_server, api) = answering(ResponseTemplate::new(200).set_body_string(body)).await;
        let error = api.stages().await.unwrap_err();
        assert!(matches!(error, Error::Unreadable { .. }), "{body}: {error:?}");
    }
    let bare = r#" [{"id":"f","name":"report.pdf"}, null]"#;
    let (_server, api) = answering(ResponseTemplate::new(200).set_body_string(bare)).await;
    let files = api.files(&"o".into()).await.unwrap();
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].name.as_deref(), Some("report.pdf"));
}

#[tokio::test]
async fn odd_paging_fields_end_the_list() {
    for tail in [
        r#""hasNext":"yes","next":7"#,
        r#""hasNext":null,"next":{}"#,
        r#""next":"""#,
        r#""hasNext":false,"next":"t""#,
    ] {
        let body = format!(r#"{{"data":[{{"id":"s"}}],{tail}}}"#);
        let (server, api) = answering(ResponseTemplate::new(200).set_body_string(body)).await;
        assert_eq!(api.stages().await.unwrap().len(), 1, "{tail}");
        assert_eq!(requests(&server).await.len(), 1);
    }
}
