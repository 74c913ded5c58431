-- Who is known to a registry, and what they are. The release before knows nothing of it: while both serve, whoever asks the
-- older one is not asked who they are, so a registry is closed only once all its processes are of this release.

-- What somebody shows to be known: tokens, and the sessions of browsers. Of the secret only its SHA-256 is kept; it has 256
-- random bits, so that there is nothing to guess and nothing to gain from a slow hash.
CREATE TABLE credential (
    tenant     text COLLATE "C" NOT NULL,
    id         text COLLATE "C" NOT NULL,
    kind       text COLLATE "C" NOT NULL CHECK (kind IN ('token', 'session')),
    hash       text NOT NULL,
    principal  text COLLATE "C" NOT NULL,
    label      text NOT NULL,
    scope      text NOT NULL,
    made_by    text NOT NULL,
    made_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX credential_by_principal ON credential (tenant, principal, kind);

-- What somebody is: in a domain, or on the platform, for which the empty text stands.
CREATE TABLE member (
    tenant    text COLLATE "C" NOT NULL,
    principal text COLLATE "C" NOT NULL,
    domain    text COLLATE "C" NOT NULL,
    role      text COLLATE "C" NOT NULL,
    made_by   text NOT NULL,
    since     timestamptz NOT NULL,
    PRIMARY KEY (tenant, principal, domain, role)
);

CREATE INDEX member_by_domain ON member (tenant, domain, role);
