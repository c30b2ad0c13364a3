"""The proof that nobody was left out: it holds for a right round, and finds what is wrong with another."""

import pytest

from bot.rounds import proof
from bot.rounds.proof import Line, State

ROSTER = ("a", "b", "c", "d", "e", "f", "g", "h")
ROUND = [
    *(Line(person, State.GROUPED, 1) for person in "ab"),
    *(Line(person, State.GROUPED, 2) for person in "cde"),
    Line("f", State.OPTED_OUT),
    Line("g", State.AWAY),
    Line("h", State.CAPACITY),
]
NEVER = {frozenset(("h", person)) for person in "bcde"}


def but(*lines: Line) -> list[Line]:
    """The round with these lines in place of those of the same people."""
    changed = {line.person for line in lines}
    return [*(line for line in ROUND if line.person not in changed), *lines]


def test_a_round_in_which_everybody_is_accounted_for_has_no_faults() -> None:
    assert proof.faults(ROSTER, ROUND, NEVER) == []


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (ROUND[:-1], "h is missing"),
        ([*ROUND, Line("z", State.AWAY)], "z may not take part"),
        ([*ROUND, Line("f", State.AWAY)], "f is there 2 times"),
        (but(Line("f", "forgotten")), "f has no known state"),
        (but(Line("f", State.GROUPED)), "f is grouped and in group None"),
        (but(Line("f", State.AWAY, 1)), "f is away and in group 1"),
        (but(Line("b", State.AWAY)), "group 1 has 1 people"),
        (but(Line("f", State.GROUPED, 2)), "group 2 has 4 people"),
        (but(Line("h", State.GROUPED, 1)), "group 1 has two who do not meet"),
        (but(Line("f", State.CAPACITY)), "f could have met another who is alone"),
    ],
)
def test_what_is_wrong_is_found(lines: list[Line], fault: str) -> None:
    assert fault in proof.faults(ROSTER, lines, NEVER)


def test_somebody_who_could_have_joined_others_was_left_out() -> None:
    assert proof.faults(ROSTER, ROUND) == ["h could have met group 1", "h could have met group 2"]


def test_whoever_has_a_coffee_elsewhere_was_not() -> None:
    assert proof.faults(ROSTER, ROUND, elsewhere={"h"}) == []


def test_what_was_written_down_can_be_checked_again() -> None:
    assert proof.from_csv(proof.to_csv(ROUND)) == ROUND
    assert proof.from_json(proof.to_json(ROUND)) == ROUND
    assert proof.faults(ROSTER, proof.from_csv(proof.to_csv(ROUND)), NEVER) == []
