"""The show: a rehearsal from the first day to the summary, with a bar of progress and a way to stop early."""

import logging
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import FrameType
from typing import TextIO

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from adapters.drawn import Venue
from adapters.rehearsal.gallery import Gallery
from adapters.rehearsal.stage import Stage
from adapters.rehearsal.summary import Summary, summary_of
from adapters.rehearsal.tally import Tally
from adapters.rehearsal.transcript import Transcript
from adapters.virtual_time import VirtualClock
from bot import happenings
from bot.bot import Bot
from bot.enrol import enrol
from bot.roster import Row

PROGRAMME = "Mentoring"


def perform(
    bot: Bot,
    clock: VirtualClock,
    rows: Sequence[Row],
    *,
    weeks: int,
    seed: int,
    transcript: TextIO,
    venues: Sequence[Venue] = (),
    stops: Mapping[str, datetime] | None = None,
) -> Summary:
    """Live through so many weeks with the people of a roster. The bot's database has to be empty.

    Everything is drawn for each of the venues. Whoever has no platform in the roster is in the first. `stops`
    says of some, by e-mail address, from when on they do nothing any more.
    """
    start, until = clock(), clock() + timedelta(weeks=weeks)
    with bot.open_transaction.begin() as db:
        enrol(db, rows, PROGRAMME, start)
    pairs = happenings.pairs(bot)
    tally = Tally(rows, pairs, start)
    gallery = Gallery(venues)
    stage = Stage(bot, clock, rows, seed, [Transcript(transcript, pairs), tally], gallery, stops or {})
    with _until_interrupted() as interrupted, _progress(start, until) as show, _errors() as errors:
        for at in stage.perform(pairs, until):
            show(at)
            if interrupted():
                break
    return summary_of(tally, bot, clock(), errors.count, gallery)


@contextmanager
def _until_interrupted() -> Iterator[Callable[[], bool]]:
    """Ctrl-C ends the rehearsal between two moments; a second one ends it at once."""
    came: list[int] = []

    def remember(number: int, _frame: FrameType | None) -> None:
        came.append(number)
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, remember)
    try:
        yield lambda: bool(came)
    finally:
        signal.signal(signal.SIGINT, before)


class _Errors(logging.Handler):
    """The bot survives an error in a story: only the log tells of it."""

    count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += record.levelno >= logging.ERROR


@contextmanager
def _errors() -> Iterator[_Errors]:
    handler = _Errors()
    logging.getLogger("bot").addHandler(handler)
    yield handler
    logging.getLogger("bot").removeHandler(handler)


@contextmanager
def _progress(start: datetime, until: datetime) -> Iterator[Callable[[datetime], None]]:
    """A bar by virtual time, where somebody looks."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=(until - start).total_seconds())

        def show(at: datetime) -> None:
            progress.update(task, completed=(at - start).total_seconds(), description=f"{at:%a %d %b}")

        yield show


def tell(summary: Summary, console: Console) -> None:
    """A table on a terminal, plain lines elsewhere."""
    if console.is_terminal:
        console.print(_table(summary))
    else:
        for line in _lines(summary):
            console.out(line, highlight=False)


def _table(summary: Summary) -> Table:
    table = Table(title=summary.title, show_header=False, box=box.SIMPLE, title_justify="left")
    for section in summary.sections:
        table.add_row(f"[bold]{section.title}[/bold]")
        for label, value in section.rows:
            table.add_row(f"  {label}", escape(value))
        table.add_section()
    for remark in summary.remarks:
        table.add_row("[bold]Look at[/bold]", escape(remark))
    for problem in summary.too_large:
        table.add_row("[bold]Too large[/bold]", escape(problem))
    return table


def _lines(summary: Summary) -> Iterator[str]:
    yield summary.title
    for section in summary.sections:
        yield f"\n{section.title}"
        yield from (f"  {label}: {value}" for label, value in section.rows)
    if summary.remarks:
        yield "\nBefore you begin, look at"
        yield from (f"  - {remark}" for remark in summary.remarks)
    if summary.too_large:
        yield "\nToo large for a platform"
        yield from (f"  - {problem}" for problem in summary.too_large)
