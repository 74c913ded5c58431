//! `accounting.payroll`: what employees earn on top of their wages.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use mesh_runtime::prelude::*;
use rust_decimal::Decimal;

use crate::inputs::CustomerAccount;
use crate::products::PostedInvoice;
use crate::{Accounting, Employee};

/// One employee with the commission that they earned. A sales support agent earns 5 % of everything that the customers they
/// look after were billed, whether or not it is paid; nobody else earns commission. Amounts are exact, to the hundredth of a
/// cent: they are rounded when they are paid out and not before, so that parts always add up. Wages are not kept here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Accounting::Payroll, name = "payroll", version = "1.0.0", kind = "consumer-aligned")]
#[product(purpose = "Paying commission.", terms = "For paying the people named, and for nobody else's eyes.")]
#[product(inputs = [PostedInvoice, CustomerAccount], availability = "99%", retention = "10y")]
#[product(tags = ["commission", "personal-data"], stability = "stable", example = PayrollEntry::example)]
#[port(records)]
pub struct PayrollEntry {
    /// Number of the employee. It is never given twice.
    #[field(key, example = 3)]
    pub employee_id: u32,
    /// Given name.
    #[field(pii = "name", classification = "confidential")]
    pub first_name: String,
    /// Family name.
    #[field(pii = "name", classification = "confidential")]
    pub last_name: String,
    /// What they are employed as.
    #[field(classification = "internal", example = "Sales Support Agent")]
    pub title: String,
    /// Whom they report to. Left out for whoever leads the company.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(references = "accounting.payroll/employee_id", example = 2)]
    pub reports_to: Option<u32>,
    /// Their first day.
    #[field(classification = "internal", example = "2002-04-01")]
    pub hire_date: NaiveDate,
    /// Where pay slips are sent.
    #[field(pii = "email", classification = "confidential")]
    pub email: String,
    /// How many customers they look after.
    #[field(classification = "internal")]
    pub customers: u32,
    /// What those customers were billed.
    #[field(unit = "USD", decimal(12, 2), min = "0", pii = "financial", classification = "restricted")]
    pub billed: Decimal,
    /// The commission on it: 5 % of what was billed.
    #[field(unit = "USD", decimal(14, 4), min = "0", pii = "financial", classification = "restricted")]
    #[field(term = "commission")]
    pub commission: Decimal,
    /// The commission by the year in which the invoice was sent. Years without commission are left out.
    #[field(unit = "USD", decimal(14, 4), min = "0", pii = "financial", classification = "restricted")]
    pub commission_by_year: BTreeMap<i32, Decimal>,
}

/// The books name somebody whom payroll does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnknownAgent {
    /// A customer is looked after by nobody who is employed.
    #[error(
        "customer {customer_id} is looked after by employee {support_rep_id}, who is not in employees.csv"
    )]
    NoEmployee {
        /// The customer.
        customer_id: u32,
        /// Who is said to look after them.
        support_rep_id: u32,
    },
    /// An invoice is owed by a customer whom sales does not know.
    #[error("invoice {invoice_id} is owed by customer {customer_id}, who is not in sales.customers")]
    NoCustomer {
        /// The invoice.
        invoice_id: u32,
        /// Who is said to owe it.
        customer_id: u32,
    },
}

impl PayrollEntry {
    /// The part of what was billed that the agent earns: 5 %.
    pub fn commission_rate() -> Decimal {
        Decimal::new(5, 2)
    }

    /// What each employee earned, by number.
    ///
    /// # Errors
    /// When a customer's agent is no employee, or an invoice's customer is unknown: paying the rest would pay too little.
    pub fn earned(
        employees: &[Employee],
        customers: &[CustomerAccount],
        posted: &[PostedInvoice],
    ) -> Result<Vec<Self>, UnknownAgent> {
        let mut entries: BTreeMap<u32, Self> = employees
            .iter()
            .map(|employee| (employee.employee_id, Self::without_commission(employee)))
            .collect();
        let mut agents: BTreeMap<u32, u32> = BTreeMap::new();
        for &CustomerAccount { customer_id, support_rep_id } in customers {
            let agent = entries
                .get_mut(&support_rep_id)
                .ok_or(UnknownAgent::NoEmployee { customer_id, support_rep_id })?;
            if agents.insert(customer_id, support_rep_id).is_none() {
                agent.customers += 1;
            }
        }
        for &PostedInvoice { invoice_id, customer_id, posted_on, amount, .. } in posted {
            let agent = agents.get(&customer_id).and_then(|agent| entries.get_mut(agent));
            let agent = agent.ok_or(UnknownAgent::NoCustomer { invoice_id, customer_id })?;
            let commission = amount * Self::commission_rate();
            agent.billed += amount;
            agent.commission += commission;
            *agent.commission_by_year.entry(posted_on.year()).or_default() += commission;
        }
        Ok(entries.into_values().collect())
    }

    fn without_commission(employee: &Employee) -> Self {
        let Employee { employee_id, first_name, last_name, title, reports_to, hire_date, email } =
            employee.clone();
        Self {
            employee_id,
            first_name,
            last_name,
            title,
            reports_to,
            hire_date,
            email,
            customers: 0,
            billed: Decimal::new(0, 2),
            commission: Decimal::new(0, 4),
            commission_by_year: BTreeMap::new(),
        }
    }

    /// An invented person: an example stands in a published contract.
    fn example() -> Self {
        Self {
            employee_id: 9,
            first_name: "Erika".to_owned(),
            last_name: "Mustermann".to_owned(),
            title: "Sales Support Agent".to_owned(),
            reports_to: Some(2),
            hire_date: NaiveDate::from_ymd_opt(2007, 1, 2).unwrap_or_default(),
            email: "erika@chinook.example".to_owned(),
            customers: 3,
            billed: Decimal::new(4158, 2),
            commission: Decimal::new(20_790, 4),
            commission_by_year: BTreeMap::from([
                (2007, Decimal::new(9_900, 4)),
                (2008, Decimal::new(10_890, 4)),
            ]),
        }
    }
}
