"""Events: what people do, whatever platform they do it on.

An event's id is the platform's own, so the same id twice is one event delivered twice. What a person
wrote is kept out of `repr`, and so out of logs and tracebacks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.actions import Action


@dataclass(frozen=True)
class Account:
    """One person in one workspace on one platform."""

    platform: str
    workspace: str
    user: str


@dataclass(frozen=True, kw_only=True)
class Event:
    id: str
    who: Account
    address: str = ""  # what the adapter needs to write back; only the adapter reads it


@dataclass(frozen=True)
class Profile:
    """What a platform knows about somebody. What is empty it does not say."""

    name: str = ""
    timezone: str = ""  # IANA
    language: str = ""  # two letters


@dataclass(frozen=True, kw_only=True)
class Arrived(Event):
    """The platform says who an account belongs to: on install, and whenever a profile changes."""

    email: str = field(repr=False)  # empty: it says more about an account that is known
    profile: Profile = Profile()


@dataclass(frozen=True, kw_only=True)
class Came(Event):
    """Somebody on no roster has done something, and their platform vouches for who they are.

    It is said of members of the company alone: never of guests, and never of people of another one.
    """

    did: Event
    email: str = field(repr=False)
    profile: Profile = Profile()


@dataclass(frozen=True, kw_only=True)
class Gone(Event):
    """The account was deactivated, or cannot be reached any more. It may arrive again."""


@dataclass(frozen=True, kw_only=True)
class WorkspaceGone(Event):
    """The bot was taken out of a workspace: nobody in it can be reached. `who` has no user."""


@dataclass(frozen=True, kw_only=True)
class WorkspaceBack(Event):
    """The bot was put back into a workspace, or into a new one. `who` has no user."""


@dataclass(frozen=True, kw_only=True)
class Said(Event):
    text: str = field(repr=False)
    said_in: str = ""  # the platform's name for the message, by which it can be changed later


@dataclass(frozen=True, kw_only=True)
class Changed(Event):
    """Somebody edits or deletes what they said before."""

    said_in: str
    text: str | None = field(repr=False)  # none: it was deleted


@dataclass(frozen=True, kw_only=True)
class Gathered(Event):
    """Somebody has brought the bot into a chat of several. The answer is for all who are in it."""

    others: tuple[Account, ...]


@dataclass(frozen=True, kw_only=True)
class StatusChanged(Event):
    """The platform says whether somebody is away: a status they set, or their out-of-office."""

    away: bool
    until: datetime | None = None  # when they are back, if it says so


@dataclass(frozen=True, kw_only=True)
class Pressed(Event):
    action: Action


@dataclass(frozen=True, kw_only=True)
class Submitted(Event):
    action: Action
    answers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Unsent(Event):
    """Somebody is typing in a form and has not sent it. It is there again when they open the form anew."""

    action: Action
    answers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Pointed(Event):
    """Somebody points at a message elsewhere and says what to do with it: ask about it, keep it."""

    command: str
    text: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class HomeOpened(Event):
    """Somebody opens their page at the bot."""


@dataclass(frozen=True, kw_only=True)
class Commanded(Event):
    """`/mentor` and what follows it."""

    text: str = field(repr=False)
