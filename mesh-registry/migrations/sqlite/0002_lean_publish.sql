-- A publish writes less before it is acknowledged.

-- Whether any released version has this content. Kept with the content, where a reader by digest looks anyway, in place of
-- an index over versions, which every publish had to enter at a random place. Nothing that is released is ever taken back.
ALTER TABLE contract ADD COLUMN released INTEGER NOT NULL DEFAULT 0;

UPDATE contract SET released = 1
WHERE EXISTS (SELECT 1 FROM version v
              WHERE v.tenant = contract.tenant AND v.digest = contract.digest AND v.stage = 'released');

DROP INDEX version_by_digest;

-- Words of products that are not in the text index yet, written with the publish and moved into the index soon after, or
-- when somebody searches. Only the last words of a product wait here, so many publishes of one product cost one entry.
CREATE TABLE search_due (
    id          INTEGER PRIMARY KEY,
    address     TEXT NOT NULL,
    description TEXT NOT NULL,
    fields      TEXT NOT NULL,
    tags        TEXT NOT NULL,
    owner       TEXT NOT NULL
) STRICT;
