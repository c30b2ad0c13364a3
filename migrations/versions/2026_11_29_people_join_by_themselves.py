"""People may join by themselves, and a pasted list waits for a coordinator's word."""

import sqlalchemy as sa
from alembic import op

revision = "people_join"
down_revision = "coordinators_desk"


def upgrade() -> None:
    op.create_table(
        "pasted_lists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("people_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("forget_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seal", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("pasted_lists", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pasted_lists_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "due_pasted_lists_forget_at",
            ["forget_at"],
            unique=False,
            sqlite_where=sa.text("forget_at IS NOT NULL"),
            postgresql_where=sa.text("forget_at IS NOT NULL"),
        )
    with op.batch_alter_table("enrolment_requests", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tell_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            "due_enrolment_requests_tell_at",
            ["tell_at"],
            unique=False,
            sqlite_where=sa.text("tell_at IS NOT NULL"),
            postgresql_where=sa.text("tell_at IS NOT NULL"),
        )
        batch_op.create_index(
            "one_request_each",
            ["programme_id", "person_id", "role"],
            unique=True,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
    with op.batch_alter_table("programmes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("open_to", sa.String(), server_default="both", nullable=False))
