"""What happens between sessions."""

import sqlalchemy as sa
from alembic import op

revision = "between_sessions"
down_revision = "the_first_tables"


def upgrade() -> None:
    op.create_table(
        "absences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("absences", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absences_person_id"), ["person_id"], unique=False)

    op.create_table(
        "nudges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_out", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("rule", "about_id", "number"),
    )
    with op.batch_alter_table("nudges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_nudges_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_nudges_person_id"), ["person_id"], unique=False)

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
    with op.batch_alter_table("farewells", schema=None) as batch_op:
        batch_op.create_index(
            "due_farewells_show_at",
            ["show_at"],
            unique=False,
            sqlite_where=sa.text("show_at IS NOT NULL"),
            postgresql_where=sa.text("show_at IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_farewells_person_id"), ["person_id"], unique=False)

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
    with op.batch_alter_table("goals", schema=None) as batch_op:
        batch_op.create_index(
            "due_goals_check_at",
            ["check_at"],
            unique=False,
            sqlite_where=sa.text("check_at IS NOT NULL"),
            postgresql_where=sa.text("check_at IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_goals_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_goals_pair_id"), ["pair_id"], unique=False)

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
    with op.batch_alter_table("journal_entries", schema=None) as batch_op:
        batch_op.create_index(
            "due_journal_entries_delete_at",
            ["delete_at"],
            unique=False,
            sqlite_where=sa.text("delete_at IS NOT NULL"),
            postgresql_where=sa.text("delete_at IS NOT NULL"),
        )
        batch_op.create_index(
            "due_journal_entries_look_at",
            ["look_at"],
            unique=False,
            sqlite_where=sa.text("look_at IS NOT NULL"),
            postgresql_where=sa.text("look_at IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_journal_entries_pair_id"), ["pair_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_journal_entries_person_id"), ["person_id"], unique=False)

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
    with op.batch_alter_table("pulses", schema=None) as batch_op:
        batch_op.create_index(
            "due_pulses_ask_at",
            ["ask_at"],
            unique=False,
            sqlite_where=sa.text("ask_at IS NOT NULL"),
            postgresql_where=sa.text("ask_at IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_pulses_pair_id"), ["pair_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pulses_person_id"), ["person_id"], unique=False)

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
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.create_index(
            "due_reviews_remind_at",
            ["remind_at"],
            unique=False,
            sqlite_where=sa.text("remind_at IS NOT NULL"),
            postgresql_where=sa.text("remind_at IS NOT NULL"),
        )
        batch_op.create_index(
            "due_reviews_show_at",
            ["show_at"],
            unique=False,
            sqlite_where=sa.text("show_at IS NOT NULL"),
            postgresql_where=sa.text("show_at IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_reviews_person_id"), ["person_id"], unique=False)

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
    with op.batch_alter_table("milestones", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_milestones_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_milestones_goal_id"), ["goal_id"], unique=False)

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
    with op.batch_alter_table("progress", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_progress_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_progress_goal_id"), ["goal_id"], unique=False)

    op.create_table(
        "threads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["opened_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["pair_id"],
            ["pairs.id"],
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("session_id"),
    )
    with op.batch_alter_table("threads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_threads_pair_id"), ["pair_id"], unique=False)

    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=True),
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
        sa.ForeignKeyConstraint(
            ["thread_id"],
            ["threads.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drafts_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_drafts_pair_id"), ["pair_id"], unique=False)

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
    with op.batch_alter_table("draft_replies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draft_replies_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_draft_replies_draft_id"), ["draft_id"], unique=False)

    op.create_table(
        "waits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("opened_with", sa.Integer(), nullable=True),
        sa.Column("answered_with", sa.Integer(), nullable=True),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("promised_for", sa.DateTime(timezone=True), nullable=True),
        sa.Column("promises", sa.Integer(), nullable=False),
        sa.Column("check_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("nudge_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("nudges", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ending", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answered_with"],
            ["letters.id"],
        ),
        sa.ForeignKeyConstraint(
            ["opened_with"],
            ["letters.id"],
        ),
        sa.ForeignKeyConstraint(
            ["pair_id"],
            ["pairs.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"],
            ["threads.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("waits", schema=None) as batch_op:
        batch_op.create_index(
            "due_waits_check_at",
            ["check_at"],
            unique=False,
            sqlite_where=sa.text("check_at IS NOT NULL"),
            postgresql_where=sa.text("check_at IS NOT NULL"),
        )
        batch_op.create_index(
            "due_waits_nudge_at",
            ["nudge_at"],
            unique=False,
            sqlite_where=sa.text("nudge_at IS NOT NULL"),
            postgresql_where=sa.text("nudge_at IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_waits_pair_id"), ["pair_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_waits_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "one_turn_in_a_thread",
            ["thread_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.add_column(sa.Column("thread_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("link_sealed", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("points_sealed", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("said_in", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("edits", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.alter_column("session_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index(batch_op.f("ix_letters_said_in"), ["said_in"], unique=False)
        batch_op.create_index(batch_op.f("ix_letters_thread_id"), ["thread_id"], unique=False)
        batch_op.create_foreign_key("in_thread", "threads", ["thread_id"], ["id"])

    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("within_id", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("pairs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("active_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("quiet_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("asked_quiet_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("quiet_questions", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("review_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("planned_end", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("wind_down_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("extend_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("finish_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("end_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("suggest_draft_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("draft_suggestions", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("tell_goals_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            "due_pairs_end_at",
            ["end_at"],
            unique=False,
            sqlite_where=sa.text("end_at IS NOT NULL"),
            postgresql_where=sa.text("end_at IS NOT NULL"),
        )
        batch_op.create_index(
            "due_pairs_finish_at",
            ["finish_at"],
            unique=False,
            sqlite_where=sa.text("finish_at IS NOT NULL"),
            postgresql_where=sa.text("finish_at IS NOT NULL"),
        )
        batch_op.create_index(
            "due_pairs_quiet_at",
            ["quiet_at"],
            unique=False,
            sqlite_where=sa.text("quiet_at IS NOT NULL"),
            postgresql_where=sa.text("quiet_at IS NOT NULL"),
        )
        batch_op.create_index(
            "due_pairs_review_at",
            ["review_at"],
            unique=False,
            sqlite_where=sa.text("review_at IS NOT NULL"),
            postgresql_where=sa.text("review_at IS NOT NULL"),
        )
        batch_op.create_index(
            "due_pairs_suggest_draft_at",
            ["suggest_draft_at"],
            unique=False,
            sqlite_where=sa.text("suggest_draft_at IS NOT NULL"),
            postgresql_where=sa.text("suggest_draft_at IS NOT NULL"),
        )
        batch_op.create_index(
            "due_pairs_tell_goals_at",
            ["tell_goals_at"],
            unique=False,
            sqlite_where=sa.text("tell_goals_at IS NOT NULL"),
            postgresql_where=sa.text("tell_goals_at IS NOT NULL"),
        )
        batch_op.create_index(
            "due_pairs_wind_down_at",
            ["wind_down_at"],
            unique=False,
            sqlite_where=sa.text("wind_down_at IS NOT NULL"),
            postgresql_where=sa.text("wind_down_at IS NOT NULL"),
        )

    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("nudges_a_week", sa.Integer(), server_default="2", nullable=False))
        batch_op.add_column(sa.Column("digest_at", sa.Time(), nullable=True))
        batch_op.add_column(sa.Column("follows_status", sa.Boolean(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("paused_by_status", sa.Boolean(), server_default="0", nullable=False))

    with op.batch_alter_table("programmes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("weeks", sa.Integer(), server_default="26", nullable=False))
    op.execute(
        "INSERT INTO threads (pair_id, session_id, about, opened_by, opened_at) "
        "SELECT sessions.pair_id, sessions.id, 'exchange', first.author_id, first.written_at "
        "FROM letters AS first JOIN sessions ON sessions.id = first.session_id WHERE first.id IN "
        "(SELECT MIN(id) FROM letters GROUP BY session_id)"
    )
    op.execute(
        "UPDATE letters SET thread_id = "
        "(SELECT threads.id FROM threads WHERE threads.session_id = letters.session_id)"
    )
    op.execute(  # pairs that are going on are not quiet today, and are looked at again from here on
        "UPDATE pairs SET active_at = CURRENT_TIMESTAMP, quiet_at = CURRENT_TIMESTAMP "
        "WHERE introduced_at IS NOT NULL AND ended_at IS NULL"
    )
    op.execute(
        "UPDATE pairs SET suggest_draft_at = CURRENT_TIMESTAMP "
        "WHERE settled_at IS NOT NULL AND ended_at IS NULL"
    )
