-- The second wall between tenants. Each statement names its tenant, and a statement that forgot to would still find nothing of
-- another's: who serves works as a role that sees the rows of the tenant in `mesh.tenant` alone. The role owns nothing, so no
-- table need be forced; whoever owns the tables brings the schema to a release and moves everything at once, and is nobody who
-- serves. The release before works as the owner, and goes on serving beside this one.

-- Puts a table behind the wall. Every table with a tenant is; a step that makes one calls this.
CREATE FUNCTION mesh_isolate(name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY mesh_tenant ON %I USING (tenant = current_setting(''mesh.tenant'', true))
        WITH CHECK (tenant = current_setting(''mesh.tenant'', true))', name);
END
$$;

-- Every number of an event tells a tenant how many events others had, if all count together. Each counts its own from here on,
-- and where it stood.
CREATE TABLE position (
    tenant text COLLATE "C" PRIMARY KEY,
    last   bigint NOT NULL
);

INSERT INTO position (tenant, last)
SELECT tenant, (SELECT last FROM feed) FROM event
UNION SELECT tenant, (SELECT last FROM feed) FROM event_due;

SELECT mesh_isolate(table_name) FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = current_schema() AND c.column_name = 'tenant' AND t.table_type = 'BASE TABLE' ORDER BY table_name;

-- What follows is done as the owner, for whoever serves. These few ways past the wall, and no other.

-- Gives numbers to what has happened, of whatever tenant, and says to how much. Whoever gives numbers holds the row of `feed`; the
-- statements behind it see whatever the holder before has done. A replica of the release before gives numbers of its own, all
-- behind `feed`, so both are looked at and moved on.
CREATE FUNCTION mesh_give_numbers(most bigint) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    given bigint;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM event_due) THEN
        RETURN 0;
    END IF;
    PERFORM 1 FROM feed FOR UPDATE;
    WITH due AS (
        DELETE FROM event_due WHERE id IN (SELECT id FROM event_due ORDER BY id LIMIT most) RETURNING *
    ), stood AS (
        SELECT t.tenant, greatest(
            (SELECT p.last FROM position p WHERE p.tenant = t.tenant),
            (SELECT max(e.sequence) FROM event e WHERE e.tenant = t.tenant), 0) AS last
        FROM (SELECT DISTINCT tenant FROM due) t
    ), numbered AS (
        INSERT INTO event (tenant, sequence, kind, subject, address, data, at)
        SELECT d.tenant, s.last + row_number() OVER (PARTITION BY d.tenant ORDER BY d.id),
            d.kind, d.subject, d.address, d.data, d.at
        FROM due d JOIN stood s ON s.tenant = d.tenant
        RETURNING tenant, sequence
    ), stands AS (
        INSERT INTO position (tenant, last) SELECT tenant, max(sequence) FROM numbered GROUP BY tenant
        ON CONFLICT (tenant) DO UPDATE SET last = excluded.last
    ), moved AS (
        UPDATE feed SET last = greatest(last, (SELECT max(sequence) FROM numbered))
        WHERE EXISTS (SELECT 1 FROM numbered)
    )
    SELECT count(*) INTO given FROM due;
    RETURN given;
END
$$;

-- The wall hides from the planner which rows a statement may look at before it has asked whose they are, and an index of words or
-- of addresses cannot tell. So these three look into those indexes for the tenant at hand, and for no other.

CREATE FUNCTION mesh_found(asked text, weights real[]) RETURNS TABLE (address text, rank real)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 100 AS $$
    SELECT s.address, ts_rank(weights, s.words, asked::tsquery) FROM product_search s
    WHERE s.tenant = current_setting('mesh.tenant', true) AND s.words @@ asked::tsquery
$$;

CREATE FUNCTION mesh_live(served text, at timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
BEGIN
    RETURN (SELECT count(*) FROM lease l
        WHERE l.tenant = current_setting('mesh.tenant', true) AND l.addresses @> ARRAY[served] AND l.expires_at > at);
END
$$;

CREATE FUNCTION mesh_serving(served text) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER ROWS 10 AS $$
    SELECT l.instance FROM lease l
    WHERE l.tenant = current_setting('mesh.tenant', true) AND l.addresses @> ARRAY[served]
$$;
