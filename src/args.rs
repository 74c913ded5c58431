//! What a user may write on the command line. Each verb's own arguments stand in its file.

use std::ffi::OsString;

use clap::builder::Styles;
use clap::builder::styling::AnsiColor;
use clap::{Args, ColorChoice, Parser, Subcommand};

use crate::output::Format;
use crate::process::leash::Leash;
use crate::verbs;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Cargo for data products.
///
/// Annotate a Rust struct, and it becomes a data product that describes itself. `cargo test` proves that it keeps its
/// promises, `mesh publish` registers it, and a consumer binds to it with `mesh add`.
#[derive(Debug, Parser)]
#[command(
    name = "mesh",
    version,
    styles = STYLES,
    max_term_width = 100,
    propagate_version = false,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = "Exit status: 0 clean, 1 something was found, 2 could not be checked.\n\
                  Answers go to standard output, everything else to standard error.\n\n\
                  New here? Try `mesh demo`, then `mesh new domain logistics`."
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// What every verb takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// The registry [default: MESH_REGISTRY, else `registry` in mesh.toml, else http://127.0.0.1:7474]
    #[arg(long, global = true, value_name = "URL", env = "MESH_REGISTRY", hide_env = true)]
    #[arg(help_heading = "Global options")]
    pub(crate) registry: Option<String>,
    /// The form of the answer: `text` for people, `json` for programs [default: text]
    #[arg(long, global = true, value_enum, default_value_t = Format::Text, help_heading = "Global options")]
    #[arg(hide_possible_values = true, hide_default_value = true)]
    pub(crate) format: Format,
    /// Keep to answers, warnings and errors
    #[arg(long, short, global = true, help_heading = "Global options")]
    pub(crate) quiet: bool,
    /// When to use colours: `auto`, `always` or `never` [default: auto]
    #[arg(long, global = true, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN")]
    #[arg(hide_possible_values = true, hide_default_value = true)]
    #[arg(help_heading = "Global options")]
    pub(crate) color: ColorChoice,
}

/// What can be asked for, in the order in which a newcomer meets it.
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum Verb {
    Demo(verbs::demo::Demo),
    Dev(verbs::dev::Dev),
    New(verbs::new::New),
    Init(verbs::init::Init),
    Contract(verbs::contract::Contract),
    Check(verbs::check::Check),
    Diff(verbs::diff::Diff),
    Explain(verbs::explain::Explain),
    Waive(verbs::waive::Waive),
    Judge(verbs::judge::Judge),
    Contains(verbs::contains::Contains),
    Publish(verbs::publish::Publish),
    Search(verbs::search::Search),
    Info(verbs::info::Info),
    Tree(verbs::tree::Tree),
    Read(verbs::read::Read),
    Add(verbs::add::Add),
    Update(verbs::update::Update),
    Remove(verbs::remove::Remove),
    Expect(verbs::expect::Expect),
    Deployed(verbs::deployed::Deployed),
    CanIDeploy(verbs::can_i_deploy::CanIDeploy),
    Yank(verbs::yank::Yank),
    Rollback(verbs::rollback::Rollback),
    Deprecate(verbs::deprecate::Deprecate),
    Retire(verbs::retire::Retire),
    Owner(verbs::owner::Owner),
    Login(verbs::login::Login),
    Logout(verbs::login::Logout),
    Token(verbs::token::TokenVerbs),
    Audit(verbs::audit::Audit),
    Request(verbs::request::Request),
    Access(verbs::access::Access),
    Policy(verbs::policy::Policy),
    Events(verbs::events::Events),
    Registry(verbs::registry::Registry),
    #[command(name = crate::process::leash::VERB, hide = true)]
    Leash(Leash),
}

impl Arguments {
    /// Reads the command line. Ends the process where it asks for help or makes no sense.
    pub(crate) fn read(words: impl IntoIterator<Item = OsString>) -> Self {
        Self::parse_from(words)
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        super::Arguments::command().debug_assert();
    }
}
