"""The bot is taken out of a workspace: all of it stops, and after a month nothing is kept."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from world import Someone, World, as_text, at

from bot import vault
from bot.events import Account, Said, WorkspaceBack, WorkspaceGone
from bot.messages import Message
from bot.models import AccountRow, Pair, Person, Post, Role, Workspace
from bot.text import key

MONTH = 30


@pytest.fixture
def cora(world: World) -> Someone:
    """Runs the programme, and has an account elsewhere, too."""
    cora = world.add("Cora Lynch", "Europe/Dublin")
    cora.elsewhere()
    world.start(cora)
    world.enrol(Role.COORDINATOR, cora)
    return cora


def taken_out(world: World, workspace: str = "here") -> None:
    who = Account("test", workspace, "")
    world.bot.handle(WorkspaceGone(id=world.new_id(), who=who))


def put_back(world: World, workspace: str = "here") -> None:
    who = Account("test", workspace, "")
    world.bot.handle(WorkspaceBack(id=world.new_id(), who=who))


def is_kept(someone: Someone) -> bool:
    with someone.world.bot.open_transaction() as db:
        print_ = vault.key().fingerprint(key(someone.email))
        return db.scalar(select(Person.id).where(Person.email_print == print_)) is not None


def test_nobody_there_is_written_to(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    taken_out(world)

    assert world.forward(days=20) == []
    assert ben.row.unreachable_since
    assert ana.row.unreachable_since


def test_whoever_was_lost_with_a_workspace_is_back_with_it_and_nobody_else(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    ana.goes()
    world.forward(hours=1)
    taken_out(world)
    world.forward(days=2)

    put_back(world)
    world.forward(hours=1)

    assert not ben.row.unreachable_since
    assert ana.row.unreachable_since


def test_a_partner_elsewhere_hears_the_calm_sentence_and_goes_on(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    ana.elsewhere()

    taken_out(world)
    world.forward(days=1)

    assert "Ben cannot be reached here at the moment" in ana.reads
    assert ana.row.unreachable_since is None


def test_those_who_run_the_programme_hear_it_once_and_not_person_by_person(
    world: World, ben: Someone, ana: Someone, pair: Pair, cora: Someone
) -> None:
    taken_out(world)
    world.bot.tick()
    world.bot.tick()
    world.forward(days=1)
    taken_out(world)
    world.forward(days=3)

    [heard] = cora.received("workspaces.gone")
    assert "out of a workspace of Mentoring, so I cannot reach 3 people there" in as_text(heard)
    assert "stays until Thursday 5 March" in as_text(heard)
    assert cora.received("delivery.unreachable") == []


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_after_a_month_whoever_was_only_there_is_erased_without_a_word(
    world: World, ben: Someone, ana: Someone, pair: Pair, cora: Someone
) -> None:
    ben.says("ask xylotheque?")
    world.forward(days=1)
    taken_out(world)
    world.forward(days=MONTH - 1)
    assert is_kept(ben)
    before = len(cora.chat)

    world.forward(days=2)
    world.bot.tick()
    world.bot.tick()

    assert not is_kept(ben)
    assert not is_kept(ana)
    assert is_kept(cora), "she has an account elsewhere"
    assert [message.name for message in cora.chat[before:]] == []
    with world.bot.open_transaction() as db:
        assert set(db.scalars(select(AccountRow.user))) == {cora.email}
        assert db.scalar(select(func.count()).where(Pair.ended_at.is_(None))) == 0
        assert db.scalar(select(Post.id).where(Post.message_sealed.is_not(None))) is None


def test_many_are_erased_in_batches(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.accounts.FORGOTTEN_AT_ONCE", 2)
    people = [world.add(f"P{n} Test", "Europe/Dublin") for n in range(5)]
    taken_out(world)

    world.forward(days=MONTH + 1)

    assert not any(is_kept(someone) for someone in people)


def test_it_stops_the_clock_when_the_bot_is_put_back(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    taken_out(world)
    world.forward(days=10)

    put_back(world)
    world.forward(days=MONTH)

    for someone in (ben, ana):
        assert is_kept(someone)
        assert sum("Welcome back" in as_text(message) for message in someone.chat) == 1


def test_whoever_arrives_again_is_kept_and_the_others_are_not(
    world: World, ben: Someone, ana: Someone
) -> None:
    taken_out(world)
    world.forward(days=10)

    ben.arrives()
    world.forward(days=MONTH)

    assert is_kept(ben)
    assert not is_kept(ana)


def test_the_clock_begins_anew_when_the_bot_is_taken_out_again(world: World, ben: Someone) -> None:
    taken_out(world)
    world.forward(days=20)
    put_back(world)
    ben.arrives()
    taken_out(world)

    world.forward(days=20)
    assert is_kept(ben)
    world.forward(days=11)
    assert not is_kept(ben)


def test_whoever_was_in_two_has_the_time_of_the_second(world: World, ana: Someone) -> None:
    ana.elsewhere()
    taken_out(world)
    world.forward(days=10)
    taken_out(world, "there")

    world.forward(days=25)
    assert is_kept(ana)
    world.forward(days=6)
    assert not is_kept(ana)


def test_an_account_elsewhere_that_may_come_back_keeps_its_person(world: World, ana: Someone) -> None:
    ana.elsewhere().goes()

    taken_out(world)
    world.forward(days=MONTH + 10)

    assert is_kept(ana)


def test_whoever_had_left_is_forgotten_with_the_others(world: World, ana: Someone) -> None:
    ana.says("leave")
    ana.presses("Leave")
    world.forward(minutes=11)

    taken_out(world)
    world.forward(days=MONTH + 1)

    assert not is_kept(ana)


def test_whoever_asked_for_their_words_to_be_erased_is_forgotten_too(world: World, ana: Someone) -> None:
    taken_out(world)
    world.forward(days=MONTH - 1)
    with world.bot.open_transaction.begin() as db:
        person = db.get_one(Person, ana.row.id)
        person.erasure, person.erase_at = "words", world.clock() + timedelta(days=1)

    world.forward(days=3)

    assert not is_kept(ana)


def test_an_empty_workspace_is_no_trouble(world: World, ben: Someone) -> None:
    taken_out(world, "there")
    world.forward(days=MONTH + 1)

    assert is_kept(ben)
    with world.bot.open_transaction() as db:
        assert db.scalars(select(Workspace)).one().erase_at is None


def test_whoever_writes_in_the_same_moment_can_be_reached(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    gone = WorkspaceGone(id="gone", who=Account("test", "here", ""))
    word = Said(id="word", who=ben.account, text="help")

    _, reply = world.bot.handle_all([gone, word])
    world.forward(hours=1)

    assert isinstance(reply, Message)
    assert ben.row.unreachable_since is None
    assert ana.row.unreachable_since


def test_those_who_run_it_from_there_do_not_hear_it(world: World, ana: Someone, pair: Pair) -> None:
    world.enrol(Role.COORDINATOR, ana)
    taken_out(world)
    world.forward(days=5)

    put_back(world)
    ana.arrives()
    world.forward(days=3)

    assert ana.received("workspaces.gone") == []


def test_nobody_is_told_when_the_bot_is_back_before_their_morning(
    world: World, ben: Someone, pair: Pair, cora: Someone
) -> None:
    world.until(at("2026-02-03", "22:00", "Europe/Dublin"))
    taken_out(world)
    world.forward(hours=1)
    put_back(world)
    ben.arrives()

    world.forward(days=1)

    assert cora.received("workspaces.gone") == []
