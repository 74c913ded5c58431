//! What stands in `deploy/`: it names what is there, and calls the command as the command is.

use std::fs;
use std::path::Path;

use crate::command::{mesh, run};
use crate::workspace;

fn read(name: &str) -> String {
    fs::read_to_string(workspace::root().join("deploy").join(name))
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The instructions of the Dockerfile, each on one line.
fn instructions() -> Vec<String> {
    let text = read("Dockerfile");
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    lines.join("\n").replace("\\\n", " ").lines().map(str::to_owned).filter(|line| !line.is_empty()).collect()
}

/// What the image takes from the repository.
fn copied() -> Vec<String> {
    let from_here = |line: &String| line.starts_with("COPY ") && !line.contains("--from=");
    let sources = |line: String| {
        let mut words: Vec<_> = line.split_whitespace().skip(1).map(str::to_owned).collect();
        words.pop();
        words
    };
    instructions().into_iter().filter(from_here).flat_map(sources).collect()
}

/// The command line that is given, up to the question for help: everything before it is read.
#[track_caller]
fn is_understood(words: &[&str]) {
    let ended = run(mesh(Path::new(env!("CARGO_TARGET_TMPDIR"))).args(words).arg("--help"));
    assert_eq!(ended.status, Some(0), "{words:?}: {}", ended.stderr);
    assert!(ended.stdout.contains(&format!("Usage: mesh {}", words[..2].join(" "))), "{}", ended.stdout);
}

#[test]
fn the_image_is_built_of_what_is_there_and_cargo_needs_nothing_else() {
    let ignored = read("Dockerfile.dockerignore");
    let copied = copied();
    assert!(copied.len() > 5, "{copied:?}");
    let folder = tempfile::tempdir().expect("a folder");
    for path in &copied {
        let here = workspace::root().join(path);
        assert!(here.exists(), "{path} is copied and not there");
        assert!(ignored.lines().any(|line| line == format!("!{path}")), "{path} is copied and ignored");
        if here.is_dir() {
            workspace::copy(&here, &folder.path().join(path));
        } else {
            fs::copy(&here, folder.path().join(path)).expect("copied");
        }
    }
    let manifest = folder.path().join("Cargo.toml");
    let words = ["metadata", "--format-version", "1", "--no-deps", "--offline", "--manifest-path"];
    workspace::succeed(workspace::cargo().args(words).arg(manifest));
    // The sources read no file that stays outside.
    let mut open: Vec<_> = copied.iter().map(|path| folder.path().join(path)).collect();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).expect("a folder").flatten().map(|entry| entry.path()));
            continue;
        }
        let text =
            if path.extension().is_some_and(|it| it == "rs") { fs::read_to_string(&path) } else { continue };
        let text = text.expect("a source");
        let parts: Vec<&str> = text.split("include_str!(\"").chain(text.split("include_bytes!(\"")).collect();
        for included in parts.iter().filter_map(|part| part.split_once("\")")).map(|(name, _)| name) {
            let beside = path.parent().expect("a folder").join(included);
            assert!(
                included.contains(['\n', ' ', '{']) || included == "..." || beside.exists(),
                "{}: {included}",
                path.display()
            );
        }
    }
}

#[test]
fn the_image_calls_the_command_as_it_is_and_without_a_shell_or_rights() {
    let of = |name: &str| {
        let line = instructions()
            .into_iter()
            .rfind(|line| line.starts_with(name))
            .unwrap_or_else(|| panic!("no {name}"));
        line[name.len()..].trim().to_owned()
    };
    let words =
        |name: &str| serde_json::from_str::<Vec<String>>(&of(name)).expect("the form without a shell");
    assert_eq!(words("ENTRYPOINT"), ["/usr/local/bin/mesh"]);
    let call = words("CMD");
    is_understood(&call.iter().map(String::as_str).collect::<Vec<_>>());
    let user = of("USER");
    let user = user.split(':').next().and_then(|it| it.parse::<u32>().ok());
    assert!(user.is_some_and(|user| user > 0), "a user without rights, by number");
    for line in instructions().iter().filter(|line| line.starts_with("FROM ")) {
        let image = line.split_whitespace().nth(1).expect("an image");
        assert!(image.split_once(':').is_some_and(|(_, tag)| tag != "latest"), "{line} is pinned by no tag");
    }
    let settings = of("ENV");
    let settings = settings.split_whitespace().map(|pair| pair.split_once('=').expect("a pair"));
    let folder = tempfile::tempdir().expect("a folder");
    let ended = run(mesh(folder.path())
        .args(["registry", "check-config", "--format", "json"])
        .envs(settings.clone()));
    let answer = ended.with(0).json();
    let said =
        answer["settings"].as_array().expect("settings").iter().filter(|it| it["from"] == "environment");
    assert_eq!(said.count(), settings.count(), "every variable sets something: {answer}");
}

#[test]
fn the_service_calls_the_command_as_it_is_and_grants_the_time_that_it_takes() {
    let unit = read("mesh-registry.service");
    let values = |name: &str| {
        let lines = unit.lines().filter_map(|line| line.strip_prefix(name)).map(str::to_owned);
        lines.collect::<Vec<_>>()
    };
    for call in values("ExecStart=").into_iter().chain(values("ExecStartPre=")) {
        let words: Vec<&str> = call.split_whitespace().collect();
        assert_eq!(words[0], "/usr/local/bin/mesh");
        is_understood(&words[1..]);
    }
    let settings = values("Environment=");
    let settings = settings[0].split_whitespace().map(|pair| pair.split_once('=').expect("a pair"));
    let folder = tempfile::tempdir().expect("a folder");
    let example = workspace::root().join("deploy/registry.toml");
    let words = ["registry", "check-config", "--format", "json", "--config"];
    let ended = run(mesh(folder.path()).args(words).arg(example).envs(settings.clone()));
    let answer = ended.with(0).json();
    let all = answer["settings"].as_array().expect("settings");
    assert_eq!(
        all.iter().filter(|it| it["from"] == "environment").count(),
        settings.clone().count(),
        "{answer}"
    );
    let seconds = |name: &str| {
        let found = all.iter().find(|it| it["setting"] == name).and_then(|it| it["value"].as_str());
        found.and_then(|it| it.strip_suffix('s')).and_then(|it| it.parse::<u64>().ok()).expect("seconds")
    };
    let granted = values("TimeoutStopSec=")[0].trim_end_matches('s').parse::<u64>().expect("seconds");
    assert!(granted > seconds("limits.grace") + seconds("drain.delay"));
    let kept = format!("/var/lib/{}", values("StateDirectory=")[0]);
    assert!(
        settings.clone().any(|pair| pair == ("MESH_REGISTRY_DATA", &kept)),
        "the store is where it may be written"
    );
}
