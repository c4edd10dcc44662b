//! Every decision, and that the order of the rules in the database plays no part.

use super::*;
use crate::invitations::rules::matching::{PostingRule, RuleTests};
use lever_client::PostingId;
use serde_json::{Value, json};

const OWN_TAG: &str = "Alva: Invite";
const TRIGGER: &str = "4d64f338-0000-4000-8000-000000000000";

fn opportunity(change: Value) -> Opportunity {
    let mut value = json!({
        "id": "o1", "name": "Ada Byron", "emails": ["ada@example.com"], "stage": TRIGGER,
        "origin": "applied", "archived": null, "isAnonymized": false,
        "confidentiality": "non-confidential", "tags": [SCREENING_TAG],
    });
    for (key, new) in change.as_object().expect("an object") {
        value[key] = new.clone();
    }
    serde_json::from_value(value).expect("an opportunity")
}

fn posting(tags: &[&str], confidentiality: &str) -> Posting {
    let value = json!({"id": "p1", "text": "Engineer", "tags": tags, "confidentiality": confidentiality});
    serde_json::from_value(value).expect("a posting")
}

fn settings() -> Settings {
    Settings {
        trigger_stage: Some(StageId::from(TRIGGER.to_owned())),
        progression_stage: Some(StageId::from("account-next")),
        blocked_origins: [Origin::Internal].into(),
        tests: Tests::Both,
        candidate_tag: Some(OWN_TAG.to_owned()),
        rules: Rules::default(),
    }
}

fn decide_on(cause: Cause, opportunity: &Opportunity, posting: Option<&Posting>) -> Decision {
    let facts = Facts {
        cause,
        opportunity,
        posting: &posting.cloned().map_or(SeenPosting::None, SeenPosting::from),
        is_invited: false,
        is_invited_elsewhere: false,
    };
    decide(&settings(), facts)
}

#[test]
fn the_trigger_stage_invites() {
    let expected = Invite {
        rule: Rule::TriggerStage(StageId::from(TRIGGER), None),
        tests: Tests::Both,
        rule_id: None,
        progression: Some(StageId::from("account-next")),
        despite: Vec::new(),
    };
    assert_eq!(decide_on(Cause::StageChange, &opportunity(json!({})), None), Decision::Invite(expected));
}

#[test]
fn every_refusal_is_told() {
    for (change, expected) in [
        (json!({"archived": {"archivedAt": 1, "reason": "r"}}), Refusal::Archived),
        (json!({"isAnonymized": true}), Refusal::Anonymized),
        (json!({"confidentiality": "confidential"}), Refusal::Confidential),
        (json!({"origin": "internal"}), Refusal::BlockedOrigin(Origin::Internal)),
        (json!({"emails": []}), Refusal::NoEmail),
        (json!({"emails": ["  "]}), Refusal::NoEmail),
    ] {
        match decide_on(Cause::StageChange, &opportunity(change.clone()), None) {
            Decision::Refuse(_, refusal) => assert_eq!(refusal, expected, "{change}"),
            other => panic!("{change}: {other:?}"),
        }
    }
}

#[test]
fn a_posting_that_is_confidential_or_hidden_refuses() {
    let there = opportunity(json!({}));
    let confidential = posting(&[], "confidential");
    let decision = decide_on(Cause::StageChange, &there, Some(&confidential));
    assert!(matches!(decision, Decision::Refuse(_, Refusal::Confidential)));
    let facts = Facts {
        cause: Cause::StageChange,
        opportunity: &there,
        posting: &SeenPosting::Hidden,
        is_invited: false,
        is_invited_elsewhere: false,
    };
    assert!(matches!(decide(&settings(), facts), Decision::Refuse(_, Refusal::Confidential)));
}

#[test]
fn the_screening_tag_counts_on_the_posting_and_on_application_only() {
    let elsewhere = opportunity(json!({"stage": "applicant-new"}));
    let tagged = posting(&[SCREENING_TAG], "non-confidential");
    let misspelt = posting(&["Alva:Screening", "alva: screening", "Alva: Screening "], "non-confidential");
    let invite = invited(decide_on(Cause::Application, &elsewhere, Some(&tagged)));
    assert_eq!(invite.rule, Rule::ScreeningTag(None));
    assert_eq!(decide_on(Cause::Application, &elsewhere, Some(&misspelt)), Decision::Nothing);
    assert_eq!(decide_on(Cause::Application, &elsewhere, None), Decision::Nothing);
    assert_eq!(decide_on(Cause::StageChange, &elsewhere, Some(&tagged)), Decision::Nothing);
}

#[test]
fn a_lead_is_not_invited_by_a_tag() {
    let lead = opportunity(json!({"stage": "lead-new"}));
    let tagged = posting(&[SCREENING_TAG], "non-confidential");
    let decision = decide_on(Cause::Application, &lead, Some(&tagged));
    assert_eq!(decision, Decision::Refuse(Rule::ScreeningTag(None), Refusal::Lead));
}

fn invited(decision: Decision) -> Invite {
    match decision {
        Decision::Invite(invite) => invite,
        other => panic!("{other:?}"),
    }
}

fn rule(scope: Scope, trigger: &str, tests: RuleTests, progression: Option<&str>) -> PostingRule {
    PostingRule {
        id: RuleId::new(),
        scope,
        trigger: (!trigger.is_empty()).then(|| StageId::from(trigger)),
        progression: progression.map(StageId::from),
        tests,
    }
}

fn tag(tag: &str) -> Scope {
    Scope::Tag(tag.to_owned())
}

fn for_posting(id: &str) -> Scope {
    Scope::Posting { title: "Engineer".to_owned(), id: PostingId::from(id) }
}

/// An opportunity for the posting `p1`.
fn applied(change: Value) -> Opportunity {
    let mut all = json!({"applications": [{"id": "a1", "posting": "p1"}]});
    all.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
    opportunity(all)
}

fn with(rules: Vec<PostingRule>) -> Settings {
    let pipeline = ["applicant-new", "phone", TRIGGER, "onsite"].map(StageId::from);
    Settings { rules: Rules::new(rules, &pipeline), ..settings() }
}

fn decide_with(settings: &Settings, cause: Cause, who: &Opportunity, posting: &Posting) -> Decision {
    let facts = Facts {
        cause,
        opportunity: who,
        posting: &posting.clone().into(),
        is_invited: false,
        is_invited_elsewhere: false,
    };
    decide(settings, facts)
}

#[test]
fn the_most_specific_rules_decide_and_say_so() {
    let of_tag = rule(tag("Engineering"), "phone", RuleTests::These(Tests::Logic), Some("onsite"));
    let of_posting = rule(for_posting("p1"), "onsite", RuleTests::These(Tests::Personality), None);
    let every = rule(Scope::Every, "onsite", RuleTests::Default, None);
    let there = posting(&["Engineering"], "non-confidential");
    let settings = with(vec![every.clone(), of_tag.clone()]);
    let in_phone = applied(json!({"stage": "phone"}));
    let invite = invited(decide_with(&settings, Cause::StageChange, &in_phone, &there));
    assert_eq!((invite.tests, invite.rule_id.as_ref()), (Tests::Logic, Some(&of_tag.id)));
    assert_eq!(invite.progression, Some(StageId::from("onsite")));
    let words = invite.reason(ToString::to_string).sentence(crate::i18n::portal());
    assert!(words.contains("the rule for postings tagged \u{201c}Engineering\u{201d}"), "{words}");
    // The account's trigger stage, and the rule for every posting, speak for others only.
    for stage in [TRIGGER, "onsite"] {
        let elsewhere = applied(json!({"stage": stage}));
        assert_eq!(
            decide_with(&settings, Cause::StageChange, &elsewhere, &there),
            Decision::Nothing,
            "{stage}"
        );
        let other = posting(&["Sales"], "non-confidential");
        let invite = invited(decide_with(&settings, Cause::StageChange, &elsewhere, &other));
        assert_eq!(invite.rule_id.is_some(), stage == "onsite");
    }
    let settings = with(vec![every, of_tag, of_posting.clone()]);
    assert_eq!(decide_with(&settings, Cause::StageChange, &in_phone, &there), Decision::Nothing);
    let invite =
        invited(decide_with(&settings, Cause::StageChange, &applied(json!({"stage": "onsite"})), &there));
    assert_eq!(
        (invite.tests, invite.rule_id, invite.progression),
        (Tests::Personality, Some(of_posting.id), None)
    );
}

#[test]
fn a_posting_without_tests_is_a_decision_where_others_are_invited() {
    let none = rule(tag("No tests"), "", RuleTests::None, None);
    let settings = with(vec![none.clone()]);
    let there = posting(&["No tests", SCREENING_TAG], "non-confidential");
    let refusal = Refusal::NoTests(tag("No tests"));
    let by_stage = Rule::TriggerStage(StageId::from(TRIGGER), None);
    assert_eq!(
        decide_with(&settings, Cause::StageChange, &applied(json!({})), &there),
        Decision::Refuse(by_stage, refusal.clone())
    );
    let elsewhere = applied(json!({"stage": "applicant-new"}));
    assert_eq!(decide_with(&settings, Cause::StageChange, &elsewhere, &there), Decision::Nothing);
    assert_eq!(
        decide_with(&settings, Cause::Application, &elsewhere, &there),
        Decision::Refuse(Rule::ScreeningTag(None), refusal.clone())
    );
    let asked = applied(json!({"stage": "applicant-new", "tags": [OWN_TAG]}));
    assert_eq!(
        decide_with(&settings, Cause::Other, &asked, &there),
        Decision::Refuse(Rule::CandidateTag(OWN_TAG.to_owned(), None), refusal)
    );
    // By hand the tests are named.
    let invite = invited(decide_with(&settings, Cause::ByHand(Tests::Logic), &elsewhere, &there));
    assert_eq!((invite.tests, invite.rule), (Tests::Logic, Rule::ByHand));
    assert_eq!(invite.progression, Some(StageId::from("account-next")));
}

#[test]
fn the_screening_tag_says_when_and_the_rules_say_to_what() {
    let settings =
        with(vec![rule(tag("Engineering"), "phone", RuleTests::These(Tests::Logic), Some("onsite"))]);
    let there = posting(&["Engineering", SCREENING_TAG], "non-confidential");
    let applicant = applied(json!({"stage": "applicant-new"}));
    let invite = invited(decide_with(&settings, Cause::Application, &applicant, &there));
    assert_eq!((invite.tests, invite.rule), (Tests::Logic, Rule::ScreeningTag(Some(tag("Engineering")))));
    assert_eq!(invite.progression, Some(StageId::from("onsite")));
}

#[test]
fn a_candidates_own_tag_is_what_a_person_asked() {
    let plain = posting(&[], "non-confidential");
    let asked = |change: Value| {
        let mut all = json!({"stage": "applicant-new", "tags": [OWN_TAG]});
        all.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
        decide_with(&settings(), Cause::Other, &applied(all), &plain)
    };
    assert_eq!(invited(asked(json!({}))).rule, Rule::CandidateTag(OWN_TAG.to_owned(), None));
    let despite = invited(asked(json!({"origin": "internal", "stage": "lead-new"})));
    assert_eq!(despite.despite, [Refusal::Lead, Refusal::BlockedOrigin(Origin::Internal)]);
    let words = despite.reason(ToString::to_string).sentence(crate::i18n::portal());
    assert!(words.contains("internal") && words.contains("a person’s request takes priority"), "{words}");
    for (change, expected) in [
        (json!({"archived": {"archivedAt": 1, "reason": "r"}}), Refusal::Archived),
        (json!({"isAnonymized": true}), Refusal::Anonymized),
        (json!({"confidentiality": "confidential"}), Refusal::Confidential),
        (json!({"emails": [], "origin": "internal"}), Refusal::NoEmail),
    ] {
        let rule = Rule::CandidateTag(OWN_TAG.to_owned(), None);
        assert_eq!(asked(change.clone()), Decision::Refuse(rule, expected), "{change}");
    }
    // In the trigger stage with a blocked origin: what a person asked for still wins.
    let both = applied(json!({"origin": "internal", "tags": [OWN_TAG]}));
    let invite = invited(decide_with(&settings(), Cause::StageChange, &both, &plain));
    assert_eq!(invite.rule, Rule::CandidateTag(OWN_TAG.to_owned(), None));
    // A tag that the posting carries is on every candidate; another spelling is another tag.
    let copied = posting(&[OWN_TAG], "non-confidential");
    let tagged = applied(json!({"stage": "applicant-new", "tags": [OWN_TAG]}));
    assert_eq!(decide_with(&settings(), Cause::Other, &tagged, &copied), Decision::Nothing);
    assert_eq!(asked(json!({"tags": ["alva: invite"]})), Decision::Nothing);
    let off = Settings { candidate_tag: None, ..settings() };
    assert_eq!(decide_with(&off, Cause::Other, &tagged, &plain), Decision::Nothing);
}

mod order {
    use super::*;
    use proptest::prelude::*;

    fn any_rule() -> impl Strategy<Value = PostingRule> {
        let scopes = prop_oneof![
            Just(for_posting("p1")),
            Just(tag("A")),
            Just(tag("B")),
            Just(tag("C")),
            Just(Scope::Every)
        ];
        let stages = prop_oneof![Just("applicant-new"), Just("phone"), Just(TRIGGER), Just("onsite")];
        let tests = prop_oneof![
            Just(RuleTests::Default),
            Just(RuleTests::These(Tests::Logic)),
            Just(RuleTests::These(Tests::Personality)),
            Just(RuleTests::None)
        ];
        (scopes, stages, tests).prop_map(|(scope, stage, tests)| {
            let stage = if tests == RuleTests::None { "" } else { stage };
            rule(scope, stage, tests, None)
        })
    }

    proptest! {
        /// Rules come from the database in any order; the decision is the same.
        #[test]
        fn of_the_rules_plays_no_part(
            (rules, shuffled) in proptest::collection::vec(any_rule(), 0..6)
                .prop_flat_map(|rules| (Just(rules.clone()), Just(rules).prop_shuffle())),
            stage in prop_oneof![Just("applicant-new"), Just("phone"), Just(TRIGGER), Just("onsite")],
            tags in proptest::sample::subsequence(vec!["A", "B", SCREENING_TAG], 0..=3),
            is_tagged: bool,
            is_application: bool,
        ) {
            let who = applied(json!({"stage": stage, "tags": if is_tagged { vec![OWN_TAG] } else { vec![] }}));
            let there = posting(&tags, "non-confidential");
            let cause = if is_application { Cause::Application } else { Cause::StageChange };
            let decided = |rules| decide_with(&with(rules), cause, &who, &there);
            prop_assert_eq!(decided(rules), decided(shuffled));
        }
    }
}
