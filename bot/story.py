"""Story: how a feature says what is its own. Decorators over dictionaries, nothing else.

prep = Story()

@prep.when_due(Seat.ask_at)      # the time in this column has come; it has been emptied
@prep.on_press(SkipPrep)         # somebody pressed a button that means this
@prep.on_submit(SendPrep)        # somebody sent the form that means this
@prep.on_words(AnswerPrep)       # somebody typed, and this question was open
@prep.on_command("prep")         # somebody typed one of the words for "prep" in prompts/*/words.toml
@welcome.on_arrival              # the platform says who an account belongs to
@join.on_stranger                # somebody on no roster has come, and the platform says who they are
@asks.on_change                  # somebody edits or deletes what they have said
@pause.on_status                 # the platform says whether somebody is away, and until when
@asks.on_point("ask")            # somebody points at a message elsewhere and would like to ask about it
@intro.on_gathering              # somebody has brought the bot into a chat of several
@prep.on_home(Place.PREP)        # what it has to say on somebody's own page
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, auto
from typing import Any, TypeVar, cast

from sqlalchemy.orm import InstrumentedAttribute

from bot.actions import Action
from bot.events import Came
from bot.messages import Part, Reply
from bot.models import Base, Person
from bot.turn import Turn

A = TypeVar("A", bound=Action)
M = TypeVar("M", bound=Base)
R = TypeVar("R", bound=Reply)
Answers = Mapping[str, str]
OnPress = Callable[[Turn, Person, A], R]
OnSubmit = Callable[[Turn, Person, A, Answers], R]
OnWords = Callable[[Turn, Person, A, str], R]
OnCommand = Callable[[Turn, Person, str], R]
OnChange = Callable[[Turn, Person, str, str | None], Reply]
OnStatus = Callable[[Turn, Person, bool, datetime | None], None]
OnArrival = Callable[[Turn, Person], None]
OnStranger = Callable[[Turn, Came], Reply]
OnGathering = Callable[[Turn, Person, Collection[Person]], Reply]
OnPoint = Callable[[Turn, Person, str], R]
OnHome = Callable[[Turn, Person], Iterable[Part]]
WhenDue = Callable[[Turn, M], None]
DueColumn = InstrumentedAttribute[datetime | None]


class Place(IntEnum):
    """Where a part stands in somebody's home, from the top. Of what may be next only the first is shown."""

    AWAY = auto()
    WELCOME = auto()
    PREP = auto()
    BRIEF = auto()
    CLOSING = auto()
    REPLY = auto()
    AGREEMENT = auto()
    RHYTHM = auto()
    SESSION = auto()
    NOTHING = auto()
    # the rest of the page
    PAIR = auto()
    ACTIONS = auto()
    PROGRAMME = auto()
    SETTINGS = auto()
    DATA = auto()

    @property
    def may_be_next(self) -> bool:
        return self <= Place.NOTHING

    @property
    def is_for_all(self) -> bool:
        """Also for those who have not started yet, or have left."""
        return self in {Place.AWAY, Place.WELCOME, Place.PROGRAMME, Place.DATA}


@dataclass(frozen=True)
class Due:
    model: type[Base]
    column: DueColumn
    then: WhenDue[Any]


@dataclass
class Story:
    presses: dict[type[Action], OnPress[Any, Reply]] = field(default_factory=dict)
    submits: dict[type[Action], OnSubmit[Any, Reply]] = field(default_factory=dict)
    words: dict[type[Action], OnWords[Any, Reply]] = field(default_factory=dict)
    commands: dict[str, OnCommand[Reply]] = field(default_factory=dict)
    detailed: set[str] = field(default_factory=set)  # commands that are more than one word
    raw: set[str] = field(default_factory=set)  # commands that are followed by somebody's own words
    at_desk: set[str] = field(default_factory=set)  # commands for those who run a programme
    arrivals: list[OnArrival] = field(default_factory=list)
    strangers: list[OnStranger] = field(default_factory=list)
    changes: list[OnChange] = field(default_factory=list)
    statuses: list[OnStatus] = field(default_factory=list)
    gatherings: list[OnGathering] = field(default_factory=list)
    dues: list[Due] = field(default_factory=list)
    points: dict[str, OnPoint[Reply]] = field(default_factory=dict)
    homes: list[tuple[Place, OnHome]] = field(default_factory=list)

    def on_press(self, action: type[A]) -> Callable[[OnPress[A, R]], OnPress[A, R]]:
        return _keep(self.presses, action)

    def on_submit(self, action: type[A]) -> Callable[[OnSubmit[A, R]], OnSubmit[A, R]]:
        return _keep(self.submits, action)

    def on_words(self, action: type[A]) -> Callable[[OnWords[A, R]], OnWords[A, R]]:
        return _keep(self.words, action)

    def on_command(
        self, name: str, *, with_details: bool = False, with_words: bool = False, at_desk: bool = False
    ) -> Callable[[OnCommand[R]], OnCommand[R]]:
        """`with_details`: it means something with more behind it, like "pause until 4 May".

        `with_words`: what follows is for somebody to read, and comes as it was typed: "ask How do you …".
        `at_desk`: it is for those who run a programme, and may be followed by a name: "health Spring". Typed
        while a question is open, it is an answer.
        """
        if at_desk:
            self.at_desk.add(name)
        if with_details:
            self.detailed.add(name)
        if with_words:
            self.raw.add(name)
        return _keep(self.commands, name)

    def on_change(self, handler: OnChange) -> OnChange:
        self.changes.append(handler)
        return handler

    def on_arrival(self, handler: OnArrival) -> OnArrival:
        self.arrivals.append(handler)
        return handler

    def on_stranger(self, handler: OnStranger) -> OnStranger:
        """The first to answer does."""
        self.strangers.append(handler)
        return handler

    def on_status(self, handler: OnStatus) -> OnStatus:
        self.statuses.append(handler)
        return handler

    def on_gathering(self, handler: OnGathering) -> OnGathering:
        """It is handed whoever brought the bot, and all who are there. The first to answer does."""
        self.gatherings.append(handler)
        return handler

    def on_point(self, command: str) -> Callable[[OnPoint[R]], OnPoint[R]]:
        return _keep(self.points, command)

    def on_home(self, place: Place) -> Callable[[OnHome], OnHome]:
        """It is asked whenever the page is drawn, and changes nothing."""

        def keep(handler: OnHome) -> OnHome:
            self.homes.append((place, handler))
            return handler

        return keep

    def when_due(self, column: Any) -> Callable[[WhenDue[M]], WhenDue[M]]:
        def keep(handler: WhenDue[M]) -> WhenDue[M]:
            self.dues.append(Due(column.class_, cast(DueColumn, column), handler))
            return handler

        return keep


def _keep(handlers: dict[Any, Any], key: Any) -> Callable[[Any], Any]:
    def keep(handler: Any) -> Any:
        if key in handlers:
            raise TypeError(f"two handlers for {key}")
        handlers[key] = handler
        return handler

    return keep


def together(stories: Iterable[Story]) -> Story:
    """One story out of many. Two that claim the same action or command are an error, at import."""
    whole = Story()
    for story in stories:
        for ours, theirs in (
            (whole.presses, story.presses),
            (whole.submits, story.submits),
            (whole.words, story.words),
            (whole.commands, story.commands),
            (whole.points, story.points),
        ):
            for key, handler in theirs.items():
                _keep(ours, key)(handler)
        whole.detailed |= story.detailed
        whole.raw |= story.raw
        whole.at_desk |= story.at_desk
        whole.arrivals += story.arrivals
        whole.strangers += story.strangers
        whole.changes += story.changes
        whole.statuses += story.statuses
        whole.gatherings += story.gatherings
        whole.dues += story.dues
        whole.homes += story.homes
    return whole
