//! Background work that waits: one table, one way to wait, to be tried again, to be given up and to say why.
//!
//! A room that wants work done inserts a row here and knows nothing of the jobs, which stand above all rooms
//! (`crate::jobs`). Events and actions have queues of their own, because they are worked in an order.
//!
//! A job that is done leaves no row. One that comes again keeps its row and waits for its next time. One that was
//! given up stays as *failed*, with the reason, until somebody runs it again or it is asked for anew.

mod store;
pub mod view;

pub use store::{
    Claim, JobRow, NewJob, add, add_missing, again, claim, done, fail, find, hasten, remove, remove_kind,
    retry_at, unbound_due, waiting_text,
};

use crate::text_enum;

text_enum! {
    /// What kind of work a row asks for.
    JobKind {
        /// Lets the held invitations of a bulk move go.
        ReleaseBulkMove => "release_bulk_move",
        /// Mails something to the admins of a company.
        NotifyAdmins => "notify_admins",
        /// Ends invitations that nobody began in time.
        ExpireInvitations => "expire_invitations",
        /// Notes that an integration's signatures fail, or match again.
        NoteSignatures => "note_signatures",
        /// Verifies what was kept before a signing token was saved.
        VerifyKeptDeliveries => "verify_kept_deliveries",
        /// Posts an alert to the company's address.
        SendAlertWebhook => "send_alert_webhook",
        /// Checks that the portal still has access.
        CheckAccess => "check_access",
        /// Begins the hourly reconciliation.
        PlanReconciliation => "plan_reconciliation",
        /// Reads a reconciliation's next page.
        Reconcile => "reconcile",
        /// Counts the next page of a day.
        CountDay => "count_day",
        /// Reads all postings.
        ReadPostings => "read_postings",
        /// Makes the whole of **Test it**.
        TestIntegration => "test_integration",
        /// Asks for the days to be counted that have ended.
        PlanDayCounts => "plan_day_counts",
        /// Looks for candidates whom Lever does not know any more.
        FindUnknownCandidates => "find_unknown_candidates",
        /// Signs where a company's audit log ends.
        SignCheckpoint => "sign_checkpoint",
        /// Mails or posts such a checkpoint.
        SendCheckpoint => "send_checkpoint",
        /// Asks an outside provider about an order of tests.
        PollTestOrder => "poll_test_order",
        /// Looks again at a candidate whom Lever may not have shown as they are.
        LookAgain => "look_again",
        /// Removes webhooks from Lever and gives access up, after a connection ended.
        EndAccess => "end_access",
        /// Takes results over to a person's other open invitations.
        ReuseResults => "reuse_results",
    }
}

text_enum! {
    /// Where a job is.
    JobState {
        /// It is run at its time.
        Waiting => "waiting",
        /// It runs, or the process that ran it ended.
        Running => "running",
        /// It was given up.
        Failed => "failed",
    }
}

text_enum! {
    /// Why an attempt failed.
    JobErrorCode {
        /// The database refused a statement.
        DatabaseRefused => "database_refused",
        /// The portal broke off: a fault of its own.
        Internal => "internal",
        /// The row says nothing that can be read.
        UnreadablePayload => "unreadable_payload",
        /// This version of the portal has no such job.
        UnknownKind => "unknown_kind",
        /// Lever did not answer, or not as hoped.
        Lever => "lever",
        /// The mail server does not take it.
        MailServer => "mail_server",
        /// The receiver of alerts does not take it.
        Receiver => "receiver",
        /// The audit log is broken, or the key that signs it cannot be used.
        AuditLog => "audit_log",
        /// The outside provider of tests does not answer, or not as hoped.
        TestProvider => "test_provider",
    }
}
