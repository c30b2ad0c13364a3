"""Teams by botbuilder 4.17.1, its last release. Nothing else knows it.

It runs the turns and knows the connector's addresses. What is wrong with it stays outside: who somebody is
was checked before, our dictionaries go over the wire as they are, and one aiohttp client sends them.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

# None of them says its types.
from botbuilder.core import TurnContext  # type: ignore[import-untyped]
from botbuilder.core.cloud_adapter_base import CloudAdapterBase  # type: ignore[import-untyped]
from botbuilder.core.invoke_response import InvokeResponse  # type: ignore[import-untyped]
from botbuilder.schema import Activity, ChannelAccount, ConversationAccount  # type: ignore[import-untyped]
from botframework.connector.aio import ConnectorClient  # type: ignore[import-untyped]
from botframework.connector.aio.operations_async import ConversationsOperations  # type: ignore[import-untyped]
from botframework.connector.auth import (  # type: ignore[import-untyped]
    AuthenticateRequestResult,
    BotFrameworkAuthentication,
    ClaimsIdentity,
)
from botframework.connector.auth.connector_factory import ConnectorFactory  # type: ignore[import-untyped]
from botframework.connector.bot_framework_sdk_client_async import (  # type: ignore[import-untyped]
    BotFrameworkConnectorConfiguration,
)
from msrest import Serializer
from msrest.pipeline import Request, Response
from msrest.pipeline.aiohttp import AioHTTPSender
from msrest.pipeline.async_abc import AsyncPipeline
from msrest.universal_http.aiohttp import AioHttpClientResponse
from yarl import URL

from adapters.teams import wire
from adapters.teams.port import Chat, Json, NotReached, Refused, Take, Token, Told
from adapters.teams.wire import Lost, Wire

log = logging.getLogger(__name__)

DONE = "done"  # where the parsed answer lies on its way through msrest


class BotbuilderPort:
    def __init__(self, app_id: str, token: Token, takes: Callable[[str], bool]) -> None:
        self._app_id = app_id
        self._wire = Wire(token, takes)
        self._clients: dict[str, Any] = {}
        self._connectors = _Connectors(self)
        self._adapter = CloudAdapterBase(_Verified(self._connectors))

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
            who = self._identity(claims)
            answer = await self._adapter.process_activity(who, _model(wire.outline(activity)), turn)
        except Exception as error:
            log.error("botbuilder did not run a turn: %s", type(error).__name__)
            return Told(500)
        return Told(answer.status, told.body) if answer else Told(told.status)

    async def open_chat(self, service_url: str, tenant: str, user: str) -> str:
        asked = wire.opening(self._app_id, tenant, user)
        return wire.id_of_chat(await self._ask(service_url, "create_conversation", asked))

    async def send(self, chat: Chat, activity: Json, *, only_to: str = "") -> str:
        more = {"query": wire.TARGETED} if only_to else {}
        said = wire.addressed(chat, activity, only_to)
        return wire.id_of(await self._ask(chat.service_url, "send_to_conversation", chat.id, said, **more))

    async def change(self, chat: Chat, message: str, activity: Json) -> None:
        said = wire.addressed(chat, activity)
        await self._ask(chat.service_url, "update_activity", chat.id, message, said)

    async def member(self, chat: Chat, user: str) -> Json:
        return await self._ask(chat.service_url, "get_conversation_member", chat.id, user)

    async def members(self, chat: Chat) -> Sequence[Json]:
        async def page(token: str | None) -> Json:
            return await self._ask(
                chat.service_url, "get_conversation_paged_members", chat.id, continuation_token=token
            )

        return await wire.every_page(page)

    async def _ask(self, service_url: str, operation: str, *of: Any, **more: Any) -> Json:
        """One of the SDK's operations. Whatever it stumbles over itself, nobody knows what was done."""
        operations = self.client(service_url).conversations
        try:
            answer: Json = await getattr(operations, operation)(*of, **more)
        except (Refused, NotReached, Lost):
            raise
        except Exception as error:
            raise Lost(type(error).__name__) from None
        return answer

    def client(self, service_url: str) -> Any:
        """Kept: making one costs msrest 3 ms, in which it lists 999 numbers twice."""
        session = self._wire.session(service_url)
        if service_url not in self._clients:
            self._clients[service_url] = _client(service_url, _Sender(session))
        return self._clients[service_url]

    def _identity(self, claims: Mapping[str, str]) -> AuthenticateRequestResult:
        result = AuthenticateRequestResult()
        result.claims_identity = ClaimsIdentity(dict(claims), is_authenticated=True)
        result.connector_factory = self._connectors
        return result


class _Connectors(ConnectorFactory):  # type: ignore[misc]  # untyped
    def __init__(self, port: BotbuilderPort) -> None:
        self._port = port

    async def create(self, service_url: str, audience: str | None = None) -> Any:
        return self._port.client(service_url)


class _Verified(BotFrameworkAuthentication):  # type: ignore[misc]  # untyped
    """Who it is was found out before; botbuilder asks nobody."""

    def __init__(self, connectors: _Connectors) -> None:
        self._connectors = connectors

    async def authenticate_request(self, activity: Any, auth_header: str) -> Any:
        raise PermissionError

    async def authenticate_streaming_request(self, auth_header: str, channel_id_header: str) -> Any:
        raise PermissionError

    def create_connector_factory(self, claims_identity: Any) -> Any:
        return self._connectors

    async def create_user_token_client(self, claims_identity: Any) -> Any:
        return None  # nobody logs in anywhere through us


class _Sender(AioHTTPSender):
    """msrest's default is `requests` in the threads of everybody, which tries again by itself."""

    def __init__(self, session: Any) -> None:
        self._session = session  # not super(): that opens one of its own

    async def send(self, request: Request[Any], **config: Any) -> Response[Any, Any]:
        asked = request.http_request
        url = URL(asked.url, encoded=True)
        if "query" in config:
            url = url.update_query(config["query"])
        answer = await self._session.request(asked.method, url, headers=asked.headers, data=asked.data)
        body = wire.read(await answer.read())
        return Response(request, AioHttpClientResponse(asked, answer), {DONE: body})


class _AsItIs(Serializer):
    """Its models lose tenantId, and whatever they do not know."""

    def body(self, data: Any, data_type: str, **_: Any) -> Any:
        return data

    def url(self, name: str, data: Any, data_type: str, **_: Any) -> str:
        return wire.in_path(data)


def _answer(_: str, response: Any) -> Any:
    return response.context[DONE]


def _client(service_url: str, sender: _Sender) -> Any:
    def pipeline(config: Any) -> AsyncPipeline[Any, Any]:
        return AsyncPipeline([config.user_agent_policy], sender)

    config = BotFrameworkConnectorConfiguration(
        credentials="ours", base_url=service_url, pipeline_type=pipeline
    )
    as_it_is = _AsItIs()  # type: ignore[no-untyped-call]
    client = ConnectorClient(None, custom_configuration=config)
    client.conversations = ConversationsOperations(client._client, config, as_it_is, _answer)
    return client


def _model(known: Json) -> Activity:
    def whose(kind: Any, name: str) -> Any:
        return kind(id=known[name]["id"]) if name in known else kind()

    return Activity(
        type=known["type"],
        id=known.get("id"),
        name=known.get("name"),
        service_url=known.get("serviceUrl"),
        channel_id=known.get("channelId"),
        from_property=whose(ChannelAccount, "from"),
        recipient=whose(ChannelAccount, "recipient"),
        conversation=whose(ConversationAccount, "conversation"),
    )
