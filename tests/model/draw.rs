//! How a sequence is drawn from a seed, and how it shrinks.

use super::plan::{Astray, At, Behind, Broken, Plan, Posting, Stage, Step};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

fn stage() -> impl Strategy<Value = Stage> {
    prop_oneof![
        1 => Just(Stage::Lead),
        2 => Just(Stage::New),
        2 => Just(Stage::Screen),
        6 => Just(Stage::Trigger),
        1 => Just(Stage::Progression),
        1 => Just(Stage::OnSite),
    ]
}

fn posting() -> impl Strategy<Value = Posting> {
    prop_oneof![
        3 => Just(Posting::Plain),
        2 => Just(Posting::Screening),
        1 => Just(Posting::None),
        1 => Just(Posting::Confidential),
        2 => Just(Posting::Ruled),
        1 => Just(Posting::Untested),
    ]
}

fn entering() -> impl Strategy<Value = Step> {
    let internal = prop::bool::weighted(0.15);
    let email = prop::bool::weighted(0.9);
    let from_a_recruiter = (posting(), stage(), internal, email)
        .prop_map(|(posting, stage, internal, email)| Step::Enter { posting, stage, internal, email });
    let applying = prop_oneof![
        2 => Just(Posting::Plain),
        3 => Just(Posting::Screening),
        1 => Just(Posting::Confidential),
        1 => Just(Posting::Ruled),
    ];
    prop_oneof![3 => from_a_recruiter, 2 => applying.prop_map(|posting| Step::Apply { posting })]
}

fn at() -> impl Strategy<Value = At> {
    prop::sample::select(vec![
        At::Anything,
        At::Anything,
        At::Anything,
        At::Look,
        At::Posting,
        At::Tags,
        At::Notes,
        At::Links,
        At::Files,
        At::Stage,
        At::Lists,
    ])
}

fn broken() -> impl Strategy<Value = Broken> {
    prop_oneof![
        1 => Just(Broken::Status(429)),
        1 => Just(Broken::Status(500)),
        1 => Just(Broken::Status(503)),
        1 => Just(Broken::CloseBefore),
        2 => Just(Broken::CloseAfter),
        1 => Just(Broken::Truncate),
        1 => (20_u16..400).prop_map(Broken::Latency),
    ]
}

fn astray() -> impl Strategy<Value = Astray> {
    prop_oneof![
        2 => Just(Astray::Duplicate),
        2 => Just(Astray::Reorder),
        2 => Just(Astray::Withhold),
        2 => (20_u16..900).prop_map(Astray::Delay),
        1 => Just(Astray::Unsigned),
        1 => Just(Astray::OldToken),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let who = || 0_usize..6;
    prop_oneof![
        3 => entering(),
        8 => (who(), stage()).prop_map(|(who, stage)| Step::Move { who, stage }),
        1 => who().prop_map(|who| Step::Tag { who }),
        2 => who().prop_map(|who| Step::Wish { who }),
        2 => who().prop_map(|who| Step::Archive { who }),
        1 => who().prop_map(|who| Step::Unarchive { who }),
        1 => who().prop_map(|who| Step::Hire { who }),
        1 => who().prop_map(|who| Step::Delete { who }),
        1 => who().prop_map(|who| Step::Anonymize { who }),
        1 => (who(), any::<bool>()).prop_map(|(who, on)| Step::Confidential { who, on }),
        1 => who().prop_map(|who| Step::Open { who }),
        1 => who().prop_map(|who| Step::Begin { who }),
        7 => who().prop_map(|who| Step::Complete { who }),
        1 => prop::option::of(0_usize..4).prop_map(|hook| Step::Rotate { hook }),
        1 => Just(Step::Paste),
        1 => Just(Step::Revoke),
        2 => Just(Step::Reconnect),
        2 => Just(Step::Expire),
        2 => who().prop_map(|who| Step::Cancel { who }),
        2 => who().prop_map(|who| Step::Resend { who }),
        7 => (at(), broken(), 1_u8..5).prop_map(|(at, broken, times)| Step::Call { at, broken, times }),
        2 => (broken(), 1_u8..3).prop_map(|(broken, times)| Step::SignIn { broken, times }),
        5 => (astray(), 1_u8..4).prop_map(|(astray, times)| Step::Delivery { astray, times }),
        2 => (0_u16..400, 0_u16..600).prop_map(|(after, down)| Step::Kill { after, down }),
        3 => Just(Step::Settle),
        1 => Just(Step::Sync),
    ]
}

fn paused(step: impl Strategy<Value = Step>) -> impl Strategy<Value = (Step, u16)> {
    (step, prop_oneof![5 => Just(0_u16), 2 => 1_u16..40, 1 => 40_u16..300])
}

/// What is dangerous together, and rarely meets by chance.
fn phrase() -> impl Strategy<Value = Vec<(Step, u16)>> {
    let who = || 0_usize..6;
    let at_once = |steps: Vec<Step>| steps.into_iter().map(|step| (step, 0)).collect::<Vec<_>>();
    let writes = prop::sample::select(vec![At::Tags, At::Notes, At::Links, At::Files, At::Stage]);
    prop_oneof![
        8 => paused(step()).prop_map(|step| vec![step]),
        // A write whose answer is lost.
        2 => (writes, broken(), 1_u8..4, who()).prop_map(move |(at, broken, times, who)| {
            at_once(vec![Step::Call { at, broken, times }, Step::Complete { who }])
        }),
        // A write in the middle of which the portal dies.
        1 => (who(), 0_u16..80, 0_u16..300).prop_map(move |(who, after, down)| {
            at_once(vec![Step::Complete { who }, Step::Kill { after, down }])
        }),
        1 => (who(), 0_u16..80, 0_u16..300).prop_map(move |(who, after, down)| {
            at_once(vec![Step::Move { who, stage: Stage::Trigger }, Step::Kill { after, down }])
        }),
        // New tokens are asked for, and the answer is lost.
        1 => (broken(), 1_u8..3, who()).prop_map(move |(broken, times, who)| {
            at_once(vec![
                Step::SignIn { broken, times },
                Step::Expire,
                Step::Move { who, stage: Stage::Trigger },
            ])
        }),
        // Somebody passes through the trigger stage before anybody hears of it.
        2 => (astray(), who(), stage()).prop_map(move |(astray, who, stage)| {
            at_once(vec![
                Step::Delivery { astray, times: 1 },
                Step::Move { who, stage: Stage::Trigger },
                Step::Move { who, stage },
            ])
        }),
    ]
}

/// What Lever shows too late or damaged, the database refuses, and scanners do: beside the sequence, so that the
/// seeds of earlier sequences are the same but for these.
fn beside() -> impl Strategy<Value = Vec<(Step, u16)>> {
    let who = || 0_usize..6;
    let behind = prop::sample::select(vec![Behind::Absent, Behind::Stale, Behind::OddRows]);
    let into_trigger = |who| (Step::Move { who, stage: Stage::Trigger }, 0);
    prop_oneof![
        3 => (behind, 1_u8..3, who()).prop_map(move |(behind, times, who)| {
            vec![(Step::Behind { behind, times }, 0), into_trigger(who)]
        }),
        1 => (1_u8..3).prop_map(|times| vec![(Step::Behind { behind: Behind::OddRows, times }, 0), (Step::Sync, 0)]),
        // Two results are written one after the other, and the second write is answered as the first was.
        1 => (1_u8..4, who(), who()).prop_map(|(times, one, other)| {
            vec![
                (Step::Complete { who: one }, 0),
                (Step::Behind { behind: Behind::Repeated, times }, 0),
                (Step::Complete { who: other }, 0),
            ]
        }),
        2 => (who(), entering()).prop_map(|(who, entering)| vec![(Step::Refuse { who }, 0), (entering, 0)]),
        2 => who().prop_map(|who| vec![(Step::Scan { who }, 0)]),
        1 => who().prop_map(|who| vec![(Step::Begin { who }, 0), (Step::Scan { who }, 0)]),
    ]
}

fn plan() -> impl Strategy<Value = Plan> {
    let people = prop::collection::vec(paused(entering()), 1..4);
    let steps = prop::collection::vec(phrase(), 3..12);
    let chance = |p| prop::bool::weighted(p);
    let besides = prop::collection::vec((beside(), 0_usize..12), 0..3);
    (chance(0.25), chance(0.25), chance(0.5), chance(0.8), people, steps, besides).prop_map(
        |(doubles, account_token, archives, progression, people, mut steps, besides)| {
            for (beside, at) in besides {
                steps.insert(at.min(steps.len()), beside);
            }
            let steps = people.into_iter().chain(steps.into_iter().flatten()).collect();
            Plan { doubles, account_token, archives, progression, steps }
        },
    )
}

/// The sequence of a seed, able to shrink.
pub fn tree(seed: u64) -> impl ValueTree<Value = Plan> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    plan().new_tree(&mut TestRunner::new_with_rng(Config::default(), rng)).unwrap()
}
