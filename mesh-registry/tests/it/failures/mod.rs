//! What happens when something fails: a test for each fault, which `docs/failures.md` names.

mod page;
