//! `mesh check` of a domain with twenty products, each with a released version and the next one, as a process of its own, beside
//! the same with the policies that ship, and beside a process of the same program that has nothing to do. Run it with `cargo bench -p mesh --bench check`.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use mesh_contract::Contract;
use serde_json::{Value, json};

const PRODUCTS: usize = 20;
const ROUNDS: usize = 41;

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    write_domain(folder.path());
    let check = ["check", "--offline"];
    let nothing = ["--version"];
    // Once without counting: the program and the files are read into memory, as they are for whoever asks twice.
    run(folder.path(), &check);
    let (mut checks, mut bare): (Vec<_>, Vec<_>) =
        (0..ROUNDS).map(|_| (run(folder.path(), &check), run(folder.path(), &nothing))).unzip();
    let policies = mesh_policy::starters::document();
    fs::write(folder.path().join("mesh.policies.toml"), policies).expect("it is written");
    let mut held: Vec<_> = (0..ROUNDS).map(|_| run(folder.path(), &check)).collect();
    checks.sort();
    held.sort();
    bare.sort();
    let told = |name: &str, times: &[Duration]| {
        let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1_000.0;
        println!("  {name:<40} median {:>6.1} ms, 95th percentile {:>6.1} ms", at(50), at(95));
    };
    println!("a process for {PRODUCTS} products with two versions each, {ROUNDS} rounds:");
    told("mesh check", &checks);
    told("mesh check with policies", &held);
    told("the same program with nothing to do", &bare);
}

fn run(folder: &Path, arguments: &[&str]) -> Duration {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mesh"));
    command.args(arguments).current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
    let started = Instant::now();
    let status = command.status().expect("the program runs");
    assert!(status.success(), "it found something: {status}");
    started.elapsed()
}

fn write_domain(folder: &Path) {
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("it is made");
        fs::write(path, text).expect("it is written");
    };
    write("Cargo.toml", "[package]\nname = \"sales\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
    write("mesh.toml", "");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("domains/sales/contracts/orders/1.0.0.json");
    let text = fs::read_to_string(path).expect("the example's contract");
    // What the policies that ship ask beyond what the example says.
    let text = text.replacen("\"levels\": {", "\"levels\": { \"freshness\": \"1d\",", 1);
    let mut lock = "version = 1\n".to_owned();
    for product in 0..PRODUCTS {
        let name = format!("orders-{product}");
        let text = text.replace("sales.orders", &format!("sales.{name}"));
        let released = Contract::read(&text).expect("a contract");
        lock.push_str(&format!(
            "\n[[released]]\naddress = \"sales.{name}\"\nversion = \"1.0.0\"\ndigest = \"{}\"\n",
            released.digest().expect("a digest")
        ));
        write(&format!("contracts/{name}/1.0.0.json"), &released.to_pretty());
        let mut next: Value = serde_json::from_str(&text.replace("1.0.0", "1.1.0")).expect("JSON");
        for side in ["emits", "accepts"] {
            let note = json!({ "type": "string", "description": "What was said." });
            next["schemas"][side]["properties"]["note"] = note;
        }
        let root = next["root"].as_str().expect("a root").to_owned();
        let note =
            json!({ "name": "note", "type": "string", "description": "What was said.", "optional": true });
        next["types"][&root]["fields"].as_array_mut().expect("fields").push(note);
        let next = Contract::read(&next.to_string()).expect("a contract");
        write(&format!("contracts/{name}/1.1.0.json"), &next.to_pretty());
    }
    write("mesh.lock", &lock);
}
