"""Old buttons and old forms of every story: once a pair has ended, and with ids of nothing and of others.

Nothing here knows a story: all that people can press, send or answer is built from what the stories declare.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from everything import LAST_PRESSES, RARE, Explorer, filled, writes_words
from sqlalchemy import or_, select, update
from world import Someone, World, as_text

from bot import conversation
from bot.actions import LARGEST_ID, Action
from bot.messages import Form, Message, Reply, plain
from bot.models import Base, Conversation, Format, Pair
from bot.stories import STORIES
from bot.story import together

STORY = together(STORIES)
NEW = "quokka"  # what is typed once it is too late
IDS = (0, -1, *range(1, 13), 4711, LARGEST_ID)
TEXTS = ("", "yes", "there", "win", "2026-02-20", "9999-12-31", "16:00", "25:99")

pytestmark = [
    pytest.mark.usefixtures("_never_quiet"),
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True),
]


@pytest.fixture
def others(world: World) -> list[Someone]:
    """Two who write something wherever one can write, and whose pair goes on."""
    return _pair_that_writes(world, "Cleo Test", "Dara Test", RARE)[0]


@pytest.fixture
def ended(world: World, others: list[Someone]) -> list[Explorer]:
    """Ben and Ana did the same, and their pair has ended."""
    _, explorers, pair = _pair_that_writes(world, "Ben Okafor", "Ana Byrne", "wombat")
    with world.bot.open_transaction.begin() as db:
        db.execute(update(Pair).where(Pair.id == pair.id).values(end_at=world.clock()))
    world.forward(days=1)
    return explorers


def _pair_that_writes(
    world: World, mentee: str, mentor: str, word: str
) -> tuple[list[Someone], list[Explorer], Pair]:
    one, other = two = [world.add(name, "Europe/Dublin") for name in (mentee, mentor)]
    review_at = world.clock() + timedelta(days=12)
    pair = world.meet(one, other, format=Format.LIVE, review_at=review_at)
    explorers = [Explorer(someone, word) for someone in two]
    for day in range(16):
        for explorer in explorers:
            if day % 8 == 1:
                explorer.asks_for_everything()
            explorer.looks_around()
        world.forward(days=1)
    return two, explorers, pair


def shown(reply: Reply) -> str:
    """All that somebody gets to see of it."""
    if isinstance(reply, Message):
        return as_text(reply)
    assert isinstance(reply, Form), reply
    return "\n".join([plain(reply.intro), *(field.value for field in reply.fields)])


def of(people: Sequence[Someone]) -> list[object]:
    """All that is kept about two people and their pair, but for what they saw last."""
    ids = [someone.row.id for someone in people]
    world, kept = people[0].world, list[object]()
    with world.bot.open_transaction() as db:
        pairs = db.scalars(select(Pair.id).where(Pair.mentee_id.in_(ids))).all()
        for table in Base.metadata.sorted_tables:
            whose = [
                table.c[name].in_(ids) for name in ("person_id", "author_id", "owner_id") if name in table.c
            ]
            whose += [table.c.pair_id.in_(pairs)] if "pair_id" in table.c else []
            if whose and table.name != Conversation.__tablename__:
                kept += [
                    tuple(row)
                    for row in db.execute(table.select().where(or_(*whose)).order_by(*table.primary_key))
                ]
        kept += [tuple(row) for row in db.execute(Pair.__table__.select().where(Pair.id.in_(pairs)))]
    return kept


def made_up(kind: type[Action]) -> Iterator[Action]:
    """With every id there is and some that there are not."""
    texts = [field.name for field in fields(kind) if field.type is str]
    numbers = [field.name for field in fields(kind) if field.type is int]
    for number, values in itertools.product(IDS, itertools.product(TEXTS, repeat=len(texts))):
        yield kind(**dict.fromkeys(numbers, number), **dict(zip(texts, values, strict=True)))


def kinds_with_ids(handlers: dict[type[Action], Any]) -> list[type[Action]]:
    return [
        kind
        for kind in handlers
        if any(field.type is int for field in fields(kind)) and kind.wire not in LAST_PRESSES
    ]


def test_every_old_button_is_answered_politely_and_shows_nothing_of_others(
    world: World, ended: list[Explorer], others: list[Someone]
) -> None:
    """E4, C2, C3: of an ended pair, of somebody else, of nothing."""
    ben, before = ended[0].someone, of(others)

    for kind in kinds_with_ids(STORY.presses):
        for action in made_up(kind):
            reply = ben.presses(action)
            assert RARE not in shown(reply), action
            assert "Something went wrong" not in shown(reply), action

    assert of(others) == before


def test_words_for_every_old_form_are_given_back(world: World, ended: list[Explorer]) -> None:
    """E5: whatever was open while the pair came to its end."""
    lost = [
        (form.name, form.action.wire, name)
        for explorer in ended
        for form in one_of_each(explorer.forms)
        if (reply := sends(explorer.someone, form, form.action))
        for name in writes_words(form)
        if filled(form, NEW)[name] not in shown(reply)
    ]

    assert lost == []


def test_words_for_somebody_elses_forms_are_given_back(
    world: World, ended: list[Explorer], others: list[Someone]
) -> None:
    """C3, C4: the id in a form was replaced."""
    ben, before = ended[0].someone, of(others)

    for form in one_of_each(ended[0].forms + ended[1].forms):
        if type(form.action) not in kinds_with_ids(STORY.submits):
            continue
        for number in IDS:
            numbers = {field.name: number for field in fields(form.action) if field.type is int}
            reply = sends(ben, form, replace(form.action, **numbers))
            assert RARE not in shown(reply), (form.name, number)

    assert of(others) == before


def test_words_typed_for_an_old_question_are_not_lost(
    world: World, ended: list[Explorer], others: list[Someone]
) -> None:
    """E4, E5: given back, or kept until somebody says what they are for."""
    ben, before = ended[0].someone, of(others)

    for kind in kinds_with_ids(STORY.words):
        for action in made_up(kind):
            typed = f"A {NEW} for {kind.wire}"
            ben.hears(Message(name="test.old", text=(), listens=action))
            reply = ben.says(typed)
            assert RARE not in shown(reply), action
            assert typed in shown(reply) or typed == unplaced(world, ben), action

    assert of(others) == before


def one_of_each(forms: Sequence[Form]) -> list[Form]:
    return list({(form.name, type(form.action)): form for form in forms}.values())


def sends(someone: Someone, form: Form, action: Action) -> Reply:
    someone.form = replace(form, action=action)
    return someone.fills(**filled(form, NEW))


def unplaced(world: World, someone: Someone) -> str:
    with world.bot.open_transaction() as db:
        return conversation.of(db, someone.row.id).unplaced
