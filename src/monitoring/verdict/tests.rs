//! The table of the specification: each thing that can be known, the part that it belongs to and how bad it is. Every
//! one alone, every pair and every three of them must come to the worst.

use super::known::Known;
use super::table::{HOUR, NOW, Row, TABLE, ago, counted, ended, found, silent, webhook, well};
use super::*;
use crate::integrations::State;
use crate::integrations::checklist::Arrival;
use crate::monitoring::check::{Checkup, Point, Report, Standing, What};
use crate::reasons::{Found, Reason};
use crate::reconciliation::RunCause;
use std::collections::BTreeSet;

fn judged(rows: &[&Row]) -> Verdict {
    let mut known = well();
    for (.., change) in rows {
        change(&mut known);
    }
    judge(&known)
}

fn check(rows: &[&Row]) {
    let names: Vec<&str> = rows.iter().map(|row| row.0).collect();
    let verdict = judged(rows);
    let worst = rows.iter().map(|row| row.2).max().unwrap_or(Level::Good);
    let expected = match worst {
        Level::Good => VerdictState::Active,
        Level::Unproven => VerdictState::Unproven,
        Level::Attention => VerdictState::NeedsYou,
        Level::Failed => VerdictState::NotWorking,
    };
    assert_eq!(verdict.state, expected, "{names:?}");
    // Nothing is left out, and nothing else is said.
    let open: BTreeSet<&str> = verdict.open().map(|part| part.code.as_str()).collect();
    let wanted: BTreeSet<&str> = rows.iter().map(|row| row.1.as_str()).collect();
    assert_eq!(open, wanted, "{names:?}");
    for (_, code, level, _) in rows {
        assert!(verdict.level(*code) >= *level, "{names:?}: {}", code.as_str());
    }
    // The sentence is that of the worst part; all is well only when every part is good.
    match verdict.open().next() {
        None => assert_eq!(verdict.words, "All well."),
        Some(part) => {
            assert_eq!((part.level, &part.words), (worst, &verdict.words), "{names:?}");
            assert!(!verdict.words.contains("well"), "{names:?}: {}", verdict.words);
        }
    }
    for part in &verdict.parts {
        assert!(portal().has(&format!("part-{}", part.code.as_str())), "{}", part.code.as_str());
        assert!(!part.words.starts_with("part-"), "no words for {}", part.words);
        assert!(part.fix.as_ref().is_none_or(|fix| fix.words.contains(' ')), "{:?}", part.fix);
    }
}

#[test]
fn the_verdict_is_the_worst_of_its_parts() {
    check(&[]);
    for (a, one) in TABLE.iter().enumerate() {
        check(&[one]);
        for (b, two) in TABLE.iter().enumerate().skip(a + 1) {
            check(&[one, two]);
            for three in TABLE.iter().skip(b + 1) {
                check(&[one, two, three]);
            }
        }
    }
    check(&TABLE.iter().collect::<Vec<_>>());
}

#[test]
fn a_clock_that_differs_by_more_than_a_minute_needs_somebody() {
    let level = |ahead| judge(&Known { clock_ahead_s: ahead, ..well() }).level(PartCode::Clock);
    for (ahead, expected) in [
        (-600, Level::Failed),
        (-599, Level::Attention),
        (-61, Level::Attention),
        (-60, Level::Good),
        (60, Level::Good),
        (61, Level::Attention),
        (86_400, Level::Attention),
    ] {
        assert_eq!(level(ahead), expected, "{ahead}");
    }
}

#[test]
fn an_integration_that_is_set_up_or_disconnected_is_nothing_else() {
    for row in TABLE {
        let mut known = Known { state: State::SettingUp, ..well() };
        row.3(&mut known);
        let verdict = judge(&known);
        assert_eq!(verdict.state, VerdictState::SettingUp, "{}", row.0);
        assert!(verdict.label.starts_with("Setting up, "), "{}", verdict.label);
        let mut known = Known { state: State::Disconnected, ..well() };
        row.3(&mut known);
        assert_eq!(judge(&known).state, VerdictState::Ended, "{}", row.0);
        known.state_reason = Reason::Text("access was revoked in Lever".into());
        let verdict = judge(&known);
        assert_eq!(verdict.state, VerdictState::Disconnected, "{}", row.0);
        assert_eq!(verdict.parts.len(), 1, "what was known before says nothing now");
        assert!(verdict.words.contains("revoked"), "{}", verdict.words);
    }
}

/// What the portal made is not taken for silent, and is not counted as heard from before it says something.
#[test]
fn only_what_was_heard_from_counts_as_heard() {
    let said =
        |known: &Known| judge(known).said_of(PartCode::Webhooks).expect("it is not good").words.clone();
    let mut known = Known { state: State::SettingUp, ..well() };
    known.webhooks.iter_mut().for_each(silent);
    known.webhooks[0].is_made = true;
    known.webhooks[1].is_made = true;
    let silent_ones = "Nothing has arrived yet from Candidate Hired, Candidate Deleted";
    assert!(said(&known).starts_with(&format!("0 of 4 webhooks have been heard from. {silent_ones}")));
    // A check, an event that is verified, and one that is not yet are heard alike.
    known.webhooks[0].tested_at = Some(ago(HOUR));
    assert!(said(&known).starts_with("1 of 4 webhooks have been heard from."), "{}", said(&known));
    known.webhooks[1].arrival = Arrival::Verified(ago(HOUR));
    known.webhooks[1].was_verified = true;
    assert!(said(&known).starts_with("2 of 4 webhooks have been heard from."), "{}", said(&known));
    known.webhooks[2].arrival = Arrival::Received(ago(HOUR));
    assert!(said(&known).starts_with("3 of 4 webhooks have been heard from."), "{}", said(&known));
    // What waits for its token was made by a person: nobody says that the portal made it.
    known.webhooks[3].tested_at = Some(ago(HOUR));
    let part = judge(&known).parts.into_iter().find(|part| part.code == PartCode::Webhooks);
    assert_eq!(part.expect("it is always there").words, "3 of 4 webhooks are verified.");
}

/// One token of four, as the published guide has it: never "all well", and what is missing is named.
#[test]
fn what_was_never_heard_from_is_not_well() {
    let mut known = well();
    for webhook in &mut known.webhooks {
        silent(webhook);
    }
    known.webhooks[0].tested_at = Some(ago(HOUR));
    let verdict = judge(&known);
    assert_eq!(verdict.state, VerdictState::Unproven);
    assert!(
        verdict.words.starts_with(
            "1 of 4 webhooks have been heard from. Nothing has arrived yet from Candidate Stage Change, Candidate \
             Hired, Candidate Deleted"
        ),
        "{}",
        verdict.words
    );
    // The second one is refused, because its token was never pasted: nobody says that it was regenerated.
    known.webhooks[1].arrival = Arrival::Unverified(ago(60_000));
    known.failing_since = Some(ago(60_000));
    let verdict = judge(&known);
    assert_eq!(verdict.state, VerdictState::NeedsYou);
    assert!(
        verdict.words.starts_with("The signing token of Candidate Stage Change is missing."),
        "{}",
        verdict.words
    );
    assert!(!verdict.summary().contains("regenerated"));
    // What the portal made is believed once one of them has been heard from.
    let mut known = well();
    for webhook in &mut known.webhooks {
        silent(webhook);
        webhook.is_made = true;
    }
    assert_eq!(judge(&known).state, VerdictState::Unproven, "no event yet");
    known.webhooks[1] = webhook("Candidate Stage Change");
    assert_eq!(judge(&known).state, VerdictState::Active);
}

/// Why signatures fail is said when Lever's list was read since, and else both is named that it may be.
#[test]
fn why_signatures_fail_is_not_guessed() {
    let mut known = well();
    known.failing_since = Some(ago(60_000));
    let words = judge(&known).words;
    assert!(
        words.contains("Either a signing token was regenerated in Lever, or somebody added a webhook"),
        "{words}"
    );
    known.webhooks_listed_at = Some(ago(70_000));
    assert_eq!(judge(&known).words, words, "read before it began");
    known.webhooks_listed_at = Some(ago(50_000));
    assert!(judge(&known).words.starts_with("The signing token was probably regenerated"));
    known.beside = vec!["candidateHired".into(), "candidateStageChange".into()];
    let words = judge(&known).words;
    let begin = "Somebody added webhooks for Candidate Hired, Candidate Stage Change with this URL in Lever";
    assert!(words.starts_with(begin) && !words.contains("regenerated"), "{words}");
}

/// Advice of a time before access was granted again, or before webhooks were made, is none.
#[test]
fn what_was_found_before_is_not_said_after() {
    let mut known = well();
    known.checkup = found(What::Access, Standing::Failed, Found::AccessRevoked);
    known.checked_at = None;
    assert_eq!(judge(&known).state, VerdictState::NotWorking);
    known.granted_at = Some(ago(60_000));
    assert_eq!(judge(&known).state, VerdictState::Active);
    let missing = Found::WebhooksMissing { events: vec!["candidateHired".into()] };
    known.granted_at = Some(ago(48 * HOUR));
    known.checkup = found(What::Webhooks, Standing::Failed, missing);
    assert_eq!(judge(&known).state, VerdictState::NeedsYou);
    known.made_at = Some(ago(60_000));
    assert_eq!(judge(&known).state, VerdictState::Active);
}

/// A test that Lever did not answer is not *all well*, until a check or an event since then shows that Lever answers.
#[test]
fn a_test_that_lever_did_not_answer_is_not_all_well() {
    for what in [What::Arrivals, What::Webhooks] {
        let why = Box::new(Reason::LeverUnavailable { detail: "HTTP 503".into() });
        let point = Point { what, standing: Standing::Unknown, found: Found::NotAnswered { why } };
        let mut known = well();
        known.checkup = Some(Checkup { at: NOW, report: Report { points: vec![point] } });
        assert_eq!(judge(&known).state, VerdictState::NeedsYou, "{what:?}");
        assert!(judge(&known).words.contains("HTTP 503"), "{}", judge(&known).words);
        known.checked_at = Some(Timestamp(NOW.0 + 1));
        assert_eq!(judge(&known).state, VerdictState::Active, "{what:?}");
    }
}

/// What was compared and counted without a difference is good, and what somebody's new settings found is no loss.
#[test]
fn what_agrees_with_levers_list_is_good() {
    let mut known = well();
    known.run = ended(|_| ());
    known.day = counted(5, 5, 5);
    assert_eq!(judge(&known).state, VerdictState::Active, "{}", judge(&known).words);
    known.run = ended(|run| (run.missing, run.cause) = (3, RunCause::Settings));
    assert_eq!(judge(&known).state, VerdictState::Active, "{}", judge(&known).words);
}

/// Access that nobody has tried is not good, and a test shows that it is.
#[test]
fn access_is_unproven_until_something_shows_it() {
    let mut known = Known { checked_at: None, granted_at: None, ..well() };
    assert_eq!(judge(&known).level(PartCode::Access), Level::Unproven);
    known.checkup = found(What::Access, Standing::Good, Found::AccessGood { ms: Some(12) });
    assert_eq!(judge(&known).level(PartCode::Access), Level::Good);
}

/// What Lever tested was heard from, before a token is saved and after: nobody is told to test it again.
#[test]
fn what_was_tested_counts_as_heard_before_its_token_is_saved() {
    let of = |known: &Known| judge(known).said_of(PartCode::Webhooks).expect("it is not good").words.clone();
    let mut known = Known { state: State::SettingUp, tokens: 0, ..well() };
    known.webhooks.iter_mut().for_each(silent);
    known.webhooks[0].token_is_missing = true;
    let silent_ones = "Candidate Stage Change, Candidate Hired, Candidate Deleted";
    let one = format!("1 of 4 webhooks have been heard from. Nothing has arrived yet from {silent_ones}");
    assert!(of(&known).starts_with(&one), "{}", of(&known));
    assert_eq!(judge(&known).label, "Setting up, 1 of 4");
    known.webhooks.iter_mut().for_each(|webhook| webhook.token_is_missing = true);
    let all = format!("Application Created, {silent_ones} have been heard from, but no saved token verifies");
    assert!(of(&known).starts_with(&all), "{}", of(&known));
    assert_eq!(judge(&known).label, "Setting up, 4 of 4");
    // The tokens are saved.
    known.tokens = 4;
    for webhook in &mut known.webhooks {
        (webhook.token_is_missing, webhook.tested_at) = (false, Some(ago(HOUR)));
    }
    assert!(judge(&known).said_of(PartCode::Webhooks).is_none());
    assert_eq!(judge(&known).label, "Setting up, 4 of 4");
    // What the portal made and nobody heard from is not among them.
    known.webhooks.iter_mut().for_each(silent);
    known.webhooks.iter_mut().for_each(|webhook| (webhook.is_made, webhook.tested_at) = (true, None));
    known.webhooks[2].token_is_missing = true;
    assert!(of(&known).starts_with("Candidate Hired has been heard from"), "{}", of(&known));
}
