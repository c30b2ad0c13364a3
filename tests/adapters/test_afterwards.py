"""What is shown when a platform has its acknowledgement: each person's answers in order, and none is lost."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from adapters.afterwards import Afterwards
from bot.events import Account
from bot.messages import Message, Run

BEN, ANA = Account("here", "t1", "ben"), Account("here", "t1", "ana")
ANSWER = Message(name="x", text=(Run("Yes"),))


class Later:
    def __init__(self, *, fails: bool = False) -> None:
        self.brought: list[tuple[Account, Message]] = []
        self._fails = fails

    async def __call__(self, who: Account, answer: Message) -> None:
        if self._fails:
            raise OSError("what Ben wrote")
        self.brought.append((who, answer))


async def _breaks() -> None:
    raise OSError("what Ben wrote")


async def test_answers_to_one_person_come_in_order_and_hold_up_nobody_else() -> None:
    said: list[str] = []
    may_go_on = asyncio.Event()

    async def slowly() -> None:
        await may_go_on.wait()
        said.append("first")

    async def says(what: str) -> None:
        said.append(what)
        may_go_on.set()

    async with Afterwards(Later()) as afterwards:
        afterwards.show(BEN, slowly())
        afterwards.show(BEN, says("second"))
        afterwards.show(ANA, says("hers"))

    assert said == ["hers", "first", "second"]


@pytest.mark.parametrize(("answer", "brought"), [(ANSWER, [(BEN, ANSWER)]), (None, [])])
async def test_what_cannot_be_shown_now_is_brought_later(answer: Message | None, brought: list[Any]) -> None:
    later = Later()
    async with Afterwards(later) as afterwards:
        afterwards.show(BEN, _breaks(), answer)

    assert later.brought == brought


async def test_what_is_lost_holds_up_nothing_and_no_word_of_it_is_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    said: list[str] = []

    async def says() -> None:
        said.append("second")

    showing = [_breaks(), says()]
    async with Afterwards(Later(fails=True)) as afterwards:
        for one in showing:
            afterwards.show(BEN, one, ANSWER)

    assert said == ["second"]
    assert "an answer is lost: OSError" in caplog.text
    assert "Ben" not in caplog.text


async def test_a_server_that_stops_leaves_the_rest_for_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("adapters.afterwards.GOODBYE", timedelta())
    later = Later()

    async with Afterwards(later) as afterwards:
        afterwards.show(BEN, asyncio.Event().wait(), ANSWER)
        afterwards.show(BEN, asyncio.Event().wait(), replace(ANSWER, name="behind it"))

    assert [answer.name for _, answer in later.brought] == ["x", "behind it"]
