"""H9: a rare word, written wherever one can write, is found nowhere but where words are sealed."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from everything import AT_THE_DESK, LAST_PRESSES, RARE, Explorer
from sqlalchemy import select
from world import Someone, World, as_text

from bot import stories
from bot.actions import Unplaced
from bot.models import Base, Format, Pair, Role
from bot.story import together

ANOTHER_RHYTHM = ("sessions.suggest", "sessions.other_time", "sessions.agree")
WITHOUT_CONSEQUENCES = (
    *LAST_PRESSES,
    *("people.remove", "pairs.end", "coordinators.take_away", "introducing.introduce"),
    *("programme.edit", "programme.new", "programme.close", "enrol.paste"),  # see AT_DESK
)
THEIRS = "wellingtonia"  # what whoever runs a programme writes
AT_DESK = {
    "programme.make": "what a programme is called and for is for everybody to read",
    "programme.save": "the same",
    "enrol.call": "a day and two choices",
    "enrol.check": "names and addresses; tests/bot/stories/test_enrol.py looks for them in the same way",
}

pytestmark = pytest.mark.usefixtures("_never_quiet")


@pytest.fixture
def explorers(world: World, ben: Someone, ana: Someone) -> list[Explorer]:
    """Two pairs, of which one meets and one writes; their eleven weeks are lived to the end."""
    cleo, dara = world.add("Cleo Test", "Europe/Dublin"), world.add("Dara Test", "Europe/Dublin")
    end = world.clock() + timedelta(weeks=11)
    to_its_end: dict[str, Any] = {"planned_end": end, "end_at": end, "review_at": end - timedelta(weeks=5)}
    for someone in (ben, cleo):
        someone.says(f"A {RARE} before anything else")
    world.meet(ben, ana, **to_its_end)
    world.meet(cleo, dara, format=Format.ASYNC, **to_its_end)
    cora = world.add("Cora Test", "Europe/Dublin")
    world.start(cora)
    world.enrol(Role.COORDINATOR, cora)
    world.enrol(Role.MENTEE, ben, cleo)
    world.enrol(Role.MENTOR, ana, dara)
    keep_writing = (*LAST_PRESSES, *ANOTHER_RHYTHM)
    return [
        *(Explorer(someone) for someone in (ben, ana, _among_some_without_a_partner(world))),
        Explorer(cora, THEIRS, also_asks=AT_THE_DESK, avoids=WITHOUT_CONSEQUENCES),
        _whoever_runs_it(world),
        *(Explorer(someone, avoids=keep_writing) for someone in (cleo, dara)),
    ]


def _whoever_runs_it(world: World) -> Explorer:
    """Does at the desk what can be done there, but ends no pair that is to be lived through."""
    olga, nia = world.add("Olga Roth", "Europe/Dublin"), world.add("Nia Sousa", "Europe/Lisbon")
    otto = world.add("Otto Kern", "Europe/Berlin")
    world.start(olga, nia, otto)
    world.enrol(Role.OWNER, olga)
    world.enrol(Role.MENTEE, nia)
    world.enrol(Role.MENTOR, otto)
    return Explorer(olga, THEIRS, avoids=WITHOUT_CONSEQUENCES, also_asks=AT_THE_DESK)


def _among_some_without_a_partner(world: World) -> Someone:
    """A mentee who says what he would like, beside others who say nothing."""
    names = ("Hal", "Jo", "Ida", "Kim", "Lea", "Mia")
    hal, jo, *mentors = (world.add(f"{name} Test", "Europe/Dublin") for name in names)
    world.start(hal, jo, *mentors)
    world.enrol(Role.MENTEE, hal, jo)
    world.enrol(Role.MENTOR, *mentors)
    return hal


def live_through_it(world: World, explorers: list[Explorer], **span: int) -> None:
    until = world.clock() + timedelta(**span)
    while world.clock() < until:
        for explorer in explorers:
            explorer.asks_for_everything()
            explorer.looks_around()
        for _ in range(14):
            world.forward(days=1)
            for explorer in explorers:
                explorer.looks_around()


def in_plain_columns(world: World, word: str) -> list[str]:
    """Where it stands in the database for everybody to read."""
    found = []
    with world.bot.open_transaction() as db:
        for table in Base.metadata.sorted_tables:
            for row in db.execute(select(table)).mappings():
                found += [f"{table.name}.{name}" for name, value in row.items() if word in _as_text(value)]
    return found


def _as_text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_rare_word_is_nowhere_in_plain_sight(
    world: World, explorers: list[Explorer], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    caplog.set_level(logging.DEBUG, "adapters")

    live_through_it(world, explorers, weeks=13)
    for explorer in explorers:
        explorer.someone.commands(f"pause until the {RARE} opens")
        explorer.looks_around()

    assert in_plain_columns(world, RARE) == []
    assert RARE not in caplog.text
    assert [name for name in ("cora", "olga") if seen_by(world.people[f"{name}@example.org"])] == []
    assert all_there_is() - written_into(explorers) <= AT_DESK.keys()
    with world.bot.open_transaction() as db:
        assert all(pair.ended_at for pair in db.scalars(select(Pair).order_by(Pair.id).limit(2)))


def seen_by(someone: Someone) -> list[str]:
    """The messages, forms and files in which somebody could read what was written to others."""
    return [
        message.name
        for message in (*someone.chat, *someone.merged)
        if RARE in as_text(message)
        or any(RARE in picture.alt for picture in message.pictures)
        or any(RARE.encode() in file.content for file in message.files)
    ]


def written_into(explorers: list[Explorer]) -> set[str]:
    forms = {type(form.action) for explorer in explorers for form in explorer.forms}
    heard = {question for explorer in explorers for question in explorer.heard}
    return {action.wire for action in forms | heard}


def all_there_is() -> set[str]:
    """Every form and every question that is answered by typing."""
    story = together(stories.STORIES)
    return {action.wire for action in {*story.submits, *story.words} - {Unplaced}}
