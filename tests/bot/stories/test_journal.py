"""The journal, through the front door."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select
from world import Someone, World, at

from bot import vault
from bot.actions import Action
from bot.courtesy import Kind
from bot.decisions import AskShare, ChangeEntry, Delete, LookBack, ShowEntry, ShowVersion, Unshare
from bot.models import JournalEntry, JournalVersion, Pair, Post
from bot.stories.journal import AnotherDay, CloseEntry, KeepAfterAll, WriteOne
from bot.stories.sharing import OpenShared, Share

TEAM = "Stay with the platform team"


@pytest.fixture
def pair(world: World, ben: Someone, ana: Someone) -> Pair:
    return world.meet(ben, ana)


def writes(someone: Someone, choice: str = TEAM, **parts: str) -> None:
    someone.presses(WriteOne())
    someone.fills(choice=choice, **parts)


def entries(world: World) -> list[JournalEntry]:
    with world.bot.open_transaction() as db:
        return list(db.scalars(select(JournalEntry).order_by(JournalEntry.id)))


def labels(someone: Someone) -> list[str]:
    return [button.label for button in someone.sees.buttons]


# Writing


def test_an_empty_journal_says_what_it_is_for(ben: Someone) -> None:
    ben.says("journal")

    assert ben.sees.name == "journal.nothing_yet"
    assert labels(ben) == ["Write one"]


@pytest.mark.parametrize("word", ["decision", "my journal", "Tagebuch", "/journal"])
def test_it_has_several_names(ben: Someone, word: str) -> None:
    ben.says(word)

    assert ben.sees.name == "journal.nothing_yet"


def test_keeps_what_was_written_and_says_so(world: World, ben: Someone) -> None:
    ben.says("journal")
    ben.presses("Write one")
    ben.fills(
        choice=TEAM,
        expect="I lead it by autumn",
        sure="80 %",
        know="They asked me twice",
        change="If Mia leaves",
        again="17 March",
    )

    assert ben.sees.name == "journal.kept_until"
    assert "I bring it back to you on Tuesday 17 March" in ben.reads
    for line in (TEAM, "I lead it by autumn", "80 %", "They asked me twice", "If Mia leaves"):
        assert line in ben.reads
    assert entries(world)[0].look_on == date(2026, 3, 17)


def test_it_needs_no_pair_and_only_a_choice(world: World, ben: Someone) -> None:
    writes(ben)

    assert ben.sees.name == "journal.kept"
    assert labels(ben) == ["Edit", "Write what happened", "Delete"]


def test_lists_ones_own_newest_first(world: World, ben: Someone, ana: Someone) -> None:
    writes(ana, "Ana's own")
    for number in range(10):
        writes(ben, f"Decision {number}")

    ben.says("journal")

    assert labels(ben) == [f"Decision {number}" for number in range(9, 1, -1)] + ["Older ones", "Write one"]
    assert "Ana" not in ben.reads
    ben.presses("Older ones")
    assert labels(ben) == ["Decision 1", "Decision 0", "Write one"]


@pytest.mark.parametrize("sure", ["101", "quite", "-5", "7.5", "0x10", "80 apples"])
def test_what_is_wrong_is_said_at_its_field(world: World, ben: Someone, sure: str) -> None:
    ben.presses(WriteOne())

    ben.fills(choice="\u200b", sure=sure, again="yesterday")

    assert ben.mistakes.keys() == {"choice", "sure", "again"}
    assert entries(world) == []


@pytest.mark.parametrize(
    ("typed", "kept"), [("0", "0 %"), ("100%", "100 %"), ("080", "80 %"), ("65 Prozent", "65 %")]
)
def test_how_sure_may_be_written_in_several_ways(ben: Someone, typed: str, kept: str) -> None:
    writes(ben, sure=typed)

    assert f"How sure: {kept}" in ben.reads


def test_what_does_not_fit_is_said_and_not_cut(world: World, ben: Someone) -> None:
    """Also where a platform lets more through than the form allows."""
    writes(ben, choice="x" * 1001)

    assert "choice" in ben.mistakes
    assert ben.form
    assert entries(world) == []


def test_today_is_no_day_to_come_back_on(ben: Someone) -> None:
    ben.presses(WriteOne())

    ben.fills(choice=TEAM, again="today")

    assert ben.mistakes.keys() == {"again"}


def test_sent_twice_it_is_one_decision(world: World, ben: Someone) -> None:
    """E3."""
    ben.presses(WriteOne())
    form = ben.form
    for _ in range(2):
        ben.form = form
        ben.fills(choice=TEAM)

    assert len(entries(world)) == 1


@pytest.mark.parametrize("choice", ["{written} **bold** <b>", "=1+1", "one\ntwo", "x" * 900])
def test_any_words_can_be_kept_and_found_again(ben: Someone, choice: str) -> None:
    writes(ben, choice)
    ben.says("journal")
    ben.presses(ben.sees.buttons[0].action)

    assert f"The choice: {choice}" in ben.reads


# Changing


def test_every_change_keeps_the_earlier_version(world: World, ben: Someone) -> None:
    writes(ben, expect="I lead it by autumn", sure="80")
    world.forward(days=3)
    ben.presses("Edit")
    ben.fills(sure="60")

    assert ben.sees.name == "journal.changed"
    assert "How sure: 60 %" in ben.reads
    assert "Written: Friday 6 February, version 2" in ben.reads
    ben.presses("Earlier version")
    assert "This is version 1, as you wrote it on Tuesday 3 February." in ben.reads
    assert "How sure: 80 %" in ben.reads
    assert "What I expect: I lead it by autumn" in ben.reads
    ben.presses("The newest version")
    assert "How sure: 60 %" in ben.reads


def test_a_change_that_changes_nothing_is_none(world: World, ben: Someone) -> None:
    writes(ben, sure="80")
    ben.presses("Edit")
    form = ben.form
    ben.fills()
    ben.form = form
    ben.fills(sure="60")
    ben.form = form
    ben.fills(sure="60")

    assert entries(world)[0].version == 2


def test_a_version_that_never_was_is_not_there(world: World, ben: Someone) -> None:
    writes(ben)

    ben.presses(ShowVersion(entries(world)[0].id, 7))

    assert ben.sees.name == "journal.gone"


def test_the_day_can_be_changed_and_left_out(world: World, ben: Someone) -> None:
    writes(ben, again="17 March")
    ben.presses("Edit")
    assert ben.form
    assert {field.name: field.value for field in ben.form.fields}["again"] == "2026-03-17"

    ben.fills(again="")

    assert entries(world)[0].look_at is None
    assert entries(world)[0].version == 1
    world.forward(days=60)
    assert ben.received("journal.look_again_unsure") == []


# On its day


def test_comes_back_on_its_day_at_a_decent_hour_and_once(world: World, ben: Someone) -> None:
    writes(ben, sure="80", again="17 March", know="They asked me twice")
    world.until(at("2026-03-17", "08:59", "America/Denver"))
    assert ben.received("journal.look_again") == []

    world.until(at("2026-03-17", "09:01", "America/Denver"))
    assert "on Tuesday 3 February and wanted to see it again today. You were 80 % sure then." in ben.reads
    assert "They asked me twice" in ben.reads
    assert labels(ben) == ["Write what happened", "Another day", "Close it"]

    world.bot.tick()
    world.bot.tick()
    world.forward(days=60)
    assert len(ben.received("journal.look_again")) == 1


def test_on_a_day_off_it_waits_for_the_next_working_day(world: World, ben: Someone) -> None:
    writes(ben, again="2026-03-14")

    world.until(at("2026-03-16", "08:59", "America/Denver"))
    assert ben.received("journal.look_again_unsure") == []
    world.forward(minutes=2)
    assert len(ben.received("journal.look_again_unsure")) == 1


def test_it_is_an_appointment_and_uses_up_no_nudge(world: World, ben: Someone) -> None:
    writes(ben, again="17 March")

    kinds = {delivery.parcel.name: delivery.parcel.kind for delivery in world.forward(days=60)}

    assert kinds["journal.look_again_unsure"] == Kind.APPOINTMENT


def test_whoever_is_away_finds_it_when_they_are_back(world: World, ben: Someone) -> None:
    """E24."""
    writes(ben, again="17 March")
    world.until(at("2026-03-16", "12:00", "America/Denver"))
    ben.says("pause")

    world.forward(days=20)
    assert ben.received("journal.look_again_unsure") == []
    ben.says("back")
    world.forward(days=1)
    assert len(ben.received("journal.look_again_unsure")) == 1


def test_what_happened_is_written_beside_it(world: World, ben: Someone) -> None:
    writes(ben, sure="80", again="17 March")
    world.until(at("2026-03-17", "10:00", "America/Denver"))
    ben.presses("Write what happened")
    ben.fills(happened="Mia left, I stayed", tell="Ask sooner")

    assert ben.sees.name == "journal.kept"
    for line in (TEAM, "80 %", "What happened: Mia left, I stayed", "What I would tell myself: Ask sooner"):
        assert line in ben.reads
    assert entries(world)[0].version == 2


def test_it_can_come_back_more_than_once(world: World, ben: Someone) -> None:
    writes(ben, again="17 March")
    world.until(at("2026-03-17", "10:00", "America/Denver"))
    ben.presses("Another day")
    ben.fills(again="when pigs fly")
    assert ben.mistakes.keys() == {"again"}
    ben.fills(again="24 March")
    world.until(at("2026-03-24", "10:00", "America/Denver"))
    assert len(ben.received("journal.look_again_unsure")) == 2

    ben.presses("Write what happened")
    ben.fills(again="31 March")
    world.until(at("2026-03-31", "10:00", "America/Denver"))
    assert len(ben.received("journal.look_again_unsure")) == 3


def test_an_empty_look_back_is_not_sent_away_silently(ben: Someone) -> None:
    writes(ben)
    ben.presses("Write what happened")

    ben.fills()
    assert ben.mistakes.keys() == {"happened"}
    ben.fills(again="31 Feb")
    assert ben.mistakes.keys() == {"again"}


def test_closed_it_does_not_come_back(world: World, ben: Someone) -> None:
    writes(ben, again="17 March")
    ben.presses(CloseEntry(entries(world)[0].id))

    assert ben.sees.name == "journal.closed"
    world.forward(days=60)
    assert ben.received("journal.look_again_unsure") == []


# Whose it is


def _all_actions(pair: Pair) -> list[Callable[[int], Action]]:
    return [
        ShowEntry,
        lambda entry: ShowVersion(entry, 1),
        ChangeEntry,
        LookBack,
        AnotherDay,
        CloseEntry,
        lambda entry: AskShare(entry, pair.id),
        lambda entry: Share(entry, pair.id, 1),
        Unshare,
        OpenShared,
        Delete,
        KeepAfterAll,
    ]


def note_what_is_opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tables of which a word is read from now on."""
    opened: list[str] = []
    really_open = vault.Key.open

    def open_and_note(key: vault.Key, sealed: bytes, context: bytes) -> str:
        opened.append(context.partition(b"|")[0].decode())
        return really_open(key, sealed, context)

    monkeypatch.setattr(vault.Key, "open", open_and_note)
    return opened


def test_nobody_else_opens_it_not_even_the_partner(
    world: World, ben: Someone, ana: Someone, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C12: and no key turns for them."""
    eve = world.add("Eve Stone", "Europe/Paris")
    writes(ben)
    entry = entries(world)[0].id
    opened = note_what_is_opened(monkeypatch)

    for someone in (ana, eve):
        for action in _all_actions(pair):
            someone.presses(action(entry))
            assert someone.sees.name in {"journal.gone", "sharing.not_shown"}
            assert "platform" not in someone.reads
        someone.says("journal")
        assert someone.sees.name == "journal.nothing_yet"

    assert "journal_versions" not in opened
    ben.presses(ShowEntry(entry))
    assert "journal_versions" in opened


def test_a_form_of_somebody_else_changes_nothing(world: World, ben: Someone, ana: Someone) -> None:
    writes(ben)
    ben.presses("Edit")
    ana.form = ben.form

    ana.fills(choice="Leave at once")

    assert ana.sees.name == "journal.gone"
    assert "Leave at once" in ana.reads
    assert entries(world)[0].version == 1


# Deleting


def test_deleted_it_can_be_undone_for_ten_minutes(world: World, ben: Someone) -> None:
    writes(ben, again="17 March")
    ben.presses("Delete")
    ben.says("journal")
    assert ben.sees.name == "journal.nothing_yet"
    for action in (ShowEntry, ChangeEntry, LookBack, CloseEntry):
        ben.presses(action(entries(world)[0].id))
        assert ben.sees.name == "journal.gone"

    world.forward(minutes=9)
    ben.presses("Undo")

    assert ben.sees.name == "journal.kept_after_all"
    world.forward(days=60)
    assert len(ben.received("journal.look_again_unsure")) == 1


def test_then_it_is_gone_with_all_its_versions(world: World, ben: Someone) -> None:
    writes(ben)
    ben.presses("Edit")
    ben.fills(sure="60")
    ben.presses("Delete")
    ben.presses("Delete")

    world.forward(minutes=11)
    world.bot.tick()
    world.bot.tick()

    with world.bot.open_transaction() as db:
        assert db.scalars(select(JournalVersion)).all() == []
    assert entries(world) == []
    ben.presses("Undo")
    assert ben.sees.name == "journal.gone"


def test_a_day_that_comes_while_it_can_be_undone_is_not_lost(world: World, ben: Someone) -> None:
    writes(ben, again="17 March")
    world.until(at("2026-03-17", "08:55", "America/Denver"))
    ben.presses("Delete")
    world.forward(minutes=8)
    assert ben.received("journal.look_again_unsure") == []

    ben.presses("Undo")
    world.forward(minutes=8)

    assert len(ben.received("journal.look_again_unsure")) == 1


def test_what_waits_to_come_back_goes_with_it(world: World, ben: Someone) -> None:
    writes(ben, again="2026-03-14")
    world.until(at("2026-03-15", "12:00", "America/Denver"))

    ben.presses("Delete")
    world.forward(days=7)

    assert ben.received("journal.look_again_unsure") == []


def test_erasing_takes_it_along_also_what_waits_to_come_back(world: World, ben: Someone) -> None:
    writes(ben, again="2026-03-14")
    world.until(at("2026-03-14", "12:00", "America/Denver"))
    ben.says("my data")
    ben.presses("Erase")
    ben.presses("Erase what I wrote")
    world.forward(minutes=11)

    assert entries(world) == []
    with world.bot.open_transaction() as db:
        [post] = db.scalars(select(Post).where(Post.name == "journal.look_again_unsure"))
    assert post.message_sealed is None
    world.forward(days=7)
    assert ben.received("journal.look_again_unsure") == []


# German


def test_in_german(world: World) -> None:
    eva = world.add("Eva Koch", "Europe/Berlin", language="de")
    eva.says("Tagebuch")
    eva.presses("Eine aufschreiben")
    eva.fills(choice="Ich bleibe im Team", sure="80 Prozent", again="17. März")
    assert "Ich bringe es dir wieder: Dienstag, 17. März" in eva.reads

    world.until(at("2026-03-17", "10:00", "Europe/Berlin"))

    assert "(Dienstag, 3. Februar)" in eva.reads
    assert "Damals warst du zu 80 % sicher." in eva.reads


# About a message elsewhere


def test_a_message_elsewhere_begins_an_entry_that_is_kept_when_it_is_sent(
    world: World, ben: Someone, pair: Pair
) -> None:
    ben.points_at("journal", "We go with the platform team.")
    with world.bot.open_transaction() as db:
        assert db.scalars(select(JournalEntry)).all() == []

    ben.fills()

    assert "The choice: We go with the platform team." in ben.reads


def test_a_long_message_elsewhere_is_cut_to_what_fits(ben: Someone, pair: Pair) -> None:
    ben.points_at("journal", "word " * 8000)
    ben.fills()

    assert ben.sees.name == "journal.kept"


def test_a_message_without_words_opens_an_empty_form(ben: Someone, pair: Pair) -> None:
    ben.points_at("journal", "")

    assert ben.form
    assert ben.form.fields[0].value == ""


def test_a_journal_needs_no_partner_but_a_start(world: World, ben: Someone) -> None:
    ben.points_at("journal", "We go with the platform team.")
    assert ben.sees.name == "helping.before_start"

    world.start(ben)
    ben.points_at("journal", "We go with the platform team.")
    assert ben.form
