"""People are found in teams."""

import sqlalchemy as sa
from alembic import op

revision = "found_in_teams"
down_revision = "real_platforms"


def upgrade() -> None:
    op.create_table(
        "teams_files",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("seal", sa.LargeBinary(length=16), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        info={"data": "P1"},
    )
    with op.batch_alter_table("teams_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_teams_files_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "teams_newcomers",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("print", sa.String(length=64), nullable=False),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "user", "print"),
        info={"data": "P4"},
    )
