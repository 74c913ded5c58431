//! Starting a registry and domains, waiting until everything is live, and stopping all of it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use futures_util::future::{join_all, select_all};
use mesh_contract::{Address, ContractVersion};
use mesh_runtime::client::{ClientConfig, RegistryClient, Url};
use mesh_runtime::files::DomainFiles;

use super::{Author, Plan};
use crate::failure::{Failure, OrFail};
use crate::output::{Output, Progress};
use crate::process::{Logs, Process, told};

/// How long a server may take until it says where it listens.
const START: Duration = Duration::from_secs(60);
/// How long the domains may take until the registry knows all their products as live.
const LIVE: Duration = Duration::from_secs(120);
/// How often the registry is asked meanwhile.
const PULSE: Duration = Duration::from_millis(50);

/// A registry and domains that run.
#[derive(Debug)]
pub(crate) struct Fleet {
    logs: Logs,
    processes: Vec<(Role, Process)>,
    url: Option<Url>,
    products: Vec<(Address, ContractVersion)>,
    derived: Option<Address>,
}

/// What a process is there for. The registry is stopped last, so that domains can take their leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The registry.
    Registry,
    /// A domain.
    Domain,
}

impl Fleet {
    /// Nothing yet. What is started goes into the fleet at once, so that a start that is cut short can be undone.
    pub(crate) fn new(plan: &Plan) -> Self {
        let names = plan.members.iter().map(|member| member.package.len()).chain(["registry".len()]);
        let logs = Logs::new(names.max().unwrap_or(0));
        Self { logs, processes: Vec::new(), url: None, products: Vec::new(), derived: None }
    }

    /// Starts everything and waits until every product is live.
    pub(crate) async fn start(
        &mut self,
        plan: &Plan,
        programs: &[PathBuf],
        output: Output,
    ) -> Result<(), Failure> {
        let progress = output.progress("starting the registry");
        let started = self.raise(plan, programs, output, &progress).await;
        drop(progress);
        if started.is_err() {
            self.logs.confess();
        }
        started
    }

    async fn raise(
        &mut self,
        plan: &Plan,
        programs: &[PathBuf],
        output: Output,
        progress: &Progress,
    ) -> Result<(), Failure> {
        let url = self.start_registry(plan).await?;
        output.status("Started", format_args!("the registry at {url}"));
        let registry = registry_at(&url)?;

        progress.say("publishing contracts");
        self.publish(plan, &registry).await?;
        output.status("Published", format_args!("{} contracts", self.products.len()));

        for (member, program) in plan.members.iter().zip(programs) {
            progress.say(format_args!("starting {}", member.package));
            // Whoever develops here reads what the domains serve; nobody else reaches them.
            let environment = [
                ("MESH_LISTEN", "127.0.0.1:0".to_owned()),
                ("MESH_REGISTRY", url.to_string()),
                ("MESH_ACCESS", "open".to_owned()),
            ];
            let process = Process::start(&member.package, program, &[], &environment, &self.logs)?;
            self.processes.push((Role::Domain, process));
        }
        let domains = self.processes.iter_mut().filter(|(role, _)| *role == Role::Domain);
        for (_, process) in domains {
            let address = process.address(START).await?;
            output.status("Started", format_args!("{} at {address}", process.name()));
        }
        progress.say("waiting until every product is live");
        self.until_live(&registry).await?;
        self.url = Some(url);
        Ok(())
    }

    async fn start_registry(&mut self, plan: &Plan) -> Result<Url, Failure> {
        let mesh = std::env::current_exe().or_fail(|| "cannot tell where this program is".to_owned())?;
        let arguments = [
            "registry".to_owned(),
            "serve".to_owned(),
            "--open".to_owned(),
            "--listen".to_owned(),
            plan.port.address()?.to_string(),
            "--data".to_owned(),
            plan.data.display().to_string(),
        ];
        let mut process = Process::start("registry", &mesh, &arguments, &[], &self.logs)?;
        let address = process.address(START).await;
        self.processes.push((Role::Registry, process));
        let address = address?;
        Url::parse(&address).or_fail(|| format!("the registry says that it listens on `{address}`"))
    }

    /// Publishes what the domains have committed, lower versions first.
    async fn publish(&mut self, plan: &Plan, registry: &RegistryClient) -> Result<(), Failure> {
        for member in &plan.members {
            let files = DomainFiles::at(&member.folder);
            let committed = files
                .contracts()
                .or_fail(|| format!("the contracts of `{}` cannot be read", member.package))?;
            if committed.is_empty() {
                return Err(Failure::new(format!("`{}` has no committed contracts", member.package))
                    .next(format!("write them with `mesh contract --package {}`", member.package)));
            }
            let author = Author::of(&files)?;
            for found in committed {
                author.publish(&found, registry).await.or_fail(|| {
                    format!("{} {} cannot be published", found.contract.address, found.contract.version)
                })?;
                if !found.contract.inputs.is_empty() {
                    self.derived.get_or_insert(found.contract.address.clone());
                }
                self.products.push((found.contract.address, found.contract.version));
            }
        }
        Ok(())
    }

    /// Waits until the newest version of each product is live.
    async fn until_live(&mut self, registry: &RegistryClient) -> Result<(), Failure> {
        let mut missing: BTreeSet<Address> =
            self.products.iter().map(|(address, _)| address.clone()).collect();
        let patience = tokio::time::Instant::now() + LIVE;
        loop {
            let deployments =
                registry.deployments().await.or_fail(|| "cannot ask the registry what is live".to_owned())?;
            for deployment in deployments.iter().filter(|deployment| deployment.live) {
                for product in &deployment.announcement.products {
                    if product.records.is_some() {
                        missing.remove(&product.address);
                    }
                }
            }
            if missing.is_empty() {
                return Ok(());
            }
            let names: Vec<String> = missing.iter().map(ToString::to_string).collect();
            tokio::select! {
                Ended { name, how, .. } = next_end(&mut self.processes) => {
                    return Err(Failure::new(format!("{name} ended while it started ({how})"))
                        .next("see above what it said"));
                }
                () = tokio::time::sleep_until(patience) => {
                    return Err(Failure::new(format!(
                        "not everything is live after {} s; missing: {}", LIVE.as_secs(), names.join(", ")
                    )).next("see above what the domains say"));
                }
                () = tokio::time::sleep(PULSE) => {}
            }
        }
    }

    /// Where the registry listens, once it does.
    pub(crate) fn url(&self) -> Result<&Url, Failure> {
        self.url.as_ref().ok_or_else(|| Failure::new("the registry does not run"))
    }

    /// A client of the registry.
    pub(crate) fn registry(&self) -> Result<RegistryClient, Failure> {
        registry_at(self.url()?)
    }

    /// A product to show, and one that is made from others, if there is one.
    pub(crate) fn examples(&self) -> Option<(&Address, Option<&Address>)> {
        Some((&self.products.last()?.0, self.derived.as_ref()))
    }

    /// Shows what the processes write from now on.
    pub(crate) fn show_logs(&self) {
        self.logs.show();
    }

    /// The processes by name and id.
    pub(crate) fn processes(&self) -> impl Iterator<Item = (&str, u32)> {
        self.processes.iter().map(|(_, process)| (process.name(), process.id()))
    }

    /// Waits for the next process that ends, and forgets it. Without processes it waits for ever.
    pub(crate) async fn next_end(&mut self) -> Ended {
        next_end(&mut self.processes).await
    }

    /// Whether nothing runs any more.
    pub(crate) fn is_over(&self) -> bool {
        self.processes.is_empty()
    }

    /// Stops the domains, then the registry.
    pub(crate) async fn stop(&mut self) {
        let mut processes = std::mem::take(&mut self.processes);
        for role in [Role::Domain, Role::Registry] {
            let of_role = processes.iter_mut().filter(|(has, _)| *has == role);
            join_all(of_role.map(|(_, process)| process.stop())).await;
        }
    }
}

/// A process that ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// What it was there for.
    pub(crate) role: Role,
    /// Its name.
    pub(crate) name: String,
    /// How it ended, in words.
    pub(crate) how: String,
}

async fn next_end(processes: &mut Vec<(Role, Process)>) -> Ended {
    if processes.is_empty() {
        return std::future::pending().await;
    }
    let ends = processes.iter_mut().map(|(_, process)| Box::pin(process.wait()));
    let (status, index, _) = select_all(ends).await;
    let (role, process) = processes.remove(index);
    Ended { role, name: process.name().to_owned(), how: told(status) }
}

fn registry_at(url: &Url) -> Result<RegistryClient, Failure> {
    RegistryClient::new(&ClientConfig::of_registry(url.clone())).or_fail(|| format!("`{url}` is no registry"))
}
