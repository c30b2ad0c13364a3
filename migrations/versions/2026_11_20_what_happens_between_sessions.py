"""What happens between sessions."""

import sqlalchemy as sa
from alembic import op

revision = "between_sessions"
down_revision = "the_first_tables"


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("link_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("unsure_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("thrown_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("wanted_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seal", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["pair_id"],
            ["pairs.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_drafts_author_id"), "drafts", ["author_id"], unique=False)
    op.create_index(op.f("ix_drafts_pair_id"), "drafts", ["pair_id"], unique=False)
    op.create_table(
        "journal_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("look_on", sa.Date(), nullable=True),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("delete_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pair_id", sa.Integer(), nullable=True),
        sa.Column("shared_version", sa.Integer(), nullable=True),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shares", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pair_id"],
            ["pairs.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "due_journal_entries_delete_at",
        "journal_entries",
        ["delete_at"],
        unique=False,
        sqlite_where=sa.text("delete_at IS NOT NULL"),
        postgresql_where=sa.text("delete_at IS NOT NULL"),
    )
    op.create_index(
        "due_journal_entries_look_at",
        "journal_entries",
        ["look_at"],
        unique=False,
        sqlite_where=sa.text("look_at IS NOT NULL"),
        postgresql_where=sa.text("look_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_journal_entries_pair_id"), "journal_entries", ["pair_id"], unique=False)
    op.create_index(op.f("ix_journal_entries_person_id"), "journal_entries", ["person_id"], unique=False)
    op.create_table(
        "draft_replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("notice_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("attempt_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("leave_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seal", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["drafts.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_draft_replies_author_id"), "draft_replies", ["author_id"], unique=False)
    op.create_index(op.f("ix_draft_replies_draft_id"), "draft_replies", ["draft_id"], unique=False)
    op.create_table(
        "journal_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("choice_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("expect_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sure_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("know_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("change_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("happened_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("tell_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seal", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["journal_entries.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("entry_id", "number"),
    )
    op.add_column("pairs", sa.Column("suggest_draft_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("pairs", sa.Column("draft_suggestions", sa.Integer(), server_default="0", nullable=False))
    op.create_index(
        "due_pairs_suggest_draft_at",
        "pairs",
        ["suggest_draft_at"],
        unique=False,
        sqlite_where=sa.text("suggest_draft_at IS NOT NULL"),
        postgresql_where=sa.text("suggest_draft_at IS NOT NULL"),
    )
