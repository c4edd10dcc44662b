//! What the pages of the event log ask.
