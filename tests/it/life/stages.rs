//! Stages that are renamed, moved or removed in Lever: noticed, shown, never a silent stop.

use super::*;

beside_lever!(
    /// A new name and a new place are shown with the old ones, and stand in the audit log.
    renamed_and_moved_stages_are_shown,
    async |working: Working| {
        let mut stages = working.pipeline().await;
        let at = stages.iter().position(|stage| stage["text"] == TRIGGER).unwrap();
        stages[at]["text"] = json!("Tests");
        let last = stages.pop().unwrap();
        stages.insert(0, last.clone());
        working.set_pipeline(stages).await;
        let page = until("the notice", PATIENCE, async || {
            let page = working.there.admin.get(&working.page()).await;
            page.html.contains("was renamed").then_some(page)
        })
        .await;
        let told = page.text("section[aria-labelledby=doctor] li");
        assert!(told.contains("“Assessment” was renamed to “Tests” just now"), "{told}");
        let moved = format!("“{}” was moved to the beginning of the pipeline", last["text"].as_str().unwrap());
        assert!(told.contains(&moved), "{told}");
        assert_eq!(told.lines().count(), 2, "nothing else: {told}");
        let audit = working.audit().await;
        for action in ["integration.stage_renamed", "integration.stage_moved"] {
            assert_eq!(audit.iter().filter(|there| *there == action).count(), 1, "{action}: {audit:?}");
        }
        // It is the same stage, so it still invites.
        let person = working.person("Renamed", "applicant-new").await;
        working.move_to(&person, "Tests").await;
        working.mailed("renamed@people.example", "invites you").await;
    }
);

beside_lever!(
    /// A trigger stage that is gone: admins are told once, events say so, and once more when it is mended.
    a_removed_trigger_stage_is_told_of,
    async |working: Working| {
        let stages = working.pipeline().await;
        let left = stages.into_iter().filter(|stage| stage["text"] != TRIGGER).collect();
        working.set_pipeline(left).await;
        working.mailed("ada@acme.example", "The trigger stage is gone from Lever").await;
        let page = working.there.admin.get(&working.page()).await;
        assert!(page.text(".banner").contains("trigger stage “Assessment” no longer exists in Lever"), "{}", page.html);
        assert!(page.text("section[aria-labelledby=doctor] li").contains("“Assessment” was removed"));
        let person = working.person("Nowhere", "applicant-new").await;
        working.move_to(&person, "Phone interview").await;
        let event = until("the event's end", PATIENCE, async || {
            working.events().await.into_iter().find(|event| event.finished_at.is_some())
        })
        .await;
        assert!(
            event.reason.contains("the trigger stage “Assessment” no longer exists in Lever, so nobody is invited by a move"),
            "{}",
            event.reason
        );
        let why = working.there.admin.get(&format!("/candidates/why?q={person}")).await;
        assert!(why.text(".banner").contains("no longer exists in Lever"), "{}", why.html);
        let stage = working.stage("Phone interview").await;
        let form = working.there.admin.get(&working.page()).await;
        let saved = working.there.admin.press(&form, "Save", &[("trigger_stage", &stage)]).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
        working.mailed("ada@acme.example", "The trigger stage is there again").await;
        assert_eq!(working.mails("ada@acme.example", "The trigger stage is gone").await, 1);
    }
);
