-- What the platform asks of every product: the document that counts is the one with the highest revision, and those before it stay.
CREATE TABLE policy_set (
    tenant   TEXT NOT NULL,
    revision INTEGER NOT NULL,
    document TEXT NOT NULL,
    digest   TEXT NOT NULL,
    set_by   TEXT NOT NULL,
    set_at   TEXT NOT NULL,
    PRIMARY KEY (tenant, revision)
) STRICT, WITHOUT ROWID;
