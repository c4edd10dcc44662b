//! Answers of which hardly more than the tokens can be read.

use super::*;

/// Whatever else is odd about an answer, the tokens in it are found: nobody gets them a second time.
#[tokio::test]
async fn a_rotated_token_is_found_in_what_can_hardly_be_read() {
    let whole = r#""access_token":"an-access-token","refresh_token":"v1.the/rotated_one-1""#;
    for body in [
        format!("{{\"x\":\"a\u{1}b\",{whole}}}"),
        format!("{{\"x\":NaN,{whole},\"y\":007}}"),
        format!("{{\"x\":\"a\nb\\q\",{whole},}}"),
        format!("{{{whole}}}\n<!-- served by gateway 7 -->"),
        format!("{{{whole}}}{{\"again\":1}}"),
        format!(r#"{{"data":{{{whole}}}}}"#),
        format!(r#"{{"data":{{"data":{{{whole}}}}}}}"#),
        format!(r#"{{"status":"ok","result":{{{whole}}}}}"#),
        format!("[{{{whole}}}]"),
        Value::from(format!("{{{whole}}}")).to_string(),
        "token_type=Bearer&access_token=an-access-token&refresh_token=v1.the%2Frotated_one-1".to_owned(),
        // No JSON that can be put right.
        format!("{{\"x\":\"say \"hi\", you\",{whole}}}"),
        format!("{{\"x\":0x1F,{whole}}}"),
        format!("{{{whole},\"expires_in\":36"),
        format!("for (;;);{{{whole}}}"),
        "{'access_token': 'an-access-token', 'refresh_token': 'v1.the/rotated_one-1'}".to_owned(),
        r#"{"n":0x1,"access_token" : "an-access-token", "refresh_token":"v1.the\/rotated_one-1"}"#.to_owned(),
    ] {
        let (_server, oauth) = server(ResponseTemplate::new(200).set_body_string(body.clone())).await;
        let grant = oauth.refresh(&"the old token".into()).await.unwrap_or_else(|e| panic!("{body}: {e:?}"));
        assert_eq!(grant.access_token.expose_secret(), "an-access-token", "{body}");
        assert_eq!(grant.refresh_token.unwrap().expose_secret(), "v1.the/rotated_one-1", "{body}");
    }
    // The refresh token alone counts, and is not shown.
    for body in [
        r#"{"access_token":"cut "here"","refresh_token":"v1.the/rotated_one-1"}"#,
        r#"{"n":0x1,"access_token":7,"refresh_token":"v1.the/rotated_one-1"}"#,
        "refresh_token=v1.the%2Frotated_one-1",
        r#"[{"refresh_token":"v1.the/rotated_one-1"}]"#,
    ] {
        let (_server, oauth) = server(ResponseTemplate::new(200).set_body_string(body)).await;
        let error = oauth.refresh(&"the old token".into()).await.unwrap_err();
        let OAuthError::OnlyRotated { refresh_token, .. } = &error else { panic!("{body}: {error:?}") };
        assert_eq!(refresh_token.token().expose_secret(), "v1.the/rotated_one-1");
        assert!(!format!("{error} {error:?}").contains("rotated_one"), "{error:?}");
    }
    // What is cut, short, or stands beside another name is no token.
    for body in [
        r#"{"n":0x1,"refresh_token":"v1.the/rotated_o"#,
        r#"{"access_token":"an-access-token","refresh_token":"v1.the/rotated_o"#,
        r#"{"access_token":"an-access-token","refresh_token": "#,
        r#"{"refresh_token":"v1.the/ro"ta"ted_o,"access_token":"an-access-token"}"#,
        r#"{"n":0x1,"refresh_token":"","old_refresh_token":"v1.the/rotated_one-1"}"#,
        r#"{"n":0x1,"refresh_token":null,"x":"v1.the/rotated_one-1"}"#,
        "grant_type=refresh_token&client_id=v1.the-rotated-one",
        "<p>refresh_token: see the guide</p>",
    ] {
        let (_server, oauth) = server(ResponseTemplate::new(200).set_body_string(body)).await;
        let error = oauth.refresh(&"the old token".into()).await.unwrap_err();
        assert!(matches!(error, OAuthError::AnswerLost { .. }), "{body}: {error:?}");
        assert!(!format!("{error} {error:?}").contains("v1.the"), "{error:?}");
    }
}

/// An answer that never had a refresh token leaves the one before good, whatever else it says.
#[tokio::test]
async fn a_whole_answer_without_a_refresh_token_is_one() {
    for body in [
        r#"{"access_token":"an-access-token"}"#,
        r#"{"access_token":"an-access-token","refresh_token":null}"#,
        r#"{"access_token":"an-access-token","grant_type":"refresh_token"}"#,
    ] {
        let (_server, oauth) = server(ResponseTemplate::new(200).set_body_string(body)).await;
        let grant = oauth.refresh(&"the old token".into()).await.unwrap_or_else(|e| panic!("{body}: {e:?}"));
        assert!(grant.refresh_token.is_none(), "{body}");
    }
}
