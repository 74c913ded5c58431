//! How far pointers reach into a record: at each place of it whether they name the whole, something within, or nothing.

use std::collections::BTreeMap;

/// The step that stands for each item of a list and each value of a map.
const ANY: &str = "*";

/// Some JSON pointers as a tree of their steps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tree {
    whole: bool,
    below: BTreeMap<String, Tree>,
}

impl Tree {
    pub(crate) fn of<'p>(pointers: impl IntoIterator<Item = &'p String>) -> Self {
        let mut root = Self::default();
        // A text that does not begin with a slash is no pointer, and names nothing.
        for pointer in pointers.into_iter().filter(|it| it.is_empty() || it.starts_with('/')) {
            let mut tree = &mut root;
            for step in steps(pointer) {
                tree = tree.below.entry(step).or_default();
            }
            tree.whole = true;
        }
        root
    }

    /// At the root of a record.
    pub(crate) fn reach(&self) -> Reach<'_> {
        Reach::of(vec![self])
    }
}

/// The steps of a pointer.
fn steps(pointer: &str) -> impl Iterator<Item = String> {
    pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"))
}

/// How far some pointers reach at one place of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reach<'t> {
    /// They name it, with everything in it.
    Whole,
    /// They name something in it.
    Within(Vec<&'t Tree>),
    /// They name nothing of it.
    Outside,
}

impl<'t> Reach<'t> {
    fn of(trees: Vec<&'t Tree>) -> Self {
        if trees.iter().any(|tree| tree.whole) {
            Self::Whole
        } else if trees.is_empty() {
            Self::Outside
        } else {
            Self::Within(trees)
        }
    }

    /// The same one step further down: to a member, or an item by its place.
    pub(crate) fn step(&self, name: &str) -> Self {
        match self {
            Self::Whole => Self::Whole,
            Self::Outside => Self::Outside,
            Self::Within(trees) => {
                let below = |tree: &&'t Tree| {
                    let any = tree.below.get(ANY).filter(|_| name != ANY);
                    [tree.below.get(name), any]
                };
                Self::of(trees.iter().flat_map(below).flatten().collect())
            }
        }
    }

    /// The same further down, along a pointer.
    pub(crate) fn along(&self, pointer: &str) -> Self {
        steps(pointer).fold(self.clone(), |reach, step| reach.step(&step))
    }

    pub(crate) fn is_whole(&self) -> bool {
        matches!(self, Self::Whole)
    }

    pub(crate) fn is_outside(&self) -> bool {
        matches!(self, Self::Outside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(pointers: &[&str]) -> Tree {
        Tree::of(&pointers.iter().map(|pointer| (*pointer).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_pointer_names_what_it_points_to_with_everything_in_it() {
        let tree = tree(&["/a", "/b/*/c", "/b/x/d", "/e~1f/g~0h"]);
        let root = tree.reach();
        for whole in ["/a", "/a/anything", "/b/y/c", "/b/x/c", "/b/x/d", "/e~1f/g~0h/1"] {
            assert!(root.along(whole).is_whole(), "{whole}");
        }
        for outside in ["/c", "/b/y/d", "/b/y/cc", "/e", "/e~1f/g", "/A", "/"] {
            assert!(root.along(outside).is_outside(), "{outside}");
        }
        for within in ["", "/b", "/b/x", "/b/y", "/e~1f"] {
            assert!(matches!(root.along(within), Reach::Within(_)), "{within}");
        }
    }

    #[test]
    fn the_empty_pointer_is_the_whole_and_no_pointer_is_nothing() {
        assert!(tree(&[""]).reach().is_whole());
        assert!(tree(&["/a", ""]).reach().along("/b").is_whole());
        assert!(tree(&[]).reach().along("/a").is_outside());
        let no_pointer = tree(&["a"]);
        assert!(!no_pointer.reach().is_whole() && no_pointer.reach().along("/a").is_outside());
    }
}
