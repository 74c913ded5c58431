//! What the domain works out, held against figures that the tests work out by themselves.

mod ageing;
mod commission;
mod employees;
mod posting;
mod recorded;
