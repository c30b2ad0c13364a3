"""The pace: nobody who waits for an answer stands behind a Monday morning."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from adapters.pace import Limits, Pace
from bot.adapter import NotNow

NOW = datetime(2026, 2, 2, 9, tzinfo=UTC)


SLOWLY = Limits(posted=(1, 60), answers=(1, 60), in_a_chat=((100, 1),))


async def test_an_answer_does_not_stand_behind_what_was_posted() -> None:
    ours = Pace(SLOWLY)
    await ours.turn("T1", "D1", is_answer=False, now=NOW)
    monday = asyncio.create_task(ours.turn("T1", "D2", is_answer=False, now=NOW))
    await asyncio.sleep(0)

    await ours.turn("T1", "D3", is_answer=True, now=NOW)

    assert not monday.done()
    monday.cancel()


async def test_another_workspace_has_a_pace_of_its_own() -> None:
    ours = Pace(SLOWLY)
    await ours.turn("T1", "D1", is_answer=False, now=NOW)

    await ours.turn("T2", "D2", is_answer=False, now=NOW)


async def test_whoever_finds_the_line_too_long_is_told_when_to_come_again() -> None:
    ours = Pace(SLOWLY)
    await ours.turn("T1", "D1", is_answer=False, now=NOW)
    waiting = asyncio.create_task(ours.turn("T1", "D2", is_answer=False, now=NOW))
    await asyncio.sleep(0)

    with pytest.raises(NotNow) as told:
        await ours.turn("T1", "D3", is_answer=False, now=NOW)

    assert told.value.until == NOW + timedelta(minutes=1)
    waiting.cancel()


async def test_all_that_holds_for_a_chat_holds_at_once() -> None:
    """Seven in a second, and no more than eight in two."""
    ours = Pace(Limits(posted=(100, 1), answers=(100, 1), in_a_chat=((3, 1), (2, 60))))
    for _ in range(2):
        await ours.turn("T1", "D1", is_answer=True, now=NOW)

    third = asyncio.create_task(ours.turn("T1", "D1", is_answer=True, now=NOW))
    await asyncio.sleep(0)

    assert not third.done()
    third.cancel()
