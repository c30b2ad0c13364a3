"""The doctor looks at everything that Cairn stands on, from the ground up, and says how to mend it."""

import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from adapters.remedy import Finding, MendFirst
from adapters.terminal.settings import Settings, read_settings
from adapters.terminal.store import database, first_line, ready, require_up_to_date
from bot.database import clock, sessions
from bot.desk.audit import first_broken
from bot.prompts import FALLBACK, Prompts

ROOM = 200_000_000  # bytes that should be free beside the database
SKEW = timedelta(seconds=2)  # leases run on the database's clock, everything else on ours


def examine(environment: Mapping[str, str], read_prompts: Callable[[], Prompts]) -> Iterator[Finding]:
    """From the ground up. Where something is wrong, what rests on it is not looked at."""
    yield (ground := _look("Settings", partial(check_settings, environment)))
    if not ground.is_well:
        return
    settings = read_settings(environment)
    yield _look("Prompts", partial(check_prompts, read_prompts))
    yield _look("Disk", partial(check_disk, settings))
    for about, check in (
        ("Database", check_database),
        ("Migrations", check_migrations),
        ("Key", check_key),
        ("Audit", check_audit),
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
            about, False, f"{first_line(error)}.", "See that the database is whole, and try again."
        )


def check_settings(environment: Mapping[str, str]) -> str:
    settings = read_settings(environment)
    return f"{settings.database}, port {settings.port}"


def check_prompts(read_prompts: Callable[[], Prompts]) -> str:
    prompts = read_prompts()
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


def check_audit(settings: Settings) -> str:
    """The transaction is not committed: nothing is written by looking."""
    with ready(settings) as engine, sessions(engine)() as db:
        broken = first_broken(db)
    if broken is None:
        return "whole: nothing in it was changed or removed"
    which = (
        f"Entry {broken} of the audit is not as it was written" if broken else "The newest entries are gone"
    )
    raise MendFirst(
        f"{which}: somebody has changed it in the database.",
        "Compare it with a backup, and see who may write.",
    )


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
