"""A pair's whole way, one on each platform: Ben is a mentee in Slack, Ana his mentor in Teams.

Neither knows of the other's platform. Whoever plays them sees the bot as people there do.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from world import at


class Life(Protocol):
    """Somebody in front of their own platform."""

    async def presses(self, label: str) -> None:
        """On the newest card that has such a button."""

    async def fills(self, **answers: str) -> None:
        """The form that lies open, or the fields of the newest card; the rest stays as it is."""

    async def says(self, text: str) -> None: ...

    async def reads(self, words: str) -> str:
        """Wait for a message in which these words stand, and give all of the newest."""

    async def links(self) -> list[str]:
        """Every address that a button of theirs opens."""


class Time(Protocol):
    async def settle(self) -> None: ...
    async def until(self, then: datetime) -> None: ...
    async def forward(self, **span: float) -> None: ...


Act = Callable[[Time, Life, Life], Awaitable[None]]

WIN, NOTICED = "I have led my first planning.", "You ask before you decide."
ASKED, TYPED = "How do you begin a planning?", "With the question nobody wants to hear."


async def live(time: Time, ben: Life, ana: Life) -> None:
    for act in ACTS:
        await act(time, ben, ana)


async def are_introduced(time: Time, ben: Life, ana: Life) -> None:
    """There is no chat in which both could be, so nothing leads there."""
    await time.settle()
    for somebody in (ben, ana):
        await somebody.presses("Start")
        await somebody.presses("That is right")
        await somebody.presses("Skip")
        await somebody.reads("You chose “Skip”")
    await time.settle()
    await ben.reads("Ana Byrne")
    await ana.reads("Ben Okafor")
    assert await ben.links() == await ana.links() == []


async def agree(time: Time, ben: Life, ana: Life) -> None:
    for somebody in (ben, ana):
        await somebody.presses("Fill in our agreement")
        await somebody.fills(hopes="To lead a project of my own.")
    await time.settle()
    await ana.presses("Tuesday 16:30")
    await ana.reads("You chose “Tuesday 16:30”")
    await time.settle()
    await ben.presses("Works for me")
    await ben.reads("You chose “Works for me”")
    await time.settle()


async def prepare(time: Time, ben: Life, ana: Life) -> None:
    """He answers one question after the other, she all of them at once."""
    await time.until(at("2026-02-09", "17:00", "Europe/Dublin"))
    await ben.says(WIN)
    await ben.reads("2 of 3")
    await ben.says("skip")
    await ben.reads("3 of 3")
    await ben.says("How much do I plan ahead?")
    await ana.fills(noticed=NOTICED)
    await time.until(at("2026-02-10", "16:00", "Europe/Dublin"))
    for somebody in (ben, ana):
        brief = await somebody.reads("Your brief")
        assert WIN in brief
        assert NOTICED in brief


async def meet_and_close(time: Time, ben: Life, ana: Life) -> None:
    await time.until(at("2026-02-11", "10:00", "Europe/Dublin"))
    await ana.presses("Yes, close it")
    await ana.fills(mine="Send the draft to Ben by 20 February", theirs="Invite two colleagues")
    await time.until(at("2026-02-11", "17:00", "Europe/Dublin"))
    for somebody in (ben, ana):
        listed = await somebody.reads("is closed")
        assert "Send the draft to Ben" in listed
        assert "Invite two colleagues" in listed


async def ask_and_answer(time: Time, ben: Life, ana: Life) -> None:
    """With a tap, and with words after the day that she named."""
    await ben.says("ask Shall I come to the review?")
    await ben.reads("It is on its way to Ana")
    await time.forward(days=1)
    await ana.reads("Shall I come to the review?")
    await ana.presses("Yes")
    await ana.reads("It is on its way to Ben")
    await time.forward(days=1)
    assert "Yes." in await ben.reads("Ana answers:")

    await ben.says(f"ask {ASKED}")
    await time.forward(days=1)
    await ana.reads(ASKED)
    await ana.presses("I answer by …")
    await ana.presses("Another day")
    await ana.fills(day="2026-02-20")
    await ana.reads("knows that you answer by")
    await time.forward(days=4)
    await ben.reads("has read it and answers by")
    await ana.presses("Reply now")
    await ana.says(TYPED)
    await time.forward(days=4)
    await ben.reads(TYPED)


async def pause_and_return(time: Time, ben: Life, ana: Life) -> None:
    await ben.says("pause until 4 March")
    await ben.reads("Paused until")
    await time.forward(days=1)
    away = await ana.reads("Ben is away")
    assert "4 March" in away
    await ben.says("back")
    await ben.reads("Welcome back")
    await time.forward(days=1)
    await ana.reads("Ben is back")


ACTS: tuple[Act, ...] = (are_introduced, agree, prepare, meet_and_close, ask_and_answer, pause_and_return)
