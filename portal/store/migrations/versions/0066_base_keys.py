"""Bases of FHIR servers as they are compared (RFC 3986, 6.2.2 and 6.2.3), beside the letters in which they were given."""

import sqlalchemy as sa
from alembic import op

from portal.domain.addresses import canonical

revision = "0066"
down_revision = "0065"


def upgrade() -> None:
    op.add_column("organization", sa.Column("base_key", sa.String(500)))
    organization = sa.table("organization", sa.column("fhir_base"), sa.column("base_key"))
    written = sa.select(organization.c.fhir_base).where(organization.c.fhir_base.is_not(None)).distinct()
    filling = (
        sa.update(organization)
        .where(organization.c.fhir_base == sa.bindparam("written"))
        .values(base_key=sa.bindparam("compared"))
    )
    bases = [
        {"written": base, "compared": canonical(base) or None}
        for base in op.get_bind().execute(written).scalars().all()
    ]
    if bases:
        op.get_bind().execute(filling, bases)
    op.drop_index("ix_organization_fhir_base", "organization")
    op.create_index("ix_organization_base_key", "organization", ["base_key"])
