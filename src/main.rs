//! The mesh command: Cargo for data products. One file per verb, thin over the libraries.

mod against_data;
mod agreed;
mod args;
mod batch;
mod beside;
mod cargo;
mod changes;
mod credentials;
mod domain_crate;
mod failure;
mod fleet;
mod judging;
mod misfits;
mod near;
mod output;
mod policies;
mod process;
mod product_spec;
mod readable;
mod reader;
mod registry;
mod scaffold;
mod settings_file;
mod table;
mod verbs;
mod verdict;
mod version_spec;
mod wrap;

use std::process::ExitCode;

use args::{Arguments, Verb};
use failure::Failure;
use output::{Output, Verdict};

fn main() -> ExitCode {
    let Arguments { global, verb } = Arguments::read(std::env::args_os());
    output::colour(global.color);
    let output = Output::new(global.format, global.quiet);
    match run(verb, &global, output) {
        Ok(Verdict::Clean) => ExitCode::SUCCESS,
        Ok(Verdict::Findings) => ExitCode::from(1),
        Ok(Verdict::Unsettled) => ExitCode::from(2),
        Ok(Verdict::Stopped(stop)) => ExitCode::from(stop.exit_status()),
        Err(failure) if failure.is_reader_gone() => ExitCode::SUCCESS,
        Err(failure) => {
            output::tell_failure(&failure);
            ExitCode::from(2)
        }
    }
}

fn run(verb: Verb, global: &args::Global, output: Output) -> Result<Verdict, Failure> {
    match verb {
        Verb::Demo(demo) => demo.run(output),
        Verb::Dev(dev) => dev.run(output),
        Verb::New(new) => new.run(output),
        Verb::Init(init) => init.run(output),
        Verb::Contract(contract) => contract.run(output),
        Verb::Check(check) => check.run(global, output),
        Verb::Diff(diff) => diff.run(global, output),
        Verb::Explain(explain) => explain.run(output),
        Verb::Judge(judge) => judge.run(output),
        Verb::Waive(waive) => waive.run(global, output),
        Verb::Contains(contains) => contains.run(output),
        Verb::Publish(publish) => publish.run(global, output),
        Verb::Search(search) => search.run(global, output),
        Verb::Info(info) => info.run(global, output),
        Verb::Tree(tree) => tree.run(global, output),
        Verb::Read(read) => read.run(global, output),
        Verb::Add(add) => add.run(global, output),
        Verb::Update(update) => update.run(global, output),
        Verb::Remove(remove) => remove.run(output),
        Verb::Expect(expect) => expect.run(global, output),
        Verb::Deployed(deployed) => deployed.run(global, output),
        Verb::CanIDeploy(can_i_deploy) => can_i_deploy.run(global, output),
        Verb::Yank(yank) => yank.run(global, output),
        Verb::Rollback(rollback) => rollback.run(global, output),
        Verb::Deprecate(deprecate) => deprecate.run(global, output),
        Verb::Retire(retire) => retire.run(global, output),
        Verb::Owner(owner) => owner.run(global, output),
        Verb::Login(login) => login.run(global, output),
        Verb::Logout(logout) => logout.run(global, output),
        Verb::Token(token) => token.run(global, output),
        Verb::Audit(audit) => audit.run(global, output),
        Verb::Request(request) => request.run(global, output),
        Verb::Access(access) => access.run(global, output),
        Verb::Policy(policy) => policy.run(global, output),
        Verb::Events(events) => events.run(global, output),
        Verb::Registry(registry) => registry.run(global, output),
        Verb::Leash(leash) => match leash.run()? {},
    }
}
