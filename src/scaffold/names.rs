//! Rust names out of the mesh's names.

/// The name of a module, crate or function: `accounts-receivable` -> `accounts_receivable`.
pub(crate) fn module_name(name: &str) -> String {
    name.replace('-', "_")
}

/// The name of a type: `accounts-receivable` -> `AccountsReceivable`.
pub(crate) fn type_name(name: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    name.split('-').map(capital).collect()
}

/// The name of the type of one record of a product: `shipments` -> `Shipment`, `deliveries` -> `Delivery`.
pub(crate) fn record_name(product: &str) -> String {
    let plural = type_name(product);
    let without = |ending: &str| plural.strip_suffix(ending).filter(|stem| stem.len() > 1);
    if let Some(stem) = without("ies") {
        return format!("{stem}y");
    }
    if let Some(stem) = without("es")
        && ["s", "x", "ch", "sh"].iter().any(|ending| stem.ends_with(ending))
    {
        return stem.to_owned();
    }
    match without("s") {
        Some(stem) if !stem.ends_with('s') && !stem.ends_with('u') => stem.to_owned(),
        _ => plural,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_record_is_called_in_the_singular() {
        for (product, record) in [
            ("shipments", "Shipment"),
            ("deliveries", "Delivery"),
            ("boxes", "Box"),
            ("addresses", "Address"),
            ("status", "Status"),
            ("news-articles", "NewsArticle"),
            ("payroll", "Payroll"),
            ("s", "S"),
        ] {
            assert_eq!(record_name(product), record);
        }
    }
}
