"""Cairn on the command line: reads the settings, puts the parts together, and runs them.

The environment, the machine's clock and APScheduler are known here and nowhere else. A command loads what it
needs when it is run: nobody waits for two platforms to look at a roster.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer
from sqlalchemy.exc import OperationalError
from typer.core import TyperGroup

from adapters.remedy import Finding, MendFirst
from adapters.terminal.settings import Settings, read_settings
from bot.matching.people import Format, Rules, Sites
from bot.outcomes.joining import Outcome
from bot.prompts import FALLBACK, PromptError, Prompts, read_prompts
from bot.roster import Roster, Row, read_roster
from bot.text import clean_name

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

    from adapters.drawn import Venue
    from adapters.platform import Platform
    from adapters.slack.settings import SlackSettings
    from adapters.slack.token_store import Kept
    from adapters.teams.settings import TeamsSettings
    from bot.bot import Bot

PROMPTS = Path(__file__).parent / "prompts"
LOOPBACK = "127.0.0.1"  # in the playground anybody is whoever they choose
PLATFORMS = ("slack", "teams")  # as accounts name them; whoever has none in a roster is in the first
TICK_EVERY = timedelta(seconds=5)
HEALTHY = timedelta(seconds=3)  # in which the database has to answer
NOT_SET_UP = Finding(
    "Platforms", True, "none is set up (docs/slack.md, docs/teams.md); serve opens the playground"
)
A_YEAR = timedelta(days=365)
GOODBYE = timedelta(seconds=2)  # for open pages, when the server stops


class Plainly(TyperGroup):
    """What a person can mend is told in a sentence, without a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except MendFirst as problem:
            typer.echo(str(problem), err=True)
        except OperationalError as error:
            from adapters.terminal.store import first_line

            typer.echo(f"The database stopped half-way: {first_line(error)}. Nothing was changed.", err=True)
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

slack = typer.Typer(no_args_is_help=True)
cli.add_typer(slack, name="slack")

teams = typer.Typer(no_args_is_help=True)
cli.add_typer(teams, name="teams")


@cli.callback()
def main() -> None:
    """Cairn keeps a mentoring pair going between its meetings."""
    os.umask(0o077)  # the database and the key are nobody else's
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(WithoutWords("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    # It warns with the code of an installation that failed
    logging.getLogger("slack_bolt").setLevel(logging.ERROR)


@cli.command()
def migrate() -> None:
    """Bring the database up to date with this release. The first time, make it, and a key for it."""
    from adapters.terminal.store import bring_up_to_date, database, unlock

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
    cohort: Annotated[str, typer.Option(help="Their cohort; else that of the programme's newcomers.")] = "",
) -> None:
    """Read a roster and say what is in it, or every problem that it has. With --yes, import it.

    All of it is imported, or nothing.
    """
    from adapters.terminal.store import ready, wait_for_our_turn
    from bot.database import sessions
    from bot.enrol import IsClosed, enrol

    settings = read_settings(os.environ)
    if if_empty and is_anybody_there(settings):
        return
    prompts = _prompts()
    found = read_roster(roster, prompts.languages, PLATFORMS)
    for note in (*(note.said(prompts) for note in found.notes), *_note_on_platforms(found.rows)):
        typer.echo(f"Note: {note}")
    if found.problems:
        report_problems(found, prompts)
        raise typer.Exit(1)
    for line in summary(found.rows):
        typer.echo(line)
    if not yes:
        typer.echo("Nothing was imported yet. To import it, say the same with --yes.")
        return
    with ready(settings) as engine, sessions(engine).begin() as db:
        wait_for_our_turn(db)
        try:
            count = enrol(db, found.rows, programme, _now(), clean_name(cohort))
        except IsClosed:
            remedy = "Name another programme, or have it opened again."
            raise MendFirst(f"{programme} is over, and nobody joins it any more.", remedy) from None
    before = f" {count.known} people were there before." if count.known else ""
    typer.echo(f"Imported {count.people} people and {count.pairs} pairs.{before}")


@cli.command()
def serve() -> None:
    """Connect to Slack, to Teams, or to both; if neither is set up, open the playground in a browser."""
    from adapters.slack.settings import read_slack
    from adapters.teams.settings import read_teams

    settings, on_slack, on_teams = read_settings(os.environ), read_slack(os.environ), read_teams(os.environ)
    if on_slack is None and on_teams is None:
        open_playground(settings)
    else:
        go_to_work(settings, on_slack, on_teams)


def open_playground(settings: Settings) -> None:
    """For this machine alone, on a clock that is moved by hand."""
    from adapters.terminal.store import ready

    with ready(settings) as engine, listening(LOOPBACK, settings.port) as door:
        application = put_together(engine)
        typer.echo(f"Cairn is at http://{LOOPBACK}:{door.getsockname()[1]} (Ctrl-C stops it)")
        run(application, door)


def go_to_work(settings: Settings, on_slack: SlackSettings | None, on_teams: TeamsSettings | None) -> None:
    """With real people, on the clock on the wall."""
    from adapters.addresses import is_this_machine, parts_of
    from adapters.slack import settings as slack_settings
    from adapters.teams import settings as teams_settings
    from adapters.terminal.store import ready

    if on_slack and on_teams and on_teams.is_anonymous and not is_this_machine(parts_of(on_slack.api_url)):
        raise MendFirst(
            "TEAMS_ANONYMOUS lets anybody speak as anybody, and Slack is the real one.",
            "Leave out TEAMS_ANONYMOUS and sign in (docs/teams.md), or leave out Slack.",
        )
    for name in (*slack_settings.SECRETS, *teams_settings.SECRETS):
        os.environ.pop(name, None)  # Bolt would find them and set up what nobody has asked for
    with ready(settings) as engine, listening(settings.host, settings.port) as door:
        bot = a_bot(engine, _now)
        platforms = list(_platforms(bot, on_slack, on_teams))
        for platform in platforms:
            typer.echo(f"Cairn is at work in {platform.name}: {platform.described} (Ctrl-C stops it)")
        run(at_work(bot, platforms), door)


def _platforms(
    bot: Bot, on_slack: SlackSettings | None, on_teams: TeamsSettings | None
) -> Iterator[Platform]:
    if on_slack:
        from adapters.slack.server import Slack

        yield Slack.connect(on_slack, bot)
    if on_teams:
        from adapters.teams.server import Teams

        yield Teams(on_teams, bot)


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

    Everything that people would see is drawn for Slack and for Teams; what one of them would not take is
    named, and the answer is 1. Nothing is sent to anybody, and no database of yours is read or written.
    """
    from rich.console import Console

    from adapters.rehearsal.show import perform, tell
    from adapters.virtual_time import VirtualClock

    prompts = _prompts()
    found = read_roster(roster, prompts.languages, PLATFORMS)
    if found.problems:
        report_problems(found, prompts)
        raise typer.Exit(1)
    clock = VirtualClock(start.replace(tzinfo=UTC))
    with _writing(transcript) as file, a_bot_for_now(clock) as bot:
        told = perform(
            bot, clock, found.rows, weeks=weeks, seed=seed, transcript=file, venues=_venues(prompts)
        )
    tell(told, Console())
    if told.too_large:
        raise typer.Exit(1)


@cli.command()
def match(
    roster: Annotated[Path, typer.Option(metavar="ROSTER.csv", help="One row for each person.")],
    seed: Annotated[int, typer.Option(help="Decides between proposals that are equally good.")] = 1,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write the pairs.")] = None,
    scores: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write what was chosen among.")
    ] = None,
    left: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write who has nobody, and why.")
    ] = None,
    every_pair: Annotated[
        bool, typer.Option("--every-pair", help="Write all possible pairs to the scores, however many.")
    ] = False,
    sites: Annotated[Sites, typer.Option(help="Whether the two have to be at the same site.")] = Sites.ANY,
    format_: Annotated[
        Format, typer.Option("--format", help="Which way experience is meant to go.")
    ] = Format.ONE_TO_ONE,
) -> None:
    """Propose who could be whose mentor, and why. Nothing is sent or kept. docs/matching.md says how."""
    from adapters.terminal.matching import first_of_the_year, match_roster

    prompts = _prompts()
    found = read_roster(roster, prompts.languages, PLATFORMS)
    for note in found.notes:
        typer.echo(f"Note: {note.said(prompts)}")
    if found.problems:
        report_problems(found, prompts, "matched")
        raise typer.Exit(1)
    today = _now().date()
    rules = Rules(first_of_the_year(today), sites, format_)
    told = match_roster(
        found.rows, rules, seed, prompts, out=out, scores=scores, left=left, every=every_pair, today=today
    )
    for line in told:
        typer.echo(line)


@cli.command()
def nudges() -> None:
    """Say how long answers take and what nudges change: over everybody, never about one person."""
    from adapters.terminal.nudges import nudge_report
    from adapters.terminal.store import ready

    with ready(read_settings(os.environ)) as engine:
        for line in nudge_report(engine, _prompts(), _now()):
            typer.echo(line)


A_DAY = {"metavar": "YYYY-MM-DD", "formats": ["%Y-%m-%d"]}
KEY = "The key of this study. Without it nobody can tell who is who."


@cli.command()
def lottery(
    roster: Annotated[Path, typer.Option(metavar="ROSTER.csv", help="Everybody who wants a place.")],
    places: Annotated[int, typer.Option(min=1, help="How many begin now; the others wait.")],
    seed: Annotated[int, typer.Option(help="Agree on it beforehand. The same seed, the same lots.")],
    out: Annotated[Path, typer.Option(metavar="FILE.csv", help="Where to write who begins and who waits.")],
    by: Annotated[str, typer.Option(metavar="COLUMNS", help="Draw within these, such as level,site.")] = "",
    outcome: Annotated[Outcome, typer.Option(help="What the programme is for.")] = Outcome.RETAINED,
    end: Annotated[datetime | None, typer.Option(help="When to look, once. Else in a year.", **A_DAY)] = None,
    key_file: Annotated[Path, typer.Option(metavar="FILE", help=f"{KEY} It is made.")] = Path("study.key"),
    begin: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="A roster of those who begin, for `import`.")
    ] = None,
) -> None:
    """Draw who begins and who waits, so that what becomes of both can be compared honestly.

    It is drawn once. Seed, outcome, end and fingerprints are put on record beside it.
    """
    from adapters.reports.lottery import Call, hold_lottery, strata_of

    today = _now().date()
    ends = end.date() if end else today + A_YEAR
    call = Call(roster, places, seed, strata_of(by), outcome, ends, key_file, out, begin)
    for line in hold_lottery(call, _prompts(), today):
        typer.echo(line)


@cli.command()
def outcomes(
    hr: Annotated[Path, typer.Option(metavar="HR.csv", help="What became of people, by e-mail or key.")],
    outcome: Annotated[Outcome, typer.Option(help="The one that the programme is for.")],
    by: Annotated[datetime, typer.Option(help="The day at which to look.", **A_DAY)],
    assignment: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="What `lottery` wrote.")] = None,
    participants: Annotated[
        Path | None,
        typer.Option("--participants", "--roster", metavar="FILE.csv", help="Who took part, and with whom."),
    ] = None,
    key_file: Annotated[Path | None, typer.Option(metavar="FILE", help=KEY)] = None,
    start: Annotated[
        datetime | None, typer.Option(help="The first day. Else that of the draw.", **A_DAY)
    ] = None,
    match: Annotated[
        str, typer.Option(metavar="COLUMNS", help="Without a lottery: compare people alike in these.")
    ] = "",
    out: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Where to write the report.")] = None,
    pdf: Annotated[Path | None, typer.Option(metavar="FILE.pdf", help="And as PDF.")] = None,
    language: Annotated[str, typer.Option(help="Of the report.")] = FALLBACK,
) -> None:
    """Say what became of people, no more firmly than the way in which the groups were made allows.

    No address and no name is written anywhere, and nothing about fewer than five people.
    """
    from adapters.reports.lottery import strata_of
    from adapters.reports.outcomes import Question, report_outcomes

    question = Question(
        hr,
        outcome,
        by.date(),
        assignment,
        participants,
        key_file,
        start.date() if start else None,
        strata_of(match),
        out,
        pdf,
        language,
    )
    for line in report_outcomes(question, _prompts(), _now().date()):
        typer.echo(line)


@cli.command()
def doctor() -> None:
    """Look at everything that Cairn stands on, and say how to mend what is wrong."""
    from rich.console import Console
    from rich.table import Table

    from adapters.slack.doctor import examine_slack
    from adapters.teams.doctor import examine_teams
    from adapters.terminal.doctor import examine

    findings = list(examine(os.environ, _prompts))
    installed = _installed if all(finding.is_well for finding in findings) else tuple
    findings += [*examine_slack(os.environ, installed), *examine_teams(os.environ)] or [NOT_SET_UP]
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for finding in findings:
        table.add_row("ok" if finding.is_well else "mend", finding.about, finding.seen)
        if finding.mend:
            table.add_row("", "", finding.mend)
    Console(highlight=False, markup=False).print(table)
    if not all(finding.is_well for finding in findings):
        raise typer.Exit(1)


@slack.callback()
def on_slack() -> None:
    """What Slack has to be told about Cairn. How to connect it: docs/slack.md."""


@slack.command("manifest")
def print_manifest(
    over_socket: Annotated[bool, typer.Option("--socket", help="Socket Mode: no public address.")] = False,
    url: Annotated[str, typer.Option(metavar="https://…", help="The public address, for HTTP.")] = "",
    org: Annotated[bool, typer.Option("--org", help="For a whole Enterprise organisation.")] = False,
    rotate: Annotated[bool, typer.Option("--rotate", help="Tokens expire every 12 hours (OAuth).")] = False,
) -> None:
    """Print the app manifest, to paste at api.slack.com/apps > Create New App > From a manifest."""
    from adapters.slack.manifest import as_json, manifest

    typer.echo(as_json(manifest(over_socket=over_socket, url=url, org=org, rotate=rotate)))


@teams.callback()
def on_teams() -> None:
    """What Teams has to be told about Cairn. How to connect it: docs/teams.md."""


@teams.command("package")
def write_package(
    url: Annotated[str, typer.Option(metavar="https://…", help="The public address of this server.")],
    out: Annotated[Path, typer.Option(metavar="FILE.zip", help="Where to write it.")] = Path("cairn.zip"),
    app_id: Annotated[
        str, typer.Option("--app-id", envvar="TEAMS_APP_ID", metavar="ID", help="The bot's app id.")
    ] = "",
    name: Annotated[str, typer.Option(help="What people see in Teams.")] = "Cairn",
    company: Annotated[str, typer.Option(help="Who runs it.")] = "",
    website: Annotated[str, typer.Option(metavar="https://…", help="Its page.")] = "",
    privacy: Annotated[str, typer.Option(metavar="https://…", help="Its privacy notice.")] = "",
    terms: Annotated[str, typer.Option(metavar="https://…", help="Its terms of use.")] = "",
    version: Annotated[str, typer.Option(help="Has to rise with each upload, such as 1.0.1.")] = "",
) -> None:
    """Write the app package, to upload in the Teams admin centre."""
    from adapters.teams.package import Owner, teams_package

    owner = Owner(name, company, website, privacy, terms, version)
    typer.echo(teams_package(app_id, url, out, owner))


def _installed() -> list[Kept]:
    from adapters.slack.token_store import TokenStore
    from adapters.terminal.store import ready
    from bot.database import sessions

    with ready(read_settings(os.environ)) as engine:
        return TokenStore(sessions(engine), _now).all()


def _prompts() -> Prompts:
    try:
        return read_prompts(PROMPTS)
    except PromptError as error:
        raise MendFirst(f"The prompts cannot be used: {error}.", "Mend that file.") from None


def _now() -> datetime:
    return datetime.now(UTC)


# The roster


def is_anybody_there(settings: Settings) -> bool:
    from sqlalchemy import select

    from adapters.terminal.store import database, require_up_to_date
    from bot.database import sessions
    from bot.models import Person

    with database(settings) as engine, sessions(engine)() as db:
        require_up_to_date(engine)
        return db.scalar(select(Person.id).limit(1)) is not None


def a_bot(engine: Engine, now: Callable[[], datetime]) -> Bot:
    from bot.bot import Bot
    from bot.database import sessions
    from bot.stories import STORIES
    from bot.story import together

    return Bot(sessions(engine), _prompts(), together(STORIES), now)


@contextmanager
def a_bot_for_now(now: Callable[[], datetime]) -> Iterator[Bot]:
    """On a database in memory, under a key that nobody keeps."""
    from adapters.terminal.store import bring_up_to_date
    from bot import vault
    from bot.database import connect

    vault.use(vault.Key.from_text(vault.new_key()))
    engine = connect("sqlite://")
    bring_up_to_date(engine)
    yield a_bot(engine, now)
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


def _venues(prompts: Prompts) -> Sequence[Venue]:
    from adapters.slack.drawing import venue as slack_venue
    from adapters.teams.drawing import venue as teams_venue

    return (slack_venue(), teams_venue(prompts))


def _note_on_platforms(rows: Iterable[Row]) -> Iterator[str]:
    if any(row.platform for row in rows):
        yield "The column platform is for rehearsals: people are found on whichever platform they are."


def report_problems(found: Roster, prompts: Prompts, what: str = "imported") -> None:
    for problem in found.problems:
        typer.echo(problem.said(prompts))
    typer.echo(f"Nothing was {what}. Mend this and try again.", err=True)


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


def at_work(bot: Bot, platforms: Sequence[Platform]) -> Starlette:
    """The platforms come in, the clock ticks, couriers bring what was posted; health at /health."""
    from starlette.applications import Starlette
    from starlette.routing import Route

    from adapters.courier import Courier
    from adapters.desk import Desk

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            desk = app.state.desk = await stack.enter_async_context(Desk(bot))
            senders = {one.platform: await stack.enter_async_context(one.running(desk)) for one in platforms}
            await stack.enter_async_context(Courier(bot, desk, senders))
            await stack.enter_async_context(ticking(desk.tick))
            yield

    routes = [route for one in platforms for route in one.routes]
    return Starlette(routes=[*routes, Route("/health", health)], lifespan=lifespan)


async def health(request: Request) -> Response:
    """Nothing stands in the way of those who wait at the desk."""
    from starlette.responses import PlainTextResponse

    from adapters.desk import Closed

    try:
        async with asyncio.timeout(HEALTHY.total_seconds()):
            await request.app.state.desk.run(int)
    except (TimeoutError, Closed):
        return PlainTextResponse("not well", 503)
    return PlainTextResponse("well")


def put_together(engine: Engine) -> Starlette:
    """The bot in the playground, on the clock that the page moves."""
    from adapters.web.chat_log import kept_clock
    from adapters.web.server import playground
    from bot.database import sessions

    virtual_clock = kept_clock(sessions(engine), a_working_moment(_now()))
    return playground(a_bot(engine, virtual_clock), virtual_clock, host=LOOPBACK)


def a_working_moment(now: datetime) -> datetime:
    """Nine in the morning in Denver, four in the afternoon in Dublin, on the next Tuesday to Thursday."""
    day = now.astimezone(UTC).replace(hour=16, minute=0, second=0, microsecond=0)
    while day.weekday() not in {1, 2, 3}:
        day += timedelta(days=1)
    return day


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    try:
        door = socket.create_server((host, port))
    except OSError as error:
        raise MendFirst(
            f"Port {port} cannot be used: {error.strerror}.",
            "Choose another one with the setting PORT, such as PORT=8001.",
        ) from None
    with door:
        # asyncio does it for a port that it opens itself; otherwise an answer in two parts waits 40 ms
        door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield door


def run(application: Starlette, door: socket.socket) -> None:
    import uvicorn

    from adapters.desk import prepare_to_serve

    server = uvicorn.Server(
        uvicorn.Config(
            application,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=int(GOODBYE.total_seconds()),
        )
    )
    prepare_to_serve()
    with suppress(KeyboardInterrupt):
        server.run(sockets=[door])
    if not server.started:
        raise typer.Exit(1)


@asynccontextmanager
async def ticking(tick: Callable[[], Awaitable[int]]) -> AsyncIterator[None]:
    """The metronome of real platforms. It holds no dates. The playground's clock is moved by hand instead."""
    from apscheduler.schedulers.asyncio import AsyncIOScheduler  # type: ignore[import-untyped]

    metronome = AsyncIOScheduler(timezone=UTC)
    metronome.add_job(tick, "interval", seconds=TICK_EVERY.total_seconds(), coalesce=True, max_instances=1)
    metronome.start()
    try:
        yield
    finally:
        metronome.shutdown(wait=False)


if __name__ == "__main__":
    cli()
