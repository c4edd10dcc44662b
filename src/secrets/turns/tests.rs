//! While a gate is shut, nothing ends: who waits, who is turned away and who comes next is certain.

use super::*;
use std::future::Future;
use std::pin::Pin;
use std::sync::Barrier;
use std::task::Poll;

type Turn = Pin<Box<dyn Future<Output = Result<(), Overloaded>> + Send>>;

fn known(person: &str) -> Asker {
    of_company(person, person)
}

fn of_company(person: &str, company: &str) -> Asker {
    Asker::Known { name: person.to_owned(), company: format!("company of {company}") }
}

/// Checks of strangers that hold all threads until the gate opens.
struct Held {
    checks: PasswordChecks,
    gate: Arc<Barrier>,
    waiting: Vec<Turn>,
    order: Arc<Mutex<Vec<String>>>,
}

impl Held {
    fn new() -> Self {
        let checks = PasswordChecks::default();
        let cores = PasswordChecks::at_once();
        let gate = Arc::new(Barrier::new(cores + 1));
        let mut held = Self { checks, gate, waiting: Vec::new(), order: Arc::default() };
        for _ in 0..cores {
            let gate = Arc::clone(&held.gate);
            assert!(held.ask(Asker::Stranger, move || {
                gate.wait();
            }));
        }
        while held.running() < cores {
            std::thread::yield_now();
        }
        held
    }

    fn running(&self) -> usize {
        let turns = self.checks.0.0.turns();
        turns.known.running + turns.strangers.running
    }

    /// Whether it waits; otherwise it was turned away.
    fn ask(&mut self, asker: Asker, work: impl FnOnce() + Send + 'static) -> bool {
        let checks = self.checks.clone();
        let mut turn: Turn = Box::pin(async move { checks.in_turn(asker, work).await });
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match turn.as_mut().poll(&mut context) {
            Poll::Ready(answer) => {
                assert_eq!(answer, Err(Overloaded));
                false
            }
            Poll::Pending => {
                self.waiting.push(turn);
                true
            }
        }
    }

    /// The same, and notes when it has its turn.
    fn ask_as(&mut self, name: &str, asker: Asker) -> bool {
        let (order, name) = (Arc::clone(&self.order), name.to_owned());
        self.ask(asker, move || order.lock().expect("nobody panics").push(name))
    }

    async fn open(self) -> Vec<String> {
        let gate = self.gate;
        tokio::task::spawn_blocking(move || {
            gate.wait();
        })
        .await
        .expect("the gate opens");
        for turn in self.waiting {
            assert_eq!(turn.await, Ok(()));
        }
        self.order.lock().expect("nobody panics").clone()
    }
}

/// As many run as there are cores, so many wait as there is room, and the rest is turned away at once.
#[tokio::test]
async fn as_many_run_as_there_are_cores_and_the_queue_is_short() {
    let mut held = Held::new();
    let checks = held.checks.clone();
    let taken = (0..400).filter(|_| held.ask(Asker::Stranger, || ())).count();
    let cores = PasswordChecks::at_once();
    assert_eq!(taken, QUEUE.max(cores) - cores, "with those that run");
    held.open().await;
    assert_eq!(checks.most_at_once(), cores);
    assert_eq!(checks.in_turn(Asker::Stranger, || 7).await, Ok(7), "there is room again");
}

/// Strangers who fill their queue leave the other one empty, and are behind it; one of them has a turn after every four.
#[tokio::test]
async fn known_people_come_first_and_strangers_have_their_turn() {
    let mut held = Held::new();
    while held.ask_as("stranger", Asker::Stranger) {}
    for number in 0..10 {
        assert!(held.ask_as("known", known(&number.to_string())), "{number}");
    }
    assert_eq!(held.checks.known_waiting(), 10);
    let order = held.open().await;
    // Those that a thread takes together may note themselves the other way round.
    let slack = PasswordChecks::at_once();
    let place =
        |nth: usize| order.iter().enumerate().filter(|(_, name)| *name == "known").nth(nth).map(|(at, _)| at);
    let (first, last) = (place(0).expect("ten"), place(9).expect("ten"));
    assert!(first < slack, "{order:?}");
    assert!(last < 12 + slack, "two strangers between ten: {order:?}");
    let between = order.iter().take(last).filter(|name| *name == "stranger").count();
    assert!(between >= 1, "strangers are not starved: {order:?}");
}

/// Who has an account takes no more than two places, whatever they send.
#[tokio::test]
async fn one_person_does_not_fill_the_queue_of_the_known() {
    let mut held = Held::new();
    let taken = (0..50).filter(|_| held.ask(known("eve"), || ())).count();
    assert_eq!(taken, EACH);
    assert!(held.ask(known("ada"), || ()));
    let checks = held.checks.clone();
    held.open().await;
    for _ in 0..5 {
        assert_eq!(checks.in_turn(known("eve"), || 7).await, Ok(7), "one after another");
    }
}

/// Known people, too, wait in a queue that has an end.
#[tokio::test]
async fn the_queue_of_the_known_is_short() {
    let mut held = Held::new();
    let taken = (0..400).filter(|number| held.ask(known(&number.to_string()), || ())).count();
    assert_eq!(taken, QUEUE.max(PasswordChecks::at_once()));
    held.open().await;
}

/// A connection that is closed takes its check along: it neither runs nor keeps a place.
#[tokio::test]
async fn checks_that_nobody_waits_for_are_not_done() {
    let mut held = Held::new();
    let cores = PasswordChecks::at_once();
    for _ in 0..5 {
        while held.ask_as("gone", Asker::Stranger) {}
        assert!(held.ask_as("gone", known("eve")));
        held.waiting.truncate(cores);
    }
    assert!(held.ask_as("here", Asker::Stranger));
    assert!(held.ask_as("here", known("eve")));
    assert_eq!(held.open().await, ["here", "here"]);
}

#[tokio::test]
async fn a_panic_takes_no_thread_and_no_place() {
    let checks = PasswordChecks::default();
    for _ in 0..3 * QUEUE {
        assert_eq!(checks.in_turn(known("ada"), || panic!("on purpose")).await, Err::<(), _>(Overloaded));
    }
    assert_eq!(checks.in_turn(known("ada"), || 7).await, Ok(7));
}

#[tokio::test]
async fn the_people_of_one_company_leave_places_to_others() {
    let mut held = Held::new();
    let mut taken = 0;
    for person in 0..30 {
        taken += usize::from(held.ask(of_company(&format!("evil {person}"), "evil"), || ()));
    }
    assert_eq!(taken, OF_A_COMPANY);
    assert!(held.ask(of_company("ada", "acme"), || ()), "another company has places");
    held.open().await;
}
