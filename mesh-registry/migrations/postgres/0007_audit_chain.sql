-- Every decision, sealed in batches by a chain of digests. `records` is a JSON array; a seal is of all that stands beside it.
-- The release before does not know of it, and what it lets through is not sealed.
CREATE TABLE audit_batch (
    tenant    text COLLATE "C" NOT NULL,
    number    bigint NOT NULL,
    previous  text,
    sealed_at timestamptz NOT NULL,
    records   text NOT NULL,
    seal      text NOT NULL,
    PRIMARY KEY (tenant, number)
);

-- Nobody who has the registry's own connection changes what was sealed. Whoever owns the table can, and breaks the chain.
CREATE FUNCTION audit_batch_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was sealed is kept, and stays as it is';
END
$$;

CREATE TRIGGER audit_batch_stays BEFORE UPDATE OR DELETE ON audit_batch
    FOR EACH ROW EXECUTE FUNCTION audit_batch_stays();
