"""Cairn on the command line: reads the settings, puts the parts together, and runs them.

The environment, the machine's clock, APScheduler and the key file are known here and nowhere else.
"""

import logging
import os
import shutil
import socket
import sys
import time
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer
import uvicorn
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from apscheduler.schedulers.asyncio import AsyncIOScheduler  # type: ignore[import-untyped]
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.orm import Session as Transaction
from starlette.applications import Starlette
from typer.core import TyperGroup

from adapters.rehearsal.show import perform, tell
from adapters.virtual_time import VirtualClock
from adapters.web.chat_log import kept_clock
from adapters.web.server import playground
from bot import vault
from bot.bot import Bot
from bot.database import clock, connect, sessions
from bot.enrol import enrol
from bot.models import Canary, Person
from bot.prompts import FALLBACK, PromptError, Prompts, read_prompts
from bot.roster import Roster, Row, read_roster
from bot.stories import STORIES
from bot.story import together

HERE = Path(__file__).parent
PROMPTS = HERE / "prompts"
LOOPBACK = "127.0.0.1"  # in the playground anybody is whoever they choose
CREDENTIALS = (
    "SLACK_BOT_TOKEN",
    "SLACK_SIGNING_SECRET",
    "SLACK_APP_TOKEN",
    "SLACK_CLIENT_ID",
    "TEAMS_APP_ID",
    "TEAMS_APP_PASSWORD",
)
DRIVERS = {"sqlite": "sqlite", "postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg"}
ONE_AT_A_TIME = 0x6B65_7973  # any number, as long as it is always the same
KNOWN_TEXT = "cairn"  # what the canary says to whoever has the right key
TICK_EVERY = timedelta(seconds=5)
GOODBYE = timedelta(seconds=2)  # for open pages, when the server stops
PATIENCE = timedelta(seconds=10)  # with a database that another process is just making
ROOM = 200_000_000  # bytes that should be free beside the database
SKEW = timedelta(seconds=2)  # leases run on the database's clock, everything else on ours


class MendFirst(Exception):
    """Somebody has to put something right before this can run."""

    def __init__(self, wrong: str, mend: str) -> None:
        super().__init__(f"{wrong} {mend}")
        self.wrong = wrong
        self.mend = mend


class Plainly(TyperGroup):
    """What a person can mend is told in a sentence, without a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except MendFirst as problem:
            typer.echo(str(problem), err=True)
        except OperationalError as error:
            typer.echo(f"The database stopped half-way: {_first_line(error)}. Nothing was changed.", err=True)
        raise typer.Exit(2)


class WithoutWords(logging.Formatter):
    """Says where an error happened and as what, but not its text: it may quote what somebody wrote."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging calls it so
        frames = reversed(traceback.extract_tb(ei[2]))
        return f"{ei[0].__name__} in {' < '.join(f'{frame.name}:{frame.lineno}' for frame in frames)}"


cli = typer.Typer(
    cls=Plainly,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they would show values, and those may be somebody's words
    epilog="Settings come from the environment: DATABASE_URL (sqlite:///cairn.db), PORT (8000), and the key "
    "in CAIRN_KEY or in the file that CAIRN_KEY_FILE names (cairn.key beside the database).",
)


@cli.callback()
def main() -> None:
    """Cairn keeps a mentoring pair going between its meetings."""
    os.umask(0o077)  # the database and the key are nobody else's
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(WithoutWords("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)


@cli.command()
def migrate() -> None:
    """Bring the database up to date with this release. The first time, make it, and a key for it."""
    settings = read_settings(os.environ)
    with database(settings, make=True) as engine:
        bring_up_to_date(engine)
        made = unlock(settings, engine)
    if made:
        typer.echo(
            f"A key was made: {settings.key_file}. Keep a copy elsewhere. What people write is lost with it."
        )
    typer.echo("The database is up to date.")


@cli.command("import")
def import_(
    roster: Annotated[Path, typer.Argument(metavar="ROSTER.csv", help="One row for each person.")],
    yes: Annotated[bool, typer.Option("--yes", help="Import it, unless there is a problem.")] = False,
    if_empty: Annotated[bool, typer.Option("--if-empty", help="Do nothing if people are there.")] = False,
    programme: Annotated[str, typer.Option(help="The programme that they join.")] = "Mentoring",
) -> None:
    """Read a roster and say what is in it, or every problem that it has. With --yes, import it.

    All of it is imported, or nothing.
    """
    settings = read_settings(os.environ)
    if if_empty and is_anybody_there(settings):
        return
    found = read_roster(roster, _prompts().languages)
    for note in found.notes:
        typer.echo(f"Note: {note}")
    if found.problems:
        report_problems(found)
        raise typer.Exit(1)
    for line in summary(found.rows):
        typer.echo(line)
    if not yes:
        typer.echo("Nothing was imported yet. To import it, say the same with --yes.")
        return
    with ready(settings) as engine, sessions(engine).begin() as db:
        _wait_for_our_turn(db)
        count = enrol(db, found.rows, programme, _now())
    before = f" {count.known} people were there before." if count.known else ""
    typer.echo(f"Imported {count.people} people and {count.pairs} pairs.{before}")


@cli.command()
def serve() -> None:
    """Open the playground: the whole bot in a browser, for this machine alone."""
    settings = read_settings(os.environ)
    refuse_credentials(os.environ)
    with ready(settings) as engine, listening(settings.port) as door:
        application = put_together(engine)
        typer.echo(f"Cairn is at http://{LOOPBACK}:{door.getsockname()[1]} (Ctrl-C stops it)")
        run(application, door)


@cli.command()
def rehearse(
    roster: Annotated[Path, typer.Option(metavar="ROSTER.csv", help="One row for each person.")],
    start: Annotated[
        datetime, typer.Option(metavar="YYYY-MM-DD", formats=["%Y-%m-%d"], help="The first day.")
    ],
    weeks: Annotated[int, typer.Option(min=1, max=52, help="How long it goes on.")] = 12,
    seed: Annotated[int, typer.Option(help="The same seed, the same rehearsal. Try several.")] = 1,
    transcript: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write every event, as JSON lines.")
    ] = None,
) -> None:
    """Try a programme before it begins: the whole bot, simulated people, and weeks that pass in seconds.

    Nothing is sent to anybody, and no database of yours is read or written.
    """
    found = read_roster(roster, _prompts().languages)
    if found.problems:
        report_problems(found)
        raise typer.Exit(1)
    clock = VirtualClock(start.replace(tzinfo=UTC))
    with _writing(transcript) as file, a_bot_for_now(clock) as bot:
        told = perform(bot, clock, found.rows, weeks=weeks, seed=seed, transcript=file)
    tell(told, Console())


@cli.command()
def doctor() -> None:
    """Look at everything that Cairn stands on, and say how to mend what is wrong."""
    findings = list(examine(os.environ))
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for finding in findings:
        table.add_row("ok" if finding.is_well else "mend", finding.about, finding.seen)
        if finding.mend:
            table.add_row("", "", finding.mend)
    Console(highlight=False, markup=False).print(table)
    if not all(finding.is_well for finding in findings):
        raise typer.Exit(1)


# Settings


@dataclass(frozen=True)
class Settings:
    database: URL
    port: int
    key_file: Path
    key: str = field(repr=False)

    @property
    def database_file(self) -> Path | None:
        is_file = self.database.get_backend_name() == "sqlite" and self.database.database
        return Path(str(self.database.database)) if is_file else None

    @property
    def key_place(self) -> str:
        return "CAIRN_KEY" if self.key else str(self.key_file)


def read_settings(environment: Mapping[str, str]) -> Settings:
    url = _database_url(environment.get("DATABASE_URL") or "sqlite:///cairn.db")
    folder = Path(str(url.database)).parent if url.get_backend_name() == "sqlite" else Path()
    return Settings(
        database=url,
        port=_port(environment.get("PORT") or "8000"),
        key_file=Path(environment.get("CAIRN_KEY_FILE") or folder / "cairn.key"),
        key=environment.get("CAIRN_KEY", ""),
    )


def _database_url(written: str) -> URL:
    examples = "Write it like sqlite:///cairn.db or postgresql://name:password@host/database."
    try:
        url = make_url(written)
    except ArgumentError:
        raise MendFirst("DATABASE_URL is not the address of a database.", examples) from None
    driver = DRIVERS.get(url.get_backend_name())
    if driver is None:
        raise MendFirst(
            f"DATABASE_URL asks for {url.get_backend_name()}, which Cairn does not know.", examples
        )
    if driver == "sqlite" and url.database in (None, "", ":memory:"):
        raise MendFirst("DATABASE_URL names no file.", examples)
    return url.set(drivername=driver)


def _port(written: str) -> int:
    if written.isdecimal() and int(written) < 65536:
        return int(written)
    raise MendFirst(f"PORT is {written!r}, which is not the number of a port.", "Leave it out for 8000.")


def refuse_credentials(environment: Mapping[str, str]) -> None:
    there = [name for name in CREDENTIALS if environment.get(name)]
    if there:
        raise MendFirst(
            f"The playground does not open beside the credentials of a real platform ({', '.join(there)}): "
            "anybody who reaches it can speak as anybody.",
            f"Take them out: env {' '.join(f'-u {name}' for name in there)} python app.py serve",
        )


def _prompts() -> Prompts:
    try:
        return read_prompts(PROMPTS)
    except PromptError as error:
        raise MendFirst(f"The prompts cannot be used: {error}.", "Mend that file.") from None


def _now() -> datetime:
    return datetime.now(UTC)


# The database


@contextmanager
def ready(settings: Settings) -> Iterator[Engine]:
    """The database, when it is up to date and our key opens it."""
    with database(settings) as engine:
        require_up_to_date(engine)
        unlock(settings, engine)
        yield engine


@contextmanager
def database(settings: Settings, make: bool = False) -> Iterator[Engine]:
    """The database, when it answers."""
    file = settings.database_file
    if file and not file.exists() and not make:
        raise MendFirst(f"There is no database at {file} yet.", "Make it: python app.py migrate")
    engine = connect(settings.database.render_as_string(hide_password=False))
    try:
        _knock(engine)
        yield engine
    finally:
        engine.dispose()


def _knock(engine: Engine) -> None:
    """While one process makes a new SQLite file, SQLite turns others away and does not let them wait."""
    until = time.monotonic() + PATIENCE.total_seconds()
    while error := _refusal(engine):
        if "database is locked" not in str(error.orig) or time.monotonic() > until:
            raise MendFirst(
                f"The database {engine.url} does not answer: {_first_line(error)}.",
                "See that it runs, that you may write to it, and that DATABASE_URL is right.",
            )
        time.sleep(0.05)


def _refusal(engine: Engine) -> DBAPIError | None:
    try:
        engine.connect().close()
    except DBAPIError as error:
        return error
    return None


def _first_line(error: DBAPIError) -> str:
    return (str(error.orig).strip().splitlines() or [type(error.orig).__name__])[0].rstrip(".")


def _wait_for_our_turn(db: Transaction) -> None:
    """Until this transaction ends no other process does what it does. SQLite has one writer anyway."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ONE_AT_A_TIME})


def is_anybody_there(settings: Settings) -> bool:
    with database(settings) as engine, sessions(engine)() as db:
        require_up_to_date(engine)
        return db.scalar(select(Person.id).limit(1)) is not None


@contextmanager
def a_bot_for_now(now: Callable[[], datetime]) -> Iterator[Bot]:
    """On a database in memory, under a key that nobody keeps."""
    vault.use(vault.Key.from_text(vault.new_key()))
    engine = connect("sqlite://")
    bring_up_to_date(engine)
    yield Bot(sessions(engine), _prompts(), together(STORIES), now)
    engine.dispose()


@contextmanager
def _writing(transcript: Path | None) -> Iterator[TextIO]:
    file = transcript or Path(os.devnull)
    try:
        opened = file.open("w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise MendFirst(
            f"The transcript cannot be written to {file}: {error.strerror}.", "Choose another place."
        ) from None
    with opened:
        yield opened


# Migrations


def _alembic() -> Config:
    return Config(toml_file=HERE / "pyproject.toml")


def bring_up_to_date(engine: Engine) -> None:
    """All that is missing, in one transaction. Of several processes one does it, and the others wait."""
    _refuse_newer(_revisions(engine))
    config = _alembic()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def require_up_to_date(engine: Engine) -> str:
    done = _revisions(engine)
    _refuse_newer(done)
    if done != set(ScriptDirectory.from_config(_alembic()).get_heads()):
        raise MendFirst("The database is not up to date with this release.", "Run: python app.py migrate")
    return f"at {', '.join(done)}"


def _revisions(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads())


def _refuse_newer(done: set[str]) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_alembic()).walk_revisions()}
    if not done <= known:
        raise MendFirst(
            "The database is newer than this release.",
            "Use the release that it was last used with, or a newer one.",
        )


# The key


def unlock(settings: Settings, engine: Engine) -> bool:
    """Use the key, if it is the right one. Returns whether it had to be made, as it is the first time."""
    with sessions(engine).begin() as db:
        _wait_for_our_turn(db)
        canary = db.get(Canary, 1)
        written = _written_key(settings)
        vault.use(_parsed(written or _new_key(settings, canary), settings))
        if canary is None:
            db.add(Canary(id=1, text=KNOWN_TEXT))
        elif not _opens(canary):
            raise MendFirst(
                f"The key in {settings.key_place} is not the one that this database was sealed with.",
                "Give the right one in CAIRN_KEY_FILE, or put it back from a backup.",
            )
    return not written


def _written_key(settings: Settings) -> str:
    """The key as it is written down, or nothing."""
    with suppress(FileNotFoundError):
        try:
            return settings.key or settings.key_file.read_text(encoding="ascii", errors="replace")
        except (PermissionError, IsADirectoryError, NotADirectoryError) as error:
            raise MendFirst(
                f"The key file {settings.key_file} cannot be read: {error.strerror}.",
                "It has to be a file that you may read. CAIRN_KEY_FILE says where it is.",
            ) from None
    return ""


def _parsed(written: str, settings: Settings) -> vault.Key:
    try:
        return vault.Key.from_text(written)
    except ValueError:
        raise MendFirst(
            f"The key in {settings.key_place} is not 64 hexadecimal digits.",
            "Put it back from a backup. It cannot be made again.",
        ) from None


def _new_key(settings: Settings, canary: Canary | None) -> str:
    if canary is not None:
        raise MendFirst(
            f"The database is sealed, and its key is not at {settings.key_file}.",
            "Give it in CAIRN_KEY_FILE, or put it back from a backup. A new key could not open anything.",
        )
    made = vault.new_key()
    try:
        settings.key_file.touch(0o600, exist_ok=False)
        with settings.key_file.open("w") as file:
            file.write(f"{made}\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise MendFirst(
            f"The key file {settings.key_file} cannot be written: {error.strerror}.",
            "Name a place for it in CAIRN_KEY_FILE.",
        ) from None
    return made


def _opens(canary: Canary) -> bool:
    try:
        return canary.text == KNOWN_TEXT
    except vault.CannotRead:
        return False


# The roster


def report_problems(found: Roster) -> None:
    for problem in found.problems:
        typer.echo(str(problem))
    typer.echo("Nothing was imported. Mend this and try again.", err=True)


def summary(rows: Iterable[Row]) -> Iterator[str]:
    """What would be imported, in a few lines."""
    rows = list(rows)
    roles = Counter(role for row in rows for role in row.roles)
    yield f"{len(rows)} people: {_counted(roles)}"
    yield f"{sum(bool(row.mentor) for row in rows)} pairs"
    zones = Counter(row.timezone for row in rows)
    yield f"{len(zones)} time zones: {_counted(zones)}"
    yield f"Languages: {_counted(Counter(row.language or FALLBACK for row in rows))}"


def _counted(things: Counter[str]) -> str:
    return ", ".join(f"{thing} {count}" for thing, count in sorted(things.items()))


# The server


def put_together(engine: Engine) -> Starlette:
    """The bot in the playground, on the clock that the page moves."""
    open_transaction = sessions(engine)
    virtual_clock = kept_clock(open_transaction, _now())
    bot = Bot(open_transaction, _prompts(), together(STORIES), virtual_clock)
    return playground(bot, virtual_clock, host=LOOPBACK)


@contextmanager
def listening(port: int) -> Iterator[socket.socket]:
    try:
        door = socket.create_server((LOOPBACK, port))
    except OSError as error:
        raise MendFirst(
            f"Port {port} cannot be used: {error.strerror}.", "Try another one: PORT=8001 make run"
        ) from None
    with door:
        yield door


def run(application: Starlette, door: socket.socket) -> None:
    server = uvicorn.Server(
        uvicorn.Config(
            application,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=int(GOODBYE.total_seconds()),
        )
    )
    with suppress(KeyboardInterrupt):
        server.run(sockets=[door])
    if not server.started:
        raise typer.Exit(1)


@asynccontextmanager
async def ticking(tick: Callable[[], Awaitable[int]]) -> AsyncIterator[None]:
    """The metronome of real platforms. It holds no dates. The playground's clock is moved by hand instead."""
    metronome = AsyncIOScheduler(timezone=UTC)
    metronome.add_job(tick, "interval", seconds=TICK_EVERY.total_seconds(), coalesce=True, max_instances=1)
    metronome.start()
    try:
        yield
    finally:
        metronome.shutdown(wait=False)


# The doctor


@dataclass(frozen=True)
class Finding:
    about: str
    is_well: bool
    seen: str
    mend: str = ""


def examine(environment: Mapping[str, str]) -> Iterator[Finding]:
    """From the ground up. Where something is wrong, what rests on it is not looked at."""
    yield (ground := _look("Settings", partial(check_settings, environment)))
    if not ground.is_well:
        return
    settings = read_settings(environment)
    yield _look("Prompts", check_prompts)
    yield _look("Disk", partial(check_disk, settings))
    for about, check in (
        ("Database", check_database),
        ("Migrations", check_migrations),
        ("Key", check_key),
        ("Clock", check_clock),
    ):
        yield (finding := _look(about, partial(check, settings)))
        if not finding.is_well:
            return


def _look(about: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(about, True, check())
    except MendFirst as problem:
        return Finding(about, False, problem.wrong, problem.mend)
    except OperationalError as error:
        return Finding(
            about, False, f"{_first_line(error)}.", "See that the database is whole, and try again."
        )


def check_settings(environment: Mapping[str, str]) -> str:
    settings = read_settings(environment)
    refuse_credentials(environment)
    return f"{settings.database}, port {settings.port}"


def check_prompts() -> str:
    prompts = _prompts()
    english = prompts.names(FALLBACK)
    for language in sorted(prompts.languages - {FALLBACK}):
        names = prompts.names(language)
        if names != english:
            raise MendFirst(
                f"In {language} there is more or less to say than in English: {_few(names ^ english)}.",
                f"Make prompts/{language} and prompts/{FALLBACK} hold the same entries.",
            )
    return f"complete in {', '.join(sorted(prompts.languages))}"


def _few(names: Iterable[str]) -> str:
    first, *rest = sorted(names)
    return f"{first} and {len(rest)} more" if rest else first


def check_disk(settings: Settings) -> str:
    if settings.database_file is None:
        return "PostgreSQL has its own"
    folder = settings.database_file.absolute().parent
    if not os.access(folder, os.W_OK | os.X_OK):
        raise MendFirst(f"Nothing can be written to {folder}.", "Make it, or run Cairn as its owner.")
    free = shutil.disk_usage(folder).free
    if free < ROOM:
        raise MendFirst(f"Only {free // 1_000_000} MB are free in {folder}.", "Make room.")
    return f"{free // 1_000_000:,} MB free in {folder}"


def check_database(settings: Settings) -> str:
    with database(settings) as engine:
        return f"{engine.url} answers"


def check_migrations(settings: Settings) -> str:
    with database(settings) as engine:
        return require_up_to_date(engine)


def check_key(settings: Settings) -> str:
    with ready(settings):
        if not settings.key and settings.key_file.stat().st_mode & 0o077:
            raise MendFirst(
                f"Others can read the key in {settings.key_file}.", f"Run: chmod 600 {settings.key_file}"
            )
    return f"the one in {settings.key_place} opens the database"


def check_clock(settings: Settings) -> str:
    with database(settings) as engine, engine.connect() as connection:
        theirs = connection.scalar(select(clock(engine.dialect.name))) or 0.0
    apart = timedelta(seconds=abs(time.time() - theirs))
    if apart > SKEW:
        raise MendFirst(
            f"This machine's clock and the database's are {apart.total_seconds():.0f} seconds apart.",
            "Have both set by a time server (NTP).",
        )
    return "the same as the database's"


if __name__ == "__main__":
    cli()
