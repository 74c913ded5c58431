//! Lineage: what a product is made from and what is made from it, as code declares it.

use std::collections::{BTreeMap, BTreeSet};

use mesh_contract::wire::{Lineage, LineageEdge, LineageNode};
use mesh_contract::{Address, ConsumerName};

use super::{Registry, ServiceError};
use crate::store::{Edge, EdgeQuery, ProductQuery, TenantId};

/// How far one may look.
pub(crate) const DEEPEST: u32 = 10;
/// A picture of more products shows nothing; the walk ends there, at whole steps.
const MOST_NODES: usize = 500;

impl Registry {
    /// The products around one, so many steps up and down.
    ///
    /// # Errors
    /// When the product is neither published nor read by anybody, or the depth is not from 1 to 10.
    pub async fn lineage(
        &self,
        tenant: &TenantId,
        root: &Address,
        depth: u32,
    ) -> Result<Lineage, ServiceError> {
        if !(1..=DEEPEST).contains(&depth) {
            return Err(ServiceError::InvalidQuery {
                message: format!("`depth={depth}` is not a depth; write a number from 1 to {DEEPEST}"),
            });
        }
        let mut edges = BTreeMap::new();
        let mut nodes = BTreeSet::from([root.clone()]);
        self.walk(tenant, root, depth, EdgeQuery::Into, &mut nodes, &mut edges).await?;
        self.walk(tenant, root, depth, EdgeQuery::From, &mut nodes, &mut edges).await?;
        let mut described = Vec::with_capacity(nodes.len());
        for address in nodes {
            let query = ProductQuery { address: Some(address.clone()), limit: 1, ..ProductQuery::default() };
            let found = self.store.products(tenant, &query).await.map_err(ServiceError::Store)?;
            described.push(LineageNode { address, version: found.into_iter().next().map(|it| it.version) });
        }
        let unknown = edges.is_empty() && described.iter().all(|node| node.version.is_none());
        if unknown {
            return Err(ServiceError::UnknownProduct { address: root.clone() });
        }
        let edges = edges
            .into_iter()
            .map(|((source, target), fields)| LineageEdge {
                source,
                target,
                fields: fields.into_iter().collect(),
            })
            .collect();
        Ok(Lineage { root: root.clone(), nodes: described, edges })
    }

    /// Goes one way, a step at a time. Cycles end where they began.
    async fn walk(
        &self,
        tenant: &TenantId,
        root: &Address,
        depth: u32,
        ask: fn(Vec<Address>) -> EdgeQuery,
        nodes: &mut BTreeSet<Address>,
        edges: &mut BTreeMap<(Address, ConsumerName), BTreeSet<String>>,
    ) -> Result<(), ServiceError> {
        let mut frontier = vec![root.clone()];
        let mut seen = BTreeSet::from([root.clone()]);
        for _ in 0..depth {
            if frontier.is_empty() || nodes.len() >= MOST_NODES {
                break;
            }
            let query = ask(frontier);
            let upstream = matches!(query, EdgeQuery::Into(_));
            let found = self.store.edges(tenant, &query).await.map_err(ServiceError::Store)?;
            frontier = Vec::new();
            for Edge { source, target, fields } in found {
                // A reader that is no product, a domain or an application, is where a way ends.
                let beyond =
                    if upstream { Some(source.clone()) } else { target.as_str().parse::<Address>().ok() };
                edges.entry((source.clone(), target)).or_default().extend(fields);
                nodes.insert(source);
                if let Some(beyond) = beyond {
                    nodes.insert(beyond.clone());
                    if seen.insert(beyond.clone()) {
                        frontier.push(beyond);
                    }
                }
            }
        }
        Ok(())
    }
}
