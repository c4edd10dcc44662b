//! Everything that is kept of a candidate's tests, for the candidate to take along.

use super::kept_results::SealedPart;
use super::{
    AnswersError, TestEngine, TestSessionError, agreements, more_time, results, reviews, store, verification,
};
use crate::db::Conn;
use crate::invitations::Invitation;
use crate::invitations::candidates::candidate;
use crate::time::Timestamp;
use assessment::Texts;
use assessment::calibrate::TaskAnswer;
use assessment::personality::{Answer, Statement};
use assessment::provider::TestResult;
use assessment::session::PersonalityRun;
use serde_json::{Value, json};

fn day(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| json!(at.rfc3339()))
}

/// The data in a form that machines read and people can. Statements are in this language. Tasks are numbered and not shown,
/// so that nobody can pass them on.
///
/// # Errors
/// When the answers cannot be read, or the database refuses.
pub fn of_invitation(
    conn: &mut Conn,
    engine: &TestEngine,
    invitation: &Invitation,
    texts: &Texts,
) -> Result<Value, TestSessionError> {
    let person = candidate(conn, &invitation.candidate_id)?;
    let mut data = json!({
        "person": { "name": person.name, "email": person.email, "source": "Lever" },
        "invitation": {
            "posting": invitation.posting_title,
            "reason": invitation.reason.to_string(),
            "made": day(Some(invitation.created_at)),
            "mailed": day(invitation.sent_at),
            "opened": day(invitation.opened_at),
            "asked_for_more_time": day(more_time::asked_at(conn, &invitation.id)?),
            "time_percent": invitation.time_percent,
        },
    });
    let Some(row) = store::find(conn, &invitation.id)? else { return Ok(data) };
    let agreed = agreements::of_version(conn, &row.agreed_version)?;
    data["agreed"] = json!({
        "at": day(Some(row.started_at)),
        "version": row.agreed_version,
        "language": agreed.as_ref().map(|agreed| &agreed.language),
        "text": agreed.as_ref().map(|agreed| &agreed.text),
    });
    data["review"] = json!({
        "asked": day(row.review_asked_at),
        "text": reviews::said(engine.sealer(), &invitation.id, row.review_sealed.as_ref()),
        "answered": day(row.review_answered_at),
    });
    let task = |(number, task): (usize, &TaskAnswer)| {
        json!({
            "task": number + 1,
            "chosen": task.choice.map(|choice| choice + 1),
            "solved": task.right,
            "counts": !task.pilot,
            "seconds": task.time_ms as f64 / 1000.0,
            "ran_out_of_time": task.timed_out,
            "page_left": task.left,
        })
    };
    // Answers at an outside provider are not here.
    if let Ok(sitting) = engine.open(&invitation.id, &row.answers_sealed) {
        let answers = sitting.answers();
        data["logic_answers"] = answers.logic.iter().enumerate().map(task).collect();
        let given = sitting.personality.as_ref().map(PersonalityRun::given).unwrap_or_default();
        let statement = |(statement, answer): &(Statement, Answer)| {
            let words = &texts.answers_of(statement.questionnaire())[usize::from(answer.value()) - 1];
            json!({ "statement": statement.text(texts), "answer": answer.value(), "in_words": words })
        };
        data["statements_version"] =
            json!(sitting.personality.as_ref().map(PersonalityRun::statements_version));
        data["personality_answers"] = given.iter().map(statement).collect();
        data["may_improve_the_tests"] = json!(sitting.may_improve);
    }
    if let Some(sealed) = &row.result_sealed {
        let result: TestResult = SealedPart::Result.open(engine.sealer(), &invitation.id, sealed)?;
        data["result"] = serde_json::to_value(result).map_err(AnswersError::from)?;
    }
    data["finished"] = day(row.finished_at);
    // What the company sees of it beside the scores.
    let outcome = results::of_invitation(conn, engine.sealer(), &invitation.id)?;
    if let Some((fit, profile)) = outcome.and_then(|outcome| Some((outcome.fit?, outcome.profile))) {
        let (low, high) = fit.range();
        data["role_fit"] =
            json!({ "percent": fit.percent, "low": low, "high": high, "profile": profile.name });
    }
    if let Some(second) = verification::of_invitation(conn, engine.sealer(), &invitation.id)? {
        let given = verification::answers_of(conn, engine, &invitation.id)?;
        let agreed = agreements::of_version(conn, &second.agreed_version)?;
        data["verification"] = json!({
            "agreed": {
                "at": day(second.started_at),
                "version": second.agreed_version,
                "language": agreed.as_ref().map(|agreed| &agreed.language),
                "text": agreed.as_ref().map(|agreed| &agreed.text),
            },
            "finished": day(second.finished_at),
            "result": second.second,
            "points_from_the_first": second.apart.map(|(apart, _)| apart),
            "p": second.apart.map(|(_, chance)| chance),
            "logic_answers": given.iter().enumerate().map(task).collect::<Value>(),
        });
    }
    Ok(data)
}
