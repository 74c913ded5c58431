-- What runs where, and what each version of a reader relies on: the matrix that a deployment is decided from.

-- The version of the reader becomes a part of the key, so that what a reader expects next stands beside what it expects
-- where it is deployed. The empty text stands for "no version", as it does for environment and purpose.
CREATE TABLE expectation_of_version (
    tenant           TEXT NOT NULL,
    consumer         TEXT NOT NULL,
    address          TEXT NOT NULL,
    consumer_version TEXT NOT NULL,
    environment      TEXT NOT NULL,
    purpose          TEXT NOT NULL,
    fields           TEXT NOT NULL,
    document         TEXT NOT NULL,
    registered_at    TEXT NOT NULL,
    PRIMARY KEY (tenant, consumer, address, consumer_version, environment, purpose)
) STRICT;

INSERT INTO expectation_of_version
SELECT tenant, consumer, address, coalesce(json_extract(document, '$.consumerVersion'), ''), environment, purpose, fields,
    document, registered_at
FROM expectation;

DROP TABLE expectation;

ALTER TABLE expectation_of_version RENAME TO expectation;

CREATE INDEX expectation_by_address ON expectation (tenant, address, consumer);

-- What a pipeline says runs somewhere: a product or a reader at a version. `line` is what runs side by side with others of
-- the same subject, a product's major; a reader has one line, the empty text. A record replaces the one of its line.
CREATE TABLE deployed (
    tenant      TEXT NOT NULL,
    environment TEXT NOT NULL,
    subject     TEXT NOT NULL,
    line        TEXT NOT NULL,
    version     TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    PRIMARY KEY (tenant, environment, subject, line)
) STRICT, WITHOUT ROWID;

CREATE INDEX deployed_by_subject ON deployed (tenant, subject);
