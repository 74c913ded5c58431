-- Every change is an event, whatever it is a change of, and all of them come in one order.

-- What happened, for whoever follows the registry; may be thinned out once followers have read it, which the audit may
-- not. AUTOINCREMENT never gives a number twice, so a follower's position stays true. `address` is the product that an event
-- is about, if it is about one; `data` is a JSON object, whose members follow from `kind`.
CREATE TABLE event (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant   TEXT NOT NULL,
    kind     TEXT NOT NULL,
    subject  TEXT NOT NULL,
    address  TEXT,
    data     TEXT NOT NULL,
    at       TEXT NOT NULL
) STRICT;

INSERT INTO event (sequence, tenant, kind, subject, address, data, at)
SELECT sequence, tenant, 'mesh.version.published.v1', address || '@' || version, address,
    json_object('digest', digest, 'stage', stage, 'version', version), at
FROM change ORDER BY sequence;

-- Numbers go on behind the last one that was given, also where its event is gone.
DELETE FROM sqlite_sequence WHERE name = 'event';
INSERT INTO sqlite_sequence (name, seq) SELECT 'event', seq FROM sqlite_sequence WHERE name = 'change';

DROP TABLE change;

CREATE INDEX event_by_tenant ON event (tenant, sequence);

-- Pages show what was published last, however much else has happened since.
CREATE INDEX event_by_kind ON event (tenant, kind, sequence);

-- Whom the registry tells of events. `settings` is what somebody has set, secrets included; `state` how deliveries go. A
-- process that delivers has claimed the webhook, and what it settles counts only while the claim is its own.
CREATE TABLE webhook (
    tenant        TEXT NOT NULL,
    name          TEXT NOT NULL,
    settings      TEXT NOT NULL,
    cursor        INTEGER NOT NULL,
    state         TEXT NOT NULL,
    owner         TEXT,
    claimed_until TEXT,
    PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;

-- What could not be delivered. It stays until it is, or until the webhook goes.
CREATE TABLE webhook_failed (
    tenant    TEXT NOT NULL,
    webhook   TEXT NOT NULL,
    sequence  INTEGER NOT NULL,
    error     TEXT NOT NULL,
    attempts  INTEGER NOT NULL,
    failed_at TEXT NOT NULL,
    again     INTEGER NOT NULL,
    PRIMARY KEY (tenant, webhook, sequence)
) STRICT, WITHOUT ROWID;
