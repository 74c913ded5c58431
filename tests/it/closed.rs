//! A closed registry as a newcomer meets it: the first start, signing in, a team, its pipeline, and what the others may not.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use crate::command::{Ended, mesh, run};
use crate::journeys;
use crate::processes::eventually;
use crate::running::{Running, leashed};

struct Closed {
    registry: Running,
    folder: tempfile::TempDir,
}

impl Closed {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut serve = leashed(folder.path());
        serve.args(["registry", "serve", "--listen", "127.0.0.1:0", "--format", "json", "--data", "data"]);
        Self { registry: Running::start(&mut serve), folder }
    }

    fn administrator(&self) -> PathBuf {
        self.folder.path().join("data/administrator.token")
    }

    /// The command as somebody with a home of their own.
    #[track_caller]
    fn mesh(&self, who: &str, line: &[&str]) -> Ended {
        let home = self.folder.path().join(who);
        std::fs::create_dir_all(&home).expect("a home");
        run(mesh(self.folder.path())
            .args(line)
            .args(["--registry", &self.registry.registry()])
            .env("HOME", &home)
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("MESH_REGISTRY_TOKEN"))
    }

    /// A token that is made by somebody for somebody.
    #[track_caller]
    fn token(&self, who: &str, line: &[&str]) -> (String, String) {
        let line: Vec<&str> =
            ["token", "make"].iter().chain(line).chain(&["--format", "json"]).copied().collect();
        let made = self.mesh(who, &line).with(0).json();
        let text = |name: &str| made[name].as_str().expect("text").to_owned();
        (text("token"), text("id"))
    }

    /// Signs somebody in by a token.
    #[track_caller]
    fn sign_in(&self, who: &str, token: &str) {
        let file = self.folder.path().join(format!("{who}.token"));
        std::fs::write(&file, token).expect("a file");
        self.mesh(who, &["login", "--token-file", &file.display().to_string()]).with(0);
    }

    /// Publishes the products of the domain `sales` with a token.
    #[track_caller]
    fn publish(&self, token: &str) -> Ended {
        journeys::publish_sales_by(&self.registry.registry(), token)
    }
}

#[test]
fn a_team_is_let_in_and_publishes_and_is_shut_out_again() {
    let closed = Closed::new();
    let file = closed.administrator();
    let mode = std::fs::metadata(&file).expect("the first token").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "it is for nobody else's eyes");

    closed.mesh("anybody", &["search", "orders"]).with(2).says(&["this registry is closed", "mesh login"]);

    let signed_in = closed.mesh("root", &["login", "--token-file", &file.display().to_string()]).with(0);
    let root = signed_in.says_out(&["administrator in the tenant default"]);
    assert!(!root.stderr.contains("mesh_default_"), "no secret on the screen: {}", root.stderr);
    let kept = closed.folder.path().join("root/.config/mesh/credentials.toml");
    let mode = std::fs::metadata(kept).expect("the credentials").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    // Whoever runs the platform says who owns a domain, and acts for none.
    closed.mesh("root", &["owner", "add", "sales", "ana@sales.example", "--role", "owner"]).with(0);
    let (ana, _) = closed.token("root", &["her first", "--for", "ana@sales.example"]);
    let root_token = std::fs::read_to_string(&file).expect("the first token");
    closed
        .publish(root_token.trim())
        .with(2)
        .says(&["may not `publish` in `sales`", "mesh owner show sales"]);

    // The owner lets a pipeline publish, and nothing else.
    closed.sign_in("ana", &ana);
    closed.mesh("ana", &["owner", "add", "sales", "sales/ci", "--role", "maintainer"]).with(0);
    let (ci, id) = closed
        .token("ana", &["the pipeline", "--for", "sales/ci", "--action", "publish", "--domain", "sales"]);
    let published = closed.publish(&ci).with(0).json();
    assert_eq!(published.as_array().map(Vec::len), Some(4), "{published}");
    closed.sign_in("ci", &ci);
    closed.mesh("ci", &["yank", "sales.products@1.0.0"]).with(2).says(&["is not for `turn-versions`"]);
    closed.mesh("ci", &["token", "make", "more"]).with(2).says(&["is not for making tokens"]);

    // Somebody of another domain browses, and may nothing more.
    let (ben, _) = closed.token("root", &["his first", "--for", "ben@accounting.example"]);
    closed.sign_in("ben", &ben);
    closed.mesh("ben", &["info", "sales.products"]).with(0);
    closed
        .mesh("ben", &["yank", "sales.products@1.0.0"])
        .with(2)
        .says(&["may not `turn-versions` in `sales`"]);
    closed.mesh("ben", &["owner", "add", "sales", "ben@accounting.example", "--role", "owner"]).with(2);
    closed.mesh("ben", &["token", "list", "--for", "sales/ci"]).with(2);
    closed.mesh("ben", &["token", "revoke", &id]).with(2).says(&["no token"]);

    // A token that is revoked counts no more, and one that is not of its owner's is not seen.
    let listed =
        closed.mesh("ana", &["token", "list", "--for", "sales/ci", "--format", "json"]).with(0).json();
    assert_eq!(
        (&listed[0]["id"], &listed[0]["label"]),
        (&Value::from(id.as_str()), &Value::from("the pipeline"))
    );
    assert!(listed[0]["usedAt"].is_string(), "{listed}");
    closed.mesh("ana", &["token", "revoke", &id]).with(0);
    closed.publish(&ci).with(2).says(&["does not count"]);
    closed.mesh("ana", &["owner", "remove", "sales", "sales/ci", "--role", "maintainer"]).with(0);
    closed
        .mesh("root", &["owner", "remove", "platform", "administrator", "--role", "administrator"])
        .with(2)
        .says(&["nobody else is administrator"]);

    // Every decision is on record, for auditors alone, and nobody changes it unseen.
    closed.mesh("root", &["audit", "verify"]).with(2).says(&["may not `read-audit`"]);
    closed.mesh("root", &["owner", "add", "platform", "eve@audit.example", "--role", "auditor"]).with(0);
    let (eve, _) = closed.token("root", &["her first", "--for", "eve@audit.example"]);
    closed.sign_in("eve", &eve);
    let refused = || {
        closed.mesh(
            "eve",
            &["audit", "list", "--refused", "--of", "ben@accounting.example", "--format", "json"],
        )
    };
    eventually("what was refused is sealed", Duration::from_secs(30), || {
        refused().with(0).json().as_array().is_some_and(|records| records.len() >= 4)
    });
    let told = refused().json();
    let yank = told
        .as_array()
        .and_then(|all| all.iter().find(|it| it["action"] == "turn-versions"))
        .expect("the yank");
    assert_eq!((&yank["domain"], &yank["status"]), (&Value::from("sales"), &Value::from(403)));
    assert!(
        yank["reason"].as_str().is_some_and(|reason| reason.contains("ben@accounting.example")),
        "{yank}"
    );
    let verified = closed.mesh("eve", &["audit", "verify", "--format", "json"]).with(0).json();
    let seal = verified["seal"].as_str().expect("a seal").to_owned();
    let exported = closed.mesh("eve", &["audit", "export"]).with(0).stdout;
    for secret in [&ana, &ci, &ben, &eve] {
        assert!(!exported.contains(secret.as_str()), "no token is on record");
    }
    let file = closed.folder.path().join("audit.jsonl");
    std::fs::write(&file, &exported).expect("a file");
    let file = file.display().to_string();
    closed.mesh("eve", &["audit", "verify", &file, "--seal", &seal]).with(0);
    std::fs::write(&file, exported.replacen("refused", "allowed", 1)).expect("a file");
    closed.mesh("eve", &["audit", "verify", &file]).with(1).says_out(&["is not what was sealed"]);
    let shorter: Vec<&str> = exported.lines().take(1).collect();
    std::fs::write(&file, shorter.join("\n")).expect("a file");
    closed.mesh("eve", &["audit", "verify", &file]).with(0);
    closed
        .mesh("eve", &["audit", "verify", &file, "--seal", &seal])
        .with(1)
        .says_out(&["has been taken away"]);

    closed.mesh("root", &["logout"]).with(0);
    closed.mesh("root", &["search", "orders"]).with(2).says(&["this registry is closed"]);
}

#[test]
fn an_open_registry_serves_this_machine_alone_and_keeps_no_secrets() {
    let folder = tempfile::tempdir().expect("a folder");
    let words = ["registry", "serve", "--open", "--listen", "0.0.0.0:0", "--data", "data"];
    run(mesh(folder.path()).args(words)).with(2).says(&["listen on 127.0.0.1", "access.mode"]);

    let town = crate::town::Town::new();
    assert!(!town.folder.path().join("data/administrator.token").exists());
    town.mesh("token make backdoor --for ana@example.com").with(2).says(&["this registry is open"]);
    town.mesh("owner add platform ana@example.com --role administrator")
        .with(2)
        .says(&["this registry is open"]);
    town.mesh("login --show").with(0).says_out(&["asks nobody who they are"]);
}
