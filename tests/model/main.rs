//! The promises of design §7 under faults, as a property: random sequences of what happens in Lever, at
//! the candidates' and at the admin's, with deliveries that go astray, calls that break before and after
//! their effect, and `kill -9`. At the end the world is compared with a model of the rules (`model.rs`).
//!
//!     cargo test --test model                             250 sequences, always the same
//!     ALVA_SEED=random ALVA_SEQUENCES=5000 cargo test --release --test model -- --nocapture     others
//!     ALVA_SEED=17 ALVA_SEQUENCES=1 cargo test --test model sqlite -- --nocapture     one of them again
//!
//! A seed decides what happens; how the processes interleave is theirs. A sequence that fails is shrunk,
//! and printed with its seed.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod admin;
mod candidate;
mod client;
mod draw;
mod faults;
mod figures;
mod ground;
mod model;
mod plan;
mod play;
mod process;
mod verdict;
mod world;

use alva_portal::db::Backend;
use futures_util::FutureExt as _;
use ground::Ground;
use plan::Plan;
use play::{Play, Tally};
use proptest::strategy::ValueTree as _;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use world::World;

/// Sequences that run at the same time: they wait most of the time.
const AT_ONCE: usize = 12;

/// How long a failing sequence is shrunk.
const SHRINKING: Duration = Duration::from_secs(180);

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} must be a number: {text}")))
}

/// The seed of the first sequence: the usual one, so that every run is of the same sequences, unless
/// `ALVA_SEED` names another or says `random`.
fn first_seed(usual: u64) -> u64 {
    if std::env::var("ALVA_SEED").is_ok_and(|seed| seed == "random") {
        return jiff::Timestamp::now().as_millisecond().unsigned_abs() * 1_000;
    }
    number("ALVA_SEED").unwrap_or(usual)
}

/// Plays a sequence in a world of its own; answers what was wrong.
async fn play(ground: &Ground, plan: &Plan) -> (Vec<String>, Tally) {
    let world = World::make(ground, plan).await;
    let mut play = Play::of(&world, plan);
    let wrong = match play.run(plan).await {
        Ok(()) => verdict::of(&mut play).await,
        Err(why) => vec![why],
    };
    let (mut tally, log) = (play.tally, world.portal.log());
    tally.add("steps", plan.steps.len());
    if !wrong.is_empty() && std::env::var_os("ALVA_LOG").is_some() {
        println!("{log}");
    }
    world.portal.stop().await;
    world.lever.stop().await;
    (wrong, tally)
}

/// The same; what panics is wrong, too.
async fn tried(ground: &Ground, plan: &Plan) -> (Vec<String>, Tally) {
    AssertUnwindSafe(play(ground, plan)).catch_unwind().await.unwrap_or_else(|panic| {
        let words = panic.downcast_ref::<String>().cloned();
        let words = words.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        (vec![words.unwrap_or_else(|| "it panicked".to_owned())], Tally::default())
    })
}

/// The smallest sequence below this seed's that is found to fail, and how.
async fn shrunk(ground: &Ground, seed: u64, wrong: Vec<String>) -> (Plan, Vec<String>) {
    let mut tree = draw::tree(seed);
    let (began, mut smallest) = (Instant::now(), (tree.current(), wrong));
    let mut is_left = tree.simplify();
    while is_left && began.elapsed() < SHRINKING {
        let plan = tree.current();
        let (wrong, _) = tried(ground, &plan).await;
        is_left = if wrong.is_empty() {
            tree.complicate()
        } else {
            smallest = (plan, wrong);
            tree.simplify()
        };
    }
    smallest
}

async fn sequences(backend: Backend, usual_seed: u64, usual_count: u64) {
    let first = first_seed(usual_seed);
    let count = number("ALVA_SEQUENCES").unwrap_or(usual_count);
    let (began, ground) = (Instant::now(), Arc::new(Ground::prepare(backend).await));
    let next = Arc::new(AtomicUsize::new(0));
    let mut lanes = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (ground, next) = (ground.clone(), next.clone());
        lanes.spawn(async move {
            let mut all = Tally::default();
            loop {
                let seed = first + next.fetch_add(1, Ordering::Relaxed) as u64;
                if seed >= first + count {
                    return (all, None);
                }
                let plan = draw::tree(seed).current();
                let (wrong, tally) = tried(&ground, &plan).await;
                all.join(tally);
                all.add("sequences", 1);
                if !wrong.is_empty() {
                    // The others end with the sequence that they are in.
                    next.fetch_add(usize::try_from(count).unwrap(), Ordering::Relaxed);
                    return (all, Some((seed, plan, wrong)));
                }
            }
        });
    }
    let (mut tally, mut failed) = (Tally::default(), None);
    while let Some(lane) = lanes.join_next().await {
        let (of_lane, failure) = lane.unwrap();
        tally.join(of_lane);
        failed = failed.or(failure);
    }
    println!("{backend:?}: from seed {first}, in {} s", began.elapsed().as_secs());
    tally.0.iter().for_each(|(what, times)| println!("  {times:>8} {what}"));
    if let Some((seed, plan, wrong)) = failed {
        println!("\nseed {seed}:\n{plan}\n{}\nshrinking", wrong.join("\n"));
        let (smaller, wrong) = shrunk(&ground, seed, wrong).await;
        let name = format!("{backend:?}").to_lowercase();
        panic!(
            "seed {seed} fails; again: ALVA_SEED={seed} ALVA_SEQUENCES=1 cargo test --test model {name}\n\
             shrunk to\n{smaller}\n{}",
            wrong.join("\n")
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() {
    sequences(Backend::Sqlite, 1, 150).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() {
    sequences(Backend::Postgres, 1_001, 100).await;
}
