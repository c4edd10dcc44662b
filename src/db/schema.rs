//! Diesel's view of the tables. Generated from the migrations; both databases have the same shape.

#![allow(missing_docs, reason = "the migrations document the tables")]

diesel::table! {
    actions (id) {
        id -> Text,
        company_id -> Text,
        integration_id -> Text,
        event_id -> Nullable<Text>,
        invitation_id -> Nullable<Text>,
        kind -> Text,
        dedupe_key -> Text,
        payload -> Text,
        state -> Text,
        reason -> Text,
        attempts -> Integer,
        created_at -> BigInt,
        finished_at -> Nullable<BigInt>,
        next_attempt_at -> BigInt,
    }
}

diesel::table! {
    admin_notices (about, subject_id, user_id) {
        about -> Text,
        subject_id -> Text,
        user_id -> Text,
        sent_at -> BigInt,
    }
}

diesel::table! {
    alert_hooks (company_id) {
        company_id -> Text,
        url -> Text,
        secret_sealed -> Binary,
        previous_sealed -> Nullable<Binary>,
        previous_until -> Nullable<BigInt>,
        turned_off -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
        url_sealed -> Nullable<Binary>,
    }
}

diesel::table! {
    api_tokens (id) {
        id -> Text,
        company_id -> Text,
        name -> Text,
        scopes -> Text,
        token_hash -> Text,
        hint -> Text,
        created_by -> Nullable<Text>,
        created_at -> BigInt,
        last_used_at -> Nullable<BigInt>,
        expires_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    alert_posts (id) {
        id -> Text,
        company_id -> Text,
        integration_id -> Nullable<Text>,
        alert_id -> Nullable<Text>,
        about -> Text,
        body -> Text,
        created_at -> BigInt,
        attempts -> Integer,
        tried_at -> Nullable<BigInt>,
        status -> Nullable<Integer>,
        answer -> Text,
        duration_ms -> Nullable<BigInt>,
        finished_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    alerts (id) {
        id -> Text,
        company_id -> Text,
        integration_id -> Text,
        kind -> Text,
        since -> BigInt,
        told_at -> Nullable<BigInt>,
        recovered_at -> Nullable<BigInt>,
        recovery_told_at -> Nullable<BigInt>,
        subject -> Text,
    }
}

diesel::table! {
    audit_checkpoints (id) {
        id -> Text,
        company_id -> Text,
        seq -> BigInt,
        hash -> Text,
        made_at -> BigInt,
        note -> Text,
    }
}

diesel::table! {
    audit_counts (id) {
        id -> Text,
        counted -> BigInt,
        mac -> Text,
        mac_key -> Text,
    }
}

diesel::table! {
    audit_ends (company_id) {
        company_id -> Text,
        seq -> BigInt,
        hash -> Text,
        mac -> Text,
        mac_key -> Text,
    }
}

diesel::table! {
    audit_keys (id) {
        id -> Text,
        kind -> Text,
        secret_sealed -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    audit_log (id) {
        id -> Text,
        company_id -> Text,
        seq -> BigInt,
        at -> BigInt,
        actor -> Text,
        actor_id -> Nullable<Text>,
        action -> Text,
        subject -> Text,
        detail -> Text,
        prev_hash -> Text,
        hash -> Text,
        mac -> Text,
        mac_key -> Text,
        mac_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    batches (id) {
        id -> Text,
        company_id -> Text,
        integration_id -> Text,
        stage_id -> Text,
        first_at -> BigInt,
        last_at -> BigInt,
        opened_at -> BigInt,
        release_at -> BigInt,
        state -> Text,
        sent_at -> Nullable<BigInt>,
        undone_at -> Nullable<BigInt>,
        ended_by -> Nullable<Text>,
        cause -> Text,
    }
}

diesel::table! {
    batch_events (batch_id, event_id) {
        batch_id -> Text,
        event_id -> Text,
    }
}

diesel::table! {
    candidates (id) {
        id -> Text,
        company_id -> Text,
        integration_id -> Text,
        opportunity_id -> Text,
        contact_id -> Nullable<Text>,
        name -> Text,
        email -> Text,
        posting_id -> Nullable<Text>,
        posting_title -> Text,
        stage_id -> Nullable<Text>,
        origin -> Text,
        lever_url -> Text,
        search -> Text,
        fetched_at -> BigInt,
        created_at -> BigInt,
        hired_at -> Nullable<BigInt>,
        email_key -> Text,
        unknown_since -> Nullable<BigInt>,
        looked_at -> BigInt,
        kept_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    checkpoint_settings (company_id) {
        company_id -> Text,
        mails_auditors -> Integer,
        url_sealed -> Nullable<Binary>,
        updated_at -> BigInt,
    }
}

diesel::table! {
    checkups (integration_id) {
        integration_id -> Text,
        at -> BigInt,
        points -> Text,
    }
}

diesel::table! {
    chores (integration_id, kind) {
        integration_id -> Text,
        kind -> Text,
        began_at -> Nullable<BigInt>,
        page -> Nullable<Text>,
        done_at -> Nullable<BigInt>,
        failure -> Text,
        unreadable -> Integer,
        unreadable_ids -> Text,
    }
}

diesel::table! {
    codes (id) {
        id -> Text,
        kind -> Text,
        code_hash -> Text,
        user_id -> Nullable<Text>,
        created_at -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    companies (id) {
        id -> Text,
        name -> Text,
        support_contact -> Text,
        time_zone -> Text,
        retention_months -> Integer,
        created_at -> BigInt,
        reuse_months -> Integer,
        hold_above -> Integer,
        hold_minutes -> Integer,
        daily_limit -> Integer,
        default_tests -> Text,
        ask_again_above -> Integer,
        privacy_url -> Text,
        questionnaire -> Text,
        counts_groups -> Integer,
        pilot_tasks -> Integer,
        norm_group -> Text,
        idle_minutes -> Integer,
        session_hours -> Integer,
        second_factor_for -> Text,
        second_factor_from -> Nullable<BigInt>,
        data_notice -> Text,
    }
}

diesel::table! {
    second_factors (user_id) {
        user_id -> Text,
        secret_sealed -> Binary,
        enrolled_at -> BigInt,
        last_step -> BigInt,
    }
}

diesel::table! {
    passkeys (id) {
        id -> Text,
        user_id -> Text,
        credential_hash -> Text,
        credential_sealed -> Binary,
        name -> Text,
        created_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    answered_challenges (challenge_hash) {
        challenge_hash -> Text,
        answered_at -> BigInt,
    }
}

diesel::table! {
    recovery_codes (user_id, code_hash) {
        user_id -> Text,
        code_hash -> Text,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    completeness_counts (integration_id, day, kind, origin) {
        integration_id -> Text,
        day -> Text,
        kind -> Text,
        origin -> Text,
        listed -> Integer,
        received -> Integer,
        acted -> Integer,
    }
}

diesel::table! {
    completeness_days (integration_id, day) {
        integration_id -> Text,
        day -> Text,
        state -> Text,
        from_at -> BigInt,
        until_at -> BigInt,
        step -> Text,
        page -> Nullable<Text>,
        counted_at -> Nullable<BigInt>,
        failure -> Text,
    }
}

diesel::table! {
    completeness_gaps (id) {
        id -> Text,
        integration_id -> Text,
        day -> Text,
        opportunity_id -> Text,
        name -> Text,
        kind -> Text,
        origin -> Text,
        at -> BigInt,
        what -> Text,
        detail -> Text,
        event_id -> Nullable<Text>,
    }
}

diesel::table! {
    data_migrations (name) {
        name -> Text,
        after_id -> Text,
        finished_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    event_counts (integration_id, hour, state, own, writer) {
        integration_id -> Text,
        hour -> BigInt,
        state -> Text,
        own -> Integer,
        writer -> BigInt,
        counted -> BigInt,
    }
}

diesel::table! {
    event_steps (id) {
        id -> Text,
        event_id -> Text,
        at -> BigInt,
        kind -> Text,
        detail -> Text,
        status -> Text,
        duration_ms -> Nullable<BigInt>,
        exchange -> Nullable<Text>,
    }
}

diesel::table! {
    events (id) {
        id -> Text,
        company_id -> Text,
        integration_id -> Text,
        dedupe_key -> Text,
        lever_id -> Nullable<Text>,
        kind -> Text,
        state -> Text,
        outcome -> Text,
        reason -> Text,
        opportunity_id -> Nullable<Text>,
        contact_id -> Nullable<Text>,
        from_stage_id -> Nullable<Text>,
        to_stage_id -> Nullable<Text>,
        triggered_at -> Nullable<BigInt>,
        received_at -> BigInt,
        verified_at -> Nullable<BigInt>,
        kept_at -> BigInt,
        answered_status -> Integer,
        signing_token_id -> Nullable<Text>,
        headers -> Text,
        body -> Binary,
        duplicates -> Integer,
        attempts -> Integer,
        next_attempt_at -> BigInt,
        finished_at -> Nullable<BigInt>,
        moved_to -> Nullable<Text>,
        moved_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    idempotency_keys (id) {
        id -> Text,
        company_id -> Text,
        token_id -> Text,
        key_hash -> Text,
        request_hash -> Text,
        candidate_id -> Nullable<Text>,
        created_at -> BigInt,
        status -> Nullable<Integer>,
        body -> Nullable<Text>,
    }
}

diesel::table! {
    integrations (id) {
        id -> Text,
        company_id -> Text,
        account_name -> Text,
        environment -> Text,
        hosts -> Text,
        state -> Text,
        state_reason -> Text,
        webhook_key -> Text,
        granted_by -> Nullable<Text>,
        granted_at -> Nullable<BigInt>,
        scopes -> Text,
        access_token_sealed -> Nullable<Binary>,
        refresh_token_sealed -> Nullable<Binary>,
        access_expires_at -> Nullable<BigInt>,
        grant_version -> BigInt,
        refresh_claimed_until -> BigInt,
        trigger_stage_id -> Nullable<Text>,
        progression_stage_id -> Nullable<Text>,
        blocked_origins -> Text,
        settings_version -> BigInt,
        lease_owner -> Nullable<Text>,
        lease_until -> BigInt,
        signature_failing_since -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
        candidate_tag -> Text,
    }
}

diesel::table! {
    invitations (id) {
        id -> Text,
        company_id -> Text,
        integration_id -> Text,
        candidate_id -> Text,
        opportunity_id -> Text,
        posting_id -> Text,
        posting_title -> Text,
        state -> Text,
        reason -> Text,
        event_id -> Nullable<Text>,
        code_hash -> Text,
        code_sealed -> Nullable<Binary>,
        created_at -> BigInt,
        expires_at -> BigInt,
        sent_at -> Nullable<BigInt>,
        opened_at -> Nullable<BigInt>,
        time_percent -> Integer,
        language -> Text,
        mailing -> Integer,
        reminded_at -> Nullable<BigInt>,
        mail_failure -> Text,
        ended_reason -> Text,
        reused_from -> Nullable<Text>,
        tests -> Text,
        rule_id -> Nullable<Text>,
        progression_stage_id -> Nullable<Text>,
        time_asked_at -> Nullable<BigInt>,
        met_sealed -> Nullable<Binary>,
    }
}

diesel::table! {
    jobs (id) {
        id -> Text,
        company_id -> Text,
        integration_id -> Nullable<Text>,
        kind -> Text,
        key -> Text,
        payload -> Text,
        state -> Text,
        attempts -> Integer,
        next_attempt_at -> BigInt,
        error_code -> Text,
        error -> Text,
        created_at -> BigInt,
        started_at -> Nullable<BigInt>,
        finished_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    lever_stages (integration_id, stage_id) {
        integration_id -> Text,
        stage_id -> Text,
        name -> Text,
        position -> Integer,
        seen_at -> BigInt,
        removed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    lever_accounts (integration_id) {
        integration_id -> Text,
        account_id -> Nullable<Text>,
        user_id -> Nullable<Text>,
        user_name -> Text,
        chosen_by -> Text,
        trouble -> Text,
        answer_lost_at -> Nullable<BigInt>,
        refused_since -> Nullable<BigInt>,
        refused_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    lever_webhooks (integration_id, webhook_id) {
        integration_id -> Text,
        webhook_id -> Text,
        kind -> Text,
        signing_token_id -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    mail_settings (company_id) {
        company_id -> Text,
        language -> Text,
        good_for_days -> Integer,
        reminders_most -> Integer,
    }
}

diesel::table! {
    mail_texts (company_id, kind, language) {
        company_id -> Text,
        kind -> Text,
        language -> Text,
        subject -> Text,
        body -> Text,
        updated_at -> BigInt,
    }
}

diesel::table! {
    oauth_flows (state_hash) {
        state_hash -> Text,
        company_id -> Text,
        user_id -> Text,
        session_hash -> Text,
        integration_id -> Nullable<Text>,
        environment -> Text,
        hosts -> Text,
        verifier_sealed -> Binary,
        created_at -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
        result_integration_id -> Nullable<Text>,
        account_name -> Text,
    }
}

diesel::table! {
    postings (integration_id, posting_id) {
        integration_id -> Text,
        posting_id -> Text,
        title -> Text,
        tags -> Text,
        confidentiality -> Text,
        state -> Text,
        lever_url -> Text,
        alva_tags -> Integer,
        findings -> Integer,
        seen_at -> BigInt,
        removed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    profiled_postings (id) {
        id -> Text,
        company_id -> Text,
        posting_id -> Text,
        title -> Text,
        search -> Text,
        profile_id -> Nullable<Text>,
    }
}

diesel::table! {
    reconciliation_findings (reconciliation_id, event_id) {
        reconciliation_id -> Text,
        event_id -> Text,
    }
}

diesel::table! {
    questions (candidate_id, kind) {
        candidate_id -> Text,
        kind -> Text,
        company_id -> Text,
        integration_id -> Text,
        event_id -> Text,
        asked_at -> BigInt,
    }
}

diesel::table! {
    reconciliations (id) {
        id -> Text,
        company_id -> Text,
        integration_id -> Text,
        cause -> Text,
        asked_by -> Nullable<Text>,
        since -> BigInt,
        started_at -> BigInt,
        finished_at -> Nullable<BigInt>,
        step -> Text,
        page -> Nullable<Text>,
        listed -> Integer,
        missing -> Integer,
        failure -> Text,
        unreadable -> Integer,
        unreadable_ids -> Text,
        planned -> Integer,
        reported -> Integer,
    }
}

diesel::table! {
    replaced_links (code_hash) {
        code_hash -> Text,
        invitation_id -> Text,
        replaced_at -> BigInt,
    }
}

diesel::table! {
    role_profiles (id) {
        id -> Text,
        company_id -> Text,
        name -> Text,
        name_key -> Text,
        lines -> Text,
        default_since -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

diesel::table! {
    rules (id) {
        id -> Text,
        company_id -> Text,
        integration_id -> Text,
        scope -> Text,
        scope_value -> Text,
        title -> Text,
        trigger_stage_id -> Text,
        progression_stage_id -> Nullable<Text>,
        tests -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    sessions (key_hash) {
        key_hash -> Text,
        user_id -> Nullable<Text>,
        state_sealed -> Binary,
        expires_at -> BigInt,
        name -> Text,
        begun_at -> BigInt,
        seen_at -> BigInt,
        proved_at -> BigInt,
        network -> Text,
        browser -> Text,
    }
}

diesel::table! {
    signing_tokens (id) {
        id -> Text,
        integration_id -> Text,
        token_sealed -> Binary,
        hint -> Text,
        added_at -> BigInt,
        retired_at -> Nullable<BigInt>,
        last_matched_at -> Nullable<BigInt>,
        kind -> Nullable<Text>,
    }
}

diesel::table! {
    sittings (invitation_id) {
        invitation_id -> Text,
        company_id -> Text,
        answers_sealed -> Binary,
        started_at -> BigInt,
        finished_at -> Nullable<BigInt>,
        result -> Nullable<Text>,
        agreed_version -> Text,
        review_asked_at -> Nullable<BigInt>,
        review_text -> Text,
        review_answered_at -> Nullable<BigInt>,
        groups_asked -> Integer,
        result_sealed -> Nullable<Binary>,
        review_sealed -> Nullable<Binary>,
    }
}

diesel::table! {
    sso_domains (domain, company_id) {
        domain -> Text,
        company_id -> Text,
    }
}

diesel::table! {
    sso_identities (company_id, issuer, subject) {
        company_id -> Text,
        issuer -> Text,
        subject -> Text,
        user_id -> Text,
        linked_at -> BigInt,
        last_at -> BigInt,
    }
}

diesel::table! {
    sso_providers (company_id) {
        company_id -> Text,
        state -> Text,
        preset -> Text,
        issuer -> Text,
        client_id -> Text,
        client_secret_sealed -> Binary,
        groups_claim -> Text,
        group_roles -> Text,
        role_without_group -> Text,
        version -> BigInt,
        tested_version -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    sso_sessions (session_name) {
        session_name -> Text,
        company_id -> Text,
        user_id -> Text,
        issuer -> Text,
        subject -> Text,
        sid -> Text,
        expires_at -> BigInt,
    }
}

diesel::table! {
    stage_changes (id) {
        id -> Text,
        integration_id -> Text,
        stage_id -> Text,
        kind -> Text,
        before -> Text,
        after -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    test_callbacks (id) {
        id -> Text,
        taken_at -> BigInt,
    }
}

diesel::table! {
    test_orders (reference) {
        reference -> Text,
        company_id -> Text,
        state -> Text,
        time_percent -> Integer,
        created_at -> BigInt,
    }
}

diesel::table! {
    noted_accesses (company_id, action, actor, subject, network, hour) {
        company_id -> Text,
        action -> Text,
        actor -> Text,
        subject -> Text,
        network -> Text,
        hour -> BigInt,
        times -> BigInt,
        last_at -> BigInt,
    }
}

diesel::table! {
    person_devices (user_id, device_hash) {
        user_id -> Text,
        device_hash -> Text,
        last_at -> BigInt,
    }
}

diesel::table! {
    unverified_deliveries (integration_id, network, id) {
        integration_id -> Text,
        network -> Text,
        id -> Text,
        received_at -> BigInt,
        answered_status -> Integer,
        delivery -> Binary,
    }
}

diesel::table! {
    unverified_networks (integration_id, network) {
        integration_id -> Text,
        network -> Text,
        kept -> BigInt,
        kept_bytes -> BigInt,
        last_at -> BigInt,
        family -> Text,
        first_at -> BigInt,
    }
}

diesel::table! {
    unverified_rings (integration_id) {
        integration_id -> Text,
        parts -> BigInt,
        kept -> BigInt,
        kept_bytes -> BigInt,
    }
}

diesel::table! {
    reverifications (integration_id) {
        integration_id -> Text,
        step -> Text,
        network -> Text,
        after_id -> Nullable<Text>,
        until -> BigInt,
        verified -> BigInt,
        unmatched -> BigInt,
    }
}

diesel::table! {
    proven_networks (network) {
        network -> Text,
        verified_at -> BigInt,
    }
}

diesel::table! {
    signature_watches (integration_id) {
        integration_id -> Text,
        verified_at -> BigInt,
        verified_network -> Text,
        failed -> BigInt,
        failed_since -> BigInt,
        dropped -> BigInt,
    }
}

diesel::table! {
    former_webhook_keys (webhook_key) {
        webhook_key -> Text,
        integration_id -> Text,
        replaced_at -> BigInt,
        answers_until -> BigInt,
        used -> BigInt,
        used_at -> Nullable<BigInt>,
        used_by -> Text,
    }
}

diesel::table! {
    users (id) {
        id -> Text,
        company_id -> Text,
        email -> Text,
        name -> Text,
        role -> Text,
        password_hash -> Nullable<Text>,
        created_at -> BigInt,
        disabled_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    watches (integration_id) {
        integration_id -> Text,
        stage_id -> Nullable<Text>,
        stage_since -> BigInt,
        checked_at -> Nullable<BigInt>,
        check_failure -> Text,
        answer_ms -> Nullable<BigInt>,
        setup_until -> BigInt,
        entered_since -> BigInt,
        beside -> Text,
        webhooks_listed_at -> Nullable<BigInt>,
        clock_ahead_s -> Nullable<BigInt>,
        agreed_at -> BigInt,
    }
}

diesel::table! {
    agreed_texts (version) {
        version -> Text,
        language -> Text,
        text -> Text,
        last_used_at -> BigInt,
    }
}

diesel::table! {
    group_counts (company_id, question, answer, band) {
        company_id -> Text,
        question -> Text,
        answer -> Text,
        band -> Text,
        people -> Integer,
        shown -> Integer,
    }
}

diesel::table! {
    verifications (invitation_id) {
        invitation_id -> Text,
        company_id -> Text,
        code_hash -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        started_at -> Nullable<BigInt>,
        finished_at -> Nullable<BigInt>,
        answers_sealed -> Binary,
        result -> Nullable<Text>,
        result_sealed -> Nullable<Binary>,
        agreed_version -> Text,
    }
}

diesel::table! {
    withdrawal_marks (id) {
        id -> Text,
        company_id -> Text,
        address_hash -> Text,
        withdrawn_at -> BigInt,
        asks_about -> Nullable<Text>,
    }
}

diesel::joinable!(actions -> companies (company_id));
diesel::joinable!(actions -> events (event_id));
diesel::joinable!(actions -> integrations (integration_id));
diesel::joinable!(actions -> invitations (invitation_id));
diesel::joinable!(admin_notices -> users (user_id));
diesel::joinable!(alert_hooks -> companies (company_id));
diesel::joinable!(alert_posts -> alerts (alert_id));
diesel::joinable!(alerts -> companies (company_id));
diesel::joinable!(alerts -> integrations (integration_id));
diesel::joinable!(api_tokens -> companies (company_id));
diesel::joinable!(audit_checkpoints -> companies (company_id));
diesel::joinable!(audit_ends -> companies (company_id));
diesel::joinable!(audit_log -> companies (company_id));
diesel::joinable!(batch_events -> batches (batch_id));
diesel::joinable!(batch_events -> events (event_id));
diesel::joinable!(batches -> companies (company_id));
diesel::joinable!(batches -> integrations (integration_id));
diesel::joinable!(batches -> users (ended_by));
diesel::joinable!(candidates -> companies (company_id));
diesel::joinable!(candidates -> integrations (integration_id));
diesel::joinable!(checkpoint_settings -> companies (company_id));
diesel::joinable!(checkups -> integrations (integration_id));
diesel::joinable!(chores -> integrations (integration_id));
diesel::joinable!(codes -> users (user_id));
diesel::joinable!(completeness_days -> integrations (integration_id));
diesel::joinable!(completeness_gaps -> events (event_id));
diesel::joinable!(event_counts -> integrations (integration_id));
diesel::joinable!(event_steps -> events (event_id));
diesel::joinable!(events -> companies (company_id));
diesel::joinable!(events -> integrations (integration_id));
diesel::joinable!(idempotency_keys -> api_tokens (token_id));
diesel::joinable!(idempotency_keys -> candidates (candidate_id));
diesel::joinable!(idempotency_keys -> companies (company_id));
diesel::joinable!(integrations -> companies (company_id));
diesel::joinable!(integrations -> users (granted_by));
diesel::joinable!(invitations -> candidates (candidate_id));
diesel::joinable!(invitations -> companies (company_id));
diesel::joinable!(invitations -> integrations (integration_id));
diesel::joinable!(jobs -> companies (company_id));
diesel::joinable!(jobs -> integrations (integration_id));
diesel::joinable!(lever_stages -> integrations (integration_id));
diesel::joinable!(lever_accounts -> integrations (integration_id));
diesel::joinable!(lever_webhooks -> integrations (integration_id));
diesel::joinable!(lever_webhooks -> signing_tokens (signing_token_id));
diesel::joinable!(mail_settings -> companies (company_id));
diesel::joinable!(mail_texts -> companies (company_id));
diesel::joinable!(oauth_flows -> companies (company_id));
diesel::joinable!(oauth_flows -> integrations (integration_id));
diesel::joinable!(oauth_flows -> users (user_id));
diesel::joinable!(postings -> integrations (integration_id));
diesel::joinable!(profiled_postings -> companies (company_id));
diesel::joinable!(profiled_postings -> role_profiles (profile_id));
diesel::joinable!(questions -> candidates (candidate_id));
diesel::joinable!(reconciliation_findings -> events (event_id));
diesel::joinable!(reconciliation_findings -> reconciliations (reconciliation_id));
diesel::joinable!(reconciliations -> companies (company_id));
diesel::joinable!(reconciliations -> integrations (integration_id));
diesel::joinable!(reconciliations -> users (asked_by));
diesel::joinable!(replaced_links -> invitations (invitation_id));
diesel::joinable!(role_profiles -> companies (company_id));
diesel::joinable!(rules -> companies (company_id));
diesel::joinable!(rules -> integrations (integration_id));
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(signing_tokens -> integrations (integration_id));
diesel::joinable!(sittings -> companies (company_id));
diesel::joinable!(sittings -> invitations (invitation_id));
diesel::joinable!(stage_changes -> integrations (integration_id));
diesel::joinable!(sso_domains -> sso_providers (company_id));
diesel::joinable!(sso_identities -> users (user_id));
diesel::joinable!(test_orders -> companies (company_id));
diesel::joinable!(users -> companies (company_id));
diesel::joinable!(watches -> integrations (integration_id));

diesel::joinable!(noted_accesses -> companies (company_id));
diesel::joinable!(person_devices -> users (user_id));
diesel::joinable!(second_factors -> users (user_id));
diesel::joinable!(passkeys -> users (user_id));
diesel::joinable!(recovery_codes -> users (user_id));
diesel::joinable!(former_webhook_keys -> integrations (integration_id));
diesel::joinable!(signature_watches -> integrations (integration_id));
diesel::joinable!(unverified_deliveries -> integrations (integration_id));
diesel::joinable!(unverified_networks -> integrations (integration_id));
diesel::joinable!(unverified_rings -> integrations (integration_id));
diesel::joinable!(reverifications -> integrations (integration_id));
diesel::joinable!(group_counts -> companies (company_id));
diesel::joinable!(verifications -> companies (company_id));
diesel::joinable!(verifications -> invitations (invitation_id));
diesel::joinable!(withdrawal_marks -> companies (company_id));

diesel::allow_tables_to_appear_in_same_query!(
    actions,
    admin_notices,
    alert_hooks,
    alert_posts,
    alerts,
    answered_challenges,
    api_tokens,
    audit_checkpoints,
    audit_counts,
    audit_ends,
    audit_keys,
    audit_log,
    batch_events,
    batches,
    candidates,
    checkpoint_settings,
    checkups,
    chores,
    codes,
    companies,
    completeness_counts,
    completeness_days,
    completeness_gaps,
    data_migrations,
    event_counts,
    event_steps,
    events,
    idempotency_keys,
    integrations,
    invitations,
    jobs,
    lever_stages,
    lever_accounts,
    lever_webhooks,
    mail_settings,
    mail_texts,
    oauth_flows,
    postings,
    profiled_postings,
    questions,
    reconciliation_findings,
    reconciliations,
    replaced_links,
    role_profiles,
    rules,
    sessions,
    signing_tokens,
    sittings,
    sso_domains,
    sso_identities,
    sso_providers,
    sso_sessions,
    agreed_texts,
    group_counts,
    verifications,
    withdrawal_marks,
    stage_changes,
    test_callbacks,
    test_orders,
    users,
    watches,
    unverified_deliveries,
    unverified_networks,
    unverified_rings,
    reverifications,
    proven_networks,
    signature_watches,
    former_webhook_keys,
    noted_accesses,
    passkeys,
    person_devices,
    second_factors,
    recovery_codes,
);
