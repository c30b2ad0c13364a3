"""People are matched."""

import sqlalchemy as sa
from alembic import op

revision = "people_are_matched"
down_revision = "desk_can_undo"


def upgrade() -> None:
    op.create_table(
        "exclusions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["other_id"], ["people.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person_id", "other_id", "kind"),
    )
    with op.batch_alter_table("exclusions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exclusions_other_id"), ["other_id"], unique=False)

    op.create_table(
        "match_rules",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("sites", sa.String(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("line", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
        ),
        sa.PrimaryKeyConstraint("programme_id"),
    )
    op.create_table(
        "match_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("follows_id", sa.Integer(), nullable=True),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("input_hash", sa.String(), nullable=False),
        sa.Column("waiting_only", sa.Boolean(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("work_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["ended_by_id"], ["people.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["follows_id"],
            ["match_runs.id"],
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("match_runs", schema=None) as batch_op:
        batch_op.create_index(
            "due_match_runs_work_at",
            ["work_at"],
            unique=False,
            sqlite_where=sa.text("work_at IS NOT NULL"),
            postgresql_where=sa.text("work_at IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_match_runs_programme_id"), ["programme_id"], unique=False)
        batch_op.create_index(
            "one_draft_a_programme",
            ["programme_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('draft', 'working')"),
            postgresql_where=sa.text("state IN ('draft', 'working')"),
        )

    op.create_table(
        "profiles",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("languages", sa.String(), nullable=False),
        sa.Column("style", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("site_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("group_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seal", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id"),
    )
    op.create_table(
        "seeking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("circle", sa.Boolean(), nullable=False),
        sa.Column("tell_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("programme_id", "person_id"),
    )
    with op.batch_alter_table("seeking", schema=None) as batch_op:
        batch_op.create_index(
            "due_seeking_tell_at",
            ["tell_at"],
            unique=False,
            sqlite_where=sa.text("tell_at IS NOT NULL"),
            postgresql_where=sa.text("tell_at IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_seeking_person_id"), ["person_id"], unique=False)

    op.create_table(
        "vetoes",
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("mentee_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["mentee_id"], ["people.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["mentor_id"], ["people.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("mentor_id", "mentee_id"),
    )
    with op.batch_alter_table("vetoes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vetoes_mentee_id"), ["mentee_id"], unique=False)

    op.create_table(
        "wishes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("mentee_id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["mentee_id"], ["people.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["mentor_id"], ["people.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("programme_id", "mentee_id", "mentor_id"),
    )
    with op.batch_alter_table("wishes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wishes_mentee_id"), ["mentee_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_wishes_mentor_id"), ["mentor_id"], unique=False)

    op.create_table(
        "left_over",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("is_mentor", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["match_runs.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("run_id", "person_id", "is_mentor"),
    )
    with op.batch_alter_table("left_over", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_left_over_person_id"), ["person_id"], unique=False)

    op.create_table(
        "proposed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("mentee_id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("shared_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("seal", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(["mentee_id"], ["people.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["mentor_id"], ["people.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["pair_id"],
            ["pairs.id"],
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["match_runs.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("run_id", "mentee_id", "mentor_id"),
    )
    with op.batch_alter_table("proposed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposed_mentee_id"), ["mentee_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposed_mentor_id"), ["mentor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposed_pair_id"), ["pair_id"], unique=False)
