//! What a sequence is made of.

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
    /// Has a rule of its own: its trigger stage is `Screen`.
    Ruled,
    /// Has a rule of its own: nobody is tested.
    Untested,
}

impl Posting {
    /// The stage that invites, by the rules of the account and the posting's own.
    pub fn trigger(self) -> Option<Stage> {
        match self {
            Self::Ruled => Some(Stage::Screen),
            Self::Untested => None,
            _ => Some(Stage::Trigger),
        }
    }
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

/// How Lever's API does not show what is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behind {
    /// An opportunity is not there yet.
    Absent,
    /// It is as before it last entered a stage.
    Stale,
    /// Lists have rows that cannot be read.
    OddRows,
    /// What is made is answered as what was made before it.
    Repeated,
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
    /// Somebody wishes this candidate to be invited: the candidate tag.
    Wish {
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
    /// An hour passes for the access tokens.
    Expire,
    /// A colleague cancels the invitation, or sends it again.
    Cancel {
        who: usize,
    },
    Resend {
        who: usize,
    },
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
    /// Lever's API does not show what is so, for the next few answers.
    Behind {
        behind: Behind,
        times: u8,
    },
    /// The portal's database refuses to store this candidate, or the next one who comes.
    Refuse {
        who: usize,
    },
    /// A mail scanner follows the link with HEAD and GET, again and again.
    Scan {
        who: usize,
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
    /// Lever's toggle for archives is on, so that the portal's webhook tells of them.
    pub archives: bool,
    /// Candidates who are done move on.
    pub progression: bool,
    /// Each with a pause before it, in ms.
    pub steps: Vec<(Step, u16)>,
}

impl std::fmt::Display for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { doubles, account_token, archives, progression, steps } = self;
        writeln!(
            f,
            "  doubles: {doubles}, account_token: {account_token}, archives: {archives}, progression: {progression}"
        )?;
        steps.iter().try_for_each(|(step, pause)| writeln!(f, "  {pause:>4} ms  {step:?}"))
    }
}
