#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::json;

use crate::delivery::*;
use crate::signature;

fn body(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut body = json!({
        "id": "8f3c", "event": "candidateStageChange", "triggeredAt": 1_795_403_634_284_i64,
        "token": "3563", "signature": "a621f5",
        "data": {"opportunityId": "o", "contactId": "c", "candidateId": "p",
            "fromStageId": "lead-new", "toStageId": "4d64f338"}
    });
    change(&mut body);
    serde_json::to_vec(&body).unwrap()
}

fn why(body: impl AsRef<[u8]>) -> String {
    parse(body.as_ref()).unwrap_err().to_string()
}

#[test]
fn reads_what_lever_sends() {
    let delivery = parse(&body(|_| {})).unwrap();
    assert_eq!(delivery.id.as_deref(), Some("8f3c"));
    assert_eq!(delivery.event, Some(Event::CandidateStageChange));
    assert_eq!(delivery.triggered_at_text, "1795403634284");
    assert_eq!(delivery.triggered_at_ms, 1_795_403_634_284);
    assert_eq!(delivery.triggered_at().unwrap().to_string(), "2026-11-23T03:13:54.284Z");
    assert_eq!(delivery.token, "3563");
    assert_eq!(delivery.signature.as_deref(), Some("a621f5"));
    let data = delivery.data;
    assert_eq!(data.opportunity_id, Some("o".into()));
    assert_eq!(data.contact_id, Some("c".into()));
    assert_eq!(data.candidate_id.as_deref(), Some("p"));
    assert_eq!(data.from_stage_id, Some("lead-new".into()));
    assert_eq!(data.to_stage_id, Some("4d64f338".into()));
}

#[test]
fn reads_every_event() {
    for event in Event::KNOWN {
        let delivery = parse(&body(|b| b["event"] = event.as_str().into())).unwrap();
        assert_eq!(delivery.event.as_ref(), Some(event));
        assert!(!matches!(event, Event::Unknown(_)));
    }
    let delivery = parse(&body(|b| b["event"] = "candidateMerged".into())).unwrap();
    assert_eq!(delivery.event, Some(Event::Unknown("candidateMerged".to_owned())));
    let delivery = parse(&body(|b| {
        b["event"] = "candidateArchiveChange".into();
        b["data"] = json!({"opportunityId": "o", "fromArchived": null,
            "toArchived": {"archivedAt": 1000, "reason": "r"}});
    }))
    .unwrap();
    assert_eq!(delivery.data.from_archived, None);
    let archived = delivery.data.to_archived.unwrap();
    assert_eq!(archived.archived_at.unwrap().as_millisecond(), 1000);
    assert_eq!(archived.reason, Some("r".into()));
    let delivery = parse(&body(|b| {
        b["data"] = json!({"deletedBy": "u", "applicationId": "a", "interviewId": "i",
            "panelId": "p", "accountId": "l", "somethingNew": [1]});
    }))
    .unwrap();
    assert_eq!(delivery.data.deleted_by, Some("u".into()));
    assert_eq!(delivery.data.application_id, Some("a".into()));
    assert_eq!(delivery.data.interview_id, Some("i".into()));
    assert_eq!(delivery.data.panel_id, Some("p".into()));
    assert_eq!(delivery.data.account_id, Some("l".into()));
}

#[test]
fn what_may_be_missing_may_be_missing_null_or_empty() {
    let least = parse(br#"{"token":"t","triggeredAt":1}"#).unwrap();
    assert_eq!(least.data, DeliveryData::default());
    assert_eq!(least.event, None);
    assert_eq!(least.id, None);
    assert_eq!(least.signature, None);
    for name in ["id", "event", "signature", "data"] {
        assert!(parse(&body(|b| b[name] = Value::Null)).is_ok(), "{name}");
    }
    for empty in [json!(null), json!("")] {
        let delivery = parse(&body(|b| b["data"]["opportunityId"] = empty)).unwrap();
        assert_eq!(delivery.data.opportunity_id, None);
        assert_eq!(delivery.data.contact_id, Some("c".into()));
    }
    let blank = parse(&body(|b| b["signature"] = "  ".into())).unwrap();
    assert_eq!(blank.signature, None);
}

#[test]
fn names_the_field_of_a_wrong_type() {
    for (name, wrong) in [
        ("token", json!(7)),
        ("token", json!("")),
        ("token", json!(null)),
        ("token", json!(["t"])),
        ("triggeredAt", json!(null)),
        ("triggeredAt", json!(true)),
        ("triggeredAt", json!({})),
        ("triggeredAt", json!("soon")),
        ("triggeredAt", json!("")),
        ("triggeredAt", json!("NaN")),
        ("triggeredAt", json!("inf")),
        ("triggeredAt", json!(1.5)),
        ("event", json!(7)),
        ("event", json!({})),
        ("signature", json!(7)),
        ("signature", json!(false)),
        ("data", json!("text")),
        ("data", json!(["o"])),
        ("data", json!(7)),
    ] {
        let why = why(body(|b| b[name] = wrong.clone()));
        assert!(why.starts_with(name), "{name} = {wrong}: {why}");
    }
    assert_eq!(why(body(|b| b["data"]["opportunityId"] = 7.into())), "data.opportunityId must be text");
    assert_eq!(why(br#"{"triggeredAt":1}"#), "token is missing");
    assert_eq!(why(br#"{"token":"t"}"#), "triggeredAt is missing");
}

/// What a delivery can do without is missing where it can't be read, and what it needs is there.
#[test]
fn what_is_not_needed_cannot_cost_a_delivery() {
    let long = json!("x".repeat(256));
    for odd in
        [json!(7), json!(true), json!({}), json!([]), json!("a\u{0}b"), json!("a b"), json!("../x"), long]
    {
        for name in [
            "contactId",
            "candidateId",
            "applicationId",
            "fromStageId",
            "toStageId",
            "deletedBy",
            "interviewId",
            "panelId",
            "accountId",
        ] {
            let delivery = parse(&body(|b| b["data"][name] = odd.clone())).unwrap();
            assert_eq!(delivery.data.opportunity_id, Some("o".into()), "{name} = {odd}");
            let kept = match name {
                "contactId" => delivery.data.contact_id.is_some(),
                "toStageId" => delivery.data.to_stage_id.is_some(),
                _ => false,
            };
            assert!(!kept, "{name} = {odd}");
        }
    }
    for odd in [json!(7), json!({}), json!("a\nb"), json!("x".repeat(256))] {
        let delivery = parse(&body(|b| b["id"] = odd.clone())).unwrap();
        assert_eq!(delivery.id, None, "{odd}");
        assert_eq!(delivery.data.opportunity_id, Some("o".into()));
    }
    let half = parse(br#"{"token":"t","triggeredAt":1,"data":{"opportunityId":"o","toStageId":"\ud83d"}}"#);
    assert_eq!(
        half.unwrap().data,
        DeliveryData { opportunity_id: Some("o".into()), ..DeliveryData::default() }
    );
    for nothing in [json!(null), json!([]), json!(""), json!(" ")] {
        let delivery = parse(&body(|b| b["data"] = nothing.clone())).unwrap();
        assert_eq!(delivery.data, DeliveryData::default(), "{nothing}");
    }
}

#[test]
fn refuses_what_is_no_delivery() {
    assert_eq!(why(b""), "the body is empty");
    assert_eq!(why(b" \r\n"), "the body is empty");
    for body in ["[]", "7", "null", "\"text\"", "[{}]"] {
        assert_eq!(why(body), "the body is JSON, but not an object");
    }
    for body in ["{", "{}x", "token=t", "{\"a\":\"x}", "{\"a\":\"\\"] {
        assert!(why(body).starts_with("the body is not JSON"), "{body}");
    }
    let deep =
        |n: usize| format!(r#"{{"token":"t","triggeredAt":1,"x":{}{}}}"#, "[".repeat(n), "]".repeat(n));
    // What nobody reads costs nothing, however deep it is.
    for n in [100, 128, 150, 1000, 100_000] {
        assert!(parse(deep(n).as_bytes()).is_ok(), "{n}");
    }
    let cut = format!(r#"{{"token":"t","triggeredAt":1,"x":{}"#, "[".repeat(100_000));
    assert_eq!(why(cut), "the body is nested too deeply");
}

#[test]
fn of_a_key_that_comes_twice_the_last_counts() {
    let (at, key) = ("1795403634284", b"the key");
    let signature = signature::sign(key, "last", at);
    let body = format!(
        r#"{{"token":"first","triggeredAt":1,"signature":"00","event":"candidateHired","id":null,
            "data":{{"opportunityId":"x"}},"tok\u0065n":"last","triggeredAt":"{at}","signature":"{signature}",
            "event":"candidateDeleted","other":1,"other":[2],"data":{{"opportunityId":"a","opportunityId":"b"}}}}"#
    );
    let delivery = parse(body.as_bytes()).unwrap();
    assert_eq!((delivery.token.as_str(), delivery.triggered_at_text.as_str()), ("last", at));
    assert_eq!(delivery.event, Some(Event::CandidateDeleted));
    assert_eq!(delivery.data.opportunity_id, Some("b".into()));
    assert!(delivery.is_signed_by(key));
    // A last one that is null or cannot be read is that: the one before does not come in for it.
    let without = r#"{"token":"t","token":null,"triggeredAt":1,"data":{"opportunityId":"a"}}"#;
    assert_eq!(why(without), "token is missing");
    let number = r#"{"token":"t","token":7,"triggeredAt":1}"#;
    assert_eq!(why(number), "token must be text");
}

#[test]
fn keeps_the_time_as_it_was_sent() {
    for (sent, text, ms) in [
        ("1795403634284", "1795403634284", 1_795_403_634_284),
        ("\"1795403634284\"", "1795403634284", 1_795_403_634_284),
        (" 1795403634284 ", "1795403634284", 1_795_403_634_284),
        ("1.795403634284e12", "1.795403634284e12", 1_795_403_634_284),
        ("1.79E12", "1.79E12", 1_790_000_000_000),
        ("1795403634284.0", "1795403634284.0", 1_795_403_634_284),
        ("\"1.79e12\"", "1.79e12", 1_790_000_000_000),
        ("0", "0", 0),
        ("-1", "-1", -1),
        ("9223372036854775807", "9223372036854775807", i64::MAX),
        ("\"007\"", "007", 7),
    ] {
        let body = format!(r#"{{"token":"t","triggeredAt":{sent}}}"#);
        let delivery = parse(body.as_bytes()).unwrap();
        assert_eq!(delivery.triggered_at_text, text);
        assert_eq!(delivery.triggered_at_ms, ms, "{sent}");
    }
    for sent in ["9223372036854775808", "1e300", "99999999999999999999999"] {
        let body = format!(r#"{{"token":"t","triggeredAt":{sent}}}"#);
        assert_eq!(why(body), "triggeredAt is out of range");
    }
    let zeros = format!(r#"{{"token":"t","triggeredAt":1.{}}}"#, "0".repeat(300));
    assert_eq!(why(zeros), "triggeredAt is longer than 255 bytes");
    let far = parse(br#"{"token":"t","triggeredAt":9223372036854775807}"#).unwrap();
    assert_eq!(far.triggered_at(), None);
}

#[test]
fn refuses_texts_that_no_database_keeps() {
    assert_eq!(why(body(|b| b["token"] = "a\0b".into())), "token holds a control character");
    assert_eq!(why(body(|b| b["event"] = "a\n".into())), "event holds a control character");
    assert_eq!(
        why(body(|b| b["data"]["opportunityId"] = "x".repeat(256).into())),
        "data.opportunityId is longer than 128 bytes"
    );
    assert!(parse(&body(|b| b["token"] = "x".repeat(1024).into())).is_ok());
    assert_eq!(why(body(|b| b["token"] = "x".repeat(1025).into())), "token is longer than 1024 bytes");
}

#[test]
fn a_signature_is_over_the_text_as_sent() {
    let key = b"a signing token";
    for sent in ["1795403634284", "\"1795403634284\"", "1.795403634284e12"] {
        let signed = signature::sign(key, "t", sent.trim_matches('"')).to_uppercase();
        let body = format!(r#"{{"token":"t","triggeredAt":{sent},"signature":" {signed} "}}"#);
        let delivery = parse(body.as_bytes()).unwrap();
        assert!(delivery.is_signed_by(key), "{sent}");
        assert!(!delivery.is_signed_by(b"another"));
    }
    let unsigned = parse(br#"{"token":"t","triggeredAt":1}"#).unwrap();
    assert!(!unsigned.is_signed_by(key));
}

proptest! {
    #[test]
    fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn takes_every_signed_delivery(token in "[a-f0-9]{1,64}", at in any::<i64>(), key in "[ -~]{1,80}") {
        let signed = signature::sign(key.as_bytes(), &token, &at.to_string());
        let body = json!({"token": token, "triggeredAt": at, "signature": signed}).to_string();
        let delivery = parse(body.as_bytes()).unwrap();
        prop_assert!(delivery.is_signed_by(key.as_bytes()));
        prop_assert_eq!(delivery.triggered_at_ms, at);
    }
}

/// The body that Lever's documentation prints for **Verify Connection**, compact.
fn check(signature: &str) -> String {
    format!(
        r#"{{"triggeredAt":1795403634284,"event":"candidateHired","data":{{}},{signature}"token":"3563"}}"#
    )
}

#[test]
fn a_check_of_the_connection_is_one_signed_or_not() {
    for body in [
        check(r#""signature":"a621f5","#),
        check(r#""signature":"","#),
        check(r#""signature":null,"#),
        check(""),
        r#"{"triggeredAt":1795403634284,"event":"candidateHired","data":{}}"#.to_owned(),
        r#"{"triggeredAt":1795403634284,"event":"candidateHired","data":{},"token":null}"#.to_owned(),
        r#"{"triggeredAt":"1795403634284","event":"candidateHired","data":{},"token":""}"#.to_owned(),
        r#"{"id":"8f3c","triggeredAt":1,"event":"candidateHired","data":{ },"token":"t"}"#.to_owned(),
    ] {
        let delivery = parse(body.as_bytes()).unwrap();
        assert!(delivery.is_check, "{body}");
    }
    // What says something of somebody is none, and needs its token.
    for data in ["null", r#"{"opportunityId":"o"}"#, r#"{"candidateId":"c"}"#, r#"{"unknown":1}"#] {
        let body = format!(r#"{{"triggeredAt":1,"token":"t","data":{data}}}"#);
        assert!(!parse(body.as_bytes()).unwrap().is_check, "{data}");
        assert_eq!(why(format!(r#"{{"triggeredAt":1,"data":{data}}}"#)), "token is missing");
    }
    // Signed with nothing to sign.
    assert_eq!(why(r#"{"triggeredAt":1,"data":{},"signature":"a621f5"}"#), "token is missing");
}

#[test]
fn damage_in_a_key_that_nobody_reads_costs_nothing() {
    let cut = parse(br#"{"token":"t","triggeredAt":1,"note":"Dev \ud83d","n":1e999}"#).unwrap();
    assert_eq!(cut.token, "t");
    for damaged in ["\"a\u{1}b\"", "\"a\nb\"", "\"a\0b\"", r#""\x41""#, "NaN", "[007,]"] {
        let body = format!(r#"{{"token":"t","triggeredAt":1,"note":{damaged},"data":{{"x":{damaged}}}}}"#);
        assert_eq!(parse(body.as_bytes()).unwrap().token, "t", "{damaged}");
    }
    assert!(parse(b"{\"token\":\"t\",\"triggeredAt\":1,\"note\":\"\xff\"}").is_ok());
    assert!(parse("\u{feff}{\"token\":\"t\",\"triggeredAt\":1}".as_bytes()).is_ok());
    assert_eq!(
        why(br#"{"token":"t","triggeredAt":1,"data":{"opportunityId":"\ud83d"}}"#),
        "data.opportunityId holds what no id does"
    );
}

#[test]
fn digits_that_wander_make_no_new_delivery() {
    let of = |token: &str, at: &str| {
        parse(format!(r#"{{"token":"{token}","triggeredAt":{at}}}"#).as_bytes()).unwrap().fingerprint()
    };
    let first = of("ab12", "1795403634284");
    // Computed with `printf ab121795403634284 | sha256sum`.
    assert_eq!(hex::encode(first), "39b614eab0ef4963098537632ec6e967e5197d224fd2f6f301e6876b20995acc");
    assert_eq!(of("ab121", "795403634284"), first);
    assert_eq!(of("ab12", "\"1795403634284\""), first);
    assert_ne!(of("ab12", "1795403634285"), first);
    assert_ne!(of("ab13", "1795403634284"), first);
}

#[test]
fn a_time_is_plausible_for_thirty_days() {
    let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    let at = |text: &str| text.parse::<Timestamp>().unwrap().as_millisecond();
    for text in
        ["2026-11-23T12:00:00Z", "2026-11-23T12:10:00Z", "2026-11-09T12:00:00Z", "2026-10-24T12:00:00Z"]
    {
        assert_eq!(plausible(at(text), now).unwrap().as_millisecond(), at(text));
    }
    assert_eq!(plausible(at("2026-11-23T12:10:01Z"), now), Err(Implausible::Future));
    assert_eq!(plausible(at("2036-11-23T12:00:00Z"), now), Err(Implausible::Future));
    assert_eq!(plausible(at("2026-10-24T11:59:59Z"), now), Err(Implausible::TooOld));
    for ms in [0, -1, 7, 999_999_999_999, 10_000_000_000_000, i64::MAX, i64::MIN, 1_795_403_634] {
        assert_eq!(plausible(ms, now), Err(Implausible::NotMilliseconds), "{ms}");
    }
}
