"""Whoever runs a programme reads nobody's words: nothing that the desk asks for is a sealed column."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from everything import RARE
from sqlalchemy import event, select
from world import Someone, World, as_text

from bot.actions import Action
from bot.desk.models import AuditEntry
from bot.desk.views import (
    Draft,
    DraftTo,
    DraftToAll,
    EndHand,
    ShowPair,
    ShowProgramme,
    TakeHand,
)
from bot.messages import Form, Message
from bot.models import Pair, Person, Programme, Role
from bot.stories import STORIES
from bot.stories.audit import ShowEntries, Verify
from bot.stories.coordinators import AskAdd, ShowHolder
from bot.stories.export import Take
from bot.stories.pairs import AskEnd, AskMake, ShowOne
from bot.stories.pairs import ShowPage as ShowPairs
from bot.stories.people import AskChange, AskRemove, ShowPage, ShowPerson
from bot.story import together
from bot.turn import Turn

STORY = together(STORIES)
WORDS = (
    *("people", "pairs", "coordinators", "export", "audit", "delivery", "looked"),
    *("health", "next", "weekly", "desk", "programme", "enrol", "rounds"),
)
LOOKS = ("states", "pictures", "groups", "numbers", "ben")  # into the health of a programme


@pytest.fixture
def olga(world: World) -> Someone:
    olga = world.add("Olga Roth", "Europe/Berlin")
    world.start(olga)
    world.enrol(Role.OWNER, olga)
    return olga


@pytest.fixture
def pair(world: World, ben: Someone, ana: Someone, olga: Someone) -> Pair:
    """Ben and Ana, who have written whatever they could, and have something in the outbox."""
    pair = world.meet(ben, ana)
    world.enrol(Role.MENTEE, ben, world.add("Mia Sousa", "Europe/Lisbon"))
    world.enrol(Role.MENTOR, ana, world.add("Otto Kern", "Europe/Berlin"))
    with world.bot.open_transaction.begin() as db:
        for id_ in (ben.row.id, ana.row.id):
            person = db.get_one(Person, id_)
            person.goals, person.skills, person.wish = RARE, RARE, RARE
    for someone in (ben, ana):
        someone.says(f"ask: What is a {RARE}?")
        someone.says("journal")
    ben.says("hand")
    ben.presses("find no time")
    return pair


@contextmanager
def asked_of(world: World) -> Iterator[list[str]]:
    """What is read of the database meanwhile."""
    engine, statements = world.bot.open_transaction.kw["bind"], list[str]()

    def keep(_db: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", keep)
    yield statements
    event.remove(engine, "before_cursor_execute", keep)


def looks(world: World, pair: Pair, someone: Someone) -> list[Action]:
    """Everything that can be looked at, and the forms."""
    programme, person = pair.programme_id, pair.mentee_id
    return [
        *(ShowPage(programme, 0, ""), ShowPage(programme, 0, "a"), ShowPerson(programme, person)),
        *(AskChange(programme, person), AskRemove(programme, person)),
        *(ShowPairs(programme, which, 0, "") for which in ("going_on", "waiting", "ended")),
        *(ShowOne(programme, pair.id), AskMake(programme), AskEnd(programme, pair.id)),
        *(ShowHolder(programme, someone.row.id), AskAdd(programme)),
        *(Take(programme, what) for what in ("people", "pairs", "cohorts", "weekly", "audit")),
        *(ShowEntries(programme, 0, 0), ShowEntries(programme, 0, person), Verify(programme)),
        *(ShowPair(pair.id), ShowProgramme(programme), Draft("check_in", pair.id)),
        *(DraftToAll("check_in", programme), DraftTo("welcome", programme, person), TakeHand(1), EndHand(1)),
    ]


def test_no_look_reads_a_sealed_column_or_shows_a_word(world: World, pair: Pair, olga: Someone) -> None:
    """H9, H14."""
    actions = looks(world, pair, olga)
    with (
        world.bot.open_transaction.begin() as db,
        Turn(db, world.clock(), world.bot.prompts) as turn,
    ):
        reader = db.get_one(Person, olga.row.id)
        db.scalars(select(Programme)).all()
        with asked_of(world) as statements:
            replies = [
                *(STORY.commands[word](turn, reader, "") for word in WORDS),
                *(STORY.commands[word](turn, reader, "ben") for word in ("people", "pairs", "audit")),
                *(STORY.commands["health"](turn, reader, word) for word in LOOKS),
                *(STORY.presses[type(action)](turn, reader, action) for action in actions),
            ]

    assert len(statements) > 50
    read = [one.partition("\nFROM ")[0] for one in statements]
    assert [one for one in read if "_sealed" in one] == []
    for reply in replies:
        assert isinstance(reply, Message | Form)
        assert RARE not in (as_text(reply) if isinstance(reply, Message) else str(reply.fields))
        for file in reply.files if isinstance(reply, Message) else ():
            assert RARE not in file.content.decode()


def test_the_audit_holds_no_word_whatever_is_typed_at_the_desk(
    world: World, pair: Pair, olga: Someone
) -> None:
    """P6: ids, numbers, roles and names of settings."""
    for word in ("people", "pairs", "audit", "coordinators", "undelivered", "export"):
        olga.says(f"{word} {RARE}")
        olga.commands(f"{word} {RARE}")
    olga.says("people ben")
    olga.presses(Take(pair.programme_id, RARE))
    olga.presses(ShowPage(pair.programme_id, 0, RARE))
    olga.presses(ShowPairs(pair.programme_id, RARE, 0, RARE))

    with world.bot.open_transaction() as db:
        kept = [vars(one) for one in db.scalars(select(AuditEntry))]
    assert kept
    assert RARE not in str(kept)
