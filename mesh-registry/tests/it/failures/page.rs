//! The page of failures and the tests beside it name each other.
