"""People: who somebody is, as their company's directory knows it. Asked when they come, and never by polling.

Teams tells nobody about people who have not installed the app. Who has, and is on no roster yet, is known
again as soon as somebody enrols them. Clocks and languages come with whatever they do.
"""

import asyncio
import logging
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import Enum, auto
from typing import Any, Self

from cachetools import LRUCache, TTLCache

from adapters.desk import Desk
from adapters.pace import MOST_CHATS
from adapters.teams.line import Line
from adapters.teams.parse import PLATFORM, Installed, Place, kept, profile_of
from adapters.teams.store import Store
from bot.adapter import Undeliverable
from bot.bot import Bot
from bot.directory import accounts, is_known, unannounced
from bot.events import Account, Arrived, Came, Event, Profile

log = logging.getLogger(__name__)

LOOK_FOR_NEW_EVERY = timedelta(minutes=5)  # people whom an import has added
MOST_PEOPLE = 100_000
OF_THE_COMPANY = frozenset({"user", "owner"})  # roles that are not a guest's


class Standing(Enum):
    KNOWN = auto()
    STRANGER = auto()
    UNKNOWN = auto()  # nobody says at present


@dataclass(frozen=True)
class Member:
    """Somebody as the directory knows them: without addresses, if they are a guest or nobody is there."""

    emails: tuple[str, ...] = field(default=(), repr=False)
    name: str = field(default="", repr=False)


class People:
    """`async with People(…)`: whoever is enrolled later is found until it is left."""

    def __init__(self, bot: Bot, desk: Desk, line: Line, store: Store, *, one_tenant: bool = True) -> None:
        """`one_tenant`: there is no other whose administrators could give somebody's address away."""
        self._bot = bot
        self._desk = desk
        self._line = line
        self._store = store
        self._one_tenant = one_tenant
        self._to_ask_again: dict[Account, Place] = {}
        self._profiles: LRUCache[Account, Profile] = LRUCache(MOST_CHATS)
        a_while = LOOK_FOR_NEW_EVERY.total_seconds()
        self._strangers: TTLCache[Account, Member] = TTLCache(MOST_PEOPLE, a_while)

    async def __aenter__(self) -> Self:
        self._round = asyncio.create_task(self._look_now_and_then())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._round.cancel()
        with suppress(asyncio.CancelledError):
            await self._round

    def news(self, activity: Mapping[str, Any], who: Account) -> Arrived | None:
        """Their clock and language as the client has just told them, if they are others than before."""
        told = profile_of(activity)
        if told == self._profiles.get(who) or not (told.timezone or told.language):
            return None
        self._profiles[who] = told
        return Arrived(id=_new_id(), who=who, email="", profile=told)

    def not_heard(self, who: Account) -> None:
        """It was not written down: it is news again with whatever they do next."""
        self._profiles.pop(who, None)

    async def came(self, installed: Installed) -> Standing:
        """They have the app now."""
        self._strangers.pop(installed.who, None)
        return await self.recognise(installed.who, installed.place)

    async def recognise(self, who: Account, place: Place) -> Standing:
        """Ask who it is that has come to us."""
        if who in self._strangers:
            return Standing.STRANGER
        address = "" if place.is_shared else kept(place.chat)
        if await self._desk.run(is_known, self._bot, who):
            await self._arrives(who, address)
            return Standing.KNOWN
        member = await self._ask(place, who)
        for email in member.emails if member else ():
            await self._arrives(who, address, email)
            if await self._desk.run(is_known, self._bot, who):
                await self._desk.run(self._store.enrolled, who)
                return Standing.KNOWN
        if member is None:
            self._to_ask_again[who] = place
            return Standing.UNKNOWN
        if address:
            await self._desk.run(self._store.note, who, address, list(member.emails))
        self._strangers[who] = member
        return Standing.STRANGER

    def vouched_for(self, event: Event, place: Place) -> Came | None:
        """What somebody on no roster has done, and who they are. None: nobody says that they are ours.

        Who has come in a chat of several has no chat of their own yet, in which they could be written to.
        """
        member = self._strangers.get(event.who)
        if member is None or not member.emails or place.is_shared:
            return None
        return Came(
            id=f"{event.id}:came",
            who=event.who,
            address=kept(place.chat),
            did=event,
            email=member.emails[0],
            profile=replace(self._profiles.get(event.who, Profile()), name=member.name),
        )

    async def _arrives(self, who: Account, address: str, email: str = "") -> None:
        profile = self._profiles.get(who, Profile())
        await self._desk.handle(Arrived(id=_new_id(), who=who, address=address, email=email, profile=profile))

    async def left(self, who: Account) -> None:
        await self._desk.run(self._store.forget, who)

    async def go_round(self) -> None:
        await self.find_everybody()
        again, self._to_ask_again = self._to_ask_again, {}
        for who, place in again.items():
            await self.recognise(who, place)
        here = await self._desk.run(accounts, self._bot, PLATFORM)
        await self._desk.run(self._store.tidy, here)

    async def find_everybody(self) -> None:
        """Whoever is on the roster by now and has had the app before."""
        wanted = [email for _, email in await self._desk.run(unannounced, self._bot, PLATFORM)]
        found = await self._desk.run(self._store.newcomers, wanted)
        for email, newcomer in found.items():
            who = newcomer.who
            await self._arrives(who, newcomer.address, email)
            await self._desk.run(self._store.enrolled, who)

    async def _ask(self, place: Place, who: Account) -> Member | None:
        """None: nobody knows now."""
        try:
            member = await self._line.member(place.chat, place.user)
        except Undeliverable:
            return Member()
        except Exception as problem:  # also where there was no answer
            log.info("nobody says who has come: %s", type(problem).__name__)
            return None
        if not is_of_the_company(member, who):
            return Member()
        given = [member.get("email"), member.get("userPrincipalName")]
        believed = given if self._one_tenant else given[1:]  # the sign-in name alone is of a proven domain
        emails = dict.fromkeys(email for email in believed if isinstance(email, str) and email)
        return Member(tuple(emails), str(member.get("name") or ""))

    async def _look_now_and_then(self) -> None:
        while True:
            try:
                await self.go_round()
            except Exception as error:
                log.error("a round was not finished: %s", type(error).__name__)
            await asyncio.sleep(LOOK_FOR_NEW_EVERY.total_seconds())


def is_of_the_company(member: Mapping[str, Any], who: Account) -> bool:
    """A guest has an address that another company gave them, and takes part in nothing here."""
    tenant = str(member.get("tenantId") or who.workspace).lower()
    role = str(member.get("userRole") or "user").lower()
    return tenant == who.workspace and role in OF_THE_COMPANY


def _new_id() -> str:
    return f"profile:{secrets.token_hex(8)}"
