"""Actions on the wire and back."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.actions import LARGEST_ID, Action, Outdated, decode, encode


@dataclass(frozen=True)
class Wave(Action, wire="test.wave"):
    hand: int
    how: str


@given(st.integers(-LARGEST_ID, LARGEST_ID), st.text(st.characters(codec="utf-8")))
def test_comes_back_as_the_same_value(hand: int, how: str) -> None:
    assert decode(encode(Wave(hand, how))) == Wave(hand, how)


@given(st.text())
def test_anything_else_is_outdated(wire: str) -> None:
    assert decode(wire) == Outdated()


@pytest.mark.parametrize(
    "wire",
    [
        '{"do":"test.wave","hand":1}',
        '{"do":"test.wave","hand":"1","how":"x"}',
        '{"do":"test.wave","hand":true,"how":"x"}',
        '{"do":"test.wave","hand":1,"how":"x","more":1}',
        '{"do":"test.wave","hand":1.5,"how":"x"}',
        '{"do":"test.wave","hand":null,"how":"x"}',
        f'{{"do":"test.wave","hand":{10**30},"how":"x"}}',
    ],
)
def test_a_value_of_another_shape_is_outdated(wire: str) -> None:
    """B14."""
    assert decode(wire) == Outdated()


def test_two_actions_cannot_share_a_wire_name() -> None:
    with pytest.raises(TypeError, match=r"test\.wave"):

        @dataclass(frozen=True)
        class Again(Action, wire="test.wave"):
            pass
