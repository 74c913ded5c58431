//! A domain's binary: one line when it is ready, and an end in order at Ctrl-C and SIGTERM.
