"""Teams by the Microsoft 365 Agents SDK, which Microsoft supports. Nothing else knows it.

It runs the turns and brings the connector's client. Its looser defaults stay outside: who somebody is and
where we send were checked before, and our dictionaries go over the wire as they are.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

from yarl import URL

from adapters.remedy import MendFirst
from adapters.teams import wire
from adapters.teams.port import Chat, Json, NotReached, Refused, Take, Token, Told
from adapters.teams.wire import Lost, Wire, in_path

try:
    from microsoft_agents.activity import Activity, InvokeResponse
    from microsoft_agents.hosting.core import ChannelServiceAdapter, ClaimsIdentity, TurnContext
    from microsoft_agents.hosting.core.connector.teams import TeamsConnectorClient
except ModuleNotFoundError:
    raise MendFirst(
        "TEAMS_SDK=agents needs the extra `agents`, which is not installed.",
        "Run `pip install --require-hashes -r requirements-agents.txt`, or leave TEAMS_SDK out.",
    ) from None

log = logging.getLogger(__name__)

ACTIVITIES = "v3/conversations/{}/activities"


class AgentsPort:
    def __init__(self, app_id: str, token: Token, takes: Callable[[str], bool]) -> None:
        self._app_id = app_id
        self._wire = Wire(token, takes)
        self._clients: dict[str, _Client] = {}
        self._adapter = _Adapter(_Factory(self))

    async def __aenter__(self) -> Self:
        await self._wire.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._clients.clear()
        await self._wire.__aexit__()

    async def receive(self, activity: Json, claims: Mapping[str, str], take: Take) -> Told:
        self._wire.mind(str(activity.get("serviceUrl") or ""))
        told = Told(500)

        async def turn(context: TurnContext) -> None:
            nonlocal told
            told = await wire.taken(take, activity)
            if context.activity.type == "invoke":
                body = InvokeResponse(status=told.status, body=told.body)
                await self._adapter.send_activities(context, [Activity(type="invokeResponse", value=body)])

        try:
            who = ClaimsIdentity(dict(claims), "Bearer")
            known = Activity.model_validate(wire.outline(activity))
            answer = await self._adapter.process_activity(who, known, turn)
        except Exception as error:
            log.error("the Agents SDK did not run a turn: %s", type(error).__name__)
            return Told(500)
        return Told(answer.status, told.body) if answer else Told(told.status)

    async def open_chat(self, service_url: str, tenant: str, user: str) -> str:
        asked = wire.opening(self._app_id, tenant, user)
        return wire.id_of_chat(await self._ask(service_url, "POST", "v3/conversations", json=asked))

    async def send(self, chat: Chat, activity: Json, *, only_to: str = "") -> str:
        said = wire.addressed(chat, activity, only_to)
        query = wire.TARGETED if only_to else None
        place = ACTIVITIES.format(in_path(chat.id))
        return wire.id_of(await self._ask(chat.service_url, "POST", place, json=said, params=query))

    async def change(self, chat: Chat, message: str, activity: Json) -> None:
        place = f"{ACTIVITIES.format(in_path(chat.id))}/{in_path(message)}"
        await self._ask(chat.service_url, "PUT", place, json=wire.addressed(chat, activity))

    async def member(self, chat: Chat, user: str) -> Json:
        place = f"v3/conversations/{in_path(chat.id)}/members/{in_path(user)}"
        return await self._ask(chat.service_url, "GET", place)

    async def members(self, chat: Chat) -> Sequence[Json]:
        async def page(token: str | None) -> Json:
            query = {"continuationToken": token} if token else None
            place = f"v3/conversations/{in_path(chat.id)}/pagedmembers"
            return await self._ask(chat.service_url, "GET", place, params=query)

        return await wire.every_page(page)

    async def _ask(self, service_url: str, method: str, path: str, **more: Any) -> Json:
        """By the client's session: its operations cut long ids off, its models lose what they do not know."""
        session = self.client(service_url).client
        try:
            async with session.request(method, URL(path, encoded=True), **more) as response:
                return wire.read(await response.read())
        except (Refused, NotReached, Lost):
            raise
        except Exception as error:
            raise Lost(type(error).__name__) from None

    def client(self, service_url: str) -> "_Client":
        session = self._wire.session(service_url)
        if service_url not in self._clients:
            self._clients[service_url] = _Client(service_url, "", session=session)
        return self._clients[service_url]


class _Client(TeamsConnectorClient):
    async def close(self) -> None:
        """The SDK closes it after every turn. We keep it."""


class _Nobody:
    """In the place of a client for people's own tokens: nobody logs in anywhere through us."""

    async def close(self) -> None: ...


class _Factory:
    def __init__(self, port: AgentsPort) -> None:
        self._port = port

    async def create_connector_client(
        self, context: Any, claims_identity: Any, service_url: str, *_: Any, **__: Any
    ) -> Any:
        return self._port.client(service_url)

    async def create_user_token_client(self, *_: Any, **__: Any) -> Any:
        return _Nobody()


class _Adapter(ChannelServiceAdapter):
    pass
