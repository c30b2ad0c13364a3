"""What happens between sessions."""

import sqlalchemy as sa
from alembic import op

revision = "between_sessions"
down_revision = "the_first_tables"


def upgrade() -> None:
    op.create_table(
        "farewells",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("changed_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("thanks_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("going_on_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("in_touch_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("show_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("skipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
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
        sa.UniqueConstraint("pair_id", "person_id"),
    )
    op.create_index(
        "due_farewells_show_at",
        "farewells",
        ["show_at"],
        unique=False,
        sqlite_where=sa.text("show_at IS NOT NULL"),
        postgresql_where=sa.text("show_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_farewells_person_id"), "farewells", ["person_id"], unique=False)
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("keep_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("change_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("drop_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("rhythm_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("unsaid_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("unsaid_shared", sa.Boolean(), nullable=False),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("show_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("skipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
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
        sa.UniqueConstraint("pair_id", "person_id"),
    )
    op.create_index(
        "due_reviews_remind_at",
        "reviews",
        ["remind_at"],
        unique=False,
        sqlite_where=sa.text("remind_at IS NOT NULL"),
        postgresql_where=sa.text("remind_at IS NOT NULL"),
    )
    op.create_index(
        "due_reviews_show_at",
        "reviews",
        ["show_at"],
        unique=False,
        sqlite_where=sa.text("show_at IS NOT NULL"),
        postgresql_where=sa.text("show_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_reviews_person_id"), "reviews", ["person_id"], unique=False)
    op.add_column("pairs", sa.Column("active_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("pairs", sa.Column("quiet_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("pairs", sa.Column("asked_quiet_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("pairs", sa.Column("review_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("pairs", sa.Column("planned_end", sa.DateTime(timezone=True), nullable=True))
    op.add_column("pairs", sa.Column("wind_down_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("pairs", sa.Column("extend_by", sa.Integer(), nullable=True))
    op.add_column("pairs", sa.Column("finish_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("pairs", sa.Column("end_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "due_pairs_end_at",
        "pairs",
        ["end_at"],
        unique=False,
        sqlite_where=sa.text("end_at IS NOT NULL"),
        postgresql_where=sa.text("end_at IS NOT NULL"),
    )
    op.create_index(
        "due_pairs_finish_at",
        "pairs",
        ["finish_at"],
        unique=False,
        sqlite_where=sa.text("finish_at IS NOT NULL"),
        postgresql_where=sa.text("finish_at IS NOT NULL"),
    )
    op.create_index(
        "due_pairs_quiet_at",
        "pairs",
        ["quiet_at"],
        unique=False,
        sqlite_where=sa.text("quiet_at IS NOT NULL"),
        postgresql_where=sa.text("quiet_at IS NOT NULL"),
    )
    op.create_index(
        "due_pairs_review_at",
        "pairs",
        ["review_at"],
        unique=False,
        sqlite_where=sa.text("review_at IS NOT NULL"),
        postgresql_where=sa.text("review_at IS NOT NULL"),
    )
    op.create_index(
        "due_pairs_wind_down_at",
        "pairs",
        ["wind_down_at"],
        unique=False,
        sqlite_where=sa.text("wind_down_at IS NOT NULL"),
        postgresql_where=sa.text("wind_down_at IS NOT NULL"),
    )
    op.add_column("programmes", sa.Column("weeks", sa.Integer(), server_default="26", nullable=False))
