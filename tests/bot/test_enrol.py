"""Enrolling, when some are there already."""

from world import Someone, World

from bot.enrol import enrol
from bot.roster import Row


def _row(number: int, someone: Someone, role: str, mentor: str = "") -> Row:
    who = someone.row
    return Row(number, someone.email, who.name, frozenset({role}), who.timezone, "en", "", (), (), 1, mentor)


def test_two_who_have_both_started_are_introduced(world: World, ben: Someone, ana: Someone) -> None:
    """They were told: as soon as there is a partner for you, I will introduce you."""
    world.start(ben, ana)
    rows = [_row(2, ana, "mentor"), _row(3, ben, "mentee", mentor=ana.email)]

    with world.bot.open_transaction.begin() as db:
        enrol(db, rows, "Mentoring", world.clock())
    world.forward(hours=1)

    assert ben.received("intro.your_mentor")
    assert ana.received("intro.your_mentee")
