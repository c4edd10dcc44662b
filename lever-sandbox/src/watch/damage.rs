//! Answers of the API that aren't what Lever has now, or can't be read as a whole.

use actix_web::body::{BoxBody, to_bytes};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::{Error, HttpResponse};
use serde_json::{Value, json};

/// Whether one opportunity is asked for, and nothing below it.
pub fn is_opportunity(request: &ServiceRequest) -> bool {
    let mut parts = request.path().split('/').filter(|part| !part.is_empty());
    request.method() == Method::GET
        && (parts.next(), parts.next()) == (Some("v1"), Some("opportunities"))
        && parts.next().is_some_and(|id| id != "deleted")
        && parts.next().is_none()
}

/// The answer after a change to its body; what isn't JSON, or wasn't answered well, stays as it is.
pub async fn edited(
    response: ServiceResponse<BoxBody>,
    edit: fn(&mut Value),
) -> Result<ServiceResponse<BoxBody>, Error> {
    if !response.status().is_success() {
        return Ok(response);
    }
    let (request, response) = response.into_parts();
    let (mut response, body) = response.into_parts();
    let body = to_bytes(body).await.map_err(actix_web::error::ErrorInternalServerError)?;
    let body = match serde_json::from_slice::<Value>(&body) {
        Ok(mut answer) => {
            edit(&mut answer);
            BoxBody::new(answer.to_string())
        }
        Err(_) => BoxBody::new(body),
    };
    response.headers_mut().remove(header::CONTENT_LENGTH);
    let response: HttpResponse = response.set_body(body);
    Ok(ServiceResponse::new(request, response))
}

/// As before the last change of the stage; an opportunity that was in one stage only stays as it is.
pub fn stale(answer: &mut Value) {
    let opportunity = &mut answer["data"];
    let Some(changes) = opportunity["stageChanges"].as_array_mut().filter(|changes| changes.len() > 1) else {
        return;
    };
    changes.pop();
    let before = changes.last().map(|change| change["toStageId"].clone());
    if let Some(before) = before {
        // Expanded, or an id alone.
        let stage = &mut opportunity["stage"];
        *(if stage.is_object() { &mut stage["id"] } else { stage }) = before;
    }
}

/// Rows that are none, or have no id, before, between and after the list's own.
pub fn with_odd_rows(answer: &mut Value) {
    let Some(rows) = answer["data"].as_array_mut() else { return };
    rows.insert(0, Value::Null);
    rows.insert(rows.len() / 2, json!({"name": "A row without an id"}));
    rows.push(json!("text"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_opportunity_goes_back_one_stage() {
        let changes = json!([{"toStageId": "a"}, {"toStageId": "b"}, {"toStageId": "c"}]);
        let mut answer = json!({"data": {"stage": "c", "stageChanges": changes}});
        stale(&mut answer);
        let left = json!([{"toStageId": "a"}, {"toStageId": "b"}]);
        assert_eq!(answer, json!({"data": {"stage": "b", "stageChanges": left}}));
        let only = json!({"data": {"stage": "a", "stageChanges": [{"toStageId": "a"}]}});
        let mut answer = only.clone();
        stale(&mut answer);
        assert_eq!(answer, only);
    }

    #[test]
    fn a_list_keeps_its_own_rows() {
        let mut answer = json!({"data": [1, 2], "hasNext": false});
        with_odd_rows(&mut answer);
        assert_eq!(answer["data"], json!([null, {"name": "A row without an id"}, 1, 2, "text"]));
    }
}
