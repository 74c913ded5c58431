-- What the platform asks of every product: the document that counts is the one with the highest revision, and those before it stay.
-- The release before does not know the table, and goes on serving beside this one.
CREATE TABLE policy_set (
    tenant   text NOT NULL,
    revision bigint NOT NULL,
    document text NOT NULL,
    digest   text NOT NULL,
    set_by   text NOT NULL,
    set_at   timestamptz NOT NULL,
    PRIMARY KEY (tenant, revision)
);
