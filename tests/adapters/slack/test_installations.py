"""Installations: tokens are sealed, renewed once, and gone when the bot is."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any, TypeVar

import pytest
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import Engine, select, text
from token_office import WHO, TokenOffice, token_office

from adapters.remedy import MendFirst
from adapters.slack import installations as module
from adapters.slack.installations import NotWelcome, OAuthInstallations, OneWorkspace
from adapters.slack.manifest import OPTIONAL, REQUIRED
from adapters.slack.settings import SlackSettings
from adapters.slack.token_store import MOST_STATES, Installed, TokenStore
from bot.database import sessions

T = TypeVar("T")
SWAP = """
UPDATE slack_installations SET token_sealed =
    (SELECT token_sealed FROM slack_installations WHERE workspace = 'T01') WHERE workspace = 'T02'
"""
NOON = datetime(2026, 2, 3, 12, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **time: float) -> None:
        self.at += timedelta(**time)


async def run(function: Callable[..., T], *args: object) -> T:
    """As another process might: at the same time as others."""
    return await asyncio.to_thread(function, *args)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slack() -> Iterator[TokenOffice]:
    with token_office() as slack:
        yield slack


@pytest.fixture
def process(engine: Engine, clock: Clock, slack: TokenOffice) -> Callable[[], OAuthInstallations]:
    """Each call is a process of its own, on the same database."""
    settings = SlackSettings(
        mode="oauth", workspaces=frozenset({"T01", "E01"}), client_id="1.2", client_secret="geheim"
    )

    def start() -> OAuthInstallations:
        client = AsyncWebClient(base_url=f"{slack.url}/api/")
        return OAuthInstallations(settings, client, run, TokenStore(sessions(engine), clock), clock)

    return start


@pytest.fixture
def ours(process: Callable[[], OAuthInstallations]) -> OAuthInstallations:
    return process()


@pytest.fixture
def store(engine: Engine, clock: Clock) -> TokenStore:
    return TokenStore(sessions(engine), clock)


def brought(**more: Any) -> Installation:
    """What an installation brings from Slack."""
    given: dict[str, Any] = {
        "app_id": "A01",
        "team_id": "T01",
        "bot_token": "xoxb-geheim",
        "bot_id": "B01",
        "bot_user_id": "U0CAIRN",
        "bot_scopes": "chat:write,im:write",
        "user_id": "U0ADMIN",
    }
    return Installation(**{**given, **more})


def rotating(until: datetime) -> Installation:
    return brought(
        bot_token="xoxe.xoxb-1", bot_refresh_token="xoxe-1", bot_token_expires_at=int(until.timestamp())
    )


def raw(engine: Engine, what: str = "*") -> list[tuple[Any, ...]]:
    with engine.connect() as db:
        return [tuple(row) for row in db.execute(select(text(what)).select_from(text("slack_installations")))]


def written(engine: Engine) -> bytes:
    return b"".join(
        bytes(it) if isinstance(it, bytes | memoryview) else str(it).encode() for it in raw(engine)[0]
    )


# Keeping


async def test_what_was_installed_is_found_under_its_workspace(ours: OAuthInstallations) -> None:
    await ours.async_save(brought())

    found = await ours.installation("T01")

    assert found == Installed(
        workspace="T01",
        enterprise="",
        token="xoxb-geheim",
        bot_user="U0CAIRN",
        bot_id="B01",
        app_id="A01",
        scopes=frozenset({"chat:write", "im:write"}),
        is_enterprise_install=False,
    )
    assert "geheim" not in repr(found)
    assert await ours.installation("T02") is None


async def test_tokens_are_sealed_and_those_of_people_not_kept(
    ours: OAuthInstallations, engine: Engine
) -> None:
    await ours.async_save(brought(bot_refresh_token="xoxe-geheim", user_token="xoxp-geheim"))

    assert b"geheim" not in written(engine)
    assert b"xox" not in written(engine)
    assert b"U0ADMIN" not in written(engine)


async def test_a_sealed_token_opens_in_its_own_row_only(
    process: Callable[[], OAuthInstallations], engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    await process().async_save(brought())
    await process().async_save(brought(team_id="T02", enterprise_id="E01", bot_token="xoxb-other"))
    with engine.begin() as db:
        db.execute(text(SWAP))

    assert await process().installation("T02") is None
    assert "T02" in caplog.text


async def test_an_organisation_is_one_workspace(ours: OAuthInstallations) -> None:
    await ours.async_save(
        brought(
            team_id=None,
            enterprise_id="E01",
            is_enterprise_install=True,
            enterprise_url="https://org.enterprise.slack.com/",
        )
    )

    found = await ours.installation("E01")
    for_bolt = await ours.async_find_installation(
        enterprise_id="E01", team_id="T77", is_enterprise_install=True
    )

    assert found
    assert found.is_enterprise_install
    assert found.url == "https://org.enterprise.slack.com/"
    assert for_bolt
    assert for_bolt.bot_token == "xoxb-geheim"


async def test_installing_anew_replaces_the_token(ours: OAuthInstallations, engine: Engine) -> None:
    await ours.async_save(brought())
    await ours.async_save(brought(bot_token="xoxb-second"))

    found = await ours.installation("T01")

    assert found
    assert found.token == "xoxb-second"
    assert len(raw(engine)) == 1


# Who may install


@pytest.mark.parametrize(
    "stranger",
    [
        brought(team_id="T02"),
        brought(team_id="T02", enterprise_id="E02"),
        brought(team_id="T01", enterprise_id="E02", is_enterprise_install=True),
        brought(team_id=None),
    ],
)
async def test_a23_nobody_who_is_not_on_the_list_is_kept(
    ours: OAuthInstallations, engine: Engine, slack: TokenOffice, stranger: Installation
) -> None:
    with pytest.raises(NotWelcome):
        await ours.async_save(stranger)

    assert raw(engine) == []
    assert slack.asked == ["auth.revoke"]


async def test_a_workspace_of_an_organisation_on_the_list_may(ours: OAuthInstallations) -> None:
    await ours.async_save(brought(team_id="T02", enterprise_id="E01"))

    assert await ours.installation("T02")


async def test_an_installation_without_a_bot_is_none(ours: OAuthInstallations, engine: Engine) -> None:
    with pytest.raises(NotWelcome):
        await ours.async_save(brought(bot_token=None))

    assert raw(engine) == []


# Going


async def test_taken_out_its_tokens_are_gone_and_the_moment_stays(
    ours: OAuthInstallations, engine: Engine, clock: Clock
) -> None:
    await ours.async_save(brought(bot_refresh_token="xoxe-1"))
    clock.forward(days=1)

    news = [await ours.gone("T01", clock.at) for _ in range(2)]

    assert news == [True, False]
    assert await ours.installation("T01") is None
    [(token, refresh, gone_at)] = raw(engine, "token_sealed, refresh_sealed, gone_at")
    assert (token, refresh) == (None, None)
    assert gone_at is not None


async def test_bolts_own_way_of_saying_so(ours: OAuthInstallations) -> None:
    await ours.async_save(brought())

    await ours.async_delete_installation(enterprise_id=None, team_id="T01", user_id="U0ADMIN")
    assert await ours.installation("T01")

    await ours.async_delete_all(enterprise_id=None, team_id="T01")
    assert await ours.installation("T01") is None


async def test_a_workspace_that_goes_leaves_its_organisation_alone(ours: OAuthInstallations) -> None:
    await ours.async_save(brought(team_id=None, enterprise_id="E01", is_enterprise_install=True))
    await ours.async_save(brought(team_id="T01", enterprise_id="E01"))

    for _ in range(2):  # tokens_revoked and app_uninstalled come in any order
        await ours.async_delete_all(enterprise_id="E01", team_id="T01")
    assert await ours.installation("E01")

    await ours.async_delete_all(enterprise_id="E01", team_id="T99")
    assert await ours.installation("E01") is None


async def test_it_may_come_back(ours: OAuthInstallations, engine: Engine, clock: Clock) -> None:
    await ours.async_save(brought())
    await ours.gone("T01", clock.at)
    clock.forward(hours=1)
    await ours.async_save(brought(bot_token="xoxb-second"))

    found = await ours.installation("T01")

    assert found
    assert found.token == "xoxb-second"
    assert raw(engine, "gone_at") == [(None,)]


async def test_late_news_of_an_earlier_end_takes_nothing_away(ours: OAuthInstallations, clock: Clock) -> None:
    left = clock.at
    clock.forward(minutes=1)
    await ours.async_save(brought())

    assert not await ours.gone("T01", left)
    assert await ours.installation("T01")


async def test_another_process_hears_of_it_within_a_minute(
    process: Callable[[], OAuthInstallations], clock: Clock
) -> None:
    one, other = process(), process()
    await one.async_save(brought())
    assert await other.installation("T01")

    await one.gone("T01", clock.at)
    clock.forward(seconds=59)

    assert await other.installation("T01") is None


async def test_what_is_known_is_not_read_again(
    ours: OAuthInstallations, engine: Engine, clock: Clock
) -> None:
    await ours.async_save(brought())
    await ours.installation("T01")
    with engine.begin() as db:
        db.execute(text("DELETE FROM slack_installations"))

    assert await ours.installation("T01")
    clock.forward(minutes=1)
    assert await ours.installation("T01") is None


# Rotation


async def test_two_processes_do_not_burn_the_refresh_token(
    process: Callable[[], OAuthInstallations], slack: TokenOffice, clock: Clock
) -> None:
    one, other = process(), process()
    await one.async_save(rotating(NOON + timedelta(hours=12)))
    clock.forward(hours=11)

    await asyncio.gather(*(it.installation("T01") for it in (one, other) for _ in range(5)))

    assert slack.asked == ["oauth.v2.access"]
    for it in (one, other):
        clock.forward(minutes=1)
        found = await it.installation("T01")
        assert found
        assert found.token == "xoxe.xoxb-2"


async def test_where_the_old_token_has_run_out_whoever_comes_second_waits_for_the_new(
    process: Callable[[], OAuthInstallations],
    slack: TokenOffice,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LOOK_AGAIN", timedelta(milliseconds=50))
    one, other = process(), process()
    await one.async_save(rotating(NOON + timedelta(hours=12)))
    clock.forward(days=3)

    found = await asyncio.gather(*(it.installation("T01") for it in (one, other) for _ in range(5)))

    assert slack.asked == ["oauth.v2.access"]
    assert {it.token for it in found if it} == {"xoxe.xoxb-2"}


async def test_of_many_who_claim_it_at_the_same_moment_one_gets_it(
    store: TokenStore, ours: OAuthInstallations, clock: Clock
) -> None:
    for _ in range(10):
        await ours.async_save(rotating(clock.at + timedelta(hours=1)))
        ready = Barrier(4)

        def claim(ready: Barrier = ready) -> bool:
            ready.wait()
            return store.claim("T01") is not None

        claimed = await asyncio.gather(*(asyncio.to_thread(claim) for _ in range(4)))

        assert sorted(claimed) == [False, False, False, True]


async def test_a_fresh_token_is_left_alone(
    ours: OAuthInstallations, slack: TokenOffice, clock: Clock
) -> None:
    await ours.async_save(rotating(NOON + timedelta(hours=12)))
    clock.forward(hours=9)

    assert await ours.installation("T01")
    assert slack.asked == []


async def test_rotation_goes_on_day_after_day(
    ours: OAuthInstallations, slack: TokenOffice, clock: Clock
) -> None:
    await ours.async_save(rotating(NOON + timedelta(hours=12)))
    for _ in range(3):
        clock.forward(hours=11)
        found = await ours.installation("T01")

    assert found
    assert found.token == "xoxe.xoxb-4"


async def test_a_failed_exchange_leaves_the_old_token_and_is_tried_again(
    ours: OAuthInstallations, slack: TokenOffice, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    await ours.async_save(rotating(NOON + timedelta(hours=12)))
    slack.refuses("oauth.v2.access", "internal_error")
    clock.forward(hours=11)

    old = await ours.installation("T01")
    del slack.answers["oauth.v2.access"]
    clock.forward(minutes=2)
    new = await ours.installation("T01")

    assert old
    assert new
    assert (old.token, new.token) == ("xoxe.xoxb-1", "xoxe.xoxb-2")
    assert "internal_error" in caplog.text
    assert "xoxe" not in caplog.text


async def test_whoever_stops_waiting_does_not_lose_the_new_token(
    ours: OAuthInstallations, slack: TokenOffice, clock: Clock
) -> None:
    await ours.async_save(rotating(NOON + timedelta(hours=12)))
    clock.forward(hours=11)
    impatient = asyncio.create_task(ours.installation("T01"))
    while not ours._renewals:
        await asyncio.sleep(0)
    impatient.cancel()

    found = await ours.installation("T01")

    assert found
    assert found.token == "xoxe.xoxb-2"
    assert slack.asked == ["oauth.v2.access"]


async def test_a_new_token_is_not_lost_when_the_database_is_away_for_a_moment(
    ours: OAuthInstallations, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WRITE_AGAIN", (0.0, 0.0))
    await ours.async_save(rotating(NOON + timedelta(hours=12)))
    clock.forward(hours=11)
    renew, away = ours._store.renew, [OSError("the disk is full"), OSError("the disk is full")]

    def renew_later(*given: Any) -> None:
        if away:
            raise away.pop()
        renew(*given)

    monkeypatch.setattr(ours._store, "renew", renew_later)

    found = await ours.installation("T01")

    assert found
    assert found.token == "xoxe.xoxb-2"


async def test_what_is_under_way_is_finished_before_the_writer_goes(
    ours: OAuthInstallations, clock: Clock, store: TokenStore
) -> None:
    await ours.async_save(rotating(NOON + timedelta(hours=12)))
    clock.forward(hours=11)
    impatient = asyncio.create_task(ours.installation("T01"))
    while not ours._renewals:
        await asyncio.sleep(0)
    impatient.cancel()

    await ours.finish()

    kept = store.read("T01")
    assert kept
    assert kept.refresh == "xoxe-2"


async def test_what_was_taken_out_meanwhile_is_not_given_a_token_again(
    store: TokenStore, ours: OAuthInstallations, clock: Clock, engine: Engine
) -> None:
    await ours.async_save(rotating(NOON + timedelta(hours=12)))
    clock.forward(hours=11)
    assert store.claim("T01")
    store.forget("T01", clock.at)

    store.renew("T01", "xoxe.xoxb-2", "xoxe-2", timedelta(hours=12))

    assert raw(engine, "token_sealed") == [(None,)]


async def test_bolt_is_shown_no_refresh_token(ours: OAuthInstallations, clock: Clock) -> None:
    await ours.async_save(rotating(NOON + timedelta(hours=12)))
    clock.forward(hours=11)

    found = await ours.async_find_installation(enterprise_id=None, team_id="T01")
    bot = await ours.async_find_bot(enterprise_id=None, team_id="T01")

    assert found
    assert bot
    assert (found.bot_token, found.bot_refresh_token, found.bot_token_expires_at) == (
        "xoxe.xoxb-2",
        None,
        None,
    )
    assert bot.bot_refresh_token is None


# Installations under way


def test_a22_a_state_works_once(store: TokenStore) -> None:
    state = store.issue_state()

    assert [store.use_state(it) for it in ("", "other", state, state)] == [False, False, True, False]


def test_a22_a_state_works_for_ten_minutes(store: TokenStore, clock: Clock) -> None:
    first, second = store.issue_state(), store.issue_state()
    clock.forward(minutes=9, seconds=59)
    assert store.use_state(first)

    clock.forward(seconds=1)
    assert not store.use_state(second)


def test_of_a_state_only_a_fingerprint_is_kept(store: TokenStore, engine: Engine) -> None:
    state = store.issue_state()

    with engine.connect() as db:
        [(kept,)] = db.execute(text("SELECT fingerprint FROM slack_oauth_states"))
    assert len(state) >= 43
    assert state not in kept


def test_states_do_not_pile_up(
    store: TokenStore, engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.token_store.MOST_STATES", 5)
    assert MOST_STATES > 100
    for _ in range(9):
        clock.forward(seconds=1)
        newest = store.issue_state()

    assert _states(engine) == 5
    assert store.use_state(newest)
    clock.forward(minutes=11)
    store.issue_state()
    assert _states(engine) == 1


def _states(engine: Engine) -> int:
    with engine.connect() as db:
        return int(db.execute(text("SELECT count(*) FROM slack_oauth_states")).scalar_one())


# One workspace


def one(**more: Any) -> SlackSettings:
    return SlackSettings(mode="http", bot_token="xoxb-geheim", **more)


async def test_one_workspace_is_asked_for_once(slack: TokenOffice, clock: Clock) -> None:
    ours = await OneWorkspace.open(one(), AsyncWebClient(base_url=f"{slack.url}/api/"))

    found = await ours.installation("T01")

    assert found == Installed(
        workspace="T01",
        enterprise="",
        token="xoxb-geheim",
        bot_user="U0CAIRN",
        bot_id="B01",
        app_id="A01",
        scopes=frozenset({*REQUIRED, *OPTIONAL}),
        is_enterprise_install=False,
        url="https://teahouse.slack.com/",
    )
    assert slack.asked == ["auth.test", "bots.info"]
    assert await ours.installation("T02") is None
    assert [await ours.gone("T02", clock.at), await ours.gone("T01", clock.at)] == [False, True]
    assert await ours.installation("T01") is None
    assert not await ours.gone("T01", clock.at)


async def test_one_token_may_be_for_a_whole_organisation(slack: TokenOffice) -> None:
    slack.answers["auth.test"] = {**WHO, "enterprise_id": "E01", "is_enterprise_install": True}
    ours = await OneWorkspace.open(one(), AsyncWebClient(base_url=f"{slack.url}/api/"))

    assert await ours.installation("E01")
    assert await ours.installation("T01") is None


async def test_a_token_that_slack_does_not_know_is_told_with_what_to_do(slack: TokenOffice) -> None:
    slack.refuses("auth.test", "invalid_auth")

    with pytest.raises(MendFirst, match="OAuth & Permissions"):
        await OneWorkspace.open(one(), AsyncWebClient(base_url=f"{slack.url}/api/"))


async def test_a_slack_that_is_not_there_is_told_with_what_to_do() -> None:
    with pytest.raises(MendFirst, match="firewall"):
        await OneWorkspace.open(one(), AsyncWebClient(base_url="http://127.0.0.1:9/api/"))


async def test_the_token_of_another_workspace_than_the_one_that_is_meant(slack: TokenOffice) -> None:
    with pytest.raises(MendFirst, match="T01"):
        await OneWorkspace.open(
            one(workspaces=frozenset({"T09"})), AsyncWebClient(base_url=f"{slack.url}/api/")
        )
