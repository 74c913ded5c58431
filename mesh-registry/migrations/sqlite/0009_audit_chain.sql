-- Every decision, sealed in batches by a chain of digests. `records` is a JSON array; a seal is of all that stands beside it.
CREATE TABLE audit_batch (
    tenant    TEXT NOT NULL,
    number    INTEGER NOT NULL,
    previous  TEXT,
    sealed_at TEXT NOT NULL,
    records   TEXT NOT NULL,
    seal      TEXT NOT NULL,
    PRIMARY KEY (tenant, number)
) STRICT, WITHOUT ROWID;

-- Nobody who has the registry's own connection changes what was sealed. Whoever has the file can, and breaks the chain.
CREATE TRIGGER audit_batch_stays BEFORE UPDATE ON audit_batch
BEGIN
    SELECT RAISE(ABORT, 'what was sealed stays as it is');
END;

CREATE TRIGGER audit_batch_is_kept BEFORE DELETE ON audit_batch
BEGIN
    SELECT RAISE(ABORT, 'what was sealed is kept');
END;
