//! Where two sides differ: call by call, and kind by kind of object.

use std::collections::{BTreeMap, BTreeSet};

use super::differ::{ShapeDifference, Telling, differ};
use super::report::{Aspect, Difference, Missing, Report};
use super::seen::{AnswerSeen, CallSeen, Seen};
use super::shape::Shape;
use super::suite::{KINDS, Side, WRITTEN};

/// The report on two sides.
pub(super) fn report(against: Side, with: Side) -> Report {
    let mut found = Found::default();
    found.calls(&against.seen, &with.seen);
    let mut differences = found.grouped();
    differences.extend(kinds(&against.seen, &with.seen));
    Report {
        same: differences.is_empty(),
        not_seen: not_seen(&against.seen, &with.seen),
        against: against.summary,
        with: with.summary,
        differences,
    }
}

/// What is found call by call; what is alike in many calls is one difference.
#[derive(Default)]
struct Found {
    found: Vec<Difference>,
    /// How many calls were compared in each subject.
    compared: BTreeMap<String, u32>,
}

const STATUSES: &str = "statuses";
const LISTS: &str = "lists";
const PARAMETERS: &str = "what parameters do";

/// What a question says that found no rows.
const NOTHING: &str = "nothing is found";

impl Found {
    fn calls(&mut self, against: &Seen, with: &Seen) {
        for (name, a) in &against.calls {
            if let Some(b) = with.calls.get(name) {
                self.call(name, a, b);
            }
        }
    }

    fn call(&mut self, name: &str, a: &CallSeen, b: &CallSeen) {
        if !a.answers.is_empty() && !b.answers.is_empty() {
            self.count(STATUSES);
            let sets = [a, b].map(|side| side.answers.keys().copied().collect::<Vec<_>>());
            if sets[0] != sets[1] {
                // What a key may see, and how a server fares, is no matter of the API. Who is known to neither is
                // refused by both: which status that has is.
                let is_unknown = sets.iter().any(|statuses| statuses.contains(&401));
                let mut all = sets.iter().flatten();
                let by_chance =
                    |status: &u16| matches!(status, 429 | 500..) || (*status == 403 && !is_unknown);
                let certain = !all.any(by_chance);
                let words = sets.map(|set| set.iter().map(u16::to_string).collect::<Vec<_>>().join(", "));
                self.tell(name, STATUSES, "", Aspect::Status, words, certain);
            }
        }
        for (status, a) in &a.answers {
            if let Some(b) = b.answers.get(status) {
                let subject = match status {
                    200..=299 => "answers 2xx".to_owned(),
                    status => format!("answers {status}"),
                };
                self.answer(name, &subject, a, b);
            }
        }
        self.paging(name, a, b);
        for (question, here) in &a.outcomes {
            let Some(there) = b.outcomes.get(question) else { continue };
            self.count(PARAMETERS);
            if here != there {
                // An account that has none of a kind finds none, whatever it was asked.
                let certain = ![here, there].iter().any(|found| joined(found) == NOTHING);
                self.tell(name, PARAMETERS, question, Aspect::Behaviour, [here, there].map(joined), certain);
            }
        }
    }

    fn answer(&mut self, name: &str, subject: &str, a: &AnswerSeen, b: &AnswerSeen) {
        self.count(subject);
        if a.bodies != b.bodies {
            self.tell(name, subject, "", Aspect::Body, [&a.bodies, &b.bodies].map(joined), true);
        }
        if a.media != b.media && a.bodies == b.bodies {
            self.tell(name, subject, "", Aspect::MediaType, [&a.media, &b.media].map(joined), true);
        }
        let names: BTreeSet<_> = a.headers.keys().chain(b.headers.keys()).collect();
        for header in names {
            let words = [a, b].map(|side| match side.headers.get(header) {
                None => "not sent",
                Some(times) if *times < side.times => "sometimes sent",
                Some(_) => "sent",
            });
            if words[0] != words[1] {
                self.tell(name, subject, header, Aspect::Header, words.map(str::to_owned), true);
            }
        }
        for one in differ(&a.envelope, &b.envelope, Telling::Answers) {
            self.tell(name, subject, &one.path, one.aspect, [one.against, one.with], one.certain);
        }
    }

    fn paging(&mut self, name: &str, a: &CallSeen, b: &CallSeen) {
        if a.paging.is_empty() || b.paging.is_empty() {
            return;
        }
        self.count(LISTS);
        // Whether there is more is the account's affair; how it is said is not.
        let said = [a, b].map(|side| {
            let states = side.paging.keys();
            let said: BTreeSet<_> = states
                .map(|state| match *state {
                    "true" | "false" => "a boolean",
                    other => other,
                })
                .collect();
            said
        });
        if said[0] != said[1] {
            let words = [&said[0], &said[1]].map(joined);
            self.tell(name, LISTS, "hasNext", Aspect::Paging, words, true);
        }
        for (state, here) in &a.paging {
            if let Some(there) = b.paging.get(state).filter(|there| *there != here) {
                let path = format!("next beside hasNext {state}");
                // Without hasNext the presence of next says whether there is more.
                let certain = *state != "missing";
                self.tell(name, LISTS, &path, Aspect::Paging, [here, there].map(joined), certain);
            }
        }
        if !a.offsets.is_empty() && !b.offsets.is_empty() && a.offsets != b.offsets {
            let words = [a, b].map(|side| side.offsets.iter().cloned().collect::<Vec<_>>().join("; "));
            self.tell(name, LISTS, "next", Aspect::Offset, words, true);
        }
    }

    fn count(&mut self, subject: &str) {
        *self.compared.entry(subject.to_owned()).or_default() += 1;
    }

    fn tell(
        &mut self,
        call: &str,
        subject: &str,
        path: &str,
        aspect: Aspect,
        [against, with]: [String; 2],
        certain: bool,
    ) {
        let same = |one: &&mut Difference| {
            one.subject == subject
                && one.path == path
                && one.aspect == aspect
                && one.against == against
                && one.with == with
        };
        if let Some(one) = self.found.iter_mut().find(same) {
            one.calls.push(call.to_owned());
            return;
        }
        self.found.push(Difference {
            subject: subject.to_owned(),
            path: path.to_owned(),
            aspect,
            against,
            with,
            certain,
            calls: vec![call.to_owned()],
            everywhere: false,
        });
    }

    /// What was found, subject by subject, the certain first.
    fn grouped(mut self) -> Vec<Difference> {
        for one in &mut self.found {
            let all = self.compared.get(&one.subject).copied().unwrap_or_default();
            one.everywhere = one.calls.len() == all as usize && all > 1;
        }
        let order = |one: &Difference| match one.subject.as_str() {
            STATUSES => 0,
            LISTS => 2,
            PARAMETERS => 3,
            _ => 1,
        };
        self.found.sort_by(|a, b| {
            (order(a), &a.subject, !a.certain, a.aspect, &a.path).cmp(&(
                order(b),
                &b.subject,
                !b.certain,
                b.aspect,
                &b.path,
            ))
        });
        self.found
    }
}

fn joined(words: &BTreeSet<&'static str>) -> String {
    words.iter().copied().collect::<Vec<_>>().join(", ")
}

/// All the objects of a kind as one shape.
fn whole(shapes: &BTreeMap<String, Shape>) -> Shape {
    let mut whole = Shape::default();
    for shape in shapes.values() {
        whole.merge(shape);
    }
    whole
}

fn kinds(against: &Seen, with: &Seen) -> Vec<Difference> {
    let mut found = Vec::new();
    for kind in KINDS {
        let (Some(a), Some(b)) = (against.kinds.get(kind), with.kinds.get(kind)) else { continue };
        // Where each call alone shows a difference, as far as it has objects of its own.
        let single: BTreeMap<_, _> = a
            .iter()
            .filter_map(|(call, a)| Some((call, differ(a, b.get(call)?, Telling::Objects))))
            .collect();
        let mut of_kind: Vec<_> = differ(&whole(a), &whole(b), Telling::Objects)
            .into_iter()
            .map(|one| {
                let shows = |(call, found): (&&String, &Vec<_>)| {
                    let mut found = found.iter();
                    let shows =
                        found.any(|it: &ShapeDifference| it.path == one.path && it.aspect == one.aspect);
                    shows.then(|| (*call).clone())
                };
                let calls: Vec<_> = single.iter().filter_map(shows).collect();
                Difference {
                    subject: (*kind).to_owned(),
                    everywhere: calls.len() == single.len(),
                    path: one.path,
                    aspect: one.aspect,
                    against: one.against,
                    with: one.with,
                    certain: one.certain,
                    calls,
                }
            })
            .collect();
        of_kind.sort_by_key(|one| !one.certain);
        found.extend(of_kind);
    }
    found
}

/// Kinds and calls that could not be compared because a side had none.
fn not_seen(against: &Seen, with: &Seen) -> Vec<Missing> {
    let missing = |what: &str, against: bool, with: bool| {
        (!against || !with).then(|| Missing { what: what.to_owned(), against, with })
    };
    // What was never asked for is not missing.
    let asked = |kind: &&&str| {
        !WRITTEN.contains(kind) || against.kinds.contains_key(**kind) || with.kinds.contains_key(**kind)
    };
    let kinds = KINDS
        .iter()
        .filter(asked)
        .filter_map(|kind| missing(kind, against.kinds.contains_key(kind), with.kinds.contains_key(kind)));
    let names: BTreeSet<_> = against.calls.keys().chain(with.calls.keys()).collect();
    let calls = names
        .into_iter()
        .filter_map(|name| missing(name, against.calls.contains_key(name), with.calls.contains_key(name)));
    kinds.chain(calls).collect()
}
