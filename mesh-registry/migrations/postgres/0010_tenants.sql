-- The tenants that there are, beside `default`, which is always there. Who serves learns of all of them, to do for each what is
-- done without being asked, by a way of its own past the wall.
CREATE TABLE tenant (
    tenant  text COLLATE "C" PRIMARY KEY,
    made_at timestamptz NOT NULL
);

SELECT mesh_isolate('tenant');

CREATE FUNCTION mesh_tenants() RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT tenant FROM tenant ORDER BY tenant
$$;
