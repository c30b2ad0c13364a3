"""What Cairn needs of an SDK for Teams. Two files know one each; elsewhere an activity is a plain dictionary.

async with BotbuilderPort(app_id, login.token) as port:
    await port.send(chat, {"type": "message", "text": "Hello"})

The wire is the same for both: the activities and the connector's REST interface of the Bot Framework
(https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference).
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

Json = dict[str, Any]
Token = Callable[[], Awaitable[str]]  # our own, for the connector; empty: it asks for none


@dataclass(frozen=True)
class Told:
    """What is answered to one HTTP call of Teams: only an invoke has a body."""

    status: int
    body: Json | None = field(default=None, repr=False)


Take = Callable[[Json], Awaitable[Told]]


@dataclass(frozen=True)
class Chat:
    """Where to write. The service address was on the allow-list when it was kept, and is looked at again."""

    service_url: str
    id: str
    tenant: str = ""
    bot: str = ""  # our own id there, such as "28:…"
    user: str = ""  # theirs, such as "29:…", where the chat is theirs alone


class Refused(Exception):
    """The connector said no: it was not done. `code` is its error code, with the sub-code if there is one."""

    def __init__(self, status: int, code: str = "", retry_after: str | None = None) -> None:
        super().__init__(f"{status} {code}".strip())
        self.status, self.code, self.retry_after = status, code, retry_after


class NotReached(Exception):
    """No connection was made, or there is no token to use: it was not done, and may be done later."""


class Port(Protocol):
    """Each method raises Refused or NotReached. After anything else nobody knows whether it was done."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...

    async def receive(self, activity: Json, claims: Mapping[str, str], take: Take) -> Told:
        """Pass on what came in, already checked, as one turn of the SDK; what `take` tells is the answer."""

    async def open_chat(self, service_url: str, tenant: str, user: str) -> str:
        """The id of the chat in which this person and the bot are alone. They must have installed it."""

    async def send(self, chat: Chat, activity: Json, *, only_to: str = "") -> str:
        """The new message's id. `only_to`: in a shared chat, the one person who is to see it (targeted)."""

    async def change(self, chat: Chat, message: str, activity: Json) -> None:
        """Put something else in the place of a message of ours."""

    async def member(self, chat: Chat, user: str) -> Json:
        """Who somebody in a chat is: name, email, userPrincipalName, aadObjectId, tenantId, userRole."""

    async def members(self, chat: Chat) -> Sequence[Json]:
        """All of them, page after page."""
