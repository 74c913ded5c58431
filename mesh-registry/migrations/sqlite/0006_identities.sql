-- Who is known to a registry, and what they are.

-- What somebody shows to be known: tokens, and the sessions of browsers. Of the secret only its SHA-256 is kept; it has 256
-- random bits, so that there is nothing to guess and nothing to gain from a slow hash.
CREATE TABLE credential (
    tenant     TEXT NOT NULL,
    id         TEXT NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('token', 'session')),
    hash       TEXT NOT NULL,
    principal  TEXT NOT NULL,
    label      TEXT NOT NULL,
    scope      TEXT NOT NULL,
    made_by    TEXT NOT NULL,
    made_at    TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at    TEXT,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX credential_by_principal ON credential (tenant, principal, kind);

-- What somebody is: in a domain, or on the platform, for which the empty text stands.
CREATE TABLE member (
    tenant    TEXT NOT NULL,
    principal TEXT NOT NULL,
    domain    TEXT NOT NULL,
    role      TEXT NOT NULL,
    made_by   TEXT NOT NULL,
    since     TEXT NOT NULL,
    PRIMARY KEY (tenant, principal, domain, role)
) STRICT, WITHOUT ROWID;

CREATE INDEX member_by_domain ON member (tenant, domain, role);
