-- What becomes of versions once they are published, and who may have a domain next. The release before neither reads nor
-- writes these columns, and goes on serving beside this one.

-- What has become of a version, as JSON; nothing for nearly all of them.
ALTER TABLE version ADD COLUMN lifecycle text;

-- Those of which something has become are few, and looked through again and again.
CREATE INDEX version_turned ON version (tenant, address) WHERE lifecycle IS NOT NULL;

-- To whom the domain is offered and since when, as JSON. Its owner changes when that side accepts, and never with a publish.
ALTER TABLE domain ADD COLUMN offered text;
