-- Lets the role do what serving takes, in this schema: to read and write the tables of tenants, and to go the few ways past the
-- wall. What it may do already is not granted anew: replicas start again and again.
DO $$
DECLARE
    it record;
BEGIN
    IF NOT has_schema_privilege('mesh_tenant', current_schema(), 'USAGE') THEN
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO mesh_tenant', current_schema());
    END IF;
    FOR it IN
        SELECT c.oid, c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant'
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND NOT a.attisdropped
    LOOP
        IF NOT (has_table_privilege('mesh_tenant', it.oid, 'SELECT') AND has_table_privilege('mesh_tenant', it.oid, 'INSERT')
            AND has_table_privilege('mesh_tenant', it.oid, 'UPDATE') AND has_table_privilege('mesh_tenant', it.oid, 'DELETE'))
        THEN
            EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO mesh_tenant', it.relname);
        END IF;
    END LOOP;
    FOR it IN
        SELECT p.oid::regprocedure AS name FROM pg_proc p
        WHERE p.pronamespace = current_schema()::regnamespace AND p.prosecdef
          AND (p.proacl IS NULL OR p.proconfig IS NULL)
    LOOP
        -- What is done as the owner finds the owner's tables whatever its caller has made, and is for nobody else.
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', it.name, current_schema());
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', it.name);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO mesh_tenant', it.name);
    END LOOP;
END
$$
