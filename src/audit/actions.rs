//! What can be done, as the log names it.

use crate::text_enum;

text_enum! {
    /// What an action is about, where it has no name of its own. Version 0.1 wrote a word of English there.
    Subject {
        /// The address that alerts are posted to.
        AlertWebhook => "alert_webhook",
        /// Work that the portal does by itself.
        BackgroundWork => "background_work",
        /// A bulk move.
        BulkMove => "bulk_move",
        /// The mail to candidates.
        CandidateMail => "candidate_mail",
        /// The signed ends of the audit log.
        Checkpoints => "checkpoints",
        /// An invitation.
        Invitation => "invitation",
        /// The tasks of the logic test.
        LogicTasks => "logic_tasks",
        /// How long data is kept.
        Retention => "retention",
        /// The key that stored secrets are sealed under.
        SecretKey => "secret_key",
        /// A company's own provider of log-ins.
        SingleSignOn => "single_sign_on",
        /// The tests.
        Tests => "tests",
    }
}

text_enum! {
    /// What was done: the room and the verb. The words are part of the hashed rows, so they never change.
    Action {
        /// A page was refused to somebody whose role does not allow it. Its subject is the page.
        AccessRefused => "access.refused",
        /// A person did something too often. Its subject is the page.
        AccessThrottled => "access.throttled",
        /// Where alerts are posted was changed.
        AlertsConfigured => "alerts.configured",
        /// The alerts have a new secret.
        AlertsSecretRotated => "alerts.secret_rotated",
        /// A test alert was posted.
        AlertsTested => "alerts.tested",
        /// Alerts are no longer posted, because the receiver wants none.
        AlertsTurnedOff => "alerts.turned_off",
        /// A program asked for something over the API. Its subject is the route.
        ApiCalled => "api.called",
        /// A program was refused over the API. Its subject is the route.
        ApiRefused => "api.refused",
        /// A token of the API was created.
        ApiTokenCreated => "api_token.created",
        /// A token of the API was revoked.
        ApiTokenRevoked => "api_token.revoked",
        /// The kept end of the log was gone: rows before this one may be missing.
        AuditEndLost => "audit.end_lost",
        /// From here on a company that is missing is missed.
        AuditCompaniesCounted => "audit.companies_counted",
        /// A candidate may take the tests again.
        AssessmentRetakeAllowed => "assessment.retake_allowed",
        /// A candidate's request for a review was answered.
        AssessmentReviewAnswered => "assessment.review_answered",
        /// A candidate has more or less time.
        AssessmentTimeSet => "assessment.time_set",
        /// A candidate withdrew: answers and results are erased.
        AssessmentWithdrawn => "assessment.withdrawn",
        /// A candidate was asked to take a second logic test under supervision.
        AssessmentVerificationOffered => "assessment.verification_offered",
        /// A person had background work run at once.
        BackgroundWorkRun => "background_work.run",
        /// A bulk move was let go.
        BulkMoveSent => "batch.sent",
        /// A bulk move was taken back.
        BulkMoveUndone => "batch.undone",
        /// A colleague invited a candidate.
        CandidateInvitedByHand => "candidate.invited_by_hand",
        /// A candidate whom Lever does not know any more was erased.
        CandidateErased => "candidate.erased",
        /// An admin decided that a candidate whom Lever does not show is not deleted.
        CandidateKept => "candidate.kept",
        /// Candidates were erased.
        CandidatesErased => "candidates.erased",
        /// The company's settings were changed.
        CompanyConfigured => "company.configured",
        /// The company was created.
        CompanyCreated => "company.created",
        /// A candidate who has the address of somebody with results is not invited.
        CandidateNotInvited => "candidate.not_invited",
        /// A candidate who withdrew is not invited again.
        CandidateNotInvitedAgain => "candidate.not_invited_again",
        /// Data was downloaded. Its subject is what was asked for.
        DataTaken => "data.taken",
        /// A person asked for a checkpoint of the audit log.
        CheckpointsAsked => "checkpoints.asked",
        /// Where checkpoints of the audit log go was changed.
        CheckpointsConfigured => "checkpoints.configured",
        /// An event was replayed.
        EventReplayed => "event.replayed",
        /// Something began to be wrong with an integration.
        IntegrationAlert => "integration.alert",
        /// The portal writes to Lever in the name of another user.
        IntegrationActsAs => "integration.acts_as",
        /// It is over.
        IntegrationRecovered => "integration.recovered",
        /// An integration's settings were changed.
        IntegrationConfigured => "integration.configured",
        /// A Lever account was connected.
        IntegrationConnected => "integration.connected",
        /// A Lever account was connected again.
        IntegrationReconnected => "integration.reconnected",
        /// A Lever account was disconnected.
        IntegrationDisconnected => "integration.disconnected",
        /// What was left in Lever after an account was disconnected is gone, or stays.
        IntegrationAccessEnded => "integration.access_ended",
        /// An integration has another name.
        IntegrationRenamed => "integration.renamed",
        /// Webhooks were made in Lever.
        IntegrationWebhooksMade => "integration.webhooks_made",
        /// A reconciliation found what was missed.
        IntegrationReconciled => "integration.reconciled",
        /// A reconciliation could not be completed.
        IntegrationReconciliationFailed => "integration.reconciliation_failed",
        /// Deliveries that nothing verifies were deleted.
        IntegrationUnverifiedEmptied => "integration.unverified_emptied",
        /// An integration has a new address for webhooks.
        IntegrationWebhookUrlRotated => "integration.webhook_url_rotated",
        /// A person asked for a reconciliation.
        IntegrationSyncAsked => "integration.sync_asked",
        IntegrationWrittenAgain => "integration.written_again",
        /// A test event was sent to the portal's own door.
        IntegrationTestEventSent => "integration.test_event_sent",
        /// A person asked for a day to be counted again.
        IntegrationDayCounted => "integration.day_counted",
        /// A person asked for the postings to be read.
        IntegrationPostingsRead => "integration.postings_read",
        /// A stage has another name in Lever.
        IntegrationStageRenamed => "integration.stage_renamed",
        /// A stage is gone from Lever.
        IntegrationStageRemoved => "integration.stage_removed",
        /// A stage is there again.
        IntegrationStageReturned => "integration.stage_returned",
        /// A stage has another place in the pipeline.
        IntegrationStageMoved => "integration.stage_moved",
        /// An invitation was sent again.
        InvitationResent => "invitation.resent",
        /// A reminder was sent.
        InvitationReminded => "invitation.reminded",
        /// An invitation was cancelled.
        InvitationCancelled => "invitation.cancelled",
        /// The key of stored secrets was replaced.
        KeysRotated => "keys.rotated",
        /// The settings of candidates' mail were changed.
        MailConfigured => "mail.configured",
        /// The text of a mail was changed.
        MailTextChanged => "mail.text_changed",
        /// A person logged in.
        PersonLoggedIn => "person.logged_in",
        /// A person logged out.
        PersonLoggedOut => "person.logged_out",
        /// A wrong password was entered.
        PersonLogInFailed => "person.log_in_failed",
        /// Too many passwords were tried.
        PersonLogInThrottled => "person.log_in_throttled",
        /// A person asked for a new password.
        PersonResetAsked => "person.reset_asked",
        /// Too many new passwords were asked for.
        PersonResetThrottled => "person.reset_throttled",
        /// A person entered their password again, in the midst of a session.
        PersonConfirmed => "person.confirmed",
        /// A wrong code of a second factor was entered.
        PersonCodeFailed => "person.code_failed",
        /// Too many codes were tried.
        PersonCodeThrottled => "person.code_throttled",
        /// A person turned their second factor on.
        PersonSecondFactorOn => "person.second_factor_on",
        /// A person turned their second factor off.
        PersonSecondFactorOff => "person.second_factor_off",
        /// A person has another passkey.
        PersonPasskeyAdded => "person.passkey_added",
        /// A person calls a passkey otherwise.
        PersonPasskeyRenamed => "person.passkey_renamed",
        /// A person removed a passkey.
        PersonPasskeyRemoved => "person.passkey_removed",
        /// What was answered with a passkey was not right.
        PersonPasskeyFailed => "person.passkey_failed",
        /// A passkey counted back, as the copy of one does.
        PersonPasskeyCopied => "person.passkey_copied",
        /// A person has new recovery codes.
        PersonRecoveryCodesMade => "person.recovery_codes_made",
        /// A person gave themselves another name.
        PersonRenamed => "person.renamed",
        /// A person ended sessions of their own.
        PersonSessionsEnded => "person.sessions_ended",
        /// A person set a password.
        PersonPasswordSet => "person.password_set",
        /// A person logged in at their company's provider for the first time.
        PersonSsoLinked => "person.sso_linked",
        /// Somebody came back from a company's provider and was not let in. Its subject is why.
        PersonSsoRefused => "person.sso_refused",
        /// A posting has another role profile.
        PostingProfileChosen => "posting.profile_chosen",
        /// Somebody looked at a candidate's results. Its subject is the page.
        ResultsSeen => "results.seen",
        /// Somebody with a candidate's link downloaded the result or the data. Its subject is the page that the company has.
        ResultsTakenByCandidate => "results.taken_by_candidate",
        /// A role profile was added.
        RoleProfileAdded => "role_profile.added",
        /// A role profile was changed.
        RoleProfileChanged => "role_profile.changed",
        /// A role profile was deleted.
        RoleProfileDeleted => "role_profile.deleted",
        /// Another role profile is the default.
        RoleProfileDefaultSet => "role_profile.default_set",
        /// A rule was added.
        RuleAdded => "rule.added",
        /// A rule was changed.
        RuleChanged => "rule.changed",
        /// A rule was deleted.
        RuleDeleted => "rule.deleted",
        /// A company's provider, or its use, was changed.
        SsoConfigured => "sso.configured",
        /// A company's provider was removed.
        SsoRemoved => "sso.removed",
        /// An admin logged in at the provider to try it.
        SsoTested => "sso.tested",
        /// A person is no longer linked with an account of the provider.
        SsoUnlinked => "sso.unlinked",
        /// A person was added.
        TeamAdded => "team.added",
        /// A person was invited to the portal.
        TeamInvited => "team.invited",
        /// A person was invited to the portal again.
        TeamInvitedAgain => "team.invited_again",
        /// A person joined.
        TeamJoined => "team.joined",
        /// A person has another role.
        TeamRoleChanged => "team.role_changed",
        /// A person was logged out everywhere by an admin.
        TeamLoggedOut => "team.logged_out",
        /// The second factor of a person who lost it was taken away.
        TeamSecondFactorReset => "team.second_factor_reset",
        /// A person was removed.
        TeamRemoved => "team.removed",
    }
}

impl Action {
    /// Whether nothing was changed: somebody came, was turned away, or looked.
    pub fn is_only_noted(self) -> bool {
        matches!(
            self,
            Self::AccessRefused
                | Self::AccessThrottled
                | Self::ApiCalled
                | Self::ApiRefused
                | Self::CheckpointsAsked
                | Self::DataTaken
                | Self::PersonLoggedIn
                | Self::PersonLoggedOut
                | Self::PersonLogInFailed
                | Self::PersonLogInThrottled
                | Self::PersonCodeThrottled
                | Self::PersonPasskeyCopied
                | Self::PersonPasskeyFailed
                | Self::PersonResetAsked
                | Self::PersonResetThrottled
                | Self::ResultsSeen
                | Self::ResultsTakenByCandidate
        )
    }

    /// Whether its subject is a [`Subject`]; otherwise it is a name.
    pub fn has_coded_subject(self) -> bool {
        matches!(
            self,
            Self::AlertsConfigured
                | Self::AlertsSecretRotated
                | Self::AlertsTested
                | Self::AlertsTurnedOff
                | Self::AssessmentRetakeAllowed
                | Self::AssessmentReviewAnswered
                | Self::AssessmentTimeSet
                | Self::AssessmentWithdrawn
                | Self::AssessmentVerificationOffered
                | Self::BackgroundWorkRun
                | Self::BulkMoveSent
                | Self::BulkMoveUndone
                | Self::CandidateNotInvited
                | Self::CandidateNotInvitedAgain
                | Self::CandidatesErased
                | Self::CheckpointsAsked
                | Self::CheckpointsConfigured
                | Self::InvitationResent
                | Self::InvitationReminded
                | Self::InvitationCancelled
                | Self::KeysRotated
                | Self::MailConfigured
        )
    }
}
