-- What a registry keeps. The tenant leads every key, so that one organisation's rows lie together and no query can reach
-- another's by leaving a condition out of its index. No document holds it.

-- One row for each address that was ever published. It shows the newest version, so that lists read one table, and it
-- carries the revision that publishers compare and swap. `id` exists for the text index, which knows rows by number.
CREATE TABLE product (
    id          INTEGER PRIMARY KEY,
    tenant      TEXT NOT NULL,
    address     TEXT NOT NULL,
    domain      TEXT NOT NULL,
    revision    INTEGER NOT NULL,
    version     TEXT NOT NULL,
    stage       TEXT NOT NULL CHECK (stage IN ('draft', 'released')),
    description TEXT NOT NULL,
    kind        TEXT NOT NULL,
    service     TEXT NOT NULL,
    owner       TEXT NOT NULL,
    stability   TEXT NOT NULL,
    tags        TEXT NOT NULL,
    ports       TEXT NOT NULL,
    deprecated  INTEGER NOT NULL,
    UNIQUE (tenant, address)
) STRICT;

CREATE INDEX product_by_domain ON product (tenant, domain, service);

-- Documents by content. A version points to one, several may, and a draft that was replaced leaves its own behind: who
-- has bound to its digest still reads it. Documents are large, so the table keeps its row ids.
CREATE TABLE contract (
    id       INTEGER PRIMARY KEY,
    tenant   TEXT NOT NULL,
    digest   TEXT NOT NULL,
    document BLOB NOT NULL,
    UNIQUE (tenant, digest)
) STRICT;

CREATE TABLE version (
    tenant       TEXT NOT NULL,
    address      TEXT NOT NULL,
    version      TEXT NOT NULL,
    digest       TEXT NOT NULL,
    promise      TEXT NOT NULL,
    stage        TEXT NOT NULL CHECK (stage IN ('draft', 'released')),
    published_at TEXT NOT NULL,
    PRIMARY KEY (tenant, address, version)
) STRICT, WITHOUT ROWID;

-- Looking a contract up by digest asks whether any released version has it.
CREATE INDEX version_by_digest ON version (tenant, digest, stage);

-- Domains and services as the newest versions of products last told of them.
CREATE TABLE domain (
    tenant      TEXT NOT NULL,
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    owner       TEXT NOT NULL,
    contact     TEXT,
    PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE service (
    tenant      TEXT NOT NULL,
    domain      TEXT NOT NULL,
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    shared_with TEXT NOT NULL,
    PRIMARY KEY (tenant, domain, name)
) STRICT, WITHOUT ROWID;

-- What the newest version of a product is made from.
CREATE TABLE input (
    tenant  TEXT NOT NULL,
    address TEXT NOT NULL,
    source  TEXT NOT NULL,
    fields  TEXT NOT NULL,
    PRIMARY KEY (tenant, address, source)
) STRICT, WITHOUT ROWID;

CREATE INDEX input_by_source ON input (tenant, source);

-- Registered readers. The empty text stands for "no environment" and "no purpose", because NULL equals nothing, not even
-- itself, and would let one reader register twice.
CREATE TABLE expectation (
    tenant        TEXT NOT NULL,
    consumer      TEXT NOT NULL,
    address       TEXT NOT NULL,
    environment   TEXT NOT NULL,
    purpose       TEXT NOT NULL,
    fields        TEXT NOT NULL,
    document      TEXT NOT NULL,
    registered_at TEXT NOT NULL,
    PRIMARY KEY (tenant, consumer, address, environment, purpose)
) STRICT;

CREATE INDEX expectation_by_address ON expectation (tenant, address, consumer);

-- Who did what and when: kept, read by people.
CREATE TABLE audit (
    id         INTEGER PRIMARY KEY,
    tenant     TEXT NOT NULL,
    at         TEXT NOT NULL,
    action     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    digest     TEXT,
    request_id TEXT
) STRICT;

-- What changed, for whoever follows the registry; may be thinned out once followers have read it, which the audit may
-- not. AUTOINCREMENT never gives a number twice, so a follower's position stays true.
CREATE TABLE change (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant   TEXT NOT NULL,
    address  TEXT NOT NULL,
    version  TEXT NOT NULL,
    digest   TEXT NOT NULL,
    stage    TEXT NOT NULL,
    at       TEXT NOT NULL
) STRICT;

CREATE INDEX change_by_tenant ON change (tenant, sequence);

-- Text search over the products' words. It keeps no text of its own, for `product` and the documents have it. Prefix
-- indexes make the first letters that somebody types as quick as a whole word; accents do not count.
CREATE VIRTUAL TABLE product_search USING fts5 (
    address, description, fields, tags, owner,
    content = '', contentless_delete = 1, prefix = '1 2 3', tokenize = 'unicode61 remove_diacritics 2'
);
