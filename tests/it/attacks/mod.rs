//! Attacks by strangers and colleagues, each as it was carried out; each test is red without its defence.

mod connections;
mod daily_limit;
mod deliveries;
mod floods;
mod forged;
mod fuzzed;
mod kept_secret;
mod log_in;
mod written_down;
