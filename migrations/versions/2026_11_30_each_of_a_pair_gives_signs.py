"""Each of a pair gives signs of their own, so that one who waits for the other is seen."""

import sqlalchemy as sa
from alembic import op

revision = "signs_of_each"
down_revision = "people_are_matched"


def upgrade() -> None:
    with op.batch_alter_table("pairs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mentee_active_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("mentor_active_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE pairs SET mentee_active_at = active_at, mentor_active_at = active_at")
