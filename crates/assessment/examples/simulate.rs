//! Lets simulated people take the tests and prints how well their abilities and traits are found:
//! `cargo run --release -p assessment --example simulate -- 1 4000`.

#![allow(clippy::print_stdout, reason = "an example that prints")]

use assessment::Calibration;
use assessment::simulate::simulate;

fn main() {
    let mut arguments = std::env::args().skip(1).filter_map(|argument| argument.parse::<u64>().ok());
    let seed = arguments.next().unwrap_or(1);
    let takers = arguments.next().unwrap_or(1_000) as usize;
    print!("{}", simulate(seed, takers, &Calibration::default()));
}
