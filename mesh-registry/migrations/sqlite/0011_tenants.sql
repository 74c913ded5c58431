-- The tenants that there are, beside `default`, which is always there.
CREATE TABLE tenant (
    tenant  TEXT PRIMARY KEY,
    made_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Every number of an event tells a tenant how many events others had, if all count together. Each counts its own from here on,
-- and where it stood.
CREATE TABLE position (
    tenant TEXT PRIMARY KEY,
    last   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- As before but for its numbers. Nobody gives them: a trigger does, also to what the release before writes, which knows of no other
-- numbers than these.
CREATE TABLE event_by_number (
    id       INTEGER PRIMARY KEY,
    tenant   TEXT NOT NULL,
    sequence INTEGER,
    kind     TEXT NOT NULL,
    subject  TEXT NOT NULL,
    address  TEXT,
    data     TEXT NOT NULL,
    at       TEXT NOT NULL
) STRICT;

INSERT INTO event_by_number (id, tenant, sequence, kind, subject, address, data, at)
SELECT sequence, tenant, sequence, kind, subject, address, data, at FROM event ORDER BY sequence;

-- Positions that followers have kept stay behind what comes next, also where events are gone.
INSERT INTO position (tenant, last)
SELECT DISTINCT tenant, (SELECT seq FROM sqlite_sequence WHERE name = 'event') FROM event;

DROP TABLE event;
ALTER TABLE event_by_number RENAME TO event;

CREATE UNIQUE INDEX event_by_tenant ON event (tenant, sequence);
CREATE INDEX event_by_kind ON event (tenant, kind, sequence);

CREATE TRIGGER event_numbered AFTER INSERT ON event BEGIN
    INSERT INTO position (tenant, last) VALUES (NEW.tenant, coalesce(NEW.sequence, 1))
    ON CONFLICT (tenant) DO UPDATE SET last = coalesce(max(last, NEW.sequence), last + 1);
    UPDATE event SET sequence = (SELECT last FROM position WHERE tenant = NEW.tenant)
    WHERE id = NEW.id AND sequence IS NULL;
END;
