//! Commands to copy: each runs as it stands, so nothing goes into one that a shell could read otherwise.

use mesh_contract::wire::{Deployment, ServedPort};
use mesh_contract::{Contract, ContractVersion, PortKind};

use super::schema::FieldView;
use crate::web::url;

/// One command under a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// What it does, in a few words.
    pub label: String,
    /// What to type.
    pub text: String,
}

/// One way to read a product, with where it is served now.
#[derive(Debug)]
pub struct PortView {
    /// The port's name.
    pub name: String,
    /// How it is read.
    pub kind: PortKind,
    /// What is set of it.
    pub options: Vec<(String, String)>,
    /// Where live deployments serve it: environment and address.
    pub served: Vec<(String, String)>,
    /// The commands that read it.
    pub commands: Vec<Command>,
}

/// How many fields an example of `mesh add` names.
const EXAMPLE_FIELDS: usize = 4;

/// The requirement that a reader of this version would write: `^1.2`; a pre-release is asked for by its full name.
pub fn requirement(version: &ContractVersion) -> String {
    if version.is_prerelease() {
        format!("^{version}")
    } else {
        format!("^{}.{}", version.major(), version.minor())
    }
}

/// The command that binds a Rust reader: the key, then fields that every record has and that name nobody.
pub fn add(contract: &Contract, fields: &[FieldView]) -> String {
    let always = |field: &&FieldView| {
        let meaning = &field.meaning;
        !meaning.optional && meaning.pii.is_none() && meaning.deprecated.is_none() && is_plain(&meaning.name)
    };
    let keys = fields.iter().filter(always).filter(|field| field.meaning.key);
    let others = fields.iter().filter(always).filter(|field| !field.meaning.key);
    let chosen: Vec<&str> =
        keys.chain(others).take(EXAMPLE_FIELDS).map(|field| field.meaning.name.as_str()).collect();
    let mut command = format!("mesh add {}@{}", contract.address, requirement(&contract.version));
    if !chosen.is_empty() {
        command.push_str(" --fields ");
        command.push_str(&chosen.join(","));
    }
    command
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The ports of a contract with the commands that read them.
pub fn ports(contract: &Contract, deployments: &[Deployment]) -> Vec<PortView> {
    let live = |name: &str| -> Vec<(String, &ServedPort)> {
        deployments
            .iter()
            .filter(|deployment| deployment.live)
            .flat_map(|deployment| {
                deployment
                    .announcement
                    .products
                    .iter()
                    .filter(|served| served.address == contract.address && served.version == contract.version)
                    .flat_map(|served| &served.ports)
                    .filter(|port| port.name.as_str() == name)
                    .map(|port| (deployment.announcement.environment.to_string(), port))
            })
            .collect()
    };
    contract
        .ports
        .iter()
        .map(|port| {
            let served = live(port.name.as_str());
            let mut commands = Vec::new();
            if port.kind == PortKind::Records {
                if let Some(target) = served.iter().find_map(|(_, port)| url::web(&port.url)) {
                    let more = if target.contains('?') { '&' } else { '?' };
                    let text = format!("curl '{target}{more}limit=5'");
                    commands.push(Command { label: "With curl".to_owned(), text });
                }
                commands.push(Command {
                    label: "With the mesh command".to_owned(),
                    text: format!("mesh read {}@{}", contract.address, requirement(&contract.version)),
                });
            }
            PortView {
                name: port.name.to_string(),
                kind: port.kind,
                options: port.options.clone().into_iter().collect(),
                served: served
                    .into_iter()
                    .map(|(environment, port)| (environment, port.url.clone()))
                    .collect(),
                commands,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::fixtures;
    use crate::web::view::schema::SchemaView;

    #[test]
    fn the_example_of_add_names_the_key_and_nobody() {
        let contract = fixtures::contract("sales.orders@1.2.0");
        let schema = SchemaView::new(&contract, &|_| false, &[]);
        assert_eq!(
            add(&contract, schema.root_fields()),
            "mesh add sales.orders@^1.2 --fields order_id,customer_id,placed_at,channel"
        );
    }

    #[test]
    fn a_draft_is_asked_for_by_its_full_name() {
        assert_eq!(requirement(&"2.0.0-draft.1".parse().expect("a version")), "^2.0.0-draft.1");
        assert_eq!(requirement(&"0.3.1".parse().expect("a version")), "^0.3");
    }

    #[test]
    fn curl_reads_where_a_live_deployment_serves() {
        let contract = fixtures::contract("sales.orders@1.2.0");
        let mut deployments = vec![fixtures::deployment(&contract, "http://127.0.0.1:4100")];
        let commands = ports(&contract, &deployments)[0].commands.clone();
        assert_eq!(commands[0].text, "curl 'http://127.0.0.1:4100/products/sales.orders/records?limit=5'");
        deployments[0].live = false;
        assert!(ports(&contract, &deployments)[0].commands.iter().all(|c| !c.text.contains("curl")));
    }

    #[test]
    fn an_address_that_a_shell_would_read_otherwise_becomes_no_command() {
        let contract = fixtures::contract("sales.orders@1.2.0");
        let hostile = [fixtures::deployment(&contract, "http://h/';rm -rf ~;'")];
        let ports = ports(&contract, &hostile);
        assert!(ports[0].commands.iter().all(|command| !command.text.contains("rm -rf")));
        assert!(ports[0].served[0].1.contains("rm -rf"), "it is still told, as text");
    }
}
