"""The operator's look at nudges: whether answers come in time, and what nudges change."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session as Transaction

from bot import trial_report
from bot.prompts import Prompts


def nudge_report(engine: Engine, prompts: Prompts, now: datetime) -> Iterator[str]:
    """Over everybody together, line by line."""
    with Transaction(engine) as db:
        report = trial_report.read(db, prompts, now)
    rows = [*trial_report.about_answers(report), *trial_report.about_nudges(report)]
    yield from (f"{label}: {value}" for label, value in rows)
