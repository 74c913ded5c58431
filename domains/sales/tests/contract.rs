//! Every product keeps its promises: one named test for each product and check.

fn main() {
    mesh_runtime::testing::contract_tests(sales::manifest());
}
