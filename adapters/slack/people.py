"""People: who somebody is, as Slack knows it. Told by events, and asked for slowly; never by polling.

Everybody on the roster is found once by their address, so that they can be written to first. From then on
Slack says when a profile changes; after a time out of reach everybody is looked at once, one after the other.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any, Self

from cachetools import TTLCache

from adapters.desk import Desk
from adapters.slack.installations import Installations
from adapters.slack.line import Line
from adapters.slack.parse import PLATFORM, moment
from adapters.slack.trouble import Closed, NotTaken
from bot.adapter import TryLater, Undeliverable
from bot.bot import Bot
from bot.directory import accounts, concerns, is_known, unannounced
from bot.events import Account, Arrived, Came, Event, Gone, Profile, StatusChanged

log = logging.getLogger(__name__)

ONE_AT_A_TIME = timedelta(seconds=1.5)  # look-ups: Slack allows 50 a minute
ROUND_EVERY = timedelta(hours=12)
LOOK_FOR_NEW_EVERY = timedelta(minutes=5)  # people whom an import has added
MOST_PEOPLE = 100_000
SLACKBOT = "USLACKBOT"  # it is no bot, says Slack
AWAY = frozenset({":palm_tree:", ":face_with_thermometer:", ":desert_island:", ":beach_with_umbrella:"})


class Standing(Enum):
    KNOWN = auto()
    STRANGER = auto()
    PROGRAM = auto()


@dataclass(frozen=True)
class Stranger:
    """Somebody on no roster, as Slack knows them."""

    standing: Standing
    email: str = field(default="", repr=False)  # empty: nobody vouches for them
    profile: Profile = field(default=Profile(), repr=False)


def told_by(user: Mapping[str, Any], workspace: str) -> Iterable[Event]:
    """What a profile says, whether it came by an event or was asked for."""
    who = Account(PLATFORM, workspace, str(user.get("id", "")))
    if is_program(user) or is_foreign(user, workspace):
        return
    if user.get("deleted"):
        yield Gone(id=_new_id("gone"), who=who)
        return
    profile, email = _profile_of(user), email_of(user)
    if email:
        yield Arrived(id=_new_id("profile"), who=who, email=email, profile=_profile(user))
    if "status_emoji" in profile:
        is_away, until = _status(profile)
        yield StatusChanged(id=_new_id("status"), who=who, away=is_away, until=until)


def _profile_of(user: Mapping[str, Any]) -> Mapping[str, Any]:
    profile = user.get("profile")
    return profile if isinstance(profile, dict) else {}


def email_of(user: Mapping[str, Any]) -> str:
    return str(_profile_of(user).get("email") or "")


def is_program(user: Mapping[str, Any]) -> bool:
    return bool(user.get("is_bot")) or user.get("id") == SLACKBOT


def is_foreign(user: Mapping[str, Any], workspace: str) -> bool:
    """Of another company, in a channel that both share. Their address is what that company says it is."""
    homes = [user.get("team_id")]
    match user.get("enterprise_user"):
        case {"enterprise_id": organisation, "teams": list(teams)}:
            homes += [organisation, *teams]
    return bool(user.get("is_stranger")) or (any(homes) and workspace not in homes)


def is_guest(user: Mapping[str, Any]) -> bool:
    return bool(user.get("is_restricted") or user.get("is_ultra_restricted"))


def _stranger(user: Mapping[str, Any] | None, workspace: str) -> Stranger:
    """A member of the company has the address that it gave them. A guest takes part if they are enrolled."""
    if not user or is_program(user):
        return Stranger(Standing.PROGRAM if user else Standing.STRANGER)
    is_ours = not (is_foreign(user, workspace) or is_guest(user) or user.get("deleted"))
    return Stranger(Standing.STRANGER, email_of(user) if is_ours else "", _profile(user))


def _profile(user: Mapping[str, Any]) -> Profile:
    return Profile(
        name=str(user.get("real_name") or ""),
        timezone=str(user.get("tz") or ""),
        language=str(user.get("locale") or "")[:2].lower(),
    )


def _status(profile: Mapping[str, Any]) -> tuple[bool, datetime | None]:
    return str(profile.get("status_emoji")) in AWAY, moment(profile.get("status_expiration"))


def _new_id(about: str) -> str:
    return f"{about}:{secrets.token_hex(8)}"


class People:
    """`async with People(…)`: they are looked for and looked after until it is left."""

    def __init__(self, bot: Bot, desk: Desk, line: Line, installations: Installations) -> None:
        self._bot = bot
        self._desk = desk
        self._line = line
        self._installations = installations
        a_while = LOOK_FOR_NEW_EVERY.total_seconds()
        self._strangers: TTLCache[Account, Stranger] = TTLCache(MOST_PEOPLE, a_while)
        self._looked_for: TTLCache[tuple[str, int], bool] = TTLCache(MOST_PEOPLE, ROUND_EVERY.total_seconds())

    async def __aenter__(self) -> Self:
        self._called = asyncio.Event()
        self._rounds = [
            asyncio.create_task(_every(LOOK_FOR_NEW_EVERY, self.find_everybody, self._called)),
            asyncio.create_task(_every(ROUND_EVERY, self.look_after_everybody, asyncio.Event())),
        ]
        return self

    async def __aexit__(self, *_: object) -> None:
        for round_ in self._rounds:
            round_.cancel()
        await asyncio.gather(*self._rounds, return_exceptions=True)

    def look_now(self) -> None:
        """There is a new workspace: whoever is on the roster may be in it."""
        self._looked_for.clear()
        self._called.set()

    async def hear(self, user: Mapping[str, Any], workspace: str) -> None:
        """Somebody's profile has changed, of all who are in the workspace: most of them are not ours."""
        who, email = Account(PLATFORM, workspace, str(user.get("id", ""))), email_of(user)
        if await self._desk.run(concerns, self._bot, who, email):
            await self._take(user, workspace)

    async def _take(self, user: Mapping[str, Any], workspace: str) -> None:
        """Pass on what a profile says."""
        for event in told_by(user, workspace):
            await self._desk.handle(event)

    async def recognise(self, who: Account) -> Standing:
        """Ask who it is that has come to us."""
        if who in self._strangers:
            return self._strangers[who].standing
        user = await self._ask(who.workspace, "users_info", user=who.user, include_locale=True)
        if await self._desk.run(is_known, self._bot, who):
            return Standing.KNOWN
        stranger = _stranger(user, who.workspace)
        if user != {}:  # otherwise nobody knows now
            self._strangers[who] = stranger
        return stranger.standing

    def vouched_for(self, event: Event) -> Came | None:
        """What somebody on no roster has done, and who they are. None: nobody says that they are ours."""
        stranger = self._strangers.get(event.who)
        if stranger is None or not stranger.email:
            return None
        return Came(
            id=f"{event.id}:came",
            who=event.who,
            address=event.address,
            did=event,
            email=stranger.email,
            profile=stranger.profile,
        )

    async def find_everybody(self) -> None:
        """Whoever is on the roster and has no account here yet, in every workspace."""
        wanted = await self._desk.run(unannounced, self._bot, PLATFORM)
        for workspace in await self._installations.workspaces():
            for person_id, email in wanted:
                if (workspace, person_id) not in self._looked_for:
                    await self._find(workspace, person_id, email)

    async def _find(self, workspace: str, person_id: int, email: str) -> None:
        """Also where they are found and are not ours, such as an address of another company."""
        if await self._ask(workspace, "users_lookupByEmail", email=email) != {}:
            self._looked_for[workspace, person_id] = True
        await asyncio.sleep(ONE_AT_A_TIME.total_seconds())

    async def look_after_everybody(self) -> None:
        """Events get lost while nobody listens: so each of them is asked for, slowly."""
        for who in await self._desk.run(accounts, self._bot, PLATFORM):
            await self._ask(who.workspace, "users_info", user=who.user, include_locale=True)
            await asyncio.sleep(ONE_AT_A_TIME.total_seconds())

    async def _ask(self, workspace: str, method: str, **about: Any) -> Mapping[str, Any] | None:
        """Ask for a profile and pass it on. None: there is none; an empty one: nobody knows now."""
        try:
            answer = await self._line.call(workspace, method, **about)
        except Undeliverable:
            return None
        except (Closed, NotTaken, TryLater) as problem:
            log.info("no profiles from %s now: %s", workspace, type(problem).__name__)
            return {}
        user: Mapping[str, Any] = answer.get("user") or {}
        await self._take(user, workspace)
        return user


async def _every(span: timedelta, do: Callable[[], Awaitable[None]], called: asyncio.Event) -> None:
    while True:
        try:
            await do()
        except Exception as error:
            log.error("a round was not finished: %s", type(error).__name__)
        with suppress(TimeoutError):
            async with asyncio.timeout(span.total_seconds()):  # wait_for may miss that it is to end
                await called.wait()
        called.clear()
