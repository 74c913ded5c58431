-- Who may read what: agreements, the keys that sign grants, grants that count no more, and who was seen to read.

-- An agreement, from the question to its end. `document` is all of it as JSON; the columns are what it is found by. `provider`
-- and `reader` are the domains of its two sides, `until` the last day of what is agreed on, or asked for.
CREATE TABLE agreement (
    tenant      TEXT NOT NULL,
    id          TEXT NOT NULL,
    revision    INTEGER NOT NULL,
    address     TEXT NOT NULL,
    provider    TEXT NOT NULL,
    consumer    TEXT NOT NULL,
    reader      TEXT NOT NULL,
    environment TEXT NOT NULL,
    purpose     TEXT NOT NULL,
    state       TEXT NOT NULL,
    until       TEXT NOT NULL,
    asked_at    TEXT NOT NULL,
    document    TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

-- One question and one agreement in force for each purpose; a renewal is asked for while the agreement before is in force.
CREATE UNIQUE INDEX agreement_asked ON agreement (tenant, consumer, address, environment, purpose) WHERE state = 'asked';
CREATE UNIQUE INDEX agreement_accepted ON agreement (tenant, consumer, address, environment, purpose) WHERE state = 'accepted';

CREATE INDEX agreement_by_time ON agreement (tenant, asked_at, id);
CREATE INDEX agreement_by_address ON agreement (tenant, address, asked_at, id);
CREATE INDEX agreement_by_reader ON agreement (tenant, reader, state);
CREATE INDEX agreement_by_end ON agreement (tenant, until) WHERE state = 'accepted';

-- What grants are signed with. The newest has no `trusted_until` and signs; an earlier one is believed until that day, the last
-- of any grant that it has signed.
CREATE TABLE signing_key (
    tenant        TEXT NOT NULL,
    kid           TEXT NOT NULL,
    secret        BLOB NOT NULL,
    made_at       TEXT NOT NULL,
    trusted_until TEXT,
    PRIMARY KEY (tenant, kid)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX signing_key_signs ON signing_key (tenant) WHERE trusted_until IS NULL;

-- Grants that were taken back before their last day, until it has passed.
CREATE TABLE revoked_grant (
    tenant   TEXT NOT NULL,
    jti      TEXT NOT NULL,
    provider TEXT NOT NULL,
    until    TEXT NOT NULL,
    PRIMARY KEY (tenant, jti)
) STRICT, WITHOUT ROWID;

CREATE INDEX revoked_grant_by_provider ON revoked_grant (tenant, provider, jti);

-- Who was seen to read what, as ports tell it.
CREATE TABLE observed_reader (
    tenant      TEXT NOT NULL,
    address     TEXT NOT NULL,
    consumer    TEXT NOT NULL,
    environment TEXT NOT NULL,
    agreement   TEXT NOT NULL,
    version     TEXT NOT NULL,
    fields      TEXT NOT NULL,
    answered    INTEGER NOT NULL,
    refused     INTEGER NOT NULL,
    first_at    TEXT NOT NULL,
    last_at     TEXT NOT NULL,
    PRIMARY KEY (tenant, address, consumer, environment, agreement, version)
) STRICT, WITHOUT ROWID;
