use std::error::Error;
use std::fs;
use std::path::Path;

use accounting::{Data, Employee};
use tempfile::TempDir;

use crate::recorded::{employees, rows_of_neighbour};

fn refused(text: &str) -> String {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("employees.csv"), text).expect("a file");
    let error = Employee::load(&Data::in_folder(folder.path())).expect_err("a refusal");
    let cause = error.source().map(|source| format!(": {source}")).unwrap_or_default();
    format!("{error}{cause}")
}

#[test]
fn each_employee_reports_to_another_and_one_leads() {
    let employees = employees();
    assert_eq!(employees.len(), 8);
    let leads: Vec<u32> = employees
        .iter()
        .filter(|employee| employee.reports_to.is_none())
        .map(|employee| employee.employee_id)
        .collect();
    assert_eq!(leads, [1]);
    for employee in &employees {
        let above = employee.reports_to;
        assert!(above.is_none_or(|above| employees.iter().any(|other| other.employee_id == above)));
    }
}

#[test]
fn a_file_with_a_mistake_is_refused_with_its_place() {
    let header = "employee_id,first_name,last_name,title,reports_to,hire_date,email\n";
    assert_eq!(
        refused(&format!(
            "{header}1,A,B,C,,2002-08-14,a@chinook.example\n2,D,E,F,nobody,2002-05-01,d@chinook.example\n"
        )),
        "employees.csv, line 3, column `reports_to`: invalid digit found in string"
    );
    assert_eq!(
        refused(&format!("{header}1,A,B,C,,14 August,a@chinook.example\n")),
        "employees.csv, line 2, column `hire_date`: input contains invalid characters"
    );
    assert_eq!(refused("employee_id\n1\n"), "employees.csv, line 1: no column is named `first_name`");
}

/// Chinook comes in editions. Where a checkout has another one beside it, in `shared/data/chinook`, its employees are the same.
#[test]
fn the_other_edition_has_the_same_employees() {
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let mut files = folders.map(|folder| folder.join("shared/data/chinook/employee.csv"));
    let Some(rows) = files.find(|file| file.is_file()).and_then(|file| rows_of_neighbour(&file)) else {
        eprintln!("left out: no folder `shared/data/chinook` stands beside the checkout");
        return;
    };
    let employees = employees();
    assert_eq!(employees.len(), rows.len());
    for (employee, row) in employees.iter().zip(&rows) {
        let Employee { employee_id, first_name, last_name, title, reports_to, hire_date, email } = employee;
        assert_eq!(employee_id.to_string(), row["EmployeeId"]);
        assert_eq!(
            [first_name, last_name, title, email],
            [&row["FirstName"], &row["LastName"], &row["Title"], &row["Email"]]
        );
        assert_eq!(reports_to.map(|above| above.to_string()).unwrap_or_default(), row["ReportsTo"]);
        assert_eq!(format!("{hire_date} 00:00:00"), row["HireDate"]);
    }
}
