//! Every product keeps its promises, and so does what is read from others: one named test for each product and check.

fn main() {
    mesh_runtime::testing::contract_tests(accounting::manifest());
}
