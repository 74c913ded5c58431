//! The reference page and the example file, both made of the table of settings and held against it.

use super::table::{SETTINGS, Setting};

/// `docs/configuration.md`.
fn page() -> String {
    let mut page = String::from(
        "# Settings of a registry\n\n\
         This page is made of the table in `mesh-registry/src/config/table.rs`; `MESH_UPDATE=1 cargo test -p mesh-registry` writes it.\n\n\
         A registry needs no settings. What is set is said on the command line, in the environment, or in a file of TOML that \
         `--config` or `MESH_REGISTRY_CONFIG` names ([an example](../deploy/registry.toml)); whoever stands first here is heard first. A \
         variable that is empty says nothing.\n\n\
         `mesh registry check-config` shows what is in force and who said it, without secrets, and tells everything that is \
         wrong at once; with `--connect` it also sees whether the store can be used and the addresses are free.\n\n\
         | Setting | Takes | Default | In the environment |\n|---|---|---|---|\n",
    );
    for setting in &*SETTINGS {
        let default = match setting.show(&super::Config::default()) {
            Some(default) => format!("`{}`", setting.literal(&default)),
            None => "not set".to_owned(),
        };
        let alias = setting.alias.map_or_else(String::new, |alias| format!(", `{alias}`"));
        page += &format!(
            "| `{}` | {} | {default} | `{}`{alias} |\n",
            setting.name,
            setting.expects(),
            setting.variable()
        );
    }
    page += "\n";
    for setting in &*SETTINGS {
        page += &format!("**`{}`**: {}\n\n", setting.name, setting.about);
    }
    page.trim_end().to_owned() + "\n"
}

/// `deploy/registry.toml`: every setting with its default, commented out.
fn example() -> String {
    let mut text = String::from(
        "# Settings of a registry. Each stands here with its default, or with an example where it has none; what is commented out\n\
         # is not said. docs/configuration.md has them in a table, with their names in the environment, which is heard before\n\
         # this file. See what is in force with `mesh registry check-config --config registry.toml`.\n",
    );
    let mut last = None;
    for setting in &*SETTINGS {
        let (section, key) = setting.parts();
        if section != last
            && let Some(section) = section
        {
            text += &format!("\n[{section}]\n");
        }
        last = section;
        text += "\n";
        for line in wrapped(&comment(setting)) {
            text += &format!("# {line}\n");
        }
        text += &format!("#{key} = {}\n", setting.literal(&setting.sample()));
    }
    text
}

fn comment(setting: &Setting) -> String {
    let mut expects = setting.expects();
    if let Some(first) = expects.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    format!("{} {expects}.", setting.about)
}

fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is always a line");
        if line.len() + word.len() >= 110 {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::super::{Origin, Sources};
    use super::*;

    fn committed(path: &str, text: &str) {
        let path = root().join(path);
        if std::env::var_os("MESH_UPDATE").is_some() {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
            std::fs::write(&path, text).expect("the file is written");
        }
        let standing = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            standing == text,
            "{} has changed; look at it with `MESH_UPDATE=1 cargo test -p mesh-registry` and `git diff`",
            path.display()
        );
    }

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
    }

    #[test]
    fn the_reference_page_is_the_table() {
        committed("docs/configuration.md", &page());
    }

    #[test]
    fn the_example_file_is_the_table() {
        committed("deploy/registry.toml", &example());
    }

    #[test]
    fn the_example_file_says_nothing_but_the_defaults() {
        let loaded = Sources::new().file(Some(root().join("deploy/registry.toml"))).load().expect("settings");
        for setting in loaded.settings {
            let default =
                Setting::named(setting.setting).expect("a setting").show(&super::super::Config::default());
            assert_eq!((setting.from, &setting.value), (Origin::Default, &default), "{}", setting.setting);
        }
    }

    #[test]
    fn every_line_of_the_example_file_may_be_brought_back() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let without_choices =
            |line: &&str| !["#store = ", "#endpoint = "].iter().any(|it| line.starts_with(it));
        let text: Vec<&str> = example().leak().lines().filter(without_choices).collect();
        let text: Vec<&str> = text
            .into_iter()
            .map(|line| if line.starts_with("# ") { line } else { line.trim_start_matches('#') })
            .collect();
        std::fs::write(file.path(), text.join("\n")).expect("written");
        let loaded = Sources::new().file(Some(file.path().to_owned())).load().expect("settings");
        let said = loaded.settings.iter().filter(|setting| setting.from == Origin::File);
        assert_eq!(said.count(), SETTINGS.len() - 2);
        for setting in loaded.settings {
            let default =
                Setting::named(setting.setting).expect("a setting").show(&super::super::Config::default());
            if default.is_some() {
                assert_eq!(setting.value, default, "{}", setting.setting);
            }
        }
    }
}
