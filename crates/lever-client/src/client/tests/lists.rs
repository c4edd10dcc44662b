use crate::client::tests::*;

fn page(ids: &[&str], next: Option<&str>) -> ResponseTemplate {
    let objects: Vec<_> = ids.iter().map(|id| json!({"id": id})).collect();
    let mut body = json!({"data": objects, "hasNext": next.is_some()});
    if let Some(next) = next {
        body["next"] = next.into();
    }
    ResponseTemplate::new(200).set_body_json(body)
}

fn ids(opportunities: &[Opportunity]) -> Vec<&str> {
    opportunities.iter().map(|o| o.id.as_str()).collect()
}

#[tokio::test]
async fn follows_the_offset_to_the_end() {
    let (server, api) = start().await;
    let list = || Mock::given(path("/v1/opportunities")).and(query_param("limit", "100"));
    list()
        .and(query_param_is_missing("offset"))
        .respond_with(page(&["1", "2"], Some("tok/en+1")))
        .mount(&server)
        .await;
    list().and(query_param("offset", "tok/en+1")).respond_with(page(&["3"], Some("t2"))).mount(&server).await;
    list().and(query_param("offset", "t2")).respond_with(page(&["4"], None)).mount(&server).await;
    let filter = OpportunityFilter::default();
    let all = api.opportunities(&filter).all().await.unwrap();
    assert_eq!(ids(&all), ["1", "2", "3", "4"]);
    assert_eq!(api.trace().drain().len(), 3);

    let mut pages = api.opportunities(&filter).resume_at("t2");
    let last = pages.next().await.unwrap().unwrap();
    assert_eq!(ids(&last.items), ["4"]);
    assert_eq!(last.next, None);
    assert!(pages.next().await.unwrap().is_none());
}

#[tokio::test]
async fn begins_anew_when_the_offset_is_stale() {
    let (server, api) = start().await;
    Mock::given(query_param_is_missing("offset"))
        .respond_with(page(&["1", "2"], Some("t1")))
        .mount(&server)
        .await;
    Mock::given(query_param("offset", "t1"))
        .respond_with(refused(400, "BadRequestError", "Invalid offset token: t1"))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(query_param("offset", "t1")).respond_with(page(&["3"], None)).mount(&server).await;
    let mut pages = api.opportunities(&OpportunityFilter::default());
    assert!(!pages.next().await.unwrap().unwrap().restarted);
    assert!(pages.next().await.unwrap().unwrap().restarted);
    assert_eq!(ids(&pages.next().await.unwrap().unwrap().items), ["3"]);
    assert!(pages.next().await.unwrap().is_none());
}

#[tokio::test]
async fn the_whole_list_holds_nothing_twice_after_a_restart() {
    let (server, api) = start().await;
    Mock::given(query_param_is_missing("offset")).respond_with(page(&["1"], Some("t1"))).mount(&server).await;
    Mock::given(query_param("offset", "t1"))
        .respond_with(refused(400, "x", "invalid offset token"))
        .up_to_n_times(2)
        .mount(&server)
        .await;
    Mock::given(query_param("offset", "t1")).respond_with(page(&["2"], None)).mount(&server).await;
    let all = api.opportunities(&OpportunityFilter::default()).all().await;
    assert_eq!(ids(&all.unwrap()), ["1", "2"]);
}

#[tokio::test]
async fn a_list_that_never_ends_is_left() {
    // Always stale.
    let (server, api) = start().await;
    Mock::given(query_param_is_missing("offset")).respond_with(page(&["1"], Some("t1"))).mount(&server).await;
    Mock::given(query_param("offset", "t1"))
        .respond_with(refused(400, "x", "Invalid offset token"))
        .mount(&server)
        .await;
    let all = api.opportunities(&OpportunityFilter::default()).all().await;
    assert!(matches!(all, Err(Error::OurFault { status: Some(400), .. })));
    assert_eq!(requests(&server).await.len(), 8);

    // Always the same token.
    let (_server, api) = answering(page(&["1"], Some("t1"))).await;
    let all = api.opportunities(&OpportunityFilter::default()).all().await;
    assert!(matches!(all, Err(Error::OurFault { status: None, .. })));
}

/// Answers each page with a token that was never there before.
struct Endless {
    /// Bytes of the one object of a page, about.
    bytes: usize,
    asked: std::sync::atomic::AtomicUsize,
}

impl wiremock::Respond for Endless {
    fn respond(&self, _: &Request) -> ResponseTemplate {
        let number = self.asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let object = json!({"id": "1", "name": "x".repeat(self.bytes)});
        ResponseTemplate::new(200)
            .set_body_json(json!({"data": [object], "hasNext": true, "next": format!("t{number}")}))
    }
}

async fn endless(bytes: usize) -> (MockServer, Api) {
    let server = MockServer::start().await;
    let api = hurried_api_at(&server.uri());
    Mock::given(any()).respond_with(Endless { bytes, asked: 0.into() }).mount(&server).await;
    (server, api)
}

fn why(failure: Result<Vec<Opportunity>, Error>) -> String {
    match failure {
        Err(Error::OurFault { status: None, message }) => message,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_list_with_ever_new_tokens_is_left() {
    let (server, api) = endless(10).await;
    let all = api.opportunities(&OpportunityFilter::default()).all().await;
    assert!(why(all).contains("more than 1000 pages"));
    assert_eq!(requests(&server).await.len(), 1_000);
}

#[tokio::test]
async fn a_list_that_would_fill_the_memory_is_left() {
    const MIB: usize = 1024 * 1024;
    let (server, api) = endless(9 * MIB).await;
    let all = api.opportunities(&OpportunityFilter::default()).all().await;
    assert!(why(all).contains("more than 64 MiB"));
    assert_eq!(requests(&server).await.len(), 8, "eight of nine MiB are more than 64");
    // Page by page nothing is kept, so as many as there are can be read.
    let mut pages = api.opportunities(&OpportunityFilter::default());
    for _ in 0..9 {
        assert!(pages.next().await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_failed_page_can_be_asked_for_again() {
    let (server, api) = start().await;
    Mock::given(query_param_is_missing("offset")).respond_with(page(&["1"], Some("t1"))).mount(&server).await;
    Mock::given(query_param("offset", "t1"))
        .respond_with(ResponseTemplate::new(503))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(query_param("offset", "t1")).respond_with(page(&["2"], None)).mount(&server).await;
    let mut pages = api.opportunities(&OpportunityFilter::default());
    pages.next().await.unwrap();
    assert!(pages.next().await.unwrap_err().is_transient());
    let second = pages.next().await.unwrap().unwrap();
    assert_eq!(ids(&second.items), ["2"]);
    assert!(!second.restarted);
}

#[tokio::test]
async fn a_filter_says_what_it_means() {
    let (server, api) = answering(page(&[], None)).await;
    let at = |ms| jiff::Timestamp::from_millisecond(ms).unwrap();
    let filter = OpportunityFilter {
        stages: vec!["applicant-new".into(), "offer".into()],
        postings: vec!["p".into()],
        contact: Some("c".into()),
        email: Some("a+b@c.test".to_owned()),
        tag: Some("Alva:screening".to_owned()),
        origin: Some(Origin::Internal),
        archived: Some(false),
        confidential: true,
        created: TimeRange { start: Some(at(1)), end: Some(at(2)) },
        updated: TimeRange::since(at(3)),
        advanced: TimeRange { start: None, end: Some(at(4)) },
        archived_at: TimeRange::since(at(5)),
        expand: vec![Expand::Applications, Expand::Contact, Expand::Stage, Expand::Owner],
    };
    api.opportunities(&filter).all().await.unwrap();
    let sent: Vec<_> = requests(&server).await[0].url.query_pairs().into_owned().collect();
    let expected = [
        ("stage_id", "applicant-new"),
        ("stage_id", "offer"),
        ("posting_id", "p"),
        ("contact_id", "c"),
        ("email", "a+b@c.test"),
        ("tag", "Alva:screening"),
        ("origin", "internal"),
        ("archived", "false"),
        ("confidentiality", "all"),
        ("created_at_start", "1"),
        ("created_at_end", "2"),
        ("updated_at_start", "3"),
        ("advanced_at_end", "4"),
        ("archived_at_start", "5"),
        ("expand", "applications"),
        ("expand", "contact"),
        ("expand", "stage"),
        ("expand", "owner"),
        ("limit", "100"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(sent, expected);
}

#[tokio::test]
async fn each_list_has_its_address() {
    let (server, api) = answering(page(&[], None)).await;
    let id: OpportunityId = "o".into();
    api.stages().await.unwrap();
    api.users().await.unwrap();
    api.users_by_email("a@b.test").await.unwrap();
    api.postings(Some(&PostingState::Published)).all().await.unwrap();
    api.deleted_opportunities(TimeRange::since(jiff::Timestamp::UNIX_EPOCH)).all().await.unwrap();
    api.applications(&id).await.unwrap();
    api.notes(&id).await.unwrap();
    api.files(&id).await.unwrap();
    api.archive_reasons().await.unwrap();
    api.sources().await.unwrap();
    api.tags().await.unwrap();
    api.webhooks().await.unwrap();
    let asked: Vec<_> = api.trace().drain().into_iter().map(|call| call.path).collect();
    assert_eq!(
        asked,
        [
            "/stages?limit=100",
            "/users?limit=100",
            "/users?email=a%40b.test&limit=100",
            "/postings?state=published&distributionChannel=public&distributionChannel=internal&limit=100",
            "/opportunities/deleted?deleted_at_start=0&limit=100",
            "/opportunities/o/applications?limit=100",
            "/opportunities/o/notes?limit=100",
            "/opportunities/o/files?limit=100",
            "/archive_reasons?limit=100",
            "/sources?limit=100",
            "/tags?limit=100",
            "/webhooks?limit=100",
        ]
    );
    assert_eq!(requests(&server).await.len(), 12);
}

#[tokio::test]
async fn a_token_that_comes_in_a_circle_never_ends() {
    let (server, api) = start().await;
    for (offset, next) in [("t1", "t2"), ("t2", "t3"), ("t3", "t1")] {
        Mock::given(query_param("offset", offset))
            .respond_with(page(&["x"], Some(next)))
            .mount(&server)
            .await;
    }
    Mock::given(query_param_is_missing("offset")).respond_with(page(&["1"], Some("t1"))).mount(&server).await;
    let all = api.opportunities(&OpportunityFilter::default()).all().await;
    assert!(matches!(all, Err(Error::OurFault { status: None, .. })), "{all:?}");
    assert_eq!(requests(&server).await.len(), 4);
}

#[tokio::test]
async fn an_offset_that_looks_encoded_is_encoded_once_more() {
    // As recorded from a live account (wire notes §8): percent-encoded JSON.
    let token = "%5B3%2C1491435120000%2C%225599cc20-8b3a-4d1c-9d6e-0a1b2c3d4e5f%22%5D";
    let (server, api) = start().await;
    Mock::given(query_param_is_missing("offset"))
        .respond_with(page(&["1"], Some(token)))
        .mount(&server)
        .await;
    Mock::given(query_param("offset", token)).respond_with(page(&["2"], None)).mount(&server).await;
    let all = api.opportunities(&OpportunityFilter::default()).all().await.unwrap();
    assert_eq!(ids(&all), ["1", "2"]);
    let query = requests(&server).await[1].url.query().unwrap().to_owned();
    assert!(query.contains("offset=%255B3%252C1491435120000%252C%25225599cc20"), "{query}");
}
