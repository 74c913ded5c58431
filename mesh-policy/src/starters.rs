//! The policies that ship with the project, one subject a file, each with examples of what holds and what does not.

/// One file of policies that ships with the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Starter {
    /// Its name: `ownership`.
    pub name: &'static str,
    /// Its text, a document of policies of its own.
    pub document: &'static str,
}

const fn starter(name: &'static str, document: &'static str) -> Starter {
    Starter { name, document }
}

/// Every file, in the order in which they make one document.
pub const STARTERS: [Starter; 4] = [
    starter("ownership", include_str!("../policies/ownership.toml")),
    starter("personal-data", include_str!("../policies/personal-data.toml")),
    starter("inputs", include_str!("../policies/inputs.toml")),
    starter("regions", include_str!("../policies/regions.toml")),
];

/// The line that every document begins with, once.
const HEAD: &str = "mesh = 1\n";

/// All of them as one document, to set and to change.
pub fn document() -> String {
    let parts = STARTERS.iter().map(|starter| starter.document.replacen(HEAD, "", 1));
    let mut document = HEAD.to_owned();
    for part in parts {
        document.push('\n');
        document.push_str(part.trim());
        document.push('\n');
    }
    document
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PolicySet;

    #[test]
    fn each_starter_proves_itself_and_shows_what_it_refuses() {
        let mut titles = 0;
        for Starter { name, document } in STARTERS {
            let set = PolicySet::platform(document).unwrap_or_else(|errors| panic!("{name}: {errors}"));
            set.prove().unwrap_or_else(|errors| panic!("{name}: {errors}"));
            assert!(document.contains(HEAD), "{name}");
            titles += set.policies().count();
        }
        let all = PolicySet::platform(&document()).unwrap_or_else(|errors| panic!("{errors}"));
        assert_eq!(all.policies().count(), titles, "no id stands in two of them");
        for policy in all.policies() {
            let part = document();
            let part = part.split("[[policy]]").find(|it| it.contains(&format!("id = \"{}\"", policy.id)));
            let part = part.unwrap_or_else(|| panic!("{}", policy.id));
            for holds in ["holds = true", "holds = false"] {
                assert!(part.contains(holds), "{} has no example with `{holds}`", policy.id);
            }
        }
    }

    #[test]
    fn an_example_that_says_otherwise_is_told_at_its_line() {
        let text = STARTERS[0].document.replacen("holds = true", "holds = false", 1);
        let line = text.lines().position(|line| line.starts_with("holds = false")).expect("the line") + 1;
        let errors = PolicySet::platform(&text).expect("it is read").prove().expect_err("it is wrong");
        assert_eq!(errors.0.iter().map(|error| error.line).collect::<Vec<_>>(), [line]);
    }
}
