//! What can be wrong with the files of a domain, beside what a change of a contract does to its readers.

/// A rule about the files of a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileRule {
    /// Its name, in kebab-case. It never changes, and no rule of the judgement has it.
    pub id: &'static str,
    /// What is wrong, in a sentence.
    pub sentence: &'static str,
    /// Why it matters, and what to do. Markdown.
    pub explanation: &'static str,
}

impl FileRule {
    /// The rule of a name.
    pub fn find(id: &str) -> Option<&'static Self> {
        FILE_RULES.iter().find(|rule| rule.id == id)
    }
}

/// Every rule about files.
pub static FILE_RULES: &[FileRule] = &[
    FileRule {
        id: "frozen-version-changed",
        sentence: "The contract of a released version is not what was released",
        explanation: "`mesh.lock` freezes each released version by its digest: readers rely on exactly that text. Take the \
                      change back (`git checkout` of the file), raise the version in `#[product(version = ...)]`, and run \
                      `mesh contract`.",
    },
    FileRule {
        id: "version-not-frozen",
        sentence: "A version has a later one beside it and is not frozen",
        explanation: "Only the highest version of a line is a candidate; those below it have been released and are frozen in \
                      `mesh.lock`. Run `mesh contract`, which freezes them, and commit the lock.",
    },
    FileRule {
        id: "published-version-changed",
        sentence: "A version is published with other content than the committed one",
        explanation: "A published version never changes. Somebody published this version from another state of the \
                      repository: raise the version, or take the published contract over.",
    },
    FileRule {
        id: "input-missing",
        sentence: "The contract of a pinned input is not committed",
        explanation: "`mesh.lock` pins a version of a product that the domain reads, and its contract is not below \
                      `contracts/inputs/`. Without it the contract tests cannot hold the reading type against it. Run \
                      `mesh add` for it again.",
    },
    FileRule {
        id: "input-not-as-pinned",
        sentence: "The committed contract of an input is not the one that is pinned",
        explanation: "`mesh.lock` pins inputs by digest. Somebody edited the committed contract, or only one of both files \
                      was merged. Run `mesh update` for the input, and commit both.",
    },
    FileRule {
        id: "input-out-of-range",
        sentence: "An input is pinned to a version that its requirement does not take",
        explanation: "The requirement in `#[consumes(version = ...)]` and the pin in `mesh.lock` contradict each other. Run \
                      `mesh update` for the input.",
    },
    FileRule {
        id: "records-refused",
        sentence: "Retained records would be refused by what the new contract accepts",
        explanation: "`mesh check --against-data` runs what the newest contract accepts over records that are kept. Whoever \
                      reads them again with the new type fails at these. Accept what they hold, or migrate them before the \
                      new version goes out.",
    },
    FileRule {
        id: "records-unreadable",
        sentence: "Lines of a file of records are no JSON",
        explanation: "`mesh check --against-data` reads one JSON value a line, as `mesh read` writes them. Nothing is said \
                      of the lines that are none: mend the file, and check again.",
    },
];

#[cfg(test)]
mod tests {
    use mesh_contract::judgement::rules;

    use super::*;

    #[test]
    fn no_rule_about_files_has_the_name_of_a_rule_of_the_judgement() {
        for rule in FILE_RULES {
            assert!(rules::find(rule.id).is_none(), "{}", rule.id);
            assert!(!rule.sentence.ends_with('.') && rule.explanation.ends_with('.'), "{}", rule.id);
        }
    }
}
