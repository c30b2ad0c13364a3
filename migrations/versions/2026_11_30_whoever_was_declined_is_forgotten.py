"""Whoever came by themselves, and was declined, is forgotten after a while."""

import sqlalchemy as sa
from alembic import op

revision = "declined_are_forgotten"
down_revision = "signs_of_each"


def upgrade() -> None:
    with op.batch_alter_table("enrolment_requests", schema=None) as batch_op:
        batch_op.add_column(sa.Column("forget_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            "due_enrolment_requests_forget_at",
            ["forget_at"],
            unique=False,
            sqlite_where=sa.text("forget_at IS NOT NULL"),
            postgresql_where=sa.text("forget_at IS NOT NULL"),
        )
