"""The audit in plain words: all of it for owners, and for everybody what concerns them."""

import ast
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from world import Someone, World

from bot.desk import audit as record
from bot.desk.models import AuditEntry
from bot.models import Pair, Person, Programme, Role
from bot.stories.audit import ShowEntries, Verify
from bot.stories.coordinators import TakeAway
from bot.stories.pairs import End, LetGoOn
from bot.stories.people import KeepIn, Remove
from bot.turn import Turn

ROOT = Path(__file__).parents[3]


@pytest.fixture
def olga(world: World) -> Someone:
    olga = world.add("Olga Roth", "Europe/Dublin")
    world.start(olga)
    world.enrol(Role.OWNER, olga)
    return olga


@pytest.fixture
def pair(world: World, ben: Someone, ana: Someone, olga: Someone) -> Pair:
    pair = world.meet(ben, ana)
    world.enrol(Role.MENTEE, ben)
    world.enrol(Role.MENTOR, ana)
    return pair


def note(world: World, by: Someone | None, what: str, **about: object) -> None:
    who = by.row if by else None
    with world.bot.open_transaction.begin() as db, Turn(db, world.clock(), world.bot.prompts) as turn:
        programme = db.scalars(select(Programme)).one()
        record.record(turn, who, what, programme=programme, **about)  # type: ignore[arg-type]


# For owners


def test_says_who_did_what_about_whom_and_when(world: World, olga: Someone, pair: Pair) -> None:
    olga.says("people ben")
    olga.presses("Change")
    olga.fills(cohort="Spring")
    note(world, None, "pairs.did_make", pair=pair)

    olga.says("audit")

    assert [fact.value for fact in olga.sees.facts] == [
        "Cairn by itself · made a pair · Ben Okafor, with Ana Byrne as mentor",
        "Olga Roth (owner) · changed what somebody does in the programme (cohort) · Ben Okafor",
        "Olga Roth (owner) · looked at who somebody is · Ben Okafor",
    ]
    assert olga.sees.facts[0].label == "Tuesday 3 February, 16:00"


def test_what_has_no_words_yet_is_told_by_its_name(world: World, olga: Someone, pair: Pair) -> None:
    for what in ("rounds.opened_wide", "people.list", "odd", "mydata.overview"):
        note(world, olga, what)
    olga.says("audit")

    assert "did something at the desk: rounds.opened_wide" in olga.reads
    assert "did something at the desk: mydata.overview" in olga.reads


def test_comes_in_pages(world: World, olga: Someone, pair: Pair) -> None:
    for n in range(13):
        note(world, olga, "pairs.did_make", pair=pair, detail=str(n))

    olga.says("audit")
    assert "(12)" in olga.reads
    assert "(2)" not in olga.reads
    olga.presses("More")

    assert "(2)" in olga.reads
    assert "(0)" in olga.reads
    assert "More" not in [button.label for button in olga.sees.buttons]


def test_of_one_person_and_their_pairs(world: World, ben: Someone, olga: Someone, pair: Pair) -> None:
    mia = world.add("Mia Sousa", "Europe/Lisbon")
    world.enrol(Role.MENTEE, mia)
    olga.says("people mia")
    olga.says("people ben")
    note(world, olga, "pairs.did_end", pair=pair)

    olga.says("audit okafor")

    assert len(olga.sees.facts) == 2
    assert "Mia" not in olga.reads
    olga.says("audit nobody")
    assert "Nobody in this programme" in olga.reads
    olga.says("audit a")
    olga.presses("Ana Byrne")
    assert "decided to end a pair" in olga.reads


def test_that_somebody_asked_in_vain_stands_in_it(
    world: World, ben: Someone, olga: Someone, pair: Pair
) -> None:
    """C1."""
    ben.says("pairs")
    ben.presses(TakeAway(pair.programme_id, olga.row.id))

    olga.says("audit")

    asked = "asked for what is for those who run the programme, and was told so"
    assert f"Ben Okafor · {asked} (coordinators)" in olga.reads
    assert f"Ben Okafor · {asked} (pairs)" in olga.reads


def test_is_for_owners_alone(world: World, ben: Someone, olga: Someone, pair: Pair) -> None:
    cora = world.add("Cora Lynch", "Europe/Dublin")
    world.enrol(Role.COORDINATOR, cora)
    for someone in (ben, cora):
        someone.says("audit")
        assert "for the owners of a programme" in someone.reads
        for action in (Verify(pair.programme_id), ShowEntries(pair.programme_id, 0, ben.row.id)):
            someone.presses(action)
            assert "for the owners of a programme" in someone.reads


def test_of_another_programme_nothing_is_told(world: World, olga: Someone, pair: Pair) -> None:
    """C5."""
    with world.bot.open_transaction.begin() as db, Turn(db, world.clock(), world.bot.prompts) as turn:
        other = Programme(name="Other", made_at=world.clock())
        db.add(other)
        db.flush()
        record.record(turn, None, "pairs.did_make", programme=other)
    olga.says("audit")

    assert "Nothing of that kind has been done in Mentoring" in olga.reads


# H13


def test_an_untouched_record_is_whole(olga: Someone, pair: Pair) -> None:
    olga.says("people ben")
    olga.says("audit")
    olga.presses("Is the record whole")

    assert "The record is whole." in olga.reads


def test_a_changed_entry_is_named_and_missing_ones_are_said(world: World, olga: Someone, pair: Pair) -> None:
    """H13."""
    for _ in range(3):
        olga.says("people ben")
    olga.says("audit")
    with world.bot.open_transaction.begin() as db:
        second = db.scalars(select(AuditEntry.id).order_by(AuditEntry.id)).all()[1]
        db.execute(update(AuditEntry).where(AuditEntry.id == second).values(person_id=7))
    olga.presses("Is the record whole")
    assert f"entry {second}, of Tuesday 3 February, 16:00, is not as it was written" in olga.reads

    with world.bot.open_transaction.begin() as db:
        db.execute(delete(AuditEntry).where(AuditEntry.id >= second))
    olga.presses("Is the record whole")
    assert "its newest entries are missing" in olga.reads


# Who looked


def test_everybody_sees_who_looked_at_them_and_their_pair(
    world: World, ben: Someone, ana: Someone, olga: Someone, pair: Pair
) -> None:
    for _ in range(3):
        olga.says("people ben")
    note(world, olga, "pairs.did_make", pair=pair)

    ben.says("my data")
    ben.presses("Who looked")

    assert "Olga Roth (owner) · looked at who somebody is · about you, 3 times" in ben.reads
    assert "Olga Roth (owner) · made a pair · about your pair with Ana Byrne" in ben.reads
    ana.says("who looked")
    assert "about your pair with Ben Okafor" in ana.reads
    assert "looked at who" not in ana.reads


def test_where_nobody_looked_it_says_so(ben: Someone, pair: Pair) -> None:
    ben.says("who looked")

    assert "Nobody who runs a programme has looked at you or your pair so far" in ben.reads


def test_what_they_did_themselves_is_not_about_them(olga: Someone, pair: Pair) -> None:
    olga.says("people olga")
    olga.says("who looked")

    assert "Nobody who runs a programme" in olga.reads


def test_that_somebody_asked_for_a_hand_is_not_told_to_their_partner(
    world: World, ben: Someone, ana: Someone, olga: Someone, pair: Pair
) -> None:
    note(world, olga, "hand.taken_on", pair=pair, person=ben.row)

    ben.says("who looked")
    ana.says("who looked")

    assert "hand.taken_on" in ben.reads
    assert "Nobody who runs a programme" in ana.reads


def test_who_is_to_meet_whom_is_not_told_before_the_introduction(
    world: World, ben: Someone, olga: Someone
) -> None:
    mia = world.add("Mia Sousa", "Europe/Lisbon")
    world.enrol(Role.MENTEE, mia)
    note(world, olga, "pairs.did_make", pair=world.pair(mia, ben))

    mia.says("who looked")

    assert "Nobody who runs a programme" in mia.reads


def test_what_can_still_be_undone_is_told_to_nobody_and_so_is_what_was(
    world: World, ben: Someone, ana: Someone, olga: Someone, pair: Pair
) -> None:
    olga.presses(End(pair.programme_id, pair.id))
    ana.says("who looked")
    assert "Nobody who runs a programme" in ana.reads
    olga.presses(LetGoOn(pair.programme_id, pair.id))
    olga.presses(Remove(pair.programme_id, ben.row.id))
    olga.presses(KeepIn(pair.programme_id, ben.row.id))
    world.forward(hours=1)
    for someone in (ben, ana):
        someone.says("who looked")
        assert "Nobody who runs a programme" in someone.reads

    olga.presses(End(pair.programme_id, pair.id))
    world.forward(hours=1)
    ana.says("who looked")

    assert "decided to end a pair · about your pair with Ben Okafor" in ana.reads
    assert "took that back" not in ana.reads
    olga.says("audit")
    assert olga.reads.count("took that back") == 2


def test_whoever_was_erased_has_no_name_left(world: World, ben: Someone, olga: Someone, pair: Pair) -> None:
    olga.says("people ben")
    with world.bot.open_transaction.begin() as db:
        db.execute(update(Person).where(Person.name == "Ben Okafor").values(name="Somebody who left"))

    olga.says("audit")

    assert "Somebody who left" in olga.reads


def test_in_german(world: World, pair: Pair) -> None:
    dora = world.add("Dora Vogt", "Europe/Berlin", language="de")
    world.enrol(Role.OWNER, dora)
    eva = world.add("Eva Kuhn", "Europe/Berlin", language="de")
    world.enrol(Role.MENTEE, eva)
    dora.says("leute eva")
    dora.says("protokoll")
    assert "Dora Vogt (Leitung) · hat angesehen, wer jemand ist · Eva Kuhn" in dora.reads
    dora.presses("Ist es vollständig")
    assert "Das Protokoll ist vollständig" in dora.reads
    eva.says("wer hat nachgesehen")
    assert "Dora Vogt (Leitung) · hat angesehen, wer jemand ist · es geht um dich" in eva.reads


# Words


def recorded() -> set[str]:
    """The names of all entries that the code keeps, where they can be read there."""
    found: set[str] = set()
    for path in (ROOT / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_record = isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record"
            if is_record and isinstance(node.args[2], ast.Constant):  # type: ignore[attr-defined]
                found.add(str(node.args[2].value))  # type: ignore[attr-defined]
    return found


def test_every_kind_of_entry_has_its_words(world: World) -> None:
    names = recorded() - {"refused"}

    assert {"people.did_look", "pairs.did_end", "delivery.did_try_again"} <= names
    assert names <= world.bot.prompts.names("en")
