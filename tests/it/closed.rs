//! A closed registry as a newcomer meets it: the first start, signing in, a team, its pipeline, and what the others may not.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;

use crate::command::{Ended, mesh, run};
use crate::processes::eventually;
use crate::running::{Running, leashed};
use crate::{http, journeys};

struct Closed {
    registry: Running,
    folder: tempfile::TempDir,
}

fn serve(folder: &Path, listen: &str) -> Running {
    let words = ["registry", "serve", "--listen", listen, "--format", "json", "--data", "data"];
    Running::start(leashed(folder).args(words))
}

impl Closed {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let registry = serve(folder.path(), "127.0.0.1:0");
        Self { registry, folder }
    }

    /// Stops the registry at once and gives what is left of it.
    fn killed(self) -> (SocketAddr, tempfile::TempDir) {
        let Self { registry, folder } = self;
        let address = registry.registry().trim_start_matches("http://").parse().expect("an address");
        registry.end(Signal::KILL);
        (address, folder)
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
        refused().with(0).json().as_array().is_some_and(|records| records.len() >= 3)
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
    let whole: Vec<&str> = exported.lines().collect();
    let shorter = &whole[..whole.len() - 1];
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
fn two_organisations_share_a_registry_and_do_not_see_each_other() {
    let closed = Closed::new();
    let root = std::fs::read_to_string(closed.administrator()).expect("the first token");
    closed.sign_in("root", root.trim());
    closed.mesh("root", &["owner", "add", "sales", "ana@sales.example", "--role", "owner"]).with(0);
    let (ana, _) = closed.token("root", &["her first", "--for", "ana@sales.example"]);
    closed.publish(&ana).with(0);

    // A tenant is made at the machine, where its first administrator is made as well.
    let (address, folder) = closed.killed();
    let at_the_store =
        |line: &[&str]| run(mesh(folder.path()).args(["registry"]).args(line).args(["--data", "data"]));
    at_the_store(&["administrator", "--tenant", "acme", "--token-file", "acme.token"])
        .with(2)
        .says(&["there is no tenant `acme`", "mesh registry tenant add acme"]);
    at_the_store(&["tenant", "add", "acme"]).with(0).says(&["mesh registry administrator --tenant acme"]);
    at_the_store(&["administrator", "--tenant", "acme", "--token-file", "acme.token"]).with(0);
    let file = folder.path().join("acme.token");
    let mode = std::fs::metadata(&file).expect("the token").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "it is for nobody else's eyes");
    let closed = Closed { registry: serve(folder.path(), &address.to_string()), folder };

    let acme = std::fs::read_to_string(&file).expect("the token");
    closed.sign_in("boss", acme.trim());
    closed.mesh("boss", &["login", "--show"]).with(0).says_out(&["administrator in the tenant acme"]);
    closed.mesh("boss", &["info", "sales.products"]).with(2).says(&["no product is published"]);
    let found = closed.mesh("boss", &["search", "track", "--format", "json"]);
    assert!(!found.stdout.contains("sales.products"), "{}", found.stdout);
    let events = closed.mesh("boss", &["events", "--format", "json"]).with(0);
    assert!(!events.stdout.contains("sales"), "{}", events.stdout);

    // The same names are free there, and what is done there is not seen here.
    closed.mesh("boss", &["owner", "add", "sales", "zoe@acme.example", "--role", "owner"]).with(0);
    let (zoe, _) = closed.token("boss", &["her first", "--for", "zoe@acme.example"]);
    closed.publish(&zoe).with(0);
    let here = closed.mesh("root", &["owner", "members", "sales", "--format", "json"]).with(0);
    assert!(here.stdout.contains("ana@sales.example") && !here.stdout.contains("acme"), "{}", here.stdout);

    // A token counts in its own tenant, also where somebody writes another one into it.
    let crossed = zoe.replacen("mesh_acme_", "mesh_default_", 1);
    closed.publish(&crossed).with(2).says(&["does not count"]);
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

/// The records that a port shows, or the refusal.
#[track_caller]
fn read(url: &str, grant: Option<&str>) -> Result<Vec<Value>, (u16, Value)> {
    let answer = http::get_as(url, grant);
    if answer.status == 200 {
        return Ok(answer.body.lines().map(|line| serde_json::from_str(line).expect("a record")).collect());
    }
    Err((answer.status, serde_json::from_str(&answer.body).expect("a problem")))
}

#[test]
fn whoever_reads_needs_a_grant_and_reads_on_when_the_registry_is_gone() {
    const SOON: Duration = Duration::from_secs(60);
    let closed = Closed::new();
    let root = std::fs::read_to_string(closed.administrator()).expect("the first token");
    closed.sign_in("root", root.trim());
    for (domain, who) in [("sales", "ana@sales.example"), ("accounting", "ben@accounting.example")] {
        closed.mesh("root", &["owner", "add", domain, who, "--role", "owner"]).with(0);
        let (token, _) = closed.token("root", &["the first", "--for", who]);
        closed.sign_in(who, &token);
    }
    closed
        .mesh("ana@sales.example", &["owner", "add", "sales", "sales/host", "--role", "maintainer"])
        .with(0);
    let (ci, _) = closed.token("ana@sales.example", &["the pipeline", "--action", "publish"]);
    closed.publish(&ci).with(0);
    let (host, _) = closed.token(
        "ana@sales.example",
        &[
            "the host",
            "--for",
            "sales/host",
            "--action",
            "announce",
            "--action",
            "expect",
            "--environment",
            "production",
        ],
    );

    // The domain runs with a token of its own, and its owner has another one for what it shows.
    let mut domain = std::process::Command::new(env!("CARGO_BIN_EXE_mesh"));
    domain.args(["__leash", &std::process::id().to_string(), "--"]).arg(crate::lifecycle::sales());
    domain.env("MESH_LISTEN", "127.0.0.1:0").env("MESH_REGISTRY", closed.registry.registry());
    domain.env("MESH_REGISTRY_TOKEN", &host).env("MESH_TOKEN", "the owner's own").env("MESH_LEASE", "3");
    domain.env("MESH_ENVIRONMENT", "production").env("MESH_CACHE", closed.folder.path().join("cache"));
    domain.env_remove("MESH_ACCESS");
    let mut domain = domain
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("sales");
    let found = || {
        let info = closed
            .mesh("ben@accounting.example", &["info", "sales.customers", "--format", "json"])
            .with(0)
            .json();
        info.pointer("/deployments/0/products").and_then(Value::as_array).and_then(|products| {
            let served =
                products.iter().find(|it| it["address"] == "sales.customers" && it["records"].is_u64())?;
            Some(served["ports"][0]["url"].as_str()?.to_owned())
        })
    };
    eventually("sales announces itself", SOON, || found().is_some());
    let url = found().expect("where it is read");

    // Accounting asks for less than everything, sales gives less than that.
    let asked = closed.mesh(
        "ben@accounting.example",
        &[
            "request",
            "sales.customers",
            "--as",
            "accounting",
            "--purpose",
            "Monthly invoices",
            "--until",
            "2027-01-31",
            "--fields",
            "customer_id,email,country",
            "--environment",
            "production",
            "--format",
            "json",
        ],
    );
    let id = asked.with(0).json()["id"].as_str().expect("an id").to_owned();
    closed.mesh("ben@accounting.example", &["access", "accept", &id]).with(2);
    closed.mesh("ben@accounting.example", &["access", "grant", &id]).with(2);
    closed.mesh("ana@sales.example", &["access", "accept", &id, "--fields", "customer_id,country"]).with(0);
    let grant =
        closed.mesh("ben@accounting.example", &["access", "grant", &id]).with(0).stdout.trim().to_owned();

    let four = |when: &str| {
        let (status, problem) = read(&url, None).expect_err("nobody reads");
        assert_eq!(status, 401, "{when}: {problem}");
        assert!(
            problem["detail"].as_str().is_some_and(|detail| detail.contains("mesh request")),
            "{problem}"
        );
        let forged = format!("{}x", &grant[..grant.len() - 1]);
        assert_eq!(read(&url, Some(&forged)).expect_err("nobody believes it").0, 401, "{when}");
        let some = read(&url, Some(&grant)).expect("the grant is believed");
        let all = read(&url, Some("the owner's own")).expect("the owner reads");
        assert_eq!(some.len(), all.len());
        let (some, all) = (&some[0], &all[0]);
        for granted in ["customer_id", "country"] {
            assert_eq!(some[granted], all[granted], "{when}: as it is");
        }
        for personal in ["email", "first_name", "last_name", "address", "city", "postal_code", "phone"] {
            assert!(all[personal].is_string(), "{all}");
            assert_ne!(some[personal], all[personal], "{when}: `{personal}` was not agreed on");
        }
        assert!(
            all["support_rep_id"].is_u64() && some["support_rep_id"].is_null(),
            "{when}: left out: {some}"
        );
    };
    // The port hears whom to believe with its lease.
    eventually("the port knows the keys", SOON, || read(&url, Some(&grant)).is_ok());
    four("with the registry");

    // What is read is seen, and what is revoked ends.
    let readers =
        || closed.mesh("ana@sales.example", &["access", "list", "--product", "sales.customers"]).with(0);
    assert!(readers().stdout.contains("accounting"));
    let (address, folder) = closed.killed();
    four("without the registry");
    let again = Closed { registry: serve(folder.path(), &address.to_string()), folder };
    eventually("the registry is back", SOON, || {
        again.mesh("ana@sales.example", &["access", "list"]).status == Some(0)
    });
    again.mesh("ana@sales.example", &["access", "revoke", &id, "--reason", "The audit is over"]).with(0);
    eventually("the port hears of it", SOON, || matches!(read(&url, Some(&grant)), Err((401 | 403, _))));
    let (_, problem) = read(&url, Some(&grant)).expect_err("it counts no more");
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("revoked")), "{problem}");
    let _ = domain.kill();
    let _ = domain.wait();
}
