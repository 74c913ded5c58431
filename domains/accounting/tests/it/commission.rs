use std::collections::BTreeMap;

use accounting::inputs::CustomerAccount;
use accounting::{PayrollEntry, UnknownAgent};
use mesh_runtime::Validate;

use crate::recorded::{books, customers, employees, exact, invoices};

#[test]
fn commissions_are_five_percent_of_what_an_agents_customers_were_billed() {
    let agents: BTreeMap<u32, u32> = customers()
        .into_iter()
        .map(|CustomerAccount { customer_id, support_rep_id }| (customer_id, support_rep_id))
        .collect();
    let mut billed: BTreeMap<u32, i64> = BTreeMap::new();
    for invoice in invoices() {
        *billed.entry(agents[&invoice.customer_id]).or_default() += exact(&invoice.total.to_string());
    }

    let payroll = PayrollEntry::earned(&employees(), &customers(), &books()).expect("a payroll");

    assert_eq!(payroll.len(), 8);
    for entry in &payroll {
        let billed = billed.get(&entry.employee_id).copied().unwrap_or_default();
        assert_eq!(exact(&entry.billed.to_string()), billed);
        assert_eq!(exact(&entry.commission.to_string()) * 20, billed, "employee {}", entry.employee_id);
        let by_year: i64 = entry.commission_by_year.values().map(|amount| exact(&amount.to_string())).sum();
        assert_eq!(by_year, exact(&entry.commission.to_string()));
        let served = agents.values().filter(|agent| **agent == entry.employee_id).count();
        assert_eq!(entry.customers as usize, served);
        assert_eq!(entry.validate(), Ok(()));
    }
    let earned: Vec<(u32, String)> = payroll
        .iter()
        .filter(|entry| !entry.commission.is_zero())
        .map(|entry| (entry.employee_id, entry.commission.to_string()))
        .collect();
    assert_eq!(earned, [(3, "41.6520".into()), (4, "38.7700".into()), (5, "36.0080".into())]);
    let all: i64 = payroll.iter().map(|entry| exact(&entry.commission.to_string())).sum();
    assert_eq!(all, 1_164_300, "5 % of 2,328.60");
}

#[test]
fn commission_stands_under_the_year_of_the_invoice() {
    let payroll = PayrollEntry::earned(&employees(), &customers(), &books()).expect("a payroll");
    let of_jane = &payroll[2].commission_by_year;
    let years: Vec<(i32, String)> =
        of_jane.iter().map(|(year, amount)| (*year, amount.to_string())).collect();
    let wanted = ["6.1875", "11.0960", "9.2170", "7.3300", "7.8215"].map(str::to_owned);
    assert_eq!(years, (2007..).zip(wanted).collect::<Vec<_>>());
}

#[test]
fn an_agent_who_is_not_employed_stops_the_payroll() {
    let mut customers = customers();
    customers[4].support_rep_id = 99;
    let error = PayrollEntry::earned(&employees(), &customers, &books()).expect_err("a refusal");
    assert_eq!(error, UnknownAgent::NoEmployee { customer_id: 5, support_rep_id: 99 });
}

#[test]
fn an_invoice_of_an_unknown_customer_stops_the_payroll() {
    let mut customers = customers();
    customers.remove(1);
    let error = PayrollEntry::earned(&employees(), &customers, &books()).expect_err("a refusal");
    assert_eq!(error, UnknownAgent::NoCustomer { invoice_id: 1, customer_id: 2 });
    assert_eq!(error.to_string(), "invoice 1 is owed by customer 2, who is not in sales.customers");
}
