//! The candidates of a seeded account.

use super::day::DAY_MS;
use super::papers;
use crate::state::account::{Actor, State};
use crate::state::entities::{ApplicationType, DataProtection, Origin, Permission, Phone, StageChange};
use crate::state::operations::NewOpportunity;

const FIRST: [&str; 24] = [
    "Ada", "Björn", "Carmen", "Deniz", "Elif", "Farid", "Greta", "Hiro", "Ines", "Jonas", "Klara", "Luca",
    "Maja", "Nadia", "Omar", "Priya", "Quentin", "Rosa", "Sven", "Tove", "Uma", "Viktor", "Wanda", "Zoë",
];
const LAST: [&str; 20] = [
    "Lindqvist",
    "Okoye",
    "Marino",
    "Haddad",
    "Kowalski",
    "Sato",
    "Jensen",
    "Moreau",
    "Silva",
    "Novak",
    "Aaltonen",
    "Costa",
    "Eriksen",
    "Fischer",
    "Gupta",
    "Holm",
    "Ivanova",
    "O’Neil",
    "Petrov",
    "Weiss",
];
const FORMER: [&str; 6] = ["Globex", "Initech", "Umbrella Labs", "Hooli", "Stark AB", "Wayne Oy"];
const CITIES: [&str; 5] = ["Stockholm", "Oslo", "Berlin", "Lisbon", "Remote"];
const TAGS: [&str; 6] = ["Rust", "Leadership", "Relocation", "Remote", "Graduate", "Priority"];
const SOURCES: [&str; 6] = ["LinkedIn", "Posting", "Referral", "Job fair", "Agency", "Internal"];

/// How many opportunities get notes, a resume, interviews and the rest; with more than
/// that, it would only cost memory.
const WITH_PAPERS: usize = 1_000;

/// 2019-10-25, before Lever kept the time of the last update.
const LONG_AGO: i64 = 1_572_000_000_000;

pub(super) fn fill(state: &mut State, count: usize, midnight: i64) {
    for nth in 0..count {
        // Oldest first, so that serials grow with time; the newest are of yesterday.
        let age = i64::try_from(count - nth).unwrap_or(1);
        let step = (200 * DAY_MS / i64::try_from(count).unwrap_or(1)).max(1);
        // What happened to the newest took hours, and must be over at midnight, or it would be of the future.
        let margin = (DAY_MS / 2 - step).max(0);
        // Nobody applies on the stroke of the hour.
        let earlier = i64::try_from(state.draw.below(43_200_000)).unwrap_or_default() % step;
        let created_at = match nth {
            // Untouched since long ago: such a one has no `updatedAt`.
            0 if count >= 40 => LONG_AGO,
            _ => midnight - margin - age * step - earlier,
        };
        add(state, nth, count, created_at);
    }
}

fn add(state: &mut State, nth: usize, count: usize, created_at: i64) {
    let origin = Origin::ALL[nth % Origin::ALL.len()];
    let owner = state.users[1 + nth % 2].id.clone();
    let actor = Actor::new(Some(&owner), created_at);
    let new = candidate(state, nth, origin, created_at);
    let (id, _) = state.create_opportunity(new, actor).expect("the seed names only what it made");
    let now = advance(state, &id, nth, created_at);
    if nth < WITH_PAPERS {
        papers::fill(state, &id, nth, created_at, now);
    }
    finish(state, &id, nth, count, now);
}

fn candidate(state: &mut State, nth: usize, origin: Origin, created_at: i64) -> NewOpportunity {
    let first = FIRST[nth % FIRST.len()];
    let last = LAST[(nth / FIRST.len() + nth * 7) % LAST.len()];
    let name = format!("{first} {last}");
    let (first_ascii, last_ascii) = (ascii(first), ascii(last));
    let host = ["example.com", "example.org", "example.net"][nth % 3];
    let email = format!("{first_ascii}.{last_ascii}.{nth}@{host}");
    // Each fortieth is somebody who comes back for another posting.
    let returning =
        (nth % 40 == 20).then(|| state.opportunities.iter().nth(13).map(|row| row.contact.clone())).flatten();
    let posting = (nth % 8 != 7 && !state.postings.is_empty()).then(|| {
        let open = state.postings.len().min(6);
        // One in forty is for the confidential posting.
        let nth = if nth % 40 == 12 { 4 } else { [0, 1, 2, 3, 1, 5][nth % 6] };
        state.postings[nth % open].id.clone()
    });
    let without_email = nth % 40 == 15;
    NewOpportunity {
        name: Some(name),
        headline: Some(format!("{}, {}", FORMER[nth % FORMER.len()], CITIES[nth % 5])),
        emails: if without_email { Vec::new() } else { vec![email] },
        phones: match nth % 3 {
            0 => Vec::new(),
            _ => vec![Phone {
                kind: (nth % 3 == 1).then(|| "mobile".to_owned()),
                value: format!("+46 70 174 06 {:02}", 5 + nth % 95),
            }],
        },
        location: Some(CITIES[nth % CITIES.len()].to_owned()),
        links: match nth % 4 {
            0 => vec![format!("https://{host}/people/{first_ascii}-{last_ascii}-{nth}")],
            _ => Vec::new(),
        },
        tags: match nth % 5 {
            0 => Vec::new(),
            _ => vec![TAGS[nth % TAGS.len()].to_owned()],
        },
        sources: vec![SOURCES[nth % SOURCES.len()].to_owned()],
        origin: Some(origin),
        stage: Some(match origin {
            Origin::Applied | Origin::Internal => "applicant-new".to_owned(),
            _ => "lead-new".to_owned(),
        }),
        owner: Some(state.users[1 + nth % 2].id.clone()),
        followers: match nth % 3 {
            0 => vec![state.users[3].id.clone()],
            _ => Vec::new(),
        },
        posting,
        application_type: Some(match origin {
            Origin::Applied => ApplicationType::Posting,
            Origin::Referred => ApplicationType::Referral,
            _ => ApplicationType::User,
        }),
        company: Some(FORMER[nth % FORMER.len()].to_owned()),
        comments: nth.is_multiple_of(6).then(|| "I would love to join Acme.".to_owned()),
        contact: returning,
        confidential: nth % 40 == 25,
        created_at: Some(created_at),
        ..NewOpportunity::default()
    }
}

/// Moves a candidate to where the pipeline is, step by step; answers when that was.
fn advance(state: &mut State, id: &str, nth: usize, created_at: i64) -> i64 {
    let goal = [0, 3, 4, 1, 4, 6, 3, 7, 2, 4, 9, 3][nth % 12];
    let user = state.users[1 + nth % 2].id.clone();
    let stages: Vec<String> = state.stages.iter().map(|stage| stage.id.clone()).collect();
    let mut at = created_at;
    state.opportunities.edit(id, |row| {
        let start = stages.iter().position(|stage| row.stage.as_ref() == Some(stage));
        let next = start.map_or(0, |index| index + 1);
        for (index, stage) in stages.iter().enumerate().take(goal + 1).skip(next) {
            // Leads that went on did so without answering first; nobody applies twice.
            if index < goal && index <= 3 {
                continue;
            }
            at += 3_600_000;
            row.stage_changes.push(StageChange {
                to_stage: stage.clone(),
                to_index: index,
                at,
                user: Some(user.clone()),
            });
            row.stage = Some(stage.clone());
            row.last_advanced_at = at;
        }
        row.last_interaction_at = at;
        row.updated_at = at;
    });
    at
}

fn finish(state: &mut State, id: &str, nth: usize, count: usize, now: i64) {
    let at = now + 3_600_000;
    let user = state.users[1].id.clone();
    let actor = Actor::new(Some(&user), at);
    let known = "the seed made what it names";
    // Small accounts have one of each kind too, all in the first forty.
    match nth % 40 {
        9 | 31 => {
            state.hire(id, actor).expect(known);
        }
        5 | 17 | 28 => {
            let reason = state.archive_reasons[1 + nth % 4].id.clone();
            state.archive(id, &reason, None, actor).expect(known);
        }
        33 => {
            let contact = state.opportunity(id).expect(known).contact.clone();
            state.anonymize(&contact, actor).expect(known);
        }
        11 => {
            state.opportunities.edit(id, |row| row.snoozed_until = Some(at + 400 * DAY_MS));
        }
        14 => {
            let permission = Permission { allowed: true, expires_at: Some(at + 365 * DAY_MS) };
            state.opportunities.edit(id, |row| {
                row.data_protection = Some(DataProtection { store: permission.clone(), contact: permission });
            });
        }
        // Beyond the first forty of a large account, one in eight was rejected.
        _ if count > 40 && nth >= 40 && nth % 8 == 3 => {
            let reason = state.archive_reasons[1 + nth % 4].id.clone();
            state.archive(id, &reason, None, actor).expect(known);
        }
        _ => {}
    }
}

/// A name in the letters of an e-mail address.
fn ascii(name: &str) -> String {
    name.to_lowercase()
        .chars()
        .filter_map(|letter| match letter {
            'ö' | 'ø' => Some('o'),
            'ä' | 'å' => Some('a'),
            'ë' => Some('e'),
            letter => letter.is_ascii_alphabetic().then_some(letter),
        })
        .collect()
}
