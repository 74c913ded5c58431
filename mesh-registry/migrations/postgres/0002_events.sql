-- Every change is an event, whatever it is a change of, and all of them come in one order. They take the place of `change`
-- and `change_due`, which stay for the release before: it may serve beside this one while replicas are replaced.

-- What happened, in the order in which it became visible. `address` is the product that an event is about, if it is about
-- one; `data` is a JSON object, whose members follow from `kind`.
CREATE TABLE event (
    tenant   text COLLATE "C" NOT NULL,
    sequence bigint NOT NULL,
    kind     text COLLATE "C" NOT NULL,
    subject  text NOT NULL,
    address  text COLLATE "C",
    data     text NOT NULL,
    at       timestamptz NOT NULL,
    PRIMARY KEY (tenant, sequence)
);

-- Pages show what was published last, however much else has happened since.
CREATE INDEX event_by_kind ON event (tenant, kind, sequence);

-- What has happened and has no number yet.
CREATE TABLE event_due (
    id      bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    tenant  text COLLATE "C" NOT NULL,
    kind    text NOT NULL,
    subject text NOT NULL,
    address text COLLATE "C",
    data    text NOT NULL,
    at      timestamptz NOT NULL
);

-- Whoever gives numbers now ends first, and so does whoever writes; then nothing of `change` moves any more.
SELECT 1 FROM feed FOR UPDATE;
LOCK TABLE change_due IN SHARE ROW EXCLUSIVE MODE;

INSERT INTO event (tenant, sequence, kind, subject, address, data, at)
SELECT tenant, sequence, 'mesh.version.published.v1', address || '@' || version, address,
    format('{"digest":"%s","stage":"%s","version":"%s"}', digest, stage, version), at
FROM change;

INSERT INTO event_due (tenant, kind, subject, address, data, at)
SELECT tenant, 'mesh.version.published.v1', address || '@' || version, address,
    format('{"digest":"%s","stage":"%s","version":"%s"}', digest, stage, version), at
FROM change_due ORDER BY id;

DELETE FROM change_due;

-- What a replica of the release before writes from now on is an event as well. It finds nothing due, so it gives no numbers,
-- and reads in `change` what there was before.
CREATE FUNCTION event_of_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO event_due (tenant, kind, subject, address, data, at)
    VALUES (NEW.tenant, 'mesh.version.published.v1', NEW.address || '@' || NEW.version, NEW.address,
        format('{"digest":"%s","stage":"%s","version":"%s"}', NEW.digest, NEW.stage, NEW.version), NEW.at);
    RETURN NULL;
END
$$;

CREATE TRIGGER event_of_change BEFORE INSERT ON change_due FOR EACH ROW EXECUTE FUNCTION event_of_change();

-- Whom the registry tells of events. `settings` is what somebody has set, secrets included; `state` how deliveries go. A
-- process that delivers has claimed the webhook, and what it settles counts only while the claim is its own.
CREATE TABLE webhook (
    tenant        text COLLATE "C" NOT NULL,
    name          text COLLATE "C" NOT NULL,
    settings      text NOT NULL,
    cursor        bigint NOT NULL,
    state         text NOT NULL,
    owner         text,
    claimed_until timestamptz,
    PRIMARY KEY (tenant, name)
) WITH (fillfactor = 50);

-- What could not be delivered. It stays until it is, or until the webhook goes.
CREATE TABLE webhook_failed (
    tenant    text COLLATE "C" NOT NULL,
    webhook   text COLLATE "C" NOT NULL,
    sequence  bigint NOT NULL,
    error     text NOT NULL,
    attempts  bigint NOT NULL,
    failed_at timestamptz NOT NULL,
    again     boolean NOT NULL,
    PRIMARY KEY (tenant, webhook, sequence)
);
