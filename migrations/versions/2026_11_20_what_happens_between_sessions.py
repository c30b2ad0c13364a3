"""What happens between sessions."""

import sqlalchemy as sa
from alembic import op

revision = "between_sessions"
down_revision = "the_first_tables"


def upgrade() -> None:
    op.create_table(
        "goals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("can_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sign_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("why_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("because_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("check_on", sa.Date(), nullable=True),
        sa.Column("check_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("news", sa.String(), nullable=False),
        sa.Column("news_from_id", sa.Integer(), nullable=True),
        sa.Column("seal", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["news_from_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["pair_id"],
            ["pairs.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "due_goals_check_at",
        "goals",
        ["check_at"],
        unique=False,
        sqlite_where=sa.text("check_at IS NOT NULL"),
        postgresql_where=sa.text("check_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_goals_owner_id"), "goals", ["owner_id"], unique=False)
    op.create_index(op.f("ix_goals_pair_id"), "goals", ["pair_id"], unique=False)
    op.create_table(
        "pulses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ask_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asks", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("skipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wording", sa.String(), nullable=False),
        sa.Column("moved_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("raised_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("rhythm_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("seal", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["pair_id"],
            ["pairs.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("pair_id", "person_id", "number"),
    )
    op.create_index(
        "due_pulses_ask_at",
        "pulses",
        ["ask_at"],
        unique=False,
        sqlite_where=sa.text("ask_at IS NOT NULL"),
        postgresql_where=sa.text("ask_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_pulses_pair_id"), "pulses", ["pair_id"], unique=False)
    op.create_index(op.f("ix_pulses_person_id"), "pulses", ["person_id"], unique=False)
    op.create_table(
        "milestones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("what_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reached_by_id", sa.Integer(), nullable=True),
        sa.Column("news_from_id", sa.Integer(), nullable=True),
        sa.Column("seal", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["goal_id"],
            ["goals.id"],
        ),
        sa.ForeignKeyConstraint(
            ["news_from_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["reached_by_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_milestones_author_id"), "milestones", ["author_id"], unique=False)
    op.create_index(op.f("ix_milestones_goal_id"), "milestones", ["goal_id"], unique=False)
    op.create_table(
        "progress",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("line_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seal", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["goal_id"],
            ["goals.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_progress_author_id"), "progress", ["author_id"], unique=False)
    op.create_index(op.f("ix_progress_goal_id"), "progress", ["goal_id"], unique=False)
    op.add_column("pairs", sa.Column("tell_goals_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "due_pairs_tell_goals_at",
        "pairs",
        ["tell_goals_at"],
        unique=False,
        sqlite_where=sa.text("tell_goals_at IS NOT NULL"),
        postgresql_where=sa.text("tell_goals_at IS NOT NULL"),
    )
