"""Installing by OAuth: Bolt's own flow on our stores, against an independent emulator of Slack."""

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import pytest
from emulate import emulate
from httpx2 import ASGITransport, AsyncClient, Response
from slack_bolt import BoltResponse
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import Engine, func, select, text

from adapters.slack.installations import NotWelcome, OAuthInstallations, OAuthStates
from adapters.slack.manifest import OPTIONAL, REQUIRED
from adapters.slack.pages import HEADERS, installed_page, refused_page
from adapters.slack.settings import SlackSettings
from adapters.slack.token_store import TokenStore
from bot.database import sessions

T = TypeVar("T")
SECRET = "0123456789abcdef0123456789abcdef"
HERE = "https://cairn.example.com"
TEAM = "T000000001"  # the only one that the emulator has


@pytest.fixture(scope="session")
def slack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with emulate(tmp_path_factory.mktemp("emulate"), SECRET, f"{HERE}/slack/oauth_redirect") as url:
        yield url


@pytest.fixture
def settings(slack: str) -> SlackSettings:
    return SlackSettings(
        mode="oauth",
        api_url=f"{slack}/api/",
        public_url=HERE,
        workspaces=frozenset({TEAM}),
        client_id="12345.67890",
        client_secret=SECRET,
        signing_secret=SECRET,
    )


async def run(function: Callable[..., T], *args: object) -> T:
    return function(*args)


class Flow(AsyncOAuthFlow):
    async def store_installation(self, request: AsyncBoltRequest, installation: Installation) -> None:
        try:
            await super().store_installation(request, installation)
        except NotWelcome:
            raise BoltError("not_welcome") from None


async def succeeded(args: AsyncSuccessArgs) -> BoltResponse:
    return BoltResponse(status=200, body=installed_page(), headers=dict(HEADERS))


async def failed(args: AsyncFailureArgs) -> BoltResponse:
    reason = str(args.error) if isinstance(args.error, BoltError) else args.reason
    return BoltResponse(status=args.suggested_status_code, body=refused_page(reason), headers=dict(HEADERS))


class Cairn:
    """A server as it stands on the internet, and browsers to visit it with."""

    def __init__(self, settings: SlackSettings, engine: Engine) -> None:
        self.now = datetime.now(UTC)
        self.client = AsyncWebClient(base_url=settings.api_url)
        store = TokenStore(sessions(engine), lambda: self.now)
        self.installations = OAuthInstallations(settings, self.client, run, store, lambda: self.now)
        self.heard: list[str] = []
        flow = Flow(
            client=self.client,
            settings=AsyncOAuthSettings(
                client_id=settings.client_id,
                client_secret=settings.client_secret,
                scopes=[*REQUIRED, *OPTIONAL],
                user_scopes=[],
                redirect_uri=settings.redirect_url,
                authorization_url=settings.authorize_url,
                install_page_rendering_enabled=False,
                installation_store=self.installations,
                state_store=OAuthStates(run, store),
                callback_options=AsyncCallbackOptions(success=succeeded, failure=failed),
            ),
        )
        app = AsyncApp(
            client=self.client,
            signing_secret=settings.signing_secret,
            oauth_flow=flow,
            process_before_response=True,
        )
        app.event("app_home_opened")(self._hear)
        self._handler: Any = AsyncSlackRequestHandler(app)

    async def _hear(self, context: dict[str, Any]) -> None:
        self.heard.append(context["team_id"])

    def browser(self, **headers: str) -> AsyncClient:
        return AsyncClient(transport=ASGITransport(app=self._handler), base_url=HERE, headers=headers)


@pytest.fixture
def cairn(settings: SlackSettings, engine: Engine) -> Cairn:
    return Cairn(settings, engine)


async def begin(browser: AsyncClient) -> str:
    """Where the browser is sent to: the page on which Slack asks whether that is meant."""
    answer = await browser.get("/slack/install")
    assert answer.status_code == 302
    return str(answer.headers["Location"])


async def agree(page: str) -> str:
    """Ana says yes there. Returns where Slack sends the browser then."""
    async with AsyncClient(trust_env=False) as at_slack:
        shown = (await at_slack.get(page)).text
        inputs = re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', shown.split("</form>")[0])
        assert inputs, shown
        fields = {name: unescape(value) for name, value in inputs}
        base = "{0.scheme}://{0.netloc}".format(urlsplit(page))
        agreed = await at_slack.post(f"{base}/oauth/v2/authorize/callback", data=fields)
    return str(agreed.headers["Location"])


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def kept(engine: Engine) -> int:
    with engine.connect() as db:
        rows = db.scalar(select(func.count()).select_from(text("slack_installations")))
    return int(rows or 0)


def refused(answer: Response, part: str) -> None:
    assert part in answer.text
    assert "<script" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


# Well


async def test_an_installation_from_end_to_end(cairn: Cairn, engine: Engine) -> None:
    async with cairn.browser() as browser:
        back = await agree(await begin(browser))
        shown = await browser.get(back)

    found = await cairn.installations.installation(TEAM)
    assert shown.status_code == 200
    assert "Cairn is installed" in shown.text
    assert found
    assert found.app_id == "A000000001"
    assert found.scopes == {*REQUIRED, *OPTIONAL}
    assert (await cairn.client.auth_test(token=found.token))["user_id"] == found.bot_user
    with engine.connect() as db:
        sealed = db.scalar(text("SELECT token_sealed FROM slack_installations"))
    assert found.token.encode() not in bytes(sealed)


async def test_exactly_our_scopes_are_asked_for(cairn: Cairn) -> None:
    async with cairn.browser() as browser:
        asked = query(await begin(browser))

    assert set(asked["scope"].split(",")) == {*REQUIRED, *OPTIONAL}
    assert "user_scope" not in asked


async def test_a_token_with_fewer_scopes_is_told_what_is_missing(cairn: Cairn) -> None:
    """An optional scope that was not granted: Slack says so, and names it."""
    async with cairn.browser() as browser:
        page = await begin(browser)
        await browser.get(await agree(page.replace("chat:write", "team:read")))

    found = await cairn.installations.installation(TEAM)
    assert found
    with pytest.raises(SlackApiError) as told:
        await cairn.client.chat_postMessage(token=found.token, channel="C000000001", text="Hello")
    assert told.value.response["error"] == "missing_scope"
    assert told.value.response["needed"] == "chat:write"


# Attacks


async def event(cairn: Cairn, team: str) -> Response:
    body = json.dumps(
        {
            "type": "event_callback",
            "team_id": team,
            "api_app_id": "A000000001",
            "event_id": "Ev01",
            "event": {"type": "app_home_opened", "user": "U01", "tab": "home"},
            "authorizations": [{"team_id": team, "user_id": "U02", "is_bot": True}],
        }
    )
    at = str(int(time.time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=at, body=body)
    headers = {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": str(signature)}
    async with cairn.browser(**headers) as caller:
        return await caller.post("/slack/events", content=body, headers={"Content-Type": "application/json"})


async def test_a20_an_event_from_a_workspace_that_never_installed_does_nothing(
    cairn: Cairn, engine: Engine
) -> None:
    answer = await event(cairn, "T0STRANGER")

    assert answer.status_code == 200
    assert cairn.heard == []
    assert kept(engine) == 0


async def test_a20_nor_does_one_from_a_workspace_that_took_the_bot_out(cairn: Cairn) -> None:
    async with cairn.browser() as browser:
        await browser.get(await agree(await begin(browser)))
    await event(cairn, TEAM)
    await cairn.installations.gone(TEAM, cairn.now)

    answer = await event(cairn, TEAM)

    assert answer.status_code == 200
    assert cairn.heard == [TEAM]


@pytest.mark.parametrize(
    "lies",
    [
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example"},
        {"Forwarded": "host=evil.example"},
        {"X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example", "X-Original-Host": "evil.example"},
    ],
)
async def test_a21_what_a_request_says_of_its_host_is_not_believed(
    cairn: Cairn, lies: dict[str, str]
) -> None:
    async with cairn.browser(**lies) as browser:
        asked = await begin(browser)

    assert query(asked)["redirect_uri"] == f"{HERE}/slack/oauth_redirect"
    assert "evil" not in asked


async def test_a21_slack_itself_refuses_another_address(settings: SlackSettings, engine: Engine) -> None:
    elsewhere = Cairn(replace(settings, public_url="https://evil.example"), engine)
    async with elsewhere.browser() as browser:
        page = await begin(browser)
    async with AsyncClient(trust_env=False) as at_slack:
        answer = await at_slack.get(page)

    assert answer.status_code == 400


async def test_a22_without_a_state_nothing_is_stored(cairn: Cairn, engine: Engine) -> None:
    async with cairn.browser() as browser:
        back = await agree(await begin(browser))
        answer = await browser.get(f"/slack/oauth_redirect?code={query(back)['code']}")

    refused(answer, "begin again")
    assert kept(engine) == 0


async def test_a22_a_made_up_state_is_refused_even_with_its_cookie(cairn: Cairn, engine: Engine) -> None:
    async with cairn.browser() as browser:
        code = query(await agree(await begin(browser)))["code"]
    async with cairn.browser(Cookie="slack-app-oauth-state=made-up") as forger:
        answer = await forger.get(f"/slack/oauth_redirect?code={code}&state=made-up")

    assert answer.status_code == 401
    refused(answer, "begin again")
    assert kept(engine) == 0


async def test_a22_a_state_from_another_browser_is_refused(cairn: Cairn, engine: Engine) -> None:
    async with cairn.browser() as browser, cairn.browser() as other:
        back = await agree(await begin(browser))
        await begin(other)
        answer = await other.get(back)

    assert answer.status_code == 400
    refused(answer, "browser in which it began")
    assert kept(engine) == 0


async def test_a22_a_state_is_too_old_after_ten_minutes(cairn: Cairn, engine: Engine) -> None:
    async with cairn.browser() as browser:
        back = await agree(await begin(browser))
        cairn.now += timedelta(minutes=10)
        answer = await browser.get(back)

    assert answer.status_code == 401
    assert kept(engine) == 0


async def test_a22_a_state_is_used_once(cairn: Cairn, engine: Engine) -> None:
    async with cairn.browser() as browser:
        page = await begin(browser)
        back, again = await agree(page), await agree(page)
        cookie = f"slack-app-oauth-state={query(back)['state']}"
        first = await browser.get(back)
    async with cairn.browser(Cookie=cookie) as browser:
        second = await browser.get(again)

    assert (first.status_code, second.status_code) == (200, 401)
    assert kept(engine) == 1


async def test_a23_somebody_says_no(cairn: Cairn, engine: Engine) -> None:
    async with cairn.browser() as browser:
        await begin(browser)
        answer = await browser.get("/slack/oauth_redirect?error=access_denied&state=x")

    assert answer.status_code == 200
    refused(answer, "Nothing was installed")
    assert kept(engine) == 0


async def test_a23_an_error_is_not_repeated_on_the_page(cairn: Cairn) -> None:
    async with cairn.browser() as browser:
        answer = await browser.get("/slack/oauth_redirect?error=<script>alert(1)</script>")

    refused(answer, "That did not work")
    assert "alert" not in answer.text


@pytest.mark.parametrize("code", ["", "&code=made-up"])
async def test_a23_a_code_that_slack_did_not_give_is_refused(cairn: Cairn, engine: Engine, code: str) -> None:
    async with cairn.browser() as browser:
        state = query(await begin(browser))["state"]
        answer = await browser.get(f"/slack/oauth_redirect?state={state}{code}")

    assert answer.status_code == 401
    refused(answer, "That did not work")
    assert kept(engine) == 0


async def test_a23_the_code_of_a_workspace_that_is_not_on_the_list(
    settings: SlackSettings, engine: Engine
) -> None:
    cairn = Cairn(replace(settings, workspaces=frozenset({"T0OTHER"})), engine)
    async with cairn.browser() as browser:
        answer = await browser.get(await agree(await begin(browser)))

    refused(answer, "not on the list")
    assert kept(engine) == 0
