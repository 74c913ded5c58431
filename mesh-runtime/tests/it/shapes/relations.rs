//! The relations once more, by two validators that share nothing: ours made the contract tests, so it may not be their only
//! judge. Nested types are held by themselves too, since generated records seldom reach into all of their corners.

use super::{observation, package, webhook};
use crate::schema::agreement::agrees;

macro_rules! each_agrees {
    ($($name:ident: $shape:ty,)*) => {$(
        #[test]
        fn $name() {
            agrees::<$shape>();
        }
    )*};
}

each_agrees! {
    deliveries_agree: webhook::Delivery,
    events_agree: webhook::Event,
    commits_agree: webhook::Commit,
    authors_agree: webhook::Author,
    names_of_persons_agree: webhook::PersonName,
    changes_of_issues_agree: webhook::IssueChange,
    actions_agree: webhook::Action,
    accounts_agree: webhook::Account,
    kinds_of_accounts_agree: webhook::AccountKind,
    observations_agree: observation::Observation,
    statuses_agree: observation::Status,
    values_agree: observation::Value,
    quantities_agree: observation::Quantity,
    concepts_agree: observation::CodeableConcept,
    codings_agree: observation::Coding,
    references_agree: observation::Reference,
    components_agree: observation::Component,
    packages_agree: package::Package,
    heads_of_packages_agree: package::Head,
    versions_agree: package::Version,
    inheritable_texts_agree: package::Inheritable<String>,
    inheritable_numbers_agree: package::Inheritable<Option<u8>>,
    dependencies_agree: package::Dependency,
    details_agree: package::Detail,
    platforms_agree: package::Platform,
    profiles_agree: package::Profiles,
    a_profile_agrees: package::Profile,
    levels_agree: package::Level,
}
