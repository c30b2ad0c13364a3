"""A fresh database for every test, on SQLite and on a real PostgreSQL."""

import logging
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from databases import PostgreSQL, SQLite
from hypothesis import settings
from sqlalchemy import Engine, event
from world import Someone, World

from bot import vault
from bot.database import connect
from bot.models import Pair, Role
from bot.prompts import Prompts, read_prompts

ROOT = Path(__file__).parent.parent

vault.use(vault.Key(bytes(range(32))))

settings.register_profile("house", deadline=None)  # a busy machine is no mistake
settings.load_profile("house")


@pytest.fixture(scope="session")
def prompts() -> Prompts:
    return read_prompts(ROOT / "prompts")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> SQLite:
    return SQLite(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_server(testrun_uid: str, worker_id: str) -> Iterator[PostgreSQL]:
    try:
        server = PostgreSQL(testrun_uid, worker_id)
    except Exception as error:
        pytest.skip(f"PostgreSQL does not start here: {type(error).__name__}")
    yield server
    server.stop()


@pytest.fixture
def sqlite(sqlite_template: SQLite) -> str:
    """The URL of a database with empty tables."""
    return sqlite_template.fresh()


@pytest.fixture
def postgresql(postgresql_server: PostgreSQL) -> Iterator[str]:
    """The URL of a database with empty tables."""
    yield postgresql_server.ours
    postgresql_server.empty_ours()


@pytest.fixture
def empty_postgresql(postgresql_server: PostgreSQL) -> str:
    """The URL of a database without tables."""
    return postgresql_server.make()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    engine = _engine(request.getfixturevalue(request.param))
    yield engine
    engine.dispose()


@cache
def _engine(url: str) -> Engine:
    """One for all tests of a worker: it remembers the statements that it has compiled."""
    engine = connect(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _do_not_wait_for_the_disk)
    return engine


def _do_not_wait_for_the_disk(connection: object, _record: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")  # type: ignore[attr-defined]


@pytest.fixture
def world(engine: Engine, prompts: Prompts) -> World:
    return World(engine, prompts)


@pytest.fixture
def ben(world: World) -> Someone:
    """A mentee in Denver."""
    return world.add("Ben Okafor", "America/Denver", career_stage="early")


@pytest.fixture
def ana(world: World) -> Someone:
    """His mentor in Dublin."""
    return world.add("Ana Byrne", "Europe/Dublin")


@pytest.fixture
def pair(world: World, ben: Someone, ana: Someone) -> Pair:
    """Ben and Ana, who meet on 10 and 24 February, at nine in Denver. It is the Tuesday before."""
    pair = world.meet(ben, ana)
    world.enrol(Role.MENTEE, ben)
    world.enrol(Role.MENTOR, ana)
    return pair


@pytest.fixture
def cora(world: World) -> Someone:
    """Runs the programme, in Dublin."""
    cora = world.add("Cora Lynch", "Europe/Dublin")
    world.start(cora)
    world.enrol(Role.COORDINATOR, cora)
    return cora


@pytest.fixture
def _never_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of something else that happens over months."""
    monkeypatch.setattr("bot.models.QUIET_AFTER", timedelta(days=1000))


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@pytest.fixture(autouse=True)
def _no_error_goes_unseen(request: pytest.FixtureRequest) -> Iterator[None]:
    """The bot survives an error in a story and logs it. A test that expects none fails."""
    kept = _Kept()
    logging.getLogger("bot.bot").addHandler(kept)
    yield
    logging.getLogger("bot.bot").removeHandler(kept)
    if kept.messages and not request.node.get_closest_marker("expects_errors"):
        pytest.fail(f"the bot logged: {'; '.join(kept.messages)}", pytrace=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Nothing is left out silently."""
    reasons = Counter(str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", []))
    if reasons:
        terminalreporter.section("not tested here")
    for reason, count in sorted(reasons.items()):
        terminalreporter.line(f"{count} × {reason.removeprefix('Skipped: ')}")
