//! Lever's enumerations. A word that is not known is kept as it is.

/// Makes an enum of known words, with `Unknown` for the others.
macro_rules! vocabulary {
    ($($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $variant:ident = $word:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(from = "String", into = "String")]
        pub enum $name {
            $($(#[$word_doc])* $variant,)*
            /// A word that this crate doesn't know, cleaned and at most 100 characters of it.
            Unknown(String),
        }

        impl $name {
            /// Every known word, in Lever's order.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant),*];

            /// The word on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::Unknown(word) => word,
                }
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                match word {
                    $($word => Self::$variant,)*
                    _ => Self::Unknown($crate::text::clean(word, $crate::text::WORD)),
                }
            }
        }

        impl From<String> for $name {
            fn from(word: String) -> Self {
                Self::from(word.as_str())
            }
        }

        impl From<$name> for String {
            fn from(word: $name) -> Self {
                word.as_str().to_owned()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )*};
}

vocabulary! {
    /// How a candidate came to Lever.
    Origin {
        /// Applied through a posting.
        Applied = "applied",
        /// Found by a recruiter.
        Sourced = "sourced",
        /// Referred by an employee.
        Referred = "referred",
        /// Came by a university.
        University = "university",
        /// Came by an agency.
        Agency = "agency",
        /// Already works here.
        Internal = "internal",
    }

    /// Who may see an opportunity or a posting.
    Confidentiality {
        /// Everyone with access to it.
        NonConfidential = "non-confidential",
        /// Few, and an integration only with a scope of its own.
        Confidential = "confidential",
    }

    /// Where a posting is in its life.
    PostingState {
        /// On the careers page.
        Published = "published",
        /// For employees only.
        Internal = "internal",
        /// No longer open.
        Closed = "closed",
        /// Not yet open.
        Draft = "draft",
        /// Waits for approval.
        Pending = "pending",
        /// Approval was refused.
        Rejected = "rejected",
    }

    /// What a reason for archiving says about the outcome.
    ArchiveReasonKind {
        /// The candidate was hired.
        Hired = "hired",
        /// Anything else.
        NonHired = "non-hired",
    }

    /// What a webhook tells of (Lever's wire notes §6).
    Event {
        /// A candidate applied.
        ApplicationCreated = "applicationCreated",
        /// A candidate was moved to another stage.
        CandidateStageChange = "candidateStageChange",
        /// A candidate was archived with a reason that means hired.
        CandidateHired = "candidateHired",
        /// A candidate was deleted.
        CandidateDeleted = "candidateDeleted",
        /// A candidate was archived or taken back.
        CandidateArchiveChange = "candidateArchiveChange",
        /// An interview was set up.
        InterviewCreated = "interviewCreated",
        /// An interview was changed.
        InterviewUpdated = "interviewUpdated",
        /// An interview was deleted.
        InterviewDeleted = "interviewDeleted",
        /// A contact was made.
        ContactCreated = "contactCreated",
        /// A contact was changed.
        ContactUpdated = "contactUpdated",
    }
}

impl Event {
    /// Whether a webhook for this event can be limited to some origins.
    pub fn takes_conditions(&self) -> bool {
        matches!(
            self,
            Self::ApplicationCreated
                | Self::CandidateHired
                | Self::CandidateStageChange
                | Self::CandidateArchiveChange
        )
    }
}
