//! A lineage as a picture: boxes in layers from left to right, steps as curves between them.
//!
//! Our own layout, because what there is gives places to boxes and none to the steps between them: a step that spans
//! several layers would run underneath the boxes in its way. Here such a step holds a place of its own in each layer.
//! Only what lies up and down the stream of the product is drawn, and no more than stays readable.

use std::collections::{BTreeMap, BTreeSet};

use mesh_contract::Address;
use mesh_contract::wire::Lineage;

/// Width of a box.
pub const BOX_WIDTH: i32 = 164;
/// Height of a box.
pub const BOX_HEIGHT: i32 = 52;
const LAYER_GAP: i32 = 44;
const ROW_GAP: i32 = 18;
const MARGIN: i32 = 8;
/// How many boxes stay readable on a product's page.
const MAX_BOXES: usize = 32;
/// How many steps up and down are drawn; whoever wants to see farther goes on from a neighbour.
const FARTHEST: usize = 3;
/// So many layers fit into the page's width, a little smaller if need be; more of them are moved sideways.
const FITTING_LAYERS: usize = 4;

/// A lineage laid out.
#[derive(Debug, Default)]
pub struct Diagram {
    /// The width of the picture.
    pub width: i32,
    /// The height of the picture.
    pub height: i32,
    /// The boxes, by layer from left to right and from top to bottom.
    pub boxes: Vec<LaidBox>,
    /// The steps.
    pub steps: Vec<Step>,
    /// Whether it fits into the width of a page.
    pub fits: bool,
    /// How many products and readers of the lineage are not drawn.
    pub left_out: usize,
}

/// One product or reader.
#[derive(Debug, PartialEq, Eq)]
pub struct LaidBox {
    /// The product's address or the reader's name.
    pub name: String,
    /// Its left edge.
    pub x: i32,
    /// Its upper edge.
    pub y: i32,
    /// On which side of the product it lies.
    pub side: Side,
}

/// On which side of a product something lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The product is made from it.
    Upstream,
    /// The product itself.
    Root,
    /// It is made from the product, or reads it.
    Downstream,
}

/// One step from a source to what reads it.
#[derive(Debug)]
pub struct Step {
    /// The product read.
    pub source: String,
    /// Who reads.
    pub target: String,
    /// The curve, as the `d` of an SVG path.
    pub path: String,
    /// Whether the step closes a circle and is drawn against the stream.
    pub back: bool,
}

/// A place in a layer: a box, or a step on its way through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Box(usize),
    Way { step: usize, layer: usize },
}

impl Diagram {
    /// Lays out what lies up and down the stream of a lineage's root.
    pub fn of(lineage: &Lineage) -> Self {
        let all: BTreeSet<(String, String)> = lineage
            .edges
            .iter()
            .map(|edge| (edge.source.to_string(), edge.target.to_string()))
            .filter(|(source, target)| source != target)
            .collect();
        let (sides, left_out) = around(&lineage.root, &all);
        let names: Vec<&String> = sides.keys().collect();
        let index: BTreeMap<&String, usize> = names.iter().enumerate().map(|(i, name)| (*name, i)).collect();
        let edges: Vec<(usize, usize)> = all
            .iter()
            .filter_map(|(source, target)| Some((*index.get(source)?, *index.get(target)?)))
            .collect();
        let forward = without_circles(names.len(), &edges);
        let layers_of = layered(names.len(), &forward);
        let (mut layers, neighbours) = placed(&layers_of, &forward);
        order(&mut layers, &neighbours);
        let ys = rows(&layers, &neighbours);
        let lowest = ys.values().copied().min().unwrap_or_default();
        let x_of = |layer: usize| MARGIN + i32::try_from(layer).unwrap_or(0) * (BOX_WIDTH + LAYER_GAP);
        let y_of = |place: &Place| MARGIN + ys.get(place).copied().unwrap_or_default() - lowest;

        let mut boxes = Vec::new();
        for (number, layer) in layers.iter().enumerate() {
            for place in layer {
                if let Place::Box(i) = place {
                    let side = sides[names[*i]];
                    boxes.push(LaidBox { name: names[*i].clone(), x: x_of(number), y: y_of(place), side });
                }
            }
        }
        let steps = edges
            .iter()
            .zip(&forward)
            .enumerate()
            .map(|(number, (edge, along))| {
                let mut points =
                    vec![(x_of(layers_of[along.0]) + BOX_WIDTH, middle(y_of(&Place::Box(along.0))))];
                for layer in layers_of[along.0] + 1..layers_of[along.1] {
                    let y = middle(y_of(&Place::Way { step: number, layer }));
                    points.extend([(x_of(layer), y), (x_of(layer) + BOX_WIDTH, y)]);
                }
                points.push((x_of(layers_of[along.1]), middle(y_of(&Place::Box(along.1)))));
                let back = edge != along;
                if back {
                    points.reverse();
                }
                Step {
                    source: names[edge.0].clone(),
                    target: names[edge.1].clone(),
                    path: curve(&points),
                    back,
                }
            })
            .collect();
        let bottom = boxes.iter().map(|b| b.y).chain(ys.keys().map(y_of)).max().unwrap_or(MARGIN);
        Self {
            width: x_of(layers.len().saturating_sub(1)) + BOX_WIDTH + MARGIN,
            height: bottom + BOX_HEIGHT + MARGIN,
            boxes,
            steps,
            fits: layers.len() <= FITTING_LAYERS,
            left_out,
        }
    }
}

fn middle(y: i32) -> i32 {
    y + BOX_HEIGHT / 2
}

/// What lies up and down the stream, as many steps away as stay readable, and how much is left out.
fn around(root: &Address, edges: &BTreeSet<(String, String)>) -> (BTreeMap<String, Side>, usize) {
    let root = root.to_string();
    let reach = |forward: bool, depth: usize| {
        let mut reached = BTreeSet::from([root.clone()]);
        let mut edge = reached.clone();
        for _ in 0..depth {
            let next: BTreeSet<String> = edges
                .iter()
                .map(|(source, target)| if forward { (source, target) } else { (target, source) })
                .filter(|(from, to)| edge.contains(*from) && !reached.contains(*to))
                .map(|(_, to)| to.clone())
                .collect();
            if next.is_empty() {
                break;
            }
            reached.extend(next.iter().cloned());
            edge = next;
        }
        reached
    };
    let both = |depth: usize| {
        let mut sides: BTreeMap<String, Side> =
            reach(true, depth).into_iter().map(|name| (name, Side::Downstream)).collect();
        sides.extend(reach(false, depth).into_iter().map(|name| (name, Side::Upstream)));
        sides.insert(root.clone(), Side::Root);
        sides
    };
    let total = both(edges.len() + 1).len();
    let mut shown = both(FARTHEST);
    for depth in (1..=FARTHEST).rev() {
        if shown.len() <= MAX_BOXES {
            break;
        }
        shown = both(depth);
    }
    if shown.len() > MAX_BOXES {
        let kept: Vec<String> =
            shown.keys().filter(|name| **name != root).take(MAX_BOXES - 1).cloned().collect();
        shown.retain(|name, side| *side == Side::Root || kept.binary_search(name).is_ok());
    }
    let left_out = total - shown.len();
    (shown, left_out)
}

/// The edges with those that would close a circle turned round.
fn without_circles(nodes: usize, edges: &[(usize, usize)]) -> Vec<(usize, usize)> {
    #[derive(Clone, Copy, PartialEq)]
    enum Visit {
        Not,
        Open,
        Done,
    }
    let mut turned = edges.to_vec();
    let mut visits = vec![Visit::Not; nodes];
    for start in 0..nodes {
        if visits[start] != Visit::Not {
            continue;
        }
        visits[start] = Visit::Open;
        let mut stack = vec![(start, 0)];
        while let Some((node, from)) = stack.pop() {
            let next = (from..edges.len()).find(|&number| edges[number].0 == node);
            let Some(number) = next else {
                visits[node] = Visit::Done;
                continue;
            };
            stack.push((node, number + 1));
            let target = edges[number].1;
            match visits[target] {
                Visit::Open => turned[number] = (target, node),
                Visit::Not => {
                    visits[target] = Visit::Open;
                    stack.push((target, 0));
                }
                Visit::Done => {}
            }
        }
    }
    turned
}

/// The layer of each node: sources stand directly before what they are first read by, everything else as far left as
/// its sources let it.
fn layered(nodes: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut layers = vec![0; nodes];
    for _ in 0..nodes {
        let mut moved = false;
        for &(source, target) in edges {
            if layers[target] <= layers[source] {
                layers[target] = layers[source] + 1;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    for node in 0..nodes {
        let has_source = edges.iter().any(|edge| edge.1 == node);
        let first_reader = edges.iter().filter(|edge| edge.0 == node).map(|edge| layers[edge.1]).min();
        if let (false, Some(reader)) = (has_source, first_reader) {
            layers[node] = reader - 1;
        }
    }
    layers
}

type Layers = Vec<Vec<Place>>;
type Neighbours = BTreeMap<Place, Vec<Place>>;

/// Boxes and passing steps in their layers, and what each is joined to in the layers beside its own.
fn placed(layers_of: &[usize], edges: &[(usize, usize)]) -> (Layers, Neighbours) {
    let count = layers_of.iter().max().map_or(0, |last| last + 1);
    let mut layers: Layers = vec![Vec::new(); count];
    for (node, &layer) in layers_of.iter().enumerate() {
        layers[layer].push(Place::Box(node));
    }
    let mut neighbours = Neighbours::new();
    for (step, &(source, target)) in edges.iter().enumerate() {
        let mut previous = Place::Box(source);
        let mut join = |next: Place, previous: &mut Place| {
            neighbours.entry(*previous).or_default().push(next);
            neighbours.entry(next).or_default().push(*previous);
            *previous = next;
        };
        for (layer, places) in
            layers.iter_mut().enumerate().take(layers_of[target]).skip(layers_of[source] + 1)
        {
            let way = Place::Way { step, layer };
            places.push(way);
            join(way, &mut previous);
        }
        join(Place::Box(target), &mut previous);
    }
    (layers, neighbours)
}

/// Orders each layer by the middle of its neighbours, back and forth, which takes out most crossings.
fn order(layers: &mut Layers, neighbours: &Neighbours) {
    for round in 0..8 {
        let numbers: Vec<usize> = if round % 2 == 0 {
            (1..layers.len()).collect()
        } else {
            (0..layers.len()).rev().skip(1).collect()
        };
        for number in numbers {
            let beside = if round % 2 == 0 { number - 1 } else { number + 1 };
            let position: BTreeMap<Place, usize> =
                layers[beside].iter().enumerate().map(|(i, place)| (*place, i)).collect();
            let mut keyed: Vec<(f64, usize, Place)> = layers[number]
                .iter()
                .enumerate()
                .map(|(own, place)| {
                    let near: Vec<usize> = neighbours
                        .get(place)
                        .into_iter()
                        .flatten()
                        .filter_map(|other| position.get(other).copied())
                        .collect();
                    let middle = match near.len() {
                        0 => own as f64,
                        many => near.iter().sum::<usize>() as f64 / many as f64,
                    };
                    (middle, own, *place)
                })
                .collect();
            keyed.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            layers[number] = keyed.into_iter().map(|(_, _, place)| place).collect();
        }
    }
}

/// The upper edge of each place: as near to the middle of its neighbours as the order of its layer allows.
fn rows(layers: &Layers, neighbours: &Neighbours) -> BTreeMap<Place, i32> {
    let pitch = f64::from(BOX_HEIGHT + ROW_GAP);
    let mut ys: BTreeMap<Place, f64> = BTreeMap::new();
    for layer in layers {
        for (i, place) in layer.iter().enumerate() {
            ys.insert(*place, (i as f64 - (layer.len() as f64 - 1.0) / 2.0) * pitch);
        }
    }
    for round in 0..12 {
        let numbers: Vec<usize> =
            if round % 2 == 0 { (0..layers.len()).collect() } else { (0..layers.len()).rev().collect() };
        for number in numbers {
            let layer = &layers[number];
            let wished: Vec<f64> = layer
                .iter()
                .map(|place| match neighbours.get(place) {
                    Some(near) if !near.is_empty() => {
                        near.iter().filter_map(|other| ys.get(other)).sum::<f64>() / near.len() as f64
                    }
                    _ => ys[place],
                })
                .collect();
            for (place, y) in layer.iter().zip(apart(&wished, pitch)) {
                ys.insert(*place, y);
            }
        }
    }
    ys.into_iter().map(|(place, y)| (place, y.round() as i32)).collect()
}

/// The places nearest to the wished ones (least squares) that keep their order and a distance: isotonic regression by
/// pooling neighbours that would come too close.
fn apart(wished: &[f64], pitch: f64) -> Vec<f64> {
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for (i, wish) in wished.iter().enumerate() {
        blocks.push((wish - i as f64 * pitch, 1));
        while let [.., (above, n), (below, m)] = blocks[..]
            && above > below
        {
            blocks.truncate(blocks.len() - 2);
            blocks.push(((above * n as f64 + below * m as f64) / (n + m) as f64, n + m));
        }
    }
    let starts = blocks.into_iter().flat_map(|(start, count)| std::iter::repeat_n(start, count));
    starts.enumerate().map(|(i, start)| start + i as f64 * pitch).collect()
}

fn curve(points: &[(i32, i32)]) -> String {
    let mut path = String::new();
    for (i, &(x, y)) in points.iter().enumerate() {
        match i.checked_sub(1).map(|before| points[before]) {
            None => path.push_str(&format!("M{x} {y}")),
            Some((_, before)) if before == y => path.push_str(&format!("H{x}")),
            Some((from, before)) => {
                let bend = (from + x) / 2;
                path.push_str(&format!("C{bend} {before} {bend} {y} {x} {y}"));
            }
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use mesh_contract::wire::{LineageEdge, LineageNode};

    use super::*;

    fn lineage(root: &str, edges: &[(&str, &str)]) -> Lineage {
        let products: BTreeSet<&str> = edges.iter().flat_map(|(a, b)| [*a, *b]).chain([root]).collect();
        Lineage {
            root: root.parse().expect("an address"),
            nodes: products
                .iter()
                .filter_map(|name| Some(LineageNode { address: name.parse().ok()?, version: None }))
                .collect(),
            edges: edges
                .iter()
                .map(|(source, target)| LineageEdge {
                    source: source.parse().expect("an address"),
                    target: target.parse().expect("a name"),
                    fields: Vec::new(),
                })
                .collect(),
        }
    }

    fn layers(diagram: &Diagram) -> BTreeMap<&str, i32> {
        diagram.boxes.iter().map(|b| (b.name.as_str(), (b.x - MARGIN) / (BOX_WIDTH + LAYER_GAP))).collect()
    }

    #[test]
    fn data_flows_from_left_to_right() {
        let diagram = Diagram::of(&lineage(
            "s.orders",
            &[
                ("s.orders", "s.invoices"),
                ("s.customers", "s.invoices"),
                ("s.invoices", "a.posted"),
                ("s.orders", "app"),
            ],
        ));
        let at = layers(&diagram);
        assert_eq!(at["s.orders"], 0);
        assert_eq!(at["s.invoices"], 1);
        assert_eq!(at["a.posted"], 2);
        assert_eq!(at["app"], 1);
        assert!(!at.contains_key("s.customers"), "what the product has nothing to do with is not drawn");
    }

    #[test]
    fn sides_tell_what_it_is_made_from_and_what_is_made_from_it() {
        let diagram = Diagram::of(&lineage("b.b", &[("a.a", "b.b"), ("b.b", "c.c")]));
        let sides: Vec<(&str, Side)> = diagram.boxes.iter().map(|b| (b.name.as_str(), b.side)).collect();
        assert_eq!(sides, [("a.a", Side::Upstream), ("b.b", Side::Root), ("c.c", Side::Downstream)]);
    }

    #[test]
    fn boxes_never_overlap_and_stay_inside_the_picture() {
        let edges: Vec<(String, String)> = (0..60)
            .map(|i: u32| (format!("d{}.p", i * 7 % 19), format!("d{}.p", (i * 11 + 3) % 23)))
            .collect();
        let edges: Vec<(&str, &str)> = edges.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let diagram = Diagram::of(&lineage("d7.p", &edges));
        for (i, one) in diagram.boxes.iter().enumerate() {
            assert!(one.x >= 0 && one.y >= 0, "{one:?}");
            assert!(one.x + BOX_WIDTH <= diagram.width && one.y + BOX_HEIGHT <= diagram.height, "{one:?}");
            for other in &diagram.boxes[i + 1..] {
                assert!(
                    one.x != other.x || (one.y - other.y).abs() >= BOX_HEIGHT,
                    "{one:?} lies on {other:?}"
                );
            }
        }
    }

    #[test]
    fn a_circle_is_drawn_once_round_and_told() {
        let diagram =
            Diagram::of(&lineage("a.a", &[("a.a", "b.b"), ("b.b", "c.c"), ("c.c", "a.a"), ("a.a", "a.a")]));
        assert_eq!(diagram.boxes.len(), 3);
        assert_eq!(diagram.steps.iter().filter(|step| step.back).count(), 1);
    }

    #[test]
    fn a_step_over_several_layers_keeps_clear_of_the_boxes_between() {
        let diagram = Diagram::of(&lineage("a.a", &[("a.a", "b.b"), ("b.b", "c.c"), ("a.a", "c.c")]));
        let between = diagram.boxes.iter().find(|b| b.name == "b.b").expect("the box between");
        let long =
            diagram.steps.iter().find(|s| s.source == "a.a" && s.target == "c.c").expect("the long step");
        let passing = format!("{} {}H", between.x, between.y + BOX_HEIGHT / 2);
        assert!(!long.path.contains(&passing), "{} runs through the box at {between:?}", long.path);
    }

    #[test]
    fn a_large_lineage_is_cut_down_and_says_by_how_much() {
        let readers: Vec<String> = (0..300).map(|i| format!("app{i}")).collect();
        let edges: Vec<(&str, &str)> = readers.iter().map(|reader| ("a.a", reader.as_str())).collect();
        let diagram = Diagram::of(&lineage("a.a", &edges));
        assert_eq!(diagram.boxes.len(), MAX_BOXES);
        assert_eq!(diagram.left_out, 301 - MAX_BOXES);
    }

    #[test]
    fn a_product_alone_is_one_box() {
        let diagram = Diagram::of(&lineage("a.a", &[]));
        assert_eq!((diagram.boxes.len(), diagram.steps.len()), (1, 0));
    }
}
