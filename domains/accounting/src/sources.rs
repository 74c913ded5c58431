//! Where the records of each product come from: what sales billed, read through its ports, and accounting's own employees.
//!
//! Each source reads everything anew; the host keeps the last good answer for the time when sales does not answer. Books
//! that lack an invoice are wrong, so a single record that does not fit makes a source fail and the books stay as they were.

use std::fmt;

use chrono::NaiveDate;
use mesh_runtime::client::Read;
use mesh_runtime::host::{Context, Host, SourceError};
use mesh_runtime::{Consumes, Validate};

use crate::inputs::{BilledInvoice, CustomerAccount, OrderedTotal};
use crate::products::{PayrollEntry, PostedInvoice, Receivable};
use crate::{Data, Employee};

/// The day for which receivables are aged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOf(NaiveDate);

/// `ACCOUNTING_AS_OF` holds no day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "ACCOUNTING_AS_OF is `{text}`, which is no day of the calendar; write one as `2011-12-31`, or unset it"
)]
pub struct NotADay {
    text: String,
}

impl AsOf {
    /// The day that `ACCOUNTING_AS_OF` names, or else the last of the year in which the data ends.
    ///
    /// # Errors
    /// When it names no day.
    pub fn from_env() -> Result<Self, NotADay> {
        match std::env::var_os("ACCOUNTING_AS_OF").filter(|text| !text.is_empty()) {
            None => Ok(Self::default()),
            Some(text) => text.to_string_lossy().parse(),
        }
    }

    /// The day.
    pub fn day(self) -> NaiveDate {
        self.0
    }
}

impl Default for AsOf {
    fn default() -> Self {
        Self(NaiveDate::from_ymd_opt(2011, 12, 31).expect("December has 31 days"))
    }
}

impl std::str::FromStr for AsOf {
    type Err = NotADay;

    fn from_str(text: &str) -> Result<Self, NotADay> {
        text.parse().map(Self).map_err(|_| NotADay { text: text.to_owned() })
    }
}

impl fmt::Display for AsOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The domain's server, with a source for each product.
pub fn host(as_of: AsOf) -> Host {
    Host::new(crate::manifest())
        .records(books)
        .records(move |context| receivables(context, as_of))
        .records(payroll)
}

async fn books(context: Context) -> Result<Vec<PostedInvoice>, SourceError> {
    let billed = whole::<BilledInvoice>(&context).await?;
    // Orders second: each invoice that was read has its order by then.
    let ordered = whole::<OrderedTotal>(&context).await?;
    Ok(PostedInvoice::post_all(&billed, &ordered)?)
}

async fn receivables(context: Context, as_of: AsOf) -> Result<Vec<Receivable>, SourceError> {
    Ok(Receivable::aged(&books(context).await?, as_of.day()))
}

async fn payroll(context: Context) -> Result<Vec<PayrollEntry>, SourceError> {
    let employees = Employee::load(&Data::of(&context))?;
    // Invoices first: a customer who comes between the two readings has no invoice yet, and the other way round would.
    let posted = books(context.clone()).await?;
    let customers = whole::<CustomerAccount>(&context).await?;
    Ok(PayrollEntry::earned(&employees, &customers, &posted)?)
}

/// Reads all of a product, or fails.
async fn whole<C: Consumes + Validate>(context: &Context) -> Result<Vec<C>, SourceError> {
    let Read { address, version, records, rejected, .. } = context.read::<C>().await?;
    match rejected.first() {
        None => Ok(records),
        Some(first) => Err(SourceError::new(format!(
            "{} of {} records of {address} {version} do not fit, and books that lack one are wrong; the first: {first}",
            rejected.len(),
            rejected.len() + records.len(),
        ))),
    }
}
