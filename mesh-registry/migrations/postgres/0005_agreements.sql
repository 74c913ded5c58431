-- Who may read what: agreements, the keys that sign grants, grants that count no more, and who was seen to read. The release
-- before knows none of these tables, and goes on serving beside this one.

-- An agreement, from the question to its end. `document` is all of it as JSON; the columns are what it is found by. `provider`
-- and `reader` are the domains of its two sides, `until` the last day of what is agreed on, or asked for.
CREATE TABLE agreement (
    tenant      text COLLATE "C" NOT NULL,
    id          text COLLATE "C" NOT NULL,
    revision    bigint NOT NULL,
    address     text COLLATE "C" NOT NULL,
    provider    text COLLATE "C" NOT NULL,
    consumer    text COLLATE "C" NOT NULL,
    reader      text COLLATE "C" NOT NULL,
    environment text COLLATE "C" NOT NULL,
    purpose     text COLLATE "C" NOT NULL,
    state       text COLLATE "C" NOT NULL,
    until       text COLLATE "C" NOT NULL,
    asked_at    timestamptz NOT NULL,
    document    text NOT NULL,
    PRIMARY KEY (tenant, id)
);

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
    tenant        text COLLATE "C" NOT NULL,
    kid           text COLLATE "C" NOT NULL,
    secret        bytea NOT NULL,
    made_at       timestamptz NOT NULL,
    trusted_until text COLLATE "C",
    PRIMARY KEY (tenant, kid)
);

CREATE UNIQUE INDEX signing_key_signs ON signing_key (tenant) WHERE trusted_until IS NULL;

-- Grants that were taken back before their last day, until it has passed.
CREATE TABLE revoked_grant (
    tenant   text COLLATE "C" NOT NULL,
    jti      text COLLATE "C" NOT NULL,
    provider text COLLATE "C" NOT NULL,
    until    text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, jti)
);

CREATE INDEX revoked_grant_by_provider ON revoked_grant (tenant, provider, jti);

-- Who was seen to read what, as ports tell it.
CREATE TABLE observed_reader (
    tenant      text COLLATE "C" NOT NULL,
    address     text COLLATE "C" NOT NULL,
    consumer    text COLLATE "C" NOT NULL,
    environment text COLLATE "C" NOT NULL,
    agreement   text COLLATE "C" NOT NULL,
    version     text COLLATE "C" NOT NULL,
    fields      text NOT NULL,
    answered    bigint NOT NULL,
    refused     bigint NOT NULL,
    first_at    timestamptz NOT NULL,
    last_at     timestamptz NOT NULL,
    PRIMARY KEY (tenant, address, consumer, environment, agreement, version)
);
