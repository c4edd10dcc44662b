//! Notes, files, resumes, interviews, feedback, offers and referrals of the seed.

use crate::state::account::State;
use crate::state::entities::{
    Comment, File, Form, FormField, Interview, Note, Offer, Opportunity, Origin, Panel, Papers,
};

pub(super) fn fill(state: &mut State, id: &str, nth: usize, created_at: i64, now: i64) {
    let opportunity = state.opportunity(id).expect("just made").clone();
    let person = state.contact_of(&opportunity).name.clone().unwrap_or_default();
    let mut papers = Papers::default();
    let recruiter = state.users[2].id.clone();
    if nth.is_multiple_of(2) {
        papers.notes.push(Note {
            id: state.draw.uuid(),
            comments: vec![Comment {
                text: format!("Spoke with {person}; a good first impression."),
                user: Some(recruiter.clone()),
                stage: opportunity.stage.clone(),
                created_at: now,
            }],
            score: None,
            user: Some(recruiter.clone()),
            secret: nth.is_multiple_of(8),
            by_api: false,
            created_at: now,
            completed_at: Some(now),
            deleted_at: None,
        });
    }
    if !nth.is_multiple_of(3) {
        let resume = text_file(state, "resume.txt", &person, created_at);
        let resume_id = resume.id.clone();
        papers.resumes.push(resume);
        state.opportunities.edit(id, |row| row.resume = Some(resume_id));
    }
    if nth.is_multiple_of(4) {
        papers.files.push(text_file(state, "cover-letter.txt", &person, created_at));
    }
    let index = opportunity.stage.as_deref().and_then(|stage| state.stage_index(stage)).unwrap_or_default();
    if index >= 6 || nth.is_multiple_of(7) {
        interview(state, &mut papers, opportunity.stage.clone(), now);
    }
    if index == 9 {
        papers.offers.push(offer(state, &opportunity, now));
    }
    if opportunity.origin == Origin::Referred {
        let user = state.users[4].id.clone();
        papers.referrals.push(Form {
            id: state.draw.uuid(),
            text: "Referral".into(),
            instructions: "How do you know this person?".into(),
            fields: vec![field(state, "textarea", "How do you know them?", "We were on the same team.")],
            template: state.draw.uuid(),
            user,
            stage: opportunity.stage.clone(),
            panel: None,
            interview: None,
            created_at,
            updated_at: None,
            completed_at: Some(created_at),
        });
    }
    if papers != Papers::NONE {
        state.papers.insert(id.to_owned(), papers);
    }
}

fn text_file(state: &mut State, name: &str, person: &str, at: i64) -> File {
    File {
        id: state.draw.uuid(),
        name: name.into(),
        ext: "txt".into(),
        uploaded_at: at,
        user: None,
        content: format!("{person}\n\nAll of this is made up.\n").into_bytes(),
    }
}

fn field(state: &mut State, kind: &str, text: &str, value: &str) -> FormField {
    FormField {
        id: state.draw.uuid(),
        kind: kind.into(),
        text: text.into(),
        required: false,
        prompt: None,
        options: Vec::new(),
        value: value.into(),
    }
}

fn interview(state: &mut State, papers: &mut Papers, stage: Option<String>, now: i64) {
    let at = now + 2 * super::day::DAY_MS;
    let (host, interviewer) = (state.users[2].id.clone(), state.users[4].id.clone());
    let (panel, interview, feedback) = (state.draw.uuid(), state.draw.uuid(), state.draw.uuid());
    papers.feedback.push(Form {
        id: feedback.clone(),
        text: "Interview feedback".into(),
        instructions: "Write what you saw, not what you felt.".into(),
        fields: vec![
            field(state, "score-system", "Rating", "3 - Hire"),
            field(state, "textarea", "Notes", "Clear answers, good questions."),
        ],
        template: state.draw.uuid(),
        user: interviewer.clone(),
        stage: stage.clone(),
        panel: Some(panel.clone()),
        interview: Some(interview.clone()),
        created_at: now,
        updated_at: None,
        completed_at: Some(at + 3_600_000),
    });
    papers.panels.push(Panel {
        id: panel,
        stage,
        user: host,
        timezone: "Europe/Stockholm".into(),
        note: String::new(),
        created_at: now,
        canceled_at: None,
        externally_managed: false,
        external_url: None,
        feedback_reminder: None,
        interviews: vec![Interview {
            id: interview,
            subject: "Interview with Acme Inc".into(),
            note: String::new(),
            interviewers: vec![interviewer],
            at,
            duration: 45,
            location: "Video call".into(),
            feedback: vec![feedback],
            created_at: now,
            updated_at: now,
            canceled_at: None,
        }],
    });
}

fn offer(state: &mut State, opportunity: &Opportunity, now: i64) -> Offer {
    let posting = opportunity.application.as_ref().map(|application| application.posting.clone());
    Offer {
        id: state.draw.uuid(),
        status: "sent".into(),
        creator: state.users[1].id.clone(),
        posting,
        fields: vec![
            field(state, "text", "Job title", "As in the posting"),
            field(state, "currency", "Salary amount", "540000"),
        ],
        created_at: now,
        sent_at: Some(now + 3_600_000),
        approved_at: Some(now + 1_800_000),
    }
}
