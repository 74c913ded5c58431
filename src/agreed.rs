//! Agreements as verbs show them.

use std::io::{self, Write};

use mesh_contract::wire::{AccessTerms, Agreement, AgreementState};

use crate::output::{FAINT, GOOD, STRONG, WARN};

/// Fields as one writes them on the command line become pointers: `lines.quantity` and `/lines/*/quantity` are left as far as
/// they are pointers, and a bare name is one at the top.
pub(crate) fn pointers(fields: Vec<String>) -> Vec<String> {
    let pointer = |field: String| if field.starts_with('/') { field } else { format!("/{field}") };
    fields.into_iter().map(pointer).collect()
}

/// Fields for people.
pub(crate) fn fields(terms: &AccessTerms) -> String {
    if terms.fields.iter().any(String::is_empty) { "every field".to_owned() } else { terms.fields.join(", ") }
}

/// An agreement, in some lines.
pub(crate) fn write(agreement: &Agreement, out: &mut dyn Write) -> io::Result<()> {
    let Agreement { id, address, consumer, purpose, environment, state, asked, agreed, .. } = agreement;
    let style = if *state == AgreementState::Accepted { GOOD } else { WARN };
    writeln!(
        out,
        "{style}{state}{style:#}  {STRONG}{consumer}{STRONG:#} reads {STRONG}{address}{STRONG:#} in {environment}"
    )?;
    let terms = agreed.as_ref().unwrap_or(asked);
    writeln!(out, "  {FAINT}agreement{FAINT:#}  {id}")?;
    writeln!(out, "  {FAINT}purpose{FAINT:#}    {purpose}")?;
    writeln!(out, "  {FAINT}fields{FAINT:#}     {}", fields(terms))?;
    if let Some(rows) = &terms.rows {
        writeln!(out, "  {FAINT}rows{FAINT:#}       those of {rows}")?;
    }
    writeln!(out, "  {FAINT}until{FAINT:#}      {}", terms.until)?;
    if agreed.as_ref().is_some_and(|agreed| agreed != asked) {
        writeln!(out, "  {FAINT}asked for{FAINT:#}  {} until {}", fields(asked), asked.until)?;
    }
    writeln!(out, "  {FAINT}asked by{FAINT:#}   {} at {}", agreement.asked_by, agreement.asked_at)?;
    if let (Some(by), Some(at)) = (&agreement.decided_by, &agreement.decided_at) {
        writeln!(out, "  {FAINT}decided by{FAINT:#} {by} at {at}")?;
    }
    if let Some(reason) = &agreement.reason {
        writeln!(out, "  {FAINT}reason{FAINT:#}     {reason}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_pointers_and_pointers_stay() {
        let fields = ["total", "/lines/*/amount"].map(str::to_owned).to_vec();
        assert_eq!(pointers(fields), ["/total", "/lines/*/amount"]);
    }
}
