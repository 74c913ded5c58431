//! How deeply the smallest instance of each node is nested, so that drafting ends on recursive schemas.

use crate::judge::schema::{Graph, Keyword, Node, Type, TypeSet};

/// No instance of bounded depth is known.
pub(crate) const ENDLESS: u32 = 1_000;

/// The least depth of an instance of each node, by its number.
pub(crate) fn heights(graph: &Graph) -> Vec<u32> {
    let mut heights = vec![ENDLESS; graph.len()];
    // Every round settles at least one more level of nesting.
    for _ in 0..64 {
        let mut changed = false;
        for number in (0..graph.len()).rev() {
            let node = Node(u32::try_from(number).unwrap_or(0));
            let height = height_of(graph, node, &heights);
            if let Some(known) = heights.get_mut(number)
                && height < *known
            {
                *known = height;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    heights
}

fn height_of(graph: &Graph, node: Node, heights: &[u32]) -> u32 {
    let of = |node: &Node| heights.get(node.0 as usize).copied().unwrap_or(ENDLESS);
    let keywords = graph.keywords(node);
    let mut types = TypeSet::ALL;
    for keyword in keywords {
        if let Keyword::Types(named) = keyword {
            types = types.intersect(*named);
        }
    }
    if types.is_empty() {
        return ENDLESS;
    }
    let scalar = [Type::Null, Type::Bool, Type::Number, Type::String].into_iter().any(|kind| types.has(kind));
    let mut height = 0;
    for keyword in keywords {
        let needed = match keyword {
            Keyword::Ref(node) => of(node),
            Keyword::AllOf(nodes) => nodes.iter().map(of).max().unwrap_or(0),
            Keyword::AnyOf(nodes) | Keyword::OneOf(nodes) => nodes.iter().map(of).min().unwrap_or(0),
            Keyword::If { condition, then, otherwise } => of(then).max(of(condition)).min(of(otherwise)),
            Keyword::Contains(contains) if !scalar && !types.has(Type::Object) && contains.min > 0 => {
                1 + of(&contains.schema)
            }
            Keyword::Tuple(tuple) if !scalar && !types.has(Type::Object) => {
                let least = keywords.iter().find_map(|keyword| match keyword {
                    Keyword::MinItems(least) => usize::try_from(*least).ok(),
                    _ => None,
                });
                let least = least.unwrap_or(0).min(64);
                (0..least)
                    .filter_map(|index| tuple.schema_at(index))
                    .map(|node| 1 + of(&node))
                    .max()
                    .unwrap_or(0)
            }
            Keyword::Members(members) if !scalar && !types.has(Type::Array) => {
                let required = keywords.iter().filter_map(|keyword| match keyword {
                    Keyword::Required(names) => Some(names),
                    _ => None,
                });
                required
                    .flatten()
                    .flat_map(|name| members.schemas_for(name).map(|node| 1 + of(&node)).collect::<Vec<_>>())
                    .max()
                    .unwrap_or(0)
            }
            _ => 0,
        };
        height = height.max(needed);
    }
    height.min(ENDLESS)
}
