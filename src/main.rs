//! The command line of the portal.

fn main() {}
