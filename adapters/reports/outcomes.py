"""Outcomes as files: HR's file and an assignment go in, a page and a PDF come out, with nobody's address."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from adapters.remedy import MendFirst
from adapters.reports.lottery import record_beside
from adapters.reports.page import as_html
from adapters.reports.pdf import as_pdf
from adapters.reports.study_key import open_key
from adapters.reports.tables import mend_first, read_table
from bot import vault
from bot.outcomes.analysis import Because, find, made_by_lot, made_by_matching
from bot.outcomes.joining import AFTERWARDS, HR_COLUMNS, Outcome, Study, join
from bot.outcomes.keys import StudyKey
from bot.outcomes.lottery import (
    Drawn,
    NotAnAssignment,
    NotARecord,
    Record,
    from_csv,
    read_record,
)
from bot.outcomes.matching import Matched, TooMany, match
from bot.outcomes.reading import People, Refused
from bot.outcomes.report import Report
from bot.outcomes.wording import put_in_words
from bot.prompts import Prompts
from bot.spreadsheet import LARGEST_FILE

NOTHING = "Nothing was written."


@dataclass(frozen=True)
class Question:
    hr: Path
    outcome: Outcome
    by: date
    assignment: Path | None
    participants: Path | None
    key_file: Path | None
    start: date | None
    match: Sequence[str]
    html: Path | None
    pdf: Path | None
    language: str


def report_outcomes(question: Question, prompts: Prompts, today: date) -> Iterator[str]:
    """What there is to say, line by line, the warning first; the files are written on the way."""
    if question.by > today:
        raise MendFirst(
            f"{question.by} is still ahead.", "Look once, at the end that was agreed on beforehand."
        )
    if question.language not in prompts.languages:
        known = ", ".join(sorted(prompts.languages))
        raise MendFirst(f"There is no language {question.language}.", f"Choose among {known}.")
    report = _report(question, prompts, today)
    written = list(_write(question, report))
    if report.warning:
        yield f"{report.read_first}: {report.warning}"
    yield f"{report.label}. {report.because}"
    yield report.main.sentence
    yield report.main.number
    yield report.main.caution
    if written:
        paths = ", ".join(str(file) for file in written)
        yield prompts.phrase(question.language, "outcomes.written", paths=paths)


def _write(question: Question, report: Report) -> Iterator[Path]:
    """Both are made before one is written."""
    made = {
        question.html: as_html(report).encode() if question.html else b"",
        question.pdf: as_pdf(report) if question.pdf else b"",
    }
    for file, content in made.items():
        if file is None:
            continue
        try:
            file.write_bytes(content)
        except OSError as error:
            raise MendFirst(f"{file} cannot be written: {error.strerror}.", "Choose another place.") from None
        yield file


def _report(question: Question, prompts: Prompts, today: date) -> Report:
    drawn, record = _drawn(question.assignment)
    start = question.start or (date.fromisoformat(record.drawn_on) if record else None)
    if start and start >= question.by:
        raise MendFirst(f"{question.by} is not after the beginning, {start}.", "Give a later day.")
    hr, participants = _people(question, prompts)
    try:
        study = join(hr, question.by, start=start, drawn=drawn, participants=participants)
    except Refused as refusal:
        raise mend_first(refusal) from None
    _check(question, hr, study)
    matched = _matched(question, hr, study)
    because = (
        made_by_lot(drawn, record) if drawn else made_by_matching(matched) if matched else Because.NO_LOTTERY
    )
    found = find(study, question.outcome, question.by, because, start=start, record=record, matched=matched)
    return put_in_words(found, prompts, question.language, today)


def _drawn(file: Path | None) -> tuple[list[Drawn], Record | None]:
    if file is None:
        return [], None
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise NotAnAssignment("It is too large.")
        drawn = from_csv(file.read_bytes())
    except OSError as error:
        raise MendFirst(f"{file} cannot be read: {error.strerror}.", NOTHING) from None
    except NotAnAssignment as refusal:
        raise MendFirst(f"{file} is not an assignment. {refusal}", NOTHING) from None
    if not drawn:
        raise MendFirst(f"There is nobody in {file}.", NOTHING)
    try:
        return drawn, read_record(record_beside(file).read_bytes())
    except (OSError, NotARecord):
        return drawn, None


def _people(question: Question, prompts: Prompts) -> tuple[People, People | None]:
    if question.assignment is None and question.participants is None:
        raise MendFirst(
            "Nobody says who took part.", "Give --assignment, or --participants with those who took part."
        )
    study = _key(question)
    hr = read_table(question.hr, study, prompts, HR_COLUMNS)
    if question.participants is None:
        return hr, None
    return hr, read_table(question.participants, study, prompts, addresses=("mentor",))


def _key(question: Question) -> StudyKey | None:
    """Where there is no assignment, nothing has to be found again, and any key will do."""
    if question.key_file:
        return open_key(question.key_file)
    return None if question.assignment else StudyKey(vault.new_key())


def _check(question: Question, hr: People, study: Study) -> None:
    if question.outcome not in study.outcomes:
        raise MendFirst(
            f"{hr.file} does not tell who was {question.outcome}.",
            "Needed are retained or left_on; promoted, or level_before and level_now. " + NOTHING,
        )
    if not study.joined:
        raise MendFirst(
            "Nobody could be joined; nothing was written.",
            "Give the key file with which the lottery was drawn, and the same addresses as in the roster.",
        )
    for begins, name in ((True, "began or took part"), (False, "waited or did not")):
        if not any(person.begins is begins for person in study.people):
            raise MendFirst(f"There is nobody who {name}, so nothing can be compared.", NOTHING)
    if any("@" in person.group for person in study.people):
        raise MendFirst("In the column group there are addresses.", f"Write names of groups. {NOTHING}")


def _matched(question: Question, hr: People, study: Study) -> Matched | None:
    if not question.match or question.assignment:
        return None
    unknown = [name for name in question.match if name not in hr.columns]
    if unknown:
        raise MendFirst(f"{hr.file} has no column {', '.join(unknown)}.", NOTHING)
    late = sorted(AFTERWARDS.intersection(question.match))
    if late:
        what = f"{', '.join(late)} is known only afterwards, and may come from the programme."
        raise MendFirst(what, f"Match by what was known before. {NOTHING}")
    try:
        return match(study.people, question.match)
    except TooMany:
        raise MendFirst(
            "There are too many people to match.", "Match by one more column, such as site."
        ) from None
