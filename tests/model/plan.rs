//! What a sequence is made of, how it is drawn from a seed, and how it shrinks.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// A stage of the sandbox's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Lead,
    New,
    Screen,
    Trigger,
    /// Where candidates go who are done.
    Progression,
    OnSite,
}

impl Stage {
    /// In the order of the pipeline.
    pub const ALL: [Self; 6] =
        [Self::Lead, Self::New, Self::Screen, Self::Trigger, Self::Progression, Self::OnSite];

    /// Its name in the sandbox.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lead => "Responded",
            Self::New => "New applicant",
            Self::Screen => "Recruiter screen",
            Self::Trigger => "Assessment",
            Self::Progression => "Phone interview",
            Self::OnSite => "On-site interview",
        }
    }
}

/// A posting of the sandbox's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posting {
    None,
    Plain,
    /// Has the screening tag.
    Screening,
    Confidential,
}

/// Where an API fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    Anything,
    Look,
    Posting,
    Tags,
    Notes,
    Links,
    Files,
    Stage,
    Lists,
}

impl At {
    /// As the sandbox's faults name paths.
    pub fn pattern(self) -> &'static str {
        match self {
            Self::Anything => "/v1/*",
            Self::Look => "GET /v1/opportunities/*",
            Self::Posting => "GET /v1/postings/*",
            Self::Tags => "POST /v1/opportunities/*Tags",
            Self::Notes => "* /v1/opportunities/*/notes",
            Self::Files => "* /v1/opportunities/*/files",
            Self::Links => "POST /v1/opportunities/*Links",
            Self::Stage => "PUT /v1/opportunities/*/stage",
            Self::Lists => "GET /v1/opportunities",
        }
    }
}

/// What goes wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    Status(u16),
    /// The connection closes and nothing was done.
    CloseBefore,
    /// It was done, and then the connection closes.
    CloseAfter,
    Truncate,
    Latency(u16),
}

/// What goes wrong with a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Astray {
    Duplicate,
    Reorder,
    Withhold,
    Delay(u16),
    Unsigned,
    OldToken,
}

/// One thing that happens. `who` counts the candidates, modulo how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A recruiter enters somebody; `internal` is a blocked origin.
    Enter {
        posting: Posting,
        stage: Stage,
        internal: bool,
        email: bool,
    },
    /// Somebody applies on the careers page.
    Apply {
        posting: Posting,
    },
    Move {
        who: usize,
        stage: Stage,
    },
    /// A recruiter's own tag.
    Tag {
        who: usize,
    },
    Archive {
        who: usize,
    },
    Unarchive {
        who: usize,
    },
    Hire {
        who: usize,
    },
    Delete {
        who: usize,
    },
    Anonymize {
        who: usize,
    },
    Confidential {
        who: usize,
        on: bool,
    },
    /// The candidate opens the link in the mail, begins the tests, or takes them to the end.
    Open {
        who: usize,
    },
    Begin {
        who: usize,
    },
    Complete {
        who: usize,
    },
    /// New signing tokens in Lever, for one webhook or all.
    Rotate {
        hook: Option<usize>,
    },
    /// The admin pastes the tokens that Lever shows now.
    Paste,
    /// Access is revoked in Lever.
    Revoke,
    /// The admin grants access again.
    Reconnect,
    Call {
        at: At,
        broken: Broken,
        times: u8,
    },
    SignIn {
        broken: Broken,
        times: u8,
    },
    Delivery {
        astray: Astray,
        times: u8,
    },
    /// `kill -9` after so many ms, and so many ms later a new process.
    Kill {
        after: u16,
        down: u16,
    },
    /// Until nothing is on its way any more.
    Settle,
    /// The admin presses **Sync now**.
    Sync,
}

/// A sequence.
#[derive(Debug, Clone)]
pub struct Plan {
    /// A person's webhooks beside those that the portal made: every event comes twice.
    pub doubles: bool,
    /// One signing token for the account instead of one for each webhook.
    pub account_token: bool,
    /// Candidates who are done move on.
    pub progression: bool,
    /// Each with a pause before it, in ms.
    pub steps: Vec<(Step, u16)>,
}

impl std::fmt::Display for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { doubles, account_token, progression, steps } = self;
        writeln!(f, "  doubles: {doubles}, account_token: {account_token}, progression: {progression}")?;
        steps.iter().try_for_each(|(step, pause)| writeln!(f, "  {pause:>4} ms  {step:?}"))
    }
}

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

fn plan() -> impl Strategy<Value = Plan> {
    let people = prop::collection::vec(paused(entering()), 1..4);
    let steps = prop::collection::vec(phrase(), 3..12);
    let chance = |p| prop::bool::weighted(p);
    (chance(0.25), chance(0.25), chance(0.8), people, steps).prop_map(
        |(doubles, account_token, progression, people, steps)| Plan {
            doubles,
            account_token,
            progression,
            steps: people.into_iter().chain(steps.into_iter().flatten()).collect(),
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
