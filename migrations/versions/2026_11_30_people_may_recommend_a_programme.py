"""Whoever comes to the end of a pair may say whether they would recommend the programme."""

import sqlalchemy as sa
from alembic import op

revision = "people_may_recommend"
down_revision = "declined_are_forgotten"


def upgrade() -> None:
    with op.batch_alter_table("farewells", schema=None) as batch_op:
        batch_op.add_column(sa.Column("recommends_sealed", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("counted_in", sa.Integer(), nullable=True))
    op.create_table(
        "recommendations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("balance", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("recommendations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recommendations_programme_id"), ["programme_id"], unique=False)
        adds_up = sa.text("told_at IS NULL")
        batch_op.create_index(
            "one_sum_each", ["programme_id"], unique=True, sqlite_where=adds_up, postgresql_where=adds_up
        )
