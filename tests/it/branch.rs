//! A breaking change on a branch: the contract tests, `mesh check` and the registry object with the same finding, which names
//! the reader and the field; and the alternative that they offer passes all three.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use crate::command::{Ended, mesh, run};
use crate::running::{Running, leashed};
use crate::workspace;

/// The field as it stands in `sales.orders`.
const TOTAL: &str = "    /// What the lines add up to.
    #[field(unit = \"USD\", decimal(10, 2), min = \"0\", term = \"order total\", example = \"1.98\")]
    pub total: Decimal,
";

/// The field taken off the wire, which breaks whoever reads it.
const GONE: &str = "    /// What the lines add up to.
    #[serde(skip)]
    pub total: Decimal,
";

#[test]
fn a_breaking_change_is_told_alike_by_tests_check_and_registry_and_the_alternative_passes() {
    let branch = Branch::of_sales();
    let registry = branch.registry();
    let url = registry.registry();
    branch.publish(&url).with(0);
    branch.accounting_reads_orders(&url);

    branch
        .rewrite(|source| source.replace("version = \"1.0.0\"", "version = \"1.1.0\"").replace(TOTAL, GONE));
    branch.update_contracts();

    let told = branch.contract_tests();
    assert!(!told.status.success(), "the contract tests pass");
    let told = String::from_utf8_lossy(&told.stdout).into_owned() + &String::from_utf8_lossy(&told.stderr);
    let checked = branch.check(&url).with(1).json();
    let finding = finding(&checked, "field-removed");
    let fingerprint = finding["fingerprint"].as_str().expect("a fingerprint").to_owned();
    let readers = finding["readers"].to_string();
    assert!(readers.contains("accounting.invoices") && readers.contains("/total"), "{readers}");

    for words in ["field-removed", "accounting.invoices", "/total", fingerprint.as_str()] {
        assert!(told.contains(words), "the contract tests do not say `{words}`:\n{told}");
    }
    let refused = branch.publish(&url).with(1);
    for words in ["field-removed", "accounting.invoices", "/total", fingerprint.as_str()] {
        assert!(refused.stdout.contains(words), "the registry does not say `{words}`:\n{}", refused.stdout);
    }

    let instead = finding["instead"][0]["code"].as_str().expect("what to write instead").to_owned();
    assert!(instead.contains("pub total: Decimal,") && instead.contains("deprecated"), "{instead}");
    branch.rewrite(|source| source.replace(GONE, &format!("{instead}\n")));
    branch.update_contracts();
    let told = branch.contract_tests();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stdout));
    branch.check(&url).with(0);
    branch.publish(&url).with(0);
}

/// The finding of a rule, wherever the report has it.
fn finding<'r>(report: &'r Value, rule: &str) -> &'r Value {
    fn search<'r>(value: &'r Value, rule: &str) -> Option<&'r Value> {
        match value {
            Value::Object(members) if members.get("rule").is_some_and(|it| it == rule) => Some(value),
            Value::Object(members) => members.values().find_map(|member| search(member, rule)),
            Value::Array(items) => items.iter().find_map(|item| search(item, rule)),
            _ => None,
        }
    }
    search(report, rule).unwrap_or_else(|| panic!("nothing of {rule} in {report:#}"))
}

/// The sales domain in a folder of its own, built beside the mesh crates of this checkout.
struct Branch {
    folder: TempDir,
}

impl Branch {
    fn of_sales() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = workspace::root();
        workspace::copy(&root.join("domains/sales"), folder.path());
        fs::copy(root.join("Cargo.lock"), folder.path().join("Cargo.lock")).expect("a lock file");
        let manifest = folder.path().join("Cargo.toml");
        let text = fs::read_to_string(&manifest).expect("the domain's manifest");
        let mesh_runtime = root.join("mesh-runtime");
        let text =
            text.replace("../../mesh-runtime", mesh_runtime.to_str().expect("UTF-8")) + "\n[workspace]\n";
        fs::write(&manifest, text).expect("the domain's manifest");
        fs::write(folder.path().join("mesh.toml"), "").expect("a file");
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn registry(&self) -> Running {
        let words = ["registry", "serve", "--open", "--listen", "127.0.0.1:0", "--format", "json", "--data"];
        Running::start(leashed(self.path()).args(words).arg(self.path().join("registry")))
    }

    fn rewrite(&self, edit: impl FnOnce(String) -> String) {
        let path = self.path().join("src/products/order.rs");
        let before = fs::read_to_string(&path).expect("the source");
        let after = edit(before.clone());
        assert_ne!(before, after, "nothing was edited");
        fs::write(path, after).expect("the source");
    }

    /// Runs the contract tests, in a target folder that no other test looks for binaries in.
    fn contract_tests(&self) -> Output {
        self.cargo_test().output().expect("cargo starts")
    }

    fn update_contracts(&self) {
        workspace::succeed(self.cargo_test().env("MESH_CONTRACT", "update"));
    }

    fn cargo_test(&self) -> Command {
        let mut command = workspace::cargo();
        command
            .current_dir(self.path())
            .args(["test", "--quiet", "--test", "contract"])
            .env("CARGO_TARGET_DIR", target())
            .env("MESH_CONTRACT_CASES", "100")
            .env_remove("MESH_REGISTRY");
        command
    }

    fn check(&self, registry: &str) -> Ended {
        run(mesh(self.path()).args(["check", "--format", "json", "--registry", registry]))
    }

    fn publish(&self, registry: &str) -> Ended {
        run(mesh(self.path()).args(["publish", "--no-verify", "--format", "json", "--registry", registry]))
    }

    /// Registers what accounting relies on, as its host does when it announces itself, and writes it down here.
    fn accounting_reads_orders(&self, registry: &str) {
        let known = "contracts/readers/orders/accounting.invoices@development.json";
        let text = fs::read_to_string(workspace::root().join("domains/sales").join(known)).expect("a reader");
        let expectation: Value = serde_json::from_str(&text).expect("JSON");
        let schema = self.path().join("schema.json");
        fs::write(&schema, expectation["schema"].to_string()).expect("a schema");
        let words = ["expect", "--consumer", "accounting.invoices", "--product", "sales.orders@^1"];
        let schema = schema.to_str().expect("UTF-8");
        run(mesh(self.path()).args(words).args(["--schema", schema, "--registry", registry])).with(0);
        run(mesh(self.path()).args(["update", "--registry", registry])).with(0);
    }
}

/// Shared with the test that builds each domain alone: what both compile of other crates is the same.
fn target() -> PathBuf {
    workspace::target().join("alone").join("target")
}
