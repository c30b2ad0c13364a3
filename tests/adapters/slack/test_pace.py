"""The pace: nobody who waits for an answer stands behind a Monday morning."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from adapters.slack import pace
from adapters.slack.pace import Pace
from bot.adapter import NotNow

NOW = datetime(2026, 2, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "POSTED", (1, 60))
    monkeypatch.setattr(pace, "ANSWERS", (1, 60))
    monkeypatch.setattr(pace, "IN_A_CHANNEL", (100, 1))


async def test_an_answer_does_not_stand_behind_what_was_posted() -> None:
    ours = Pace()
    await ours.turn("T1", "D1", is_answer=False, now=NOW)
    monday = asyncio.create_task(ours.turn("T1", "D2", is_answer=False, now=NOW))
    await asyncio.sleep(0)

    await ours.turn("T1", "D3", is_answer=True, now=NOW)

    assert not monday.done()
    monday.cancel()


async def test_another_workspace_has_a_pace_of_its_own() -> None:
    ours = Pace()
    await ours.turn("T1", "D1", is_answer=False, now=NOW)

    await ours.turn("T2", "D2", is_answer=False, now=NOW)


async def test_whoever_finds_the_line_too_long_is_told_when_to_come_again() -> None:
    ours = Pace()
    await ours.turn("T1", "D1", is_answer=False, now=NOW)
    waiting = asyncio.create_task(ours.turn("T1", "D2", is_answer=False, now=NOW))
    await asyncio.sleep(0)

    with pytest.raises(NotNow) as told:
        await ours.turn("T1", "D3", is_answer=False, now=NOW)

    assert told.value.until == NOW + timedelta(minutes=1)
    waiting.cancel()
