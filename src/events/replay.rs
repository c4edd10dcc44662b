//! Putting an event back to work.
