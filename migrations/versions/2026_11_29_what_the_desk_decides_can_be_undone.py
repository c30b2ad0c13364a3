"""What is decided at the desk can be undone for a while."""

import sqlalchemy as sa
from alembic import op

revision = "desk_can_undo"
down_revision = "meet_for_coffee"


def upgrade() -> None:
    op.create_table(
        "removals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("happen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("programme_id", "person_id"),
    )
    with op.batch_alter_table("removals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_removals_person_id"), ["person_id"], unique=False)
    op.create_table(
        "pair_endings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("happen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["pair_id"], ["pairs.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("pair_id"),
    )
    for table in ("removals", "pair_endings"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(
                f"due_{table}_happen_at",
                ["happen_at"],
                unique=False,
                sqlite_where=sa.text("happen_at IS NOT NULL"),
                postgresql_where=sa.text("happen_at IS NOT NULL"),
            )
