//! Attacks by strangers and colleagues, each as it was carried out; each test is red without its defence.

mod audit_log;
mod connections;
mod daily_limit;
mod deliveries;
mod demo;
mod every_route;
mod everything_written;
mod exports;
mod floods;
mod forged;
mod fuzzed;
mod headers;
mod hosts;
mod kept_secret;
mod log_in;
mod malformed;
mod meanwhile;
mod memory;
mod named;
mod refusals;
mod ring;
mod strangers;
mod taken;
mod written_down;
