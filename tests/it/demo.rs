//! The demo, as an outside client sees it. Every figure is computed here from the CSV files, by means of this file alone.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::OnceLock;

use serde_json::Value;

use crate::running::{Running, leashed};
use crate::{command, http, workspace};

/// One demo for all tests of this file. The thread that starts it stays, since the demo ends with it.
fn demo() -> &'static Running {
    static DEMO: OnceLock<Running> = OnceLock::new();
    DEMO.get_or_init(|| {
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let mut command = leashed(workspace::root());
            let arguments = ["demo", "--port", "0", "--format", "json"];
            let started = std::panic::catch_unwind(AssertUnwindSafe(|| {
                Running::start(command.env("MESH_TOKEN", TOKEN).args(arguments))
            }));
            let failed = started.is_err();
            let _ = sender.send(started);
            if failed {
                return;
            }
            loop {
                std::thread::park();
            }
        });
        receiver.recv().expect("the demo's thread").unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn records(address: &str) -> Vec<Value> {
    http::records(&demo().records_url(address), None)
}

/// The token that the owner of each domain of the demo has set.
const TOKEN: &str = "the-owner-knows";

/// The rows of a file by column.
fn rows(file: &str) -> Vec<BTreeMap<String, String>> {
    let path = workspace::root().join("domains").join(file);
    let mut reader =
        csv::Reader::from_path(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    reader.deserialize().collect::<Result<_, _>>().expect("rows")
}

/// An amount in ten-thousandths.
#[track_caller]
fn exact(text: &str) -> i64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    assert!(fraction.len() <= 4 && !text.starts_with('-'), "`{text}` is no amount");
    format!("{whole}{fraction:0<4}").parse().unwrap_or_else(|_| panic!("`{text}` is no amount"))
}

#[track_caller]
fn amount(record: &Value, field: &str) -> i64 {
    exact(record[field].as_str().unwrap_or_else(|| panic!("`{field}` is no amount in {record}")))
}

#[track_caller]
fn number(record: &Value, field: &str) -> u64 {
    record[field].as_u64().unwrap_or_else(|| panic!("`{field}` is no number in {record}"))
}

fn sum(records: &[Value], field: &str) -> i64 {
    records.iter().map(|record| amount(record, field)).sum()
}

#[test]
fn all_3503_tracks_are_served_as_they_stand_in_the_file() {
    let tracks = records("sales.products");
    let wanted: BTreeMap<u64, _> = rows("sales/data/tracks.csv")
        .into_iter()
        .map(|row| (row["track_id"].parse().expect("a number"), row))
        .collect();
    assert_eq!((tracks.len(), wanted.len()), (3_503, 3_503));
    for track in &tracks {
        let row = &wanted[&number(track, "track_id")];
        for field in ["title", "album", "artist", "genre"] {
            assert_eq!(track[field].as_str(), Some(row[field].as_str()), "{field} of {track}");
        }
        assert_eq!(track["composer"].as_str().unwrap_or_default(), row["composer"], "{track}");
        assert_eq!(amount(track, "price"), exact(&row["unit_price"]), "{track}");
        assert_eq!(number(track, "duration").to_string(), row["milliseconds"], "{track}");
        assert_eq!(number(track, "size").to_string(), row["bytes"], "{track}");
    }
}

#[test]
fn the_invoices_of_sales_and_those_posted_by_accounting_add_up_to_2328_60() {
    let invoices = records("sales.invoices");
    let posted = records("accounting.invoices");
    let file: i64 = rows("sales/data/invoices.csv").iter().map(|row| exact(&row["total"])).sum();
    assert_eq!(file, exact("2328.60"));
    assert_eq!((invoices.len(), posted.len()), (412, 412));
    assert_eq!(sum(&invoices, "total"), file);
    assert_eq!(sum(&posted, "amount"), file);
}

#[test]
fn the_lines_of_each_order_are_those_of_its_invoice_and_add_up_to_its_total() {
    let mut wanted: BTreeMap<u64, Vec<(u64, i64)>> = BTreeMap::new();
    for row in rows("sales/data/invoice_lines.csv") {
        let line = (
            row["track_id"].parse().expect("a number"),
            exact(&row["unit_price"]) * row["quantity"].parse::<i64>().expect("a number"),
        );
        wanted.entry(row["invoice_id"].parse().expect("a number")).or_default().push(line);
    }
    let orders = records("sales.orders");
    assert_eq!(orders.len(), wanted.len());
    let mut lines_in_all = 0;
    for order in &orders {
        let lines = order["lines"].as_array().expect("lines");
        lines_in_all += lines.len();
        let found: Vec<(u64, i64)> = lines
            .iter()
            .map(|line| {
                (
                    number(line, "track_id"),
                    amount(line, "unit_price") * i64::try_from(number(line, "quantity")).expect("a quantity"),
                )
            })
            .collect();
        assert_eq!(found, wanted[&number(order, "order_id")], "{order}");
        assert_eq!(amount(order, "total"), found.iter().map(|(_, amount)| amount).sum::<i64>(), "{order}");
    }
    assert_eq!(lines_in_all, 2_240);
}

#[test]
fn customers_are_served_with_their_personal_data_masked() {
    let customers = records("sales.customers");
    let wanted = rows("sales/data/customers.csv");
    assert_eq!((customers.len(), wanted.len()), (59, 59));
    let served = serde_json::to_string(&customers).expect("JSON");
    for row in wanted {
        for field in ["email", "phone", "last_name"] {
            let value = &row[field];
            assert!(
                value.is_empty() || !served.contains(&format!("\"{value}\"")),
                "`{field}` of customer {} is served",
                row["customer_id"]
            );
        }
    }
}

/// Days from the first day of 1970, by the civil calendar.
fn day(text: &str) -> i64 {
    let parts: Vec<i64> = text.split('-').map(|part| part.parse().expect("a number")).collect();
    let (year, month, day) = (parts[0] - i64::from(parts[1] <= 2), parts[1], parts[2]);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[test]
fn receivables_are_aged_as_a_second_reckoning_ages_them() {
    let receivables = records("accounting.receivables");
    let ages = ["current", "days_1_to_30", "days_31_to_60", "days_61_to_90", "over_90_days"];
    let as_of = receivables[0]["as_of"].as_str().expect("a day").to_owned();
    let mut wanted: BTreeMap<u64, [i64; 5]> = BTreeMap::new();
    for row in rows("sales/data/invoices.csv") {
        // Bills are due 30 days after they were sent.
        let overdue = day(&as_of) - day(&row["invoice_date"]) - 30;
        if overdue < -30 {
            continue;
        }
        let age = [0, 30, 60, 90].iter().filter(|limit| overdue > **limit).count();
        wanted.entry(row["customer_id"].parse().expect("a number")).or_default()[age] += exact(&row["total"]);
    }
    assert_eq!(receivables.len(), wanted.len());
    for receivable in &receivables {
        let found = ages.map(|age| amount(&receivable["ageing"], age));
        assert_eq!(found, wanted[&number(receivable, "customer_id")], "{receivable}");
        assert_eq!(amount(receivable, "outstanding"), found.iter().sum::<i64>(), "{receivable}");
    }
    assert_eq!(sum(&receivables, "outstanding"), exact("2328.60"));
}

#[test]
fn each_agent_earns_five_percent_of_what_their_customers_were_billed() {
    let agents: BTreeMap<String, String> = rows("sales/data/customers.csv")
        .into_iter()
        .map(|row| (row["customer_id"].clone(), row["support_rep_id"].clone()))
        .collect();
    let mut billed: BTreeMap<String, i64> = BTreeMap::new();
    for row in rows("sales/data/invoices.csv") {
        *billed.entry(agents[&row["customer_id"]].clone()).or_default() += exact(&row["total"]);
    }
    let url = demo().records_url("accounting.payroll");
    let masked = http::records(&url, None);
    assert!(
        masked
            .iter()
            .all(|entry| entry["commission"].as_str().is_none_or(|text| text.parse::<f64>().is_err()))
    );

    let entries = http::records(&url, Some(TOKEN));

    assert_eq!(entries.len(), rows("accounting/data/employees.csv").len());
    for entry in &entries {
        let of_agent = billed.get(&number(entry, "employee_id").to_string()).copied().unwrap_or_default();
        assert_eq!(amount(entry, "billed"), of_agent, "{entry}");
        assert_eq!(amount(entry, "commission") * 20, of_agent, "{entry}");
    }
    assert_eq!(sum(&entries, "commission") * 20, exact("2328.60"));
}

#[test]
fn pages_show_what_is_offered_and_lead_from_a_product_to_what_it_is_made_from() {
    let registry = demo().registry();
    let home = http::get(&registry);
    for (address, records) in [("sales.products", 3_503), ("accounting.receivables", 59)] {
        assert!(
            home.contains(&format!("href=\"/products/{address}\"")),
            "{address} is missing on the first page"
        );
        let served = demo().served(address);
        assert_eq!(served["records"], records, "{address}");
    }
    let page = http::get(&format!("{registry}/products/accounting.receivables"));
    for wanted in [
        "href=\"/products/accounting.invoices\"",
        "href=\"/domains/accounting\"",
        "accounting-data@chinook.example",
        "What is owed, by age.",
        "decimal(12, 2)",
        "days_31_to_60",
    ] {
        assert!(page.contains(wanted), "`{wanted}` is missing on the page of accounting.receivables");
    }
    let source = http::get(&format!("{registry}/products/accounting.invoices"));
    assert!(source.contains("href=\"/products/sales.invoices\""), "lineage ends too early");
    let found = http::get(&format!("{registry}/search?q=commission"));
    assert!(found.contains("accounting.payroll"), "the search for commission finds no payroll");
}

#[test]
fn the_command_finds_shows_and_reads_what_the_demo_serves() {
    let registry = demo().registry();
    let mesh = |words: &[&str]| {
        let mut command = command::mesh(workspace::root());
        command::run(command.args(words).args(["--registry", &registry])).with(0)
    };
    let found = mesh(&["search", "commission", "--format", "json"]).json();
    assert!(
        found.as_array().expect("a list").iter().any(|product| product["address"] == "accounting.payroll")
    );
    let known = mesh(&["info", "sales.orders", "--format", "json"]).json();
    assert_eq!(known["contract"]["address"], "sales.orders");
    let tree = mesh(&["tree", "accounting.receivables"]).stdout;
    let lines =
        ["└── accounting.invoices 1.0.0", "    ├── sales.invoices 1.0.0", "    └── sales.orders 1.0.0"];
    assert!(lines.iter().all(|line| tree.contains(line)), "{tree}");
    let read = mesh(&["read", "sales.products", "--limit", "3"]).stdout;
    let tracks: Vec<Value> = read.lines().map(|line| serde_json::from_str(line).expect("a record")).collect();
    assert_eq!(tracks.iter().map(|track| number(track, "track_id")).collect::<Vec<_>>(), [1, 2, 3]);
    let all = mesh(&["read", "sales.products", "--format", "json"]).json();
    assert_eq!(all.as_array().map(Vec::len), Some(3_503));
    let nothing =
        command::run(command::mesh(workspace::root()).args(["search", "zeppelin", "--registry", &registry]));
    nothing.with(1).says(&["nothing found at"]);
}
