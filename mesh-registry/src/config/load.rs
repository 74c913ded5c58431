//! Reading the settings from wherever they are said: the command line before the environment, that before the file, and the
//! defaults where nobody says anything. Everything that is wrong is told at once.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use mesh_contract::spelling::nearest;
use serde::Serialize;

use super::Config;
use super::file::{self, Said};
use super::finding::{Finding, Place};
use super::table::{PREFIX, SETTINGS, Setting};

/// Where settings are said.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    file: Option<PathBuf>,
    environment: BTreeMap<String, OsString>,
    flags: BTreeMap<String, OsString>,
}

/// Who said the value of a setting. Whoever stands later here is heard before the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Origin {
    /// Nobody.
    Default,
    /// The file.
    File,
    /// The environment.
    Environment,
    /// The command line.
    Flag,
}

impl Origin {
    /// One word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::File => "file",
            Self::Environment => "environment",
            Self::Flag => "flag",
        }
    }
}

/// One setting as it is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Effective {
    /// Its name in the file.
    pub setting: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// Its value without what is secret of it; `None` when it is not set.
    pub value: Option<String>,
    /// Who said it.
    pub from: Origin,
    /// Its name in the environment.
    pub environment: String,
}

/// Settings that a registry can run with.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Loaded {
    /// All of them.
    pub config: Config,
    /// Each, with who said it.
    pub settings: Vec<Effective>,
    /// What may surprise and stops nobody: a name in the environment that is nearly one of ours.
    pub warnings: Vec<Finding>,
}

impl Sources {
    /// Nothing but the defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file, or none.
    #[must_use]
    pub fn file(self, file: Option<PathBuf>) -> Self {
        Self { file, ..self }
    }

    /// Adds an environment, as `std::env::vars_os` gives it. An empty variable says nothing.
    #[must_use]
    pub fn environment(mut self, variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let named = |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value));
        self.environment
            .extend(variables.into_iter().filter_map(named).filter(|(_, value)| !value.is_empty()));
        self
    }

    /// Adds what the command line says of a setting.
    ///
    /// # Panics
    /// When there is no such setting: the names of flags are fixed by whoever writes the command.
    #[must_use]
    pub fn flag(mut self, setting: &str, value: Option<impl Into<OsString>>) -> Self {
        assert!(Setting::named(setting).is_some(), "`{setting}` is no setting");
        self.flags.extend(value.map(|value| (setting.to_owned(), value.into())));
        self
    }

    /// Reads everything.
    ///
    /// # Errors
    /// All that a registry cannot run with.
    pub fn load(&self) -> Result<Loaded, Vec<Finding>> {
        let mut loading = Loading::default();
        self.read_file(&mut loading);
        self.read_environment(&mut loading);
        for (name, value) in &self.flags {
            if let Some(setting) = Setting::named(name) {
                loading.put(setting, value, Origin::Flag, Place::Flag(name.clone()));
            }
        }
        loading.check();
        let Loading { config, from, findings } = loading;
        if !findings.is_empty() {
            return Err(findings);
        }
        let effective = |setting: &Setting| Effective {
            setting: setting.name,
            about: setting.about,
            value: setting.show(&config),
            from: from.get(setting.name).copied().unwrap_or(Origin::Default),
            environment: setting.variable(),
        };
        let settings = SETTINGS.iter().map(effective).collect();
        Ok(Loaded { settings, warnings: self.warnings(), config })
    }

    fn read_file(&self, loading: &mut Loading) {
        let Some(file) = &self.file else { return };
        let text = match std::fs::read(file).map(String::from_utf8) {
            Ok(Ok(text)) => text,
            Ok(Err(_)) => {
                let what = "the file is not text in UTF-8";
                loading.find(Finding::new(Place::File(file.clone()), what, "save it as UTF-8"));
                return;
            }
            Err(error) => {
                let what = format!("the file cannot be read: {error}");
                let next = "name another one, or leave it out: a registry needs none";
                loading.find(Finding::new(Place::File(file.clone()), what, next));
                return;
            }
        };
        let (said, findings) = file::read(&text, file);
        loading.findings.extend(findings);
        for Said { setting, text, place } in said {
            loading.put(setting, OsStr::new(&text), Origin::File, place);
        }
    }

    fn read_environment(&self, loading: &mut Loading) {
        for setting in &*SETTINGS {
            let named = |name: String| self.environment.get(&name).map(|value| (name, value));
            let ours = named(setting.variable());
            let alias = setting.alias.and_then(|alias| named(alias.to_owned()));
            if let (Some((one, this)), Some((other, that))) = (&ours, &alias)
                && this != that
            {
                let what = format!("`{one}` and `{other}` say different things of `{}`", setting.name);
                let place = Place::Environment(other.clone());
                loading.find(Finding::new(place, what, format!("unset `{other}`")).of(setting.name));
            }
            if let Some((name, value)) = ours.or(alias) {
                loading.put(setting, value, Origin::Environment, Place::Environment(name));
            }
        }
    }

    /// Others use names that begin as ours do (`MESH_REGISTRY_TOKEN`, and what Kubernetes makes of a service's name), so an
    /// unknown one stops nobody; one that is nearly ours is told.
    fn warnings(&self) -> Vec<Finding> {
        let variables: Vec<String> = SETTINGS.iter().map(Setting::variable).collect();
        let known: Vec<&str> = variables.iter().map(String::as_str).collect();
        let unknown = self.environment.keys().filter(|name| name.starts_with(PREFIX));
        let near = |name: &String| {
            let rest: Vec<&str> = known.iter().filter_map(|name| name.strip_prefix(PREFIX)).collect();
            let meant = nearest(name.strip_prefix(PREFIX)?, &rest)?;
            Some(Finding::new(
                Place::Environment(name.clone()),
                "this variable sets nothing",
                format!("did you mean `{PREFIX}{meant}`?"),
            ))
        };
        unknown.filter(|name| !known.contains(&name.as_str())).filter_map(near).collect()
    }
}

#[derive(Default)]
struct Loading {
    config: Config,
    from: BTreeMap<&'static str, Origin>,
    findings: Vec<Finding>,
}

impl Loading {
    fn find(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Sets a value. One that is none is found even where another is heard before it.
    fn put(&mut self, setting: &'static Setting, value: &OsStr, origin: Origin, place: Place) {
        if setting.put(&mut self.config, value) {
            self.from.insert(setting.name, origin);
            return;
        }
        let next = match place {
            Place::Line { .. } => file::instead(setting),
            _ => format!("write {}, e.g. `{}`", setting.expects(), setting.sample()),
        };
        let what = format!("this is no value of `{}`", setting.name);
        self.find(Finding::new(place, what, next).of(setting.name));
    }

    /// What no value alone can tell.
    fn check(&mut self) {
        let from = |name: &str| self.from.get(name).copied().unwrap_or(Origin::Default);
        // The folder of a file, or of an image's environment, may stand beside a store; whoever is heard before the store expects
        // the folder.
        if self.config.store.is_some() && from("data") > from("store") {
            self.find(Finding::new(
                Place::Together,
                format!(
                    "`data` ({}) and `store` ({}) are both set, and a registry keeps everything in one of them",
                    from("data").name(),
                    from("store").name()
                ),
                "take one of them away",
            ));
        }
        if self.config.store.is_some() && cfg!(not(feature = "postgres")) {
            let what = "`store` is set, and this build has only the embedded store";
            self.find(
                Finding::new(Place::Together, what, "build it with the feature `postgres`").of("store"),
            );
        }
        if self.config.traces.endpoint.is_some() && cfg!(not(feature = "traces")) {
            let what = "`traces.endpoint` is set, and this build sends no traces";
            let next = "build it with the feature `traces`, or take the setting away";
            self.find(Finding::new(Place::Together, what, next).of("traces.endpoint"));
        }
        if self.config.metrics.listen.is_some_and(|own| own.port() != 0 && own == self.config.listen) {
            let what = "`metrics.listen` is the address that everything else is served on";
            let next = "choose another port, or leave it out to answer `/metrics` there";
            self.find(Finding::new(Place::Together, what, next).of("metrics.listen"));
        }
    }
}
